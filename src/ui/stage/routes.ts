/**
 * The way of a message between two machines on the Cluster lens, in world pixels. Managers talk to managers in arcs above their row;
 * managers and workers talk through the corridor between them, and down the gaps between columns to later rows: so a message covers
 * no text. Each direction has its own lane beside the other.
 */
import type { Box, Point } from './scene.ts';

/** A way as points with the length gone at each. */
export interface Route {
  points: Point[];
  lengths: number[];
  total: number;
}

/** Where a machine is, for routing. */
export interface Stop {
  box: Box;
  /** Number of its row from the top, and whether that is a row of managers. */
  row: number;
  manager: boolean;
  /** Top of the row below the corridor; where gaps between columns begin. */
  gap: number;
}

export interface RouteRoom {
  arcRoom: number;
  corridorY: number | null;
  /** Half the distance between the two lanes of a link. */
  lane: number;
}

/** The way from one machine to another; the way back is another lane. */
export function routeBetween(from: Stop, to: Stop, room: RouteRoom): Route {
  if (from.manager && to.manager) {
    return from.row === to.row && from.row === 0 ? arcAbove(from, to, room) : straight(from, to, room);
  }
  if (from.manager !== to.manager && room.corridorY !== null) {
    const down = from.manager;
    const [upper, lower] = down ? [from, to] : [to, from];
    const points = throughCorridor(upper, lower, room.corridorY, down ? -room.lane : room.lane);
    return measured(down ? points : points.reverse());
  }
  return straight(from, to, room);
}

/** An arc over the row: farther machines, higher arcs; the way to the right outside, the way back inside. */
function arcAbove(from: Stop, to: Stop, room: RouteRoom): Route {
  const right = to.box.x > from.box.x;
  const [left, other] = right ? [from, to] : [to, from];
  const distance = other.box.x - left.box.x;
  const span = distance / Math.max(1, left.box.w);
  const lift = Math.min(room.arcRoom - 10, room.arcRoom * Math.min(1, 0.46 + 0.14 * span));
  const height = Math.max(3, right ? lift : lift - 2 * room.lane);
  const y = left.box.y - 1;
  const shift = right ? 0 : room.lane * 2;
  const start = { x: left.box.x + left.box.w * 0.68 + shift, y };
  const end = { x: other.box.x + other.box.w * 0.32 - shift, y: other.box.y - 1 };
  // A cubic with level control points rises to three quarters of their height.
  const control = height / 0.75;
  const points = cubic(start, { x: start.x + 14, y: y - control }, { x: end.x - 14, y: y - control }, end, 28);
  return measured(right ? points : points.reverse());
}

/** From the foot of a manager to the head of a worker; to later rows down the gap left of the worker's column. */
function throughCorridor(upper: Stop, lower: Stop, corridorY: number, lane: number): Point[] {
  const target = lower.box.x + lower.box.w / 2;
  const towards = Math.max(-0.28, Math.min(0.28, (target - upper.box.x - upper.box.w / 2) / 1200));
  const start = { x: upper.box.x + upper.box.w * (0.5 + towards) + lane, y: upper.box.y + upper.box.h + 1 };
  const bend = { x: start.x, y: corridorY };
  if (lower.row <= upper.row + 1 || lower.box.y - corridorY < lower.box.h * 0.8) {
    const end = { x: target + lane, y: lower.box.y - 1 };
    return cubic(start, bend, { x: end.x, y: corridorY }, end, 24);
  }
  const gapX = lower.box.x - lower.gap / 2 + Math.max(-lower.gap / 4, Math.min(lower.gap / 4, lane));
  const top = corridorY + 10;
  const head = cubic(start, bend, { x: gapX, y: corridorY - 4 }, { x: gapX, y: top }, 18);
  const arrive = lower.box.y + Math.min(14, lower.box.h * 0.3);
  return [...head, { x: gapX, y: arrive - 3 }, { x: lower.box.x, y: arrive }];
}

function straight(from: Stop, to: Stop, room: RouteRoom): Route {
  const a = centre(from.box);
  const b = centre(to.box);
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const side = { x: (-(b.y - a.y) / length) * room.lane, y: ((b.x - a.x) / length) * room.lane };
  const start = edgePoint(from.box, b);
  const end = edgePoint(to.box, a);
  return measured([
    { x: start.x + side.x, y: start.y + side.y },
    { x: end.x + side.x, y: end.y + side.y },
  ]);
}

function centre(box: Box): Point {
  return { x: box.x + box.w / 2, y: box.y + box.h / 2 };
}

/** Where the line from the box's centre towards a point leaves the box. */
function edgePoint(box: Box, towards: Point): Point {
  const c = centre(box);
  const dx = towards.x - c.x;
  const dy = towards.y - c.y;
  const scale = Math.min(box.w / 2 / (Math.abs(dx) || 1e-9), box.h / 2 / (Math.abs(dy) || 1e-9));
  return { x: c.x + dx * Math.min(1, scale), y: c.y + dy * Math.min(1, scale) };
}

/** Points on a cubic Bézier curve. */
function cubic(a: Point, b: Point, c: Point, d: Point, steps: number): Point[] {
  const points: Point[] = [];
  for (let step = 0; step <= steps; step++) {
    const t = step / steps;
    const s = 1 - t;
    const [p, q, r, u] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    points.push({ x: p * a.x + q * b.x + r * c.x + u * d.x, y: p * a.y + q * b.y + r * c.y + u * d.y });
  }
  return points;
}

/** A way with its lengths, so that motion along it is even. */
export function measured(points: Point[]): Route {
  const lengths = [0];
  for (let index = 1; index < points.length; index++) {
    const a = points[index - 1]!;
    const b = points[index]!;
    lengths.push(lengths[index - 1]! + Math.hypot(b.x - a.x, b.y - a.y));
  }
  return { points, lengths, total: lengths.at(-1)! };
}

/** The point at `share` (0 to 1) of the way, with the direction of travel. */
export function pointAt(route: Route, share: number): Point & { angle: number } {
  const want = Math.max(0, Math.min(1, share)) * route.total;
  let index = 1;
  while (index < route.lengths.length - 1 && route.lengths[index]! < want) index++;
  const a = route.points[index - 1]!;
  const b = route.points[index] ?? a;
  const from = route.lengths[index - 1]!;
  const step = (route.lengths[index] ?? from) - from;
  const t = step > 0 ? (want - from) / step : 0;
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t, angle: Math.atan2(b.y - a.y, b.x - a.x) };
}
