/** Encrypted overlays: keys that all nodes have, what a packet looks like between machines, and who cannot read it any more. */
import { describe, expect, it } from 'vitest';
import { NetworkWorld } from '../../../testing/network-world.ts';
import type { NetworkKey } from '../../store/objects.ts';
import { espSpi } from './esp.ts';

/** Two tasks on two machines, on an encrypted network. */
function encryptedWorld(): NetworkWorld {
  const world = new NetworkWorld(2);
  world.network('vault', { Options: { encrypted: '' } });
  world.service('web', { networks: ['vault'], constraints: ['node.hostname==node2'] });
  world.service('client', { networks: ['vault'], constraints: ['node.hostname==node1'] });
  return world;
}

const capsules = (world: NetworkWorld) =>
  world.last.hops.flatMap(({ room, machine, way, encapsulation }) =>
    room === 'wire' && encapsulation ? [{ machine, way, encrypted: encapsulation.encrypted }] : [],
  );

/** What the leader would tell after so many changes of keys. */
function rotated(keys: readonly NetworkKey[], times: number): NetworkKey[] {
  let ring = [...keys];
  for (let i = 0; i < times; i++) {
    let clock = Math.max(...ring.map(({ lamportTime }) => lamportTime));
    ring = (['networking:gossip', 'networking:ipsec'] as const).flatMap((subsystem) => [
      ...ring.filter((key) => key.subsystem === subsystem).slice(1),
      { subsystem, lamportTime: ++clock, key: `${clock}` },
    ]);
  }
  return ring;
}

describe('security parameter indices', () => {
  it('are those that a daemon gave to its kernel, between 192.168.99.101 and .102 with keys 55097 to 55099', () => {
    const [one, two] = ['192.168.99.101', '192.168.99.102'] as const;
    expect(espSpi(one, 55_098, two)).toBe('0a018819');
    expect([55_097, 55_098, 55_099].map((key) => espSpi(two, key, one))).toEqual(['4333748c', '163d940d', 'fde34892']);
  });
});

describe('an encrypted overlay', () => {
  it('wraps what goes between machines in ESP, with the primary key of who sends', () => {
    const world = encryptedWorld();
    expect(world.who(world.within('client'), 'web', 80)).toBe('node2/web.1');
    const key = world.cluster.machine('node1')!.network.espKey;
    const [from, to] = ['192.168.99.101', '192.168.99.102'] as const;
    expect(capsules(world)).toEqual([
      { machine: 'node1', way: 'out', encrypted: { spi: espSpi(from, key, to), key } },
      { machine: 'node2', way: 'back', encrypted: { spi: espSpi(to, key, from), key } },
    ]);
  });

  it('goes on while one node is one change of keys behind', () => {
    const world = encryptedWorld();
    const { network } = world.cluster.machine('node2')!;
    network.keysChanged(rotated(network.state.keys, 1), 4789);
    expect(world.who(world.within('client'), 'web', 80)).toBe('node2/web.1');
    const [there, back] = capsules(world);
    expect(back!.encrypted!.key).toBeGreaterThan(there!.encrypted!.key!);
  });

  it('is unreadable for who has missed two: the packet is dropped where the key lacks', () => {
    const world = encryptedWorld();
    const { network } = world.cluster.machine('node2')!;
    network.keysChanged(rotated(network.state.keys, 2), 4789);
    expect(world.who(world.within('client'), 'web', 80, { timeout: 2 })).toBe('timed out: not decrypted');
    expect(world.last.hops.find(({ result }) => result === 'dropped')).toMatchObject({
      room: 'wire',
      reason: 'not decrypted',
    });
  });

  it('has no capsule on one machine', () => {
    const world = encryptedWorld();
    world.service('near', { networks: ['vault'], constraints: ['node.hostname==node1'] });
    expect(world.who(world.within('client'), 'near', 80)).toBe('node1/near.1');
    expect(capsules(world)).toEqual([]);
  });
});

describe('gossip', () => {
  it('is unreadable, too, for who has missed two changes of keys: each side believes the other gone', () => {
    const world = encryptedWorld();
    const [one, two] = world.cluster.machines.map(({ network }) => network);
    two!.keysChanged(rotated(two!.state.keys, 2), 4789);
    world.run(12);
    const states = [one!, two!].map(({ db }) => [...db.members()].map(({ state }) => state).sort());
    expect(states).toEqual([
      ['alive', 'failed'],
      ['alive', 'failed'],
    ]);
    one!.keysChanged(two!.state.keys, 4789);
    world.run(10);
    expect([...one!.db.members()].map(({ state }) => state)).toEqual(['alive', 'alive']);
  });
});

it('sends over the port that the swarm was made with', () => {
  const world = encryptedWorld();
  for (const { network } of world.cluster.machines) network.keysChanged(network.state.keys, 4790);
  expect(world.who(world.within('client'), 'web', 80)).toBe('node2/web.1');
  expect(world.last.hops.find(({ room }) => room === 'wire')?.encapsulation?.port).toBe(4790);
});
