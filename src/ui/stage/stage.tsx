/**
 * The stage: the pair of canvases, pan and zoom, pointer and touch, and the outline that mirrors it for the keyboard and for readers. It reads
 * the world's store itself; pictures go to the painter without a render of React.
 */
import { select } from 'd3-selection';
import { type D3ZoomEvent, type ZoomBehavior, zoom, zoomIdentity } from 'd3-zoom';
import { type JSX, useEffect, useMemo, useRef, useState } from 'react';
import type { ObjectRef } from '../../protocol/events.ts';
import { fontsThere } from '../look/fonts.ts';
import { useMedia } from '../store/hooks.ts';
import { usePanels } from '../store/panels.ts';
import { splitRef } from '../store/rows.ts';
import { virtualNow } from '../store/virtual-now.ts';
import { useWorld } from '../store/world.ts';
import type { Scene } from './layout.ts';
import { Outline } from './outline.tsx';
import { StagePainter } from './stage-painter.ts';

const LONG_PRESS_MS = 500;
/** Fingers are wider than a pointer. */
const TOUCH_SLACK = 8;

export default function Stage(): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const lower = useRef<HTMLCanvasElement>(null);
  const upper = useRef<HTMLCanvasElement>(null);
  const painter = useRef<StagePainter | null>(null);
  const [scene, setScene] = useState<Scene | null>(null);
  const [focus, setFocus] = useState<ObjectRef | null>(null);
  const [zoomed, setZoomed] = useState(false);
  const reset = useRef<() => void>(() => {});
  const reducedMotion = useMedia('(prefers-reduced-motion: reduce)');
  const lens = useWorld((state) => state.lens);
  const summary = useMemo(() => (scene ? summaryOf(scene) : 'The stage is empty.'), [scene]);

  useEffect(() => {
    const own = new StagePainter(lower.current!, upper.current!, virtualNow, throttled(setScene, 250));
    painter.current = own;
    const resize = () => {
      const { width, height } = place.current!.getBoundingClientRect();
      own.resize(Math.floor(width), Math.floor(height), window.devicePixelRatio || 1);
    };
    const observer = new ResizeObserver(resize);
    observer.observe(place.current!);
    resize();
    const forgetDensity = onDensityChange(resize);
    // A canvas does not wait for a typeface: what was painted without it is painted again.
    void fontsThere.then(() => own.fontsChanged());
    const pointer = bindPointer(place.current!, own);
    reset.current = pointer.reset;
    pointer.onZoom(setZoomed);
    return () => {
      observer.disconnect();
      forgetDensity();
      pointer.unbind();
      own.dispose();
    };
  }, []);

  useEffect(() => {
    const tell = () => {
      const { snapshot, lens, theme, selection, hover, time } = useWorld.getState();
      painter.current?.update({
        snapshot,
        lens,
        theme,
        selection,
        hover,
        focus,
        reducedMotion,
        playing: time.playing,
        rate: time.rate,
      });
    };
    tell();
    return useWorld.subscribe(tell);
  }, [focus, reducedMotion]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another lens begins unzoomed.
  useEffect(() => reset.current(), [lens]);

  return (
    <section aria-label="Stage" className="relative h-full w-full overflow-hidden bg-stage" ref={place}>
      <canvas aria-label={summary} className="absolute inset-0 h-full w-full" ref={lower} role="img" />
      <canvas className="pointer-events-none absolute inset-0 h-full w-full" ref={upper} />
      {zoomed && (
        <button
          className="absolute top-2 right-2 h-8 rounded-control border border-line2 bg-stage px-3 text-small hover:bg-raise"
          onClick={() => reset.current()}
          type="button"
        >
          Show all
        </button>
      )}
      <Outline onFocusRef={setFocus} scene={scene} />
    </section>
  );
}

/** What the canvas shows, in a sentence; the outline has the rest. */
function summaryOf(scene: Scene): string {
  const { machines, services } = scene.from;
  const leader = scene.from.quorum?.leader;
  const down = scene.machines.filter((mark) => mark.facts.down || !mark.facts.power).map((mark) => mark.name);
  const parts = [
    `Map of ${machines.length} machines`,
    leader ? `leader ${leader}` : 'no leader',
    ...(down.length > 0 ? [`down: ${down.join(', ')}`] : []),
    ...services.slice(0, 6).map((service) => `${service.name} ${service.running} of ${service.desired}`),
  ];
  return `${parts.join('; ')}. The outline after it lists everything.`;
}

/** Calls when the page moves to a screen of another pixel density, or its zoom changes. */
function onDensityChange(listener: () => void): () => void {
  const gone = new AbortController();
  const listen = () => {
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener(
      'change',
      () => {
        listener();
        listen();
      },
      { once: true, signal: gone.signal },
    );
  };
  listen();
  return () => gone.abort();
}

