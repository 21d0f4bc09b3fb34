/**
 * The Cluster lens: what stands is painted on the lower canvas, machine by machine and only where something changed; what moves (messages,
 * timers, rings of selection) on the upper one.
 */
import type { Micros, ObjectRef } from '../../protocol/events.ts';
import { machineNamed } from '../store/rows.ts';
import { drawLegend, drawTray } from './draw-legend.ts';
import { drawMachine, resetBrush, tracePath } from './draw-machine.ts';
import { drawFlight, traceRoute } from './draw-message.ts';
import { drawTimer } from './draw-timer.ts';
import { timerArcs } from './election-timer.ts';
import { type Flights, flightState } from './flights.ts';
import { drawRings, type Frame, type Moving, onScreen, traceBox, type View } from './frame.ts';
import { clusterTargets, type HitIndex, indexTargets, legendTargets } from './hit-test.ts';
import { termText, timerTextSize } from './inside.ts';
import type { Scene } from './layout.ts';
import { type Route, routeBetween, type Stop } from './routes.ts';
import type { Box, Legend, MachineMark, TaskMark, TrayMark } from './scene.ts';
import { type Brush, drawText } from './stage-look.ts';

/** Paints what stands. With the scene before (same frame otherwise) only what changed; returns how many machines were painted. */
export function paintCluster(brush: Brush, scene: Scene, frame: Frame, before: Scene | null): number {
  resetBrush(brush);
  const part = before !== null && canPaintParts(scene, before);
  if (!part) {
    brush.clearRect(0, 0, frame.width, frame.height);
    for (const mark of scene.machines) paintMachine(brush, mark, frame);
    paintTray(brush, scene, frame);
    paintLegend(brush, scene, frame);
    return scene.machines.length;
  }
  let painted = 0;
  let legendTouched = legendKey(scene.legend) !== legendKey(before.legend);
  for (const [index, mark] of scene.machines.entries()) {
    if (mark === before.machines[index]) continue;
    const box = screenBox(mark, frame.view);
    const margin = Math.min(9, (scene.places.workerGap * frame.view.k) / 2);
    brush.clearRect(box.x - margin, box.y - margin, box.w + 2 * margin, box.h + 2 * margin);
    paintMachine(brush, mark, frame);
    if (box.y + box.h + margin > scene.legend.box.y) legendTouched = true;
    painted++;
  }
  if (legendTouched) paintLegend(brush, scene, frame);
  return painted;
}

/** The tray hangs between machines: when it changes, or there is one, all is painted. */
function canPaintParts(scene: Scene, before: Scene): boolean {
  return (
    scene.places === before.places &&
    scene.machines.length === before.machines.length &&
    scene.tray === null &&
    before.tray === null &&
    scene.legend.box.y === before.legend.box.y
  );
}

function legendKey(legend: Legend): string {
  const words = legend.items.map(
    (item) => `${item.ref} ${item.running}/${item.desired} ${item.words?.text} ${item.box.x}`,
  );
  return `${words.join()} ${legend.more?.text}`;
}

function paintMachine(brush: Brush, mark: MachineMark, frame: Frame): void {
  const box = screenBox(mark, frame.view);
  if (box.x > frame.width || box.y > frame.height || box.x + box.w < 0 || box.y + box.h < 0) return;
  drawMachine(brush, mark, box.x, box.y, box.w, box.h, frame.look, frame.emphasis);
}

function paintTray(brush: Brush, scene: Scene, frame: Frame): void {
  if (!scene.tray) return;
  const box = screenBox(scene.tray, frame.view);
  drawTray(brush, scene.tray, box.x, box.y, box.w, box.h, frame.look, frame.emphasis);
}

function paintLegend(brush: Brush, scene: Scene, frame: Frame): void {
  const { box } = scene.legend;
  brush.clearRect(box.x, box.y, box.w, box.h);
  if (frame.view.k > 1) {
    brush.fillStyle = frame.look.palette.stage;
    brush.fillRect(box.x, box.y, box.w, box.h);
  }
  drawLegend(brush, scene.legend, frame.look, (item) => frame.emphasis.service(item.service.serviceId));
}

