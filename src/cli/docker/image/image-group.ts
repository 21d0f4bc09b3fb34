/** `docker image`: the images of this node; and those of its commands that `docker` has itself. */
import { type Command, type CommandGroup, requiresMinArgs } from '../command.ts';
import { completeImages } from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';
import { notModelled } from '../not-modelled.ts';
import { imageLs, imagesCommand } from './ls.ts';
import { pullCommand } from './pull.ts';
import { imageRm, rmiCommand } from './rm.ts';

const imageInspect: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  description: 'Show images in detail',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag],
  run: (context) =>
    inspectObjects(context, context.args, context.flags.get(inspectFormatFlag), async (name) => ({
      raw: await context.api.get(`/images/${name}/json`),
    })),
  complete: completeImages,
};

const build = notModelled('build', '[OPTIONS] PATH | URL | -', 'Make an image of a Dockerfile');
const history = notModelled('history', '[OPTIONS] IMAGE', 'Show what an image was made of');
const importImage = notModelled('import', '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]', 'Make an image of an archive');
const load = notModelled('load', '[OPTIONS]', 'Get images from an archive');
const push = notModelled('push', '[OPTIONS] NAME[:TAG]', 'Send an image to its registry');
const save = notModelled('save', '[OPTIONS] IMAGE [IMAGE...]', 'Write images to an archive');
const tag = notModelled('tag', 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]', 'Give an image another name');

export const imageGroup: CommandGroup = {
  kind: 'group',
  name: 'image',
  section: 'management',
  description: 'Images of this node',
  commands: [
    build,
    history,
    importImage,
    imageInspect,
    load,
    imageLs,
    notModelled('prune', '[OPTIONS]', 'Remove images that nothing uses'),
    pullCommand,
    push,
    imageRm,
    save,
    tag,
  ],
};

/** Commands that need no `image` before them. */
export const imageShortcuts: readonly Command[] = [
  build,
  history,
  imagesCommand,
  importImage,
  load,
  pullCommand,
  push,
  rmiCommand,
  save,
  tag,
];
