/**
 * The queue of pending events: a binary heap in (time, sequence) order over a plain array, so that it can be cloned.
 * Two events of one time run in the order in which they were scheduled.
 */
import type { EventId, Micros } from '../../protocol/events.ts';

/** Something that will happen: data only, dispatched by `kind`. */
export interface PendingEvent {
  at: Micros;
  /** Order of scheduling; also the handle for `cancel`. */
  seq: number;
  kind: string;
  /** Trace event that made it happen. */
  cause: EventId;
  /** The process it belongs to, and which life of it: when that life is over, the event is void. */
  owner: string;
  life: number;
  data: unknown;
}

const before = (a: PendingEvent, b: PendingEvent): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** Adds an event to the heap. */
export function pushEvent(heap: PendingEvent[], event: PendingEvent): void {
  let i = heap.length;
  heap.push(event);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent]!;
    if (!before(event, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = event;
}

/** Takes the earliest event out of the heap. */
export function popEvent(heap: PendingEvent[]): PendingEvent | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let i = 0;
  const half = heap.length >> 1;
  while (i < half) {
    let child = 2 * i + 1;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    const below = heap[child]!;
    if (!before(below, last)) break;
    heap[i] = below;
    i = child;
  }
  heap[i] = last;
  return top;
}
