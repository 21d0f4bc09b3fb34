/** `docker stack services`. Source: `cli: cli/command/stack/services.go, swarm/services.go`. */
import type { Service } from '../../../protocol/engine-api.ts';
import { filterFlag } from '../../flags/flag-types.ts';
import { renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { listFormatFlag, quietFlag } from '../format-flag.ts';
import { serviceListing } from '../service/service-listing.ts';
import { complaintAboutStackName, completeStacks, stackFilters } from './stack-objects.ts';

const filter = filterFlag();
const quiet = quietFlag('Print IDs alone');

export const stackServices: Command = {
  kind: 'command',
  name: 'services',
  usage: '[OPTIONS] STACK',
  description: 'List the services of a stack',
  args: exactArgs(1),
  flags: [filter, listFormatFlag, quiet],
  run: listServices,
  complete: completeStacks,
};

async function listServices(context: CommandContext): Promise<number> {
  const { api, args, flags } = context;
  const [stack = ''] = args;
  const complaint = complaintAboutStackName(stack);
  if (complaint !== null) return context.fail(complaint);
  const services = await api.get<Service[]>('/services', {
    filters: stackFilters(stack, flags.get(filter)),
    status: flags.get(quiet) ? undefined : 'true',
  });
  if (services.length === 0) {
    context.err(`Nothing found in stack: ${stack}\n`);
    return 0;
  }
  const rows = services.toSorted((a, b) => compareNaturally(a.Spec.Name ?? '', b.Spec.Name ?? ''));
  const text = renderListing(serviceListing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
