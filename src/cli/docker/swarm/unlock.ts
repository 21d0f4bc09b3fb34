/** `docker swarm unlock` and `docker swarm unlock-key`. Source: `docker/cli: cli/command/swarm/unlock.go, unlock_key.go`. */
import type { Info, Swarm } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { fetchUnlockKey, unlockText } from './join-command-text.ts';
import { updateSwarm } from './update-swarm.ts';

const rotate = boolFlag({ name: 'rotate', description: 'Make a new key' });
const quiet = boolFlag({ name: 'quiet', shorthand: 'q', description: 'Print the key alone' });

export const swarmUnlock: Command = {
  kind: 'command',
  name: 'unlock',
  needsSwarm: 'active',
  usage: '',
  description: 'Unlock a manager that was locked when it started',
  args: noArgs,
  flags: [],
  run: unlock,
};

export const swarmUnlockKey: Command = {
  kind: 'command',
  name: 'unlock-key',
  needsSwarm: 'manager',
  usage: '[OPTIONS]',
  description: 'Show or rotate the key that unlocks managers',
  args: noArgs,
  flags: [rotate, quiet],
  run: showUnlockKey,
};

async function unlock(context: CommandContext): Promise<number> {
  const { api, process } = context;
  const info = await api.get<Info>('/info');
  if (info.Swarm.LocalNodeState === 'inactive') return context.fail('Error: This node is not part of a swarm');
  if (info.Swarm.LocalNodeState !== 'locked') return context.fail('Error: swarm is not locked');
  if (process.stdin.isTerminal) context.out('Enter unlock key: ');
  const key = ((await process.stdin.read(process.signal)) ?? '').trim();
  if (process.stdin.isTerminal) context.out('\n');
  await api.post('/swarm/unlock', { body: { UnlockKey: key } });
  return 0;
}

async function showUnlockKey(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  if (flags.get(rotate)) {
    const swarm = await api.get<Swarm>('/swarm');
    if (!swarm.Spec.EncryptionConfig.AutoLockManagers)
      return context.fail('cannot rotate because autolock is not turned on');
    await updateSwarm(api, swarm, swarm.Spec, { unlockKey: true });
    if (!flags.get(quiet)) context.out('Successfully rotated manager unlock key.\n');
  }
  const key = await fetchUnlockKey(api);
  if (key === '') return context.fail('no unlock key is set');
  context.out(flags.get(quiet) ? `${key}\n` : unlockText(key));
  return 0;
}
