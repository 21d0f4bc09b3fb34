/** `docker stack deploy` of the reference stacks: what it says, and what it asks the engine to make. */
import { describe, expect, it } from 'vitest';
import type { ApiClient, ApiRequest } from '../../../protocol/api.ts';
import {
  badStacks,
  goodStacks,
  processIn,
  type ReferenceStack,
  reference,
  withoutTimes,
} from '../../compose/testing/reference-stacks.ts';
import { runGroup } from '../root.ts';
import { stackGroup } from './stack-group.ts';

/** Bodies of requests to make things, by kind. */
interface Made {
  networks: { Name: string }[];
  secrets: { Name: string }[];
  configs: { Name: string }[];
  services: { Name: string }[];
}

/** The manager of an empty swarm, where every external object exists and every request succeeds. */
class EmptySwarm implements ApiClient {
  readonly made: Made = { networks: [], secrets: [], configs: [], services: [] };

  async request(request: ApiRequest) {
    return { headers: {}, ...this.#answer(request) };
  }

  stream(): never {
    throw new Error('nothing is streamed');
  }

  #answer({ method, path, query, body }: ApiRequest): { status: number; body: unknown } {
    const [, kind = '', name = ''] = path.split('/');
    if (path === '/info') return { status: 200, body: { Swarm: { ControlAvailable: true } } };
    if (method === 'POST' && name === 'create') {
      const bodies = this.made[kind as keyof Made];
      bodies.push(body as { Name: string });
      return { status: 201, body: { ID: `id-${bodies.at(-1)!.Name}` } };
    }
    if (kind === 'networks' && name !== '') return { status: 200, body: { Name: name, Scope: 'swarm' } };
    if (name !== '') return { status: 404, body: { message: `${kind} ${name} not found` } };
    // Secrets and configs that a service uses are asked for by name.
    const names = Object.keys((JSON.parse(query?.filters ?? '{}') as { name?: object }).name ?? {});
    return { status: 200, body: names.map((one) => ({ ID: `id-${one}`, Spec: { Name: one } })) };
  }
}

async function deploy(stack: ReferenceStack) {
  const swarm = new EmptySwarm();
  const { process, output } = processIn(stack, swarm);
  const files = stack.files.flatMap((file) => ['-c', file]);
  const words = ['deploy', '--detach', '--resolve-image', 'never', ...files, 'demo'];
  const exit = await runGroup(process, { command: stackGroup, path: 'docker stack' }, words);
  return { exit, stderr: withoutTimes(output.stderr), made: inOrder(swarm.made) };
}

/** By name; of several uses of one secret or config by target. */
function inOrder(made: Made): unknown {
  const byName = (a: { Name: string }, b: { Name: string }) => (a.Name < b.Name ? -1 : 1);
  const sorted = Object.entries(made).map(([kind, bodies]) => [kind, bodies.toSorted(byName)]);
  return JSON.parse(JSON.stringify(Object.fromEntries(sorted)), (key, value) =>
    (key === 'Secrets' || key === 'Configs') && Array.isArray(value)
      ? value.toSorted((a, b) => (useOf(a) < useOf(b) ? -1 : 1))
      : value,
  );
}

interface Use {
  SecretName?: string;
  ConfigName?: string;
  File?: { Name: string };
}

function useOf({ SecretName, ConfigName, File }: Use): string {
  return JSON.stringify([SecretName ?? ConfigName, File?.Name ?? '']);
}

/** Without what the client only tells daemons older than API 1.44. */
function recorded(name: string): unknown {
  return JSON.parse(reference(`${name}.deploy.json`)!, (key, value) => (key === 'CheckDuplicate' ? undefined : value));
}

describe('docker stack deploy', () => {
  it.each(goodStacks.map((stack) => [stack.name, stack] as const))('%s', async (name, stack) => {
    expect(await deploy(stack)).toEqual({
      exit: 0,
      stderr: reference(`${name}.deploy.stderr`) ?? reference(`${name}.stderr`) ?? '',
      made: recorded(name),
    });
  });

  it.each(badStacks.map((stack) => [stack.name, stack] as const))('%s', async (name, stack) => {
    const [config = '', own] = reference(`${name}.expected.txt`)!.split('deploy exit ');
    const { exit, stderr } = await deploy(stack);
    expect(`exit ${exit}\n${stderr}`).toBe(own === undefined ? config : `exit ${own}`);
  });
});
