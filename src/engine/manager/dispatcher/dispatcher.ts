/**
 * The dispatcher: sessions with agents, their heartbeats, what each has to run, and what they report.
 * `swarmkit: manager/dispatcher/dispatcher.go, nodes.go, assignments.go`
 *
 * A node is Ready while its beats come; silent for three periods it is Down. A new leader knows nobody: it marks every node
 * Unknown and gives each twice that grace to register again.
 *
 * Simplified: an agent gets its assignments with its session instead of by a second stream.
 */
import type { EventId, Micros } from '../../../protocol/events.ts';
import { milliseconds, seconds } from '../../kernel/time.ts';
import {
  type Cluster,
  type Config,
  type Network,
  type Node,
  type NodeState,
  type Secret,
  type Task,
  TaskState,
  type TaskStatus,
} from '../../store/objects.ts';
import type { StoreEvent, Transaction } from '../../store/store.ts';
import type { ManagerContext, MessageReceiver } from '../manager.ts';
import type {
  Assignment,
  HeartbeatRequest,
  ManagerMessageKind,
  Relayed,
  SessionRequest,
  StatusRequest,
} from '../messages.ts';
import type { Subsystem } from '../subsystem.ts';

/** `swarmkit: dispatcher.go, nodes.go` */
const HEARTBEAT_EPSILON: Micros = milliseconds(500);
/** `dispatcher.go DefaultHeartBeatPeriod`: where the spec says nothing. */
const DEFAULT_HEARTBEAT: Micros = seconds(5);
const GRACE_PERIODS = 3;
const GRACE_PERIODS_UNKNOWN = 6;
/** Reports are written by a clock that ticks on whether there are any or not: a report waits half of it on average. */
const STATUS_BATCH: Micros = milliseconds(100);
const ASSIGNMENT_BATCH: Micros = milliseconds(100);
const RATE_LIMIT_COUNT = 3;
const RATE_LIMIT_WINDOW: Micros = seconds(8);
/** A node down for so long has its tasks orphaned. */
const ORPHAN_TIMEOUT: Micros = seconds(24 * 3600);

interface Session {
  id: string;
  /** The agent's host, and the manager in between. */
  agent: Relayed;
  /** False until its node has been written as Ready. */
  registered: boolean;
  expiresAt: Micros;
  /** What the agent has been told, by id: the very objects. */
  tasks: Record<string, Task>;
  secrets: Record<string, Secret>;
  configs: Record<string, Config>;
  /** A batch of assignments is due. */
  batching: boolean;
  /** Why the tasks of the coming batch have changed. */
  causes: Record<string, EventId>;
}

interface DispatcherState {
  sessions: Record<string, Session>;
  /** Reports that wait for the next batch. */
  reports: { nodeId: string; taskId: string; status: TaskStatus; cause: EventId }[];
  flushing: boolean;
  /** When it began to tick. */
  startedAt: Micros;
  /** Per node: its last registration, and how many attempts there were in a row, each soon after the other. */
  registrations: Record<string, { at: Micros; attempts: number }>;
}

type DispatcherWrite =
  | { type: 'register'; nodeId: string; session: string; request: SessionRequest }
  | { type: 'state'; nodeId: string; state: NodeState; message: string; ifUnknown: boolean }
  | { type: 'unknown' }
  | { type: 'orphan'; nodeId: string }
  | { type: 'reports' };

export class Dispatcher implements Subsystem<DispatcherState>, MessageReceiver {
  readonly name = 'dispatcher';
  readonly state: DispatcherState;
  private readonly context: ManagerContext;

  constructor(context: ManagerContext, state?: unknown) {
    this.context = context;
    this.state = (state as DispatcherState | undefined) ?? {
      sessions: {},
      reports: [],
      flushing: false,
      startedAt: context.now,
      registrations: {},
    };
  }

  start(): void {
    let unknown = false;
    for (const node of this.context.store.all('node')) {
      if (node.status.state === 'down') this.context.schedule(this.name, ORPHAN_TIMEOUT, 'orphan', node.id);
      else {
        unknown ||= node.description !== null;
        this.context.schedule(this.name, this.drawPeriod() * GRACE_PERIODS_UNKNOWN, 'unknown-expired', node.id);
      }
    }
    if (unknown) this.requestWrite({ type: 'unknown' });
  }

