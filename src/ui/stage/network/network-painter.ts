/**
 * Paints the Network lens: the city above, below it the building that the shown flow passed and the capsule with its headers. One canvas, painted
 * when a row it shows, the step, the view or the theme is new, and at display rate only while something moves: a watched packet on a wire, the
 * capsule from one hop to the next, a chip that turns over.
 */
import type { Micros, ObjectRef } from '../../../protocol/events.ts';
import type { FlowView } from '../../../protocol/network-view.ts';
import type { Snapshot } from '../../../protocol/snapshot.ts';
import { machineNamed, serviceWithId } from '../../store/rows.ts';
import { virtualNow } from '../../store/virtual-now.ts';
import { useWorld } from '../../store/world.ts';
import type { Box, Point } from '../scene.ts';
import { type Brush, createLook, createMeasure, drawText, forgetFont, type StageLook } from '../stage-look.ts';
import { type Building, type Capsule, layBuilding, roomAt } from './building-layout.ts';
import { type City, type CityZoom, cityAt, layCity, viewOf } from './city-layout.ts';
import { alongLeg, layWay, markAt, type Way, type WayMark } from './city-way.ts';
import { drawBuilding } from './draw-building.ts';
import { drawCapsule } from './draw-capsule.ts';
import { type CityInk, drawCity, fitted } from './draw-city.ts';
import { drawLoads } from './draw-load.ts';
import { drawLegs, drawMarks } from './draw-way.ts';
import { endingText, goalText, originText, spanText } from './flow-words.ts';
import { gapsOf } from './gossip-gap.ts';
import { LoadMeter, rateText } from './load-meter.ts';
import { isOver, shownFlow, shownStep, useTrace } from './trace.ts';

/** What a packet needs over a wire, as long as its arrival is not known: drawn no farther than most of the way. */
const USUAL_WIRE: Micros = 350;
/** A chip turns over, the capsule goes to the next place: wall time. */
const FLIP_MS = 200;
/** So many of what a picture is made of, from the front, are mere counts; they are drawn so often. */
const COUNTS = 2;
const COUNTS_MS = 100;

/** On a phone city and building take turns; a wide page has both. */
export type Level = 'city' | 'building';

/** What was shown last, to go from it to what is shown now. */
interface Shown {
  flow: number;
  step: number;
  capsule: Capsule;
}

