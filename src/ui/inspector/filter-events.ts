/** The filters of the list of events. */
import type { EventLane, ObjectRef, TraceEvent } from '../../protocol/events.ts';
import { laneOf } from '../narrator/lanes.ts';

/** Most events a list shows ... */
export const shownEvents = 200;
/** ... and while nobody has scrolled: more than fit, and cheap to lay out four times a second. */
export const shownAtTop = 48;

export const lanesToChoose: readonly (EventLane | 'all')[] = [
  'all',
  'you',
  'raft',
  'nodes',
  'scheduling',
  'tasks',
  'runtime',
  'network',
];

export interface EventFilter {
  /** All of these words must stand in the sentence, the kind or the machine's name; letter case does not matter. */
  text: string;
  lane: EventLane | 'all';
  objects?: readonly ObjectRef[];
}

/** A row of the list: an event, and how many before it (among its neighbours) said just the same. */
export interface EventRow {
  event: TraceEvent;
  times: number;
}

/** Lost messages and the like repeat; a sentence is not told again within so many rows. */
const repeatsWithin = 24;

/** The newest events that fit, newest first; repetitions are counted, not shown. */
export function filterEvents(
  list: readonly TraceEvent[],
  filter: EventFilter,
  textOf: (event: TraceEvent) => string,
  most = shownEvents,
): EventRow[] {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  // Of every room that a packet passes the hop ledger tells; a list of all that happens would be of nothing else.
  const isRoomOfMany = words.length === 0 && filter.lane === 'all' && !filter.objects;
  const found: EventRow[] = [];
  const lastRow = new Map<string, number>();
  for (let index = list.length - 1; index >= 0 && found.length < most; index--) {
    const event = list[index] as TraceEvent;
    if (filter.lane !== 'all' && laneOf(event.kind) !== filter.lane) continue;
    if (filter.objects && !event.objects.some((ref) => filter.objects?.includes(ref))) continue;
    if (isRoomOfMany && isPassing(event)) continue;
    const sentence = textOf(event);
    if (words.length > 0) {
      const text = `${sentence} ${event.kind} ${event.machine ?? ''}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
    }
    const told = foldKey(event, sentence);
    const before = lastRow.get(told);
    if (before !== undefined && found.length - before <= repeatsWithin) {
      (found[before] as EventRow).times += 1;
      continue;
    }
    lastRow.set(told, found.length);
    found.push({ event, times: 1 });
  }
  return found;
}

const isPassing = ({ kind, data }: TraceEvent): boolean => kind === 'packet.hop' && data?.result !== 'dropped';

/** What is the same again: the sentence; of gossip also what every node hears of one thing. */
function foldKey({ kind, data }: TraceEvent, sentence: string): string {
  if (!kind.startsWith('gossip.') || data?.own === true) return sentence;
  return [kind, data?.machine, data?.name, data?.what, data?.address].join(' ');
}
