/** `docker swarm join-token`. Source: `docker/cli: cli/command/swarm/join_token.go`. */
import type { Info, Swarm } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { joinCommandText } from './join-command-text.ts';
import { updateSwarm } from './update-swarm.ts';

const rotate = boolFlag({ name: 'rotate', description: 'Make a new token; the old one lets nobody in any more' });
const quiet = boolFlag({ name: 'quiet', shorthand: 'q', description: 'Print the token alone' });

export const swarmJoinToken: Command = {
  kind: 'command',
  name: 'join-token',
  needsSwarm: 'manager',
  usage: '[OPTIONS] (worker|manager)',
  description: 'Show or rotate the tokens for joining',
  args: exactArgs(1),
  flags: [rotate, quiet],
  run: showJoinToken,
  complete: async () => ['worker', 'manager'],
};

async function showJoinToken(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const role = context.args[0]!;
  if (role !== 'worker' && role !== 'manager') return context.fail(`unknown role ${role}`);
  if (flags.get(rotate)) {
    const swarm = await api.get<Swarm>('/swarm');
    await updateSwarm(api, swarm, swarm.Spec, { [role]: true });
    if (!flags.get(quiet)) context.out(`Successfully rotated ${role} join token.\n\n`);
  }
  // Read again: the rotation has changed the tokens.
  const swarm = await api.get<Swarm>('/swarm');
  if (flags.get(quiet)) {
    context.out(`${role === 'worker' ? swarm.JoinTokens.Worker : swarm.JoinTokens.Manager}\n`);
    return 0;
  }
  const info = await api.get<Info>('/info');
  context.out(await joinCommandText(api, info.Swarm.NodeID, role));
  return 0;
}
