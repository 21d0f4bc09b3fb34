/**
 * How long it takes to place tasks on nodes: scheduler, store transaction and its application together. The scale of
 * SwarmKit's own `BenchmarkScheduler*`. `oneByOne` makes each task a service of its own, so that no search serves two.
 */
import { swarmId } from '../../kernel/ids.ts';
import { initialKernel, Kernel } from '../../kernel/kernel.ts';
import { milliseconds, seconds } from '../../kernel/time.ts';
import { TaskState } from '../../store/objects.ts';
import { initialStore, Store, Transaction } from '../../store/store.ts';
import type { LeaderContext } from '../subsystem.ts';
import { testNode, testService, testTask } from '../testing-objects.ts';
import { Scheduler } from './scheduler.ts';

declare const performance: { now(): number };

/** Places `tasks` tasks on `nodes` nodes once, and says how long it took. */
export function benchPlacement(nodes: number, tasks: number, oneByOne = false): { milliseconds: number } {
  const store = filledStore(nodes, tasks, oneByOne);
  const scheduler = new Scheduler(contextFor(store));
  scheduler.start();
  const begin = performance.now();
  const transaction = new Transaction(store, seconds(1));
  scheduler.write(transaction);
  scheduler.onCommit(store.apply(transaction.changes(), 2));
  const end = performance.now();
  for (const task of store.all('task'))
    if (task.status.state !== TaskState.assigned) throw new Error('a task has no node');
  return { milliseconds: end - begin };
}

function filledStore(nodes: number, tasks: number, oneByOne: boolean): Store {
  const store = new Store(initialStore());
  const transaction = new Transaction(store, milliseconds(1));
  const ids = new Kernel(initialKernel(1)).random('ids');
  for (let i = 0; i < nodes; i++) transaction.create({ ...testNode(`node${i}`), id: swarmId(ids) });
  const shared = { ...testService('web', { replicas: tasks }), id: swarmId(ids) };
  transaction.create(shared);
  for (let i = 0; i < tasks; i++) {
    const service = oneByOne ? { ...testService(`web${i}`), id: swarmId(ids) } : shared;
    if (oneByOne) transaction.create(service);
    transaction.create({ ...testTask(swarmId(ids), service), slot: i + 1 });
  }
  store.apply(transaction.changes(), 1);
  return store;
}

function contextFor(store: Store): LeaderContext {
  const kernel = new Kernel(initialKernel(1));
  return {
    store,
    machine: 'bench',
    nodeId: 'bench',
    now: seconds(1),
    cause: 0,
    requestWrite: () => {},
    schedule: () => 0,
    cancel: () => {},
    random: (purpose) => kernel.random(purpose),
    newId: () => swarmId(kernel.random('ids')),
    emit: (kind, objects, facts, cause) => kernel.emit(kind, 'bench', objects, facts, cause),
    begin: (kind, objects, facts, cause) => kernel.begin(kind, 'bench', objects, facts, cause),
    members: () => [],
    canRemoveMember: () => true,
  };
}
