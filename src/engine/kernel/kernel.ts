/**
 * The kernel of the simulation: a queue of pending events, a virtual clock, dice, and the trace.
 * It knows no word of Swarm. All of its state is plain data, so a world can be cloned whole; what to do for an event is
 * code, registered by kind when the world is put together, never stored in the queue.
 *
 * A *process* (owner) is something that can die: every pending event belongs to one life of one owner, and is void once
 * that life has ended (`endLife`), as the timers of a machine without power are. Owners `a`, `a/b` and `a/c` are of one *group*,
 * `a`, which has a clock of its own (`setRate`) and can be held still (`freeze`).
 */
import type { EventId, Micros, ObjectRef, TraceEvent } from '../../protocol/events.ts';
import { type PendingEvent, popEvent, pushEvent } from './event-queue.ts';
import { Random, type RandomState, seedStream } from './random.ts';
import { foldExecuted, initialTrace, record, type TraceState } from './trace.ts';

/** All that the kernel remembers: plain data. */
export interface KernelState {
  now: Micros;
  seq: number;
  executed: number;
  seed: number;
  heap: PendingEvent[];
  cancelled: Set<number>;
  /** How many lives each owner has had. */
  lives: Record<string, number>;
  random: Record<string, RandomState>;
  trace: TraceState;
  /** Groups whose clocks are not true. */
  rates: Record<string, GroupRate>;
  /** Groups that are held still. */
  frozen: Record<string, FrozenGroup>;
}

interface GroupRate {
  /** Above 1 its timers end early, below 1 late. */
  rate: number;
  /** Kinds of events that keep true time. */
  except: readonly string[];
}

interface FrozenGroup {
  /** Kinds of events that go on. */
  except: readonly string[];
  /** What has come due meanwhile, in order. */
  held: PendingEvent[];
}

/** What is done for an event of one kind. `data` is what was scheduled; the type is the scheduler's and handler's own agreement. */
export type Handler = (event: PendingEvent) => void;

export function initialKernel(seed: number): KernelState {
  return {
    now: 0,
    seq: 0,
    executed: 0,
    seed,
    heap: [],
    cancelled: new Set(),
    lives: {},
    random: {},
    trace: initialTrace(),
    rates: {},
    frozen: {},
  };
}

/** The group of an owner: the part before the first slash. */
function groupOf(owner: string): string {
  const slash = owner.indexOf('/');
  return slash < 0 ? owner : owner.slice(0, slash);
}

export class Kernel {
  readonly state: KernelState;
  /** The event that everything done right now is caused by. */
  cause: EventId = 0;
  private readonly handlers = new Map<string, Handler>();
  private readonly streams = new Map<string, Random>();
  private readonly listeners: ((event: TraceEvent) => void)[] = [];
  /** Whether any group has a false clock, or is held still: spares the look-up while all is well. */
  private anyRate = false;
  private anyFrozen = false;

  constructor(state: KernelState) {
    this.state = state;
    this.noteGroups();
  }

  /** Virtual time. */
  get now(): Micros {
    return this.state.now;
  }

  /** Registers the code for a kind of event. Each kind has exactly one. */
  on(kind: string, handler: Handler): void {
    if (this.handlers.has(kind)) throw new Error(`kernel: two handlers for ${kind}`);
    this.handlers.set(kind, handler);
  }

