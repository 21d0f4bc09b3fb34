/** The canvas of the lanes: drawn when time or events have moved; hovering says an event's sentence, a click selects it. */
import { type MouseEvent, type PointerEvent, type Ref, useEffect, useRef, useState } from 'react';
import type { Micros, TraceEvent } from '../../protocol/events.ts';
import { lookAt, scrubTo } from '../actions/time-control.ts';
import { namesOf } from '../narrator/facts.ts';
import { dockLanes } from '../narrator/lanes.ts';
import { sentenceText } from '../narrator/sentences.ts';
import { timeText } from '../narrator/time-text.ts';
import { onBeat } from '../store/frames.ts';
import { serviceWithId, splitRef, taskWithId } from '../store/rows.ts';
import { virtualNow } from '../store/virtual-now.ts';
import { isPast, useWorld } from '../store/world.ts';
import { aboutSelection } from './about.ts';
import {
  axisHeight,
  drawLanes,
  endX,
  eventAtPoint,
  forgetWidths,
  type LanesView,
  laneNameWidth,
  spanFor,
  timeToX,
  xToTime,
} from './draw-lanes.ts';
import { shortLabel } from './short-label.ts';
import { Clock } from './transport.tsx';
import { moved, shownWindow, type TimeWindow, usualWindow, zoomed } from './window.ts';

interface Hint {
  x: number;
  text: string;
}

export function Lanes({ compact = false }: { compact?: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const playhead = useRef<HTMLDivElement>(null);
  const view = useRef<LanesView | null>(null);
  const wish = useRef<TimeWindow>(usualWindow);
  const [hint, setHint] = useState<Hint | null>(null);

  useEffect(
    () =>
      canvas.current && playhead.current ? runLanes(canvas.current, playhead.current, view, wish, compact) : undefined,
    [compact],
  );

  const placeOf = (event: MouseEvent): { x: number; y: number } => {
    const box = canvas.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const eventUnder = (event: MouseEvent): TraceEvent | null => {
    const { x, y } = placeOf(event);
    return view.current && eventAtPoint(useWorld.getState().events.list, view.current, x, y);
  };
  const onMove = (event: PointerEvent) => {
    if (drag.current) {
      onDrag(event);
      return;
    }
    const found = eventUnder(event);
    if (!found) {
      setHint(null);
      return;
    }
    const { snapshot } = useWorld.getState();
    const text = `${timeText(found.at, 3)}  ${sentenceText(found, namesOf(snapshot))}`;
    setHint({ x: placeOf(event).x, text });
  };

  // A hand on the timeline pulls the playhead; on an event it selects that, unless it moves.
  const drag = useRef<{ from: number; moved: boolean } | null>(null);
  const onDown = (event: PointerEvent) => {
    const { x, y } = placeOf(event);
    if (event.button !== 0 || !view.current) return;
    canvas.current?.setPointerCapture(event.pointerId);
    drag.current = { from: x, moved: false };
    setHint(null);
    if (!compact && y < axisHeight) startScrubbing(x);
  };
  const startScrubbing = (x: number) => {
    if (!drag.current || !view.current) return;
    // The window stays as it is while the hand moves in it.
    if (!drag.current.moved) wish.current = { end: view.current.end, span: view.current.span };
    drag.current.moved = true;
    void scrubTo(xToTime(x, view.current));
  };
  const onDrag = (event: PointerEvent) => {
    const { x } = placeOf(event);
    if (drag.current && (drag.current.moved || Math.abs(x - drag.current.from) > 4)) startScrubbing(x);
  };
  const onUp = (event: PointerEvent) => {
    const found = drag.current?.moved ? null : eventUnder(event);
    drag.current = null;
    if (found) useWorld.getState().select(`event:${found.id}`);
  };
  const onDoubleClick = (event: MouseEvent) => {
    const found = eventUnder(event);
    if (found) void lookAt({ event: found.id });
    else wish.current = usualWindow;
  };
  useWheel(canvas, (event) => {
    const shown = view.current;
    if (!shown) return;
    const perPixel = shown.span / shown.width;
    wish.current =
      event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
        ? moved(wish.current, shown, (event.deltaX + (event.shiftKey ? event.deltaY : 0)) * perPixel)
        : zoomed(shown, 1.002 ** event.deltaY, xToTime(placeOf(event as unknown as MouseEvent).x, shown));
  });
  return (
    <div className={`relative min-h-0 flex-1 ${compact ? '' : 'border-t border-line'}`}>
      {/* What the lanes show is also the list of events in the inspector, which a keyboard and a reader can use. */}
      <canvas
        ref={canvas}
        role="img"
        aria-label="Timeline of events in lanes: you, raft, nodes, tasks, network. The same events are listed in the inspector."
        className="absolute inset-0 size-full cursor-crosshair touch-none"
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerLeave={() => setHint(null)}
        onDoubleClick={onDoubleClick}
      />
      {!compact && <LaneNames />}
      <Playhead ref={playhead} />
      {hint && (
        <div
          className="pointer-events-none absolute bottom-full z-20 mb-1 max-w-[520px] border border-line2 bg-chrome px-2 py-1 text-small whitespace-pre-wrap text-t1"
          style={hint.x > 700 ? { right: `calc(100% - ${hint.x + 20}px)` } : { left: Math.max(4, hint.x - 20) }}
        >
          {hint.text}
        </div>
      )}
    </div>
  );
}

/** React's own wheel events cannot keep the page from scrolling. */
function useWheel(ref: { current: HTMLElement | null }, onWheel: (event: WheelEvent) => void): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const element = ref.current;
    const listen = (event: WheelEvent) => {
      event.preventDefault();
      latest.current(event);
    };
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [ref]);
}

