/**
 * Why: the walk along causes, from a thing's last event back to an input or to the start of the world. Events that have no sentence of
 * their own (a message handed on, a timer) can be left out, so that the chain reads like an explanation.
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

/** The chain without the small steps; the first and the last event always stay. */
export function withoutSmallSteps(
  chain: readonly TraceEvent[],
  isTold: (event: TraceEvent) => boolean,
): readonly TraceEvent[] {
  return chain.filter((event, index) => index === 0 || index === chain.length - 1 || isTold(event));
}
