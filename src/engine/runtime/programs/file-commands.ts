/**
 * Commands in containers that read and write files, as busybox has them: `ls`, `cat`, `cp`, `rm` and the like. What they see is what is
 * mounted there: volumes, secrets and configs.
 */
import type { ContainerFiles, FileNode } from '../container-files.ts';
import { listingDate } from './http-server.ts';
import type { ProgramContext } from './program.ts';
import type { Output } from './small-commands.ts';

/** `-la x y`: letters of the flags, and the rest. */
interface Line {
  readonly flags: string;
  readonly names: readonly string[];
}

function readLine(args: readonly string[]): Line {
  const flags = args.filter((word) => /^-[a-zA-Z]+$/.test(word)).map((word) => word.slice(1));
  return { flags: flags.join(''), names: args.filter((word) => !/^-[a-zA-Z]+$/.test(word)) };
}

/** Collects what a command prints; one complaint makes it fail. */
class Result implements Output {
  code = 0;
  out = '';
  err = '';

  fail(line: string): void {
    this.code = 1;
    this.err += `${line}\n`;
  }
}

/** A file's text, also of those that the container's system makes up. */
export function readFile(context: ProgramContext, name: string): string | null {
  return context.files.read(name) ?? systemFile(context, context.files.resolve(name));
}

export function cat(context: ProgramContext, args: readonly string[]): Output {
  const result = new Result();
  for (const name of readLine(args).names) {
    const text = readFile(context, name);
    if (text !== null) result.out += text;
    else if (context.files.isFolder(name)) result.fail('cat: read error: Is a directory');
    else result.fail(`cat: can't open '${name}': No such file or directory`);
  }
  return result;
}

export function ls(context: ProgramContext, args: readonly string[]): Output {
  const { flags, names } = readLine(args);
  const { files } = context;
  const result = new Result();
  const wanted = names.length > 0 ? names : [context.config.workingDir || '/'];
  const print = (path: string, name: string): void => {
    const node = files.stat(path);
    result.out += flags.includes('l') && node ? `${longLine(node, name)}\n` : `${name}\n`;
  };
  for (const name of wanted) {
    const node = files.stat(name);
    if (!node) {
      if (systemFile(context, files.resolve(name)) !== null) result.out += `${name}\n`;
      else result.fail(`ls: ${name}: No such file or directory`);
      continue;
    }
    if (node.text !== null || flags.includes('d')) {
      print(name, name);
      continue;
    }
    if (wanted.length > 1) result.out += `${result.out === '' ? '' : '\n'}${name}:\n`;
    if (flags.includes('l')) result.out += 'total 0\n';
    const shown = (files.list(name) ?? []).filter((child) => flags.match(/a/i) || !child.startsWith('.'));
    for (const child of [...(flags.includes('a') ? ['.', '..'] : []), ...shown]) print(`${name}/${child}`, child);
  }
  return result;
}

/** `-r--r--r--    1 root     root             7 Jan  1 00:00 password` */
function longLine(node: FileNode, name: string): string {
  const letters = [...(node.mode & 0o777).toString(8).padStart(3, '0')].map((digit) =>
    ['r', 'w', 'x'].map((letter, i) => (Number(digit) & (4 >> i) ? letter : '-')).join(''),
  );
  const owner = (id: string): string => (id === '0' ? 'root' : id).padEnd(8);
  const size = String(node.text?.length ?? 4096).padStart(9);
  const type = node.text === null ? 'd' : '-';
  return `${type}${letters.join('')}    1 ${owner(node.uid)} ${owner(node.gid)} ${size} ${listingDate(node.writtenAt)} ${name}`;
}

export function mkdir(context: ProgramContext, args: readonly string[]): Output {
  const { flags, names } = readLine(args);
  const result = new Result();
  for (const name of names) {
    const done = context.files.makeFolder(name, flags.includes('p'));
    if (!done.ok) result.fail(`mkdir: can't create directory '${name}': ${done.message}`);
  }
  return result;
}

