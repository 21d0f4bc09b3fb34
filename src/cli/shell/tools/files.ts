/** Tools for files: `cat`, `ls`, `mkdir`, `rmdir`, `rm`, `cp`, `mv`, `touch`, `tee`, `basename`, `dirname`, `chmod`. */
import type { Process, Program } from '../../process.ts';
import { layOutColumns } from '../columns.ts';
import { formatDate } from '../date-format.ts';
import { whyNotWritable } from '../memory-files.ts';
import { parseOptions } from '../options.ts';
import { nameOf, parentOf, resolvePath } from '../paths.ts';
import { fail, INTERRUPTED, openInputs } from './tool-input.ts';

export const cat: Program = async (process) => {
  const parsed = parseOptions('cat', process.args, { short: 'nbsAeEtTuv', long: { number: 'n' } });
  if (!parsed.ok) return fail(process, 'cat', parsed.error.message);
  let status = 0;
  const inputs = openInputs(process, parsed.options.operands, (name, reason) => {
    status = fail(process, 'cat', `${name}: ${reason}`);
  });
  const { options } = parsed;
  const isPlain = !['n', 'b', 's', 'A', 'e', 'E', 't', 'T'].some((letter) => options.has(letter));
  const shownEnd = ['A', 'e', 'E'].some((letter) => options.has(letter)) ? '$\n' : '\n';
  const showsTabs = ['A', 't', 'T'].some((letter) => options.has(letter));
  let number = 0;
  let wasBlank = false;
  for (const input of inputs) {
    if (isPlain && input.name !== '-') {
      process.stdout.write(await input.text());
      continue;
    }
    if (isPlain) {
      const next = (): Promise<string | null> => process.stdin.read(process.signal);
      for (let piece = await next(); piece !== null; piece = await next()) process.stdout.write(piece);
      continue;
    }
    for (let line = await input.lines.next(); line; line = await input.lines.next()) {
      const isBlank = line.text === '';
      if (options.has('s') && isBlank && wasBlank) continue;
      wasBlank = isBlank;
      const isNumbered = options.has('b') ? !isBlank : options.has('n');
      const label = isNumbered ? `${String(++number).padStart(6)}\t` : '';
      const text = showsTabs ? line.text.replaceAll('\t', '^I') : line.text;
      process.stdout.write(label + text + (line.terminated ? shownEnd : ''));
    }
  }
  return process.signal.aborted ? INTERRUPTED : status;
};

// --- ls -----------------------------------------------------------------------------------------------------------------

interface LsOptions {
  all: boolean;
  almostAll: boolean;
  long: boolean;
  directory: boolean;
  oneColumn: boolean;
  reverse: boolean;
  byTime: boolean;
  recursive: boolean;
  classify: boolean;
}

interface Entry {
  name: string;
  path: string;
}

export const ls: Program = async (process) => {
  const parsed = parseOptions('ls', process.args, {
    short: '1aAldrtRhFSp',
    long: {
      all: 'a',
      'almost-all': 'A',
      directory: 'd',
      reverse: 'r',
      recursive: 'R',
      'human-readable': 'h',
      classify: 'F',
    },
  });
  if (!parsed.ok) return fail(process, 'ls', parsed.error.message, 2);
  const { options } = parsed;
  const flags: LsOptions = {
    all: options.has('a'),
    almostAll: options.has('A') || options.has('a'),
    long: options.has('l'),
    directory: options.has('d'),
    oneColumn: options.has('1'),
    reverse: options.has('r'),
    byTime: options.has('t'),
    recursive: options.has('R'),
    classify: options.has('F') || options.has('p'),
  };
  const operands = options.operands.length > 0 ? [...options.operands].sort() : ['.'];
  return list(process, operands, flags);
};

