/** Requests that no client would send: the daemon answers each; and what it refuses has changed nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestHost } from '../../engine/dockerd/testing-host.ts';
import { hostile } from './hostile.ts';

function hostWithThings(): TestHost {
  const host = new TestHost();
  host.leader.addNode('n2', 'node2', 'worker');
  host.leader.addNetwork('net', 'net');
  host.leader.addNetwork('mesh', 'ingress', true);
  host.container('box');
  for (const kind of ['secrets', 'configs'])
    expectCreated(host.ask('POST', `/${kind}/create`, { Name: kind === 'secrets' ? 'key' : 'conf', Data: 'aGk=' }));
  expectCreated(host.ask('POST', '/volumes/create', { Name: 'vol' }));
  expectCreated(
    host.ask('POST', '/services/create', { Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'nginx:1.26' } } }),
  );
  return host;
}

function expectCreated([status, body]: [number, unknown]): void {
  expect(status, JSON.stringify(body)).toBe(201);
}

/** All that the swarm and the host remember. */
function remembered(host: TestHost): string {
  const { store } = host.leader;
  const swarm = KINDS.map((kind) => [...store.all(kind)]);
  const { networks } = host.dockerd.state.disk;
  const { volumes, containers } = host.runtime.state;
  return JSON.stringify({ swarm, networks, volumes: [...volumes], containers: [...containers.keys()] });
}

const KINDS = ['cluster', 'node', 'service', 'task', 'network', 'secret', 'config'] as const;

/** Known only when they have been made: ids of the secret and the config. */
function withIds(host: TestHost, body: unknown): unknown {
  const { store } = host.leader;
  const [secret, config] = [[...store.all('secret')][0]?.id ?? 'gone', [...store.all('config')][0]?.id ?? 'gone'];
  const text = JSON.stringify(body)?.replaceAll('"SECRET"', `"${secret}"`).replaceAll('"CONFIG"', `"${config}"`);
  return text === undefined ? undefined : JSON.parse(text);
}

function version(host: TestHost, path_: string): string {
  const { store } = host.leader;
  const kind = path_.startsWith('/services') ? 'service' : path_.startsWith('/nodes') ? 'node' : 'cluster';
  return String([...store.all(kind)][0]?.meta.version);
}

describe('hostile requests', () => {
  it('are all answered, and change nothing when refused', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 12 }), (requests) => {
        const host = hostWithThings();
        for (const { method, path: wanted, body } of requests) {
          const before = remembered(host);
          const sent = wanted.replace('VERSION', version(host, wanted));
          const asked = host.asked.length;
          const id = host.send(method, sent, withIds(host, body));
          host.pass(0);
          const reply = host.replies.get(id);
          if (!reply || reply.status < 400) continue;
          expect(remembered(host), `${method} ${sent}`).toBe(before);
          expect(host.asked.slice(asked).filter(({ what }) => !what.startsWith('no'))).toEqual([]);
          expect(typeof (reply.body as { message: unknown }).message).toBe('string');
        }
        host.pass(60_000_000);
      }),
      { numRuns: 600, seed: 7 },
    );
  }, 60_000);
});
