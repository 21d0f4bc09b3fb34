/**
 * Why a task is where it is: its own events, and the causes behind each, back to the inputs. Causes pass through commits that
 * carry many tasks at once, so what happened to other tasks and on other machines on the way is left out.
 */
import type { EventId, ObjectRef, TraceEvent } from '../../protocol/events.ts';
import { laneOf } from '../narrator/lanes.ts';

/** Events of the story, the first cause first. */
export async function storyOfTask(
  task: { id: string; machine: string | null },
  own: readonly TraceEvent[],
  find: (id: EventId) => Promise<TraceEvent | null>,
): Promise<TraceEvent[]> {
  const story = new Map<EventId, TraceEvent>(own.map((event) => [event.id, event]));
  const walked = new Set<EventId>();
  for (const event of own) {
    let cause = event.cause;
    while (cause > 0 && !walked.has(cause)) {
      walked.add(cause);
      const before = await find(cause);
      if (!before) break;
      if (belongs(before, task)) story.set(before.id, before);
      cause = before.cause;
    }
  }
  return [...story.values()].sort((a, b) => a.id - b.id);
}

/** Is the event no other task's, and not about what another machine does for one? */
function belongs(event: TraceEvent, task: { id: string; machine: string | null }): boolean {
  const ref: ObjectRef = `task:${task.id}`;
  if (event.objects.includes(ref)) return true;
  if (event.objects.some((object) => object.startsWith('task:'))) return false;
  return laneOf(event.kind) !== 'runtime' || event.machine === task.machine;
}
