/**
 * Messages on their way, and for how long each is to be seen. A message moves evenly from `departs` to `arrives` in virtual time. One that
 * is over before an eye could see it (a millisecond of network at normal speed) leaves a streak on its lane for a moment of wall time;
 * one that is dropped leaves a cross and a ghost where it was lost, for one virtual second.
 */
import type { Micros } from '../../protocol/events.ts';
import type { MessageView } from '../../protocol/snapshot.ts';
import { type MessageShape, shapeOf } from './message-shapes.ts';

/** How long a lost message stays visible, in virtual time. */
export const LOST_MICROS: Micros = 1_000_000;
/** A flight shorter than this on the wall clock is drawn as a streak ... */
const SHORT_MS = 120;
/** ... that fades within this time. */
export const STREAK_MS = 220;
/** Enough to show that much is going on; more would only be noise. */
const MOST_STREAKS = 240;

export interface Flight {
  message: MessageView;
  shape: MessageShape;
  /** Wall time (ms) at which the page first had it. */
  seenAt: number;
}

/** What to draw of a flight at this moment. */
export type FlightState =
  | { phase: 'waiting' }
  | { phase: 'flying'; share: number; pale: number }
  /** Too short to follow: the lane is lit and fades. */
  | { phase: 'streak'; fade: number }
  /** Lost at `share` of the way; `age` 0 to 1 of the ghost's life. */
  | { phase: 'lost'; share: number; age: number }
  | { phase: 'over' };

/** State of a flight at virtual time `now` and wall time `wall`, at `rate` virtual seconds per second. */
export function flightState(flight: Flight, now: Micros, wall: number, rate: number): FlightState {
  const { departs, arrives, dropped } = flight.message;
  const short = (arrives - departs) / 1000 / Math.max(rate, 1e-9) < SHORT_MS;
  if (dropped && now >= dropped.at) {
    const age = (now - dropped.at) / LOST_MICROS;
    return age < 1 ? { phase: 'lost', share: shareAt(flight.message, dropped.at), age } : { phase: 'over' };
  }
  if (short && !dropped) {
    const age = (wall - flight.seenAt) / STREAK_MS;
    return age < 1 ? { phase: 'streak', fade: Math.max(0, age) } : { phase: 'over' };
  }
  if (now < departs) return { phase: 'waiting' };
  if (now >= arrives) return { phase: 'over' };
  return { phase: 'flying', share: shareAt(flight.message, now), pale: flight.shape.quiet ? 0.6 : 1 };
}

function shareAt({ departs, arrives }: MessageView, at: Micros): number {
  return arrives > departs ? Math.max(0, Math.min(1, (at - departs) / (arrives - departs))) : 1;
}

/** Keeps the flights between pictures. */
export class Flights {
  readonly live = new Map<number, Flight>();
  #finished = new Set<number>();

  /** Takes the messages of a new picture: new ones begin, known ones stay until they are over. */
  take(messages: readonly MessageView[], wall: number): void {
    const present = new Set<number>();
    for (const message of messages) {
      present.add(message.id);
      const known = this.live.get(message.id);
      if (known) known.message = message;
      else if (!this.#finished.has(message.id) && message.from !== message.to) {
        this.live.set(message.id, { message, shape: shapeOf(message), seenAt: wall });
      }
    }
    for (const id of this.#finished) if (!present.has(id)) this.#finished.delete(id);
    this.#bound();
  }

  /** Removes what is over. Returns whether anything is left to be drawn. */
  sweep(now: Micros, wall: number, rate: number): boolean {
    for (const [id, flight] of this.live) {
      if (flightState(flight, now, wall, rate).phase !== 'over') continue;
      this.live.delete(id);
      this.#finished.add(id);
    }
    return this.live.size > 0;
  }

  clear(): void {
    this.live.clear();
    this.#finished.clear();
  }

  #bound(): void {
    let excess = this.live.size - 4 * MOST_STREAKS;
    for (const id of this.live.keys()) {
      if (excess-- <= 0) return;
      this.live.delete(id);
      this.#finished.add(id);
    }
  }
}
