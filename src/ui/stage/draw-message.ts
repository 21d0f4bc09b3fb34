/**
 * Messages: their shapes (kept as small bitmaps, drawn once per kind, colour and density), the lane they fly on, the cross and the ghost
 * of a lost one, and the numbered steps that stand for flight when motion is reduced.
 */

import { drawCross, drawTick } from './draw-glyphs.ts';
import type { FlightState } from './flights.ts';
import type { MessageShape } from './message-shapes.ts';
import { pointAt, type Route } from './routes.ts';
import type { Point } from './scene.ts';
import { type Brush, drawText, fontOf, type Pen, type ShapeInk, type StageLook } from './stage-look.ts';

/** Bitmaps of shapes, found by the shape's and the ink's own objects. Made anew with the theme and the density. */
export class ShapeStore {
  #bitmaps = new Map<MessageShape, Map<ShapeInk, Map<string, Bitmap>>>();
  #scale = 0;
  readonly #look: StageLook;
  readonly #density: number;

  constructor(look: StageLook, density: number) {
    this.#look = look;
    this.#density = density;
  }

  /** Draws a shape centred on a point. */
  draw(brush: Brush, shape: MessageShape, label: string, ink: ShapeInk, scale: number, x: number, y: number): void {
    if (scale !== this.#scale) {
      this.#bitmaps.clear();
      this.#scale = scale;
    }
    let byInk = this.#bitmaps.get(shape);
    if (!byInk) {
      byInk = new Map();
      this.#bitmaps.set(shape, byInk);
    }
    let byLabel = byInk.get(ink);
    if (!byLabel) {
      byLabel = new Map();
      byInk.set(ink, byLabel);
    }
    let bitmap = byLabel.get(label);
    if (!bitmap) {
      bitmap = this.#make(shape, label, ink, scale);
      byLabel.set(label, bitmap);
    }
    brush.drawImage(bitmap.image, x - bitmap.half, y - bitmap.half, bitmap.side, bitmap.side);
  }

