/**
 * The scheduler: gives PENDING tasks a node. Source: `swarmkit: manager/scheduler/scheduler.go`.
 *
 * It runs 50 ms after the last commit that matters to it, at most 1 s after the first: preassigned (global) tasks first,
 * then all others, grouped by service and version of its spec. Nodes that pass all filters are ordered by recent failures,
 * tasks of the service, tasks in all, then chance; what was decided and why is in the trace.
 *
 * Remembered: who waits, and failures. Counts of nodes follow from the store and are built when first needed.
 */
import type { EventId, Micros, ObjectRef } from '../../../protocol/events.ts';
import { milliseconds, seconds } from '../../kernel/time.ts';
import type { Node, Task } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import type { StoreEvent, Transaction } from '../../store/store.ts';
import { taskRefs } from '../orchestrator/task.ts';
import type { LeaderContext, Subsystem } from '../subsystem.ts';
import { bestNode, buildTree, type DecisionTree, orderedNodes, spread } from './decision-tree.ts';
import type { FilterName } from './filter.ts';
import { NodeInfo } from './node-info.ts';
import { Pipeline } from './pipeline.ts';

/** Quiet time after a commit before scheduling, and the longest it is put off. */
const DEBOUNCE: Micros = milliseconds(50);
const MAX_LATENCY: Micros = seconds(1);
/** A node with this many failures of a service within the period is preferred less. */
const MAX_FAILURES = 5;
const MONITOR_FAILURES: Micros = seconds(5 * 60);
/** How many nodes of a ranking are traced, and for how many nodes compared in one turn; then decisions are traced briefly. */
const TRACED_NODES = 3;
const TRACED_COMPARISONS = 20_000;
/** Places of the three things that nodes are compared by in one number: the number of tasks is below this. */
const LEVEL = 2 ** 22;

export interface SchedulerState {
  /** Tasks without a node, with what made them wait; 0 once a search for them has failed. */
  unassigned: Map<string, EventId>;
  /** PENDING tasks of global services: their node is given, but has to be checked. */
  pendingPreassigned: Map<string, EventId>;
  /** Tasks whose node the scheduler did not choose: their failures are not held against it. */
  preassigned: Set<string>;
  /** Times of failures per node and `service:version`. */
  failures: Map<string, Map<string, Micros[]>>;
  debounce: { timer: number; since: Micros } | null;
  tickRequired: boolean;
  /** The last change of nodes, or freed room, that made another search worthwhile. */
  retryCause: EventId;
}

/** Tasks of one service and spec version, for which one search serves. */
interface Group {
  readonly tasks: Task[];
  readonly pipeline: Pipeline;
  readonly candidates: number;
  readonly refusals: Partial<Record<FilterName, number>>;
  readonly level: Level;
}

/** What nodes are compared by, lower is better. */
type Level = (info: NodeInfo) => number;

export class Scheduler implements Subsystem<SchedulerState> {
  readonly name = 'scheduler';
  readonly state: SchedulerState;
  private readonly context: LeaderContext;
  private builtNodes: Map<string, NodeInfo> | null = null;
  /** Tasks of each service on all nodes. */
  private readonly totals = new Map<string, number>();
  /** What is left of this turn's comparisons for the trace. */
  private tracing = 0;

  constructor(context: LeaderContext, state?: SchedulerState) {
    this.context = context;
    this.state = state ?? {
      unassigned: new Map(),
      pendingPreassigned: new Map(),
      preassigned: new Set(),
      failures: new Map(),
      debounce: null,
      tickRequired: false,
      retryCause: 0,
    };
  }

  start(): void {
    for (const task of this.context.store.all('task')) {
      if (task.status.state !== TaskState.pending || task.desiredState > TaskState.complete) continue;
      this.enqueue(task);
    }
    this.context.requestWrite(this.name);
  }

  onCommit(events: readonly StoreEvent[]): void {
    const { state } = this;
    for (const event of events) {
      if (event.kind === 'task') this.taskChanged(event);
      else if (event.kind === 'node') this.nodeChanged(event);
    }
    if (state.tickRequired) this.debounce();
  }

  timer(): void {
    this.state.debounce = null;
    this.context.requestWrite(this.name);
  }

  write(transaction: Transaction): void {
    this.state.tickRequired = false;
    this.tracing = TRACED_COMPARISONS;
    this.checkPreassigned(transaction);
    this.tick(transaction);
  }

  // ---- following the store

