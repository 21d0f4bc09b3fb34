/** `docker images`, `docker image ls`. Source: `cli: cli/command/image/list.go`. */
import type { ImageSummary } from '../../../protocol/engine-api.ts';
import { boolFlag, filterFlag } from '../../flags/flag-types.ts';
import { renderListing } from '../../table/listing.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, requiresMaxArgs } from '../command.ts';
import { completeImages } from '../completion.ts';
import { listFormatFlag, noTruncFlag, quietFlag } from '../format-flag.ts';
import { imageListing, imageRows } from './image-listing.ts';

const all = boolFlag({ name: 'all', shorthand: 'a', description: 'Show the images between, too' });
const digests = boolFlag({ name: 'digests', description: 'Show digests' });
const filter = filterFlag();
const tree = boolFlag({ name: 'tree', description: 'Show the platforms of each below it' });
const quiet = quietFlag('Print IDs alone');

/** As `docker images`. */
export const imagesCommand: Command = {
  kind: 'command',
  name: 'images',
  aliasLine: 'docker image ls, docker image list, docker images',
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  description: 'List the images of this node',
  args: requiresMaxArgs(1),
  flags: [all, digests, filter, listFormatFlag, noTruncFlag, quiet, tree],
  run: listImages,
  complete: completeImages,
};

/** As `docker image ls`. */
export const imageLs: Command = { ...imagesCommand, name: 'ls', aliases: ['list'] };

async function listImages(context: CommandContext): Promise<number> {
  const { api, args, flags, process } = context;
  const [name] = args;
  if (flags.get(tree)) return context.fail('docker images --tree is not modelled here: images have one platform');
  const filters = name === undefined ? flags.get(filter) : { ...flags.get(filter), reference: [name] };
  const query = { all: flags.get(all) ? '1' : undefined, filters: filtersQuery(filters) };
  const images = await api.get<ImageSummary[]>('/images/json', query);
  const format = flags.get(listFormatFlag);
  const view = { isTruncated: !flags.get(noTruncFlag), now: process.host.clock.now() };
  const withDigests = flags.get(digests);
  const rows = imageRows(images, { ...view, withDigests: withDigests || format.includes('{{.Digest}}') });
  const text = renderListing(imageListing(withDigests), rows, { format, quiet: flags.get(quiet) });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}