function LaneNames() {
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute bottom-0 left-0 flex flex-col text-caption text-t2"
      style={{ top: axisHeight, width: laneNameWidth }}
    >
      {dockLanes.map((lane) => (
        <span key={lane.id} className="flex flex-1 items-center pl-4">
          {lane.label}
        </span>
      ))}
    </div>
  );
}

/** The moment that is shown. While it is the newest it stands still, and the events move. */
function Playhead({ ref }: { ref: Ref<HTMLDivElement> }) {
  return (
    <div ref={ref} aria-hidden="true" className="pointer-events-none absolute inset-y-0 left-0 will-change-transform">
      <div className="absolute inset-y-0 -left-px w-[2px] bg-inverse" />
      <div className="absolute top-0 left-0 -translate-x-1/2 rounded-[3px] bg-inverse px-[7px] text-on-inverse">
        <Clock leastDigits={0} className="h-[19px]! text-small! leading-[19px]!" />
      </div>
    </div>
  );
}

/** Which share of a change of span to make after so long: half of it in 85 ms. */
const easing = (ms: number) => 1 - 0.5 ** (ms / 85);

/** Keeps the canvas up to date. Returns the way to stop. */
function runLanes(
  canvas: HTMLCanvasElement,
  playhead: HTMLElement,
  current: { current: LanesView | null },
  wish: { current: TimeWindow },
  compact: boolean,
): () => void {
  const context = canvas.getContext('2d');
  if (!context) return () => {};
  let size = { width: 0, height: 0 };
  let span = spanFor(useWorld.getState().time.rate);
  let lastDrawn = '';
  let drawnAt = performance.now();
  const stillMotion = matchMedia('(prefers-reduced-motion: reduce)');
  const resize = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const { width, height } = entry.contentRect;
    const ratio = devicePixelRatio || 1;
    size = { width, height };
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    lastDrawn = '';
  });
  resize.observe(canvas);
  const fontsCame = () => {
    forgetWidths();
    lastDrawn = '';
  };
  document.fonts.addEventListener('loadingdone', fontsCame);
  const draw = () => {
    if (size.width === 0) return;
    const state = useWorld.getState();
    const now = virtualNow();
    const { newest, rate } = state.time;
    // Who looks at the newest moment is not held back where they were before.
    if (newest === null && wish.current.end !== null) wish.current = { ...wish.current, end: null };
    const wanted = shownWindow(wish.current, { now, newest, rate });
    span =
      stillMotion.matches || wish.current.span !== null || Math.abs(Math.log(wanted.span / span)) < 0.005
        ? wanted.span
        : span * (wanted.span / span) ** easing(performance.now() - drawnAt);
    drawnAt = performance.now();
    const { end } = wanted;
    const perPixel = span / endX({ width: size.width, compact });
    const drawn = `${Math.floor(now / perPixel)} ${end - now} ${span} ${state.eventsVersion} ${state.theme} ${state.selection} ${state.worldNumber}`;
    if (drawn === lastDrawn) return;
    lastDrawn = drawn;
    const view = viewOf({ ...size, compact }, now, end, span);
    current.current = view;
    playhead.style.transform = `translateX(${timeToX(now, view)}px)`;
    drawLanes(context, state.events.list, view);
  };
  const stop = onBeat(draw);
  // Under the pointer events must not jump.
  let frame = 0;
  const follow = () => {
    draw();
    frame = requestAnimationFrame(follow);
  };
  const rest = () => cancelAnimationFrame(frame);
  canvas.addEventListener('pointerenter', follow);
  canvas.addEventListener('pointerleave', rest);
  return () => {
    stop();
    rest();
    canvas.removeEventListener('pointerenter', follow);
    canvas.removeEventListener('pointerleave', rest);
    resize.disconnect();
    document.fonts.removeEventListener('loadingdone', fontsCame);
  };
}

function viewOf(
  size: { width: number; height: number; compact: boolean },
  now: Micros,
  end: Micros,
  span: Micros,
): LanesView {
  const state = useWorld.getState();
  const { snapshot, theme, selection } = state;
  const names = namesOf(snapshot);
  const selected = selection ? splitRef(selection) : null;
  return {
    ...size,
    theme,
    now,
    end,
    lastEvent: isPast(state) ? (snapshot?.eventCount ?? 0) : Number.POSITIVE_INFINITY,
    span,
    selected: selected?.kind === 'event' ? Number(selected.id) : null,
    isAbout: aboutSelection(snapshot, selection),
    labelOf: (event) => shortLabel(event, names),
    hueOf: (event) => {
      for (const ref of event.objects) {
        const { kind, id } = splitRef(ref);
        const service =
          kind === 'service' ? id : kind === 'task' ? (taskWithId(snapshot, id)?.serviceId ?? null) : null;
        const found = serviceWithId(snapshot, service);
        if (found) return found.hueIndex;
      }
      return null;
    },
  };
}
