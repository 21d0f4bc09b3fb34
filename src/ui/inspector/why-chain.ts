/**
 * Why: the walk along causes, from a thing's last event back to an input or to the start of the world. Events that have no sentence of
 * their own (a message handed on, a timer) are folded, so that the chain reads like an explanation; unfolding shows them all.
 */
import type { EventId, TraceEvent } from '../../protocol/events.ts';

/** Longest walk; a chain that passes it says so. */
export const longestWalk = 200;

/** The chain that ends in `last`, the first cause first. `find` looks an event up; null where it is not known any more. */
export async function walkCauses(
  last: TraceEvent,
  find: (id: EventId) => Promise<TraceEvent | null>,
): Promise<TraceEvent[]> {
  const chain = [last];
  let cause = last.cause;
  while (cause > 0 && chain.length < longestWalk) {
    const event = await find(cause);
    // A cause lies before its effect; anything else would be a circle.
    if (!event || event.id >= (chain.at(-1) as TraceEvent).id) break;
    chain.push(event);
    cause = event.cause;
  }
  return chain.reverse();
}

/** A step of the chain as shown: an event, or so many that are folded. */
export type ChainStep = { type: 'event'; event: TraceEvent } | { type: 'fold'; events: TraceEvent[] };

/** Folds what is not told between what is. The first and the last event always show. */
export function foldChain(chain: readonly TraceEvent[], isTold: (event: TraceEvent) => boolean): ChainStep[] {
  const steps: ChainStep[] = [];
  chain.forEach((event, index) => {
    const ends = index === 0 || index === chain.length - 1;
    const before = steps.at(-1);
    if (ends || isTold(event)) steps.push({ type: 'event', event });
    else if (before?.type === 'fold') before.events.push(event);
    else steps.push({ type: 'fold', events: [event] });
  });
  return steps;
}
