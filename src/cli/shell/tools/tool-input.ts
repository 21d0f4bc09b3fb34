/** What text tools share: their input (files named as operands, `-`, or the standard input) and their complaints. */
import type { Process } from '../../process.ts';
import { LineReader, readAll } from '../line-reader.ts';
import { resolvePath } from '../paths.ts';
import { TextInput } from '../streams.ts';

/** One input of a tool; `name` is what messages and prefixes call it. */
export interface ToolInput {
  name: string;
  lines: LineReader;
  /** The rest as one text. */
  text(): Promise<string>;
}

/** Opens the operands in turn. `onMissing` is told the reason, in the words of `strerror`. */
export function openInputs(
  process: Process,
  operands: readonly string[],
  onMissing: (name: string, reason: string) => void,
): ToolInput[] {
  const names = operands.length > 0 ? operands : ['-'];
  return names.flatMap((name): ToolInput[] => {
    if (name === '-' || name === '/dev/stdin') {
      const { stdin, signal } = process;
      return [{ name: '-', lines: new LineReader(stdin, signal), text: () => readAll(stdin, signal) }];
    }
    const path = resolvePath(process.cwd, name);
    const text = process.host.files.read(path);
    if (text === null) {
      onMissing(name, process.host.files.isDirectory(path) ? 'Is a directory' : 'No such file or directory');
      return [];
    }
    return [{ name, lines: new LineReader(new TextInput(text)), text: async () => text }];
  });
}

/** Writes `tool: message` and returns the status. */
export function fail(process: Process, tool: string, message: string, status = 1): number {
  process.stderr.write(`${tool}: ${message}\n`);
  return status;
}

/** Exit status of a tool that Ctrl-C ended. */
export const INTERRUPTED = 130;
