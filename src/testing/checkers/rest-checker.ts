/**
 * What must be once nothing is broken any more and nobody asks for anything: everything that is wanted and possible runs, nothing else
 * does, nobody waits without a reason, every part knows the same. S4, S5, S6, S10, S13, S14, N7, N8. What is wanted is read from the
 * committed history, what is from the machines. Each rule gives what is wrong, or null.
 *
 * Source: `design/orchestrators.md`, `design/task_model.md`.
 */

import type { TaskRun } from '../../engine/agent/agent.ts';
import type { Cluster } from '../../engine/cluster.ts';
import type { Machine } from '../../engine/machine.ts';
import type { Node, Service, Task } from '../../engine/store/objects.ts';
import type { Micros } from '../../protocol/events.ts';
import type { CommittedHistory } from './committed-history.ts';
import { isPerNode, unsatisfied, whyUnfit } from './placement-rules.ts';
import { Violation } from './violation.ts';
import { filesNeeded } from './wire-checker.ts';

const NEW = 0;
const PENDING = 64;
const ASSIGNED = 192;
const RUNNING = 512;
const COMPLETE = 576;
const REMOVE = 800;
/** Longer than any wait that has a reason: a minute for an old task to stop, restart delays, health checks. */
const STUCK = 90_000_000;
/** Orders and reports are on their way for so long: what tasks that changed just now need or have is not judged. */
const JUST_NOW = 5_000_000;
/** A slot's history; attempts that are limited override it. */
const DEFAULT_HISTORY = 5;

/** The first rule that does not hold, or null. */
export function unrest(cluster: Cluster, history: CommittedHistory): Violation | null {
  return (
    nodesAsWanted(cluster, history) ??
    servicesRun(history) ??
    nothingStuck(cluster, history) ??
    historyBounded(history) ??
    agentsAgree(cluster, history) ??
    filesWhereNeeded(cluster, history)
  );
}

// ---- nodes

/** Every machine in the swarm is ready and has the role that is wanted, by its certificate too. */
function nodesAsWanted(cluster: Cluster, { tables }: CommittedHistory): Violation | null {
  for (const { name, swarm } of cluster.machines) {
    const { identity, localState } = swarm.state;
    if (!identity) continue;
    const node = tables.node.get(identity.nodeId);
    const wrong = (what: string): Violation => new Violation('nodes come to rest', `node ${name} ${what}`);
    // A node that was removed by force goes on by itself; it is no part of the swarm.
    if (!node) continue;
    if (localState !== 'active') return wrong(`is ${localState}`);
    if (node.status.state !== 'ready') return wrong(`is ${node.status.state}`);
    if (node.role !== node.spec.desiredRole) return wrong(`is not yet a ${node.spec.desiredRole}`);
    // Who was refused a new certificate several times waits up to an hour before it asks again.
    if (swarm.state.renewing && swarm.state.renewalFailures > 0) continue;
    if (identity.role !== node.role)
      return new Violation('N8 certificates', `node ${name} has a certificate as ${identity.role}`);
    if ((swarm.manager !== null) !== (node.role === 'manager'))
      return wrong(`is a ${node.role}, its manager ${swarm.manager ? 'runs' : 'does not run'}`);
  }
  return null;
}

// ---- services

/** S4, S5, S6 */
function servicesRun(history: CommittedHistory): Violation | null {
  for (const service of history.tables.service.values()) {
    const { mode } = service.spec;
    const trouble =
      mode.kind === 'replicated'
        ? replicasRun(history, service, mode.replicas)
        : mode.kind === 'global'
          ? globalRuns(history, service)
          : mode.kind === 'replicated-job'
            ? jobCompletes(history, service, mode.totalCompletions)
            : null;
    if (trouble) return trouble;
  }
  for (const task of history.tables.task.values()) {
    const node = history.tables.node.get(task.nodeId);
    if (node?.spec.availability === 'drain' && isRunning(task))
      return new Violation(
        'S6 drained nodes are empty',
        `${nameOf(task)} runs on ${node.description?.hostname}, which is drained`,
      );
    if (!history.tables.service.has(task.serviceId))
      return new Violation('S2 tasks have a service', `${nameOf(task)} is still there, its service is gone`);
  }
  return null;
}

