/**
 * Moments of a world that are kept whole, so that any moment in between can be had by playing on from the one before it. Many of
 * the last minutes, ever fewer of what is long ago, within a bound of memory.
 */
import type { EventId, Micros } from '../protocol/events.ts';
import type { Position } from './recording.ts';
import type { World, WorldCheckpoint } from './world.ts';

/** A moment that is kept. */
export interface Kept extends Position {
  readonly lastEvent: EventId;
  readonly checkpoint: WorldCheckpoint;
}

/** No two kept moments are closer than this. */
const SPACING: Micros = 5_000_000;

/** Keeping moments takes at most this share of the wall's time. */
const SHARE = 1 / 40;

/** Objects that all kept moments hold together: some 80 MB. */
const MAX_WEIGHT = 600_000;

export class History {
  /** Earliest first. */
  readonly #kept: Kept[];
  #weight: number;
  /** By the wall: not before this. */
  #notBefore = 0;

  constructor(kept: readonly Kept[] = []) {
    this.#kept = [...kept];
    this.#weight = kept.reduce((sum, { checkpoint }) => sum + checkpoint.weight, 0);
  }

  /** Keeps the world of now, if it is time to. `wallNow`: milliseconds. */
  keep(world: World, inputs: number, wallNow: () => number): void {
    const last = this.#kept.at(-1);
    if (last && world.now < last.at + SPACING) return;
    const started = wallNow();
    if (last && started < this.#notBefore) return;
    const checkpoint = world.checkpoint();
    const { now: at, executed, lastEventId: lastEvent } = world;
    this.#kept.push({ at, executed, inputs, lastEvent, checkpoint });
    this.#weight += checkpoint.weight;
    while (this.#weight > MAX_WEIGHT && this.#kept.length > 2) this.#thin();
    const ended = wallNow();
    this.#notBefore = ended + (ended - started) / SHARE;
  }

  /** The latest kept moment that is not after this time. */
  before(at: Micros): Kept {
    return this.#last((kept) => kept.at <= at);
  }

  /** The latest kept moment at which the trace had not come to this event. */
  beforeEvent(event: EventId): Kept {
    return this.#last((kept) => kept.lastEvent < event);
  }

  /** What is kept up to a position: the past of whatever begins there. */
  upTo({ executed, inputs }: Position): History {
    return new History(this.#kept.filter((kept) => kept.executed <= executed && kept.inputs <= inputs));
  }

  /** The earliest moment that can be had. */
  get first(): Kept {
    const [first] = this.#kept;
    if (!first) throw new Error('a history without a beginning');
    return first;
  }

  get size(): number {
    return this.#kept.length;
  }

  #last(isBefore: (kept: Kept) => boolean): Kept {
    return this.#kept.findLast(isBefore) ?? this.first;
  }

  /** Lets that moment go whose neighbours are closest together, for how long ago it is. The first and the last one stay. */
  #thin(): void {
    const kept = this.#kept;
    const now = kept.at(-1)!.at;
    let least = 1;
    let leastLoss = Number.POSITIVE_INFINITY;
    for (let i = 1; i < kept.length - 1; i++) {
      const loss = (kept[i + 1]!.at - kept[i - 1]!.at) / (now - kept[i]!.at + SPACING);
      if (loss < leastLoss) [least, leastLoss] = [i, loss];
    }
    const [gone] = kept.splice(least, 1);
    this.#weight -= gone!.checkpoint.weight;
  }
}