  private taskChanged({ action, object, old: before }: StoreEvent): void {
    const task = object as Task;
    const old = before as Task | undefined;
    if (action === 'remove') {
      if (this.forget(task)) this.retry();
      return;
    }
    if (task.status.state < TaskState.pending) return;
    if (task.status.state > TaskState.running) {
      if (!old || old.status.state > TaskState.running || old.status.state < TaskState.pending) return;
      if (task.status.state === TaskState.failed || task.status.state === TaskState.rejected) this.recordFailure(task);
      this.forget(task);
      this.retry();
      return;
    }
    if (task.status.state > TaskState.pending) {
      this.nodes.get(task.nodeId)?.addTask(task);
      return;
    }
    // An explanation that the scheduler itself wrote is no reason to search again.
    if (old?.status.state === TaskState.pending && old.desiredState === task.desiredState) return;
    this.enqueue(task);
    this.state.tickRequired = true;
  }

  private nodeChanged({ action, object }: StoreEvent): void {
    const node = object as Node;
    if (action === 'remove') {
      this.nodes.get(node.id)?.leave();
      this.nodes.delete(node.id);
      this.state.failures.delete(node.id);
      return;
    }
    const info = this.nodes.get(node.id);
    if (info) info.setNode(node);
    else this.nodes.set(node.id, new NodeInfo(node, this.totals));
    this.retry();
  }

  private enqueue(task: Task): void {
    const { state } = this;
    if (task.nodeId === '') {
      state.unassigned.set(task.id, this.context.cause);
      return;
    }
    state.preassigned.add(task.id);
    state.pendingPreassigned.set(task.id, this.context.cause);
  }

  /** Takes a task off all lists. Returns whether it had room on a node. */
  private forget(task: Task): boolean {
    this.state.unassigned.delete(task.id);
    this.state.preassigned.delete(task.id);
    this.state.pendingPreassigned.delete(task.id);
    return this.nodes.get(task.nodeId)?.removeTask(task.id) ?? false;
  }

  /** Something has changed that may help those who wait. */
  private retry(): void {
    const { state } = this;
    if (state.unassigned.size === 0 && state.pendingPreassigned.size === 0) return;
    state.tickRequired = true;
    state.retryCause = this.context.cause;
  }

  private debounce(): void {
    const { state, context } = this;
    const { now } = context;
    const since = state.debounce?.since ?? now;
    if (state.debounce) context.cancel(state.debounce.timer);
    if (now - since > MAX_LATENCY) {
      state.debounce = null;
      context.requestWrite(this.name);
      return;
    }
    state.debounce = { timer: context.schedule(this.name, DEBOUNCE, 'debounce'), since };
  }

  /** Nodes with what is on them, in order of joining. */
  private get nodes(): Map<string, NodeInfo> {
    if (this.builtNodes) return this.builtNodes;
    const nodes = new Map<string, NodeInfo>();
    for (const node of this.context.store.all('node')) nodes.set(node.id, new NodeInfo(node, this.totals));
    for (const task of this.context.store.all('task')) {
      // Those past RUNNING need no room any more; a PENDING one with a node is not confirmed yet.
      const { state } = task.status;
      if (state > TaskState.pending && state <= TaskState.running) nodes.get(task.nodeId)?.addTask(task);
    }
    this.builtNodes = nodes;
    return nodes;
  }

  // ---- failures

  private recordFailure(task: Task): void {
    const { failures, preassigned } = this.state;
    if (preassigned.has(task.id) || !this.nodes.has(task.nodeId)) return;
    const { now } = this.context;
    let ofNode = failures.get(task.nodeId);
    if (!ofNode) failures.set(task.nodeId, (ofNode = new Map()));
    for (const [key, times] of ofNode) if (times.every((at) => now - at >= MONITOR_FAILURES)) ofNode.delete(key);
    const key = failureKey(task);
    ofNode.set(key, [...(ofNode.get(key) ?? []).filter((at) => now - at < MONITOR_FAILURES), now]);
  }

  private recentFailures(nodeId: string, key: string): number {
    const times = this.state.failures.get(nodeId)?.get(key);
    if (!times) return 0;
    const { now } = this.context;
    return times.filter((at) => now - at <= MONITOR_FAILURES).length;
  }

  // ---- preassigned tasks

  private checkPreassigned(transaction: Transaction): void {
    const { state, context } = this;
    for (const [id, cause] of state.pendingPreassigned) {
      const task = transaction.get('task', id);
      if (!task || task.status.state !== TaskState.pending) {
        state.pendingPreassigned.delete(id);
        continue;
      }
      const info = this.nodes.get(task.nodeId);
      if (!info) continue;
      const pipeline = new Pipeline(task, transaction);
      const because = cause || state.retryCause || context.cause;
      state.pendingPreassigned.set(id, 0);
      if (!pipeline.process(info)) {
        this.unfit(transaction, task, pipeline.explain(), because);
        continue;
      }
      state.pendingPreassigned.delete(id);
      this.assign(transaction, task, info, 'scheduler confirmed task can run on preassigned node');
      const facts = { node: hostname(info), preassigned: true, candidates: 1 };
      context.begin('scheduler.decision', decisionRefs(task, info), facts, because);
    }
  }

