/**
 * The agent of one node: its session with a manager, its heartbeats, the tasks assigned to it, and what it reports of them.
 * `swarmkit: agent/agent.go, session.go, worker.go, task.go, reporter.go`; steps of a task: `agent/exec/controller.go Do`.
 *
 * A task's state only rises. The agent pauses at READY while nothing more is wanted; PREPARING, STARTING and RUNNING run to
 * their end. Agents that lose their manager keep their tasks running, look for another manager, and report everything anew.
 */
import type { EventId, Micros } from '../../protocol/events.ts';
import { diskSet } from '../hardware/disk.ts';
import type { Envelope, Hardware } from '../hardware/hardware.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { milliseconds, seconds } from '../kernel/time.ts';
import {
  type Assignment,
  type Assignments,
  type HeartbeatReply,
  MANAGER_PORT,
  type ManagerMessageKind,
  type ManagerMessages,
  type RemoteManager,
  type ResourceReply,
  type SessionMessage,
} from '../manager/messages.ts';
import {
  type Config,
  type Network,
  type NetworkKey,
  type Node,
  type NodeDescription,
  type RootCertificate,
  type Secret,
  type Task,
  TaskState,
  type TaskStateValue,
  type TaskStatus,
  taskStateName,
} from '../store/objects.ts';
import type { Executor, OperationResult, TaskOperation } from './executor.ts';
import { type ResourceCall, ResourceClient, type ResourceClientState } from './resource-client.ts';

/** `swarmkit: agent/agent.go`: first wait, ceiling and growth of the reconnect back-off. */
const BACKOFF_BASE: Micros = milliseconds(100);
const BACKOFF_MAX: Micros = seconds(8);
/** `swarmkit: agent/session.go dispatcherRPCTimeout` */
const RPC_TIMEOUT: Micros = seconds(5);
/** Between two steps of a task: what the agent's own book-keeping takes. */
const STEP_TIME: Micros = milliseconds(2);
/** Until a TLS connection to a manager is there. */
const DIAL_TIME: Micros = milliseconds(20);
/** `swarmkit: agent/task.go`: wait before an operation with a temporary error is tried again. */
const RETRY_DELAY: Micros = seconds(1);

/** One task on this node. */
export interface TaskRun {
  task: Task;
  status: TaskStatus;
  /** Operation under way. */
  operation: TaskOperation | null;
  /** A step is scheduled. */
  stepping: boolean;
  /** Its object is gone: to be removed once it has stopped. */
  removing: boolean;
}

export interface AgentState {
  nodeId: string;
  /** Certificate's role. */
  managers: RemoteManager[];
  /** Open session, or one being opened (`id` empty). */
  session: { id: string; with: string; attempt: number; broken?: true } | null;
  attempts: number;
  backoff: Micros;
  heartbeatTimeout: number;
  node: Node | null;
  networks: readonly Network[];
  networkKeys: readonly NetworkKey[];
  dataPathPort: number;
  tasks: Record<string, TaskRun>;
  secrets: Record<string, Secret>;
  configs: Record<string, Config>;
  /** Statuses that the dispatcher has not been sent yet. */
  unreported: Record<string, { status: TaskStatus; cause: EventId }>;
  reporting: boolean;
  saving: boolean;
  resources: ResourceClientState;
}

/** What the agent's machine offers it. */
export interface AgentHost {
  describe(): NodeDescription;
  /** Host name of this machine if a manager runs on it: its agent talks to that one. */
  localManager(): string | null;
  /** The session has told of this node (again): its role or availability may have changed. */
  nodeChanged(node: Node): void;
  /** The root certificate that the managers trust. */
  rootCaChanged(rootCa: RootCertificate): void;
  /** The first session message has come: the node is part of the swarm. */
  sessionOpened(): void;
  managersChanged(managers: readonly RemoteManager[]): void;
  /** The resource API has answered. */
  resourceDone(token: string, result: ResourceReply['result']): void;
}

export function initialAgent(nodeId: string, managers: readonly RemoteManager[]): AgentState {
  return {
    nodeId,
    managers: [...managers],
    session: null,
    attempts: 0,
    backoff: 0,
    heartbeatTimeout: 0,
    node: null,
    networks: [],
    networkKeys: [],
    dataPathPort: 0,
    tasks: {},
    secrets: {},
    configs: {},
    unreported: {},
    reporting: false,
    saving: false,
    resources: { calls: {} },
  };
}

