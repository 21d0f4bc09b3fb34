/**
 * The Network lens: the city (machines, rails, stations, doors) above, below it the building that the shown flow passed room by room and the capsule
 * with its headers; under both, gossip and loads in words. One canvas, painted when a row it shows, the step or the theme is new, and at
 * display rate only while a watched packet is on a wire.
 */
import { type JSX, useEffect, useRef } from 'react';
import type { Micros, ObjectRef } from '../../../protocol/events.ts';
import type { FlowView } from '../../../protocol/network-view.ts';
import type { Snapshot } from '../../../protocol/snapshot.ts';
import { usePanels } from '../../store/panels.ts';
import { machineNamed, serviceWithId } from '../../store/rows.ts';
import { virtualNow } from '../../store/virtual-now.ts';
import { useWorld } from '../../store/world.ts';
import { typeCommand } from '../../terminal/sessions.ts';
import type { Point } from '../scene.ts';
import { type Brush, createLook, createMeasure, drawText, fontOf, forgetFont, type StageLook } from '../stage-look.ts';
import { type Building, layBuilding, roomAt } from './building-layout.ts';
import { type City, cityAt, layCity, layWay, type Way, wheelsOf } from './city-layout.ts';
import { drawBuilding } from './draw-building.ts';
import { drawCity, drawWay, fitted } from './draw-city.ts';
import { endingText, firstCommand, goalText, gossipText, loadText, originText, spanText } from './flow-words.ts';
import { NetworkOutline } from './network-outline.tsx';
import { flowRef, isOver, shownFlow, shownStep, useTrace } from './trace.ts';

/** What a packet needs over a wire, as long as its arrival is not known: drawn no farther than most of the way. */
const USUAL_WIRE: Micros = 350;

export default function NetworkStage(): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hasFlow = useWorld((state) => shownFlow(state.snapshot?.network, state.selection) !== null);
  const summary = useWorld((state) => (state.snapshot ? summaryOf(state.snapshot, state.selection) : ''));

  useEffect(() => {
    const painter = new NetworkPainter(canvas.current!);
    const resize = () => {
      const { width, height } = place.current!.getBoundingClientRect();
      painter.resize(Math.floor(width), Math.floor(height), window.devicePixelRatio || 1);
    };
    const observer = new ResizeObserver(resize);
    observer.observe(place.current!);
    resize();
    const fonts = [fontOf(16, 400), fontOf(16, 700), fontOf(12, 400, 'mono')].map((font) => document.fonts.load(font));
    Promise.all(fonts).then(painter.fontsChanged, painter.fontsChanged);
    const stopWorld = useWorld.subscribe(painter.changed);
    const stopTrace = useTrace.subscribe(painter.changed);
    const stopPointer = bindPointer(canvas.current!, painter);
    return () => {
      observer.disconnect();
      stopWorld();
      stopTrace();
      stopPointer();
      painter.dispose();
    };
  }, []);

  return (
    <section aria-label="Stage" className="flex h-full w-full flex-col bg-stage">
      <div className="relative min-h-0 flex-1 overflow-hidden" ref={place}>
        <canvas aria-label={summary} className="absolute inset-0 h-full w-full" ref={canvas} role="img" />
        {!hasFlow && <Invitation />}
        <NetworkOutline />
      </div>
      <Footer />
    </section>
  );
}

/** Nothing to trace yet: what to type, as a button that types it. */
function Invitation(): JSX.Element | null {
  const says = useWorld((state) => (state.snapshot ? firstCommand(state.snapshot).says : ''));
  const command = useWorld((state) => (state.snapshot ? firstCommand(state.snapshot).command : ''));
  const type = () => {
    const { snapshot } = useWorld.getState();
    const panels = usePanels.getState();
    const host = panels.terminalHost ?? snapshot?.machines[0]?.name;
    if (!host) return;
    panels.set({ terminalHost: host, terminalFolded: false });
    typeCommand(host, command);
  };
  if (!command) return null;
  return (
    <div className="absolute inset-x-5 bottom-3 flex flex-wrap items-center justify-center gap-x-4 gap-y-2 py-3 max-[720px]:inset-x-[14px]">
      <p className="text-body text-t2">{says}</p>
      <button
        type="button"
        onClick={type}
        className="min-h-9 rounded-control border border-line2 bg-stage px-3 py-1 text-left font-mono text-small font-semibold hover:bg-raise max-[720px]:min-h-11"
      >
        {command}
      </button>
    </div>
  );
}

