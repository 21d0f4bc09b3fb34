/**
 * Makes programs and the world share one virtual time. Programs wait for answers of daemons and for their clock; the driver
 * advances the world to whichever comes first, delivers it, lets the programs act on it, and only then goes on. So a command
 * sends its next request at the very moment the last answer came, however fast the world is being played.
 */
import type { ApiChunk, ApiClient, ApiReply, ApiRequest, ApiResponse, CancelSignal } from '../protocol/api.ts';
import { ConnectionError, StreamError, type VirtualClock } from '../protocol/api.ts';
import type { Micros } from '../protocol/events.ts';
import type { Fault, FaultResult } from '../protocol/faults.ts';
import type {
  CallOrigin,
  CallResult,
  LookUpResult,
  NetworkCall,
  NetworkClient,
  NetworkReply,
  WorldReply,
} from '../protocol/network-call.ts';
import type { AdvanceOptions, World } from './world.ts';

/** What programs put into the world. `id` is the request's. */
export type DriverInput =
  | { kind: 'request'; id: number; host: string; request: ApiRequest }
  | { kind: 'cancel'; id: number }
  | { kind: 'input'; id: number; text: string | null }
  | { kind: 'connect'; id: number; origin: CallOrigin; call: NetworkCall }
  | { kind: 'disconnect'; id: number }
  | { kind: 'fault'; fault: Fault };

export interface WorldDriverOptions {
  /** A turn of the platform's event loop, after which every promise that could go on has gone on. */
  turn(): Promise<void>;
  /** A program is about to put something into the world, which may not be the one it is in (`rebind`). */
  beforeInput?(): void;
  /** Told of everything that programs put into the world. */
  onInput?(input: DriverInput): void;
}

interface Waiting {
  resolve(response: ApiResponse): void;
  reject(error: Error): void;
  stream: { onChunk(chunk: ApiChunk): void; resolve(): void; reject(error: Error): void } | null;
}

/** Who waits for what comes of a connection or a look-up. */
interface Listening {
  answered(result: CallResult): void;
  lookedUp(result: LookUpResult): void;
  pushed(body: string): void;
  closed(): void;
  /** More may come after the answer. */
  hold: boolean;
}

interface Timer {
  at: Micros;
  fire(): void;
}

export class WorldDriver {
  /** The world stops right after an event of which this says yes; `stop` is then asked whether to go on. */
  stopOn: AdvanceOptions['stopOn'] | undefined;
  #world: World;
  readonly clock: Required<VirtualClock>;
  /** The question whether to stop is asked after every move of a watched packet, too. */
  stopOnHop = false;
  #options: WorldDriverOptions;
  #waiting = new Map<number, Waiting>();
  #listening = new Map<number, Listening>();
  /** Earliest first; equal times in the order they were set. */
  #timers: Timer[] = [];
  /** Something was delivered that programs have not acted on yet. */
  #delivered = false;
  #advancing = false;
  /** Work of the wall that the world waits for. */
  readonly #held = new Set<Promise<unknown>>();

  constructor(world: World, options: WorldDriverOptions) {
    this.#world = world;
    this.#options = options;
    this.clock = {
      now: () => world.epochMs + world.now / 1000,
      sleep: (ms, signal) => this.#sleep(ms, signal),
      standStillFor: (work) => this.#standStillFor(work),
    };
  }

  /** The world that programs are in. */
  get world(): World {
    return this.#world;
  }

