/**
 * Usage lines, aliases, flags with their shorthands, value words and defaults, as the help of the real client 28.2.2 has
 * them. Descriptions are our own.
 */
import { expect, it } from 'vitest';
import type { Flag } from '../../flags/flag.ts';
import { configGroup } from '../config/config-group.ts';
import { containerGroup, containerShortcuts } from '../container/container-group.ts';
import { findCommand } from '../root.ts';
import { secretGroup } from '../secret/secret-group.ts';
import { stackGroup } from '../stack/stack-group.ts';
import { commandHelp } from '../usage.ts';
import { serviceGroup } from './service-group.ts';
import recorded from './testdata/help.json';

const commands = [serviceGroup, secretGroup, configGroup, stackGroup, containerGroup, ...containerShortcuts];

/** `container start` can also restore checkpoints, in an experimental real client. */
const leftOut = ['--checkpoint string', '--checkpoint-dir string'];

it.each(Object.entries(recorded))('docker %s --help', (line, real) => {
  const words = line.split(' ');
  let command = findCommand(commands, words[0]!)!;
  if (command.kind === 'group') command = findCommand(command.commands, words[1]!)!;
  if (command.kind === 'group') throw new Error('a command was expected');
  const help = commandHelp({ command, path: `docker ${line}` }, 200);
  const flags = real.flags.filter((flag) => line !== 'container start' || !leftOut.includes(flag));
  expect(help.split('\n')[0]).toBe(real.usage);
  expect(/Aliases:\n {2}(.*)/.exec(help)?.[1] ?? '').toBe(real.aliases);
  expect(
    command.flags
      .filter((flag) => !flag.hidden)
      .map(head)
      .sort(),
  ).toEqual(flags.sort());
});

function head({ name, shorthand, valueWord, defaultText }: Flag<unknown>): string {
  const spelling = `${shorthand ? `-${shorthand}, ` : ''}--${name} ${valueWord}`.trim();
  return defaultText ? `${spelling} = ${defaultText}` : spelling;
}
