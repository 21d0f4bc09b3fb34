/** The sentence above the stage; also what a screen reader hears of the running world. */
import { useEffect, useRef, useState } from 'react';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { useMedia } from '../store/hooks.ts';
import { usePanels } from '../store/panels.ts';
import { eventsShown, isPast, subscribeToEvents, useWorld } from '../store/world.ts';
import {
  type Headline,
  HOLD_MS,
  headlineOfMoment,
  invitation,
  type Narration,
  narrate,
  type Subject,
} from './headline.ts';

const nothingYet: Headline = { lead: 'The swarm starts.', rest: '', weight: 0, event: 0, at: 0 };
/** The page's own invitation, unless a lesson says what to do. */
function welcome(snapshot: Snapshot, isTouch: boolean, subject: Subject): Headline {
  if (usePanels.getState().lesson === null) return invitation(snapshot, isTouch, subject);
  const lead = `${useWorld.getState().start?.title ?? 'A lesson'}.`;
  return { ...nothingYet, lead, at: snapshot.now };
}

const quiet: Narration = { headline: nothingYet, waiting: null };

export function NarratorLine({ className, phone }: { className: string; phone: boolean }) {
  const { lead, rest } = useHeadline();
  // The line has one height whatever it says: the stage under it must not move.
  const length = lead.length + rest.length;
  const isTight = useMedia('(max-width: 1240px)');
  const size = phone
    ? length > 80
      ? 'text-body'
      : 'text-[18px] leading-6'
    : length > (isTight ? 48 : 92)
      ? 'text-[16px] leading-5'
      : 'text-narrator';
  return (
    <p
      role="status"
      aria-live="polite"
      className={`${className} ${size} overflow-hidden font-[450] ${phone ? '' : 'text-balance'}`}
    >
      <b>{lead}</b> {rest}
    </p>
  );
}

/** Follows the events as they come. */
function useHeadline(): Headline {
  const [headline, setHeadline] = useState(nothingYet);
  const subject = useWorld((state): Subject => (state.lens === 'network' ? 'network' : 'cluster'));
  const held = useRef({ said: quiet, since: 0, seen: 0, world: -1, subject, isPast: false });
  useEffect(() => {
    const now = held.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (next: Narration) => {
      if (next.headline !== now.said.headline) {
        now.since = performance.now();
        setHeadline(next.headline);
      }
      now.said = next;
      clearTimeout(timer);
      // What waits is said when the present headline has been on for long enough.
      if (next.waiting) timer = setTimeout(follow, Math.max(20, HOLD_MS - (performance.now() - now.since)));
    };
    const follow = () => {
      const state = useWorld.getState();
      const { snapshot, events, worldNumber } = state;
      if (!snapshot) return;
      const isNew = now.world !== worldNumber;
      const shown = eventsShown(state);
      const lastShown = shown.at(-1)?.id ?? 0;
      if (!isNew && (isPast(state) || now.isPast)) {
        now.isPast = isPast(state);
        if (lastShown === now.seen) return;
        now.seen = lastShown;
        const isTouch = matchMedia('(pointer: coarse), (max-width: 720px)').matches;
        const headline = headlineOfMoment(shown, snapshot, subject) ?? welcome(snapshot, isTouch, subject);
        show({ headline, waiting: null });
        return;
      }
      if (isNew || (now.subject !== subject && now.said.headline.event === 0)) {
        // What happened while the world was made is history, not news.
        if (isNew) now.seen = Math.max(snapshot.eventCount, events.list.at(-1)?.id ?? 0);
        now.world = worldNumber;
        const isTouch = matchMedia('(pointer: coarse), (max-width: 720px)').matches;
        show({ headline: welcome(snapshot, isTouch, subject), waiting: null });
      }
      now.subject = subject;
      const last = events.list.at(-1)?.id ?? 0;
      let first = events.list.length;
      while (first > 0 && (events.list[first - 1]?.id ?? 0) > now.seen) first -= 1;
      now.seen = Math.max(now.seen, last);
      if (first < events.list.length || now.said.waiting)
        show(narrate(now.said, events.list.slice(first), snapshot, performance.now() - now.since, subject));
    };
    follow();
    const stop = subscribeToEvents(follow);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [subject]);
  return headline;
}
