/** `docker context rm`. Source: `cli: cli/command/context/remove.go`. */
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, requiresMinArgs } from '../command.ts';
import { readSettings, writeSettings } from '../registry/credentials.ts';
import { currentContext, DEFAULT_CONTEXT, findContext, removeContext } from './context-store.ts';

const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Also the one that is in use' });

export const contextRm: Command = {
  kind: 'command',
  name: 'rm',
  aliases: ['remove'],
  usage: 'CONTEXT [CONTEXT...]',
  description: 'Remove contexts',
  args: requiresMinArgs(1),
  flags: [force],
  run: async ({ args, fail, flags, out, process }) => {
    const errors: string[] = [];
    for (const name of args) {
      const isCurrent = currentContext(process) === name;
      if (name === DEFAULT_CONTEXT) errors.push('context "default" cannot be removed');
      else if (!findContext(process, name) && !flags.get(force)) errors.push(`context "${name}" does not exist`);
      else if (isCurrent && !flags.get(force)) errors.push(`context "${name}" is in use, set -f flag to force remove`);
      else {
        if (isCurrent) {
          const { currentContext: _, ...settings } = readSettings(process);
          writeSettings(process, settings);
        }
        removeContext(process, name);
        out(`${name}\n`);
      }
    }
    return errors.length === 0 ? 0 : fail(errors.join('\n'));
  },
};
