/** A world for tests: daemons that answer after a while, as a table says. No machine, no swarm. */
import type { ApiReply, ApiRequest } from '../protocol/api.ts';
import type { Micros, TraceEvent } from '../protocol/events.ts';
import type { Fault, FaultResult } from '../protocol/faults.ts';
import type { CallOrigin, HostNetworkFacts, LoadOrder, NetworkCall, WorldReply } from '../protocol/network-call.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { World } from './world.ts';

interface Pending {
  at: Micros;
  run(): void;
}

/** Answer of a path: replies, each so many microseconds after the request; an empty list refuses. */
export type Answers = Record<string, { after: Micros; reply: (id: number) => ApiReply }[]>;

export const responseOf =
  (body: unknown, streaming = false) =>
  (id: number) =>
    ({ type: 'response', id, response: { status: 200, headers: {}, body, streaming } }) as const;

export class FakeWorld implements World {
  now: Micros = 0;
  epochMs = 1_767_225_600_000;
  executed = 0;
  watchedMoves = 0;
  readonly cancelled: number[] = [];
  readonly inputs: { id: number; text: string | null }[] = [];
  readonly requests: { at: Micros; host: string; path: string }[] = [];
  #answers: Answers;
  #pending: Pending[] = [];
  #replies: WorldReply[] = [];
  /** Connections that were opened; `answer` gives what comes of them. */
  readonly connections: { id: number; origin: CallOrigin; call: NetworkCall }[] = [];
  readonly closed: number[] = [];
  #nextId = 1;

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  get nextEventAt(): Micros | null {
    return this.#pending[0]?.at ?? null;
  }

  get eventHash(): string {
    return String(this.executed);
  }

  advance(until: Micros, options: { stopOnReply?: boolean; stopOnHop?: boolean } = {}): number {
    let ran = 0;
    while (this.#pending[0] && this.#pending[0].at <= until) {
      const next = this.#pending.shift()!;
      this.now = next.at;
      next.run();
      ran++;
      this.executed++;
      if (options.stopOnReply && this.#replies.length > 0) return ran;
    }
    this.now = Math.max(this.now, until);
    return ran;
  }

  request(host: string, request: ApiRequest): number {
    const id = this.#nextId++;
    this.requests.push({ at: this.now, host, path: request.path });
    const answers = this.#answers[request.path] ?? [];
    if (answers.length === 0) this.#replies.push({ type: 'refused', id });
    for (const { after, reply } of answers)
      this.#pending.push({ at: this.now + after, run: () => void this.#replies.push(reply(id)) });
    this.#pending.sort((a, b) => a.at - b.at);
    return id;
  }

  get lastEventId(): number {
    return this.executed;
  }

  /** Nobody goes back in it. */
  checkpoint(): { weight: number } {
    return { weight: 1 };
  }

  abandonClients(): void {}

  cancelRequest(id: number): void {
    this.cancelled.push(id);
  }

  requestInput(id: number, text: string | null): void {
    this.inputs.push({ id, text });
  }

  openConnection(origin: CallOrigin, call: NetworkCall): number {
    const id = this.#nextId++;
    this.connections.push({ id, origin, call });
    return id;
  }

  closeConnection(id: number): void {
    this.closed.push(id);
  }

  startLoad(_order: LoadOrder): number {
    return this.#nextId++;
  }

  stopLoad(_id: number): void {}

  /** Lets something come on a connection after a while. */
  answer(after: Micros, reply: WorldReply): void {
    this.#pending.push({ at: this.now + after, run: () => void this.#replies.push(reply) });
    this.#pending.sort((a, b) => a.at - b.at);
  }

  hostNetwork(): HostNetworkFacts {
    return { interfaces: [], nameserver: '', listening: [] };
  }

  takeReplies(): WorldReply[] {
    const replies = this.#replies;
    this.#replies = [];
    return replies;
  }

  fault(_fault: Fault): FaultResult {
    return { ok: true };
  }

  takeEvents(): TraceEvent[] {
    return [];
  }

  event(): TraceEvent | undefined {
    return undefined;
  }

  events(): Iterable<TraceEvent> {
    return [];
  }

  takePassedMessages(): [] {
    return [];
  }

  snapshot(): Snapshot {
    const { now, epochMs, executed } = this;
    return {
      now,
      epochMs,
      seed: 1,
      eventCount: executed,
      machines: [],
      nodes: [],
      services: [],
      tasks: [],
      messages: [],
      quorum: null,
      error: null,
    };
  }
}