/** At most one call per interval, the last one always. */
function throttled<Value>(call: (value: Value) => void, intervalMs: number): (value: Value) => void {
  let waiting = false;
  let latest: Value;
  return (value) => {
    latest = value;
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      call(latest);
    }, intervalMs);
  };
}

interface PointerBinding {
  reset(): void;
  onZoom(listener: (zoomed: boolean) => void): void;
  unbind(): void;
}

/** Pan and zoom by d3, selection, hover, menu and terminal by pointer. */
function bindPointer(element: HTMLElement, painter: StagePainter): PointerBinding {
  let listener: (zoomed: boolean) => void = () => {};
  const behavior = zoomOver(painter, (zoomed) => listener(zoomed));
  const host = select(element);
  host.call(behavior).on('dblclick.zoom', null);
  const world = () => useWorld.getState();
  const refAt = (event: MouseEvent, slack = 0) => {
    const box = element.getBoundingClientRect();
    return painter.at(event.clientX - box.left, event.clientY - box.top, slack);
  };
  const onCanvas = (event: Event) => event.target instanceof HTMLCanvasElement;
  const cancel = new AbortController();
  const on = <Kind extends keyof HTMLElementEventMap>(kind: Kind, handle: (event: HTMLElementEventMap[Kind]) => void) =>
    // Touches are caught on their way down: d3-zoom lets none pass.
    element.addEventListener(kind, handle, { signal: cancel.signal, capture: kind.startsWith('touch') });

  let press: ReturnType<typeof setTimeout> | null = null;
  let pressedLong = false;
  const endPress = () => {
    if (press !== null) clearTimeout(press);
    press = null;
  };
  on('pointermove', (event) => {
    if (event.pointerType === 'touch' || event.buttons !== 0) return;
    const ref = onCanvas(event) ? refAt(event) : null;
    element.style.cursor = ref === null ? '' : 'pointer';
    world().setHover(ref);
  });
  on('pointerleave', () => world().setHover(null));
  on('click', (event) => {
    if (!onCanvas(event) || event.defaultPrevented) return;
    if (pressedLong) {
      pressedLong = false;
      return;
    }
    world().select(refAt(event, event instanceof PointerEvent && event.pointerType === 'touch' ? TOUCH_SLACK : 2));
  });
  on('contextmenu', (event) => {
    if (!onCanvas(event)) return;
    const ref = refAt(event, 2);
    if (ref === null) return;
    event.preventDefault();
    world().openMenu(ref, event.clientX, event.clientY);
  });
  on('dblclick', (event) => {
    const ref = onCanvas(event) ? refAt(event) : null;
    if (ref === null) return;
    const machine = machineOf(ref);
    if (machine !== null) usePanels.getState().set({ terminalHost: machine, terminalFolded: false });
  });
  on('touchstart', (event) => {
    const touch = event.touches[0];
    pressedLong = false;
    endPress();
    if (event.touches.length !== 1 || !touch || !onCanvas(event)) return;
    const box = element.getBoundingClientRect();
    const ref = painter.at(touch.clientX - box.left, touch.clientY - box.top, TOUCH_SLACK);
    if (ref === null) return;
    press = setTimeout(() => {
      pressedLong = true;
      world().openMenu(ref, touch.clientX, touch.clientY);
    }, LONG_PRESS_MS);
  });
  on('touchmove', endPress);
  on('touchend', endPress);
  on('touchcancel', endPress);
  return {
    reset: () => behavior.transform(host, zoomIdentity),
    onZoom(to) {
      listener = to;
    },
    unbind() {
      cancel.abort();
      endPress();
      host.on('.zoom', null);
    },
  };
}

/** The host whose terminal a double click opens. */
function machineOf(ref: ObjectRef): string | null {
  const { kind, id } = splitRef(ref);
  return kind === 'machine' ? id : null;
}

function zoomOver(painter: StagePainter, onZoom: (zoomed: boolean) => void): ZoomBehavior<HTMLElement, unknown> {
  return zoom<HTMLElement, unknown>()
    .scaleExtent([1, 12])
    .extent(() => [
      [0, 0],
      [painter.width, painter.height],
    ])
    .translateExtent([
      [0, 0],
      [1, 1],
    ])
    .constrain((transform) => {
      // The world never leaves the stage.
      const { k } = transform;
      const x = Math.min(0, Math.max(painter.width * (1 - k), transform.x));
      const y = Math.min(0, Math.max(painter.height * (1 - k), transform.y));
      return zoomIdentity.translate(x, y).scale(k);
    })
    .clickDistance(5)
    .filter((event: Event) => {
      if (!(event.target instanceof HTMLCanvasElement)) return false;
      if (event instanceof MouseEvent && event.button !== 0) return false;
      return !(event instanceof WheelEvent) || event.cancelable;
    })
    .on('zoom', ({ transform }: D3ZoomEvent<HTMLElement, unknown>) => {
      painter.setView({ k: transform.k, x: transform.x, y: transform.y });
      onZoom(transform.k > 1.001);
    });
}
