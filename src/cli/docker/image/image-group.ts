/** `docker image`: the images of this node; and those of its commands that `docker` has itself. */
import { flagLines } from '../../flags/flag-lines.ts';
import { type Command, type CommandGroup, requiresMinArgs } from '../command.ts';
import { completeImages } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';
import { importCommand, loadCommand, saveCommand } from './archives.ts';
import { buildCommand } from './build.ts';
import { historyCommand } from './history.ts';
import { imageLs, imagesCommand } from './ls.ts';
import { imagePrune } from './prune.ts';
import { pullCommand } from './pull.ts';
import { pushCommand } from './push.ts';
import { imageRm, rmiCommand } from './rm.ts';
import { tagCommand } from './tag.ts';

const inspectIgnored = flagLines('--platform string  Show the variant for this platform ("os[/arch[/variant]]")');

const imageInspect: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  description: 'Show images in detail',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag, ...inspectIgnored],
  run: (context) =>
    inspectObjects(context, context.args, context.flags.get(inspectFormatFlag), async (name) => ({
      raw: await context.api.get(`/images/${name}/json`),
    })),
  complete: completeImages,
};

export const imageGroup: CommandGroup = {
  kind: 'group',
  name: 'image',
  section: 'management',
  description: 'Images of this node',
  commands: [
    buildCommand,
    historyCommand,
    importCommand,
    imageInspect,
    loadCommand,
    imageLs,
    imagePrune,
    pullCommand,
    pushCommand,
    imageRm,
    saveCommand,
    tagCommand,
  ],
};

/** Commands that need no `image` before them. */
export const imageShortcuts: readonly Command[] = [
  buildCommand,
  historyCommand,
  imagesCommand,
  importCommand,
  loadCommand,
  pullCommand,
  pushCommand,
  rmiCommand,
  saveCommand,
  tagCommand,
];