function replicasRun(history: CommittedHistory, service: Service, replicas: number): Violation | null {
  const slots = slotsOf(history, service);
  const wrong = (what: string): Violation =>
    new Violation(
      'S4 as many as asked for',
      `${service.spec.annotations.name} is to have ${replicas} replicas: ${what}`,
    );
  let filled = 0;
  for (const [slot, tasks] of slots) {
    const running = tasks.filter(isRunning);
    if (running.length > mostInSlot(service)) return wrong(`${running.length} tasks run in slot ${slot}`);
    const isEmpty = running.length === 0 && !mayBeEmpty(history, service, tasks);
    // History of a slot that is used no more stays until the service is looked at again.
    if (isEmpty && tasks.some(({ desiredState }) => desiredState <= COMPLETE))
      return wrong(`none runs in slot ${slot}: ${describe(tasks)}`);
    if (!isEmpty) filled++;
  }
  if (filled < replicas) return wrong(`${filled} slots are in use`);
  const running = [...slots.values()].filter((tasks) => tasks.some(isRunning)).length;
  return running > replicas ? wrong(`${running} tasks run`) : null;
}

/** A job whose tasks can complete has as many completions as asked for, or still works on it. */
function jobCompletes(history: CommittedHistory, service: Service, total: number): Violation | null {
  const tasks = [...history.tasksOfService(service.id)].filter((task) => task.jobIteration === service.jobIteration);
  const completed = tasks.filter(({ status }) => status.state === COMPLETE).length;
  const isBusy = tasks.some(({ desiredState, status }) => desiredState <= COMPLETE && status.state !== COMPLETE);
  const isIllFated = [...slotsOf(history, service).values()].some((slot) => mayBeEmpty(history, service, slot));
  // Where attempts are used up nothing more is begun.
  if (completed >= total || isBusy || isIllFated) return null;
  const { name } = service.spec.annotations;
  return new Violation(
    'S4 jobs',
    `job ${name} has completed ${completed} times of ${total}, and does nothing: ${describe(tasks)}`,
  );
}

function globalRuns(history: CommittedHistory, service: Service): Violation | null {
  const { name } = service.spec.annotations;
  const slots = slotsOf(history, service);
  for (const node of history.tables.node.values()) {
    const tasks = slots.get(node.id) ?? [];
    const running = tasks.filter(isRunning).length;
    const host = node.description?.hostname;
    const fits = unsatisfied(service.spec.task.placement.constraints, node) === null;
    const takesPart = node.status.state === 'ready' && node.spec.availability === 'active' && fits;
    if (running > mostInSlot(service))
      return new Violation('S5 global services', `${running} tasks of ${name} run on ${host}`);
    if (running === 0 && takesPart && !(tasks.length > 0 && mayBeEmpty(history, service, tasks)))
      return new Violation('S5 global services', `${name} does not run on ${host}: ${describe(tasks)}`);
    const mayStay = node.spec.availability === 'pause' && fits && node.status.state === 'ready';
    if (running > 0 && !takesPart && !mayStay && node.status.state === 'ready')
      return new Violation('S5 global services', `${name} runs on ${host}, which is not to have it`);
  }
  return null;
}

/** An update that is paused, or waits for room, has left slots in which it started the new task first: both may be restarted. */
function mostInSlot({ spec, updateStatus }: Service): number {
  const orders = [spec.update?.order, spec.rollback?.order];
  const isUnderWay = updateStatus !== null && !updateStatus.state.endsWith('completed');
  return isUnderWay && orders.includes('start-first') ? 2 : 1;
}

/** Is there a reason why no task of the slot runs. */
function mayBeEmpty(history: CommittedHistory, service: Service, tasks: readonly Task[]): boolean {
  if (isIll(service) || tasks.some((task) => isIllTask(task) && task.desiredState <= RUNNING)) return true;
  const live = tasks.filter(({ desiredState }) => desiredState <= COMPLETE);
  const newest = newestOf(live.length > 0 ? live : tasks);
  if (!newest) return false;
  if (addressesRunOut(history, newest)) return true;
  if (newest.desiredState <= COMPLETE && newest.status.state <= PENDING) return waitsForRoom(history, newest);
  // Tasks of a node that has no room for them are rejected again and again.
  const node = isPerNode(service) ? history.tables.node.get(newest.nodeId) : undefined;
  if (node && whyUnfit(history, newest, node) !== null) return true;
  const { condition, maxAttempts } = newest.spec.restart;
  const ended = newest.status.state > RUNNING || (newest.desiredState > COMPLETE && newest.status.state <= PENDING);
  if (!ended) return false;
  return condition === 'none' || (condition === 'on-failure' && newest.status.state === COMPLETE) || maxAttempts > 0;
}

/** No node can have the task: each for a reason that the rules of placement give; or there is no address left for it. */
function waitsForRoom(history: CommittedHistory, task: Task): boolean {
  if (task.status.state === NEW)
    return portTaken(history, task.serviceId) || addressesRunOut(history, task) || networkGone(history, task);
  const nodes = task.nodeId ? [history.tables.node.get(task.nodeId)!] : [...history.tables.node.values()];
  return nodes.every((node) => whyUnfit(history, task, node) !== null);
}

