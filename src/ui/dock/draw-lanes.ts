/**
 * The timeline's lanes on one canvas: what happened when, by who it concerns. The playhead stands at the right and the events move
 * to the left at the pace of virtual time; the span shown grows with the rate, so that something always moves and nothing flies.
 */
import type { EventId, Micros, TraceEvent } from '../../protocol/events.ts';
import { serviceIdentity } from '../look/identity.ts';
import { fontMono, fontUi, palettes, type Theme } from '../look/palette.ts';
import { weightOf } from '../narrator/headline.ts';
import { dockLanes, laneOf } from '../narrator/lanes.ts';
import { timeText } from '../narrator/time-text.ts';
import { firstEventAt } from '../store/event-log.ts';
import { isLoss, type Losses, lossesIn, lossText } from './losses.ts';

export interface LanesView {
  width: number;
  height: number;
  theme: Theme;
  /** All lanes on one line. */
  compact: boolean;
  now: Micros;
  /** Time at the right edge: now, unless an earlier moment is shown or the lanes have been moved. */
  end: Micros;
  /** The newest event at the moment that is shown: what comes after it is drawn faintly. */
  lastEvent: EventId;
  /** Virtual microseconds from the left to the right edge. */
  span: number;
  selected: number | null;
  /** Is an event about the selected thing? Then it stays, and the others go back; null = all are alike. */
  isAbout: ((event: TraceEvent) => boolean) | null;
  /** Label of an event when it deserves one. */
  labelOf: (event: TraceEvent) => string;
  /** Index of the service's hue, or null. */
  hueOf: (event: TraceEvent) => number | null;
}

/** Where things stand, in CSS pixels: five labelled lanes under an axis, or, on a phone, all of it on one line. */
interface LaneLayout {
  labels: number;
  axis: number;
  lanes: number;
}
const wholeLayout: LaneLayout = { labels: 112, axis: 24, lanes: dockLanes.length };
const compactLayout: LaneLayout = { labels: 14, axis: 0, lanes: 1 };
/** From the playhead to the right edge. */
export const rightMargin = 48;
/** Width of the column of lane names. */
export const laneNameWidth = wholeLayout.labels;
export const axisHeight = wholeLayout.axis;

type Place = Pick<LanesView, 'width' | 'height' | 'end' | 'span' | 'compact'>;

const layoutOf = (view: Pick<LanesView, 'compact'>) => (view.compact ? compactLayout : wholeLayout);

/** The right edge of time. */
export function endX(view: Pick<LanesView, 'width' | 'compact'>): number {
  return Math.max(layoutOf(view).labels + 40, view.width - rightMargin);
}

/** The span for a rate: 30 s at ×1, less when slow, more when fast, but not in proportion. */
export function spanFor(rate: number): number {
  return 30e6 * rate ** 0.7;
}

export function timeToX(at: Micros, view: Omit<Place, 'height'>): number {
  const right = endX(view);
  return right - ((view.end - at) / view.span) * (right - layoutOf(view).labels);
}

/** The time at a place. */
export function xToTime(x: number, view: Omit<Place, 'height'>): Micros {
  const right = endX(view);
  return view.end - ((right - x) / (right - layoutOf(view).labels)) * view.span;
}

function laneStep(view: Pick<Place, 'height' | 'compact'>): number {
  const { axis, lanes } = layoutOf(view);
  return (view.height - axis) / lanes;
}

function laneY(index: number, view: Pick<Place, 'height' | 'compact'>): number {
  return layoutOf(view).axis + laneStep(view) * ((view.compact ? 0 : index) + 0.5);
}

/** The lane of what is lost. */
const lossLane = dockLanes.findIndex(({ id }) => id === 'network');

const laneIndexOf = new Map(dockLanes.flatMap((lane, index) => lane.holds.map((held) => [held, index])));

