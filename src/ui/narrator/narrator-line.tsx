/** The sentence above the stage; also what a screen reader hears of the running world. */
import { useEffect, useRef, useState } from 'react';
import { useMedia } from '../store/hooks.ts';
import { subscribeToEvents, useWorld } from '../store/world.ts';
import { type Headline, invitation, nextHeadline } from './headline.ts';

const nothingYet: Headline = { lead: 'The swarm starts.', rest: '', weight: 0, event: 0 };

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
  const held = useRef({ headline: nothingYet, since: 0, seen: 0, world: -1 });
  useEffect(() => {
    const follow = () => {
      const { snapshot, events, worldNumber } = useWorld.getState();
      const now = held.current;
      if (!snapshot) return;
      const show = (next: Headline) => {
        if (next === now.headline) return;
        now.headline = next;
        now.since = performance.now();
        setHeadline(next);
      };
      if (now.world !== worldNumber) {
        now.world = worldNumber;
        // What happened while the world was made is history, not news.
        now.seen = Math.max(snapshot.eventCount, events.list.at(-1)?.id ?? 0);
        show(invitation(snapshot, matchMedia('(pointer: coarse), (max-width: 720px)').matches));
      }
      const last = events.list.at(-1)?.id ?? 0;
      if (last <= now.seen) return;
      let first = events.list.length;
      while (first > 0 && (events.list[first - 1]?.id ?? 0) > now.seen) first -= 1;
      now.seen = last;
      show(nextHeadline(now.headline, events.list.slice(first), snapshot, performance.now() - now.since));
    };
    follow();
    return subscribeToEvents(follow);
  }, []);
  return headline;
}