/** Key of the agent's task database on disk. */
const DISK_KEY = 'agent.tasks';

export class Agent {
  readonly state: AgentState;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly machine: string;
  private readonly executor: Executor;
  private readonly host: AgentHost;
  /** Places on networks for containers outside services. */
  readonly resources: ResourceClient;

  constructor(
    kernel: Kernel,
    hardware: Hardware,
    machine: string,
    state: AgentState,
    executor: Executor,
    host: AgentHost,
  ) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.executor = executor;
    this.host = host;
    this.resources = new ResourceClient(kernel, state.resources, {
      send: (call, token) => this.sendResourceCall(call, token),
      done: (token, result) => host.resourceDone(token, result),
    });
  }

  private get owner(): string {
    return `${this.machine}/agent`;
  }

  /** Begins: takes up the tasks that its database has, and looks for a manager. */
  start(): void {
    const saved = this.hardware.machine(this.machine).disk.durable[DISK_KEY] as
      | Record<string, { task: Task; status: TaskStatus }>
      | undefined;
    for (const id in saved) {
      const { task, status } = saved[id]!;
      this.state.tasks[id] = { task, status, operation: null, stepping: false, removing: false };
      this.step(id);
    }
    // What ended with the power is seen before a manager has answered: such tasks have failed, whatever is wanted of them now.
    this.kernel.schedule(DIAL_TIME, 'agent.connect', this.owner, this.machine);
  }

  /** Host name of the manager that the open session is with. */
  get sessionWith(): string | null {
    return this.state.session?.id ? this.state.session.with : null;
  }

  // ---- session

  /** Opens a session with some manager: the local one if there is one, else one at random. */
  connect(): void {
    const target = this.host.localManager() ?? this.pickManager();
    const attempt = ++this.state.attempts;
    if (target === null) return this.retryLater();
    this.state.session = { id: '', with: target, attempt };
    const request: ManagerMessages['dispatcher.session'] = {
      origin: this.machine,
      nodeId: this.state.nodeId,
      address: this.hardware.machine(this.machine).address,
      description: this.host.describe(),
    };
    this.send('dispatcher.session', request);
    this.kernel.schedule(RPC_TIMEOUT, 'agent.session-timeout', this.owner, { machine: this.machine, attempt });
  }

  sessionTimeout(attempt: number): void {
    const { session } = this.state;
    if (session && session.attempt === attempt && session.id === '') this.closeSession('no answer');
  }

  /** Sends a beat, if the session of this attempt is still open. */
  heartbeat(attempt: number): void {
    const { session } = this.state;
    if (!session?.id || session.attempt !== attempt) return;
    if (session.broken) return this.closeSession('connection lost');
    this.send('dispatcher.heartbeat', { origin: this.machine, nodeId: this.state.nodeId, sessionId: session.id });
    this.state.heartbeatTimeout = this.kernel.schedule(RPC_TIMEOUT, 'agent.heartbeat-timeout', this.owner, {
      machine: this.machine,
      attempt: session.attempt,
    });
  }

  heartbeatTimedOut(attempt: number): void {
    if (this.state.session?.attempt === attempt) this.closeSession('heartbeat without answer');
  }

  /** A message for the agent. */
  receive(envelope: Envelope): void {
    const kind = envelope.kind as ManagerMessageKind;
    const { session } = this.state;
    if (kind === 'dispatcher.session-message') return this.sessionMessage(envelope.payload as SessionMessage);
    if (kind === 'resource.reply') return this.resources.receive(envelope.payload as ResourceReply);
    if (!session) return;
    const { sessionId } = envelope.payload as { sessionId: string };
    if (sessionId !== session.id) return;
    if (kind === 'dispatcher.refusal') this.closeSession((envelope.payload as { message: string }).message);
    else if (kind === 'dispatcher.heartbeat-reply') {
      this.kernel.cancel(this.state.heartbeatTimeout);
      this.kernel.schedule((envelope.payload as HeartbeatReply).period, 'agent.heartbeat', this.owner, {
        machine: this.machine,
        attempt: session.attempt,
      });
    } else if (kind === 'dispatcher.assignments') this.assign(envelope.payload as Assignments);
  }

  /** Nobody listens where a message of ours went: the session is broken. */
  refused(envelope: Envelope): void {
    if (this.state.session?.with === envelope.to) this.closeSession('connection refused');
  }

  /** A report is lost, and with it the connection: the next beat finds out, and the new session reports everything anew. */
  dropped({ kind, payload }: Envelope): void {
    const { session } = this.state;
    const { sessionId, via } = payload as { sessionId?: string; via?: string };
    if (kind === 'dispatcher.status' && via === undefined && session?.id && sessionId === session.id)
      session.broken = true;
  }

  /** The local manager has started or stopped: the session moves. */
  reconnect(): void {
    if (this.state.session) this.closeSession('manager changed');
  }

  /** What the node tells of itself has changed: a new session tells it, at once. `swarmkit: agent/agent.go updateNode` */
  reregister(reason: string): void {
    if (!this.sessionWith) return;
    this.endSession(reason);
    this.kernel.schedule(DIAL_TIME, 'agent.connect', this.owner, this.machine);
  }

  private sessionMessage(message: SessionMessage): void {
    const { session } = this.state;
    if (!session || (!message.first && session.id !== message.sessionId)) return;
    this.state.managers = [...message.managers];
    this.state.node = message.node;
    this.state.networks = message.networks;
    this.state.networkKeys = message.networkKeys;
    this.state.dataPathPort = message.dataPathPort;
    this.host.managersChanged(message.managers);
    if (message.first) {
      if (session.id !== '') return;
      session.id = message.sessionId;
      this.state.backoff = 0;
      this.kernel.emit('agent.session', this.machine, [`machine:${this.machine}`, `node:${this.state.nodeId}`], {
        manager: session.with,
      });
      for (const id in this.state.tasks)
        this.state.unreported[id] ??= { status: this.state.tasks[id]!.status, cause: this.kernel.cause };
      this.heartbeat(session.attempt);
      this.host.sessionOpened();
      this.resources.sessionOpened();
      this.scheduleReport();
    }
    this.host.nodeChanged(message.node);
    this.host.rootCaChanged(message.rootCa);
  }

  private closeSession(reason: string): void {
    if (!this.state.session) return;
    this.endSession(reason);
    this.retryLater();
  }

  private endSession(reason: string): void {
    const session = this.state.session!;
    this.state.session = null;
    this.resources.sessionClosed();
    this.kernel.cancel(this.state.heartbeatTimeout);
    const why = this.hardware.silenceBetween(session.with, this.machine) || this.kernel.cause;
    this.kernel.begin(
      'agent.session.closed',
      this.machine,
      [`machine:${this.machine}`],
      { manager: session.with, reason },
      why,
    );
  }

  /** `swarmkit: agent.go`: b' = min(100 ms + 2b, 8 s), then a wait of rand(0, b'). */
  private retryLater(): void {
    this.state.backoff = Math.min(BACKOFF_BASE + 2 * this.state.backoff, BACKOFF_MAX);
    const wait = this.kernel.random('agents').int(this.state.backoff);
    this.kernel.schedule(wait, 'agent.connect', this.owner, this.machine);
  }

  private pickManager(): string | null {
    const { managers } = this.state;
    if (managers.length === 0) return null;
    const chosen = managers[this.kernel.random('agents').int(managers.length)]!;
    const host = chosen.address.slice(0, chosen.address.lastIndexOf(':'));
    return this.hardware.machineAt(host)?.name ?? null;
  }

  private sendResourceCall(call: ResourceCall, token: string): boolean {
    if (!this.sessionWith) return false;
    const base = { origin: this.machine, token, nodeId: this.state.nodeId };
    if (call.kind === 'resource.attach') {
      const { containerId, target, addresses } = call;
      this.send('resource.attach', { ...base, containerId, target, addresses });
    } else this.send('resource.detach', { ...base, attachmentId: call.attachmentId });
    return true;
  }

  private send<K extends ManagerMessageKind>(kind: K, payload: ManagerMessages[K]): void {
    const to = this.state.session?.with;
    if (to) this.hardware.send({ from: this.machine, to, port: MANAGER_PORT, kind, payload });
  }

  // ---- assignments

  private assign(assignments: Assignments): void {
    const complete = assignments.type === 'complete';
    const seen = new Set<string>();
    for (const change of assignments.changes) this.take(change, seen);
    if (complete) {
      for (const id in this.state.tasks) if (!seen.has(id)) this.dropTask(id);
      for (const id in this.state.secrets) if (!seen.has(id)) this.withdraw('secret', id);
      for (const id in this.state.configs) if (!seen.has(id)) this.withdraw('config', id);
    }
    this.save();
  }

  private take(change: Assignment, seen: Set<string>): void {
    if (change.action === 'remove') {
      if ('taskId' in change) this.dropTask(change.taskId);
      else if ('secretId' in change) this.withdraw('secret', change.secretId);
      else this.withdraw('config', change.configId);
    } else if ('task' in change) {
      seen.add(change.task.id);
      this.kernel.because(change.cause, () => this.takeTask(change.task));
    } else if ('secret' in change) {
      seen.add(change.secret.id);
      this.keep(change.secret);
    } else {
      seen.add(change.config.id);
      this.keep(change.config);
    }
  }

  /** A secret or config has come, for a task that needs it. */
  private keep(file: Secret | Config): void {
    const files: Record<string, Secret | Config> = this.filesOf(file.kind);
    if (!files[file.id]) this.traceFile(file, 'delivered');
    files[file.id] = file;
  }

  /** No task here needs it any more. */
  private withdraw(kind: 'secret' | 'config', id: string): void {
    const files = this.filesOf(kind);
    const file = files[id];
    delete files[id];
    if (file) this.traceFile(file, 'withdrawn');
  }

  private filesOf(kind: 'secret' | 'config'): Record<string, Secret | Config> {
    return kind === 'secret' ? this.state.secrets : this.state.configs;
  }

  private traceFile({ kind, id, spec }: Secret | Config, what: 'delivered' | 'withdrawn'): void {
    const objects = [`${kind}:${id}` as const, `machine:${this.machine}` as const];
    this.kernel.emit(`${kind}.${what}`, this.machine, objects, { name: spec.annotations.name });
  }

  private takeTask(task: Task): void {
    const run = this.state.tasks[task.id];
    if (!run) {
      this.state.tasks[task.id] = { task, status: task.status, operation: null, stepping: false, removing: false };
    } else {
      // What is wanted comes from the manager; what is comes from here.
      const isWantedElse = task.desiredState !== run.task.desiredState;
      run.task = task;
      // What is under way is given up, and as every failure it is followed by a pause: a task that runs (its operation is the
      // wait for its end) begins to stop a second after it was told to. `swarmkit: agent/task.go run`, `ErrTaskRetry`
      if (isWantedElse && run.operation !== null && run.operation !== 'shutdown') {
        run.operation = null;
        return this.stepLater(run);
      }
    }
    this.step(task.id);
  }

  /** The task object is gone: stop it if need be, and remove its container. */
  private dropTask(id: string): void {
    const run = this.state.tasks[id];
    if (!run || run.removing) return;
    run.removing = true;
    run.operation = 'remove';
    this.executor.remove(run.task);
  }

  // ---- a task's way through its states

  /** Schedules the next step of a task. */
  private step(id: string): void {
    const run = this.state.tasks[id];
    if (!run || run.stepping) return;
    run.stepping = true;
    this.kernel.schedule(STEP_TIME, 'agent.step', this.owner, { machine: this.machine, id });
  }

  /** The next step after a pause. */
  private stepLater(run: TaskRun): void {
    run.stepping = true;
    const { id } = run.task;
    this.kernel.schedule(RETRY_DELAY, 'agent.step', this.owner, { machine: this.machine, id });
  }

  /** One step. `swarmkit: agent/exec/controller.go Do` */
  runStep(id: string): void {
    const run = this.state.tasks[id];
    if (!run) return;
    run.stepping = false;
    if (run.operation !== null || run.removing) return;
    const { task, status } = run;
    if (status.state > TaskState.running) return;
    if (task.desiredState >= TaskState.shutdown) return this.operate(run, 'shutdown');
    switch (status.state) {
      case TaskState.preparing:
        return this.operate(run, 'prepare');
      case TaskState.starting:
        return this.operate(run, 'start');
      case TaskState.running:
        return this.operate(run, 'wait');
    }
    if (status.state >= task.desiredState) return;
    switch (status.state) {
      case TaskState.assigned:
        return this.enter(run, TaskState.accepted, 'accepted');
      case TaskState.accepted:
        return this.enter(run, TaskState.preparing, 'preparing');
      case TaskState.ready:
        return this.enter(run, TaskState.starting, 'starting');
    }
  }

  private operate(run: TaskRun, operation: TaskOperation): void {
    run.operation = operation;
    const { task } = run;
    if (operation === 'prepare') {
      this.executor.prepare(task);
    } else this.executor[operation](task);
  }

  /** An operation has ended. */
  done(id: string, operation: TaskOperation, result: OperationResult): void {
    const run = this.state.tasks[id];
    if (!run || run.operation !== operation) return;
    run.operation = null;
    if (operation === 'remove') {
      delete this.state.tasks[id];
      delete this.state.unreported[id];
      return this.save();
    }
    if (!result.ok && result.temporary) {
      return this.stepLater(run);
    }
    if (operation === 'shutdown') return this.enter(run, TaskState.shutdown, 'shutdown', result);
    if (!result.ok) {
      const state = run.status.state < TaskState.starting ? TaskState.rejected : TaskState.failed;
      return this.enter(run, state, run.status.message, result, result.message);
    }
    if (operation === 'prepare') this.enter(run, TaskState.ready, 'prepared', result);
    else if (operation === 'start') this.enter(run, TaskState.running, 'started', result);
    else this.enter(run, TaskState.complete, 'finished', result);
  }

  private enter(run: TaskRun, state: TaskStateValue, message: string, result?: OperationResult, err = ''): void {
    const { status, task } = run;
    run.status = {
      timestamp: this.hardware.wallClock(this.machine),
      state,
      message,
      err,
      container: result ? (result.container ?? status.container) : status.container,
      ports: result?.ok ? result.ports : status.ports,
      appliedBy: '',
    };
    const ofService: `service:${string}`[] = task.serviceId === '' ? [] : [`service:${task.serviceId}`];
    this.kernel.begin('agent.task', this.machine, [`task:${task.id}`, ...ofService], {
      state: taskStateName(state),
      service: task.serviceAnnotations.name,
      slot: task.slot,
      err,
    });
    this.state.unreported[task.id] = { status: run.status, cause: this.kernel.cause };
    this.scheduleReport();
    this.save();
    this.step(task.id);
  }

  // ---- reports and the task database

  private scheduleReport(): void {
    if (this.state.reporting) return;
    this.state.reporting = true;
    this.kernel.schedule(milliseconds(1), 'agent.report', this.owner, this.machine);
  }

  report(): void {
    this.state.reporting = false;
    const { session, unreported } = this.state;
    if (!session?.id) return;
    const updates = Object.entries(unreported).map(([taskId, { status, cause }]) => ({ taskId, status, cause }));
    if (updates.length === 0) return;
    this.state.unreported = {};
    this.send('dispatcher.status', { origin: this.machine, nodeId: this.state.nodeId, sessionId: session.id, updates });
  }

  /** Writes the task database soon: changes of one moment are one write. */
  private save(): void {
    if (this.state.saving) return;
    this.state.saving = true;
    this.kernel.schedule(milliseconds(1), 'agent.save', this.owner, this.machine);
  }

  saveNow(): void {
    this.state.saving = false;
    const saved: Record<string, { task: Task; status: TaskStatus }> = {};
    for (const id in this.state.tasks) {
      const { task, status } = this.state.tasks[id]!;
      saved[id] = { task, status };
    }
    diskSet(this.hardware.machine(this.machine).disk, DISK_KEY, saved);
    this.hardware.sync(this.machine, 'agent', null);
  }
}

/** Forgets the task database: the node has left. */
export function forgetAgent(hardware: Hardware, machine: string): void {
  diskSet(hardware.machine(machine).disk, DISK_KEY, undefined);
}
