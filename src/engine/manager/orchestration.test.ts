/**
 * All subsystems together under random users and faults: what must always hold is looked at after every step, what must hold
 * once things have settled at the end. A seed that fails stays in the list.
 */
import { expect, test } from 'vitest';
import { Random, seedStream } from '../kernel/random.ts';
import { seconds } from '../kernel/time.ts';
import type { Task } from '../store/objects.ts';
import { TaskState } from '../store/objects.ts';
import { TestLeader } from './testing-leader.ts';
import { testNetwork, testNode, testService } from './testing-objects.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const MEMORY = 1e9;

function begin(seed: number): TestLeader {
  const leader = new TestLeader({ seed }).put(testNetwork('back'), ...NODES.map((name) => testNode(name)));
  const update = { parallelism: 2, failureAction: 'rollback', order: 'start-first' } as const;
  return leader.put(
    testService('web', {
      replicas: 5,
      networks: ['back'],
      ports: [{}],
      update: { parallelism: 2 },
      restart: { delay: seconds(1) },
    }),
    testService('api', { replicas: 4, networks: ['back'], update, reservations: { memoryBytes: MEMORY } }),
    testService('agent', { mode: { kind: 'global' }, networks: ['back'], restart: { delay: seconds(2) } }),
  );
}

function disturb(leader: TestLeader, dice: Random): void {
  const node = NODES[dice.int(NODES.length)]!;
  const service = ['web', 'api', 'agent'][dice.int(3)]!;
  switch (dice.int(9)) {
    case 0:
      leader.setNode(node, 'down');
      break;
    case 1:
      leader.setNode(node, 'ready');
      break;
    case 2:
      leader.setAvailability(node, (['active', 'pause', 'drain'] as const)[dice.int(3)]!);
      break;
    case 3:
      leader.setImage(service, `nginx:${dice.int(5)}`);
      break;
    case 4:
      leader.scale(dice.chance(0.5) ? 'web' : 'api', dice.int(8));
      break;
    case 5:
      leader.elect();
      break;
    case 6: {
      const running = leader.running(service);
      if (running.length > 0) leader.report(running[dice.int(running.length)]!.id, TaskState.failed, 'killed');
      break;
    }
    case 7:
      leader.fate = (task) => (task.specVersion % 3 === 0 ? { exit: 'failed', after: seconds(2) } : 'runs');
      break;
    default:
      leader.fate = () => 'runs';
  }
}

/** Address owners: no address twice on one network. */
function checkAddresses(leader: TestLeader): void {
  const held: string[] = [];
  for (const task of leader.store.all('task')) {
    if (task.status.state > TaskState.running) continue;
    for (const { networkId, addresses } of task.networks)
      held.push(...addresses.map((address) => `${networkId} ${address}`));
  }
  for (const service of leader.store.all('service'))
    for (const { networkId, address } of service.endpoint?.virtualIps ?? []) held.push(`${networkId} ${address}`);
  for (const node of leader.store.all('node'))
    for (const [networkId, address] of Object.entries(node.attachments)) held.push(`${networkId} ${address}`);
  expect(held.length).toBe(new Set(held).size);
}

/** At most one task of a slot is meant to run and has started; two while one takes the other's place. */
function checkSlots(leader: TestLeader): void {
  const meantToRun = new Map<string, number>();
  for (const task of leader.store.all('task')) {
    if (task.desiredState !== TaskState.running) continue;
    const slot = `${task.serviceId} ${task.slot || task.nodeId}`;
    meantToRun.set(slot, (meantToRun.get(slot) ?? 0) + 1);
  }
  for (const [slot, count] of meantToRun)
    expect(`${slot}: ${count > (slot.startsWith('api') ? 2 : 1)}`).toBe(`${slot}: false`);
}

function checkReservations(leader: TestLeader): void {
  for (const node of leader.store.all('node')) {
    const reserved = leader.store
      .tasksOfNode(node.id)
      .filter(({ status: { state } }) => state >= TaskState.assigned && state <= TaskState.running)
      .reduce((sum, task) => sum + task.spec.reservations.memoryBytes, 0);
    expect(reserved).toBeLessThanOrEqual(node.description!.resources.memoryBytes);
  }
}

/** States only rise. */
function watchStates(leader: TestLeader): void {
  leader.store.onCommit((events) => {
    for (const { kind, action, object, old } of events) {
      if (kind !== 'task' || action !== 'update') continue;
      const [before, after] = [old as Task, object as Task];
      expect(after.status.state).toBeGreaterThanOrEqual(before.status.state);
      expect(after.desiredState).toBeGreaterThanOrEqual(before.desiredState);
    }
  });
}

const SEEDS = [...Array.from({ length: 12 }, (_, seed) => seed), 48, 51, 56, 163];

test.each(SEEDS)('seed %i', (seed) => {
  const leader = begin(seed);
  watchStates(leader);
  const dice = new Random(seedStream(seed, 'disturb'));
  for (let step = 0; step < 60; step++) {
    leader.run(seconds(dice.float() * 3));
    disturb(leader, dice);
    checkAddresses(leader);
    checkSlots(leader);
    checkReservations(leader);
  }
  leader.fate = () => 'runs';
  for (const node of NODES) leader.setNode(node, 'ready', 'active');
  leader.run(seconds(200));
  for (const id of ['web', 'api', 'agent']) {
    const { spec, updateStatus } = leader.service(id);
    const wanted = spec.mode.kind === 'replicated' ? spec.mode.replicas : NODES.length;
    const live = leader.tasks(id).filter((task) => task.desiredState <= TaskState.running);
    expect(`${id}: ${leader.running(id).length} of ${live.length}`).toBe(`${id}: ${wanted} of ${wanted}`);
    if (!updateStatus?.state.endsWith('paused'))
      expect(live.every((task) => task.spec.container.image === spec.task.container.image)).toBe(true);
  }
  const stopped = [...leader.store.all('task')].filter(
    (task) => task.desiredState > TaskState.running && task.status.state <= TaskState.running,
  );
  expect(stopped.filter((task) => task.status.state >= TaskState.assigned)).toEqual([]);
});

test('the same seed gives the same world, also when it is copied on the way', () => {
  const run = (copy: boolean): string[] => {
    const leader = begin(5);
    const dice = new Random(seedStream(5, 'disturb'));
    for (let step = 0; step < 40; step++) {
      leader.run(seconds(dice.float() * 3));
      disturb(leader, dice);
      if (copy) leader.reassemble();
    }
    return [...leader.store.all('task')].map(
      (task) => `${task.id} ${task.nodeId} ${task.status.state} ${task.networks[0]?.addresses[0]}`,
    );
  };
  const first = run(false);
  expect(run(false)).toEqual(first);
  expect(run(true)).toEqual(first);
});