function list(process: Process, operands: string[], options: LsOptions): number {
  const { files } = process.host;
  let status = 0;
  const plain: Entry[] = [];
  const directories: Entry[] = [];
  for (const name of operands) {
    const path = resolvePath(process.cwd, name);
    if (files.isDirectory(path) && !options.directory) directories.push({ name, path });
    else if (files.isDirectory(path) || files.read(path) !== null) plain.push({ name, path });
    else status = fail(process, 'ls', `cannot access '${name}': No such file or directory`, 2);
  }
  if (plain.length > 0) process.stdout.write(show(process, sorted(process, plain, options), options));
  let first = plain.length === 0;
  for (let i = 0; i < directories.length; i++) {
    const { name, path } = directories[i]!;
    const entries = entriesOf(process, path, options);
    const heading = directories.length > 1 || plain.length > 0 || options.recursive ? `${name}:\n` : '';
    const total = options.long ? `total ${entries.reduce((sum, entry) => sum + blocks(process, entry), 0)}\n` : '';
    process.stdout.write(`${first ? '' : '\n'}${heading}${total}${show(process, entries, options)}`);
    first = false;
    const inside = entries.filter((entry) => !/^\.\.?$/.test(entry.name) && files.isDirectory(entry.path));
    if (options.recursive)
      directories.splice(i + 1, 0, ...inside.map((entry) => ({ ...entry, name: `${name}/${entry.name}` })));
  }
  return status;
}

function entriesOf(process: Process, path: string, options: LsOptions): Entry[] {
  const names = (process.host.files.list(path) ?? []).filter((name) => options.almostAll || !name.startsWith('.'));
  const entries = names.map((name) => ({ name, path: resolvePath(path, name) }));
  const dots = options.all
    ? [
        { name: '.', path },
        { name: '..', path: parentOf(path) },
      ]
    : [];
  return [...dots, ...sorted(process, entries, options)];
}

function sorted(process: Process, entries: Entry[], options: LsOptions): Entry[] {
  const age = (entry: Entry): number => process.host.files.modifiedAt?.(entry.path) ?? 0;
  const result = options.byTime ? entries.toSorted((a, b) => age(b) - age(a)) : entries;
  return options.reverse ? result.toReversed() : result;
}

function blocks(process: Process, entry: Entry): number {
  return Math.ceil(sizeOf(process, entry) / 4096) * 4;
}

function sizeOf(process: Process, entry: Entry): number {
  const text = process.host.files.read(entry.path);
  return text === null ? 4096 : byteLength(text);
}

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function show(process: Process, entries: Entry[], options: LsOptions): string {
  if (entries.length === 0) return '';
  const { files } = process.host;
  const label = (entry: Entry): string => entry.name + (options.classify && files.isDirectory(entry.path) ? '/' : '');
  if (options.long) return longListing(process, entries, label);
  const names = entries.map(label);
  if (!process.stdout.terminal || options.oneColumn) return names.map((name) => `${name}\n`).join('');
  return layOutColumns(names, process.stdout.terminal.columns);
}

/** Simplified: files have neither owners nor permissions; the usual ones of the user `docker` are shown. */
function longListing(process: Process, entries: Entry[], label: (entry: Entry) => string): string {
  const { files, clock } = process.host;
  const width = Math.max(...entries.map((entry) => String(sizeOf(process, entry)).length));
  return entries
    .map((entry) => {
      const directory = files.isDirectory(entry.path);
      const modified = files.modifiedAt?.(entry.path) ?? clock.now();
      const recent = Math.abs(clock.now() - modified) < 182 * 86_400_000;
      const date = formatDate(modified, recent ? '%b %e %H:%M' : '%b %e  %Y');
      const size = String(sizeOf(process, entry)).padStart(width);
      return `${directory ? 'drwxr-xr-x 2' : '-rw-r--r-- 1'} docker docker ${size} ${date} ${label(entry)}\n`;
    })
    .join('');
}

// --- changes ------------------------------------------------------------------------------------------------------------

