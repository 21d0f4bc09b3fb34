import { describe, expect, it } from 'vitest';
import type { MachineView, NodeView, Snapshot, TaskView } from '../../protocol/snapshot.ts';
import { actionForKey, actions, actionsFor, commandHost, subjectName, subjectOf } from './actions.ts';
import { neighbourMachine } from './keyboard.ts';
import { suggestions } from './suggestions.ts';
import { neighbourSpeed, positionOf, speedAt } from './time-control.ts';

const machine = (name: string, change: Partial<MachineView> = {}) =>
  ({
    name,
    power: true,
    daemon: 'running',
    cable: true,
    role: 'manager',
    nodeId: `id-${name}`,
    containers: [],
    ...change,
  }) as unknown as MachineView;
const node = (name: string, change: Partial<NodeView> = {}) =>
  ({ id: `id-${name}`, machine: name, role: 'manager', availability: 'active', state: 'ready', ...change }) as NodeView;
const container = { id: 'c0ffee'.padEnd(64, '0'), name: 'web.1.t1', state: 'running', taskId: 't1' };
const world = (change: Partial<Snapshot> = {}) =>
  ({
    machines: [
      machine('node1'),
      machine('node2', { power: false, daemon: 'stopped' }),
      machine('node3', { role: 'worker', containers: [container] as MachineView['containers'] }),
      machine('node4', { role: null, nodeId: null }),
    ],
    nodes: [node('node1'), node('node2', { availability: 'drain' }), node('node3', { role: 'worker' })],
    tasks: [{ id: 't1', serviceName: 'web', slot: 1, machine: 'node3', nodeId: 'id-node3' } as TaskView],
    services: [],
    quorum: { leader: 'node1', members: [] },
    ...change,
  }) as unknown as Snapshot;

/** What an action does to a thing, as one line. */
function effectOf(id: string, ref: `${string}:${string}`, snapshot = world()): string {
  const subject = subjectOf(snapshot, ref);
  const action = actions.find((row) => row.id === id);
  if (!subject || !action) return 'nothing';
  const disabled = action.disabled(subject);
  if (disabled) return `(${disabled})`;
  return action
    .effects(subject)
    .map((effect) =>
      effect.type === 'command' ? `${effect.host ?? 'any'}$ ${effect.command}` : JSON.stringify(effect.fault),
    )
    .join('; ');
}

