/** `docker context use`, `docker context show`. Source: `cli: cli/command/context/use.go, show.go`. */
import { type Command, exactArgs, noArgs } from '../command.ts';
import { readSettings, writeSettings } from '../registry/credentials.ts';
import { currentContext, DEFAULT_CONTEXT, findContext, notFound } from './context-store.ts';

export const contextUse: Command = {
  kind: 'command',
  name: 'use',
  usage: 'CONTEXT',
  description: 'Let commands talk to the daemon of a context',
  args: exactArgs(1),
  flags: [],
  run: async ({ args, err, fail, out, process }) => {
    const name = args[0]!;
    if (!findContext(process, name)) return fail(notFound(process, name));
    const { currentContext: before, ...settings } = readSettings(process);
    const wanted = name === DEFAULT_CONTEXT ? undefined : name;
    if (wanted !== before)
      writeSettings(process, wanted === undefined ? settings : { ...settings, currentContext: wanted });
    out(`${name}\n`);
    err(`Current context is now "${name}"\n`);
    const host = process.env.get('DOCKER_HOST');
    if (host && name !== DEFAULT_CONTEXT)
      err(
        `Warning: DOCKER_HOST environment variable overrides the active context. To use "${name}", either set the global --context flag, or unset DOCKER_HOST environment variable.\n`,
      );
    return 0;
  },
};

export const contextShow: Command = {
  kind: 'command',
  name: 'show',
  usage: '',
  description: 'Print the name of the context in use',
  args: noArgs,
  flags: [],
  run: async ({ out, process }) => {
    out(`${currentContext(process)}\n`);
    return 0;
  },
};
