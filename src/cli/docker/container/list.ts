/** `docker ps`, `docker container ls`. Source: `cli: cli/command/container/list.go`. */

import { createTemplate } from '../../../go-template/template.ts';
import type { ContainerSummary } from '../../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import { boolFlag, filterFlag, intFlag } from '../../flags/flag-types.ts';
import { renderListing } from '../../table/listing.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { listFormatFlag, noTruncFlag, quietFlag } from '../format-flag.ts';
import { containerListing } from './container-listing.ts';

const all = boolFlag({ name: 'all', shorthand: 'a', description: 'List all containers, not only those that run' });
const latest = boolFlag({
  name: 'latest',
  shorthand: 'l',
  description: 'List the newest container, whatever its state',
});
const last = intFlag({
  name: 'last',
  shorthand: 'n',
  default: -1,
  description: 'List the n newest containers, whatever their state',
});
const size = boolFlag({ name: 'size', shorthand: 's', description: 'Print sizes of files' });
const quiet = quietFlag('Print IDs alone');
const filter = filterFlag();

const aliasLine = 'docker container ls, docker container list, docker container ps, docker ps';

/** As `docker ps`. */
export const psCommand: Command = {
  kind: 'command',
  name: 'ps',
  aliasLine,
  usage: '[OPTIONS]',
  description: 'List containers',
  args: noArgs,
  flags: [all, filter, listFormatFlag, last, latest, noTruncFlag, quiet, size],
  run: runList,
};

/** As `docker container ls`. */
export const listCommand: Command = { ...psCommand, name: 'ls', aliases: ['ps', 'list'] };

async function runList(context: CommandContext): Promise<number> {
  const { api, flags, process } = context;
  const [format, isQuiet] = [flags.get(listFormatFlag), flags.get(quiet)];
  if (format !== '' && isQuiet) {
    context.err('WARNING: Ignoring custom format, because both --format and --quiet are set.\n');
  }
  const trial = tryFormat(format);
  if (!trial.ok) return context.fail(trial.message);
  const withSize = flags.get(size) || (!isQuiet && !flags.changed(size) && trial.value.asksForSize);
  const containers = await api.get<ContainerSummary[]>('/containers/json', listQuery(context, withSize));
  const now = process.host.clock.now();
  const rows = containers.map((container) => ({ container, isTruncated: !flags.get(noTruncFlag), now }));
  const text = renderListing(containerListing(withSize), rows, {
    format: isQuiet ? '' : format,
    quiet: isQuiet,
  });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}

/** Is the format a template that can be executed, and does it ask for sizes? Finding those is slow: docker avoids it. */
function tryFormat(format: string): ParseResult<{ asksForSize: boolean }> {
  if (format === '') return parsed({ asksForSize: false });
  const template = createTemplate(format);
  if (!template.ok) return unparsable(`failed to parse template: ${template.message}`);
  let asksForSize = false;
  const container: ContainerSummary = {
    ...nothing,
    get SizeRw() {
      asksForSize = true;
      return 0;
    },
  };
  const executed = renderListing(containerListing(false), [{ container, isTruncated: false, now: 0 }], { format });
  if (executed.ok) return parsed({ asksForSize });
  return unparsable(executed.message.replace(/^template parsing error:/, 'failed to execute template:'));
}

/** Go's zero value of a container. */
const nothing: ContainerSummary = {
  Id: '',
  Names: [],
  Image: '',
  ImageID: '',
  Command: '',
  Created: 0,
  Ports: [],
  Labels: {},
  State: 'created',
  Status: '',
  HostConfig: {},
  NetworkSettings: { Networks: {} },
  Mounts: [],
};

function listQuery({ flags }: CommandContext, withSize: boolean): Record<string, string | undefined> {
  const limit = flags.get(latest) && flags.get(last) === -1 ? 1 : flags.get(last);
  return {
    all: flags.get(all) ? '1' : undefined,
    limit: limit > 0 ? String(limit) : undefined,
    size: withSize ? '1' : undefined,
    filters: filtersQuery(flags.get(filter)),
  };
}
