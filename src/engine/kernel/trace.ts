/**
 * The trace: what happened, each event with the event that caused it, in two rings of fixed size.
 * Events of note and routine ones (heartbeats' bookkeeping, every message) have rings of their own, so that a quiet
 * hour does not push a failure out of memory. An event hash over everything makes two runs comparable.
 */
import type { EventId, Micros, ObjectRef, TraceEvent } from '../../protocol/events.ts';

/** Events kept. Older ones are forgotten, oldest first: the stated cap on the history of a world. */
export const TRACE_CAPACITY = 40_000;

/** A ring of the newest events: plain data. */
interface Ring {
  events: TraceEvent[];
  /** Where the next one goes once the ring is full. */
  next: number;
}

export interface TraceState {
  lastId: EventId;
  hash: number;
  ring: Ring;
}

export function initialTrace(): TraceState {
  return { lastId: 0, hash: 0x811c9dc5, ring: { events: [], next: 0 } };
}

/** Appends an event and folds it into the hash. */
export function record(
  state: TraceState,
  at: Micros,
  kind: string,
  cause: EventId,
  machine: string | undefined,
  objects: ObjectRef[],
  facts: Readonly<Record<string, unknown>> | undefined,
): TraceEvent {
  const event: TraceEvent = { id: ++state.lastId, at, kind, cause, objects };
  if (machine !== undefined) event.machine = machine;
  if (facts !== undefined) event.data = facts;
  let hash = mix(mix(state.hash, kind), machine ?? '');
  for (const object of objects) hash = mix(hash, object);
  state.hash = mixNumber(mixNumber(hash, at), cause);
  const { ring } = state;
  if (ring.events.length < TRACE_CAPACITY) ring.events.push(event);
  else {
    ring.events[ring.next] = event;
    ring.next = (ring.next + 1) % TRACE_CAPACITY;
  }
  return event;
}

/** Folds an executed queue event into the hash, so that order counts even where nothing was traced. */
export function foldExecuted(state: TraceState, at: Micros, seq: number, kindLength: number): void {
  state.hash = mixNumber(mixNumber(state.hash, at), seq * 31 + kindLength);
}

/** The event with this id, if it is still remembered. Ids are ascending in the ring, so this is a binary search. */
export function findEvent(state: TraceState, id: EventId): TraceEvent | undefined {
  const { events, next } = state.ring;
  let low = 0;
  let high = events.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const event = events[(next + middle) % events.length]!;
    if (event.id === id) return event;
    if (event.id < id) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** Remembered events, oldest first. */
export function* remembered(state: TraceState): Generator<TraceEvent> {
  const { events, next } = state.ring;
  for (let i = 0; i < events.length; i++) yield events[(next + i) % events.length]!;
}

function mix(hash: number, text: string): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

function mixNumber(hash: number, value: number): number {
  const low = Math.imul(hash ^ (value >>> 0), 0x01000193);
  return Math.imul(low ^ Math.floor(value / 0x1_0000_0000), 0x01000193) >>> 0;
}
