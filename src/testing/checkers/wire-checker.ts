/**
 * N7, N8, S14 on the wire: what managers tell agents and what agents report, message by message. A secret or config goes only to a
 * node with a task that needs it, and is there before that task is prepared; a task goes to its own node; a removed node gets no
 * session; a certificate says the role that the store has. Source: `design/task_model.md`, `manager/dispatcher`.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Envelope } from '../../engine/hardware/hardware.ts';
import type { Machine } from '../../engine/machine.ts';
import type { Assignments, CertificateReply, SessionMessage, StatusRequest } from '../../engine/manager/messages.ts';
import type { Task } from '../../engine/store/objects.ts';
import type { CommittedHistory } from './committed-history.ts';
import { broken } from './task-checker.ts';
import { Violation } from './violation.ts';

const PREPARING = 320;
const RUNNING = 512;

export class WireChecker {
  private readonly cluster: Cluster;
  private readonly history: CommittedHistory;
  private nextMessage: number;

  constructor(cluster: Cluster, history: CommittedHistory) {
    this.cluster = cluster;
    this.history = history;
    this.nextMessage = cluster.hardware.state.nextMessage;
  }

  /** To be called after every event. */
  observe(): void {
    const { state } = this.cluster.hardware;
    for (; this.nextMessage < state.nextMessage; this.nextMessage++) {
      const envelope = state.inFlight.get(this.nextMessage);
      if (envelope) this.look(envelope);
    }
  }

  private look({ kind, from, to, payload }: Envelope): void {
    if (kind.startsWith('relay.')) {
      const inner = payload as { to: string; payload: unknown };
      this.told(kind.slice('relay.'.length), from, inner.to, inner.payload);
    } else if (kind === 'dispatcher.status') this.reported(from, payload as StatusRequest);
    else if (kind === 'dispatcher.assignments' || kind === 'dispatcher.session-message' || kind === 'ca.reply')
      this.told(kind, from, to, payload);
  }

  // ---- what managers tell

  private told(kind: string, from: string, to: string, payload: unknown): void {
    const manager = this.cluster.machine(from);
    // Whoever only passes it on has nothing to answer for.
    if (!manager?.swarm.state.manager?.leading) return;
    if (kind === 'dispatcher.assignments') this.assigned(manager, to, payload as Assignments);
    else if (kind === 'dispatcher.session-message') this.session(manager, to, payload as SessionMessage);
    else if (kind === 'ca.reply') this.certified(manager, payload as CertificateReply);
  }

  private assigned(manager: Machine, to: string, { changes, sessionId }: Assignments): void {
    const nodeId = this.nodeOfSession(manager, sessionId);
    if (nodeId === null) throw new Violation('N8 sessions', `${to} is given tasks in a session that is not known`);
    const { tables } = manager.swarm.state.manager!.store;
    if (!tables.node.has(nodeId)) throw new Violation('N8 sessions', `${to} is given tasks, its node was removed`);
    let needed: Set<string> | null = null;
    for (const change of changes) {
      if (change.action === 'remove') continue;
      if ('task' in change) {
        if (change.task.nodeId !== nodeId) throw broken('S14 tasks go to their node', change.task, `is sent to ${to}`);
        continue;
      }
      const file = 'secret' in change ? change.secret : change.config;
      needed ??= filesNeeded(tables.task.values(), nodeId);
      if (!needed.has(file.id))
        throw new Violation(
          'N7 files only where needed',
          `${to} is sent ${file.kind} ${file.spec.annotations.name}, which no task there needs`,
        );
    }
  }

  private nodeOfSession(manager: Machine, sessionId: string): string | null {
    const dispatcher = manager.swarm.state.manager!.leading!.subsystems.dispatcher as
      | { sessions: Record<string, { id: string }> }
      | undefined;
    for (const nodeId in dispatcher?.sessions) if (dispatcher.sessions[nodeId]!.id === sessionId) return nodeId;
    return null;
  }

  private session(manager: Machine, to: string, { node, first }: SessionMessage): void {
    const stored = manager.swarm.state.manager!.store.tables.node.get(node.id);
    if (!stored) throw new Violation('N8 sessions', `${to} is given a session, its node was removed`);
    if (first && stored.role !== node.role)
      throw new Violation('N8 sessions', `${to} is told that it is a ${node.role}`);
  }

  private certified(manager: Machine, reply: CertificateReply): void {
    if (!reply.ok) return;
    const node = manager.swarm.state.manager!.store.tables.node.get(reply.nodeId);
    if (!node) throw new Violation('N8 certificates', `a certificate is given to ${reply.nodeId}, which was removed`);
    if (node.certificate.role !== reply.role)
      throw new Violation('N8 certificates', `${node.description?.hostname} gets a certificate as ${reply.role}`);
  }

  // ---- what agents report

  private reported(from: string, { updates }: StatusRequest): void {
    const machine = this.cluster.machine(from);
    const agent = machine?.swarm.state.agent;
    if (!machine || !agent) return;
    for (const { taskId, status } of updates) {
      const run = agent.tasks[taskId];
      const task = run?.task;
      // Of one that is being taken away the files may be gone already.
      if (!task || run.removing || status.state < PREPARING || status.state > RUNNING || task.desiredState > RUNNING)
        continue;
      const { secrets, configs } = task.spec.container;
      // A rollback may ask for files that were deleted meanwhile.
      const { tables } = this.history;
      const missing =
        secrets.find(({ id }) => tables.secret.has(id) && !agent.secrets[id])?.name ??
        configs.find(({ id }) => tables.config.has(id) && !agent.configs[id])?.name;
      if (missing !== undefined)
        throw broken('N7 files before tasks', task, `is prepared on ${from}, where ${missing} is not`);
      if (status.state === RUNNING && agent.tasks[taskId]!.status.state === RUNNING)
        this.checkInterfaces(machine, task);
    }
  }

  private checkInterfaces({ name, network }: Machine, task: Task): void {
    for (const sandbox of network.state.sandboxes.values()) {
      if (sandbox.task !== task.id) continue;
      for (const { networkId, addresses } of task.networks) {
        const [address] = addresses;
        if (address === undefined) continue;
        const made = sandbox.interfaces.find((one) => one.network === networkId);
        if (made?.address !== address.split('/')[0])
          throw broken('N7 networks before tasks', task, `runs on ${name} without its address ${address}`);
      }
    }
  }
}

/** Ids of secrets and configs that tasks of a node need, until they have ended. */
export function filesNeeded(tasks: Iterable<Task>, nodeId: string): Set<string> {
  const needed = new Set<string>();
  for (const task of tasks) {
    if (task.nodeId !== nodeId || task.status.state > RUNNING) continue;
    for (const { id } of task.spec.container.secrets) needed.add(id);
    for (const { id } of task.spec.container.configs) needed.add(id);
  }
  return needed;
}
