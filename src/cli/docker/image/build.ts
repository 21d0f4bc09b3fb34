/**
 * `docker build`, as the client does it that has no buildx: it sends the folder and shows what the daemon does with it.
 * Source: `cli: cli/command/image/build.go`, `cli/command/image/build/context.go`.
 * Simplified: the context is a folder of this host; all its files are sent, but for what `.dockerignore` names as it stands there.
 */

import { type ApiChunk, StreamError } from '../../../protocol/api.ts';
import { ARCHIVE_TYPE, type Archive, type ArchiveEntry } from '../../../protocol/archive.ts';
import { utf8Bytes } from '../../../protocol/base64.ts';
import { listFlag } from '../../flags/flag.ts';
import { flagLines } from '../../flags/flag-lines.ts';
import { boolFlag, stringFlag, stringListFlag } from '../../flags/flag-types.ts';
import { complaintAboutImage } from '../../opts/image-reference.ts';
import { parseLabel, toRecord } from '../../opts/key-value.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { resolvePath } from '../../shell/paths.ts';
import { Interrupted } from '../client.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { jsonMessages } from '../progress/json-messages.ts';

const buildArgs = stringListFlag({ name: 'build-arg', description: 'Variables of the build' });
const file = stringFlag({ name: 'file', shorthand: 'f', description: 'The Dockerfile (without: PATH/Dockerfile)' });
const idFile = stringFlag({ name: 'iidfile', description: "File for the image's ID" });
const labels = listFlag({ name: 'label', description: 'Labels of the image', parse: parseLabel });
const platform = stringFlag({ name: 'platform', description: 'Platform of the image' });
const pull = boolFlag({ name: 'pull', description: 'Look for a newer base image first' });
const quiet = boolFlag({ name: 'quiet', shorthand: 'q', description: "Print the image's ID alone" });
const noCache = boolFlag({ name: 'no-cache', description: 'Use nothing of earlier builds' });
const target = stringFlag({ name: 'target', description: 'Stop after this stage' });
const tags = listFlag({
  name: 'tag',
  shorthand: 't',
  description: 'Name of the image ("name:tag")',
  parse: (text) => {
    const complaint = complaintAboutImage(text);
    return complaint === null ? { ok: true, value: text } : { ok: false, message: complaint };
  },
});
const ignored = flagLines(`
  --add-host list  Names of hosts, and their addresses ("host:ip")
  --cache-from strings  Images to use parts of
  --cgroup-parent string  Control group above that of RUN
  --compress  Send the folder compressed
  --cpu-period int  Period of the CPU quota
  --cpu-quota int  CPU time in a period
  -c, --cpu-shares int  Share of the CPUs, as a weight
  --cpuset-cpus string  CPUs to run on (0-3, 0,1)
  --cpuset-mems string  Memory nodes to use (0-3, 0,1)
  --disable-content-trust  Do not check signatures (default true)
  --force-rm  Remove containers between steps in any case
  --isolation string  How containers are kept apart
  -m, --memory bytes  Memory that RUN may use
  --memory-swap bytes  Memory and swap together
  --network string  Network of RUN (default "default")
  --rm  Remove containers between steps (default true)
  --security-opt strings  Security options
  --shm-size bytes  Size of "/dev/shm"
  --ulimit ulimit  Limits of processes (default [])
`);

/** What docker says of building without buildx. */
export const LEGACY_BUILDER = `DEPRECATED: The legacy builder is deprecated and will be removed in a future release.
            Install the buildx component to build images with BuildKit:
            https://docs.docker.com/go/buildx/

`;

export const buildCommand: Command = {
  kind: 'command',
  name: 'build',
  aliasLine: 'docker image build, docker build, docker builder build',
  usage: '[OPTIONS] PATH | URL | -',
  description: 'Make an image of a Dockerfile',
  notice: LEGACY_BUILDER,
  args: exactArgs(1),
  flags: [buildArgs, file, idFile, labels, noCache, platform, pull, quiet, tags, target, ...ignored],
  run: build,
};