  #make(shape: MessageShape, label: string, ink: ShapeInk, scale: number): Bitmap {
    const half = Math.ceil((shape.size * scale * (label ? 1.7 : 1.1)) / 2 + 4);
    const side = Math.ceil(half * 2 * this.#density);
    const canvas = new OffscreenCanvas(side, side);
    const pen = canvas.getContext('2d')!;
    pen.scale(this.#density, this.#density);
    pen.translate(half, half);
    paintShape(pen, shape, label, ink, scale, this.#look.palette.stage);
    // Drawn from a canvas, every single time would first take a picture of it.
    return { image: canvas.transferToImageBitmap(), half, side: side / this.#density };
  }
}

interface Bitmap {
  image: ImageBitmap;
  /** From its corner to the shape's middle. */
  half: number;
  side: number;
}

/** Paints a shape around the origin, with a rim of the ground's colour that keeps it apart from lines. */
function paintShape(pen: Pen, shape: MessageShape, label: string, ink: ShapeInk, scale: number, ground: string): void {
  const size = shape.size * scale;
  tracers[shape.form](pen, size, label !== '');
  pen.lineJoin = 'round';
  pen.strokeStyle = ground;
  pen.lineWidth = 4.5;
  pen.stroke();
  pen.fillStyle = shape.filled ? ink.fill : ground;
  pen.fill();
  if (!shape.filled) {
    pen.strokeStyle = ink.edge ?? ink.fill;
    pen.lineWidth = size < 10 ? 1.6 : 1.8;
    pen.stroke();
  } else if (ink.edge) {
    pen.strokeStyle = ink.edge;
    pen.lineWidth = 1.2;
    pen.stroke();
  }
  paintDetail(pen, shape, label, shape.filled ? ink.on : (ink.edge ?? ink.fill), size);
}

/** Outlines by form, around the origin. */
const tracers: Record<MessageShape['form'], (pen: Pen, size: number, labelled: boolean) => void> = {
  ballot: (pen, size, labelled) => rectangle(pen, labelled ? size * 1.65 : size, labelled ? size * 1.3 : size, 2),
  beat: (pen, size) => disc(pen, size / 2),
  dot: (pen, size) => disc(pen, size / 2),
  envelope: (pen, size) => rectangle(pen, size, size * 0.72, 1.5),
  crate: (pen, size) => rectangle(pen, size, size * 0.86, 1),
  'half-disc'(pen, size) {
    pen.beginPath();
    pen.arc(0, size * 0.25, size / 2, Math.PI, 0);
    pen.closePath();
  },
  triangle: (pen, size) =>
    polygon(
      pen,
      [
        [-0.5, 0.42],
        [0, -0.5],
        [0.5, 0.42],
      ],
      size,
    ),
  slip: (pen, size) =>
    polygon(
      pen,
      [
        [-0.4, -0.5],
        [0.15, -0.5],
        [0.4, -0.22],
        [0.4, 0.5],
        [-0.4, 0.5],
      ],
      size,
    ),
  flag: (pen, size) =>
    polygon(
      pen,
      [
        [-0.5, -0.5],
        [0.5, -0.2],
        [-0.3, 0.1],
        [-0.3, 0.5],
        [-0.5, 0.5],
      ],
      size,
    ),
  key(pen, size) {
    pen.beginPath();
    pen.arc(-size * 0.15, 0, size * 0.32, 0.35, Math.PI * 2 - 0.35);
    pen.lineTo(size * 0.55, -size * 0.12);
    pen.lineTo(size * 0.55, size * 0.12);
    pen.closePath();
  },
  chevron: (pen, size) =>
    polygon(
      pen,
      [
        [-0.5, -0.5],
        [0.1, -0.5],
        [0.5, 0],
        [0.1, 0.5],
        [-0.5, 0.5],
        [-0.1, 0],
      ],
      size,
    ),
};

function rectangle(pen: Pen, w: number, h: number, radius: number): void {
  pen.beginPath();
  pen.roundRect(-w / 2, -h / 2, w, h, radius);
}

function disc(pen: Pen, radius: number): void {
  pen.beginPath();
  pen.arc(0, 0, radius, 0, Math.PI * 2);
}

function polygon(pen: Pen, points: [number, number][], size: number): void {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x * size, y * size);
  pen.closePath();
}

function paintDetail(pen: Pen, shape: MessageShape, label: string, color: string, size: number): void {
  pen.strokeStyle = color;
  pen.lineWidth = 1.4;
  if (shape.form === 'envelope') {
    const [w, h] = [size, size * 0.72];
    if (shape.text) centred(pen, shape.text, Math.max(10, h * 0.8), color, 0);
    else {
      pen.beginPath();
      pen.moveTo(-w / 2 + 1, -h / 2 + 1);
      pen.lineTo(0, h * 0.12);
      pen.lineTo(w / 2 - 1, -h / 2 + 1);
      pen.stroke();
    }
  } else if (shape.form === 'ballot') {
    if (label) centred(pen, label, size * 0.82, color, 0);
    else centred(pen, '?', size * 0.86, color, 0);
  } else if (shape.form === 'crate') {
    pen.beginPath();
    for (const y of [-0.16, 0.16]) {
      pen.moveTo(-size / 2 + 1, size * y);
      pen.lineTo(size / 2 - 1, size * y);
    }
    pen.stroke();
  } else if (shape.form === 'slip') {
    pen.beginPath();
    for (const y of [-0.08, 0.14]) {
      pen.moveTo(-size * 0.22, size * y);
      pen.lineTo(size * 0.22, size * y);
    }
    pen.stroke();
  } else if (shape.answer !== null && size >= 9) {
    const glyph = Math.max(5, size * 0.36);
    if (shape.answer === 'yes') drawTick(pen, 0, size * 0.03, glyph, color, null, 1.8);
    else drawCross(pen, 0, size * 0.03, glyph * 0.85, color, null, 1.8);
  }
}

function centred(pen: Pen, text: string, size: number, color: string, y: number): void {
  pen.font = fontOf(size, 750);
  pen.textAlign = 'center';
  pen.fillStyle = color;
  pen.fillText(text, 0, y + size * 0.35);
}

/** Traces a lane, from `from` to `to` (shares of the way). */
export function traceRoute(brush: Brush, route: Route, from = 0, to = 1): void {
  const [low, high] = [from * route.total, to * route.total];
  let drawing = false;
  for (let index = 0; index < route.points.length; index++) {
    const length = route.lengths[index]!;
    if (length < low || length > high) continue;
    if (!drawing) {
      const start = pointAt(route, from);
      brush.moveTo(start.x, start.y);
      drawing = true;
    }
    brush.lineTo(route.points[index]!.x, route.points[index]!.y);
  }
  const end = pointAt(route, to);
  if (!drawing) {
    const start = pointAt(route, from);
    brush.moveTo(start.x, start.y);
  }
  brush.lineTo(end.x, end.y);
}

export interface MessageBrush {
  brush: Brush;
  look: StageLook;
  shapes: ShapeStore;
  scale: number;
  reducedMotion: boolean;
}

/** Draws one message in its state of flight on a route in screen pixels. */
export function drawFlight(
  { brush, look, shapes, scale, reducedMotion }: MessageBrush,
  shape: MessageShape,
  label: string,
  ink: ShapeInk,
  route: Route,
  state: FlightState,
  strength: number,
): void {
  if (state.phase === 'flying') {
    if (reducedMotion) {
      drawSteps(brush, look, shapes, shape, label, ink, route, state.share, scale, strength);
      return;
    }
    const at = pointAt(route, state.share);
    brush.globalAlpha = strength * state.pale;
    shapes.draw(brush, shape, label, ink, scale, at.x, at.y);
  } else if (state.phase === 'streak') {
    brush.globalAlpha = strength * state.strength * (shape.quiet ? 0.55 : 0.9);
    brush.strokeStyle = look.palette.t2;
    brush.lineWidth = shape.quiet ? 1 : 1.6;
    brush.setLineDash([]);
    brush.beginPath();
    traceRoute(brush, route);
    brush.stroke();
    const at = pointAt(route, 0.86);
    shapes.draw(brush, shape, label, ink, scale, at.x, at.y);
  } else if (state.phase === 'lost') {
    const at = pointAt(route, state.share);
    const left = state.strength;
    brush.globalAlpha = strength * left * 0.8;
    brush.strokeStyle = look.palette.line2;
    brush.lineWidth = 1;
    brush.setLineDash([2, 5]);
    brush.beginPath();
    traceRoute(brush, route, state.share, 1);
    brush.stroke();
    brush.setLineDash([]);
    brush.globalAlpha = strength * left * 0.5;
    shapes.draw(brush, shape, label, ink, scale, at.x, at.y);
    brush.globalAlpha = strength * left;
    drawCross(brush, at.x, at.y, Math.max(9, shape.size * scale * 0.9), look.palette.t1, look.palette.stage, 2.6);
  }
  brush.globalAlpha = 1;
}

/** To the left of the direction of travel, so that the numbers of both directions stand apart. */
function besideLane({ x, y, angle }: Point & { angle: number }): Point {
  return { x: x + Math.sin(angle) * 7, y: y - Math.cos(angle) * 7 };
}

/** Three numbered places on the way; the message stands at one of them. */
function drawSteps(
  brush: Brush,
  look: StageLook,
  shapes: ShapeStore,
  shape: MessageShape,
  label: string,
  ink: ShapeInk,
  route: Route,
  share: number,
  scale: number,
  strength: number,
): void {
  const step = Math.min(2, Math.floor(share * 3));
  brush.globalAlpha = strength;
  for (let index = 0; index < 3; index++) {
    const at = besideLane(pointAt(route, [0.16, 0.5, 0.84][index]!));
    if (index === step) {
      shapes.draw(brush, shape, label, ink, scale, at.x, at.y);
      continue;
    }
    brush.beginPath();
    brush.arc(at.x, at.y, 7, 0, Math.PI * 2);
    brush.fillStyle = look.palette.stage;
    brush.fill();
    brush.strokeStyle = look.palette.line2;
    brush.lineWidth = 1;
    brush.stroke();
    drawText(brush, String(index + 1), at.x, at.y + 4.2, {
      size: 12,
      weight: 650,
      color: look.palette.t2,
      align: 'center',
    });
  }
  brush.globalAlpha = 1;
}
