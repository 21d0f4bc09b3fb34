import { describe, expect, it } from 'vitest';
import type { FlowView } from '../../../protocol/network-view.ts';
import { NetworkWorld, outside } from '../../../testing/network-world.ts';
import { type City, layCity } from './city-layout.ts';
import { alongLeg, cutX, layWay, markAt, partOfLeg } from './city-way.ts';
import { dropText, retryText, ruleText } from './flow-words.ts';
import { newestFirst } from './trace.ts';

const world = new NetworkWorld(3);
world.network('back');
world.service('web', { publish: ['8080:80'], constraints: ['node.hostname==node3'] });
world.service('front', { constraints: ['node.hostname==node1'] });
world.service('db', { networks: ['back'], replicas: 2 });
const city = (): City => layCity(world.cluster.snapshot(), { width: 1056, height: 240 });
const flowOf = (ask: () => void): FlowView => {
  ask();
  return world.last;
};

describe('the way over the city', () => {
  const flow = flowOf(() => world.ask(outside, 'node1', 8080));
  const way = layWay(city(), flow);

  it('goes from the client by door and wheel along the rail to the station, and back', () => {
    const kinds = (which: 'out' | 'back') => way.marks.filter((mark) => mark.way === which).map(({ kind }) => kind);
    expect(kinds('out')).toEqual(['client', 'door', 'wheel', 'rail', 'station']);
    expect(kinds('back')).toEqual(['station', 'rail', 'wheel', 'door', 'client']);
  });
  it('turns only at right angles', () => {
    for (const leg of way.legs)
      for (const [index, point] of leg.slice(1).entries()) {
        const before = leg[index]!;
        expect(Math.min(Math.abs(before.x - point.x), Math.abs(before.y - point.y))).toBeLessThan(0.01);
      }
  });
  it('has a place for every step', () => {
    const places = flow.hops.map((_, step) => markAt(way, step));
    expect(places[0]).toBe(0);
    expect(places.at(-1)).toBe(way.marks.length - 1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
  it('can be gone along', () => {
    const leg = [
      { x: 0, y: 0 },
      { x: 30, y: 0 },
      { x: 30, y: 10 },
    ];
    expect([0, 0.5, 0.75, 1].map((share) => alongLeg(leg, share))).toEqual([
      { x: 0, y: 0 },
      { x: 20, y: 0 },
      { x: 30, y: 0 },
      { x: 30, y: 10 },
    ]);
    expect(partOfLeg(leg, 0.5)).toEqual([leg[0], { x: 20, y: 0 }]);
    expect(partOfLeg(leg, 0.875)).toEqual([leg[0], leg[1], { x: 30, y: 5 }]);
  });
});

describe('a packet that dies', () => {
  world.cluster.fault({ kind: 'port-close', machine: 'node3', port: 4789, protocol: 'udp' });
  const flow = flowOf(() => world.ask({ kind: 'host', machine: 'node1' }, 'localhost', 8080));

  it('dies in front of the machine that swallows it, once for all its tries', () => {
    const here = city();
    const mark = layWay(here, flow).marks.find(({ drops }) => drops > 0)!;
    const [, second, third] = here.districts;
    expect(mark).toMatchObject({ kind: 'rail', reason: 'port closed' });
    expect(mark.drops).toBeGreaterThan(1);
    expect(mark.x).toBeGreaterThan(second!.box.x + second!.box.w);
    expect(mark.x).toBeLessThan(third!.box.x);
  });
  it('is sent again by TCP, which the ledger calls by its name', () => {
    const again = flow.hops.filter((hop) => retryText(flow, hop) !== '').map((hop) => ruleText(flow, hop));
    expect(again.slice(0, 2)).toEqual(['no answer, tried again after 1 s', 'no answer, tried again after 2 s']);
  });
  it('says whose firewall it was', () => {
    const drop = flow.hops.find(({ result }) => result === 'dropped')!;
    expect(dropText(world.cluster.snapshot(), flow, drop)).toBe(
      'A firewall swallowed it: port 4789/udp is closed on node3. Nobody tells the sender.',
    );
  });
});

it.each<[string, string, string, number]>([
  ['node1', 'node3', 'node3 has no power', 1],
  ['node1', 'node3', 'cable of node1 is cut', 0],
  ['node3', 'node1', 'node1 has no power', 0],
  ['node1', 'node3', 'lost between node1 and node3', 0],
])('between %s and %s, %j: after district %d', (from, to, trouble, after) => {
  const here = city();
  const { box } = here.districts[after]!;
  expect(cutX(here, from, to, trouble)).toBeGreaterThan(box.x + box.w);
  expect(cutX(here, from, to, trouble)).toBeLessThan(here.districts[after + 1]!.box.x);
});

describe('why nothing came through, in words', () => {
  const said = (ask: () => void): string => {
    const flow = flowOf(ask);
    const drop = flow.hops.find(({ result }) => result === 'dropped')!;
    return dropText(world.cluster.snapshot(), flow, drop);
  };
  it.each<[string, () => void, string]>([
    [
      'a name of another network',
      () => world.ask(world.within('front'), 'db', 5432),
      'db is on back; front.1 is on no overlay network of its own. Names are known only inside a network.',
    ],
    [
      'a name of docker, on a host',
      () => world.ask({ kind: 'host', machine: 'node1' }, 'db', 5432),
      'db is no name that a machine knows: names of services are only known inside their networks.',
    ],
    [
      'a port that nobody publishes',
      () => world.ask({ kind: 'host', machine: 'node1' }, 'localhost', 81),
      'Nothing on node1 listens on port 81, and no service publishes it.',
    ],
    [
      'a port of a service without a task',
      () => {
        world.scale('web', 0);
        world.run(15);
        world.ask({ kind: 'host', machine: 'node1' }, 'localhost', 8080);
      },
      'web publishes port 8080, but node1 knows no task of it that takes connections: the door goes with the last one.',
    ],
    [
      'a port that the task does not listen on',
      () => world.ask(world.within('db'), 'db', 81),
      'It arrived, but no process in the container listens on port 81.',
    ],
  ])('%s', (_name, ask, sentence) => expect(said(ask)).toBe(sentence));
});

it('lists what programs asked under what they answered, newest first', () => {
  const flow = (id: number, within: number | null, openedAt: number) =>
    ({ id, within, openedAt, hops: [{}] }) as unknown as FlowView;
  const flows = [flow(1, null, 10), flow(2, 1, 11), flow(3, 2, 12), flow(4, null, 20), flow(5, 4, 21), flow(6, 99, 30)];
  expect(newestFirst(flows).map(({ id }) => id)).toEqual([4, 5, 1, 2, 3, 6]);
});