/** Is one of the task's networks too small for all that is on it. */
function addressesRunOut({ tables }: CommittedHistory, task: Task): boolean {
  return task.spec.networks.some(({ target }) => {
    const subnet = tables.network.get(target)?.allocated?.configs[0]?.subnet ?? '';
    return Number(subnet.split('/')[1]) > 24;
  });
}

/** A network that was removed while the service was being created, or whose subnet another one has already. */
function networkGone({ tables }: CommittedHistory, task: Task): boolean {
  return task.spec.networks.some(({ target }) => !tables.network.get(target)?.allocated);
}

/** A rollback may ask for a port that another service has been given meanwhile. */
function portTaken({ tables }: CommittedHistory, serviceId: string): boolean {
  const wanted = tables.service.get(serviceId)?.spec.endpoint?.ports ?? [];
  for (const other of tables.service.values()) {
    if (other.id === serviceId) continue;
    const taken = other.endpoint?.ports.some(
      (port) =>
        port.publishMode === 'ingress' &&
        wanted.some((one) => one.publishedPort === port.publishedPort && one.protocol === port.protocol),
    );
    if (taken) return true;
  }
  return false;
}

/** What it is to run fails by itself. */
function isIll(service: Service): boolean {
  return failsByItself(service.spec.task);
}
function isIllTask(task: Task): boolean {
  return failsByItself(task.spec);
}
function failsByItself({ container }: Task['spec']): boolean {
  const fails = container.health?.test.join(' ').includes('exit 1') ?? false;
  return container.image.startsWith('nosuch/') || container.command.length > 0 || fails;
}

// ---- S13

function nothingStuck({ now }: Cluster, history: CommittedHistory): Violation | null {
  for (const task of history.tables.task.values()) {
    const { state } = task.status;
    if (state > RUNNING || now - task.meta.updatedAt < STUCK) continue;
    const node = history.tables.node.get(task.nodeId);
    const lost = task.nodeId !== '' && node?.status.state !== 'ready';
    const stuck = (what: string): Violation =>
      new Violation('S13 nothing is stuck', `${nameOf(task)} ${what} for ${(now - task.meta.updatedAt) / 1e6} s`);
    if (lost) continue;
    if (task.desiredState > COMPLETE) {
      if (state >= ASSIGNED || task.desiredState === REMOVE) return stuck(`is to stop, and has been in state ${state}`);
    } else if (state <= PENDING) {
      if (!waitsForRoom(history, task)) return stuck(`has a node to go to, and has been in state ${state}`);
    } else if (state < RUNNING && state !== task.desiredState) return stuck(`has been in state ${state}`);
    else if (state < RUNNING && !isKept(history, task)) return stuck(`has been kept in state ${state}`);
  }
  return null;
}

/** A task that waits, ready, for another one of its slot that has not stopped. */
function isKept(history: CommittedHistory, task: Task): boolean {
  const service = history.tables.service.get(task.serviceId);
  return (
    service !== undefined &&
    [...history.tasksOfSlot(service, task)].some((other) => other.id !== task.id && other.status.state <= RUNNING)
  );
}

// ---- S10

function historyBounded(history: CommittedHistory): Violation | null {
  const [cluster] = history.tables.cluster.values();
  for (const service of history.tables.service.values()) {
    const { maxAttempts } = service.spec.task.restart;
    const limit = maxAttempts > 0 ? maxAttempts + 1 : (cluster?.spec.taskHistoryLimit ?? DEFAULT_HISTORY);
    if (service.spec.mode.kind.endsWith('job')) continue;
    for (const [slot, tasks] of slotsOf(history, service)) {
      const ended = tasks.filter(
        ({ status, desiredState }) => status.state > RUNNING || (desiredState > COMPLETE && status.state < ASSIGNED),
      );
      // A slot is looked at when a task is made in it: what ends after that stays.
      const most = limit + 1;
      if (tasks.length > most && ended.length > most)
        return new Violation(
          'S10 history',
          `${tasks.length} tasks of ${service.spec.annotations.name}.${slot} are kept, ${limit} may be`,
        );
    }
  }
  return null;
}

// ---- S14

