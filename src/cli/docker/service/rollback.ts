/** `docker service rollback`. Source: `cli: cli/command/service/rollback.go`. */
import type { Service } from '../../../protocol/engine-api.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeServices } from '../completion.ts';
import { converge } from './create.ts';
import { complaintAboutBlank } from './named-object.ts';
import { updateService } from './send-service.ts';
import { detachFlag, quietFlag } from './service-flags.ts';

export const rollbackCommand: Command = {
  kind: 'command',
  name: 'rollback',
  usage: '[OPTIONS] SERVICE',
  description: "Revert changes to a service's configuration",
  args: exactArgs(1),
  flags: [detachFlag, quietFlag],
  run: runRollback,
  complete: completeServices,
};

async function runRollback(context: CommandContext): Promise<number> {
  const name = context.args[0]!;
  const blank = complaintAboutBlank('service', name);
  if (blank !== null) return context.fail(blank);
  const service = await context.api.get<Service>(`/services/${name}`, { insertDefaults: 'false' });
  const warnings = await updateService(context.api, service, service.Spec, { rollback: 'previous' });
  for (const warning of warnings) context.err(`${warning}\n`);
  context.out(`${name}\n`);
  return context.flags.get(detachFlag) ? 0 : converge(context, name);
}
