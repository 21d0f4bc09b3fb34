/**
 * The Network lens: the canvas with city, building and capsule, pan and zoom of the city, what to type when there is nothing to see yet, and
 * under it gossip and the legend of loads in words.
 */

import { select } from 'd3-selection';
import { zoom as d3Zoom, type ZoomBehavior, zoomIdentity } from 'd3-zoom';
import { type JSX, useEffect, useRef, useState } from 'react';
import type { ObjectRef } from '../../../protocol/events.ts';
import type { Snapshot } from '../../../protocol/snapshot.ts';
import { useMedia } from '../../store/hooks.ts';
import { send } from '../../store/worker-client.ts';
import { useWorld } from '../../store/world.ts';
import { fontOf } from '../stage-look.ts';
import { ExampleList, FirstCommand } from './example-list.tsx';
import { endingText, goalText, gossipText, loadText, originText } from './flow-words.ts';
import { gapSentences, gapsOf } from './gossip-gap.ts';
import { NetworkOutline } from './network-outline.tsx';
import { type Level, NetworkPainter } from './network-painter.ts';
import { flowRef, shownFlow, useTrace } from './trace.ts';

/** How far the city can be zoomed in. */
const MOST_ZOOM = 10;
/** Fingers are wider than a pointer. */
const TOUCH_SLACK = 10;

export default function NetworkStage(): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<NetworkPainter | null>(null);
  const reset = useRef<() => void>(() => {});
  const [zoomed, setZoomed] = useState(false);
  const hasFlow = useWorld((state) => shownFlow(state.snapshot?.network, state.selection) !== null);
  const hasLoad = useWorld((state) => (state.snapshot?.network?.loads.length ?? 0) > 0);
  const summary = useWorld((state) => (state.snapshot ? summaryOf(state.snapshot, state.selection) : ''));

  useEffect(() => {
    const own = new NetworkPainter(canvas.current!);
    painter.current = own;
    const resize = () => {
      const { width, height } = place.current!.getBoundingClientRect();
      own.resize(Math.floor(width), Math.floor(height), window.devicePixelRatio || 1);
    };
    const observer = new ResizeObserver(resize);
    observer.observe(place.current!);
    resize();
    const fonts = [fontOf(16, 400), fontOf(16, 700), fontOf(12, 400, 'mono')].map((font) => document.fonts.load(font));
    Promise.all(fonts).then(own.fontsChanged, own.fontsChanged);
    const stopWorld = useWorld.subscribe(own.changed);
    const stopTrace = useTrace.subscribe(own.changed);
    const zooming = bindZoom(canvas.current!, own, setZoomed);
    reset.current = zooming.reset;
    const stopPointer = bindPointer(canvas.current!, own);
    return () => {
      observer.disconnect();
      stopWorld();
      stopTrace();
      stopPointer();
      zooming.unbind();
      own.dispose();
    };
  }, []);

  // While somebody looks, time slows for packets.
  useEffect(() => {
    send({ type: 'time', watchPackets: true });
    return () => send({ type: 'time', watchPackets: false });
  }, []);

  return (
    <section aria-label="Stage" className="flex h-full w-full flex-col bg-stage">
      <div className="relative min-h-0 flex-1 overflow-hidden" ref={place}>
        <canvas aria-label={summary} className="absolute inset-0 h-full w-full touch-pan-y" ref={canvas} role="img" />
        {!hasFlow && !hasLoad && <Invitation />}
        {zoomed && (
          <button
            className="absolute top-2 right-2 h-8 rounded-control border border-line2 bg-stage px-3 text-small hover:bg-raise max-[720px]:h-11"
            onClick={() => reset.current()}
            type="button"
          >
            Show all
          </button>
        )}
        <NetworkOutline />
      </div>
      {hasFlow && <LevelChoice onChange={(level) => painter.current?.setLevel(level)} />}
      <Footer />
    </section>
  );
}

