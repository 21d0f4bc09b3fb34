/**
 * The hand that does things to a world: puts in what steps say, carries on the conversations that commands are, and writes down
 * everything that went in, as a session that the page can play.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { ApiRequest, ApiResponse } from '../../protocol/api.ts';
import type { Micros } from '../../protocol/events.ts';
import type { Fault } from '../../protocol/faults.ts';
import type { CallOrigin, CallResult, ConnectCall, WorldReply } from '../../protocol/network-call.ts';
import type { RecordedInput, SessionInput } from '../../worker/recording.ts';
import type { Place } from '../simulation.ts';
import { type Command, type Conversation, converse } from './commands.ts';
import type { Act, Asker } from './step.ts';

/** Hears what users asked daemons and were answered. `response` null: the daemon was not there, or broke off. */
export interface ApiWitness {
  asked(id: number, host: string, request: ApiRequest): void;
  answered(id: number, response: ApiResponse | null): void;
}

interface Pending {
  conversation: Conversation | null;
  host: string;
  /** For who waits for just this answer. */
  told: ((response: ApiResponse | null) => void) | null;
}

const TIMEOUT_MS = 4000;

export class Hand {
  /** What went in, in order. */
  readonly inputs: RecordedInput[] = [];
  /** Where the world stood right after the last one. */
  lastInput: Place | null = null;
  faults = 0;
  requests = 0;
  answers = 0;
  private readonly cluster: Cluster;
  private readonly witness: ApiWitness | null;
  private readonly pending = new Map<number, Pending>();
  /** What users will ask who take their time, earliest first. */
  private readonly later: { at: Micros; send(): void }[] = [];
  private readonly calls = new Map<number, (result: CallResult) => void>();

  constructor(cluster: Cluster, witness: ApiWitness | null) {
    this.cluster = cluster;
    this.witness = witness;
  }

  perform(act: Act): void {
    switch (act.kind) {
      case 'fault':
        return this.fault(act.fault);
      case 'crash': {
        const container = this.containerOn(act.machine, act.nth);
        if (container) this.fault({ kind: 'container-crash', machine: act.machine, container, exitCode: act.exitCode });
        return;
      }
      case 'command':
        return this.command(act.host, act.command);
      case 'ask': {
        const origin = this.originOf(act.from);
        if (origin) this.ask(origin, act.target, act.path);
      }
    }
  }

  fault(fault: Fault): void {
    const { ok } = this.cluster.fault(fault);
    this.note({ kind: 'fault', fault });
    if (ok) this.faults++;
  }

  command(host: string, command: Command): void {
    const conversation = converse(command);
    this.carryOn(conversation, host, conversation.next());
  }

  /** One request to a daemon; `told` hears the answer, or null if there is none to come. */
  request(host: string, request: ApiRequest, told: ((response: ApiResponse | null) => void) | null = null): void {
    this.send(host, request, { conversation: null, host, told });
  }

  /** One connection with its question; `told` hears how it ended. */
  ask(
    origin: CallOrigin,
    target: { host: string; port: number },
    path: string,
    told: (result: CallResult) => void = () => {},
    protocol: 'tcp' | 'udp' = 'tcp',
  ): void {
    const call: ConnectCall = {
      kind: 'connect',
      target: { ...target, protocol },
      request: { protocol: 'http', method: 'GET', path, host: target.host, headers: {}, body: '' },
      timeoutMs: TIMEOUT_MS,
    };
    const id = this.cluster.openConnection(origin, call);
    this.note({ kind: 'connect', id, origin, call });
    this.calls.set(id, told);
    this.requests++;
    this.deliver();
  }

  /** Hands out what has come: conversations go on at once. */
  deliver(): void {
    for (const reply of this.cluster.takeReplies()) this.deliverOne(reply);
  }

  private deliverOne(reply: WorldReply): void {
    if (reply.type === 'answered') {
      if (reply.result.ok) this.answers++;
      this.calls.get(reply.id)?.(reply.result);
      this.calls.delete(reply.id);
      return;
    }
    const pending = this.pending.get(reply.id);
    if (!pending) return;
    if (reply.type === 'response') this.answer(reply.id, pending, reply.response);
    else if (reply.type === 'refused' || reply.type === 'end') this.answer(reply.id, pending, null);
  }

  private answer(id: number, { conversation, host, told }: Pending, response: ApiResponse | null): void {
    this.pending.delete(id);
    this.witness?.answered(id, response);
    told?.(response);
    if (conversation && response) this.carryOn(conversation, host, conversation.next(response));
  }

  private carryOn(conversation: Conversation, host: string, { done, value }: ReturnType<Conversation['next']>): void {
    if (done || !value) return;
    const send = (): void => this.send(value.host ?? host, value.request, { conversation, host, told: null });
    if (value.after === undefined) return send();
    this.later.push({ at: this.cluster.now + value.after, send });
    this.later.sort((a, b) => a.at - b.at);
  }

  /** When somebody who hesitates goes on; infinite if nobody does. */
  get due(): Micros {
    return this.later[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Lets those go on whose time has come. */
  goOn(): void {
    while (this.due <= this.cluster.now) this.later.shift()!.send();
  }

  private send(host: string, request: ApiRequest, pending: Pending): void {
    const id = this.cluster.request(host, request);
    this.note({ kind: 'request', id, host, request });
    this.pending.set(id, pending);
    this.witness?.asked(id, host, request);
  }

  private note(input: SessionInput): void {
    const { now: at, executed } = this.cluster;
    this.inputs.push({ at, after: executed, ...input });
    this.lastInput = { at, executed, hash: this.cluster.eventHash };
  }

  private originOf(from: Asker): CallOrigin | null {
    if (from.kind === 'outside') return 'outside';
    if (from.kind === 'host') return { machine: from.machine };
    const container = this.containerOn(from.machine, from.nth);
    return container === null ? null : { machine: from.machine, container };
  }

  /** The n-th running container of a machine, counted round. */
  private containerOn(machine: string, nth: number): string | null {
    const running: string[] = [];
    for (const { id, state } of this.cluster.machine(machine)?.runtime.state.containers.values() ?? [])
      if (state === 'running') running.push(id);
    return running[nth % running.length] ?? null;
  }
}
