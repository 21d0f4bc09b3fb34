/** `docker commit`, `docker export`. Source: `cli: cli/command/container/commit.go, export.go`. */
import { flagLines } from '../../flags/flag-lines.ts';
import { stringFlag } from '../../flags/flag-types.ts';
import { complaintAboutImage, parseImageReference } from '../../opts/image-reference.ts';
import { type Command, exactArgs, requiresRangeArgs } from '../command.ts';
import { completeAllContainers } from '../completion.ts';

const commitIgnored = flagLines(`
  -a, --author string  Who made it
  -c, --change list  Instructions of a Dockerfile to apply to it
  -m, --message string  What to say of it
  -p, --pause  Pause the container meanwhile (default true)`);

/** Asked of the daemon, which says that images have no files here. */
export const commitCommand: Command = {
  kind: 'command',
  name: 'commit',
  aliasLine: 'docker container commit, docker commit',
  usage: '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]',
  description: 'Make an image of a container',
  args: requiresRangeArgs(1, 2),
  flags: commitIgnored,
  run: async ({ api, args, fail }) => {
    const [container, name = ''] = args;
    const complaint = name === '' ? null : complaintAboutImage(name);
    if (complaint !== null) return fail(complaint);
    const reference = parseImageReference(name);
    const repo = reference ? `${reference.domain}/${reference.path}` : '';
    await api.post('/commit', { query: { container, repo, tag: reference ? (reference.tag ?? 'latest') : '' } });
    return 0;
  },
  complete: completeAllContainers,
};

const output = stringFlag({ name: 'output', shorthand: 'o', description: 'File to write it to' });

export const exportCommand: Command = {
  kind: 'command',
  name: 'export',
  aliasLine: 'docker container export, docker export',
  usage: '[OPTIONS] CONTAINER',
  description: "Write a container's files to an archive",
  args: exactArgs(1),
  flags: [output],
  run: async ({ fail, flags, process, api, args }) => {
    if (flags.get(output) === '' && process.stdout.terminal)
      return fail('cowardly refusing to save to a terminal. Use the -o flag or redirect');
    await api.get(`/containers/${args[0]}/json`);
    return fail('docker export is not modelled here: there are no archives in this shell');
  },
  complete: completeAllContainers,
};
