/**
 * The two canvases of the stage and when they are painted. The lower one (what stands) is painted when rows, size, zoom, theme or emphasis
 * changed, and then only the machines that differ; the upper one (what moves) at display rate while something flies and time plays, at
 * a timer's own pace while only timers run, and not at all while nothing moves.
 */
import type { Micros, ObjectRef } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import type { Theme } from '../look/palette.ts';
import { firstPicture } from '../store/first-picture.ts';
import { clusterAt, paintCluster, paintClusterMoving, Routes } from './cluster-lens.ts';
import { ShapeStore } from './draw-message.ts';
import { emphasisOf, resolveSelection } from './emphasis.ts';
import { Flights } from './flights.ts';
import type { Frame, Moving, View } from './frame.ts';
import { layoutScene, type Scene } from './layout.ts';
import type { RaftScene } from './raft-layout.ts';
import { type Brush, createLook, createMeasure, forgetFont } from './stage-look.ts';

/** What the painter is told by the page. */
export interface StageInput {
  snapshot: Snapshot | null;
  lens: 'cluster' | 'raft';
  theme: Theme;
  selection: ObjectRef | null;
  hover: ObjectRef | null;
  focus: ObjectRef | null;
  reducedMotion: boolean;
  playing: boolean;
  rate: number;
}

/** For measurements: milliseconds each paint took, kept only while `window.swarmscopeStageMeter` is an array. */
export interface StageMeterEntry {
  at: number;
  layoutMs: number;
  staticMs: number;
  movingMs: number;
  machinesPainted: number;
}

declare global {
  interface Window {
    swarmscopeStageMeter?: StageMeterEntry[];
  }
}

/** The Raft lens comes after the first picture. */
interface RaftLens {
  layout: typeof import('./raft-layout.ts');
  lens: typeof import('./raft-lens.ts');
  memory: import('./raft-lens.ts').RaftMemory;
}

async function fetchRaftLens(): Promise<RaftLens> {
  const [layout, lens] = await Promise.all([import('./raft-layout.ts'), import('./raft-lens.ts')]);
  return { layout, lens, memory: new lens.RaftMemory() };
}

/** A timer that begins anew is drawn anew within this wall time. */
const TIMER_NEWS_MS = 50;

const emptyInput: StageInput = {
  snapshot: null,
  lens: 'cluster',
  theme: 'dark',
  selection: null,
  hover: null,
  focus: null,
  reducedMotion: false,
  playing: false,
  rate: 1,
};

export class StagePainter {
  readonly #lower: HTMLCanvasElement;
  readonly #upper: HTMLCanvasElement;
  readonly #lowerBrush: Brush;
  readonly #upperBrush: Brush;
  readonly #virtualNow: () => Micros;
  readonly #measure = createMeasure();
  readonly #flights = new Flights();
  readonly #routes = new Routes();
  #raftLens: RaftLens | null = null;
  #input = emptyInput;
  #view: View = { k: 1, x: 0, y: 0 };
  #width = 0;
  #height = 0;
  #density = 1;
  #frame: Frame | null = null;
  #scene: Scene | null = null;
  #raft: RaftScene | null = null;
  /** The scene that is on the lower canvas; null = paint all. */
  #painted: Scene | RaftScene | null = null;
  #needsLayout = true;
  #needsMoving = true;
  #nextTimerAt = Number.POSITIVE_INFINITY;
  /** Wall time of the last paint of what moves. */
  #movedAt = 0;
  #request = 0;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  #onScene: (scene: Scene | null) => void;

  constructor(
    lower: HTMLCanvasElement,
    upper: HTMLCanvasElement,
    virtualNow: () => Micros,
    onScene: (scene: Scene | null) => void,
  ) {
    this.#lower = lower;
    this.#upper = upper;
    this.#lowerBrush = lower.getContext('2d')!;
    // Its frames go to the screen without a frame of the whole page: a third of the main thread's time without a GPU.
    this.#upperBrush = upper.getContext('2d', { desynchronized: true })!;
    this.#virtualNow = virtualNow;
    this.#onScene = onScene;
    void firstPicture.then(fetchRaftLens).then((raftLens) => {
      this.#raftLens = raftLens;
      this.#repaint();
    });
  }

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  get view(): View {
    return this.#view;
  }

  get scene(): Scene | null {
    return this.#scene;
  }

