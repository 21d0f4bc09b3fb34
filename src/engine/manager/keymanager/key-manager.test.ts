import { describe, expect, test } from 'vitest';
import { seconds } from '../../kernel/time.ts';
import type { Cluster, NetworkKey } from '../../store/objects.ts';
import { TestLeader } from '../testing-leader.ts';
import { primaryOf } from './key-manager.ts';

const HOUR = 3600;

function cluster(l: TestLeader): Cluster {
  const [found] = l.store.all('cluster');
  return found!;
}

const keys = (l: TestLeader): readonly NetworkKey[] => cluster(l).networkBootstrapKeys ?? [];

/** Tags of a subsystem's keys counted from where the clock began, oldest first. */
const tags = (l: TestLeader, subsystem: NetworkKey['subsystem'], from: number): number[] =>
  keys(l)
    .filter((key) => key.subsystem === subsystem)
    .map(({ lamportTime }) => lamportTime - from);

const leader = (): TestLeader => new TestLeader({ only: ['keymanager'], agents: false }).run(seconds(1));

describe('the key manager', () => {
  test('makes three keys for gossip and three for IPsec, of one clock', () => {
    const l = leader();
    const start = cluster(l).encryptionKeyLamportClock! - 6;
    expect(tags(l, 'networking:gossip', start)).toEqual([1, 2, 3]);
    expect(tags(l, 'networking:ipsec', start)).toEqual([4, 5, 6]);
    expect(new Set(keys(l).map(({ key }) => key)).size).toBe(6);
    for (const { key } of keys(l)) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  test('every twelve hours drops the oldest and makes a new one; the middle one is used to send', () => {
    const l = leader();
    const start = cluster(l).encryptionKeyLamportClock! - 6;
    const primary = () => primaryOf(keys(l), 'networking:ipsec')!.lamportTime - start;
    expect(primary()).toBe(5);
    l.run(seconds(12 * HOUR));
    expect(tags(l, 'networking:gossip', start)).toEqual([2, 3, 7]);
    expect(tags(l, 'networking:ipsec', start)).toEqual([5, 6, 8]);
    expect(primary()).toBe(6);
    l.run(seconds(12 * HOUR));
    expect(primary()).toBe(8);
    expect(l.events('keys.rotated')).toHaveLength(2);
  });

  test('a new leader keeps the keys, and its twelve hours begin with it', () => {
    const l = leader();
    const before = keys(l);
    l.run(seconds(11 * HOUR))
      .elect()
      .run(seconds(11 * HOUR));
    expect(keys(l)).toEqual(before);
    l.run(seconds(HOUR + 1));
    expect(keys(l)).not.toEqual(before);
  });
});