  // ---- tasks that need a node

  private tick(transaction: Transaction): void {
    const groups = new Map<string, Task[]>();
    for (const id of this.state.unassigned.keys()) {
      const task = transaction.get('task', id);
      if (task?.nodeId !== '' || task.status.state !== TaskState.pending) {
        this.state.unassigned.delete(id);
        continue;
      }
      const key = failureKey(task);
      const group = groups.get(key);
      if (group) group.push(task);
      else groups.set(key, [task]);
    }
    for (const tasks of groups.values()) this.scheduleGroup(transaction, tasks);
  }

  private scheduleGroup(transaction: Transaction, tasks: Task[]): void {
    const first = tasks[0]!;
    const { serviceId } = first;
    const pipeline = new Pipeline(first, transaction);
    const { preferences } = first.spec.placement;
    const alone = tasks.length === 1 && preferences.length === 0;
    const isNew = !this.totals.has(serviceId);
    const level = this.levelFor(first, alone && isNew);
    const refusals: Partial<Record<FilterName, number>> = {};
    let candidates = 0;
    const tasksOn = isNew ? () => 0 : (info: NodeInfo) => info.activeOf(serviceId);
    const nodes = alone ? this.nodes.values() : this.shuffledNodes();
    const tree = buildTree(nodes, tasksOn, preferences, (info) => {
      if (pipeline.process(info)) {
        candidates++;
        return true;
      }
      const refusal = pipeline.firstRefusal(info)!;
      refusals[refusal] = (refusals[refusal] ?? 0) + 1;
      return false;
    });
    const group: Group = { tasks: tasks.toReversed(), pipeline, candidates, refusals, level };
    if (alone) this.placeOne(transaction, group, tree.nodes);
    else spread(tree, tasks.length, (leaf, count) => this.placeOnLeaf(transaction, group, leaf, count));
    this.noSuitableNode(transaction, group);
  }

  /** Fewer recent failures (from five on), then fewer tasks of the service, then fewer tasks in all: as one number. */
  private levelFor(task: Task, isFirst: boolean): Level {
    const { serviceId } = task;
    if (this.state.failures.size === 0 && isFirst) return (info) => info.activeTasks;
    if (this.state.failures.size === 0) return (info) => info.activeOf(serviceId) * LEVEL + info.activeTasks;
    const key = failureKey(task);
    return (info) => {
      const failures = this.recentFailures(info.node.id, key);
      const counted = failures >= MAX_FAILURES ? failures : 0;
      return (counted * LEVEL + info.activeOf(serviceId)) * LEVEL + info.activeTasks;
    };
  }

  /** All nodes in an order of chance, which decides between nodes that are otherwise equal. */
  private shuffledNodes(): NodeInfo[] {
    const dice = this.context.random('scheduler.ties');
    const nodes = [...this.nodes.values()];
    for (let i = nodes.length - 1; i > 0; i--) {
      const j = dice.int(i + 1);
      const swapped = nodes[i]!;
      nodes[i] = nodes[j]!;
      nodes[j] = swapped;
    }
    return nodes;
  }

  /** A single task without preferences: no need to sort. */
  private placeOne(transaction: Transaction, group: Group, nodes: readonly NodeInfo[]): void {
    const best = bestNode(nodes, group.level, (equals) => this.context.random('scheduler.ties').int(equals));
    if (best) this.decide(transaction, group, group.tasks.pop()!, best, nodes);
  }

  /**
   * Puts up to `count` tasks of the group on the nodes of a leaf. The first pass fills each node up to the level of the
   * next one, later passes give one task to each in turn; filters are asked again before every task.
   */
  private placeOnLeaf(transaction: Transaction, group: Group, leaf: DecisionTree, count: number): number {
    const { pipeline, level } = group;
    const nodes = orderedNodes(leaf, (info) => pipeline.process(info), level);
    const full = new Set<number>();
    let at = 0;
    let placed = 0;
    while (nodes.length > 0 && group.tasks.length > 0) {
      const task = group.tasks.pop()!;
      const info = nodes[at % nodes.length]!;
      this.decide(transaction, group, task, info, nodes);
      placed++;
      if (placed === count) return placed;
      if (at + 1 >= nodes.length || level(nodes[at + 1]!) < level(info)) at++;
      for (let tried = 0; full.has(at % nodes.length) || !pipeline.process(nodes[at % nodes.length]!); tried++) {
        if (tried === nodes.length) return placed;
        full.add(at % nodes.length);
        at++;
      }
    }
    return placed;
  }

