import { describe, expect, it } from 'vitest';
import { endpoint, GossipWorld } from './testing-gossip.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `node${i + 1}`);

function joined(count: number, seed = 1): GossipWorld {
  const world = new GossipWorld(count, seed).start();
  world.run(2);
  for (const node of world.nodes) node.join('n');
  world.run(2);
  return world;
}

describe('membership', () => {
  it.each([2, 3, 5, 20, 50])('%i nodes that know only the first one all know all, within seconds', (count) => {
    const world = new GossipWorld(count).start();
    world.run(count < 50 ? 2 : 4);
    for (const of of names(count))
      expect(
        names(count).filter((about) => world.opinion(of, about) !== 'alive'),
        of,
      ).toEqual([]);
  });

  it('names nodes with 12 hex digits, new at each start of the daemon', () => {
    const world = joined(3);
    const before = world.at('node2').name;
    expect(before).toMatch(/^[0-9a-f]{12}$/);
    world.at('node2').halt();
    world.at('node2').start();
    world.run(3);
    expect(world.at('node2').name).not.toBe(before);
    expect(world.opinion('node1', 'node2')).toBe('left alive');
  });

  it.each([3, 5, 7, 20])('in a cluster of %i a dead node is found failed after 4 to 12 s, everywhere', (count) => {
    for (const seed of [1, 2, 3]) {
      const world = joined(count, seed);
      world.hardware.powerOff('node3');
      world.at('node3').halt();
      const others = names(count).filter((name) => name !== 'node3');
      const took = world.until(() => others.every((of) => world.opinion(of, 'node3') === 'failed'), 40);
      expect(took, `seed ${seed}`).toBeGreaterThan(4);
      expect(took, `seed ${seed}`).toBeLessThan(12);
    }
  });

  it('does not suspect a node whose packets are lost now and then', () => {
    const world = joined(5);
    for (const from of names(5))
      for (const to of names(5)) if (from !== to) world.hardware.setLink(from, to, { loss: 0.1 });
    world.run(300);
    for (const of of names(5)) for (const about of names(5)) expect(world.opinion(of, about)).toBe('alive');
  });

  it('keeps nodes alive over TCP while only 7946/udp is closed', () => {
    const world = joined(4);
    world.hardware.machine('node2').closedPorts = [{ port: 7946, protocol: 'udp' }];
    world.run(120);
    expect(world.opinion('node1', 'node2')).toMatch(/alive|suspect/);
  });

  it('says so when it leaves: gone at once', () => {
    const world = joined(5);
    world.at('node4').leave();
    expect(world.until(() => names(3).every((of) => world.opinion(of, 'node4') === 'left'), 5)).toBeLessThan(2);
  });

  it('finds a node again that was cut off, in some seconds', () => {
    const world = joined(5);
    world.hardware.machine('node5').cable = false;
    world.run(30);
    expect(world.opinion('node1', 'node5')).toBe('failed');
    expect(world.opinion('node5', 'node1')).toBe('failed');
    world.hardware.machine('node5').cable = true;
    const all = (): boolean => names(5).every((of) => names(5).every((about) => world.opinion(of, about) === 'alive'));
    expect(world.until(all, 30)).toBeLessThan(10);
  });

  it('does not run two halves as one after a split; they find together again', () => {
    const world = joined(6);
    const halves = [names(3), ['node4', 'node5', 'node6']];
    const cut = (is: boolean): void => {
      for (const a of halves[0]!)
        for (const b of halves[1]!) {
          world.hardware.setLink(a, b, { cut: is });
          world.hardware.setLink(b, a, { cut: is });
        }
    };
    cut(true);
    world.run(40);
    expect(world.opinion('node1', 'node5')).toBe('failed');
    expect(world.opinion('node1', 'node2')).toBe('alive');
    cut(false);
    world.run(20);
    for (const of of names(6))
      for (const about of names(6)) expect(world.opinion(of, about), `${of} ${about}`).toBe('alive');
  });
});