  resize(width: number, height: number, density: number): void {
    if (width === this.#width && height === this.#height && density === this.#density) return;
    this.#width = width;
    this.#height = height;
    this.#density = density;
    for (const canvas of [this.#lower, this.#upper]) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    for (const brush of [this.#lowerBrush, this.#upperBrush]) {
      brush.setTransform(density, 0, 0, density, 0, 0);
      forgetFont(brush);
    }
    this.#frame = null;
    this.#repaint();
    // A resized canvas is empty: paint in the same frame, so that nothing flickers.
    cancelAnimationFrame(this.#request);
    this.#paint(performance.now());
  }

  /** Fonts have come: every measured width may be wrong. */
  fontsChanged(): void {
    this.#measure.forget();
    this.#scene = null;
    // The shapes' bitmaps have letters in them.
    this.#frame = null;
    this.#repaint();
  }

  update(input: StageInput): void {
    const before = this.#input;
    this.#input = input;
    if (input.snapshot !== before.snapshot) this.#takeSnapshot(before.snapshot);
    if (input.theme !== before.theme || input.reducedMotion !== before.reducedMotion) this.#frame = null;
    if (input.theme !== before.theme || input.lens !== before.lens) this.#repaint();
    this.#refreshFrame();
    const { selection, hover, focus, playing, rate } = input;
    if (selection !== before.selection || hover !== before.hover || focus !== before.focus) this.#needsMoving = true;
    if (playing !== before.playing || rate !== before.rate) this.#needsMoving = true;
    this.#schedule();
  }

  setView(view: View): void {
    const zoomed = view.k !== this.#view.k;
    this.#view = view;
    this.#painted = null;
    if (zoomed) this.#needsLayout = true;
    this.#refreshFrame();
    this.#needsMoving = true;
    this.#schedule();
  }

  /** The thing at a point of the stage. */
  at(x: number, y: number, slack: number): ObjectRef | null {
    if (this.#input.lens === 'raft')
      return this.#raft && this.#frame ? (this.#raftLens?.lens.raftAt(this.#raft, this.#frame, x, y) ?? null) : null;
    return this.#scene ? clusterAt(this.#scene, this.#view, x, y, slack) : null;
  }

  dispose(): void {
    cancelAnimationFrame(this.#request);
    clearTimeout(this.#alarm);
    this.#request = 0;
  }

  #takeSnapshot(before: Snapshot | null): void {
    const { snapshot } = this.#input;
    if (snapshot === null || (before !== null && snapshot.seed !== before.seed) || snapshot.now < (before?.now ?? 0)) {
      this.#flights.clear();
    }
    if (snapshot && snapshot.messages !== before?.messages)
      this.#flights.take(snapshot.messages, performance.now(), this.#input.playing ? this.#input.rate : 0);
    if (this.#flights.live.size > 0 || !this.#input.playing) this.#needsMoving = true;
    // Timers begin anew with every heartbeat: soon enough to be seen, not with every picture.
    if (snapshot?.machines !== before?.machines)
      this.#nextTimerAt = Math.min(this.#nextTimerAt, this.#movedAt + TIMER_NEWS_MS);
    if (!before || !snapshot || !sameRows(before, snapshot)) this.#needsLayout = true;
  }

  #repaint(): void {
    this.#painted = null;
    this.#raftLens?.memory.forget();
    this.#needsLayout = true;
    this.#needsMoving = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#request === 0 && this.#width > 0) this.#request = requestAnimationFrame((wall) => this.#paint(wall));
  }

  /** While only timers run, no frame is asked for until one has visibly moved. */
  #wakeAt(at: number, wall: number): void {
    clearTimeout(this.#alarm);
    if (at < Number.POSITIVE_INFINITY) this.#alarm = setTimeout(() => this.#schedule(), Math.max(0, at - wall - 8));
  }

  #refreshFrame(): void {
    const { snapshot, theme, selection, hover, focus, reducedMotion, playing, rate } = this.#input;
    const selected = snapshot ? resolveSelection(snapshot, selection) : null;
    const look = this.#frame?.look.theme === theme ? this.#frame.look : createLook(theme, this.#lowerBrush);
    const emphasis = emphasisOf(selected);
    if (this.#frame && this.#frame.emphasis.key !== emphasis.key) this.#painted = null;
    this.#frame = {
      width: this.#width,
      height: this.#height,
      view: this.#view,
      look,
      shapes: this.#frame?.look === look ? this.#frame.shapes : new ShapeStore(look, Math.max(1, this.#density)),
      measure: this.#measure.measure,
      emphasis,
      selection: selected?.ref ?? null,
      hover,
      focus,
      reducedMotion,
      rate: playing ? rate : 0,
    };
  }

  #paint(wall: number): void {
    this.#request = 0;
    const { snapshot } = this.#input;
    if (!snapshot || this.#width === 0) return;
    if (!this.#frame) this.#refreshFrame();
    const frame = this.#frame!;
    const meter = window.swarmscopeStageMeter;
    const now = this.#virtualNow();
    const began = performance.now();
    if (this.#scene?.nextExpiry != null && now >= this.#scene.nextExpiry) this.#needsLayout = true;
    if (this.#needsLayout) this.#layout(snapshot, now);
    const laid = performance.now();
    const machinesPainted = this.#paintStanding(frame);
    const stood = performance.now();
    if (this.#needsMoving || wall >= this.#nextTimerAt) this.#paintMoving(frame, now, wall);
    if (meter) {
      const end = performance.now();
      meter.push({ at: wall, layoutMs: laid - began, staticMs: stood - laid, movingMs: end - stood, machinesPainted });
    }
    if (this.#needsMoving) this.#schedule();
    else this.#wakeAt(this.#nextTimerAt, wall);
  }

  #layout(snapshot: Snapshot, now: Micros): void {
    this.#needsLayout = false;
    const options = { width: this.#width, height: this.#height, zoom: this.#view.k, measure: this.#measure.measure };
    // The outline is made of the Cluster scene under both lenses.
    this.#scene = layoutScene(snapshot, options, now, this.#scene);
    const raftLens = this.#input.lens === 'raft' ? this.#raftLens : null;
    this.#raft =
      raftLens?.layout.layoutRaft(snapshot, this.#width, this.#height, this.#measure.measure, this.#raft) ?? null;
    this.#onScene(this.#scene);
  }

  #paintStanding(frame: Frame): number {
    if (this.#raft) {
      const painted = this.#painted;
      if (painted !== null && 'stillKey' in painted && painted.stillKey === this.#raft.stillKey) return 0;
      this.#needsMoving = true;
      this.#raftLens?.lens.paintRaft(this.#lowerBrush, this.#raft, frame);
      this.#painted = this.#raft;
      return this.#raft.seats.length;
    }
    const scene = this.#scene;
    if (!scene || this.#painted === scene) return 0;
    const before = this.#painted !== null && 'places' in this.#painted ? this.#painted : null;
    const count = paintCluster(this.#lowerBrush, scene, frame, before);
    // Timers stand beside names, rings around squares: where those are new, so is what moves.
    if (count > 0) this.#needsMoving = true;
    this.#painted = scene;
    return count;
  }

  #paintMoving(frame: Frame, now: Micros, wall: number): void {
    const { rate } = frame;
    this.#movedAt = wall;
    this.#flights.sweep(now, wall, rate);
    let moving: Moving = { flying: false, timerMs: null };
    const raftLens = this.#raftLens;
    if (this.#raft && raftLens) {
      const { lens, memory } = raftLens;
      moving = lens.paintRaftMoving(this.#upperBrush, this.#raft, frame, this.#flights, memory, now, wall);
    } else if (this.#scene) {
      moving = paintClusterMoving(this.#upperBrush, this.#scene, frame, this.#flights, this.#routes, now, wall);
    }
    const playing = rate > 0;
    this.#needsMoving = playing && moving.flying;
    const expiry = this.#scene?.nextExpiry ?? null;
    const expiryMs =
      expiry === null ? Number.POSITIVE_INFINITY : Math.max(16, (expiry - now) / 1000 / Math.max(rate, 1e-9));
    this.#nextTimerAt = playing
      ? wall + Math.min(moving.timerMs ?? Number.POSITIVE_INFINITY, expiryMs)
      : Number.POSITIVE_INFINITY;
  }
}

/** Whether nothing that has a place on the stage is new: only time has passed, or messages fly. */
function sameRows(a: Snapshot, b: Snapshot): boolean {
  return (
    a.machines === b.machines &&
    a.nodes === b.nodes &&
    a.services === b.services &&
    a.tasks === b.tasks &&
    a.quorum === b.quorum
  );
}
