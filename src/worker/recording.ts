/**
 * A session as text: where the world began, and every input with its moment. Played into a fresh world, the same inputs at the
 * same moments give the same events, so this is all that a bug report or a link has to carry.
 * A moment is a virtual time and the number of events run before, because several events may share one time.
 */
import type { Micros } from '../protocol/events.ts';
import type { Fault } from '../protocol/faults.ts';
import type { LoadOrder } from '../protocol/network-call.ts';
import type { Start } from '../protocol/start.ts';
import type { World } from './world.ts';
import type { DriverInput } from './world-driver.ts';

/** What goes into a world: by programs and the browser window, and by the page itself. */
export type SessionInput =
  | DriverInput
  | { kind: 'fault'; fault: Fault }
  | { kind: 'load-start'; order: LoadOrder }
  | { kind: 'load-stop'; id: number };

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
  readonly #world: World;
  readonly #inputs: RecordedInput[] = [];
  #complete = true;

  constructor(start: Start, world: World) {
    this.#start = start;
    this.#world = world;
  }

  /** Called right after the input: the world is still at its moment. */
  note(input: SessionInput): void {
    if (this.#inputs.length >= MAX_INPUTS) {
      this.#complete = false;
      return;
    }
    this.#inputs.push({ at: this.#world.now, after: this.#world.executed, ...input });
  }

  get session(): SessionText {
    return { version: 1, start: this.#start, complete: this.#complete, inputs: [...this.#inputs] };
  }

  get text(): string {
    return JSON.stringify(this.session);
  }
}

/** Plays a session into a fresh world made from its start, and lets time pass to `until`. */
export function replaySession(session: SessionText, world: World, until: Micros): void {
  for (const input of session.inputs) {
    reach(world, input);
    if (input.kind === 'request') world.request(input.host, input.request);
    else if (input.kind === 'cancel') world.cancelRequest(input.id);
    else if (input.kind === 'input') world.requestInput(input.id, input.text);
    else if (input.kind === 'connect') world.openConnection(input.origin, input.call);
    else if (input.kind === 'disconnect') world.closeConnection(input.id);
    else if (input.kind === 'load-start') world.startLoad(input.order);
    else if (input.kind === 'load-stop') world.stopLoad(input.id);
    else world.fault(input.fault);
  }
  while (world.now < until || (world.nextEventAt ?? Number.POSITIVE_INFINITY) <= until) {
    world.advance(until, { stopOnReply: true });
    world.takeReplies();
  }
}

/** Inputs came where the world stood still: after a reply, or at a time all of whose events had run. */
function reach(world: World, moment: { at: Micros; after: number }): void {
  while (world.executed < moment.after) {
    world.advance(moment.at, { stopOnReply: true });
    world.takeReplies();
  }
  if (world.now < moment.at) world.advance(moment.at);
  world.takeReplies();
}
