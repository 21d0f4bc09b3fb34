/** `docker network rm`. Source: `docker/cli: cli/command/network/remove.go`. */
import type { Network } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { describeError, isNotFound } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeNetworks } from '../completion.ts';

const force = boolFlag({ name: 'force', shorthand: 'f', description: 'A network that is not there is no error' });

const ingressWarning = `WARNING! Before removing the routing-mesh network, make sure all the nodes in your swarm run the same docker engine version. Otherwise, removal may not be effective and functionality of newly create ingress networks will be impaired.
Are you sure you want to continue?`;

export const networkRm: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove'],
  usage: 'NETWORK [NETWORK...]',
  description: 'Remove networks',
  args: requiresMinArgs(1),
  flags: [force],
  run: removeNetworks,
  complete: completeNetworks,
};

async function removeNetworks(context: CommandContext): Promise<number> {
  let failed = false;
  for (const name of context.args) {
    if ((await isIngress(context, name)) && !(await confirm(context))) continue;
    failed = !(await removeNetwork(context, name)) || failed;
  }
  return failed ? context.fail('exit status 1') : 0;
}

/** Removes one; a refusal is printed at once. */
async function removeNetwork(context: CommandContext, name: string): Promise<boolean> {
  try {
    await context.api.delete(`/networks/${name}`);
  } catch (error) {
    if (context.flags.get(force) && isNotFound(error)) return true;
    const line = describeError(error);
    if (line === null) throw error;
    context.err(`${line}\n`);
    return false;
  }
  context.out(`${name}\n`);
  return true;
}

async function isIngress({ api }: CommandContext, name: string): Promise<boolean> {
  try {
    return (await api.get<Network>(`/networks/${name}`)).Ingress;
  } catch (error) {
    if (describeError(error) === null) throw error;
    return false;
  }
}

async function confirm({ process, out }: CommandContext): Promise<boolean> {
  out(`${ingressWarning} [y/N] `);
  const answer = await process.stdin.read(process.signal);
  return (answer ?? '').trim().toLowerCase() === 'y';
}
