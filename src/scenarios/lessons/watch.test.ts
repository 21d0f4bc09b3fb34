/** What a step asks is read from pictures, events and command lines as they come. */
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../protocol/events.ts';
import type { Snapshot, TaskView } from '../../protocol/snapshot.ts';
import type { Check } from './check.ts';
import { piecesOf, solutionOf } from './lesson.ts';
import { StepWatch } from './watch.ts';

const task = (id: string, machine: string, state: TaskView['state'] = 'running', change: Partial<TaskView> = {}) =>
  ({
    id,
    serviceName: 'web',
    machine,
    state,
    desiredState: 'running',
    err: '',
    image: 'nginx:1.26',
    ...change,
  }) as TaskView;

function picture(seconds: number, change: Partial<Snapshot> = {}): Snapshot {
  return {
    now: seconds * 1e6,
    eventCount: 100,
    machines: [{ name: 'node1', power: true, cable: true, swarm: 'active', containers: [], closedPorts: [] }],
    nodes: [
      {
        machine: 'node1',
        role: 'manager',
        state: 'ready',
        availability: 'active',
        labels: { disk: 'ssd' },
        manager: null,
      },
    ],
    services: [
      {
        name: 'web',
        running: 2,
        desired: 3,
        image: 'nginx:1.26',
        mode: 'replicated',
        ports: [{ published: 80 }],
        updateStatus: null,
      },
    ],
    tasks: [
      task('a', 'node1'),
      task('b', 'node2'),
      task('c', 'node2', 'failed', { err: 'no such image', desiredState: 'shutdown' }),
    ],
    quorum: { members: [{ machine: 'node1' }], leader: 'node1' },
    ...change,
  } as unknown as Snapshot;
}

const event = (kind: string, data: TraceEvent['data'], change: Partial<TraceEvent> = {}): TraceEvent => ({
  id: 101,
  at: 0,
  kind,
  cause: 0,
  objects: [],
  data,
  ...change,
});

const watchOf = (check: Check) => new StepWatch({ title: '', text: [''], goals: [{ say: '', check }] }, picture(0));

describe('the state', () => {
  it.each<[Check, boolean]>([
    [{ service: 'web', running: 2, desired: 3, image: 'nginx:', port: 80 }, true],
    [{ service: 'web', running: { min: 3 } }, false],
    [{ service: 'shop', desired: 0 }, true],
    [{ service: 'shop' }, false],
    [{ tasks: 'web', count: 2 }, true],
    [{ tasks: 'web', on: 'node2', state: 'running', count: 1 }, true],
    [{ tasks: 'web', err: 'no such image', count: 1 }, true],
    [{ spread: 'web', machines: 2 }, true],
    [{ node: 'node1', role: 'manager', label: ['disk', 'ssd'] }, true],
    [{ node: 'node1', state: 'down' }, false],
    [{ leader: 'somebody' }, true],
    [{ leader: 'nobody' }, false],
    [{ managers: 1 }, true],
    [{ machine: 'node1', power: true, ports: 'open' }, true],
    [{ all: [{ leader: 'node1' }, { not: { leader: 'node2' } }] }, true],
    [{ any: [{ leader: 'node3' }, { leader: 'node2' }] }, false],
  ])('%j: %s', (check, holds) => {
    expect(watchOf(check).state.done).toBe(holds);
  });
});

describe('the history', () => {
  it('counts events of a kind with these facts, since the step began', () => {
    const watch = watchOf({ happened: 'container.exited', where: { exitCode: 137 }, times: { min: 2 } });
    const exited = (id: number, exitCode: number) => event('container.exited', { exitCode }, { id });
    watch.observe(picture(1), [exited(90, 137), exited(101, 1), exited(102, 137)]);
    expect(watch.state.done).toBe(false);
    watch.observe(picture(2), [exited(103, 137)]);
    expect(watch.state.done).toBe(true);
  });

  it('knows commands however they are spaced', () => {
    const watch = watchOf({ typed: 'docker node ls', on: 'node1' });
    watch.noteCommand('node2', 'docker node ls');
    expect(watch.state.done).toBe(false);
    watch.noteCommand('node1', '  docker   node ls | cat');
    expect(watch.state.done).toBe(true);
  });

  it('counts who has answered', () => {
    const watch = watchOf({ answerers: 2 });
    for (const by of ['a', 'a', 'b']) watch.observe(picture(1), [event('packet.answered', { by })]);
    expect(watch.state.done).toBe(true);
  });
});

describe('over time', () => {
  it('misses no gap between two pictures', () => {
    const watch = watchOf({ available: 'web', atLeast: 2 });
    const went = (state: string) => event('task.state', { service: 'web', state }, { objects: ['task:a'] });
    expect(watch.state.done).toBe(true);
    watch.observe(picture(1), [went('failed'), went('running')]);
    expect(watch.state).toMatchObject({ done: false, broken: [true] });
  });

  it('counts from when something began to hold, and anew after a break', () => {
    const watch = watchOf({ held: { leader: 'somebody' }, seconds: 5 });
    const nobody = { quorum: { members: [], leader: null } } as unknown as Partial<Snapshot>;
    watch.observe(picture(1), []);
    watch.observe(picture(4), []);
    watch.observe(picture(5, nobody), []);
    watch.observe(picture(6), []);
    watch.observe(picture(10), []);
    expect(watch.state.done).toBe(false);
    expect(watch.observe(picture(11), []).done).toBe(true);
  });

  it('remembers what was so once', () => {
    const watch = watchOf({ ever: { leader: 'nobody' } });
    watch.observe(picture(1, { quorum: null }), []);
    expect(watch.observe(picture(2), []).done).toBe(true);
  });
});

describe('hints', () => {
  it('are said while their mistake is there, and not when the step is done', () => {
    const goals = [{ say: '', check: { leader: 'node2' } as const }];
    const watch = new StepWatch(
      { title: '', text: [''], goals, hints: [{ when: { managers: 1 }, say: 'Join more.' }] },
      picture(0),
    );
    expect(watch.state.hint).toBe('Join more.');
    const other = { quorum: { members: [{}], leader: 'node2' } } as unknown as Partial<Snapshot>;
    expect(watch.observe(picture(1, other), []).hint).toBeNull();
  });
});

describe('the text', () => {
  it('has words, code and buttons; the buttons are the solution unless there is another', () => {
    const text = ['Type `this`: [node1: docker node ls] or [!port-close node2 4789/udp], then [wait 30]'];
    expect(piecesOf(text[0]!).map((piece) => ('move' in piece ? piece.move.kind : piece.text))).toEqual([
      'Type ',
      'this',
      ': ',
      'command',
      ' or ',
      'fault',
      ', then ',
      'wait',
    ]);
    expect(solutionOf({ title: '', text })).toHaveLength(3);
    expect(solutionOf({ title: '', text, solution: ['wait 1'] })).toEqual([{ kind: 'wait', seconds: 1 }]);
    expect(() => piecesOf('[nonsense]')).toThrow('no move');
  });
});