/** Draws all. Returns nothing: hit-testing asks `eventAtPoint`. */
export function drawLanes(context: CanvasRenderingContext2D, events: readonly TraceEvent[], view: LanesView): void {
  const colours = palettes[view.theme];
  const right = endX(view);
  const { labels } = layoutOf(view);
  context.fillStyle = colours.chrome;
  context.fillRect(0, 0, view.width, view.height);
  if (view.compact) {
    context.fillStyle = colours.line2;
    context.fillRect(labels, view.height / 2 - 0.5, right - labels, 1);
  } else {
    context.fillStyle = colours.stage;
    context.fillRect(labels, 0, right - labels, view.height);
    drawAxis(context, view);
    drawLaneLines(context, view);
  }
  context.save();
  context.beginPath();
  context.rect(labels, 0, right - labels + 8, view.height);
  context.clip();
  drawEvents(context, events, view);
  context.restore();
}

function drawLaneLines(context: CanvasRenderingContext2D, view: LanesView): void {
  const { labels, axis } = wholeLayout;
  const step = laneStep(view);
  context.fillStyle = palettes[view.theme].line;
  for (let index = 1; index <= dockLanes.length; index++) {
    context.fillRect(labels, Math.round(axis + step * index), endX(view) - labels, 1);
  }
}

const axisDigits = [1, 2, 5];

/** A round step of time that leaves at least 90 px between two numbers. */
export function axisStep(span: number, width: number): { step: number; decimals: number } {
  const least = (span / Math.max(1, width)) * 90;
  if (least > 30e6) {
    const step =
      [60, 120, 300, 600, 1200, 3600, 7200, 18000, 36000].find((seconds) => seconds * 1e6 >= least) ?? 86_400;
    return { step: step * 1e6, decimals: 0 };
  }
  const power = 10 ** Math.floor(Math.log10(least));
  const digit = axisDigits.find((wanted) => wanted * power >= least) ?? 10;
  const step = digit * power;
  return { step, decimals: Math.max(0, Math.min(6, Math.ceil(6 - Math.log10(step) - 1e-9))) };
}

