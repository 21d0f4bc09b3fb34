/**
 * What a secret or a config is made from: a file of the shell's host, or standard input (`-`).
 * Source: `cli: cli/command/secret/create.go` (`readSecretData`), `cli/command/config/create.go` (`readConfigData`).
 */

import { encodeBase64, utf8Bytes } from '../../../protocol/base64.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import type { Process } from '../../process.ts';
import { resolvePath } from '../../shell/paths.ts';

/** The most that is read: twice what the manager takes, in bytes. */
const mostBytes = { secret: 2 * 500 * 1024, config: 2 * 1000 * 1024 };

/** The content as base64, or the complaint. */
export async function readContent(
  process: Process,
  kind: 'secret' | 'config',
  file: string,
): Promise<ParseResult<string>> {
  if (file === '') return unparsable(`${kind} file is required`);
  const source = file === '-' ? 'STDIN' : file;
  const content = file === '-' ? parsed(await readToEnd(process)) : readTextFile(process, file);
  if (!content.ok) return unparsable(`error reading from ${source}: ${content.message}`);
  const bytes = utf8Bytes(content.value).slice(0, mostBytes[kind]);
  if (bytes.length === 0) return unparsable(`error reading from ${source}: data is empty`);
  return parsed(encodeBase64(bytes));
}

/** A file's text, or why it cannot be read, as Go's `os` says it. */
export function readTextFile(process: Process, file: string): ParseResult<string> {
  const { files } = process.host;
  const path = resolvePath(process.cwd, file);
  if (files.isDirectory(path)) return unparsable(`read ${file}: is a directory`);
  const text = files.read(path);
  return text === null ? unparsable(`open ${file}: no such file or directory`) : parsed(text);
}

/** Standard input to its end. */
export async function readToEnd(process: Process): Promise<string> {
  let text = '';
  for (;;) {
    const piece = await process.stdin.read(process.signal);
    if (piece === null) return text;
    text += piece;
  }
}
