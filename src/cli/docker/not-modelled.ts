/**
 * Commands of docker that have nothing behind them in this world. They stand in the help where docker has them, with their flags; called rightly
 * they say so instead of acting.
 */
import type { Flag } from '../flags/flag.ts';
import { flagLines } from '../flags/flag-lines.ts';
import { type ArgsRule, anyArgs, type Command } from './command.ts';

interface NotModelledOptions {
  args?: ArgsRule;
  /** As the help shows them (`flag-lines.ts`), or flags that there are already. */
  flags?: string | readonly Flag<unknown>[];
  aliases?: readonly string[];
  aliasLine?: string;
}

/** A command that says that it is not modelled; exit status 1. */
export function notModelled(
  name: string,
  usage: string,
  description: string,
  { args, flags = [], ...names }: NotModelledOptions = {},
): Command {
  return {
    kind: 'command',
    name,
    usage,
    description,
    args: args ?? anyArgs,
    flags: typeof flags === 'string' ? flagLines(flags) : flags,
    wordsAsTheyAre: args === undefined,
    ...names,
    run: async ({ fail, commandPath }) => fail(`${commandPath} is not modelled here`),
  };
}