export const mkdir: Program = async (process) => {
  const parsed = parseOptions('mkdir', process.args, { short: 'pvm:', long: { parents: 'p' } });
  if (!parsed.ok) return fail(process, 'mkdir', parsed.error.message);
  if (parsed.options.operands.length === 0) return missingOperand(process, 'mkdir', 'missing operand');
  const { files } = process.host;
  let status = 0;
  for (const name of parsed.options.operands) {
    const path = resolvePath(process.cwd, name);
    const exists = files.isDirectory(path) || files.read(path) !== null;
    const reason = exists ? 'File exists' : parsed.options.has('p') ? null : whyNotWritable(files, path);
    if (reason === null) files.makeDirectory(path);
    else if (!(parsed.options.has('p') && files.isDirectory(path)))
      status = fail(process, 'mkdir', `cannot create directory ‘${name}’: ${reason}`);
  }
  return status;
};

function missingOperand(process: Process, tool: string, message: string): number {
  return fail(process, tool, `${message}\nTry '${tool} --help' for more information.`);
}

export const rmdir: Program = async (process) => {
  if (process.args.length === 0) return missingOperand(process, 'rmdir', 'missing operand');
  let status = 0;
  for (const name of process.args) {
    const path = resolvePath(process.cwd, name);
    const names = process.host.files.list(path);
    const reason = names === null ? 'No such file or directory' : names.length > 0 ? 'Directory not empty' : null;
    if (reason === null) process.host.files.remove(path);
    else status = fail(process, 'rmdir', `failed to remove '${name}': ${reason}`);
  }
  return status;
};

export const rm: Program = async (process) => {
  const parsed = parseOptions('rm', process.args, { short: 'rRfiv', long: { recursive: 'r', force: 'f' } });
  if (!parsed.ok) return fail(process, 'rm', parsed.error.message);
  const { options } = parsed;
  const recursive = options.has('r') || options.has('R');
  if (options.operands.length === 0 && !options.has('f')) return missingOperand(process, 'rm', 'missing operand');
  let status = 0;
  for (const name of options.operands) {
    const path = resolvePath(process.cwd, name);
    if (path === '/') status = fail(process, 'rm', "it is dangerous to operate recursively on '/'");
    else if (process.host.files.isDirectory(path) && !recursive)
      status = fail(process, 'rm', `cannot remove '${name}': Is a directory`);
    else if (!process.host.files.remove(path) && !options.has('f'))
      status = fail(process, 'rm', `cannot remove '${name}': No such file or directory`);
  }
  return status;
};

/** Where a source goes: into the target if that is a directory. */
function destination(process: Process, target: string, source: string): string {
  const path = resolvePath(process.cwd, target);
  return process.host.files.isDirectory(path) ? resolvePath(path, nameOf(source)) : path;
}

function copyTree(process: Process, from: string, to: string): void {
  const { files } = process.host;
  const text = files.read(from);
  if (text !== null) {
    files.write(to, text);
    return;
  }
  const names = files.list(from) ?? [];
  files.makeDirectory(to);
  for (const name of names) copyTree(process, resolvePath(from, name), resolvePath(to, name));
}

function transfer(process: Process, tool: 'cp' | 'mv', recursive: boolean, operands: string[]): number {
  const { files } = process.host;
  if (operands.length === 0) return missingOperand(process, tool, 'missing file operand');
  if (operands.length === 1)
    return missingOperand(process, tool, `missing destination file operand after '${operands[0]}'`);
  const target = operands.at(-1)!;
  const sources = operands.slice(0, -1);
  if (sources.length > 1 && !files.isDirectory(resolvePath(process.cwd, target)))
    return fail(
      process,
      tool,
      `target '${target}': ${files.read(resolvePath(process.cwd, target)) === null ? 'No such file or directory' : 'Not a directory'}`,
    );
  let status = 0;
  for (const source of sources) {
    const problem = transferOne(process, tool, recursive, source, target);
    if (problem) status = fail(process, tool, problem);
  }
  return status;
}

