/** `docker service scale`. Source: `cli: cli/command/service/scale.go`. */
import type { Service, ServiceMode } from '../../../protocol/engine-api.ts';
import { cut } from '../../opts/cut.ts';
import { parseDecimalUint } from '../../opts/go-number.ts';
import { describeError } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeServices } from '../completion.ts';
import { waitOnService } from '../progress/service-progress.ts';
import { updateService } from './send-service.ts';
import { detachFlag } from './service-flags.ts';

export const scaleCommand: Command = {
  kind: 'command',
  name: 'scale',
  usage: 'SERVICE=REPLICAS [SERVICE=REPLICAS...]',
  description: 'Scale one or multiple replicated services',
  args: requiresMinArgs(1),
  flags: [detachFlag],
  run: runScale,
  complete: async (context) => (await completeServices(context)).map((name) => `${name}=`),
};

async function runScale(context: CommandContext): Promise<number> {
  const complaint = complaintAboutArgs(context);
  if (complaint !== null) return context.fail(complaint);
  const errors: string[] = [];
  const scaled: string[] = [];
  for (const arg of context.args) {
    const { head: service, rest: text } = cut(arg, '=');
    const error = await scaleOne(context, service, text ?? '');
    if (error === null) scaled.push(service);
    else errors.push(`${service}: ${error}`);
  }
  for (const service of context.flags.get(detachFlag) ? [] : scaled) {
    const error = await inWords(() => waitOnService(context, service, false));
    if (error !== null) errors.push(`${service}: ${error}`);
  }
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}

function complaintAboutArgs({ args, commandPath }: CommandContext): string | null {
  const bad = args.find((arg) => !/^[^=]+=[\s\S]/.test(arg));
  if (bad === undefined) return null;
  return [
    `invalid scale specifier '${bad}'.`,
    `See '${commandPath} --help'.`,
    '',
    `Usage:  ${commandPath} ${scaleCommand.usage}`,
    '',
    scaleCommand.description,
  ].join('\n');
}

/** Returns what went wrong, or null. */
async function scaleOne(context: CommandContext, name: string, text: string): Promise<string | null> {
  const replicas = parseDecimalUint(text);
  if (!replicas.ok) return `invalid replicas value ${text}: ${replicas.message}`;
  return inWords(async () => {
    const service = await context.api.get<Service>(`/services/${name}`, { insertDefaults: 'false' });
    const mode = withReplicas(service.Spec.Mode, replicas.value);
    if (mode === null) return 'scale can only be used with replicated or replicated-job mode';
    const warnings = await updateService(context.api, service, { ...service.Spec, Mode: mode }, {});
    for (const warning of warnings) context.err(`${warning}\n`);
    context.out(`${name} scaled to ${replicas.value}\n`);
    return null;
  });
}

function withReplicas(mode: ServiceMode, replicas: number): ServiceMode | null {
  if (mode.Replicated) return { Replicated: { ...mode.Replicated, Replicas: replicas } };
  if (mode.ReplicatedJob) return { ReplicatedJob: { ...mode.ReplicatedJob, TotalCompletions: replicas } };
  return null;
}

/** What the daemon refuses becomes an error line, so that the other services still get their turn. */
async function inWords(run: () => Promise<string | null>): Promise<string | null> {
  try {
    return await run();
  } catch (error) {
    const line = describeError(error);
    if (line === null) throw error;
    return line;
  }
}
