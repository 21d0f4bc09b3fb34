/**
 * Stacks that the real client 28.2.2 was recorded with: what `docker stack config` and `docker stack deploy` made of them.
 * `NAME.yml` (or `NAME.a.yml` and `NAME.b.yml`) with `NAME.expected.yml`, `NAME.stderr`, `NAME.deploy.json` and
 * `NAME.deploy.stderr`, the environment in `NAME.env`; `NAME.invalid.yml` with `NAME.expected.txt`. The folder was `/stack`.
 */
import type { FileSystem, Process } from '../../process.ts';

declare global {
  interface ImportMeta {
    /** Of the bundler: the texts of all files that match, by path. */
    glob(pattern: string, options: { query: '?raw'; import: 'default'; eager: true }): Record<string, string>;
  }
}

const paths = import.meta.glob('../testdata/**/*', { query: '?raw', import: 'default', eager: true });

/** Texts by path below `testdata`. */
const texts = new Map(Object.entries(paths).map(([path, text]) => [path.replace('../testdata/', ''), text]));

export function reference(path: string): string | undefined {
  return texts.get(path);
}

/** A stack with what is expected of it. */
export interface ReferenceStack {
  name: string;
  files: string[];
}

const names = [...texts.keys()].sort();

/** Those that load. */
export const goodStacks: readonly ReferenceStack[] = names
  .flatMap((path) => /^(.*)\.expected\.yml$/.exec(path)?.[1] ?? [])
  .map((name) => ({
    name,
    files: texts.has(`${name}.yml`) ? [`${name}.yml`] : [`${name}.a.yml`, `${name}.b.yml`],
  }));

/** Those that do not, or that cannot be deployed. */
export const badStacks: readonly ReferenceStack[] = names
  .flatMap((path) => /^(.*)\.invalid\.yml$/.exec(path)?.[1] ?? [])
  .map((name) => ({ name, files: [`${name}.invalid.yml`] }));

/** A process in `/stack`, with what it writes. */
export interface TestProcess {
  process: Process;
  output: { stdout: string; stderr: string };
}

export function processIn(stack: ReferenceStack, api: Process['host']['api']): TestProcess {
  const env = new Map([['HOME', '/home/dev']]);
  for (const line of (reference(`${stack.name}.env`) ?? '').split('\n')) {
    if (line !== '') env.set(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1));
  }
  return testProcess(referenceFiles, { env, cwd: '/stack', api });
}

const referenceFiles: FileSystem = {
  read: (path) => texts.get(path.replace(/^\/stack\//, '')) ?? null,
  write: () => undefined,
  remove: () => false,
  isDirectory: (path) => [...texts.keys()].some((file) => `/stack/${file}`.startsWith(`${path}/`)),
  makeDirectory: () => undefined,
  list: () => null,
};

export function testProcess(
  files: FileSystem,
  {
    env,
    cwd,
    api,
    stdin,
  }: { env: ReadonlyMap<string, string>; cwd: string; api: Process['host']['api']; stdin?: string },
): TestProcess {
  const output = { stdout: '', stderr: '' };
  const input = stdin === undefined ? [] : [stdin];
  const host = {
    name: 'node1',
    address: '192.168.99.101',
    api,
    clock: { now: () => 1_751_371_200_000, sleep: async () => undefined },
    files,
  };
  const process = {
    args: [],
    env,
    cwd,
    stdin: { read: async () => input.shift() ?? null, isTerminal: false },
    stdout: { write: (text: string) => void (output.stdout += text), closed: false, terminal: null },
    stderr: { write: (text: string) => void (output.stderr += text), closed: false, terminal: null },
    signal: { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined },
    host,
  };
  // What a host has beside these, no stack command asks for.
  return { process: process as unknown as Process, output };
}

/** A line of the client's log without its time. */
export function withoutTimes(text: string): string {
  return text.replace(/time="[^"]*"/g, 'time="T"');
}
