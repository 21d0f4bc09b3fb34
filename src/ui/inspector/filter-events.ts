/** The filters of the list of events. */
import type { EventLane, ObjectRef, TraceEvent } from '../../protocol/events.ts';
import { laneOf } from '../narrator/lanes.ts';

/** Most events a list shows. */
export const shownEvents = 200;

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

/** The newest events that fit, newest first. */
export function filterEvents(
  list: readonly TraceEvent[],
  filter: EventFilter,
  textOf: (event: TraceEvent) => string,
): TraceEvent[] {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found: TraceEvent[] = [];
  for (let index = list.length - 1; index >= 0 && found.length < shownEvents; index--) {
    const event = list[index] as TraceEvent;
    if (filter.lane !== 'all' && laneOf(event.kind) !== filter.lane) continue;
    if (filter.objects && !event.objects.some((ref) => filter.objects?.includes(ref))) continue;
    if (words.length > 0) {
      const text = `${textOf(event)} ${event.kind} ${event.machine ?? ''}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
    }
    found.push(event);
  }
  return found;
}