/** Each agent has the tasks that are its node's, and runs what is to run. */
function agentsAgree(cluster: Cluster, history: CommittedHistory): Violation | null {
  for (const machine of cluster.machines) {
    const { agent, identity } = machine.swarm.state;
    if (!agent || !identity || !history.tables.node.has(identity.nodeId)) continue;
    const trouble = agentAgrees(
      history,
      machine,
      agent.tasks,
      [...history.tasksOfNode(identity.nodeId)],
      cluster.now - JUST_NOW,
    );
    if (trouble) return new Violation('S14 agents run what they are told', `on ${machine.name} ${trouble}`);
  }
  return null;
}

function agentAgrees(
  history: CommittedHistory,
  { runtime }: Machine,
  known: Readonly<Record<string, Pick<TaskRun, 'task' | 'status'>>>,
  wanted: readonly Task[],
  before: Micros,
): string | null {
  const ids = new Set<string>();
  for (const task of wanted) {
    if (task.status.state < ASSIGNED) continue;
    ids.add(task.id);
    if (task.meta.updatedAt > before) continue;
    const run = known[task.id];
    if (!run) return `the agent does not know ${nameOf(task)} in state ${task.status.state}`;
    if (run.task.desiredState !== task.desiredState)
      return `the agent wants ${nameOf(task)} ${run.task.desiredState}, not ${task.desiredState}`;
  }
  for (const id in known)
    if (!ids.has(id) && (history.deletedAt(id) ?? before) <= before)
      return `the agent has ${nameOf(known[id]!.task)}, which is not there any more`;
  const running = new Set<string>();
  for (const { taskId, state } of runtime.state.containers.values())
    if (taskId && state === 'running') running.add(taskId);
  for (const task of wanted) {
    const isResting = task.meta.updatedAt <= before;
    if (isRunning(task) && !running.delete(task.id) && isResting)
      return `${nameOf(task)} is said to run, and has no container that does`;
    if (task.status.state <= RUNNING || !isResting) running.delete(task.id);
  }
  const [stray] = running;
  return stray === undefined ? null : `the container of task ${stray} runs, the task does not`;
}

// ---- N7

/** Nothing is where it is not needed any more. */
function filesWhereNeeded(cluster: Cluster, history: CommittedHistory): Violation | null {
  for (const { name, swarm, network } of cluster.machines) {
    const { agent, identity } = swarm.state;
    if (!agent || !identity || !history.tables.node.has(identity.nodeId)) continue;
    const own = [...history.tasksOfNode(identity.nodeId)];
    const needed = filesNeeded(own, identity.nodeId);
    const changing = own.filter(({ meta }) => meta.updatedAt > cluster.now - JUST_NOW);
    for (const { spec } of changing)
      for (const { id } of [...spec.container.secrets, ...spec.container.configs]) needed.add(id);
    for (const id of [...Object.keys(agent.secrets), ...Object.keys(agent.configs)])
      if (!needed.has(id))
        return new Violation('N7 files only where needed', `${name} still has ${id}, which no task there needs`);
    const networks = new Set<string>();
    for (const task of own)
      if (task.status.state <= RUNNING || changing.includes(task))
        for (const { networkId } of task.networks) networks.add(networkId);
    for (const overlay of network.state.present.values())
      if (!overlay.ingress && !networks.has(overlay.id))
        return new Violation(
          'N7 networks only where needed',
          `${name} still has network ${overlay.name}, which no task there needs`,
        );
  }
  return null;
}

// ---- words

function isRunning({ status, desiredState }: Task): boolean {
  return status.state === RUNNING && desiredState === RUNNING;
}

/** Tasks by slot number, or by node for services that run once per node. */
export function slotsOf(history: CommittedHistory, service: Service): Map<number | string, Task[]> {
  const slots = new Map<number | string, Task[]>();
  for (const task of history.tasksOfService(service.id)) {
    const key = isPerNode(service) ? task.nodeId : task.slot;
    const tasks = slots.get(key);
    if (tasks) tasks.push(task);
    else slots.set(key, [task]);
  }
  return slots;
}

function newestOf(tasks: readonly Task[]): Task | undefined {
  return tasks.toSorted((a, b) => b.meta.createdAt - a.meta.createdAt || b.desiredState - a.desiredState)[0];
}

function nameOf({ serviceAnnotations, slot, id }: Task): string {
  return `task ${id} (${serviceAnnotations.name}.${slot})`;
}

function describe(tasks: readonly Task[]): string {
  if (tasks.length === 0) return 'there is no task';
  return tasks
    .map(({ id, status, desiredState }) => `${id.slice(0, 6)} is ${status.state}, wanted ${desiredState} ${status.err}`)
    .join('; ');
}

/** Nodes that a fresh service may use. */
export function eligible(history: CommittedHistory): Node[] {
  return [...history.tables.node.values()].filter(
    ({ status, spec }) => status.state === 'ready' && spec.availability === 'active',
  );
}
