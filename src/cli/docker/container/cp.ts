/**
 * `docker cp`: files between a container and this host. Source: `cli: cli/command/container/cp.go`, `moby: pkg/archive/copy.go`.
 * Simplified: files are texts, without owners and times; links are not followed, since there are none.
 */
import {
  ARCHIVE_TYPE,
  type Archive,
  type ArchiveEntry,
  FOLDER_BIT,
  PATH_STAT_HEADER,
  type PathStat,
} from '../../../protocol/archive.ts';
import { decodeBase64Text, utf8Bytes } from '../../../protocol/base64.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { isNotFound } from '../client.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeAllContainers } from '../completion.ts';

const archive = boolFlag({ name: 'archive', shorthand: 'a', description: 'Keep owners' });
const followLink = boolFlag({ name: 'follow-link', shorthand: 'L', description: 'Copy what a link leads to' });
const quiet = boolFlag({ name: 'quiet', shorthand: 'q', description: 'Say nothing of it' });

export const cpCommand: Command = {
  kind: 'command',
  name: 'cp',
  aliasLine: 'docker container cp, docker cp',
  usage: '[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH',
  description: 'Copy files between a container and this host',
  args: exactArgs(2),
  flags: [archive, followLink, quiet],
  run: copy,
  complete: completeAllContainers,
};

async function copy(context: CommandContext): Promise<number> {
  const [from = '', to = ''] = context.args;
  if (from === '') return context.fail('source can not be empty');
  if (to === '') return context.fail('destination can not be empty');
  const [source, target] = [split(from), split(to)];
  if (source.container && target.container) return context.fail('copying between containers is not supported');
  if (source.container) return copyOut(context, source, to);
  if (target.container) return copyIn(context, from, target);
  return context.fail('must specify at least one container source');
}

/** `web:/etc`; a path that begins with `.` or `/` is this host's. */
function split(argument: string): { container: string; path: string } {
  const colon = argument.indexOf(':');
  if (/^[./]/.test(argument) || colon < 0 || argument.slice(0, colon).startsWith('.'))
    return { container: '', path: argument };
  return { container: argument.slice(0, colon), path: argument.slice(colon + 1) };
}

/** An absolute path; a `/` or `/.` at its end stays, because it means the folder's inside. */
function absolute(path: string, base: string): string {
  const full = path.startsWith('/') ? path : `${base === '/' ? '' : base}/${path}`;
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const insideOnly = (path: string): boolean => /(^|\/)\.$/.test(path);

async function copyOut(
  context: CommandContext,
  { container, path }: { container: string; path: string },
  to: string,
): Promise<number> {
  const { api, fail, flags, process } = context;
  const query = { path: absolute(path, '/') };
  const { body } = await api.request('GET', `/containers/${container}/archive`, { query });
  const { entries } = body as Archive;
  if (to === '-') {
    if (process.stdout.terminal) return fail('cowardly refusing to write archive to terminal');
    return fail('docker cp to standard output is not modelled here');
  }
  const { files } = process.host;
  const target = absolute(to, process.cwd);
  const isFolder = files.isDirectory(target);
  if (!isFolder && to.endsWith('/')) return fail(`no such directory`);
  const [first] = entries;
  const root = first ? first.path.split('/')[0]! : '';
  for (const { path: inner, text } of entries) {
    const rest = inner.slice(root.length).replace(/^\//, '');
    const base = isFolder && !insideOnly(path) ? `${target}/${root}` : target;
    const place = rest === '' ? base : `${base}/${rest}`;
    if (text === null) files.makeDirectory(place);
    else files.write(place, text);
  }
  if (!flags.get(quiet) && process.stderr.terminal)
    context.err(`Successfully copied ${formatDecimalSize(archiveBytes(entries), 3)} to ${target}\n`);
  return 0;
}

async function copyIn(
  context: CommandContext,
  from: string,
  { container, path }: { container: string; path: string },
): Promise<number> {
  const { api, fail, flags, process } = context;
  if (from === '-') return fail('docker cp from standard input is not modelled here');
  const { files } = process.host;
  const source = absolute(from, process.cwd);
  const target = absolute(path, '/');
  const stat = await statOf(context, container, target);
  const text = files.read(source);
  if (text === null && !files.isDirectory(source)) return fail(`lstat ${source}: no such file or directory`);
  const goesInside = stat !== null && stat.mode >= FOLDER_BIT;
  if (!goesInside && text !== null && path.endsWith('/')) return fail(`no such directory`);
  const folder = goesInside ? target : parentOf(target);
  const name = goesInside ? nameOf(source) : nameOf(target);
  const entries = entriesOf(context, source, insideOnly(from) && goesInside ? '' : name);
  const body: Archive = { entries };
  const headers = { 'Content-Type': ARCHIVE_TYPE };
  const query = { path: folder, noOverwriteDirNonDir: 'true' };
  await api.request('PUT', `/containers/${container}/archive`, { query, headers, body });
  if (!flags.get(quiet) && process.stderr.terminal)
    context.err(`Successfully copied ${formatDecimalSize(archiveBytes(entries), 3)} to ${container}:${path}\n`);
  return 0;
}

/** What is at a path of a container; null: nothing. */
async function statOf({ api }: CommandContext, container: string, path: string): Promise<PathStat | null> {
  try {
    const { headers } = await api.request('HEAD', `/containers/${container}/archive`, { query: { path } });
    const header = headers[PATH_STAT_HEADER];
    return header === undefined ? null : (JSON.parse(decodeBase64Text(header)) as PathStat);
  } catch (error) {
    // Whether it is the container that is missing, the next request tells.
    if (isNotFound(error)) return null;
    throw error;
  }
}

function entriesOf(context: CommandContext, path: string, name: string): ArchiveEntry[] {
  const { files } = context.process.host;
  const text = files.read(path);
  if (text !== null) return [{ path: name, text, mode: 0o644 }];
  const below = (files.list(path) ?? []).flatMap((child) =>
    entriesOf(context, `${path === '/' ? '' : path}/${child}`, name === '' ? child : `${name}/${child}`),
  );
  return name === '' ? below : [{ path: name, text: null, mode: 0o755 }, ...below];
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** As long as the tar archive is: blocks of 512 bytes, two empty ones at the end. */
function archiveBytes(entries: readonly ArchiveEntry[]): number {
  const blocks = entries.map(({ text }) => 1 + Math.ceil(utf8Bytes(text ?? '').length / 512));
  return 512 * (2 + blocks.reduce((sum, count) => sum + count, 0));
}
