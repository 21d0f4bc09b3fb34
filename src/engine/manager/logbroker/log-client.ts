/**
 * A manager's daemon as a client of the leader's log broker. `moby: daemon/cluster/services.go ServiceLogs`
 */
import type { Micros } from '../../../protocol/events.ts';
import type { Envelope, Hardware } from '../../hardware/hardware.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { seconds } from '../../kernel/time.ts';
import { NO_LEADER } from '../manager.ts';
import {
  type LogMessage,
  type LogMessages,
  type LogOptions,
  type LogSelector,
  type LogsEnd,
  MANAGER_PORT,
} from '../messages.ts';

export interface LogClientState {
  /** Machine of the leader that was asked, by token. */
  asked: Record<string, string>;
}

/** How soon it is seen that the leader who was asked leads no more. Simplified: the connection there breaks by itself. */
const LEADER_CHECK: Micros = seconds(2);
const LEADER_GONE = 'rpc error: code = Canceled desc = context canceled';

export function initialLogClient(): LogClientState {
  return { asked: {} };
}

export class LogClient {
  readonly state: LogClientState;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly machine: string;
  private readonly leader: () => string | null;
  private readonly out: {
    line(token: string, message: LogMessage): void;
    /** No more lines; `error`: why not all. */
    end(token: string, error: string | null): void;
  };

  constructor(
    kernel: Kernel,
    hardware: Hardware,
    machine: string,
    state: LogClientState,
    leader: () => string | null,
    out: LogClient['out'],
  ) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.leader = leader;
    this.out = out;
  }

  subscribe(token: string, { serviceIds, taskIds, ...options }: LogSelector & LogOptions): void {
    const leader = this.leader();
    if (leader === null) return this.out.end(token, `rpc error: code = Unknown desc = ${NO_LEADER.message}`);
    this.state.asked[token] = leader;
    this.send(leader, 'logs.subscribe', { id: token, selector: { serviceIds, taskIds }, options });
    this.check(token);
  }

  unsubscribe(token: string): void {
    const leader = this.state.asked[token];
    delete this.state.asked[token];
    if (leader !== undefined) this.send(leader, 'logs.cancel', { id: token });
  }

  /** Is the leader still the one that was asked? */
  timeout(token: string): void {
    const asked = this.state.asked[token];
    if (asked === undefined) return;
    if (this.leader() === asked) return this.check(token);
    this.end(token, LEADER_GONE);
  }

  receive(envelope: Envelope): void {
    if (envelope.kind === 'logs.messages') {
      const { id, messages } = envelope.payload as LogMessages;
      if (this.state.asked[id] !== undefined) for (const message of messages) this.out.line(id, message);
    } else {
      const { id, error } = envelope.payload as LogsEnd;
      if (this.state.asked[id] !== undefined) this.end(id, error);
    }
  }

  private end(token: string, error: string | null): void {
    delete this.state.asked[token];
    this.out.end(token, error);
  }

  private check(token: string): void {
    this.kernel.schedule(LEADER_CHECK, 'logs.timeout', this.machine, { machine: this.machine, token });
  }

  private send(to: string, kind: string, payload: Readonly<Record<string, unknown>>): void {
    const { machine } = this;
    this.hardware.send({ from: machine, to, port: MANAGER_PORT, kind, payload: { origin: machine, ...payload } });
  }
}
