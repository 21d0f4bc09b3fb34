/**
 * Logs of services and tasks, gathered from the machines that run them. `swarmkit: manager/logbroker`, `agent/worker.go Subscribe`
 *
 * The daemon that is asked sends a subscription to each machine that has tasks of it; that machine answers with the lines its
 * containers have, and with each new one while the subscription follows.
 *
 * Simplified: the asking manager talks to the machines itself, not through the leader's log broker; a machine that cannot be
 * reached is named in the trailer after a time-out.
 */
import type { Micros } from '../../protocol/events.ts';
import type { Envelope, Hardware } from '../hardware/hardware.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { seconds } from '../kernel/time.ts';
import { MANAGER_PORT } from '../manager/messages.ts';
import { type Task, TaskState } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import type { Container, LogLine } from './container.ts';
import type { Runtime } from './runtime.ts';

/** What is wanted of each task's log. */
export interface LogQuery {
  readonly follow: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tail: number | null;
  readonly since: Micros | null;
}

export interface LogSource {
  readonly nodeId: string;
  readonly serviceId: string;
  readonly taskId: string;
}

interface Outstanding {
  query: LogQuery;
  /** Machines that have not sent all they have. */
  waitingFor: string[];
  trouble: string[];
}

/** A subscription of some other machine (or this one), served here. */
interface Served {
  token: string;
  to: string;
  query: LogQuery;
  tasks: Record<string, LogSource>;
  /** Lines already sent per container. */
  sent: Record<string, number>;
}

export interface LogCollectorState {
  asked: Record<string, Outstanding>;
  served: Served[];
}

interface Lines {
  readonly token: string;
  readonly lines: readonly { readonly source: LogSource; readonly line: LogLine }[];
  /** Nothing more will come from this machine. */
  readonly end: boolean;
}

const ANSWER_TIMEOUT: Micros = seconds(5);

export function initialLogCollector(): LogCollectorState {
  return { asked: {}, served: [] };
}

export class LogCollector {
  readonly state: LogCollectorState;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly machine: string;
  private readonly runtime: Runtime;
  private readonly store: () => Store | null;
  private readonly out: {
    line(token: string, source: LogSource, line: LogLine): void;
    end(token: string, trouble: readonly string[]): void;
  };