/** On a phone: what the stage is for, the city or the rooms; on a wide page there is room for both. */
function LevelChoice({ onChange }: { onChange(level: Level): void }): JSX.Element | null {
  const isNarrow = useMedia('(max-width: 720px)');
  const [level, setLevel] = useState<Level>('city');
  if (!isNarrow) return null;
  const choices: readonly [Level, string][] = [
    ['city', 'City'],
    ['building', 'Rooms'],
  ];
  return (
    <fieldset aria-label="What the stage shows" className="flex h-11 flex-none items-stretch gap-1 px-[10px]">
      {choices.map(([id, name]) => (
        <button
          key={id}
          type="button"
          aria-pressed={level === id}
          onClick={() => {
            setLevel(id);
            onChange(id);
          }}
          className="flex-1 rounded-control border border-line2 text-small aria-pressed:bg-inverse aria-pressed:font-[650] aria-pressed:text-on-inverse"
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

/** Nothing to trace yet: what to type; on a phone also what else to try, which a wide page has in its inspector. */
function Invitation(): JSX.Element {
  const isNarrow = useMedia('(max-width: 720px)');
  return (
    <div className="absolute inset-x-5 bottom-2 max-h-[55%] overflow-y-auto bg-stage py-1 max-[720px]:inset-x-[14px]">
      {isNarrow ? <ExampleList brief /> : <FirstCommand />}
    </div>
  );
}

/** Gossip in words, what some have not heard yet, and the legend of what is drawn of a load. */
function Footer(): JSX.Element {
  const gossip = useWorld((state) => (state.snapshot ? gossipLine(state.snapshot) : ''));
  const load = useWorld((state) => {
    const running = state.snapshot?.network?.loads.findLast((one) => one.running);
    return running ? loadText(running) : '';
  });
  return (
    <div className="flex-none px-5 pb-1 text-caption text-t2 max-[720px]:px-[14px]">
      <p className="truncate" title={gossip}>
        {gossip}
      </p>
      {load !== '' && (
        <p className="truncate" title={load}>
          Lines: requests per second, thicker is more. Numbers: answers in the last second. ✕: failed since the load
          began, where they died.
          <span className="sr-only"> {load}</span>
        </p>
      )}
    </div>
  );
}

function gossipLine(snapshot: Snapshot): string {
  const gaps = gapSentences(snapshot, gapsOf(snapshot).values());
  const heard = gossipText(snapshot.network?.gossip ?? []);
  if (gaps.length === 0) return heard;
  const more = gaps.length > 2 ? `; and ${gaps.length - 2} more` : '';
  return `Not heard everywhere yet: ${gaps.slice(0, 2).join('; ')}${more}`;
}

function summaryOf(snapshot: Snapshot, selection: ObjectRef | null): string {
  const names = [...new Set(snapshot.network?.overlays.map(({ name }) => name) ?? [])];
  const flow = shownFlow(snapshot.network, selection);
  const told = flow
    ? ` Shown: ${goalText(flow)} from ${originText(snapshot, flow)}, ${endingText(snapshot, flow)}, ${flow.hops.length} hops; the hop ledger lists them.`
    : ' No packet has been watched yet.';
  return `${snapshot.machines.length} machines, overlay networks: ${names.join(', ') || 'none'}.${told}`;
}

/** Pan and zoom of the city by d3, across, within its part of the canvas. */
function bindZoom(
  canvas: HTMLCanvasElement,
  painter: NetworkPainter,
  onZoom: (zoomed: boolean) => void,
): { reset(): void; unbind(): void } {
  const isInCity = (event: Event) => {
    const box = canvas.getBoundingClientRect();
    const at = event instanceof TouchEvent ? event.touches[0] : (event as MouseEvent);
    const view = painter.cityView;
    return at !== undefined && at.clientY - box.top <= view.y + view.h && at.clientX - box.left >= view.x;
  };
  const behavior: ZoomBehavior<HTMLCanvasElement, unknown> = d3Zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([1, MOST_ZOOM])
    .extent(() => {
      const { x, y, w, h } = painter.cityView;
      return [
        [x, y],
        [x + w, y + h],
      ];
    })
    .constrain((transform) => {
      // The city never leaves its place.
      const { x, y, w, h } = painter.cityView;
      const { k } = transform;
      const within = (value: number, from: number, size: number) =>
        Math.min(from * (1 - k), Math.max((from + size) * (1 - k), value));
      return zoomIdentity.translate(within(transform.x, x, w), within(transform.y, y, h)).scale(k);
    })
    .clickDistance(5)
    .filter((event: Event) => {
      if (!isInCity(event)) return false;
      if (event instanceof MouseEvent && event.button !== 0) return false;
      return !(event instanceof WheelEvent) || event.cancelable;
    })
    .on('zoom', ({ transform }: { transform: { k: number; x: number } }) => {
      const { k, x } = transform;
      painter.setZoom({ k, x });
      onZoom(k > 1.001);
    });
  const host = select(canvas);
  host.call(behavior).on('dblclick.zoom', null);
  return {
    reset: () => behavior.transform(host, zoomIdentity),
    unbind: () => host.on('.zoom', null),
  };
}

function bindPointer(canvas: HTMLCanvasElement, painter: NetworkPainter): () => void {
  const cancel = new AbortController();
  const find = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect();
    const slack = event instanceof PointerEvent && event.pointerType === 'touch' ? TOUCH_SLACK : 3;
    return painter.at(event.clientX - box.left, event.clientY - box.top, slack);
  };
  const { signal } = cancel;
  canvas.addEventListener(
    'pointermove',
    (event) => {
      if (event.buttons !== 0) return;
      const found = event.pointerType === 'touch' ? null : find(event);
      canvas.style.cursor = found ? 'pointer' : '';
      useWorld.getState().setHover(found && 'ref' in found ? found.ref : null);
    },
    { signal },
  );
  canvas.addEventListener('pointerleave', () => useWorld.getState().setHover(null), { signal });
  canvas.addEventListener(
    'click',
    (event) => {
      if (event.defaultPrevented) return;
      const found = find(event);
      if (found && 'step' in found) {
        useTrace.getState().choose(found.flow, found.step);
        useWorld.getState().select(flowRef({ id: found.flow }));
      } else useWorld.getState().select(found?.ref ?? null);
    },
    { signal },
  );
  canvas.addEventListener(
    'contextmenu',
    (event) => {
      const found = find(event);
      if (!found || !('ref' in found)) return;
      event.preventDefault();
      useWorld.getState().openMenu(found.ref, event.clientX, event.clientY);
    },
    { signal },
  );
  return () => cancel.abort();
}