/** Gossip and load generators, in words. */
function Footer(): JSX.Element {
  const gossip = useWorld((state) => gossipText(state.snapshot?.network?.gossip ?? []));
  const loads = useWorld((state) => (state.snapshot?.network?.loads ?? []).slice(-2).map(loadText).join('\n'));
  return (
    <div className="flex-none px-5 pb-2 text-caption text-t2 max-[720px]:px-[14px]">
      <p>{gossip}</p>
      {loads !== '' && loads.split('\n').map((line) => <p key={line.split(':')[0]}>{line}</p>)}
    </div>
  );
}

function summaryOf(snapshot: Snapshot, selection: ObjectRef | null): string {
  const names = [...new Set(snapshot.network?.overlays.map(({ name }) => name) ?? [])];
  const flow = shownFlow(snapshot.network, selection);
  const told = flow
    ? ` Shown: ${goalText(flow)} from ${originText(snapshot, flow)}, ${endingText(snapshot, flow)}, ${flow.hops.length} hops; the hop ledger lists them.`
    : ' No packet has been watched yet.';
  return `${snapshot.machines.length} machines, overlay networks: ${names.join(', ') || 'none'}.${told}`;
}

class NetworkPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #brush: Brush;
  readonly #measure = createMeasure();
  #look: StageLook | null = null;
  #width = 0;
  #height = 0;
  #request = 0;
  #city: City | null = null;
  #building: Building | null = null;
  #flow: FlowView | null = null;
  #painted: readonly unknown[] = [];
  #still = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#brush = canvas.getContext('2d')!;
  }

  resize(width: number, height: number, density: number): void {
    this.#width = width;
    this.#height = height;
    this.#canvas.width = Math.round(width * density);
    this.#canvas.height = Math.round(height * density);
    this.#brush.setTransform(density, 0, 0, density, 0, 0);
    forgetFont(this.#brush);
    this.#painted = [];
    this.#paint();
  }

  fontsChanged = (): void => {
    this.#measure.forget();
    this.#painted = [];
    this.#schedule();
  };

  /** Something in the stores is new: asked for a frame only if it is drawn here. */
  changed = (): void => {
    if (this.#key().some((part, index) => part !== this.#painted[index])) this.#schedule();
  };

  dispose(): void {
    cancelAnimationFrame(this.#request);
  }

  /** What lies under a point: a thing of the city, or a hop of the building. */
  at(x: number, y: number): { ref: ObjectRef } | { flow: number; step: number } | null {
    const step = this.#building ? roomAt(this.#building, x, y) : null;
    if (step !== null && this.#flow) return { flow: this.#flow.id, step };
    const ref = this.#city ? cityAt(this.#city, x, y, 3) : null;
    return ref === null ? null : { ref };
  }

  /** Everything the picture is made of, as far as it is replaced when it changes. */
  #key(): readonly unknown[] {
    const { snapshot, selection, hover, theme } = useWorld.getState();
    const network = snapshot?.network;
    const trace = useTrace.getState();
    return [
      snapshot?.machines,
      snapshot?.nodes,
      snapshot?.services,
      snapshot?.tasks,
      network?.overlays,
      network?.endpoints,
      network?.balancers,
      network?.pointers,
      shownFlow(network, selection),
      selection,
      hover,
      theme,
      trace.flow,
      trace.step,
    ];
  }

  #schedule(): void {
    if (this.#request === 0) this.#request = requestAnimationFrame(this.#paint);
  }

  #paint = (): void => {
    this.#request = 0;
    const { snapshot, selection, hover, theme, time } = useWorld.getState();
    if (!snapshot || this.#width === 0) return;
    this.#painted = this.#key();
    if (this.#look?.theme !== theme) this.#look = createLook(theme, this.#brush);
    const look = this.#look;
    const brush = this.#brush;
    const flow = shownFlow(snapshot.network, selection);
    const step = flow ? shownStep(flow, useTrace.getState()) : 0;
    const { measure } = this.#measure;
    const places = divide(this.#width, this.#height, flow !== null);
    this.#flow = flow;
    this.#city = layCity(snapshot, { width: this.#width, height: places.city });
    brush.clearRect(0, 0, this.#width, this.#height);
    const ink = { brush, look, measure, selection, hover };
    const network = snapshot.network;
    const balancers = network ? wheelsOf(network, flow) : [];
    const hueIndex = serviceWithId(snapshot, balancers[0]?.service ?? null)?.hueIndex ?? 0;
    drawCity(ink, this.#city, flow, balancers.length > 0 ? { balancers, pointers: network!.pointers, hueIndex } : null);
    this.#building = null;
    if (!flow || !network) return;
    const way = layWay(this.#city, flow);
    const packet = isOver(flow) ? null : packetAt(this.#city, flow, way, this.#still.matches ? null : virtualNow());
    drawWay(ink, way, step, packet, this.#city.compact);
    drawTitle(this.#brush, look, snapshot, flow, step, { width: this.#width, y: places.title }, measure);
    this.#building = layBuilding(flow, step, {
      box: {
        x: places.margin,
        y: places.building,
        w: this.#width - 2 * places.margin,
        h: this.#height - places.building - 2,
      },
      measure: (text, weight) => measure(text, 12, weight),
      addressOf: (machine) => machineNamed(snapshot, machine)?.address ?? '',
    });
    drawBuilding({ brush, look, measure, network, hueIndex }, this.#building, flow, step);
    if (packet && time.playing && flow.hops.at(-1)?.room === 'wire' && !this.#still.matches) this.#schedule();
  };
}

/** The stage from top to foot: city, a line of words, building with its capsule. */
function divide(
  width: number,
  height: number,
  hasFlow: boolean,
): { city: number; title: number; building: number; margin: number } {
  const compact = width < 640;
  const share = hasFlow ? Math.min(240, height * (compact ? 0.31 : 0.5)) : Math.min(320, height - (compact ? 110 : 70));
  const city = Math.round(Math.max(compact ? 110 : 150, share));
  return { city, title: city + 18, building: city + 24, margin: compact ? 10 : 20 };
}

function drawTitle(
  brush: Brush,
  { palette }: StageLook,
  snapshot: Snapshot,
  flow: FlowView,
  step: number,
  { width, y }: { width: number; y: number },
  measure: (text: string, size: number, weight: number) => number,
): void {
  const compact = width < 640;
  const x = compact ? 10 : 20;
  const goal = goalText(flow);
  drawText(brush, goal, x, y, { size: 15, weight: 700, color: palette.t1 });
  const from = x + measure(goal, 15, 700) + 8;
  const tail = compact ? '' : `hop ${step + 1} of ${flow.hops.length} · ${spanText(flow)}`;
  const room = width - x - from - (tail ? measure(tail, 13, 400) + 16 : 0);
  const words = `from ${originText(snapshot, flow)}: ${endingText(snapshot, flow)}`;
  drawText(brush, fitted(words, room, 14, measure), from, y, { size: 14, color: palette.t2 });
  drawText(brush, tail, width - x, y, { size: 13, color: palette.t2, align: 'right' });
}

/** Where a packet that still travels is: at its last hop, or gliding between two machines. */
function packetAt(city: City, flow: FlowView, way: Way, now: Micros | null): Point | null {
  const hop = flow.hops.at(-1);
  const mark = way.marks.at(-1);
  if (!hop || !mark) return null;
  if (hop.room !== 'wire' || now === null) return mark;
  const towards = / to (\S+?)(:|$)/.exec(hop.rule)?.[1];
  const to = city.districts.find(({ name }) => name === towards);
  if (!to) return mark;
  const share = Math.max(0, Math.min(0.9, (now - hop.at) / USUAL_WIRE));
  const y = hop.encapsulation ? mark.y : city.street;
  return { x: mark.x + (to.balancerX - mark.x) * share, y };
}

function bindPointer(canvas: HTMLCanvasElement, painter: NetworkPainter): () => void {
  const cancel = new AbortController();
  const find = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect();
    return painter.at(event.clientX - box.left, event.clientY - box.top);
  };
  const { signal } = cancel;
  canvas.addEventListener(
    'pointermove',
    (event) => {
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
