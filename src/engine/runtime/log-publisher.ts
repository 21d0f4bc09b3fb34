/**
 * Hands in the logs of a node's tasks to whoever has subscribed to them. `swarmkit: agent/worker.go Subscribe`, `agent/agent.go Publisher`
 */
import type { Agent } from '../agent/agent.ts';
import type { Hardware } from '../hardware/hardware.ts';
import {
  type LogMessage,
  type LogOptions,
  type LogSelector,
  type LogSubscription,
  MANAGER_PORT,
} from '../manager/messages.ts';
import type { Container, LogLine } from './container.ts';
import type { Runtime } from './runtime.ts';

/** A subscription that follows. */
interface Following {
  id: string;
  selector: LogSelector;
  options: LogOptions;
}

export interface LogPublisherState {
  following: Following[];
}

export function initialLogPublisher(): LogPublisherState {
  return { following: [] };
}

export class LogPublisher {
  readonly state: LogPublisherState;
  private readonly hardware: Hardware;
  private readonly machine: string;
  private readonly runtime: Runtime;
  private readonly agent: () => Agent | null;

  constructor(
    hardware: Hardware,
    machine: string,
    state: LogPublisherState,
    runtime: Runtime,
    agent: () => Agent | null,
  ) {
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.runtime = runtime;
    this.agent = agent;
  }

  /** The broker tells of a subscription, perhaps not for the first time. */
  receive({ id, selector, options, close }: LogSubscription): void {
    const known = this.state.following.some((following) => following.id === id);
    if (close) this.state.following = this.state.following.filter((following) => following.id !== id);
    if (close || known) return;
    const messages: LogMessage[] = [];
    for (const container of this.runtime.state.containers.values())
      if (isWanted(container, selector))
        for (const line of selectLines(container, options)) messages.push(this.message(container, line));
    if (options.follow) this.state.following.push({ id, selector, options });
    this.publish(id, messages, !options.follow);
  }

  /** A container has written a line. */
  logged(container: Container, line: LogLine): void {
    for (const { id, selector, options } of this.state.following)
      if (options[line.stream] && isWanted(container, selector))
        this.publish(id, [this.message(container, line)], false);
  }

  private message({ config, taskId }: Container, line: LogLine): LogMessage {
    const { labels } = config;
    return {
      nodeId: labels[`${CONTEXT}.node.id`] ?? '',
      serviceId: labels[`${CONTEXT}.service.id`] ?? '',
      taskId: taskId ?? '',
      ...line,
    };
  }

  /** By the manager of the agent's session, which passes it on to the leader. */
  private publish(id: string, messages: readonly LogMessage[], close: boolean): void {
    const agent = this.agent();
    const to = agent?.sessionWith;
    if (!agent || !to || (messages.length === 0 && !close)) return;
    const { machine } = this;
    const payload = { origin: machine, id, nodeId: agent.state.nodeId, messages, close };
    const label = { note: String(messages.length) };
    this.hardware.send({ from: machine, to, port: MANAGER_PORT, kind: 'logs.publish', payload, label });
  }
}

const CONTEXT = 'com.docker.swarm';

function isWanted({ taskId, config }: Container, { serviceIds, taskIds }: LogSelector): boolean {
  if (taskId === null) return false;
  return taskIds.includes(taskId) || serviceIds.includes(config.labels[`${CONTEXT}.service.id`] ?? '');
}

function selectLines(container: Container, { since, tail, ...wanted }: LogOptions): LogLine[] {
  const lines = container.logs.filter((line) => wanted[line.stream] && (since === null || line.at >= since));
  return tail === null ? lines : tail === 0 ? [] : lines.slice(-tail);
}