function drawAxis(context: CanvasRenderingContext2D, view: LanesView): void {
  const { line2, t2 } = palettes[view.theme];
  const right = endX(view);
  const { labels, axis } = wholeLayout;
  const { step, decimals } = axisStep(view.span, right - labels);
  const minor = step / 5;
  context.font = `400 12px ${fontMono}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const first = Math.max(0, Math.ceil((view.end - view.span) / minor));
  for (let tick = first; tick * minor <= view.end; tick++) {
    const at = tick * minor;
    const x = Math.round(timeToX(at, view));
    const major = tick % 5 === 0;
    context.fillStyle = line2;
    context.fillRect(x, major ? axis - 8 : axis - 4, 1, major ? 8 : 4);
    if (!major || x > right - 70 || x < labels + 24) continue;
    context.fillStyle = t2;
    context.fillText(timeText(at, decimals), x, 9);
  }
}

/** How strongly what is not about the selected thing is drawn. */
const FAINT = 0.28;

const isFaint = (event: TraceEvent, view: LanesView) =>
  event.id > view.lastEvent || (view.isAbout !== null && event.id !== view.selected && !view.isAbout(event));

/** Light marks first, one per pixel column; over them the heavy ones with their labels; last what is about the selected thing. */
function drawEvents(context: CanvasRenderingContext2D, events: readonly TraceEvent[], view: LanesView): void {
  const heavy: TraceEvent[][] = dockLanes.map(() => []);
  const column = dockLanes.map(() => Number.NaN);
  const nearColumn = dockLanes.map(() => Number.NaN);
  const near: [event: TraceEvent, x: number, lane: number][] = [];
  const first = firstEventAt(events, view.end - view.span);
  for (let index = first; index < events.length; index++) {
    const event = events[index] as TraceEvent;
    if (event.at > view.end) break;
    if (isLoss(event) && event.id !== view.selected) continue;
    const lane = laneIndexOf.get(laneOf(event.kind)) ?? 2;
    if (lane === 0 || weightOf(event) >= 2 || event.id === view.selected) {
      heavy[lane]?.push(event);
      continue;
    }
    const x = timeToX(event.at, view);
    const faint = isFaint(event, view);
    if (view.isAbout && !faint) {
      if (nearColumn[lane] !== Math.round(x)) near.push([event, x, lane]);
      nearColumn[lane] = Math.round(x);
      continue;
    }
    if (column[lane] === Math.round(x)) continue;
    column[lane] = Math.round(x);
    context.globalAlpha = faint ? FAINT : 1;
    drawMark(context, event, x, laneY(lane, view), lane, false, view);
  }
  context.globalAlpha = 1;
  if (!view.compact)
    for (const losses of lossesIn(events, first, view.end, view.span)) drawLosses(context, losses, view);
  for (const [event, x, lane] of near) drawMark(context, event, x, laneY(lane, view), lane, false, view);
  heavy.forEach((row, lane) => {
    drawHeavy(context, row, lane, view);
  });
}

/** Messages lost for one reason: a cross, or a stretch between two of them with its words. */
function drawLosses(context: CanvasRenderingContext2D, losses: Losses, view: LanesView): void {
  const { t1, t2, line2, stage } = palettes[view.theme];
  const y = laneY(lossLane, view);
  const right = timeToX(losses.last, view);
  const left = Math.max(layoutOf(view).labels + 6, timeToX(losses.first, view));
  context.strokeStyle = t2;
  context.lineWidth = 1.25;
  cross(context, right, y, 3);
  if (losses.count === 1) return;
  if (losses.first >= view.end - view.span) cross(context, left, y, 3);
  if (right - left < 16) return;
  context.strokeStyle = line2;
  context.setLineDash([2, 4]);
  context.beginPath();
  context.moveTo(left + 7, y);
  context.lineTo(right - 7, y);
  context.stroke();
  context.setLineDash([]);
  context.font = `400 12px ${fontUi}`;
  const text = lossText(losses);
  const width = context.measureText(text).width;
  if (width + 40 > right - left) return;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = stage;
  context.fillRect(right - 18 - width, y - 7, width + 8, 14);
  context.fillStyle = t1;
  context.fillText(text, right - 14, y);
}

/** The lane's marks that carry labels, from the newest to the oldest: a label goes where its neighbours leave room. */
function drawHeavy(context: CanvasRenderingContext2D, row: readonly TraceEvent[], lane: number, view: LanesView): void {
  const { t1, stage } = palettes[view.theme];
  const y = laneY(lane, view);
  const xs = row.map((event) => timeToX(event.at, view));
  let taken = endX(view) - 4;
  let drawnX = Number.POSITIVE_INFINITY;
  for (let index = row.length - 1; index >= 0; index--) {
    const event = row[index] as TraceEvent;
    const x = xs[index] as number;
    // Thousands of marks on one spot look like one.
    if (drawnX - x < 1 && event.id !== view.selected && (view.isAbout === null || isFaint(event, view))) continue;
    drawnX = x;
    context.font = `650 12px ${fontUi}`;
    const roomRight = taken - x - 14;
    const roomLeft = x - 22 - (xs[index - 1] ?? layoutOf(view).labels);
    const faint = isFaint(event, view);
    const whole = view.compact || faint ? '' : view.labelOf(event);
    const isRight = roomRight >= roomLeft || labelWidth(context, whole) <= roomRight;
    const label = fitText(context, whole, isRight ? roomRight : roomLeft);
    if (label) {
      const width = labelWidth(context, label);
      const left = isRight ? x + 11 : x - 11 - width;
      context.textAlign = 'left';
      context.textBaseline = 'middle';
      context.fillStyle = stage;
      // Up to the mark itself: no lighter one shows between it and its words.
      const edge = isRight ? x + 5 : left - 3;
      context.fillRect(edge, y - 7, (isRight ? left + width + 3 : x - 5) - edge, 14);
      context.fillStyle = t1;
      context.fillText(label, left, y);
      taken = isRight ? x - 12 : left - 8;
    } else {
      taken = Math.min(taken, x - 12);
    }
    context.globalAlpha = faint ? FAINT : 1;
    drawMark(context, event, x, y, lane, true, view);
    context.globalAlpha = 1;
    if (event.id === view.selected) ring(context, x, y, t1);
  }
}

/** Measured once per text: labels are drawn many times a second. */
const labelWidths = new Map<string, number>();
const mostWidths = 2000;

/** The typefaces have come: what was measured before does not hold. */
export function forgetWidths(): void {
  labelWidths.clear();
}

/** Width of a label; the context's font must be the labels'. */
function labelWidth(context: CanvasRenderingContext2D, text: string): number {
  let width = labelWidths.get(text);
  if (width === undefined) {
    if (labelWidths.size >= mostWidths) labelWidths.clear();
    width = context.measureText(text).width;
    labelWidths.set(text, width);
  }
  return width;
}

/** Least room, in pixels, in which a shortened label still says something. */
const leastRoom = 64;

/** The label as far as there is room for it; empty when there is too little. */
function fitText(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (text === '' || labelWidth(context, text) <= room) return room > 0 ? text : '';
  if (room < leastRoom) return '';
  let end = Math.min(text.length - 1, Math.floor((text.length * room) / labelWidth(context, text)) + 1);
  while (end > 4 && labelWidth(context, `${text.slice(0, end).trimEnd()}…`) > room) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

function drawMark(
  context: CanvasRenderingContext2D,
  event: TraceEvent,
  x: number,
  y: number,
  lane: number,
  heavy: boolean,
  view: LanesView,
): void {
  const { t1, t2, t3, stage } = palettes[view.theme];
  const hue = lane === 3 ? view.hueOf(event) : null;
  if (lane === 0) {
    context.fillStyle = t1;
    diamond(context, x, y, 6);
  } else if (lane === lossLane && (isLoss(event) || event.kind.endsWith('.failed'))) {
    context.strokeStyle = t2;
    context.lineWidth = 1.25;
    cross(context, x, y, 3);
  } else if (hue !== null) {
    const { fill, edge } = serviceIdentity(hue, view.theme);
    const running = event.data?.state === 'running';
    context.fillStyle = running ? fill : stage;
    context.strokeStyle = edge;
    context.lineWidth = 1.25;
    context.fillRect(x - 3, y - 6, 6, 12);
    context.strokeRect(x - 3, y - 6, 6, 12);
  } else if (heavy && lane === 2) {
    context.fillStyle = stage;
    context.strokeStyle = t1;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, 4.5, 0, Math.PI * 2);
    context.fill();
    context.stroke();
  } else {
    context.fillStyle = heavy || view.isAbout ? t1 : t3;
    const reach = heavy ? 7 : 4.5;
    context.fillRect(Math.round(x) - (heavy ? 1 : 0), y - reach, heavy ? 2.5 : 1, reach * 2);
  }
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.fill();
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(x - 8, y - 9, 16, 18);
}

/** The event under the pointer: the nearest within 8 px in the lane it is over. */
export function eventAtPoint(events: readonly TraceEvent[], view: Place, x: number, y: number): TraceEvent | null {
  const { axis, lanes, labels } = layoutOf(view);
  const lane = Math.floor((y - axis) / laneStep(view));
  if (lane < 0 || lane >= lanes || x < labels) return null;
  let best: TraceEvent | null = null;
  let bestScore = 8;
  for (let index = firstEventAt(events, view.end - view.span); index < events.length; index++) {
    const event = events[index] as TraceEvent;
    if (!view.compact && laneIndexOf.get(laneOf(event.kind)) !== lane) continue;
    // A heavy event is as good as a light one three pixels nearer: it is what one aims at.
    const score = Math.abs(timeToX(event.at, view) - x) - Math.min(weightOf(event), 3);
    if (score < bestScore) [best, bestScore] = [event, score];
  }
  return best;
}
