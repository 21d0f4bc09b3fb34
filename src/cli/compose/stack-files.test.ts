/** Stack files against what the real client makes of them. */
import { describe, expect, it } from 'vitest';
import { loadStackFiles } from './load.ts';
import { printStack } from './print-stack.ts';
import { readStackFiles } from './source-files.ts';
import {
  badStacks,
  goodStacks,
  processIn,
  type ReferenceStack,
  reference,
  withoutTimes,
} from './testing/reference-stacks.ts';

const noDaemon = {
  request: () => Promise.reject(new Error('no daemon is asked')),
  stream: () => {
    throw new Error('no daemon is asked');
  },
};

/** What `docker stack config` prints, with its exit status. */
async function config(stack: ReferenceStack): Promise<{ exit: number; stdout: string; stderr: string }> {
  const { process, output } = processIn(stack, noDaemon);
  const source = await readStackFiles(process, stack.files);
  if (!source.ok) return { exit: 1, stdout: '', stderr: `${output.stderr}${source.message}\n` };
  const loaded = loadStackFiles(source.value.files, source.value.context);
  if (!loaded.ok) return { exit: 1, stdout: '', stderr: `${output.stderr}${loaded.message}\n` };
  return { exit: 0, stdout: printStack(loaded.value), stderr: withoutTimes(output.stderr) };
}

describe('docker stack config', () => {
  it.each(goodStacks.map((stack) => [stack.name, stack] as const))('%s', async (name, stack) => {
    expect(await config(stack)).toEqual({
      exit: 0,
      stdout: reference(`${name}.expected.yml`),
      stderr: reference(`${name}.stderr`) ?? '',
    });
  });

  it.each(badStacks.map((stack) => [stack.name, stack] as const))('%s', async (name, stack) => {
    const [expected = ''] = reference(`${name}.expected.txt`)!.split('deploy exit ');
    const { exit, stderr } = await config(stack);
    expect(`exit ${exit}\n${stderr}`).toBe(expected);
  });
});