  constructor(
    kernel: Kernel,
    hardware: Hardware,
    machine: string,
    state: LogCollectorState,
    runtime: Runtime,
    store: () => Store | null,
    out: LogCollector['out'],
  ) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.runtime = runtime;
    this.store = store;
    this.out = out;
  }

  /** Asks all machines that have tasks of this selection. */
  subscribe(
    token: string,
    selection: LogQuery & { readonly serviceIds: readonly string[]; readonly taskIds: readonly string[] },
  ): void {
    const { serviceIds, taskIds, ...query } = selection;
    const asked: Outstanding = { query, waitingFor: [], trouble: [] };
    const byMachine = new Map<string, Record<string, LogSource>>();
    for (const task of this.tasksOf(serviceIds, taskIds)) {
      if (!task.nodeId) {
        if (task.desiredState <= TaskState.running) asked.trouble.push(`task ${task.id} has not been scheduled`);
        continue;
      }
      const address = this.store()?.get('node', task.nodeId)?.status.address ?? '';
      const name = this.hardware.machineAt(address)?.name;
      if (name === undefined) {
        asked.trouble.push(`node ${task.nodeId} is not available`);
        continue;
      }
      const tasks = byMachine.get(name) ?? {};
      byMachine.set(name, tasks);
      tasks[task.id] = { nodeId: task.nodeId, serviceId: task.serviceId, taskId: task.id };
    }
    this.state.asked[token] = asked;
    for (const [to, tasks] of byMachine) {
      asked.waitingFor.push(to);
      this.send(to, 'logs.subscribe', { token, query, tasks });
    }
    this.kernel.schedule(byMachine.size === 0 ? 1 : ANSWER_TIMEOUT, 'logs.timeout', this.machine, {
      machine: this.machine,
      token,
    });
  }

  unsubscribe(token: string): void {
    delete this.state.asked[token];
    for (const name in this.hardware.state.machines) this.send(name, 'logs.unsubscribe', { token });
  }

  /** Machines that have not answered by now are named as trouble. */
  timeout(token: string): void {
    const asked = this.state.asked[token];
    if (!asked) return;
    for (const name of asked.waitingFor.splice(0)) {
      const node = [...(this.store()?.all('node') ?? [])].find((candidate) => candidate.description?.hostname === name);
      asked.trouble.push(`node ${node?.id ?? name} is not available`);
    }
    this.maybeEnd(token);
  }

  receive(envelope: Envelope): void {
    if (envelope.kind === 'logs.subscribe') {
      const { token, query, tasks } = envelope.payload as {
        token: string;
        query: LogQuery;
        tasks: Record<string, LogSource>;
      };
      this.serve({ token, to: envelope.from, query, tasks, sent: {} });
    } else if (envelope.kind === 'logs.unsubscribe') {
      const { token } = envelope.payload as { token: string };
      this.state.served = this.state.served.filter((served) => served.token !== token || served.to !== envelope.from);
    } else this.take(envelope.from, envelope.payload as Lines);
  }

  /** A container has written something, or ended. */
  containerChanged(container: Container): void {
    if (!container.taskId) return;
    for (const served of this.state.served) if (served.tasks[container.taskId]) this.sendNew(served, container, false);
  }

  private serve(served: Served): void {
    const lines: Lines['lines'][number][] = [];
    for (const container of this.runtime.state.containers.values()) {
      const source = container.taskId ? served.tasks[container.taskId] : undefined;
      if (!source) continue;
      const wanted = selectLines(container, served.query);
      for (const line of wanted) lines.push({ source, line });
      served.sent[container.id] = container.logs.length;
    }
    if (served.query.follow) this.state.served.push(served);
    this.send(served.to, 'logs.lines', { token: served.token, lines, end: true });
  }

  private sendNew(served: Served, container: Container, end: boolean): void {
    const source = served.tasks[container.taskId!]!;
    const from = Math.min(served.sent[container.id] ?? 0, container.logs.length);
    const fresh = container.logs.slice(from).filter((line) => served.query[line.stream]);
    served.sent[container.id] = container.logs.length;
    if (fresh.length > 0)
      this.send(served.to, 'logs.lines', { token: served.token, lines: fresh.map((line) => ({ source, line })), end });
  }

  private take(from: string, payload: Lines): void {
    const asked = this.state.asked[payload.token];
    if (!asked) return;
    for (const { source, line } of payload.lines) this.out.line(payload.token, source, line);
    if (!payload.end) return;
    asked.waitingFor = asked.waitingFor.filter((name) => name !== from);
    this.maybeEnd(payload.token);
  }

  private maybeEnd(token: string): void {
    const asked = this.state.asked[token];
    if (!asked || asked.waitingFor.length > 0 || asked.query.follow) return;
    delete this.state.asked[token];
    this.out.end(token, asked.trouble);
  }

  private tasksOf(serviceIds: readonly string[], taskIds: readonly string[]): Task[] {
    const store = this.store();
    if (!store) return [];
    return [
      ...serviceIds.flatMap((id) => store.tasksOfService(id)),
      ...taskIds.flatMap((id) => store.get('task', id) ?? []),
    ];
  }

  private send(to: string, kind: string, payload: unknown): void {
    this.hardware.send({ from: this.machine, to, port: MANAGER_PORT, kind, payload });
  }
}

function selectLines(container: Container, query: LogQuery): LogLine[] {
  const lines = container.logs.filter((line) => query[line.stream] && (query.since === null || line.at >= query.since));
  return query.tail === null ? lines : query.tail === 0 ? [] : lines.slice(-query.tail);
}
