/** What a lens is told when it draws: size, zoom, looks, and what is selected. One object per change, not per frame. */
import type { ObjectRef } from '../../protocol/events.ts';
import type { ShapeStore } from './draw-message.ts';
import type { emphasisOf } from './emphasis.ts';
import type { Measure } from './layout.ts';
import type { Route } from './routes.ts';
import type { Box } from './scene.ts';
import type { Brush, StageLook } from './stage-look.ts';

/** Zoom and pan: screen = world * k + (x, y). */
export interface View {
  k: number;
  x: number;
  y: number;
}

export interface Frame {
  width: number;
  height: number;
  view: View;
  look: StageLook;
  shapes: ShapeStore;
  measure: Measure;
  emphasis: ReturnType<typeof emphasisOf>;
  selection: ObjectRef | null;
  hover: ObjectRef | null;
  /** Where the keyboard is, when it is in the outline. */
  focus: ObjectRef | null;
  reducedMotion: boolean;
  /** Virtual seconds per wall second; 0 while time stands. */
  rate: number;
}

/** What a frame of the overlay leaves to do. */
export interface Moving {
  /** Something flies or fades: the next frame must come at once. */
  flying: boolean;
  /** Wall milliseconds until a timer has visibly moved; null when none runs. */
  timerMs: number | null;
}

/** Traces the outline of a thing, `away` pixels outside of it; false if it is not on the stage. */
export type TraceThing = (ref: ObjectRef, away: number) => boolean;

/** Selection, hover and focus as rings around things. */
export function drawRings(brush: Brush, frame: Frame, trace: TraceThing): void {
  const { palette } = frame.look;
  const ring = (ref: ObjectRef | null, width: number, color: string, offset: number, dash: number[]) => {
    if (ref === null || !trace(ref, offset + width / 2)) return;
    brush.setLineDash(dash);
    brush.lineWidth = width;
    brush.strokeStyle = color;
    brush.lineJoin = 'round';
    brush.stroke();
    brush.setLineDash([]);
  };
  if (frame.hover !== frame.selection) ring(frame.hover, 1.5, palette.t2, 2, []);
  ring(frame.selection, 2.5, palette.t1, 2, []);
  if (frame.focus !== null) ring(frame.focus, 2, palette.t1, 6, [4, 3]);
}

/** A rounded box, `away` pixels outside of `box`. */
export function traceBox(brush: Brush, box: Box, away: number): void {
  const radius = box.w > 120 ? 12 + away : Math.min(4 + away, box.w * 0.16 + 2);
  brush.beginPath();
  brush.roundRect(
    Math.round(box.x) - away,
    Math.round(box.y) - away,
    Math.round(box.w) + 2 * away,
    Math.round(box.h) + 2 * away,
    radius,
  );
}

/** A route moved and scaled to the screen. */
export function onScreen(route: Route, { k, x, y }: View): Route {
  return {
    points: route.points.map((point) => ({ x: point.x * k + x, y: point.y * k + y })),
    lengths: route.lengths.map((length) => length * k),
    total: route.total * k,
  };
}
