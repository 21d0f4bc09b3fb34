/**
 * The stage: the pair of canvases, pan and zoom, pointer and touch, and the outline that mirrors it for the keyboard and for readers. It reads
 * the world's store itself; pictures go to the painter without a render of React.
 */
import { type JSX, useEffect, useMemo, useRef, useState } from 'react';
import type { ObjectRef } from '../../protocol/events.ts';
import { fontsThere } from '../look/fonts.ts';
import { firstPicture } from '../store/first-picture.ts';
import { useMedia } from '../store/hooks.ts';
import { throttled } from '../store/throttle.ts';
import { virtualNow } from '../store/virtual-now.ts';
import { useWorld } from '../store/world.ts';
import type { Scene } from './layout.ts';
import { Outline } from './outline.tsx';
import type { PointerBinding } from './pointer.ts';
import { StagePainter } from './stage-painter.ts';

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
    let pointer: PointerBinding | null = null;
    let gone = false;
    void firstPicture.then(async () => {
      const { bindPointer } = await import('./pointer.ts');
      if (gone || !place.current) return;
      pointer = bindPointer(place.current, own, setZoomed);
      reset.current = pointer.reset;
    });
    return () => {
      observer.disconnect();
      forgetDensity();
      gone = true;
      pointer?.unbind();
      own.dispose();
    };
  }, []);

  useEffect(() => {
    const tell = () => {
      const { snapshot, lens, theme, selection, hover, time } = useWorld.getState();
      painter.current?.update({
        snapshot,
        lens: lens === 'raft' ? lens : 'cluster',
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
