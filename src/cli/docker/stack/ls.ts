/** `docker stack ls`. Source: `cli: cli/command/stack/list.go, formatter/formatter.go`. */
import { type Listing, renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { listFormatFlag } from '../format-flag.ts';
import { allStacks } from './stack-objects.ts';

export const stackLs: Command = {
  kind: 'command',
  name: 'ls',
  aliases: ['list'],
  usage: '[OPTIONS]',
  description: 'List stacks',
  args: noArgs,
  flags: [listFormatFlag],
  run: listStacks,
};

interface StackRow {
  name: string;
  services: number;
}

const stackListing: Listing<StackRow> = {
  typeName: '*formatter.stackContext',
  fields: {
    Name: { header: 'NAME', value: ({ name }) => name },
    Services: { header: 'SERVICES', value: ({ services }) => String(services) },
  },
  table: '{{.Name}}\t{{.Services}}',
};

async function listStacks(context: CommandContext): Promise<number> {
  const stacks = await allStacks(context.api);
  if ('error' in stacks) return context.fail(stacks.error);
  const rows = [...stacks].map(([name, services]) => ({ name, services }));
  rows.sort((a, b) => compareNaturally(a.name, b.name));
  const text = renderListing(stackListing, rows, { format: context.flags.get(listFormatFlag) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
