/** The tab Why: the chain of causes of the selected thing's last event, and the scheduler's own explanation where it decided. */
import { useCallback, useEffect, useState } from 'react';
import type { EventId, EventLane, Micros, ObjectRef, TraceEvent } from '../../protocol/events.ts';
import { namesOf } from '../narrator/facts.ts';
import { laneOf } from '../narrator/lanes.ts';
import { isTold, sentenceOf } from '../narrator/sentences.ts';
import { timeText } from '../narrator/time-text.ts';
import { eventWithId } from '../store/event-log.ts';
import { useThrottled } from '../store/hooks.ts';
import { taskName } from '../store/rows.ts';
import { fetchEvents } from '../store/worker-client.ts';
import { subscribeToEvents, useWorld } from '../store/world.ts';
import { Decision } from './decision.tsx';
import { storyOfTask } from './story.ts';
import { type Inspected, objectsOf } from './subject.ts';
import { walkCauses, withoutSmallSteps } from './why-chain.ts';

export function Why({ inspected }: { inspected: Inspected }) {
  const last = useLastEvent(inspected);
  const chain = useChain(inspected, last);
  const decision = chain.findLast((event) => event.kind === 'scheduler.decision');
  if (!last) return <p className="text-t2">Nothing has happened to it since the world began.</p>;
  return (
    <>
      <h3 className="text-heading font-[650]">{question(inspected)}</h3>
      <Chain chain={chain} />
      {decision && <Decision event={decision} />}
    </>
  );
}

function question(inspected: Inspected): string {
  switch (inspected.kind) {
    case 'task': {
      const { task } = inspected;
      if (!task.machine) return `Why is ${taskName(task)} on no node yet?`;
      return task.desiredState === 'running' || task.state === 'running'
        ? `Why is ${taskName(task)} on ${task.machine}?`
        : `Why does ${taskName(task)} not run?`;
    }
    case 'machine':
      return `What happened last to ${inspected.machine.name}?`;
    case 'service':
      return `What happened last to ${inspected.service.name}?`;
    default:
      return 'Why did this happen?';
  }
}

/** The thing's last event that says something: from what the page remembers, else from the worker. */
function useLastEvent(inspected: Inspected): TraceEvent | null {
  const objects = objectsOf(inspected);
  const key = inspected.kind === 'event' ? `event:${inspected.event.id}` : objects.join(' ');
  const known =
    inspected.kind === 'event' ? inspected.event.id : inspected.kind === 'task' ? inspected.task.lastEvent : 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `objects`, which is a new array each time.
  const readNewest = useCallback(
    () => newestAbout(useWorld.getState().events.list, objects, inspected.kind === 'machine')?.id ?? 0,
    [key],
  );
  const heard = useThrottled(subscribeToEvents, readNewest, 300);
  const newest = known > 0 ? known : heard;
  const [last, setLast] = useState<TraceEvent | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` and `newest` stand for the thing and its news.
  useEffect(() => {
    let current = true;
    const keep = (event: TraceEvent | null) => {
      if (current) setLast(event);
    };
    if (inspected.kind === 'event') keep(inspected.event);
    else if (newest > 0) void findEvent(newest).then(keep);
    else if (objects[0])
      void fetchEvents({ object: objects[0], limit: 10_000 }).then((events) => keep(events.at(-1) ?? null));
    else keep(null);
    return () => {
      current = false;
    };
  }, [key, newest]);
  return last;
}

const machineLanes: readonly EventLane[] = ['you', 'raft', 'nodes'];

/** Of a machine only what concerns the machine itself: its tasks have stories of their own. */
function newestAbout(
  list: readonly TraceEvent[],
  objects: readonly ObjectRef[],
  isMachine: boolean,
): TraceEvent | undefined {
  for (let index = list.length - 1; index >= Math.max(0, list.length - 4000); index--) {
    const event = list[index] as TraceEvent;
    if (isMachine && !machineLanes.includes(laneOf(event.kind))) continue;
    if (isTold(event) && event.objects.some((ref) => objects.includes(ref))) return event;
  }
  return undefined;
}

/** An event by id: remembered, or asked for. */
async function findEvent(id: EventId): Promise<TraceEvent | null> {
  const remembered = eventWithId(useWorld.getState().events.list, id);
  if (remembered) return remembered;
  const [found] = await fetchEvents({ from: id, limit: 1 });
  return found?.id === id ? found : null;
}

/** What led to the last event; of a task its whole story. */
function useChain(inspected: Inspected, last: TraceEvent | null): TraceEvent[] {
  const [chain, setChain] = useState<TraceEvent[]>([]);
  const taskId = inspected.kind === 'task' ? inspected.task.id : null;
  const machine = inspected.kind === 'task' ? inspected.task.machine : null;
  useEffect(() => {
    let current = true;
    const tell = async (): Promise<TraceEvent[]> => {
      if (!last) return [];
      if (!taskId) return walkCauses(last, findEvent);
      const own = await fetchEvents({ object: `task:${taskId}`, limit: ownEvents });
      return storyOfTask(
        { id: taskId, machine },
        own.filter((event) => event.kind !== 'net.dropped'),
        findEvent,
      );
    };
    void tell().then((events) => {
      if (current) setChain(events);
    });
    return () => {
      current = false;
    };
  }, [last, taskId, machine]);
  return chain;
}

/** Most events of one task that its story is made of. */
const ownEvents = 500;

function Chain({ chain }: { chain: TraceEvent[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const first = chain[0];
  const told = withoutSmallSteps(chain, (event) => isTold(event));
  const steps = showsAll ? chain : told;
  const hidden = chain.length - told.length;
  return (
    <>
      <ol className="why-chain mt-3">
        {first && first.cause === 0 && !isInput(first) && first.id > 1 && (
          <li data-root>
            <StepTime at={0} />
            The world begins
          </li>
        )}
        {steps.map((event, index) => (
          <Step key={event.id} event={event} isEnd={index === steps.length - 1} />
        ))}
      </ol>
      {hidden > 0 && (
        <button
          type="button"
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
          className="ml-24 block text-left text-small text-t3 underline decoration-dotted underline-offset-2 hover:text-t1"
        >
          {showsAll ? 'Hide the small steps' : `Show ${hidden} small ${hidden === 1 ? 'step' : 'steps'} between`}
        </button>
      )}
    </>
  );
}

const isInput = (event: TraceEvent) => event.kind.startsWith('input.');

function StepTime({ at }: { at: Micros }) {
  return (
    <time className="absolute top-0 left-0 w-[70px] text-right text-caption leading-[19px] text-t3">
      {timeText(at)}
    </time>
  );
}

function Step({ event, isEnd }: { event: TraceEvent; isEnd: boolean }) {
  const { lead, rest } = sentenceOf(event, namesOf(useWorld.getState().snapshot));
  return (
    <li data-root={isInput(event) ? '' : undefined} data-end={isEnd ? '' : undefined}>
      <StepTime at={event.at} />
      <button
        type="button"
        onClick={() => useWorld.getState().select(`event:${event.id}`)}
        className="text-left underline-offset-2 hover:underline"
      >
        {isInput(event) || isEnd ? <b className="text-t1">{lead}</b> : lead} {rest}
      </button>
    </li>
  );
}
