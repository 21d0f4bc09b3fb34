/**
 * Why: the walk along causes, from an event back to an input or to the start of the world. Small steps (a message handed on, a state only
 * passed through) can be folded, so that the chain reads like an explanation.
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

/**
 * The scheduler's decision about a task belongs to the answer of where it is, though what made it run may be something else (the end of a
 * delay): it takes its place in a chain that tells of the task from its beginning.
 */
export function withDecision(chain: readonly TraceEvent[], own: readonly TraceEvent[]): TraceEvent[] {
  const decision = own.findLast(({ kind }) => kind === 'scheduler.decision');
  const begins = chain.some(({ id, kind }) => kind === 'task.created' && own.some((event) => event.id === id));
  if (!decision || !begins || chain.some(({ id }) => id === decision.id)) return [...chain];
  return [...chain, decision].sort((a, b) => a.id - b.id);
}
