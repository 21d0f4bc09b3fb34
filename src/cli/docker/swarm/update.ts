/** `docker swarm update`. Without a flag it prints its help. Source: `docker/cli: cli/command/swarm/update.go`. */
import type { Swarm } from '../../../protocol/engine-api.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { fetchUnlockKey, unlockText } from './join-command-text.ts';
import { autolockFlag, mergeSwarmSpec, swarmFlags } from './swarm-flags.ts';
import { updateSwarm } from './update-swarm.ts';

const autolock = autolockFlag('Lock managers, or lock them no more (true|false)');

export const swarmUpdate: Command = {
  kind: 'command',
  name: 'update',
  needsSwarm: 'manager',
  usage: '[OPTIONS]',
  description: 'Change the settings of the swarm',
  args: noArgs,
  flags: [...swarmFlags, autolock],
  run: changeSwarm,
};

async function changeSwarm(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  if (flags.count === 0) return context.help();
  const swarm = await api.get<Swarm>('/swarm');
  const spec = mergeSwarmSpec(swarm.Spec, flags, autolock, swarm.TLSInfo.TrustRoot);
  await updateSwarm(api, swarm, spec);
  context.out('Swarm updated.\n');
  if (spec.EncryptionConfig.AutoLockManagers && !swarm.Spec.EncryptionConfig.AutoLockManagers) {
    context.out(unlockText(await fetchUnlockKey(api)));
  }
  return 0;
}