describe('tables', () => {
  it.each([2, 5, 50])('a row reaches all %i nodes of the network in well under a second or two', (count) => {
    const world = joined(count);
    world.at('node1').putEndpoint('n', 'web.1', endpoint('web.1', '10.0.1.3'));
    expect(world.until(() => names(count).every((name) => world.sees(name) === 'web.1'), 10)).toBeLessThan(1.5);
  });

  it('only nodes of the network hear of it', () => {
    const world = new GossipWorld(4).start();
    world.run(1);
    for (const name of ['node1', 'node2']) world.at(name).join('n');
    world.run(1);
    world.at('node1').putEndpoint('n', 'web.1', endpoint('web.1', '10.0.1.3'));
    world.run(60);
    expect(names(4).map((name) => world.sees(name))).toEqual(['web.1', 'web.1', '', '']);
    world.at('node4').join('n');
    expect(
      world.until(() => world.sees('node4') === 'web.1', 5),
      'a bulk sync on joining',
    ).toBeLessThan(0.1);
  });

  it('a newer word replaces the older one, whoever brings it', () => {
    const world = joined(4);
    const { nodes } = world;
    nodes[0]!.putEndpoint('n', 'web.1', endpoint('web.1', '10.0.1.3'));
    world.run(1);
    nodes[0]!.putEndpoint('n', 'web.1', endpoint('web.1', '10.0.1.3', { serviceDisabled: true }));
    world.run(1);
    expect(world.sees('node4')).toBe('web.1(off)');
    nodes[0]!.remove('n', 'endpoint_table', 'web.1');
    world.run(1);
    expect(names(4).map((name) => world.sees(name))).toEqual(['', '', '', '']);
    world.run(60);
    expect(world.sees('node2'), 'no bulk sync brings it back').toBe('');
  });

  it('hides the rows of a failed node, and shows them again when it returns', () => {
    const world = joined(5);
    world.at('node5').putEndpoint('n', 'web.5', endpoint('web.5', '10.0.1.5'));
    world.run(1);
    expect(world.sees('node1')).toBe('web.5');
    world.hardware.machine('node5').cable = false;
    world.run(20);
    expect(world.sees('node1')).toBe('');
    world.hardware.machine('node5').cable = true;
    world.run(15);
    expect(world.sees('node1')).toBe('web.5');
    expect(world.told.filter((line) => line.startsWith('node1'))).toEqual([
      'node1 +web.5',
      'node1 -web.5',
      'node1 +web.5',
    ]);
  });

  it('drops the rows of a node that leaves, or leaves the network', () => {
    const world = joined(4);
    world.at('node3').putEndpoint('n', 'web.3', endpoint('web.3', '10.0.1.3'));
    world.at('node4').putEndpoint('n', 'web.4', endpoint('web.4', '10.0.1.4'));
    world.run(1);
    world.at('node3').quit('n');
    world.at('node4').leave();
    world.run(3);
    expect(world.sees('node1')).toBe('');
  });

  it('a node that missed how another left a network and came back learns what is gone', () => {
    const world = joined(4);
    world.at('node3').putEndpoint('n', 'old', endpoint('old', '10.0.1.3'));
    world.run(1);
    world.hardware.machine('node1').cable = false;
    world.at('node3').quit('n');
    world.run(1);
    world.at('node3').join('n');
    world.at('node3').putEndpoint('n', 'new', endpoint('new', '10.0.1.4'));
    world.run(20);
    world.hardware.machine('node1').cable = true;
    world.run(90);
    expect(names(4).map((name) => world.sees(name))).toEqual(['new', 'new', 'new', 'new']);
  });

  it('bulk syncs heal what gossip lost, within half a minute or so', () => {
    const world = joined(5);
    world.hardware.machine('node2').closedPorts = [{ port: 7946, protocol: 'udp' }];
    world.at('node1').putEndpoint('n', 'web.1', endpoint('web.1', '10.0.1.3'));
    world.run(5);
    expect(world.sees('node2')).toBe('');
    expect(world.until(() => world.sees('node2') === 'web.1', 120)).not.toBeNull();
  });

  it('knows only itself while 7946 is closed altogether', () => {
    const world = joined(3);
    for (const name of names(3)) world.at(name).putEndpoint('n', `on-${name}`, endpoint(`on-${name}`, '10.0.1.3'));
    world.run(1);
    world.hardware.machine('node2').closedPorts = [
      { port: 7946, protocol: 'udp' },
      { port: 7946, protocol: 'tcp' },
    ];
    world.run(30);
    expect(world.sees('node2')).toBe('on-node2');
    expect(world.sees('node1')).toBe('on-node1 on-node3');
  });

  it('forgets deleted rows after half an hour', () => {
    const world = joined(3);
    world.at('node1').putEndpoint('n', 'a', endpoint('a', '10.0.1.3'));
    world.run(1);
    world.at('node1').remove('n', 'endpoint_table', 'a');
    world.run(20 * 60);
    expect(world.at('node2').state.tables.get('n')!.entries.size).toBe(1);
    world.run(42 * 60);
    expect(world.at('node2').state.tables.get('n')!.entries.size).toBe(0);
  });

  it('tells nothing while there is nothing to tell', () => {
    const world = joined(5);
    world.run(10);
    const before = world.kernel.state.executed;
    world.run(100);
    const perNodeAndSecond = (world.kernel.state.executed - before) / 500;
    expect(perNodeAndSecond).toBeLessThan(3.5);
  });
});
