/**
 * The events the page remembers: the newest `EVENT_CAP`, in order of id. The array is edited in place (thousands arrive in a second
 * when time runs fast); the store holds a version number that changes with it. What is older is asked of the worker.
 */
import type { EventId, Micros, TraceEvent } from '../../protocol/events.ts';

/** The stated bound of the page's memory of events. */
export const EVENT_CAP = 20_000;
/** Dropped at once when the bound is passed, so that the cost of moving the rest is shared. */
const DROP = 4_000;

export interface EventLog {
  /** In order of id and of time. */
  readonly list: TraceEvent[];
  /** How many have been dropped. */
  dropped: number;
}

export function createEventLog(): EventLog {
  return { list: [], dropped: 0 };
}

/** Adds events in order; drops the oldest when there are too many. */
export function appendEvents(log: EventLog, events: readonly TraceEvent[]): void {
  for (const event of events) log.list.push(event);
  if (log.list.length <= EVENT_CAP) return;
  const drop = Math.max(DROP, log.list.length - EVENT_CAP);
  log.list.splice(0, drop);
  log.dropped += drop;
}

/** Puts events from before the page was there in front of those it has heard since. */
export function prependEvents(log: EventLog, older: readonly TraceEvent[]): void {
  const first = log.list[0]?.id ?? Number.POSITIVE_INFINITY;
  log.list.unshift(...older.filter((event) => event.id < first).slice(-(EVENT_CAP - DROP)));
}

/** Index of the first event at or after `at`. */
export function firstEventAt(list: readonly TraceEvent[], at: Micros): number {
  return lowerBound(list, (event) => event.at < at);
}

/** The event with this id, if still remembered. */
export function eventWithId(list: readonly TraceEvent[], id: EventId): TraceEvent | undefined {
  const found = list[lowerBound(list, (event) => event.id < id)];
  return found?.id === id ? found : undefined;
}

/** Events after the one with this id. */
export function eventsAfter(list: readonly TraceEvent[], id: EventId): readonly TraceEvent[] {
  if ((list.at(-1)?.id ?? 0) <= id) return [];
  return list.slice(lowerBound(list, (event) => event.id <= id));
}

function lowerBound(list: readonly TraceEvent[], isBefore: (event: TraceEvent) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(list[middle] as TraceEvent)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of the events that are known, those up to `keep` stay; others come after them. */
export function replaceEvents(log: EventLog, keep: EventId, events: readonly TraceEvent[]): void {
  log.list.length = lowerBound(log.list, (event) => event.id <= keep);
  appendEvents(log, events);
}

/** The events up to and including this one. */
export function eventsUpTo(list: readonly TraceEvent[], id: EventId): readonly TraceEvent[] {
  return (list.at(-1)?.id ?? 0) <= id
    ? list
    : list.slice(
        0,
        lowerBound(list, (event) => event.id <= id),
      );
}
