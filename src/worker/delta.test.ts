import { describe, expect, it } from 'vitest';
import type { NetworkView } from '../protocol/network-view.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import { diffSnapshots } from './delta.ts';

describe('what is sent of the network', () => {
  const pointer = (balancer: string, connections = 0) => ({ balancer, last: null, connections });
  const network: NetworkView = {
    gossip: [],
    overlays: [],
    endpoints: [],
    balancers: [],
    pointers: [pointer('node1/256'), pointer('node2/256')],
    flows: [],
    loads: [],
  };
  const picture = (view: NetworkView): Snapshot => ({
    now: 1,
    epochMs: 0,
    seed: 1,
    eventCount: 0,
    machines: [],
    nodes: [],
    services: [],
    tasks: [],
    messages: [],
    quorum: null,
    error: null,
    network: view,
  });

  it('is the rows that changed and the keys of those that are gone', () => {
    const advanced = pointer('node2/256', 1);
    const next = { ...network, pointers: [advanced, pointer('node3/256')] };
    expect(diffSnapshots(picture(network), picture(next)).network).toEqual({
      pointers: { changed: [advanced, pointer('node3/256')], removed: ['node1/256'] },
    });
  });

  it('is nothing when lists were made anew with the same rows', () => {
    const next = { ...network, pointers: [...network.pointers] };
    expect(diffSnapshots(picture(network), picture(next))).not.toHaveProperty('network');
  });

  it('is the flows in their order, whole', () => {
    const next = { ...network, flows: [] };
    expect(diffSnapshots(picture(network), picture(next)).network).toEqual({ flows: [] });
  });
});
