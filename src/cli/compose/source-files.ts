/** Reads the stack files a command names: paths, or `-` for standard input. Source: `cli: cli/command/stack/loader/loader.go`. */

import { quote } from '../../go-template/go-strconv.ts';
import { readTextFile, readToEnd } from '../docker/secret/content.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import type { Process } from '../process.ts';
import { formatDate } from '../shell/date-format.ts';
import { parentOf, resolvePath } from '../shell/paths.ts';
import type { LoadContext, SourceFile } from './load-context.ts';
import { readYaml } from './read-yaml.ts';
import { isMapping } from './value.ts';

/** The files, and where and with which variables they are loaded. */
export interface StackSource {
  files: SourceFile[];
  context: LoadContext;
}

export async function readStackFiles(process: Process, names: readonly string[]): Promise<ParseResult<StackSource>> {
  if (names.length === 0) return unparsable('Specify a Compose file (with --compose-file)');
  const files: SourceFile[] = [];
  for (const name of names) {
    const text = name === '-' ? parsed(await readToEnd(process)) : readTextFile(process, name);
    if (!text.ok) return text;
    const config = readYaml(text.value);
    if (!config.ok) return config;
    if (!isMapping(config.value)) return unparsable('top-level object must be a mapping');
    files.push({ name, config: config.value });
  }
  const isStdinAlone = names.length === 1 && names[0] === '-';
  const workingDirectory = isStdinAlone ? process.cwd : parentOf(resolvePath(process.cwd, names[0]!));
  return parsed({ files, context: contextIn(process, workingDirectory) });
}

function contextIn(process: Process, workingDirectory: string): LoadContext {
  return {
    workingDirectory,
    lookup: (name) => process.env.get(name),
    readFile: (path) => readTextFile(process, path),
    warn: (message) => process.stderr.write(`${warningLine(process.host.clock.now(), message)}\n`),
  };
}

/** A line of the client's log. Source: `sirupsen/logrus: text_formatter.go`. */
function warningLine(now: number, message: string): string {
  return `time="${formatDate(now, '%Y-%m-%dT%H:%M:%SZ')}" level=warning msg=${quote(message)}`;
}
