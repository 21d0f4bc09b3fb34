/** `docker save`, `load`, `import`: asked of the daemon, which says that images have no files here. Source: `cli: cli/command/image`. */
import { flagLines } from '../../flags/flag-lines.ts';
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import { type Command, noArgs, requiresMinArgs } from '../command.ts';
import { completeImages } from '../completion.ts';

const output = stringFlag({ name: 'output', shorthand: 'o', description: 'File to write it to' });
const saveIgnored = flagLines('--platform string  Save the variant for this platform alone ("os[/arch[/variant]]")');

export const saveCommand: Command = {
  kind: 'command',
  name: 'save',
  aliasLine: 'docker image save, docker save',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  description: 'Write images to an archive',
  args: requiresMinArgs(1),
  flags: [output, ...saveIgnored],
  run: async ({ api, args, fail, flags, process }) => {
    if (flags.get(output) === '' && process.stdout.terminal)
      return fail('cowardly refusing to save to a terminal. Use the -o flag or redirect');
    await api.get('/images/get', { names: args[0] });
    return 0;
  },
  complete: completeImages,
};

const input = stringFlag({ name: 'input', shorthand: 'i', description: 'File to read it from' });
const quiet = boolFlag({ name: 'quiet', shorthand: 'q', description: 'Say nothing of it' });
const loadIgnored = flagLines('--platform string  Load the variant for this platform alone ("os[/arch[/variant]]")');

export const loadCommand: Command = {
  kind: 'command',
  name: 'load',
  aliasLine: 'docker image load, docker load',
  usage: '[OPTIONS]',
  description: 'Get images from an archive',
  args: noArgs,
  flags: [input, quiet, ...loadIgnored],
  run: async ({ api, fail, flags, process }) => {
    if (flags.get(input) !== '' && process.host.files.read(flags.get(input)) === null)
      return fail(`open ${flags.get(input)}: no such file or directory`);
    if (flags.get(input) === '' && process.stdin.isTerminal)
      return fail('requested load from stdin, but stdin is empty');
    const isQuiet = flags.get(quiet) || !process.stdout.terminal;
    await api.post('/images/load', { query: { quiet: isQuiet ? '1' : '0' } });
    return 0;
  },
};

const importIgnored = flagLines(`
  -c, --change list  Instructions of a Dockerfile to apply to it
  -m, --message string  What to say of it
  --platform string  Platform of the image`);

export const importCommand: Command = {
  kind: 'command',
  name: 'import',
  aliasLine: 'docker image import, docker import',
  usage: '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]',
  description: 'Make an image of an archive',
  args: requiresMinArgs(1),
  flags: importIgnored,
  run: async ({ api, args, fail, process }) => {
    const [source = '', name = ''] = args;
    const isFile = source !== '-' && !/^https?:/.test(source);
    if (isFile && process.host.files.read(source) === null) return fail(`open ${source}: no such file or directory`);
    await api.post('/images/create', { query: { fromSrc: isFile ? '-' : source, repo: name } });
    return 0;
  },
};