export class NetworkPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #brush: Brush;
  readonly #measure = createMeasure();
  readonly #meter = new LoadMeter();
  #look: StageLook | null = null;
  #width = 0;
  #height = 0;
  #request = 0;
  #later: ReturnType<typeof setTimeout> | undefined;
  #zoom: CityZoom = { k: 1, x: 0 };
  #level: Level = 'city';
  #city: City | null = null;
  #building: Building | null = null;
  #flow: FlowView | null = null;
  #hasLoad = false;
  #painted: readonly unknown[] = [];
  #shown: Shown | null = null;
  /** The change from one hop to the next that is under way. */
  #change: { before: Capsule; direction: number; since: number } | null = null;
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

  /** Shows another part of the city. */
  setZoom(zoom: CityZoom): void {
    this.#zoom = zoom;
    this.#painted = [];
    this.#schedule();
  }

  setLevel(level: Level): void {
    this.#level = level;
    this.#painted = [];
    this.#schedule();
  }

  /** The part of the canvas in which the city can be moved. */
  get cityView(): Box {
    return viewOf({ width: this.#width, height: this.#places().city });
  }

  fontsChanged = (): void => {
    this.#measure.forget();
    this.#painted = [];
    this.#schedule();
  };

  /** Something in the stores is new: asked for a frame only if it is drawn here. Mere counts can wait a little. */
  changed = (): void => {
    const key = this.#key();
    const isNew = (from: number, to?: number) =>
      key.slice(from, to).some((part, index) => part !== this.#painted[from + index]);
    if (isNew(COUNTS)) this.#schedule();
    else if (isNew(0, COUNTS)) this.#later ??= setTimeout(this.#schedule, COUNTS_MS);
  };

  dispose(): void {
    cancelAnimationFrame(this.#request);
    clearTimeout(this.#later);
  }

  /** What lies under a point: a thing of the city, or a hop of the building. */
  at(x: number, y: number, slack = 3): { ref: ObjectRef } | { flow: number; step: number } | null {
    const step = this.#building ? roomAt(this.#building, x, y) : null;
    if (step !== null && this.#flow) return { flow: this.#flow.id, step };
    const ref = this.#city ? cityAt(this.#city, x, y, slack) : null;
    return ref === null ? null : { ref };
  }

  /** Everything the picture is made of, as far as it is replaced when it changes. */
  #key(): readonly unknown[] {
    const { snapshot, selection, hover, theme } = useWorld.getState();
    const network = snapshot?.network;
    const trace = useTrace.getState();
    return [
      network?.pointers,
      network?.loads,
      snapshot?.machines,
      snapshot?.nodes,
      snapshot?.services,
      snapshot?.tasks,
      network?.overlays,
      network?.endpoints,
      network?.balancers,
      shownFlow(network, selection),
      selection,
      hover,
      theme,
      trace.flow,
      trace.step,
    ];
  }

  #schedule = (): void => {
    if (this.#request === 0) this.#request = requestAnimationFrame(this.#paint);
  };

  /** The stage from top to foot: city, a line of words, building with its capsule. */
  #places(): { city: number; title: number; building: number; margin: number } {
    const compact = this.#width < 640;
    const height = this.#height;
    const margin = compact ? 10 : 20;
    if (!this.#flow) {
      const below = this.#hasLoad ? 4 : compact ? 230 : 64;
      return { city: Math.max(120, Math.min(320, height - below)), title: 0, building: 0, margin };
    }
    if (compact) {
      const city = this.#level === 'city' ? Math.max(110, height - 82) : 0;
      return { city, title: city + 18, building: city + 24, margin };
    }
    const city = Math.round(Math.max(150, Math.min(height > 560 ? 330 : 248, height * 0.52)));
    return { city, title: city + 18, building: city + 24, margin };
  }

  #paint = (): void => {
    this.#request = 0;
    clearTimeout(this.#later);
    this.#later = undefined;
    const { snapshot, selection, hover, theme } = useWorld.getState();
    if (!snapshot || this.#width === 0) return;
    this.#painted = this.#key();
    if (this.#look?.theme !== theme) this.#look = createLook(theme, this.#brush);
    const brush = this.#brush;
    this.#flow = shownFlow(snapshot.network, selection);
    this.#hasLoad = (snapshot.network?.loads.length ?? 0) > 0;
    brush.clearRect(0, 0, this.#width, this.#height);
    const ink: CityInk = { brush, look: this.#look, measure: this.#measure.measure, selection, hover };
    const flow = this.#flow;
    const step = flow ? shownStep(flow, useTrace.getState()) : 0;
    this.#building = flow && this.#layBuilding(snapshot, flow, step);
    if (flow && this.#building) this.#noteShown(flow, step, this.#building.capsule);
    const moves = this.#paintCity(ink, snapshot, step);
    if (flow && this.#building) this.#paintBuilding(ink, snapshot, flow, step, this.#building);
    if (this.#change || moves) this.#schedule();
  };

  /** True: something in it moves. */
  #paintCity(ink: CityInk, snapshot: Snapshot, step: number): boolean {
    const { network } = snapshot;
    const flow = this.#flow;
    const { city: height } = this.#places();
    this.#city = null;
    if (height <= 0) return false;
    const loads = this.#meter.measure(network?.loads ?? [], snapshot.now);
    const running = loads.filter(({ load }) => load.running);
    const counts = running.length > 0;
    this.#city = layCity(snapshot, { width: this.#width, height, zoom: this.#zoom, counts, port: flow?.target.port });
    const rates = counts
      ? new Map(running.flatMap(({ answers }) => [...answers].map(([id, rate]) => [id, rateText(rate)])))
      : null;
    // While a load runs it is what one looks at; a packet that is selected comes first.
    const showsLoad = loads.length > 0 && !ink.selection?.startsWith('flow:') && (counts || !flow);
    const way = flow && !showsLoad ? layWay(this.#city, flow) : null;
    const news = { flow: showsLoad ? null : flow, pointers: network?.pointers ?? [], gaps: gapsOf(snapshot), rates };
    const gone = flow && way ? goneOverWire(flow, way, step) : 0;
    drawCity(ink, this.#city, news, () => way && drawLegs(ink, way, step, gone));
    if (showsLoad) drawLoads(ink, this.#city, loads);
    if (!flow || !way) return false;
    const { place, moves } = this.#packetAt(this.#city, flow, way, step, gone);
    const hop = flow.hops[step]!;
    const wrapped = hop.encapsulation !== undefined && !/unwrapped/.test(hop.rule);
    drawMarks(ink, this.#city, way, { step, packet: place, wrapped, onWire: gone > 0 });
    return moves;
  }

  get #onlyCapsule(): boolean {
    return this.#level === 'city' && this.#width < 640;
  }

  #layBuilding(snapshot: Snapshot, flow: FlowView, step: number): Building {
    const { margin, building: y } = this.#places();
    return layBuilding(flow, step, {
      box: { x: margin, y, w: this.#width - 2 * margin, h: this.#height - y - 2 },
      onlyCapsule: this.#onlyCapsule,
      measure: (text, weight) => this.#measure.measure(text, 12, weight),
      addressOf: (machine) => machineNamed(snapshot, machine)?.address ?? '',
    });
  }

  #paintBuilding(ink: CityInk, snapshot: Snapshot, flow: FlowView, step: number, building: Building): void {
    const { brush, look, measure } = ink;
    const network = snapshot.network!;
    this.#drawTitle(look, snapshot, flow, step, this.#places().title);
    const balanced = flow.hops.find(({ room }) => room === 'ipvs');
    const balancer = network.balancers.find((one) => one.machine === balanced?.machine && one.mark === balanced.mark);
    const hueIndex = serviceWithId(snapshot, balancer?.service ?? null)?.hueIndex ?? 0;
    if (!this.#onlyCapsule) drawBuilding({ brush, look, measure, network, hueIndex }, building, flow, step);
    const share = this.#changeShare();
    drawCapsule(ink, building.capsule, this.#change && { before: this.#change.before, share });
  }

  /** Another hop of the same flow: the capsule goes there, and what changed turns over. */
  #noteShown(flow: FlowView, step: number, capsule: Capsule): void {
    const before = this.#shown;
    if (before && before.flow === flow.id && Math.abs(before.step - step) === 1 && !this.#still.matches)
      this.#change = { before: before.capsule, direction: step - before.step, since: performance.now() };
    else if (before?.flow !== flow.id || before.step !== step) this.#change = null;
    this.#shown = { flow: flow.id, step, capsule };
  }

  /** How far the change has gone; 1: there is none. */
  #changeShare(): number {
    if (!this.#change) return 1;
    const share = (performance.now() - this.#change.since) / FLIP_MS;
    if (share < 1) return 1 - (1 - share) ** 3;
    this.#change = null;
    return 1;
  }

  #drawTitle({ palette }: StageLook, snapshot: Snapshot, flow: FlowView, step: number, y: number): void {
    const brush = this.#brush;
    const { measure } = this.#measure;
    const width = this.#width;
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

  /** Where the packet is: at the hop that is shown, on its way from the one before, or on a wire. */
  #packetAt(city: City, flow: FlowView, way: Way, step: number, gone: number): { place: Point | null; moves: boolean } {
    const at = markAt(way, step);
    const mark = way.marks[at];
    const leg = way.legs[at];
    if (!mark || !leg) return { place: null, moves: false };
    const { time } = useWorld.getState();
    const hop = flow.hops[step]!;
    if (
      !isOver(flow) &&
      step === flow.hops.length - 1 &&
      hop.room === 'wire' &&
      hop.result === 'passed' &&
      !this.#still.matches
    ) {
      const towards = / to (\S+?)(:|$)/.exec(hop.rule)?.[1];
      const to = city.districts.find(({ name }) => name === towards);
      const share = Math.max(0, Math.min(0.9, (virtualNow() - hop.at) / USUAL_WIRE));
      if (to)
        return {
          place: { x: mark.x + (to.balancerX - mark.x) * share, y: hop.encapsulation ? mark.y : city.street },
          moves: time.playing,
        };
    }
    const share = this.#changeShare();
    const onWire = gone > 0 ? way.legs[at + 1] : undefined;
    if (onWire) return { place: alongLeg(onWire, gone * share), moves: this.#change !== null };
    const rest = restOf(mark, leg.at(-1)!);
    if (!this.#change) return { place: rest, moves: false };
    const next = way.legs[at + 1];
    const isNewMark = this.#change.direction > 0 ? mark.first === step : mark.last === step && next !== undefined;
    if (!isNewMark) return { place: rest, moves: true };
    return { place: this.#change.direction > 0 ? alongLeg(leg, share) : alongLeg(next!, 1 - share), moves: true };
  }
}

/** A hop of the past on a wire is shown halfway over it. */
function goneOverWire(flow: FlowView, way: Way, step: number): number {
  const hop = flow.hops[step]!;
  const isNewest = step === flow.hops.length - 1;
  return hop.room === 'wire' && hop.result === 'passed' && !isNewest && way.legs[markAt(way, step) + 1] ? 0.5 : 0;
}

/** At a wheel the packet stands above it: the wheel is what one looks at. */
function restOf({ kind }: WayMark, place: Point): Point {
  return kind === 'wheel' ? { x: place.x, y: place.y - 20 } : place;
}
