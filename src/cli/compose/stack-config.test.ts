/**
 * Short stack files, good and bad, against what `docker stack config` of the real client 28.2.2 said of each: mistakes in YAML,
 * values of every property, objects, variables, env files, several files in one. Those it answers by chance are left out.
 */
import { describe, expect, it } from 'vitest';
import { runGroup } from '../docker/root.ts';
import { stackGroup } from '../docker/stack/stack-group.ts';
import type { FileSystem } from '../process.ts';
import files from './testdata/files.cases.json';
import values from './testdata/values.cases.json';
import yaml from './testdata/yaml.cases.json';
import { testProcess, withoutTimes } from './testing/reference-stacks.ts';

interface Case {
  args: string[];
  files?: Record<string, string>;
  env?: Record<string, string>;
  stdin?: string;
  exit: number;
  stdout: string;
  stderr: string;
}

const noDaemon = {
  request: () => Promise.reject(new Error('no daemon is asked')),
  stream: () => {
    throw new Error('no daemon is asked');
  },
};

async function config({ args, files: texts = {}, env = {}, stdin }: Case) {
  const { process, output } = testProcess(filesIn('/w', texts), {
    env: new Map(Object.entries({ HOME: '/home/dev', ...env })),
    cwd: '/w',
    api: noDaemon,
    stdin,
  });
  const exit = await runGroup(process, { command: stackGroup, path: 'docker stack' }, ['config', ...args]);
  return { exit, stdout: output.stdout, stderr: withoutTimes(output.stderr) };
}

function filesIn(folder: string, texts: Readonly<Record<string, string>>): FileSystem {
  const paths = new Map(Object.entries(texts).map(([name, text]) => [`${folder}/${name}`, text]));
  return {
    read: (path) => paths.get(path) ?? null,
    write: () => undefined,
    remove: () => false,
    isDirectory: (path) => [...paths.keys()].some((file) => file.startsWith(`${path}/`)),
    makeDirectory: () => undefined,
    list: () => null,
  };
}

// A JSON module's type is that of its literals, which has no optional fields in common.
const groups = { yaml, values, files } as unknown as Record<string, Case[]>;

describe.each(Object.entries(groups))('%s', (_name, cases) => {
  it.each(cases.map((one) => [name(one), one] as const))('%s', async (_text, one) => {
    expect(await config(one)).toEqual({ exit: one.exit, stdout: one.stdout, stderr: one.stderr });
  });
});

function name({ files: texts, stdin, args }: Case): string {
  return JSON.stringify([...Object.values(texts ?? {}), ...(stdin === undefined ? [] : [stdin]), ...args.slice(2)]);
}