  /**
   * Puts programs into another world: the same one at another moment. What they waited for there is refused; sleepers sleep on for
   * as long as they still had to.
   */
  rebind(world: World): void {
    const later = world.now - this.#world.now;
    this.#world = world;
    for (const timer of this.#timers) timer.at += later;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const one of waiting) this.#refuse(one, 'time has been turned back');
    const listening = [...this.#listening.values()];
    this.#listening.clear();
    for (const one of listening) {
      one.answered(TURNED_BACK);
      one.lookedUp({ ok: false, name: '', reason: 'no answer' });
      one.closed();
    }
    this.#delivered = true;
  }

  /** A connection to one host's daemon. */
  client(host: string): ApiClient {
    return {
      request: (request) =>
        new Promise((resolve, reject) => this.#send(host, request, { resolve, reject, stream: null })),
      stream: (request, onChunk) => this.#stream(host, request, onChunk),
    };
  }

  /** A program acts on a machine itself (`docker-machine stop`). */
  fault(fault: Fault): FaultResult {
    this.#options.beforeInput?.();
    const result = this.world.fault(fault);
    if (result.ok) this.#options.onInput?.({ kind: 'fault', fault });
    this.#delivered = true;
    return result;
  }

  /** The network of one host, or of a client outside the cluster. */
  network(origin: CallOrigin): NetworkClient {
    return {
      connect: (call, onPushed) => this.#connect(origin, call, onPushed),
      lookUp: (name) =>
        new Promise((resolve) => {
          this.#open(origin, { kind: 'look-up', name }, { ...DEAF, lookedUp: resolve });
        }),
      facts: () =>
        origin === 'outside'
          ? { interfaces: [], nameserver: '', listening: [] }
          : this.world.hostNetwork(origin.machine),
    };
  }

  /** Says that programs got something from outside (a key, a command), so that they act before time passes. */
  touch(): void {
    this.#delivered = true;
  }

  /** True if a program waits for an answer or for its clock. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0 || this.#listening.size > 0 || this.#timers.length > 0;
  }

  /**
   * Lets time pass to `until`, or until `stop` says so (asked after each delivery and each slice). Returns the number of events.
   * `sliceMicros` bounds what happens between two questions.
   */
  async advance(until: Micros, stop?: () => boolean, sliceMicros = Number.POSITIVE_INFINITY): Promise<number> {
    if (this.#advancing) throw new Error('the world is already being advanced');
    this.#advancing = true;
    try {
      return await this.#advance(until, stop, sliceMicros);
    } finally {
      this.#advancing = false;
    }
  }

  async #advance(until: Micros, stop: (() => boolean) | undefined, sliceMicros: number): Promise<number> {
    const { world } = this;
    let events = 0;
    for (;;) {
      this.#deliver();
      while (this.#delivered || this.#held.size > 0) {
        this.#delivered = false;
        await Promise.allSettled(this.#held);
        await this.#options.turn();
        this.#deliver();
      }
      if (world !== this.#world || world.now >= until || stop?.()) return events;
      const target = Math.min(until, this.#timers[0]?.at ?? until, world.now + sliceMicros);
      const stopOnReply = this.#waiting.size > 0 || this.#listening.size > 0;
      const { stopOnHop, stopOn } = this;
      events += world.advance(target, { stopOnReply, stopOnHop, ...(stopOn && { stopOn }) });
    }
  }

  /** Advances as far as it takes for `promise` to settle, at most to `limit`. True if it has settled. */
  async settle(promise: Promise<unknown>, limit: Micros): Promise<boolean> {
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    promise.then(note, note);
    this.touch();
    await this.advance(limit, () => settled);
    return settled;
  }

  // --- answers ------------------------------------------------------------------------------------------------------------

  #send(host: string, request: ApiRequest, waiting: Waiting): number {
    this.#options.beforeInput?.();
    const id = this.world.request(host, request);
    this.#options.onInput?.({ kind: 'request', id, host, request });
    this.#waiting.set(id, waiting);
    // A refusal is there at once.
    this.#delivered = true;
    return id;
  }

  #open(origin: CallOrigin, call: NetworkCall, listening: Listening): number {
    this.#options.beforeInput?.();
    const id = this.world.openConnection(origin, call);
    this.#options.onInput?.({ kind: 'connect', id, origin, call });
    this.#listening.set(id, listening);
    // A machine without power is refused at once.
    this.#delivered = true;
    return id;
  }

  #connect(
    origin: CallOrigin,
    call: Extract<NetworkCall, { kind: 'connect' }>,
    onPushed: (body: string) => void = () => {},
  ): ReturnType<NetworkClient['connect']> {
    let id = 0;
    let end: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      end = resolve;
    });
    const result = new Promise<CallResult>((resolve) => {
      id = this.#open(origin, call, {
        ...DEAF,
        answered: resolve,
        pushed: onPushed,
        closed: end,
        hold: call.hold ?? false,
      });
    });
    const close = (): void => {
      if (!this.#listening.delete(id)) return;
      this.world.closeConnection(id);
      this.#options.onInput?.({ kind: 'disconnect', id });
      end();
    };
    return { result, closed, close };
  }