/** Copies or moves one thing; a text is the reason why not. */
function transferOne(
  process: Process,
  tool: 'cp' | 'mv',
  recursive: boolean,
  source: string,
  target: string,
): string | null {
  const { files } = process.host;
  const from = resolvePath(process.cwd, source);
  const to = destination(process, target, source);
  const directory = files.isDirectory(from);
  if (!directory && files.read(from) === null) return `cannot stat '${source}': No such file or directory`;
  if (directory && tool === 'cp' && !recursive) return `-r not specified; omitting directory '${source}'`;
  if (from === to) return `'${source}' and '${target}' are the same file`;
  if (`${to}/`.startsWith(`${from}/`))
    return `cannot ${tool === 'cp' ? 'copy' : 'move'} a directory, '${source}', into itself, '${target}'`;
  const reason = directory ? null : whyNotWritable(files, to);
  if (reason)
    return tool === 'cp'
      ? `cannot create regular file '${target}': ${reason}`
      : `cannot move '${source}' to '${target}': ${reason}`;
  copyTree(process, from, to);
  if (tool === 'mv') files.remove(from);
  return null;
}

export const cp: Program = async (process) => {
  const parsed = parseOptions('cp', process.args, { short: 'rRafpv', long: { recursive: 'r', archive: 'a' } });
  if (!parsed.ok) return fail(process, 'cp', parsed.error.message);
  const recursive = ['r', 'R', 'a'].some((letter) => parsed.options.has(letter));
  return transfer(process, 'cp', recursive, parsed.options.operands);
};

export const mv: Program = async (process) => {
  const parsed = parseOptions('mv', process.args, { short: 'fiv' });
  if (!parsed.ok) return fail(process, 'mv', parsed.error.message);
  return transfer(process, 'mv', true, parsed.options.operands);
};

export const touch: Program = async (process) => {
  const parsed = parseOptions('touch', process.args, { short: 'acmd:t:r:', long: { 'no-create': 'c', date: 'd' } });
  if (!parsed.ok) return fail(process, 'touch', parsed.error.message);
  const { options } = parsed;
  if (options.operands.length === 0) return missingOperand(process, 'touch', 'missing file operand');
  let status = 0;
  for (const name of options.operands) {
    const path = resolvePath(process.cwd, name);
    if (process.host.files.isDirectory(path)) continue;
    if (options.has('c') && process.host.files.read(path) === null) continue;
    const reason = whyNotWritable(process.host.files, path);
    if (reason) status = fail(process, 'touch', `cannot touch '${name}': ${reason}`);
    else process.host.files.write(path, process.host.files.read(path) ?? '');
  }
  return status;
};

export const tee: Program = async (process) => {
  const parsed = parseOptions('tee', process.args, { short: 'ai', long: { append: 'a' } });
  if (!parsed.ok) return fail(process, 'tee', parsed.error.message);
  const { files } = process.host;
  let status = 0;
  const paths: string[] = [];
  for (const name of parsed.options.operands) {
    const path = resolvePath(process.cwd, name);
    const reason = whyNotWritable(files, path);
    if (reason) {
      status = fail(process, 'tee', `${name}: ${reason}`);
      continue;
    }
    if (!parsed.options.has('a') || files.read(path) === null) files.write(path, '');
    paths.push(path);
  }
  for (
    let piece = await process.stdin.read(process.signal);
    piece !== null;
    piece = await process.stdin.read(process.signal)
  ) {
    process.stdout.write(piece);
    for (const path of paths) files.write(path, (files.read(path) ?? '') + piece);
  }
  return process.signal.aborted ? INTERRUPTED : status;
};

export const basename: Program = async (process) => {
  const [path, suffix] = process.args;
  if (path === undefined) return missingOperand(process, 'basename', 'missing operand');
  const name = nameOf(path);
  process.stdout.write(
    `${suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`,
  );
  return 0;
};

export const dirname: Program = async (process) => {
  if (process.args.length === 0) return missingOperand(process, 'dirname', 'missing operand');
  for (const path of process.args)
    process.stdout.write(`${path.includes('/') ? parentOf(path.replace(/(?<=.)\/+$/, '')) : '.'}\n`);
  return 0;
};

/** Simplified: files have no permission bits; `chmod` only checks that they are there. */
export const chmod: Program = async (process) => {
  let status = 0;
  for (const name of process.args.slice(1)) {
    const path = resolvePath(process.cwd, name);
    if (process.host.files.read(path) === null && !process.host.files.isDirectory(path))
      status = fail(process, 'chmod', `cannot access '${name}': No such file or directory`);
  }
  return status;
};
