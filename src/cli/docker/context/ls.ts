/** `docker context ls`. Source: `cli: cli/command/context/list.go, cli/command/formatter/context.go`. */
import { type Listing, renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { listFormatFlag, quietFlag } from '../format-flag.ts';
import { currentContext, DEFAULT_CONTEXT, type DockerContext, findContext, keptContexts } from './context-store.ts';

const quiet = quietFlag('Print names alone');

export const contextLs: Command = {
  kind: 'command',
  name: 'ls',
  aliases: ['list'],
  usage: '[OPTIONS]',
  description: 'List contexts',
  args: noArgs,
  flags: [listFormatFlag, quiet],
  run: listContexts,
};

interface ContextRow extends DockerContext {
  isCurrent: boolean;
}

const contextListing: Listing<ContextRow> = {
  typeName: '*formatter.clientContextContext',
  fields: {
    Current: { value: ({ isCurrent }) => isCurrent },
    Description: { header: 'DESCRIPTION', value: ({ description }) => cut(description) },
    DockerEndpoint: { header: 'DOCKER ENDPOINT', value: ({ host }) => host },
    Error: { header: 'ERROR', value: () => '' },
    Name: { header: 'NAME', value: ({ name }) => name },
  },
  table: '{{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}',
  quiet: '{{.Name}}',
};

/** 45 columns, the last one for the sign that there is more. */
function cut(text: string): string {
  const characters = [...text];
  return characters.length > 45 ? `${characters.slice(0, 44).join('')}…` : text;
}

async function listContexts({ err, fail, flags, out, process }: CommandContext): Promise<number> {
  const current = currentContext(process);
  const all = [findContext(process, DEFAULT_CONTEXT)!, ...keptContexts(process)];
  const rows = all.map((context) => ({ ...context, isCurrent: context.name === current }));
  rows.sort((a, b) => compareNaturally(a.name, b.name));
  const text = renderListing(contextListing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return fail(text.message);
  out(text.value);
  if (process.env.get('DOCKER_HOST'))
    err(
      'Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.\n',
    );
  return 0;
}
