/** The live list of events, newest on top, with a filter of words and one of lanes. Scrolled away from the top it stands still. */
import { type KeyboardEvent, memo, useCallback, useEffect, useRef, useState } from 'react';
import type { EventLane, ObjectRef, TraceEvent } from '../../protocol/events.ts';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { namesOf } from '../narrator/facts.ts';
import { laneOf } from '../narrator/lanes.ts';
import { sentenceText } from '../narrator/sentences.ts';
import { timeText } from '../narrator/time-text.ts';
import { EVENT_CAP } from '../store/event-log.ts';
import { useMedia, useThrottled } from '../store/hooks.ts';
import { usePanels } from '../store/panels.ts';
import { eventsShown, subscribeToEvents, useWorld } from '../store/world.ts';
import { type EventRow, filterEvents, lanesToChoose, shownAtTop, shownEvents } from './filter-events.ts';

const refreshMs = 250;

export function LiveEvents() {
  const text = usePanels((state) => state.eventText);
  const lane = usePanels((state) => state.eventLane);
  const set = usePanels((state) => state.set);
  return (
    <div className="flex min-h-0 flex-1 flex-col max-[720px]:min-h-fit max-[720px]:flex-none">
      <h2 className="px-5 pt-4 max-[720px]:pt-0 text-heading font-[650]">Events</h2>
      <p className="px-5 text-small text-t2">Select a machine or a task to see why it is as it is.</p>
      <div className="flex gap-2 px-5 pt-3 pb-2">
        <input
          type="search"
          value={text}
          onChange={(event) => set({ eventText: event.target.value })}
          placeholder="Filter: node3, running, vote"
          aria-label="Filter events by words"
          className="h-8 min-w-0 flex-1 rounded-control border border-line2 bg-stage px-2 text-small placeholder:text-t3"
        />
        <select
          value={lane}
          onChange={(event) => set({ eventLane: event.target.value as EventLane | 'all' })}
          aria-label="Filter events by lane"
          className="h-8 rounded-control border border-line2 bg-stage px-2 text-small"
        >
          {lanesToChoose.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </div>
      <EventList text={text} lane={lane} />
    </div>
  );
}

/** Events that satisfy the filters; those about `objects` only, if given. */
export function EventList(props: { text?: string; lane?: EventLane | 'all'; objects?: readonly ObjectRef[] }) {
  const { text = '', lane = 'all', objects } = props;
  const key = objects?.join(' ');
  const list = useRef<HTMLElement>(null);
  const standing = useRef<EventRow[] | null>(null);
  // A phone scrolls the whole sheet.
  const isNarrow = useMedia('(max-width: 720px)');
  // Only who scrolls needs what is further down.
  const [most, setMost] = useState(shownAtTop);
  useEffect(() => {
    const region = list.current;
    const onScroll = () => {
      if (region && region.scrollTop > 4) setMost(shownEvents);
    };
    region?.addEventListener('scroll', onScroll, { passive: true });
    return () => region?.removeEventListener('scroll', onScroll);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `objects`, which is a new array each time.
  const read = useCallback(() => {
    const isScrolled = list.current !== null && list.current.scrollTop > 4;
    if (isScrolled && standing.current && standing.current.length !== shownAtTop) return standing.current;
    const names = namesOf(useWorld.getState().snapshot);
    standing.current = filterEvents(
      eventsShown(useWorld.getState()),
      { text, lane, objects },
      (event) => sentenceText(event, names),
      isNarrow ? shownEvents : most,
    );
    return standing.current;
  }, [text, lane, key, most, isNarrow]);
  const events = useThrottled(subscribeToEvents, read, refreshMs);
  const dropped = useWorld((state) => state.events.dropped);
  return (
    <ScrollRegion
      ref={list}
      className="min-h-0 flex-1 overflow-y-auto contain-strict max-[720px]:overflow-visible max-[720px]:contain-none"
      name="List of events, newest first"
    >
      {/* One stop of the Tab key, however many rows: arrows go from row to row. */}
      <ol data-own-arrows onKeyDown={moveInList}>
        {events.map(({ event, times }, index) => (
          <Row key={event.id} event={event} times={times} isStop={index === 0} />
        ))}
      </ol>
      {events.length === 0 && <p className="px-5 py-3 text-t2">No event fits.</p>}
      {events.length >= shownEvents && (
        <p className="px-5 py-3 text-caption text-t3">
          The {shownEvents} newest that fit. The page keeps {EVENT_CAP.toLocaleString('en')} events
          {dropped > 0 ? `; ${dropped.toLocaleString('en')} older ones have gone` : ''}.
        </p>
      )}
    </ScrollRegion>
  );
}

function moveInList(event: KeyboardEvent<HTMLOListElement>): void {
  const rows = [...event.currentTarget.querySelectorAll('button')];
  const at = rows.indexOf(document.activeElement as HTMLButtonElement);
  const next = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: rows.length - 1 }[event.key];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  rows[next]?.focus();
}

const Row = memo(function Row({ event, times, isStop }: { event: TraceEvent; times: number; isStop: boolean }) {
  const text = sentenceText(event, namesOf(useWorld.getState().snapshot));
  const lane = laneOf(event.kind);
  return (
    <li>
      <button
        type="button"
        tabIndex={isStop ? 0 : -1}
        onClick={() => useWorld.getState().select(`event:${event.id}`)}
        onMouseEnter={() => useWorld.getState().setHover(event.objects[0] ?? null)}
        onMouseLeave={() => useWorld.getState().setHover(null)}
        onFocus={() => useWorld.getState().setHover(event.objects[0] ?? null)}
        onBlur={() => useWorld.getState().setHover(null)}
        title={event.kind}
        className="flex w-full gap-3 px-5 py-[3px] text-left text-small hover:bg-raise"
      >
        <time className="w-[64px] flex-none text-right text-caption leading-[18px] text-t3">{timeText(event.at)}</time>
        <span className={`min-w-0 break-words ${lane === 'you' ? 'font-[650] text-t1' : 'text-t2'}`}>
          {lane === 'you' && <span aria-hidden="true">◆ </span>}
          {text}
          {times > 1 && <span className="ml-2 font-mono text-caption text-t3">×{times}</span>}
        </span>
      </button>
    </li>
  );
});