  /** Hears every trace event as it is emitted. */
  onEvent(listener: (event: TraceEvent) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Schedules an event `delay` microseconds from now for the present life of `owner`, caused by what happens now.
   * Returns a handle for `cancel`.
   */
  schedule(delay: Micros, kind: string, owner: string, data: unknown, cause: EventId = this.cause): number {
    const { state } = this;
    const seq = ++state.seq;
    const at = state.now + Math.max(0, Math.round(this.anyRate ? this.trueDelay(delay, kind, owner) : delay));
    pushEvent(state.heap, { at, seq, kind, cause, owner, life: state.lives[owner] ?? 0, data });
    return seq;
  }

  /** Makes a scheduled event void. Harmless if it has run. */
  cancel(handle: number): void {
    if (handle > 0) this.state.cancelled.add(handle);
  }

  /** Ends the present life of an owner: all its pending events are void. */
  endLife(owner: string): void {
    this.state.lives[owner] = (this.state.lives[owner] ?? 0) + 1;
  }

  /**
   * Lets a group's timers run by a clock of its own, those under way included; 1 is true time. Kinds in `except` keep true time.
   */
  setRate(group: string, rate: number, except: readonly string[] = []): void {
    const { state } = this;
    const before = state.rates[group]?.rate ?? 1;
    const heap = state.heap.splice(0);
    for (const event of heap) {
      const mine = groupOf(event.owner) === group && !except.includes(event.kind);
      if (mine) event.at = state.now + Math.round(((event.at - state.now) * before) / rate);
      pushEvent(state.heap, event);
    }
    if (rate === 1) delete state.rates[group];
    else state.rates[group] = { rate, except };
    this.noteGroups();
  }

  /** How fast a group's clock runs. */
  rateOf(group: string): number {
    return this.state.rates[group]?.rate ?? 1;
  }

  /** Holds a group still: what comes due waits for `thaw`, but for kinds in `except`. */
  freeze(group: string, except: readonly string[] = []): void {
    this.state.frozen[group] ??= { except, held: [] };
    this.noteGroups();
  }

  isFrozen(group: string): boolean {
    return this.anyFrozen && group in this.state.frozen;
  }

  /** The group goes on: what waited happens now, in its order. */
  thaw(group: string): void {
    const held = this.state.frozen[group]?.held ?? [];
    delete this.state.frozen[group];
    this.noteGroups();
    for (const event of held) pushEvent(this.state.heap, { ...event, at: Math.max(event.at, this.state.now) });
  }

  private noteGroups(): void {
    this.anyRate = Object.keys(this.state.rates).length > 0;
    this.anyFrozen = Object.keys(this.state.frozen).length > 0;
  }

  private trueDelay(delay: Micros, kind: string, owner: string): number {
    const clock = this.state.rates[groupOf(owner)];
    return clock && !clock.except.includes(kind) ? delay / clock.rate : delay;
  }

  /** Puts an event of a frozen group aside. Returns whether it is one. */
  private hold(event: PendingEvent): boolean {
    const frozen = this.state.frozen[groupOf(event.owner)];
    if (!frozen || frozen.except.includes(event.kind)) return false;
    frozen.held.push(event);
    return true;
  }

  /** The dice for one purpose. */
  random(purpose: string): Random {
    let stream = this.streams.get(purpose);
    if (!stream) {
      const state = (this.state.random[purpose] ??= seedStream(this.state.seed, purpose));
      stream = new Random(state);
      this.streams.set(purpose, stream);
    }
    return stream;
  }

  /** Records that something happened, caused by what is going on now. Returns its id. */
  emit(
    kind: string,
    machine: string | undefined,
    objects: ObjectRef[],
    facts?: Readonly<Record<string, unknown>>,
    cause: EventId = this.cause,
  ): EventId {
    const event = record(this.state.trace, this.state.now, kind, cause, machine, objects, facts);
    for (const listener of this.listeners) listener(event);
    return event.id;
  }

  /** As `emit`, and all that follows while this queue event is handled is caused by it. */
  begin(
    kind: string,
    machine: string | undefined,
    objects: ObjectRef[],
    facts?: Readonly<Record<string, unknown>>,
    cause: EventId = this.cause,
  ): EventId {
    this.cause = this.emit(kind, machine, objects, facts, cause);
    return this.cause;
  }

  /** Runs `work` with another cause in force. */
  because<T>(cause: EventId, work: () => T): T {
    const outer = this.cause;
    this.cause = cause;
    try {
      return work();
    } finally {
      this.cause = outer;
    }
  }

  /** When the next event is due, or null if none is. */
  get nextEventAt(): Micros | null {
    this.dropVoid();
    return this.state.heap[0]?.at ?? null;
  }

  /** Runs the next event if it is due at or before `until`. Returns whether it did. */
  runNext(until: Micros): boolean {
    this.dropVoid();
    const { state } = this;
    const next = state.heap[0];
    if (!next || next.at > until) return false;
    popEvent(state.heap);
    state.now = next.at;
    state.executed++;
    foldExecuted(state.trace, next.at, next.seq, next.kind.length);
    const handler = this.handlers.get(next.kind);
    if (!handler) throw new Error(`kernel: no handler for ${next.kind}`);
    this.cause = next.cause;
    handler(next);
    this.cause = 0;
    return true;
  }

  /** Lets time pass without an event. */
  passTo(time: Micros): void {
    if (time > this.state.now) this.state.now = time;
  }

  private dropVoid(): void {
    const { state } = this;
    for (;;) {
      const next = state.heap[0];
      if (!next) return;
      if (state.cancelled.size > 0 && state.cancelled.delete(next.seq)) popEvent(state.heap);
      else if ((state.lives[next.owner] ?? 0) !== next.life) popEvent(state.heap);
      else if (this.anyFrozen && this.hold(next)) popEvent(state.heap);
      else return;
    }
  }
}
