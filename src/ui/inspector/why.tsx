/** The tab Why: the chain of causes of the selected thing's last event, and the scheduler's own explanation where it decided. */
import { useCallback, useEffect, useState } from 'react';
import type { EventId, Micros, ObjectRef, TraceEvent } from '../../protocol/events.ts';
import { namesOf } from '../narrator/facts.ts';
import { isTold, sentenceOf } from '../narrator/sentences.ts';
import { timeText } from '../narrator/time-text.ts';
import { eventWithId } from '../store/event-log.ts';
import { useThrottled } from '../store/hooks.ts';
import { fetchEvents } from '../store/worker-client.ts';
import { eventsShown, subscribeToEvents, useWorld } from '../store/world.ts';
import { Decision } from './decision.tsx';
import { type Reason, reasonOf } from './reason.ts';
import { type Inspected, objectsOf } from './subject.ts';
import { walkCauses, withDecision, withoutSmallSteps } from './why-chain.ts';

export function Why({ inspected }: { inspected: Inspected }) {
  const { own, reason } = useReason(inspected);
  const chain = useChain(inspected.kind === 'task' ? own : noEvents, reason?.event ?? null);
  const decision = chain.findLast((event) => event.kind === 'scheduler.decision');
  if (!reason) return <p className="text-t2">Nothing has happened to it since the world began.</p>;
  return (
    <>
      <h3 className="text-heading font-[650]">{reason.question}</h3>
      <Chain chain={chain} />
      {decision && <Decision event={decision} />}
    </>
  );
}

const noEvents: readonly TraceEvent[] = [];

/** Events of the thing, as far as its question goes, and which of them answers it. */
function useReason(inspected: Inspected): { own: readonly TraceEvent[]; reason: Reason | null } {
  const objects = inspected.kind === 'event' ? [] : objectsOf(inspected);
  const key = inspected.kind === 'event' ? `event:${inspected.event.id}` : objects.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `objects`, which is a new array each time.
  const readNewest = useCallback(() => newestAbout(eventsShown(useWorld.getState()), objects), [key]);
  const newest = useThrottled(subscribeToEvents, readNewest, 300);
  const [own, setOwn] = useState<{ key: string; events: readonly TraceEvent[] }>({ key: '', events: noEvents });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` and `newest` stand for the thing and its news.
  useEffect(() => {
    let current = true;
    void Promise.all(objects.map((object) => fetchEvents({ object, limit: mostOwn }))).then((lists) => {
      const known = new Map(lists.flat().map((event) => [event.id, event]));
      const events = [...known.values()].sort((a, b) => a.id - b.id);
      if (current) setOwn({ key, events });
    });
    return () => {
      current = false;
    };
  }, [key, newest]);
  const events = own.key === key ? own.events : noEvents;
  return { own: events, reason: reasonOf(inspected, events) };
}

/** Most events of one thing that its question is answered from. */
const mostOwn = 4000;

/** Id of the newest event about a thing that the page remembers; what was lost on the way is no news. */
function newestAbout(list: readonly TraceEvent[], objects: readonly ObjectRef[]): EventId {
  for (let index = list.length - 1; index >= Math.max(0, list.length - 2000); index--) {
    const event = list[index] as TraceEvent;
    if (isTold(event) && event.objects.some((ref) => objects.includes(ref))) return event.id;
  }
  return 0;
}

/** An event by id: remembered, or asked for. */
async function findEvent(id: EventId): Promise<TraceEvent | null> {
  const remembered = eventWithId(useWorld.getState().events.list, id);
  if (remembered) return remembered;
  const [found] = await fetchEvents({ from: id, limit: 1 });
  return found?.id === id ? found : null;
}

/** What led to an event; of a task with the decision where it goes. */
function useChain(own: readonly TraceEvent[], last: TraceEvent | null): TraceEvent[] {
  const [chain, setChain] = useState<TraceEvent[]>([]);
  useEffect(() => {
    let current = true;
    const keep = (events: TraceEvent[]) => {
      if (current) setChain(events);
    };
    if (last) void walkCauses(last, findEvent).then((events) => keep(withDecision(events, own)));
    else keep([]);
    return () => {
      current = false;
    };
  }, [last, own]);
  return chain;
}

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
