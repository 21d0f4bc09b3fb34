/** The canvas of the lanes: drawn when time or events have moved; hovering says an event's sentence, a click selects it. */
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import type { TraceEvent } from '../../protocol/events.ts';
import { namesOf } from '../narrator/facts.ts';
import { dockLanes } from '../narrator/lanes.ts';
import { sentenceText } from '../narrator/sentences.ts';
import { timeText } from '../narrator/time-text.ts';
import { onBeat } from '../store/frames.ts';
import { serviceWithId, splitRef, taskWithId } from '../store/rows.ts';
import { virtualNow } from '../store/virtual-now.ts';
import { useWorld } from '../store/world.ts';
import { aboutSelection } from './about.ts';
import {
  axisHeight,
  drawLanes,
  eventAtPoint,
  forgetWidths,
  type LanesView,
  laneNameWidth,
  playheadX,
  rightMargin,
  spanFor,
} from './draw-lanes.ts';
import { shortLabel } from './short-label.ts';
import { Clock } from './transport.tsx';

interface Hint {
  x: number;
  text: string;
}

export function Lanes({ compact = false }: { compact?: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<LanesView | null>(null);
  const [hint, setHint] = useState<Hint | null>(null);

  useEffect(() => (canvas.current ? runLanes(canvas.current, view, compact) : undefined), [compact]);

  const eventUnder = (event: MouseEvent): TraceEvent | null => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box || !view.current) return null;
    const { list } = useWorld.getState().events;
    return eventAtPoint(list, view.current, event.clientX - box.left, event.clientY - box.top);
  };
  const onMove = (event: MouseEvent) => {
    const found = eventUnder(event);
    const box = canvas.current?.getBoundingClientRect();
    if (!found || !box) {
      setHint(null);
      return;
    }
    const { snapshot } = useWorld.getState();
    const text = `${timeText(found.at, 3)}  ${sentenceText(found, namesOf(snapshot))}`;
    setHint({ x: event.clientX - box.left, text });
  };
  const onClick = (event: MouseEvent) => {
    const found = eventUnder(event);
    if (found) useWorld.getState().select(`event:${found.id}`);
  };
  return (
    <div className={`relative min-h-0 flex-1 ${compact ? '' : 'border-t border-line'}`}>
      {/* What the lanes show is also the list of events in the inspector, which a keyboard and a reader can use. */}
      <canvas
        ref={canvas}
        role="img"
        aria-label="Timeline of events in lanes: you, raft, nodes, tasks, network. The same events are listed in the inspector."
        className="absolute inset-0 size-full cursor-crosshair"
        onMouseMove={onMove}
        onMouseLeave={() => setHint(null)}
        onClick={onClick}
      />
      {!compact && <LaneNames />}
      <Playhead />
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

/** Where now is. It stands still: the events move. */
function Playhead() {
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-y-0" style={{ right: rightMargin }}>
      <div className="absolute inset-y-0 -right-px w-[2px] bg-inverse" />
      <div className="absolute top-0 right-0 translate-x-1/2 rounded-[3px] bg-inverse px-[7px] text-on-inverse">
        <Clock leastDigits={0} className="h-[19px]! text-small! leading-[19px]!" />
      </div>
    </div>
  );
}

/** Which share of a change of span to make after so long: half of it in 85 ms. */
const easing = (ms: number) => 1 - 0.5 ** (ms / 85);

/** Keeps the canvas up to date. Returns the way to stop. */
function runLanes(canvas: HTMLCanvasElement, current: { current: LanesView | null }, compact: boolean): () => void {
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
    const wanted = spanFor(state.time.rate);
    span =
      stillMotion.matches || Math.abs(Math.log(wanted / span)) < 0.005
        ? wanted
        : span * (wanted / span) ** easing(performance.now() - drawnAt);
    drawnAt = performance.now();
    const perPixel = span / playheadX({ width: size.width, compact });
    const drawn = `${Math.floor(now / perPixel)} ${span} ${state.eventsVersion} ${state.theme} ${state.selection} ${state.worldNumber}`;
    if (drawn === lastDrawn) return;
    lastDrawn = drawn;
    const view = viewOf({ ...size, compact }, now, span);
    current.current = view;
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

function viewOf(size: { width: number; height: number; compact: boolean }, now: number, span: number): LanesView {
  const { snapshot, theme, selection } = useWorld.getState();
  const names = namesOf(snapshot);
  const selected = selection ? splitRef(selection) : null;
  return {
    ...size,
    theme,
    now,
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
