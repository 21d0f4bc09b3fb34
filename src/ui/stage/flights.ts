/**
 * Messages on their way, and for how long each is to be seen. A message moves evenly from `departs` to `arrives` in virtual time. One that
 * is over before an eye could see it (a millisecond of network at normal speed) leaves a streak on its lane for a moment of wall time;
 * one that is dropped leaves a cross and a ghost where it was lost, for one virtual second. Where such moments follow each other so fast
 * that they would flicker, a lane has one of each kind that stays lit, half as strong.
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
/** Moments that follow each other within this time on the same lane are one that stays. */
export const STEADY_MS = 450;
/** Enough to show that much is going on; more would only be noise. */
const MOST_MOMENTS = 80;
/** Messages that can be followed are drawn whatever their number, within reason. */
const MOST_FLIGHTS = 1000;

export interface Flight {
  message: MessageView;
  shape: MessageShape;
  /** Wall time (ms) at which the page first had it; of one that stays lit, the last of its kind. */
  seenAt: number;
  /** Stays lit: another one of its kind came before it had faded. */
  steady: boolean;
}

/** What to draw of a flight at this moment. */
export type FlightState =
  | { phase: 'waiting' }
  | { phase: 'flying'; share: number; pale: number }
  /** Too short to follow: the lane is lit, so strongly (0 to 1). */
  | { phase: 'streak'; strength: number }
  /** Lost at `share` of the way. */
  | { phase: 'lost'; share: number; strength: number }
  | { phase: 'over' };

/** State of a flight at virtual time `now` and wall time `wall`, at `rate` virtual seconds per second. */
export function flightState(flight: Flight, now: Micros, wall: number, rate: number): FlightState {
  const { message } = flight;
  const { departs, arrives, dropped } = message;
  const fleeting = isFleeting(message, rate);
  if (dropped && (now >= dropped.at || fleeting)) {
    const share = shareAt(message, dropped.at);
    const age = (now - dropped.at) / LOST_MICROS;
    // Ink at first, gone in the last third.
    const strength = fleeting ? momentStrength(flight, wall) : Math.min(1, (1 - age) * 3);
    return strength > 0 ? { phase: 'lost', share, strength } : { phase: 'over' };
  }
  if (fleeting) {
    const strength = momentStrength(flight, wall);
    return strength > 0 ? { phase: 'streak', strength } : { phase: 'over' };
  }
  if (now < departs) return { phase: 'waiting' };
  if (now >= arrives) return { phase: 'over' };
  return { phase: 'flying', share: shareAt(message, now), pale: flight.shape.quiet ? 0.6 : 1 };
}

/** Is it over before an eye could follow it? Nothing is while time stands. */
function isFleeting({ departs, arrives, dropped }: MessageView, rate: number): boolean {
  const span = dropped ? LOST_MICROS : arrives - departs;
  return span / 1000 < SHORT_MS * rate;
}

function momentStrength({ seenAt, steady }: Flight, wall: number): number {
  const age = wall - seenAt;
  return steady ? Math.min(0.5, 1 - age / STEADY_MS) : Math.min(1, 1 - age / STREAK_MS);
}

function shareAt({ departs, arrives }: MessageView, at: Micros): number {
  return arrives > departs ? Math.max(0, Math.min(1, (at - departs) / (arrives - departs))) : 1;
}

/** Keeps the flights between pictures. */
export class Flights {
  readonly live = new Map<number, Flight>();
  #finished = new Set<number>();
  /** The fleeting ones by lane and kind. */
  #moments = new Map<string, Flight>();

  /** Takes the messages of a new picture: new ones begin, known ones stay until they are over. */
  take(messages: readonly MessageView[], wall: number, rate: number): void {
    const present = new Set<number>();
    for (const message of messages) {
      present.add(message.id);
      const known = this.live.get(message.id);
      if (known) known.message = message;
      else if (!this.#finished.has(message.id) && message.from !== message.to) this.#begin(message, wall, rate);
    }
    for (const id of this.#finished) if (!present.has(id)) this.#finished.delete(id);
  }

  #begin(message: MessageView, wall: number, rate: number): void {
    const flight: Flight = { message, shape: shapeOf(message), seenAt: wall, steady: false };
    if (!isFleeting(message, rate)) {
      if (this.live.size < MOST_FLIGHTS) this.live.set(message.id, flight);
      else this.#finished.add(message.id);
      return;
    }
    const key = `${message.from}>${message.to} ${message.kind} ${message.dropped !== undefined}`;
    const before = this.#moments.get(key);
    if (before) {
      this.live.delete(before.message.id);
      this.#finished.add(before.message.id);
      flight.steady = before.steady || wall > before.seenAt;
    } else if (this.#moments.size >= MOST_MOMENTS) {
      this.#finished.add(message.id);
      return;
    }
    this.#moments.set(key, flight);
    this.live.set(message.id, flight);
  }

  /** Removes what is over. Returns whether anything is left to be drawn. */
  sweep(now: Micros, wall: number, rate: number): boolean {
    for (const [id, flight] of this.live) {
      if (flightState(flight, now, wall, rate).phase !== 'over') continue;
      this.live.delete(id);
      this.#finished.add(id);
    }
    for (const [key, flight] of this.#moments) {
      if (this.live.get(flight.message.id) !== flight) this.#moments.delete(key);
    }
    return this.live.size > 0;
  }

  clear(): void {
    this.live.clear();
    this.#finished.clear();
    this.#moments.clear();
  }
}
