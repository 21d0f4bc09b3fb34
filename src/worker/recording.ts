/**
 * A session as text: where the world began, and every input with its moment. Played into a fresh world, the same inputs at the
 * same moments give the same events, so this is all that a bug report or a link has to carry.
 * A moment is a virtual time and the number of events run before, because several events may share one time.
 */
import type { EventId, Micros, TraceEvent } from '../protocol/events.ts';
import type { LoadOrder } from '../protocol/network-call.ts';
import type { Start } from '../protocol/start.ts';
import type { AdvanceOptions, World } from './world.ts';
import type { DriverInput } from './world-driver.ts';

/** What goes into a world: by programs and the browser window, and by the page itself. */
export type SessionInput =
  | DriverInput
  | { kind: 'load-start'; order: LoadOrder }
  | { kind: 'load-stop'; id: number }
  /** Somebody acts at an earlier moment: whoever waited for an answer then is no longer there. */
  | { kind: 'abandon' };

export type RecordedInput = { at: Micros; after: number } & SessionInput;

/** What is saved. */
export interface SessionText {
  version: 1;
  start: Start;
  /** False if there were more inputs than are kept. */
  complete: boolean;
  inputs: RecordedInput[];
}

/** `watch` in a few terminals makes some ten inputs a second; this is an hour of that. */
const MAX_INPUTS = 50_000;

/** Notes inputs as they go in. */
export class SessionRecording {
  readonly #start: Start;
  readonly #inputs: RecordedInput[];
  #complete: boolean;

  constructor(start: Start, inputs: readonly RecordedInput[] = [], complete = true) {
    this.#start = start;
    this.#inputs = [...inputs];
    this.#complete = complete;
  }

  /** Called right after the input: the world is still at its moment. */
  note(world: Pick<World, 'now' | 'executed'>, input: SessionInput): void {
    if (this.#inputs.length >= MAX_INPUTS) {
      this.#complete = false;
      return;
    }
    this.#inputs.push({ at: world.now, after: world.executed, ...input });
  }

  /** In the order in which they went in. */
  get inputs(): readonly RecordedInput[] {
    return this.#inputs;
  }

  /** False if there were more inputs than are kept: what came after them cannot be played again. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Another recording, of the first so many inputs. */
  fork(inputs: number): SessionRecording {
    return new SessionRecording(this.#start, this.#inputs.slice(0, inputs), this.#complete);
  }

  get session(): SessionText {
    return { version: 1, start: this.#start, complete: this.#complete, inputs: [...this.#inputs] };
  }

  get text(): string {
    return JSON.stringify(this.session);
  }
}

/** Puts an input into a world. */
export function applyInput(world: World, input: SessionInput): void {
  switch (input.kind) {
    case 'request':
      world.request(input.host, input.request);
      return;
    case 'cancel':
      return world.cancelRequest(input.id);
    case 'input':
      return world.requestInput(input.id, input.text);
    case 'connect':
      world.openConnection(input.origin, input.call);
      return;
    case 'disconnect':
      return world.closeConnection(input.id);
    case 'load-start':
      world.startLoad(input.order);
      return;
    case 'load-stop':
      return world.stopLoad(input.id);
    case 'fault':
      world.fault(input.fault);
      return;
    case 'abandon':
      return world.abandonClients();
  }
}

/** Plays a session into a fresh world made from its start, and lets time pass to `until`. */
export function replaySession(session: SessionText, world: World, until: Micros): void {
  new Replayer(world, session.inputs).playTo(until);
}

/** Exactly one moment of a recorded world: so many queue events have run and so many inputs gone in, and it is this late. */
export interface Position {
  readonly at: Micros;
  readonly executed: number;
  readonly inputs: number;
}

/** Plays recorded inputs into a world that is as it was before them. */
export class Replayer {
  readonly world: World;
  readonly #inputs: readonly RecordedInput[];
  #next: number;

  /** `next`: the first input that the world has not had yet. `inputs` may grow while it plays. */
  constructor(world: World, inputs: readonly RecordedInput[], next = 0) {
    this.world = world;
    this.#inputs = inputs;
    this.#next = next;
  }

  get position(): Position {
    return { at: this.world.now, executed: this.world.executed, inputs: this.#next };
  }

  /**
   * All that happens up to and including `until`; with `stopOnHop` only until a watched packet has moved, with `stopOn` until an event
   * of which that says yes.
   */
  playTo(until: Micros, { stopOnHop = false, stopOn }: Pick<AdvanceOptions, 'stopOnHop' | 'stopOn'> = {}): void {
    const { world } = this;
    const { watchedMoves } = world;
    let isThere = false;
    const options: AdvanceOptions = {
      stopOnHop,
      ...(stopOn && {
        stopOn: (event: TraceEvent) => {
          isThere ||= stopOn(event);
          return isThere;
        },
      }),
    };
    const hasStopped = (): boolean => isThere || (stopOnHop && world.watchedMoves !== watchedMoves);
    while (!hasStopped() && this.#stepInput(until, options));
    if (!hasStopped()) world.advance(until, options);
    world.takeReplies();
  }

  /** To right after the trace has this event, or to the end of what is known until `until`. */
  playToEvent(event: EventId, until: Micros): void {
    while (this.world.lastEventId < event && this.#stepInput(until, { untilEvent: event }));
    if (this.world.lastEventId < event) this.world.advance(until, { untilEvent: event });
    this.world.takeReplies();
  }

  /** One thing: a queue event, or the time of an input, or that input. False: nothing more happens until then, and it is that late now. */
  step(until: Micros): boolean {
    const input = this.#inputs[this.#next];
    const { world } = this;
    const before = world.executed;
    if (!input || input.at > until) world.advance(until, { limit: 1 });
    else if (before < input.after) world.advance(input.at, { limit: 1 });
    else if (world.now < input.at) {
      world.advance(input.at);
      return true;
    } else {
      this.#put(input);
      return true;
    }
    world.takeReplies();
    return world.executed > before;
  }

  /** To exactly this moment, which must be one that was. */
  playToPosition({ at, executed, inputs }: Position): void {
    while (this.#next < inputs && this.#stepInput(at));
    if (this.world.executed < executed) this.world.advance(at, { limit: executed - this.world.executed });
    if (this.world.now < at) this.world.advance(at);
    this.world.takeReplies();
  }

  /** Up to the next input and with it. False: it comes later than `until`, or something came first at which to stop. */
  #stepInput(until: Micros, options: AdvanceOptions = {}): boolean {
    const input = this.#inputs[this.#next];
    if (!input || input.at > until) return false;
    const { world } = this;
    if (world.executed < input.after) world.advance(input.at, { ...options, limit: input.after - world.executed });
    world.takeReplies();
    if (world.executed < input.after || world.lastEventId >= (options.untilEvent ?? Number.POSITIVE_INFINITY))
      return false;
    this.#put(input);
    return true;
  }

  #put(input: RecordedInput): void {
    const { world } = this;
    // Inputs came where the world stood still: between two events, or at a time all of whose events had run.
    if (world.now < input.at) world.advance(input.at);
    applyInput(world, input);
    this.#next++;
    world.takeReplies();
  }
}