describe('actions', () => {
  it.each([
    ['power', 'machine:node1', '{"kind":"power-off","machine":"node1"}'],
    ['power', 'machine:node2', '{"kind":"power-on","machine":"node2"}'],
    ['cable', 'machine:node1', '{"kind":"cable-cut","machine":"node1"}'],
    ['daemon', 'machine:node1', '{"kind":"daemon-restart","machine":"node1"}'],
    ['daemon', 'machine:node2', '(node2 has no power)'],
    ['drain', 'machine:node1', 'any$ docker node update --availability drain node1'],
    ['drain', 'node:id-node2', 'any$ docker node update --availability active node2'],
    ['drain', 'machine:node4', '(node4 is in no swarm)'],
    ['promote', 'machine:node3', 'any$ docker node promote node3'],
    ['promote', 'machine:node1', 'any$ docker node demote node1'],
    ['kill', 'task:t1', 'node3$ docker kill c0ffee000000'],
    ['kill', `container:${container.id}`, 'node3$ docker kill c0ffee000000'],
    ['power', 'machine:gone', 'nothing'],
  ] as const)('%s on %s: %s', (id, ref, expected) => {
    expect(effectOf(id, ref)).toBe(expected);
  });

  it('starts a stopped daemon and mends a cut cable', () => {
    const snapshot = world({ machines: [machine('node1', { daemon: 'stopped', cable: false })] });
    expect(effectOf('daemon', 'machine:node1', snapshot)).toContain('daemon-start');
    expect(effectOf('cable', 'machine:node1', snapshot)).toContain('cable-mend');
  });

  it.each([
    ['pause-daemon', {}, 'daemon-pause'],
    ['pause-daemon', { paused: true }, 'daemon-resume'],
    ['fill-disk', {}, 'disk-full'],
    ['fill-disk', { diskFull: true }, 'disk-mend'],
    ['slow-disk', { diskSync: 500 }, 'disk-mend'],
    ['fast-clock', {}, 'clock-rate'],
    ['wrong-clock', { clockOffset: 3600 }, 'clock-mend'],
  ] as const)('%s with %o does %s', (id, troubles, kind) => {
    const snapshot = world({ machines: [machine('node1', { troubles })] });
    expect(effectOf(id, 'machine:node1', snapshot)).toContain(kind);
  });

  it('closes all that gossip uses', () => {
    const subject = subjectOf(world({ machines: [machine('node1', { closedPorts: [] })] }), 'machine:node1')!;
    const close = actions.find(({ id }) => id === 'close-7946')!;
    expect(close.effects(subject)).toHaveLength(2);
  });

  it('names a node by its id where two have the same host name', () => {
    const snapshot = world({ nodes: [node('node1'), node('node1', { id: 'old', state: 'down' })] });
    expect(effectOf('drain', 'node:old', snapshot)).toBe('any$ docker node update --availability drain old');
  });

  it('cannot kill a container that does not run', () => {
    const snapshot = world({ machines: [machine('node3')] });
    expect(effectOf('kill', 'task:t1', snapshot)).toBe('(no container is running)');
  });

  it('K means power on a machine and kill on a task', () => {
    expect(actionForKey(subjectOf(world(), 'machine:node1'), 'k')?.id).toBe('power');
    expect(actionForKey(subjectOf(world(), 'task:t1'), 'k')?.id).toBe('kill');
    expect(actionForKey(null, 'k')).toBeUndefined();
  });

  it('offers nothing for what cannot be acted upon', () => {
    expect(actionsFor(subjectOf(world(), 'event:5'))).toEqual([]);
  });

  it('gives no key twice to one kind of thing', () => {
    for (const kind of ['machine', 'container'] as const) {
      const keys = actions.filter((action) => action.appliesTo === kind && action.key).map((action) => action.key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it.each([
    ['machine:node1', 'node1'],
    ['task:t1', 'web.1'],
  ] as const)('%s is called %s', (ref, name) => {
    expect(subjectName(subjectOf(world(), ref)!)).toBe(name);
  });
});

describe('the terminal for a command', () => {
  it.each([
    ['the one on screen, if it manages', 'node1', world(), 'node1'],
    ['else the leader', 'node3', world(), 'node1'],
    ['else any manager that runs', null, world({ quorum: null }), 'node1'],
    ['nobody, when no manager runs', null, world({ machines: [machine('node2', { power: false })] }), null],
  ])('%s', (_, preferred, snapshot, expected) => {
    expect(commandHost(snapshot, preferred)).toBe(expected);
  });
});

describe('arrow keys', () => {
  it.each([
    [null, 1, 'machine:node1'],
    [null, -1, 'machine:node4'],
    ['machine:node1', 1, 'machine:node2'],
    ['machine:node4', 1, 'machine:node1'],
    ['machine:node1', -1, 'machine:node4'],
    ['task:t1', 1, 'machine:node4'],
  ] as const)('from %s by %d to %s', (from, direction, to) => {
    expect(neighbourMachine(world(), from, direction)).toBe(to);
  });
});

describe('speed', () => {
  it.each([
    [1, 1, 2],
    [1, -1, 0.5],
    [0.3, 1, 0.5],
    [1000, 1, 1000],
    [0.001, -1, 0.001],
  ] as const)('from %d by %d to %d', (speed, direction, next) => {
    expect(neighbourSpeed(speed, direction)).toBe(next);
  });
  it('the slider is logarithmic and keeps within 1/1000 and 1000', () => {
    expect([-3, 0, 3, 9].map(speedAt)).toEqual([0.001, 1, 1000, 1000]);
    expect(positionOf(100)).toBeCloseTo(2);
  });
});

describe('suggested commands', () => {
  const web = { id: 's1', name: 'web', desired: 6 } as Snapshot['services'][number];
  it.each([
    ['a swarm is to be made', world({ quorum: null }), null, 'docker swarm init --advertise-addr'],
    ['a service is to be made', world(), null, 'docker service create'],
    ['it can be scaled', world({ services: [web] }), null, 'docker service scale web=8'],
    ['a machine is selected', world({ services: [web] }), 'machine:node1', 'docker node ps node1'],
    ['a task is selected', world({ services: [web] }), 'task:t1', 'docker node ps node3'],
  ] as const)('when %s', (_, snapshot, selection, command) => {
    expect(suggestions(snapshot, selection).some((line) => line.startsWith(command))).toBe(true);
  });
});
