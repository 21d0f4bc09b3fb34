/** Names with several addresses: what a client does when one of them cannot be reached. */
import { describe, expect, it } from 'vitest';
import { NetworkWorld } from '../../../testing/network-world.ts';

/** `x` is a web server and a database, one on each of two machines; the client asks for the web server's port. */
function worldWithTwo(): NetworkWorld {
  const world = new NetworkWorld(2);
  world.network('back');
  const networks = [{ name: 'back', aliases: ['x'] }];
  world.service('web', { networks, mode: 'dnsrr', constraints: ['node.hostname==node1'] });
  world.service('cache', { image: 'redis:7', networks, mode: 'dnsrr', constraints: ['node.hostname==node2'] });
  world.service('client', { networks: ['back'], constraints: ['node.hostname==node1'] });
  return world;
}

describe('a name with several addresses', () => {
  it('is tried to the end: after a refusal comes the next address', () => {
    const world = worldWithTwo();
    const tries = Array.from({ length: 12 }, () => world.ask(world.within('client'), 'x', 80));
    expect(tries.every((result) => result.ok && result.servedBy?.machine === 'node1')).toBe(true);
    const second = tries.find(({ tried }) => tried !== undefined)!;
    expect(second.tried).toMatchObject([{ reason: 'connection refused' }]);
    expect(tries.some(({ tried }) => tried === undefined)).toBe(true);
  });

  it('has each hop of each try in its ledger, and the change between them', () => {
    const world = worldWithTwo();
    for (let i = 0; i < 12; i++) {
      if (world.ask(world.within('client'), 'x', 80).tried) break;
    }
    const rules = world.last.hops.filter(({ room }) => room === 'client').map(({ rule }) => rule);
    expect(rules).toContainEqual(expect.stringMatching(/connection refused; the client takes the next address of x/));
    expect(world.last.hops.filter(({ result }) => result === 'delivered')).toHaveLength(1);
  });

  it('gives half of its time to an address that does not answer', () => {
    const world = worldWithTwo();
    world.cluster.fault({ kind: 'port-close', machine: 'node2', port: 4789, protocol: 'udp' });
    const origin = world.within('client');
    const results = Array.from({ length: 12 }, () => world.ask(origin, 'x', 80, { timeout: 4 }));
    const late = results.find(({ tried }) => tried?.[0]?.reason === 'timed out');
    expect(late!.ok).toBe(true);
    expect(late!.took / 1e6).toBeCloseTo(2, 1);
  });

  it('fails as its last address does', () => {
    const world = worldWithTwo();
    const result = world.ask(world.within('client'), 'x', 81);
    expect(result).toMatchObject({ ok: false, reason: 'connection refused' });
    expect(result.tried).toHaveLength(1);
  });

  it('is one address for programs that look no further', () => {
    const world = worldWithTwo();
    const seen = new Set<boolean>();
    for (let i = 0; i < 16; i++) seen.add(world.ask(world.within('client'), 'x', 80, { firstAddressOnly: true }).ok);
    expect(seen).toEqual(new Set([true, false]));
  });
});