  private decide(transaction: Transaction, group: Group, task: Task, info: NodeInfo, nodes: readonly NodeInfo[]): void {
    const { state, context } = this;
    const facts: Record<string, unknown> = { node: hostname(info), candidates: group.candidates };
    if (this.tracing >= nodes.length) {
      this.tracing -= nodes.length;
      facts.filters = group.refusals;
      Object.assign(facts, this.ranking(group, task, info, nodes));
    }
    const cause = state.unassigned.get(task.id) || state.retryCause || context.cause;
    state.unassigned.delete(task.id);
    this.assign(transaction, task, info, 'scheduler assigned task to node');
    context.begin('scheduler.decision', decisionRefs(task, info), facts, cause);
  }

  /** The best nodes of those that still pass, the chosen one before its equals, and whether it has any. */
  private ranking({ level, pipeline }: Group, task: Task, chosen: NodeInfo, nodes: readonly NodeInfo[]): object {
    const open = nodes.filter((info) => info !== chosen && pipeline.firstRefusal(info) === null);
    const levels = new Map(open.map((info) => [info, level(info)]));
    const others = open.sort((a, b) => levels.get(a)! - levels.get(b)!);
    const own = level(chosen);
    const better = others.findIndex((info) => levels.get(info)! >= own);
    const ranking = others.toSpliced(better < 0 ? others.length : better, 0, chosen).slice(0, TRACED_NODES);
    return {
      ranking: ranking.map((info) => this.rank(info, task)),
      tie: others.some((info) => levels.get(info) === own),
    };
  }

  /** `[hostname, recent failures, tasks of the service, tasks in all]`: what nodes are compared by. */
  private rank(info: NodeInfo, task: Task): [string, number, number, number] {
    const failures = this.recentFailures(info.node.id, failureKey(task));
    return [hostname(info), failures, info.activeOf(task.serviceId), info.activeTasks];
  }

  private assign(transaction: Transaction, task: Task, info: NodeInfo, message: string): void {
    const assigned: Task = {
      ...task,
      nodeId: info.node.id,
      assignedGeneric: info.genericFor(task),
      status: { ...task.status, state: TaskState.assigned, message, err: '', timestamp: this.context.now },
    };
    info.addTask(assigned);
    transaction.update(assigned);
  }

  /** Tells those that are left why; they are tried again when nodes or tasks change. */
  private noSuitableNode(transaction: Transaction, { tasks, pipeline }: Group): void {
    const { state, context } = this;
    const explanation = pipeline.explain();
    for (const task of tasks.toReversed()) {
      const cause = state.unassigned.get(task.id) || state.retryCause || context.cause;
      const service = transaction.get('service', task.serviceId);
      const stale = service !== undefined && service.specVersion > task.specVersion;
      if (!service || (stale && task.desiredState >= TaskState.shutdown)) {
        state.unassigned.delete(task.id);
        if (service) this.shutDownStale(transaction, task, cause);
        continue;
      }
      // swarmkit drops waiting tasks of older spec versions here; those that are not dirty would then wait for ever.
      state.unassigned.set(task.id, 0);
      this.unfit(transaction, task, explanation ? `no suitable node (${explanation})` : 'no suitable node', cause);
    }
  }

  private shutDownStale(transaction: Transaction, task: Task, cause: EventId): void {
    const status = { ...task.status, state: TaskState.shutdown, err: '', timestamp: this.context.now };
    transaction.update({ ...task, status });
    this.context.begin('scheduler.dropped', [`task:${task.id}`, `service:${task.serviceId}`], undefined, cause);
  }

  private unfit(transaction: Transaction, task: Task, explanation: string, cause: EventId): void {
    if (task.status.err === explanation) return;
    const status = { ...task.status, err: explanation, timestamp: this.context.now };
    transaction.update({ ...task, status });
    this.context.begin('scheduler.unfit', taskRefs({ ...task, nodeId: '' }), { explanation }, cause);
  }
}

function decisionRefs(task: Task, info: NodeInfo): ObjectRef[] {
  return taskRefs({ ...task, nodeId: info.node.id });
}

/** Failures count per service and version of its spec: also what groups tasks. */
function failureKey(task: Task): string {
  return `${task.serviceId}:${task.specVersion}`;
}

function hostname({ node }: NodeInfo): string {
  return node.description?.hostname ?? node.id;
}