  #deliverNetwork(reply: NetworkReply, listening: Listening): void {
    this.#delivered = true;
    switch (reply.type) {
      case 'answered':
        listening.answered(reply.result);
        if (listening.hold && reply.result.ok) return;
        listening.closed();
        break;
      case 'looked-up':
        listening.lookedUp(reply.result);
        break;
      case 'pushed':
        listening.pushed(reply.body);
        return;
      case 'closed':
        listening.closed();
        break;
    }
    this.#listening.delete(reply.id);
  }

  #stream(host: string, request: ApiRequest, onChunk: (chunk: ApiChunk) => void): ReturnType<ApiClient['stream']> {
    let id = 0;
    let finish: () => void = () => {};
    let fail: (error: Error) => void = () => {};
    const done = new Promise<void>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
    const response = new Promise<ApiResponse>((resolve, reject) => {
      id = this.#send(host, request, { resolve, reject, stream: { onChunk, resolve: finish, reject: fail } });
    });
    const cancel = (): void => {
      if (!this.#waiting.delete(id)) return;
      this.world.cancelRequest(id);
      this.#options.onInput?.({ kind: 'cancel', id });
      finish();
    };
    const send = (text: string | null): void => {
      if (!this.#waiting.has(id)) return;
      this.world.requestInput(id, text);
      this.#options.onInput?.({ kind: 'input', id, text });
      this.#delivered = true;
    };
    return { response, done, cancel, send };
  }

  /** Hands out what has come: answers, and timers whose time it is. */
  #deliver(): void {
    for (const reply of this.world.takeReplies()) {
      if (isOfNetwork(reply)) {
        const listening = this.#listening.get(reply.id);
        if (listening) this.#deliverNetwork(reply, listening);
        continue;
      }
      const waiting = this.#waiting.get(reply.id);
      // Whoever gave up waiting is no longer listed.
      if (waiting) this.#deliverReply(reply, waiting);
    }
    while (this.#timers.length > 0 && this.#timers[0]!.at <= this.world.now) {
      this.#delivered = true;
      this.#timers.shift()!.fire();
    }
  }

  #deliverReply(reply: ApiReply, waiting: Waiting): void {
    this.#delivered = true;
    const { stream } = waiting;
    switch (reply.type) {
      case 'response':
        waiting.resolve(reply.response);
        if (reply.response.streaming) return;
        stream?.resolve();
        break;
      case 'chunk':
        stream?.onChunk(reply.chunk);
        return;
      case 'end':
        if (reply.error === undefined) stream?.resolve();
        else stream?.reject(new StreamError(reply.error));
        break;
      case 'refused':
        this.#refuse(waiting, 'the daemon does not answer');
        break;
    }
    this.#waiting.delete(reply.id);
  }

  #refuse(waiting: Waiting, message: string): void {
    const error = new ConnectionError(message);
    waiting.reject(error);
    waiting.stream?.reject(error);
  }

  // --- the clock ------------------------------------------------------------------------------------------------------------

  async #standStillFor<T>(work: Promise<T>): Promise<T> {
    this.#held.add(work);
    try {
      return await work;
    } finally {
      this.#held.delete(work);
      this.#delivered = true;
    }
  }

  #sleep(ms: number, signal?: CancelSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer: Timer = { at: this.world.now + Math.max(0, Math.round(ms * 1000)), fire: () => end() };
      const cancel = (): void => {
        this.#timers.splice(this.#timers.indexOf(timer), 1);
        this.#delivered = true;
        end();
      };
      const end = (): void => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      const later = this.#timers.findIndex((other) => other.at > timer.at);
      this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
      signal?.addEventListener('abort', cancel);
    });
  }
}

const TURNED_BACK: CallResult = {
  ok: false,
  reason: 'connection reset',
  remote: null,
  connected: false,
  flow: 0,
  tookMs: 0,
};

const DEAF: Listening = { answered: () => {}, lookedUp: () => {}, pushed: () => {}, closed: () => {}, hold: false };

function isOfNetwork(reply: WorldReply): reply is NetworkReply {
  return reply.type === 'answered' || reply.type === 'looked-up' || reply.type === 'pushed' || reply.type === 'closed';
}
