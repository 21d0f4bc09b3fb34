/**
 * Lost messages, folded: a manager goes on calling one that is silent every second, which would fill the lane with crosses. What is lost for
 * one reason, one soon after the other, is one stretch: `node1 has no power: 14 lost`.
 */
import type { Micros, TraceEvent } from '../../protocol/events.ts';

export interface Losses {
  reason: string;
  first: Micros;
  last: Micros;
  count: number;
}

/** A stretch goes on while the next one is lost within this time (or a part of what is shown, if that is longer). */
const PAUSE: Micros = 6_000_000;
const pausePart = 1 / 15;

/** How many events before what is shown may belong to a stretch that reaches into it. */
const lookBack = 4000;

/** Stretches of the events from `from` (an index) on, the oldest first; `span` is the time shown. */
export function lossesIn(events: readonly TraceEvent[], from: number, now: Micros, span: Micros): Losses[] {
  const pause = Math.max(PAUSE, span * pausePart);
  const open = new Map<string, Losses>();
  const found: Losses[] = [];
  for (let index = Math.max(0, from - lookBack); index < events.length; index++) {
    const event = events[index] as TraceEvent;
    if (event.at > now) break;
    if (!isLoss(event)) continue;
    const reason = String(event.data?.reason ?? '');
    const known = open.get(reason);
    if (known && event.at - known.last <= pause) {
      known.last = event.at;
      known.count++;
      continue;
    }
    const begun = { reason, first: event.at, last: event.at, count: 1 };
    open.set(reason, begun);
    found.push(begun);
  }
  return found.filter(({ last }) => last >= now - span);
}

export const isLoss = ({ kind }: TraceEvent): boolean => kind === 'net.dropped';

/** What a stretch says. */
export const lossText = ({ reason, count }: Losses): string => `${reason || 'on the way'}: ${count} lost`;