  /** `dispatcher.go Stop`: sessions end, and agents look for the next leader's dispatcher. */
  stop(): void {
    for (const { id, agent } of Object.values(this.state.sessions))
      this.context.answer(agent, 'dispatcher.refusal', { sessionId: id, message: 'dispatcher is stopped' });
  }

  receive(kind: ManagerMessageKind, payload: unknown): void {
    if (kind === 'dispatcher.session') this.openSession(payload as SessionRequest);
    else if (kind === 'dispatcher.heartbeat') this.heartbeat(payload as HeartbeatRequest);
    else if (kind === 'dispatcher.status') this.status(payload as StatusRequest);
  }

  onCommit(events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (event.kind === 'task')
        this.taskChanged(event.object as Task, event.old as Task | undefined, event.action === 'remove');
      else if (event.kind === 'node') this.nodeChanged(event);
      else if (event.kind === 'cluster') this.clusterChanged(event);
    }
  }

  /** Where a node's agent is, while it has a session. */
  agentOf(nodeId: string): Relayed | null {
    return this.state.sessions[nodeId]?.agent ?? null;
  }

  /** The raft group has changed: agents learn where managers are. */
  membersChanged(): void {
    this.tellAll();
  }

  /** A new root certificate is to be trusted, or there are other keys for the network. */
  private clusterChanged({ object, old }: StoreEvent): void {
    const [before, now] = [old as Cluster | undefined, object as Cluster];
    if (!before) return;
    if (before.rootCa !== now.rootCa || before.networkBootstrapKeys !== now.networkBootstrapKeys) this.tellAll();
  }

  private tellAll(): void {
    for (const nodeId in this.state.sessions) {
      const node = this.context.store.get('node', nodeId);
      if (node && this.state.sessions[nodeId]!.registered) this.tell(nodeId, node, false);
    }
  }

  timer(kind: string, data: unknown): void {
    const nodeId = data as string;
    switch (kind) {
      case 'expire':
        return this.expire(nodeId);
      case 'unknown-expired':
        if (!this.state.sessions[nodeId]) {
          this.traceUnheard(nodeId);
          this.requestWrite({
            type: 'state',
            nodeId,
            state: 'down',
            message: 'heartbeat failure for node in "unknown" state',
            ifUnknown: true,
          });
        }
        return;
      case 'assign':
        return this.sendIncremental(nodeId);
      case 'flush':
        this.state.flushing = false;
        return this.requestWrite({ type: 'reports' });
      case 'orphan':
        if (this.context.store.get('node', nodeId)?.status.state === 'down')
          this.requestWrite({ type: 'orphan', nodeId });
        return;
    }
  }

  write(transaction: Transaction, data: unknown): void {
    const write = data as DispatcherWrite;
    switch (write.type) {
      case 'register':
        return this.writeRegistration(transaction, write.nodeId, write.request);
      case 'state':
        return this.writeState(transaction, write.nodeId, write.state, write.message, write.ifUnknown);
      case 'unknown':
        for (const node of transaction.all('node')) {
          if (node.status.state === 'down' || node.description === null || this.state.sessions[node.id]) continue;
          const message = 'Node moved to "unknown" state due to leadership change in cluster';
          transaction.update({ ...node, status: { ...node.status, state: 'unknown', message } });
        }
        return;
      case 'orphan':
        return this.writeOrphans(transaction, write.nodeId);
      case 'reports':
        return this.writeReports(transaction);
    }
  }

  written(data: unknown, ok: boolean): void {
    const write = data as DispatcherWrite;
    if (write.type !== 'register' || !ok) return;
    const session = this.state.sessions[write.nodeId];
    const node = this.context.store.get('node', write.nodeId);
    if (!session || session.id !== write.session || !node) return;
    session.registered = true;
    this.tell(write.nodeId, node, true);
    this.sendComplete(write.nodeId, session);
  }

  // ---- sessions

  private openSession(request: SessionRequest): void {
    const { nodeId } = request;
    const node = this.context.store.get('node', nodeId);
    const agent: Relayed =
      request.via === undefined ? { origin: request.origin } : { origin: request.origin, via: request.via };
    if (!node)
      return this.context.answer(agent, 'dispatcher.refusal', { sessionId: '', message: 'node not registered' });
    if (node.certificate.expiresAt <= this.context.now) {
      const message = 'remote error: tls: expired certificate';
      return this.context.answer(agent, 'dispatcher.refusal', { sessionId: '', message });
    }
    if (this.tooMany(nodeId)) {
      return this.context.answer(agent, 'dispatcher.refusal', {
        sessionId: '',
        message: `node ${nodeId} exceeded rate limit count of registrations`,
      });
    }
    const session: Session = {
      id: this.context.newId(),
      agent,
      registered: false,
      expiresAt: 0,
      tasks: {},
      secrets: {},
      configs: {},
      batching: false,
      causes: {},
    };
    const renewed = this.state.sessions[nodeId] !== undefined;
    this.state.sessions[nodeId] = session;
    session.expiresAt = this.context.now + this.drawPeriod() * GRACE_PERIODS;
    if (!renewed) this.context.schedule(this.name, session.expiresAt - this.context.now, 'expire', nodeId);
    this.requestWrite({ type: 'register', nodeId, session: session.id, request });
  }

  /** `nodes.go CheckRateLimit`: the first registration is no attempt; a refused one counts, but does not prolong the ban. */
  private tooMany(nodeId: string): boolean {
    const { now } = this.context;
    const last = this.state.registrations[nodeId];
    const attempts = !last ? 0 : (now - last.at > RATE_LIMIT_WINDOW ? 0 : last.attempts) + 1;
    const isTooMany = attempts > RATE_LIMIT_COUNT;
    this.state.registrations[nodeId] = { at: isTooMany ? last!.at : now, attempts };
    return isTooMany;
  }

  private heartbeat(request: HeartbeatRequest): void {
    const session = this.state.sessions[request.nodeId];
    if (!session || session.id !== request.sessionId) return this.refuse(request, request.sessionId);
    const period = this.drawPeriod();
    session.expiresAt = this.context.now + period * GRACE_PERIODS;
    this.context.answer(session.agent, 'dispatcher.heartbeat-reply', { sessionId: session.id, period });
  }

  private refuse(to: Relayed, sessionId: string): void {
    this.context.answer(to, 'dispatcher.refusal', { sessionId, message: 'session invalid' });
  }

  /** The beat was due: if another came meanwhile, wait for the next; else the node is down. */
  private expire(nodeId: string): void {
    const session = this.state.sessions[nodeId];
    if (!session) return;
    if (session.expiresAt > this.context.now) {
      this.context.schedule(this.name, session.expiresAt - this.context.now, 'expire', nodeId);
      return;
    }
    delete this.state.sessions[nodeId];
    const { context } = this;
    const facts = { hostname: session.agent.origin, periods: GRACE_PERIODS };
    context.begin(
      'node.silent',
      [`node:${nodeId}`, `machine:${session.agent.origin}`],
      facts,
      context.silenceOf(session.agent.origin) || context.cause,
    );
    this.requestWrite({ type: 'state', nodeId, state: 'down', message: 'heartbeat failure', ifUnknown: false });
  }

  /** A node that the leader before knew has not come back in time. */
  private traceUnheard(nodeId: string): void {
    const { context } = this;
    const hostname = context.store.get('node', nodeId)?.description?.hostname;
    if (hostname === undefined || context.store.get('node', nodeId)?.status.state !== 'unknown') return;
    const facts = { hostname, periods: GRACE_PERIODS_UNKNOWN };
    context.begin(
      'node.silent',
      [`node:${nodeId}`, `machine:${hostname}`],
      facts,
      context.silenceOf(hostname) || context.cause,
    );
  }

  /** 5 s (or as the cluster is set) give or take half a second, drawn for each beat. */
  private drawPeriod(): Micros {
    const period = this.cluster()?.spec.dispatcherHeartbeat || DEFAULT_HEARTBEAT;
    return period + this.context.random('dispatcher').between(-HEARTBEAT_EPSILON, HEARTBEAT_EPSILON);
  }

  private cluster(): Cluster | undefined {
    for (const cluster of this.context.store.all('cluster')) return cluster;
    return undefined;
  }

  // ---- what agents are told

  private tell(nodeId: string, node: Node, first: boolean): void {
    const session = this.state.sessions[nodeId];
    const cluster = this.cluster();
    if (!session || !cluster) return;
    const managers = this.context.members().map(({ nodeId: id, address }) => ({ nodeId: id, address }));
    this.context.answer(session.agent, 'dispatcher.session-message', {
      sessionId: session.id,
      node,
      managers,
      rootCa: cluster.rootCa,
      networkKeys: cluster.networkBootstrapKeys ?? [],
      dataPathPort: cluster.dataPathPort,
      networks: this.networksOf(node),
      first,
    });
  }

  private nodeChanged(event: StoreEvent): void {
    const session = this.state.sessions[event.id];
    const node = event.object as Node;
    if (event.action === 'remove') {
      if (!session) return;
      delete this.state.sessions[event.id];
      this.context.answer(session.agent, 'dispatcher.refusal', { sessionId: session.id, message: 'node removed' });
      return;
    }
    const old = event.old as Node | undefined;
    if (old && old.status.state !== 'down' && node.status.state === 'down')
      this.context.schedule(this.name, ORPHAN_TIMEOUT, 'orphan', node.id);
    const matters =
      old &&
      (old.spec !== node.spec ||
        old.role !== node.role ||
        old.attachments !== node.attachments ||
        old.certificate.state !== node.certificate.state);
    if (session?.registered && matters) this.tell(event.id, node, false);
  }

  /** The ingress network, and those that the node has an address on. */
  private networksOf(node: Node): Network[] {
    return [...this.context.store.all('network')].filter(
      (network) => network.spec.ingress || node.attachments[network.id] !== undefined,
    );
  }

  private taskChanged(task: Task, old: Task | undefined, removed: boolean): void {
    const session = this.state.sessions[task.nodeId];
    if (!session?.registered) return;
    if (task.status.state < TaskState.assigned) return;
    // What the agent itself has reported is no news to it.
    if (!removed && old && sameForAgent(old, task) && session.tasks[task.id] && !freesFiles(old, task)) return;
    session.causes[task.id] = this.context.cause;
    if (session.batching) return;
    session.batching = true;
    this.context.schedule(this.name, ASSIGNMENT_BATCH, 'assign', task.nodeId);
  }

  private sendComplete(nodeId: string, session: Session): void {
    session.tasks = {};
    session.secrets = {};
    session.configs = {};
    const changes = this.difference(nodeId, session);
    this.context.answer(
      session.agent,
      'dispatcher.assignments',
      { sessionId: session.id, type: 'complete', changes },
      { note: String(changes.length) },
    );
  }

  private sendIncremental(nodeId: string): void {
    const session = this.state.sessions[nodeId];
    if (!session) return;
    session.batching = false;
    if (!session.registered) return;
    const changes = this.difference(nodeId, session);
    if (changes.length === 0) return;
    this.context.answer(
      session.agent,
      'dispatcher.assignments',
      { sessionId: session.id, type: 'incremental', changes },
      { note: String(changes.length) },
    );
  }

  /** What the agent has to be told so that it knows what the store has for its node; notes it as told. */
  private difference(nodeId: string, session: Session): Assignment[] {
    const { store } = this.context;
    const tasks: Record<string, Task> = {};
    const secrets: Record<string, Secret> = {};
    const configs: Record<string, Config> = {};
    for (const task of store.tasksOfNode(nodeId)) {
      if (task.status.state < TaskState.assigned) continue;
      tasks[task.id] = task;
      // What it needs is there until it has ended, whatever is wanted of it.
      if (task.status.state > TaskState.running) continue;
      for (const { id } of task.spec.container.secrets) {
        const secret = store.get('secret', id);
        if (secret) secrets[id] = secret;
      }
      for (const { id } of task.spec.container.configs) {
        const config = store.get('config', id);
        if (config) configs[id] = config;
      }
    }
    const changes: Assignment[] = [];
    for (const id in secrets)
      if (session.secrets[id] !== secrets[id]) changes.push({ action: 'update', secret: secrets[id]! });
    for (const id in configs)
      if (session.configs[id] !== configs[id]) changes.push({ action: 'update', config: configs[id]! });
    for (const id in tasks) {
      const known = session.tasks[id];
      if (!known || (known !== tasks[id] && !sameForAgent(known, tasks[id]!)))
        changes.push({ action: 'update', task: tasks[id]!, cause: session.causes[id] ?? this.context.cause });
    }
    for (const id in session.tasks) if (!tasks[id]) changes.push({ action: 'remove', taskId: id });
    for (const id in session.secrets) if (!secrets[id]) changes.push({ action: 'remove', secretId: id });
    for (const id in session.configs) if (!configs[id]) changes.push({ action: 'remove', configId: id });
    session.causes = {};
    session.tasks = tasks;
    session.secrets = secrets;
    session.configs = configs;
    return changes;
  }

  // ---- what agents report

  private status(request: StatusRequest): void {
    const session = this.state.sessions[request.nodeId];
    if (!session || session.id !== request.sessionId) return this.refuse(request, request.sessionId);
    for (const update of request.updates) this.state.reports.push({ nodeId: request.nodeId, ...update });
    if (this.state.flushing) return;
    this.state.flushing = true;
    const sinceTick = (this.context.now - this.state.startedAt) % STATUS_BATCH;
    this.context.schedule(this.name, STATUS_BATCH - sinceTick, 'flush');
  }

  private writeReports(transaction: Transaction): void {
    const reports = this.state.reports;
    this.state.reports = [];
    for (const { nodeId, taskId, status, cause } of reports) {
      const task = transaction.get('task', taskId);
      // A task that is gone, or belongs to another node, or a step back: ignored.
      if (!task || task.nodeId !== nodeId || status.state < task.status.state) continue;
      this.context.attribute(`task:${taskId}`, cause);
      transaction.update({ ...task, status: { ...status, appliedBy: this.context.nodeId } });
    }
  }

  private writeRegistration(transaction: Transaction, nodeId: string, request: SessionRequest): void {
    const node = transaction.get('node', nodeId);
    if (!node) return;
    this.context.attribute(`node:${nodeId}`, this.context.cause);
    transaction.update({
      ...node,
      description: request.description,
      status: { state: 'ready', message: '', address: request.address },
    });
  }

  private writeState(
    transaction: Transaction,
    nodeId: string,
    state: NodeState,
    message: string,
    ifUnknown: boolean,
  ): void {
    const node = transaction.get('node', nodeId);
    if (!node || node.status.state === state || this.state.sessions[nodeId]) return;
    if (ifUnknown && node.status.state !== 'unknown') return;
    this.context.attribute(`node:${nodeId}`, this.context.cause);
    transaction.update({ ...node, status: { ...node.status, state, message } });
  }

  private writeOrphans(transaction: Transaction, nodeId: string): void {
    for (const task of transaction.tasksOfNode(nodeId)) {
      const { state } = task.status;
      if (state < TaskState.assigned || state > TaskState.running) continue;
      transaction.update({
        ...task,
        status: { ...task.status, state: TaskState.orphaned, timestamp: this.context.now },
      });
    }
  }

  private requestWrite(write: DispatcherWrite): void {
    this.context.requestWrite(this.name, write);
  }
}

/** The task has ended: its secrets and configs may go. `assignments.go releaseTaskDependencies` */
function freesFiles(old: Task, task: Task): boolean {
  const { secrets, configs } = task.spec.container;
  const ended = old.status.state <= TaskState.running && task.status.state > TaskState.running;
  return ended && (secrets.length > 0 || configs.length > 0);
}

/** Nothing differs that an agent would act on: `swarmkit: api/equality TasksEqualStable`. */
function sameForAgent(a: Task, b: Task): boolean {
  return (
    a.desiredState === b.desiredState &&
    a.spec === b.spec &&
    a.nodeId === b.nodeId &&
    a.networks === b.networks &&
    a.endpoint === b.endpoint &&
    a.assignedGeneric === b.assignedGeneric
  );
}
