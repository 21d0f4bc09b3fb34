/** `docker stack rm`. Source: `cli: cli/command/stack/remove.go, swarm/remove.go`. */
import { boolFlag } from '../../flags/flag-types.ts';
import { describeError, Interrupted } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { removableServices, removeObjects } from './remove-objects.ts';
import {
  complaintAboutStackName,
  completeStacks,
  stackConfigsOf,
  stackNetworksOf,
  stackSecretsOf,
  stackServicesOf,
  stackTasksOf,
} from './stack-objects.ts';

const detach = boolFlag({
  name: 'detach',
  shorthand: 'd',
  default: true,
  description: 'Do not wait until all is gone',
});

export const stackRm: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove', 'down'],
  usage: '[OPTIONS] STACK [STACK...]',
  description: 'Remove stacks',
  args: requiresMinArgs(1),
  flags: [detach],
  run: removeStacks,
  complete: completeStacks,
};

async function removeStacks(context: CommandContext): Promise<number> {
  for (const stack of context.args) {
    const complaint = complaintAboutStackName(stack);
    if (complaint !== null) return context.fail(complaint);
  }
  const errors: string[] = [];
  for (const stack of context.args) {
    const error = await removeStack(context, stack);
    if (error !== null) errors.push(error);
  }
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}

/** The line to end with, or null. */
async function removeStack(context: CommandContext, stack: string): Promise<string | null> {
  const { api, flags } = context;
  const services = removableServices(await stackServicesOf(api, stack));
  const networks = (await stackNetworksOf(api, stack)).map(({ Id, Name }) => ({ id: Id, name: Name }));
  const secrets = (await stackSecretsOf(api, stack)).map(({ ID, Spec }) => ({ id: ID, name: Spec.Name ?? '' }));
  const configs = (await stackConfigsOf(api, stack)).map(({ ID, Spec }) => ({ id: ID, name: Spec.Name ?? '' }));
  if (services.length + networks.length + secrets.length + configs.length === 0) {
    context.err(`Nothing found in stack: ${stack}\n`);
    return null;
  }
  let isDone = await removeObjects(context, 'service', services);
  isDone = (await removeObjects(context, 'secret', secrets)) && isDone;
  isDone = (await removeObjects(context, 'config', configs)) && isDone;
  isDone = (await removeObjects(context, 'network', networks)) && isDone;
  if (!isDone) return `failed to remove some resources from stack: ${stack}`;
  return flags.get(detach) ? null : waitUntilStopped(context, stack);
}

const pollMs = 100;
const endStates: ReadonlySet<string> = new Set(['complete', 'shutdown', 'failed', 'rejected']);

/**
 * Simplified: looks ten times a second until every task has ended or is gone; the original looks without a pause and counts
 * one ended task a look, which ends the wait by chance.
 */
async function waitUntilStopped({ api, process }: CommandContext, stack: string): Promise<string | null> {
  try {
    for (;;) {
      const tasks = await stackTasksOf(api, stack);
      if (tasks.every(({ Status }) => endStates.has(Status.State ?? ''))) return null;
      await process.host.clock.sleep(pollMs, process.signal);
      if (process.signal.aborted) throw new Interrupted('interrupted');
    }
  } catch (error) {
    const line = describeError(error);
    if (line === null) throw error;
    return `failed to wait on tasks of stack: ${stack}: failed to get tasks: ${line}`;
  }
}