export function rm(context: ProgramContext, args: readonly string[]): Output {
  const { flags, names } = readLine(args);
  const result = new Result();
  for (const name of names) {
    if (flags.includes('f') && !context.files.stat(name)) continue;
    const done = context.files.remove(name, /r/i.test(flags));
    if (done.ok) continue;
    result.fail(
      done.message === 'is a directory'
        ? `rm: '${name}' is a directory`
        : `rm: can't remove '${name}': ${done.message}`,
    );
  }
  return result;
}

export function touch(context: ProgramContext, args: readonly string[]): Output {
  const result = new Result();
  for (const name of readLine(args).names) {
    if (context.files.isFolder(name)) continue;
    const done = context.files.write(name, '', true);
    if (!done.ok) result.fail(`touch: ${name}: ${sayFolder(done.message)}`);
  }
  return result;
}

export function tee(context: ProgramContext, args: readonly string[], stdin: string): Output {
  const { flags, names } = readLine(args);
  const result = new Result();
  result.out = stdin;
  for (const name of names) {
    const done = context.files.write(name, stdin, flags.includes('a'));
    if (!done.ok) result.fail(`tee: ${name}: ${sayFolder(done.message)}`);
  }
  return result;
}

export function cp(context: ProgramContext, args: readonly string[]): Output {
  return copy('cp', context, args);
}

export function mv(context: ProgramContext, args: readonly string[]): Output {
  return copy('mv', context, args);
}

/** Simplified: folders are not copied. */
function copy(command: 'cp' | 'mv', context: ProgramContext, args: readonly string[]): Output {
  const { names } = readLine(args);
  const { files } = context;
  const result = new Result();
  const target = names.at(-1);
  if (target === undefined || names.length < 2) return { code: 1, out: '', err: `${command}: missing file operand\n` };
  for (const name of names.slice(0, -1)) {
    const text = readFile(context, name);
    const last = name.slice(name.lastIndexOf('/') + 1);
    const to = files.isFolder(target) ? `${target}/${last}` : target;
    if (text === null) {
      const why = files.isFolder(name)
        ? `omitting directory '${name}'`
        : `can't stat '${name}': No such file or directory`;
      result.fail(`${command}: ${command === 'mv' ? why.replace(/^can't stat/, "can't rename") : why}`);
      continue;
    }
    const done = files.write(to, text);
    if (!done.ok) result.fail(`${command}: can't create '${to}': ${sayFolder(done.message)}`);
    else if (command === 'mv') files.remove(name, false);
  }
  return result;
}

/** `-f x`, `-d x`, `-e x`, `-s x`, `-r x`; undefined if it is no question about a file. */
export function testFile(files: ContainerFiles, question: string, name: string): boolean | undefined {
  if (!/^-[fderswx]$/.test(question)) return undefined;
  const node = files.stat(name);
  if (!node) return false;
  if (question === '-f') return node.text !== null;
  if (question === '-d') return node.text === null;
  return question !== '-s' || node.text === null || node.text !== '';
}

function sayFolder(message: string): string {
  return message === 'nonexistent directory' ? 'No such file or directory' : message;
}

// ---- files that docker and the image put there

function systemFile(context: ProgramContext, path: string): string | null {
  const { interfaces, nameserver } = context.network;
  switch (path) {
    case '/etc/hostname':
      return `${context.hostname}\n`;
    case '/etc/resolv.conf':
      return nameserver === '127.0.0.11'
        ? `# Generated by Docker Engine.\n# This file can be edited; Docker Engine will not make further changes once it\n# has been modified.\n\nnameserver 127.0.0.11\noptions ndots:0\n`
        : `nameserver ${nameserver}\n`;
    case '/etc/hosts':
      return [
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost ip6-loopback',
        'fe00::\tip6-localnet',
        'ff00::\tip6-mcastprefix',
        'ff02::1\tip6-allnodes',
        'ff02::2\tip6-allrouters',
        // The gateway bridge gives no name.
        ...interfaces
          .filter(({ network }) => network !== 'docker_gwbridge')
          .map(({ address }) => `${address.split('/')[0]}\t${context.hostname}`),
        '',
      ].join('\n');
    case '/etc/os-release':
      return 'NAME="Alpine Linux"\nID=alpine\n';
    default:
      return null;
  }
}