/** A box of the world on the screen, on whole pixels. */
export function screenBox({ box }: { box: Box }, { k, x, y }: View): Box {
  const left = Math.round(box.x * k + x);
  const top = Math.round(box.y * k + y);
  return {
    x: left,
    y: top,
    w: Math.round(box.x * k + x + box.w * k) - left,
    h: Math.round(box.y * k + y + box.h * k) - top,
  };
}

/** Ways between machines of one scene, kept until the places or the view change. */
export class Routes {
  #places: Scene['places'] | null = null;
  #view: View | null = null;
  #stops = new Map<string, Stop>();
  #routes = new Map<string, Map<string, Route>>();

  /** The way on the screen; null when one end is not on the stage. */
  between(scene: Scene, view: View, from: string, to: string): Route | null {
    if (scene.places !== this.#places || view !== this.#view) {
      this.#places = scene.places;
      this.#view = view;
      this.#routes.clear();
      this.#stops = stopsOf(scene);
    }
    let ways = this.#routes.get(from);
    if (!ways) {
      ways = new Map();
      this.#routes.set(from, ways);
    }
    const known = ways.get(to);
    if (known) return known;
    const [start, end] = [this.#stops.get(from), this.#stops.get(to)];
    if (!start || !end) return null;
    const { arcRoom, corridorY, compact } = scene.places;
    const route = onScreen(routeBetween(start, end, { arcRoom, corridorY, lane: compact ? 2.5 : 3.5 }), view);
    ways.set(to, route);
    return route;
  }
}

function stopsOf(scene: Scene): Map<string, Stop> {
  const stops = new Map<string, Stop>();
  for (const [row, { names, role }] of scene.places.rows.entries()) {
    for (const name of names) {
      stops.set(name, {
        box: scene.places.boxes.get(name)!,
        row,
        manager: role === 'manager',
        gap: scene.places.workerGap,
      });
    }
  }
  return stops;
}

/** Paints what moves at virtual time `now` and wall time `wall`. */
export function paintClusterMoving(
  brush: Brush,
  scene: Scene,
  frame: Frame,
  flights: Flights,
  routes: Routes,
  now: Micros,
  wall: number,
): Moving {
  resetBrush(brush);
  brush.clearRect(0, 0, frame.width, frame.height);
  const legend = scene.legend.box;
  const zoomed = frame.view.k > 1;
  if (zoomed) {
    // The map may reach under the legend, which stands still.
    brush.save();
    brush.beginPath();
    brush.rect(0, 0, frame.width, legend.y);
    brush.clip();
  }
  const timerMs = paintTimers(brush, scene, frame, now);
  const flying = paintFlights(brush, scene, frame, flights, routes, now, wall);
  if (zoomed) {
    drawRings(
      brush,
      frame,
      (ref, away) => !ref.startsWith('service:') && traceThing(brush, scene, frame.view, ref, away),
    );
    brush.restore();
    resetBrush(brush);
  }
  drawRings(
    brush,
    frame,
    (ref, away) => (!zoomed || ref.startsWith('service:')) && traceThing(brush, scene, frame.view, ref, away),
  );
  return { flying, timerMs };
}

function paintFlights(
  brush: Brush,
  scene: Scene,
  frame: Frame,
  flights: Flights,
  routes: Routes,
  now: Micros,
  wall: number,
): boolean {
  if (flights.live.size === 0) return false;
  const lanes = new Set<Route>();
  const drawn: Parameters<typeof drawFlight>[] = [];
  const ink = frame.look.ink(null);
  const scale = scene.places.compact ? 0.8 : Math.max(0.75, Math.min(1.4, scene.places.unit * Math.sqrt(frame.view.k)));
  const roundScale = Math.round(scale * 20) / 20;
  const tools = {
    brush,
    look: frame.look,
    shapes: frame.shapes,
    scale: roundScale,
    reducedMotion: frame.reducedMotion,
  };
  let waiting = false;
  for (const flight of flights.live.values()) {
    const state = flightState(flight, now, wall, frame.rate);
    waiting ||= state.phase === 'waiting';
    if (state.phase === 'over' || state.phase === 'waiting') continue;
    const route = routes.between(scene, frame.view, flight.message.from, flight.message.to);
    if (!route) continue;
    if (state.phase === 'flying') lanes.add(route);
    drawn.push([tools, flight.shape, '', ink, route, state, strengthOf(flight.message, frame)]);
  }
  brush.strokeStyle = frame.look.palette.line2;
  brush.lineWidth = 1;
  brush.globalAlpha = lanes.size > 40 ? 0.45 : 0.8;
  brush.beginPath();
  for (const route of lanes) traceRoute(brush, route);
  brush.stroke();
  brush.globalAlpha = 1;
  for (const call of drawn) drawFlight(...call);
  return drawn.length > 0 || waiting;
}

/** Messages of a selected machine stay strong, the others go back a little. */
function strengthOf(message: { from: string; to: string }, frame: Frame): number {
  const { selection } = frame;
  if (selection === null || !selection.startsWith('machine:')) return 1;
  const name = selection.slice('machine:'.length);
  return message.from === name || message.to === name ? 1 : 0.6;
}

function paintTimers(brush: Brush, scene: Scene, frame: Frame, now: Micros): number | null {
  let soonest: number | null = null;
  for (const mark of scene.machines) {
    if (!mark.timer) continue;
    const raft = machineNamed(scene.from, mark.name)?.raft;
    if (!raft) continue;
    const box = screenBox(mark, frame.view);
    if (mark.timer.term) {
      drawText(brush, termText(mark), box.x + mark.timer.term.x, box.y + mark.timer.term.y, {
        size: timerTextSize(mark),
        weight: 600,
        color: frame.look.palette.t2,
      });
    }
    const arcs = timerArcs(raft, now);
    if (!arcs) continue;
    drawTimer(brush, arcs, box.x + mark.timer.at.x, box.y + mark.timer.at.y, mark.timer.radius, frame.look);
    if (arcs.elapsed < arcs.total) {
      soonest = Math.min(
        soonest ?? Number.POSITIVE_INFINITY,
        msPerHalfPixel(raft.electionTimeoutBase, mark.timer.radius, frame),
      );
    }
  }
  return soonest;
}

/** Wall time in which the end of an arc moves by half a pixel. */
export function msPerHalfPixel(base: Micros, radius: number, frame: Pick<Frame, 'rate' | 'reducedMotion'>): number {
  if (frame.rate <= 0) return Number.POSITIVE_INFINITY;
  const pixelsPerMs = ((radius * Math.PI) / (base / 1000)) * frame.rate;
  return Math.max(frame.reducedMotion ? 500 : 33, 0.5 / pixelsPerMs);
}

/** The outline of a thing on the screen. A search, not the index: it is asked for one or two things per frame. */
function traceThing(brush: Brush, scene: Scene, view: View, ref: ObjectRef, away: number): boolean {
  const item = scene.legend.items.find((one) => one.ref === ref);
  if (item) {
    traceBox(brush, item.box, away - 2);
    return true;
  }
  const machine = scene.machines.find((mark) => mark.ref === ref);
  if (machine) {
    const box = screenBox(machine, view);
    if (machine.shape === 'hexagon') tracePath(brush, machine, box.x, box.y, box.w, box.h, -away);
    else traceBox(brush, box, away);
    return true;
  }
  for (const mark of [...scene.machines, ...(scene.tray ? [scene.tray] : [])]) {
    const inside = mark.tasks.find((task) => task.ref === ref) ?? groupsOf(mark).find((task) => task.ref === ref);
    if (!inside) continue;
    const place = screenBox(mark, view);
    traceBox(brush, { ...inside.box, x: place.x + inside.box.x, y: place.y + inside.box.y }, away);
    return true;
  }
  return false;
}

function groupsOf(mark: MachineMark | TrayMark): TaskMark[] {
  return 'groups' in mark ? mark.groups.flatMap((group) => group.marks) : [];
}

const indexes = new WeakMap<Scene, { map: HitIndex; legend: HitIndex }>();

function hitIndexOf(scene: Scene): { map: HitIndex; legend: HitIndex } {
  let index = indexes.get(scene);
  if (!index) {
    index = { map: indexTargets(clusterTargets(scene)), legend: indexTargets(legendTargets(scene)) };
    indexes.set(scene, index);
  }
  return index;
}

/** What lies under a point of the screen. */
export function clusterAt(scene: Scene, view: View, x: number, y: number, slack: number): ObjectRef | null {
  const index = hitIndexOf(scene);
  if (y >= scene.legend.box.y) {
    const item = index.legend.at(x, y, slack);
    if (item) return item.ref;
  }
  return index.map.at(x - view.x, y - view.y, slack)?.ref ?? null;
}