async function build(context: CommandContext): Promise<number> {
  const { api, args, err, fail, flags, out, process } = context;
  const found = findContext(context, args[0]!);
  if (typeof found === 'string') return fail(found);
  const { entries, dockerfile } = found;
  const isQuiet = flags.get(quiet);
  if (!isQuiet) err(`Sending build context to Docker daemon  ${formatDecimalSize(archiveBytes(entries), 4)}\n`);
  let id = '';
  const show = jsonMessages(
    isQuiet ? { write: () => undefined, closed: false, terminal: null } : process.stdout,
    (aux) => {
      id = (aux as { ID?: string }).ID ?? id;
    },
  );
  const body: Archive = { entries };
  const query = {
    buildargs: pairsQuery(flags.get(buildArgs)),
    dockerfile,
    labels: pairsQuery(flags.get(labels)),
    nocache: flags.get(noCache) ? '1' : undefined,
    platform: flags.get(platform) || undefined,
    pull: flags.get(pull) ? '1' : undefined,
    q: isQuiet ? '1' : undefined,
    t: flags.get(tags).join(',') || undefined,
    target: flags.get(target) || undefined,
    version: '1',
  };
  const parts = { query, body, headers: { 'Content-Type': ARCHIVE_TYPE } };
  const stream = await api.stream('POST', '/build', parts, (chunk: ApiChunk) => show(chunk));
  const cancel = (): void => stream.cancel();
  process.signal.addEventListener('abort', cancel);
  try {
    await stream.done;
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return fail(error.message);
  } finally {
    process.signal.removeEventListener('abort', cancel);
  }
  if (process.signal.aborted) throw new Interrupted('interrupted');
  if (isQuiet) out(`${id}\n`);
  if (flags.get(idFile) !== '') process.host.files.write(resolvePath(process.cwd, flags.get(idFile)), id);
  return 0;
}

/** `a=1 b=2` as JSON; nothing when there are none. */
function pairsQuery(pairs: readonly string[]): string | undefined {
  return pairs.length === 0 ? undefined : JSON.stringify(toRecord(pairs));
}

/** What is sent; or why there is nothing to send. */
function findContext(context: CommandContext, path: string): { entries: ArchiveEntry[]; dockerfile: string } | string {
  const { flags, process } = context;
  const { files } = process.host;
  if (path === '-' || /^(https?|git):|^git@/.test(path)) return 'docker build is modelled here for folders alone';
  const folder = resolvePath(process.cwd, path);
  if (!files.isDirectory(folder)) return `unable to prepare context: path "${path}" not found`;
  const named = flags.get(file);
  const full = named === '' ? `${folder}/Dockerfile` : resolvePath(process.cwd, named);
  if (files.read(full) === null)
    return `unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat ${full}: no such file or directory`;
  if (!full.startsWith(folder === '/' ? '/' : `${folder}/`))
    return `unable to prepare context: the Dockerfile (${full}) must be within the build context`;
  const dockerfile = full.slice(folder === '/' ? 1 : folder.length + 1);
  const skipped = (files.read(`${folder}/.dockerignore`) ?? '')
    .split('\n')
    .map((line) => line.trim().replace(/^\/|\/$/g, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));
  return { entries: entriesOf(context, folder, '', new Set(skipped)), dockerfile };
}

function entriesOf(context: CommandContext, path: string, name: string, skipped: ReadonlySet<string>): ArchiveEntry[] {
  const { files } = context.process.host;
  const text = files.read(path);
  if (text !== null) return [{ path: name, text, mode: 0o644 }];
  const below = (files.list(path) ?? [])
    .map((child) => ({ child, inner: name === '' ? child : `${name}/${child}` }))
    .filter(({ inner }) => !skipped.has(inner))
    .flatMap(({ child, inner }) => entriesOf(context, `${path === '/' ? '' : path}/${child}`, inner, skipped));
  return name === '' ? below : [{ path: name, text: null, mode: 0o755 }, ...below];
}

/** As long as the tar archive is: blocks of 512 bytes, two empty ones at the end. */
function archiveBytes(entries: readonly ArchiveEntry[]): number {
  const blocks = entries.map(({ text }) => 1 + Math.ceil(utf8Bytes(text ?? '').length / 512));
  return 512 * (2 + blocks.reduce((sum, count) => sum + count, 0));
}
