/**
 * Commands of docker that have nothing behind them in this world: no image is built, pushed or saved here, and containers have
 * no files to copy. They stand in the help where docker has them, and say so instead of acting.
 */
import { anyArgs, type Command } from './command.ts';

/** A command that says that it is not modelled, whatever follows it; exit status 1. */
export function notModelled(name: string, usage: string, description: string): Command {
  return {
    kind: 'command',
    name,
    usage,
    description,
    args: anyArgs,
    flags: [],
    wordsAsTheyAre: true,
    run: async ({ fail, commandPath }) => fail(`${commandPath} is not modelled here`),
  };
}
