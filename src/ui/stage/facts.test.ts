import { describe, expect, it } from 'vitest';
import type { MachineView, NodeView, TaskView } from '../../protocol/snapshot.ts';
import { machineFacts, shortMachineName } from './machine-facts.ts';
import { monogramsOf } from './monograms.ts';
import { ghostUntil, isVisible, taskLook, taskSentence } from './task-facts.ts';
import { steadySwarm, taskOf } from './testing-fixture.ts';

const swarm = steadySwarm({ managers: 3, workers: 1, services: [] });
const [follower, leader, , worker] = swarm.machines as [MachineView, MachineView, MachineView, MachineView];
const nodeOf = (machine: MachineView) => swarm.nodes.find((node) => node.machine === machine.name)!;

describe('a machine in words', () => {
  const cases: [string, MachineView, Partial<MachineView>, Partial<NodeView>, string, string[]][] = [
    ['a follower is a manager', follower, {}, {}, 'manager', []],
    ['the leader', leader, {}, {}, 'Leader', []],
    ['a worker', worker, {}, {}, 'worker', []],
    [
      'off, but the swarm does not know yet',
      worker,
      { power: false, downSince: 42_600_000 },
      {},
      'worker',
      ['no power since 0:42.60'],
    ],
    [
      'off and marked down',
      worker,
      { power: false, downSince: 42_600_000 },
      { state: 'down' },
      'Down',
      ['no power since 0:42.60'],
    ],
    ['cut off but alive', worker, { cable: false }, { state: 'down' }, 'Down', ['cable cut']],
    ['daemon stopped', worker, { daemon: 'stopped' }, {}, 'worker', ['daemon stopped']],
    ['drained', worker, {}, { availability: 'drain' }, 'Drain', []],
    ['a drained leader', leader, {}, { availability: 'drain' }, 'Leader', ['Drain']],
    ['paused and unknown', worker, {}, { availability: 'pause', state: 'unknown' }, 'Unknown', ['Pause']],
    ['a leader without power leads no more', leader, { power: false }, {}, 'manager', ['no power']],
    ['in no swarm', worker, { role: null, swarm: 'inactive' }, {}, 'not in a swarm', []],
    ['port closed', worker, { closedPorts: [{ port: 2377, protocol: 'tcp' }] }, {}, 'worker', ['2377/tcp closed']],
  ];
  it.each(cases)('%s', (_, machine, change, nodeChange, title, notes) => {
    const facts = machineFacts({ ...machine, ...change }, { ...nodeOf(machine), ...nodeChange });
    expect([facts.title.text, facts.notes]).toEqual([title, notes]);
    expect(facts.sentence).toContain(machine.name);
  });

  it('says that containers run on behind a cut cable', () => {
    const container = { state: 'running', taskId: 't' } as MachineView['containers'][number];
    const facts = machineFacts(
      { ...worker, cable: false, containers: [container] },
      { ...nodeOf(worker), state: 'down' },
    );
    expect(facts.notes).toEqual(['cable cut', 'containers run on']);
  });

  it.each([
    ['node12', '12'],
    ['db', 'db'],
    ['eu-west-1', 'eu-west-1'],
  ])('%s is %s for short', (name, short) => expect(shortMachineName(name)).toBe(short));
});

describe('a task', () => {
  const now = 100_000_000;
  const task = (state: TaskView['state'], more: Partial<TaskView> = {}) =>
    taskOf('web', 0, 6, 'node4', state, now, more);
  const node = nodeOf(worker);

  it.each([
    ['pending', {}, 'planned', null, []],
    ['assigned', {}, 'planned', null, ['assigned']],
    ['preparing', {}, 'working', null, ['preparing', 'prep']],
    ['running', {}, 'running', null, []],
    ['running', { desiredState: 'shutdown' }, 'running', null, ['running → shutdown', '→ shutdown', '→ ■']],
    ['complete', {}, 'ended', 'tick', []],
    ['shutdown', { desiredState: 'shutdown' }, 'ended', 'stopped', []],
    ['failed', {}, 'ended', 'cross', ['failed']],
    ['rejected', {}, 'ended', 'barred', ['rejected']],
    ['orphaned', { desiredState: 'shutdown' }, 'ended', 'question', []],
  ] as const)('%s %j looks %s', (state, more, kind, glyph, words) => {
    const look = taskLook(task(state, more), worker, node, null);
    expect([look.kind, look.glyph, look.words]).toEqual([kind, glyph, [...words]]);
  });

  it('is lost on a node that is down, and names the successor', () => {
    const look = taskLook(task('running', { desiredState: 'shutdown' }), worker, { ...node, state: 'down' }, 'node2');
    expect(look).toMatchObject({ kind: 'lost', glyph: 'cross', words: ['→ 2'], stillRuns: false });
  });

  it('is dark, not lost, while only its host knows that the power is gone', () => {
    expect(taskLook(task('running'), { ...worker, power: false }, node, null).kind).toBe('dark');
  });

  it('still runs behind a cut cable', () => {
    const container = { state: 'running', taskId: task('running').id } as MachineView['containers'][number];
    const look = taskLook(task('running'), { ...worker, containers: [container] }, { ...node, state: 'down' }, null);
    expect(look).toMatchObject({ kind: 'lost', stillRuns: true });
    expect(taskSentence(task('running'), look, 'node2')).toBe(
      'web.6, lost, last seen running, its container runs on, replaced on node2',
    );
  });

  it('leaves a ghost for eight virtual seconds when something took its place', () => {
    const dead = task('failed', { since: now, successor: 'next' });
    expect(ghostUntil(dead)).toBe(now + 8_000_000);
    expect([isVisible(dead, now + 7_999_999), isVisible(dead, now + 8_000_000)]).toEqual([true, false]);
  });

  it('stays when it ended and nothing took its place', () => {
    expect(ghostUntil(task('failed', { since: now }))).toBeNull();
  });
});

describe('monograms', () => {
  it('are unique, short, and kept in order of creation', () => {
    const names = ['web', 'worker', 'api', 'wal-writer', '9lives', 'w'];
    const services = names.map((name, hueIndex) => ({ id: name, name, hueIndex }));
    expect([...monogramsOf(services)]).toEqual([
      ['web', 'w'],
      ['worker', 'wo'],
      ['api', 'a'],
      ['wal-writer', 'wa'],
      ['9lives', 'l'],
      ['w', 'wb'],
    ]);
    const many = Array.from({ length: 200 }, (_, index) => ({ id: `${index}`, name: 'web', hueIndex: index }));
    expect(new Set(monogramsOf(many).values()).size).toBe(200);
  });
});
