/**
 * One task as a square: hue says which service, fill and outline and glyph say the state (design/look: State). Small squares drop
 * the text, then the glyph, never the difference between hollow, half and full.
 */
import type { Identity } from '../look/identity.ts';
import { drawBarred, drawCross, drawTick } from './draw-glyphs.ts';
import { nameSizeIn, shortSizeIn, slotSizeIn } from './inside.ts';
import type { TaskMark, TaskWords } from './scene.ts';
import { type Brush, drawText, type StageLook } from './stage-look.ts';

/** Draws a square at its box, moved by `x`, `y`. */
export function drawTask(brush: Brush, mark: TaskMark, x: number, y: number, look: StageLook): void {
  const identity = look.service(mark.service.hueIndex);
  const side = mark.box.w;
  const left = crisp(x + mark.box.x);
  const top = crisp(y + mark.box.y);
  if (side < 9) {
    drawSpeck(brush, mark, left, top, side, identity, look);
    return;
  }
  drawBody(brush, mark, left, top, side, identity, look);
  drawLabel(brush, mark, left, top, side, identity, look);
  if (mark.look.flagged) drawFlag(brush, mark, left, top, side, look);
  drawEnd(brush, mark, left, top, side, look);
}

/** On whole pixels, so that edges are sharp. */
const crisp = (value: number): number => Math.round(value);

function drawSpeck(
  brush: Brush,
  mark: TaskMark,
  x: number,
  y: number,
  side: number,
  identity: Identity,
  look: StageLook,
): void {
  const { kind, progress } = mark.look;
  const s = Math.max(1, side);
  brush.setLineDash([]);
  if (kind === 'running') {
    brush.fillStyle = look.theme === 'light' && s >= 5 ? identity.edge : identity.fill;
    brush.fillRect(x, y, s, s);
    if (look.theme === 'light' && s >= 5) {
      brush.fillStyle = identity.fill;
      brush.fillRect(x + 1, y + 1, s - 2, s - 2);
    }
    if (identity.striped && s >= 4) {
      brush.fillStyle = identity.ink;
      brush.fillRect(x, y + s / 2 - 0.5, s, 1);
    }
    return;
  }
  brush.strokeStyle = identity.edge;
  brush.lineWidth = 1;
  if (kind === 'working') {
    brush.fillStyle = identity.fill;
    brush.fillRect(x, y + s * (1 - progress), s, s * progress);
  }
  if (kind === 'planned') brush.setLineDash([1.5, 1]);
  if (kind === 'lost' || kind === 'dark' || kind === 'ended') brush.setLineDash([1, 1.5]);
  brush.strokeRect(x + 0.5, y + 0.5, s - 1, s - 1);
  brush.setLineDash([]);
  if (kind === 'lost' && s >= 5) drawCross(brush, x + s / 2, y + s / 2, s - 2, look.palette.t2, null, 1);
}

function drawBody(
  brush: Brush,
  mark: TaskMark,
  x: number,
  y: number,
  side: number,
  identity: Identity,
  look: StageLook,
): void {
  const radius = side >= 30 ? 4 : side >= 18 ? 3 : 2;
  const { kind, stillRuns, progress, glyph } = mark.look;
  const thin = side < 20;
  const width = kind === 'planned' || kind === 'working' ? (thin ? 1.5 : 2) : 1.5;
  brush.beginPath();
  brush.roundRect(x + width / 2, y + width / 2, side - width, side - width, radius);
  if (kind === 'running') {
    brush.fillStyle = identity.fill;
    brush.fill();
    if (identity.striped) drawStripe(brush, x, y, side, identity);
  } else if (kind !== 'dark' && kind !== 'lost') {
    brush.fillStyle = look.palette.stage;
    brush.fill();
  }
  if (stillRuns) {
    brush.globalAlpha *= 0.38;
    brush.fillStyle = identity.fill;
    brush.fill();
    brush.globalAlpha /= 0.38;
  }
  brush.setLineDash(dashOf(kind, glyph, thin));
  brush.strokeStyle = identity.edge;
  brush.lineWidth = width;
  brush.beginPath();
  brush.roundRect(x + width / 2, y + width / 2, side - width, side - width, radius);
  brush.stroke();
  brush.setLineDash([]);
  if (kind === 'working') drawBar(brush, x, y, side, progress, identity);
}

function dashOf(kind: TaskMark['look']['kind'], glyph: TaskMark['look']['glyph'], thin: boolean): number[] {
  if (kind === 'planned') return thin ? [3, 2] : [5, 3];
  if (kind === 'lost' || kind === 'dark') return thin ? [1.5, 2] : [1.5, 3];
  if (kind === 'ended' && (glyph === 'cross' || glyph === 'barred')) return thin ? [1.5, 2] : [1.5, 3];
  return [];
}

/** Seventh service and later: the same hue with a diagonal stripe. */
function drawStripe(brush: Brush, x: number, y: number, side: number, identity: Identity): void {
  brush.save();
  brush.clip();
  brush.globalAlpha *= 0.28;
  brush.strokeStyle = identity.ink;
  brush.lineWidth = side * 0.16;
  brush.beginPath();
  brush.moveTo(x - side * 0.1, y + side * 0.75);
  brush.lineTo(x + side * 0.75, y - side * 0.1);
  brush.moveTo(x + side * 0.4, y + side * 1.1);
  brush.lineTo(x + side * 1.1, y + side * 0.4);
  brush.stroke();
  brush.restore();
}

/** The bar at the foot fills while the node works on the task. */
function drawBar(brush: Brush, x: number, y: number, side: number, progress: number, identity: Identity): void {
  const height = Math.max(3, side * 0.085);
  const inset = side >= 20 ? 3 : 2;
  const top = y + side - inset - height;
  const width = side - 2 * inset;
  brush.fillStyle = identity.fill;
  brush.fillRect(x + inset, top, width * progress, height);
  brush.strokeStyle = identity.edge;
  brush.lineWidth = 1;
  brush.strokeRect(x + inset + 0.5, top + 0.5, width - 1, height - 1);
}

function drawLabel(
  brush: Brush,
  mark: TaskMark,
  x: number,
  y: number,
  side: number,
  identity: Identity,
  look: StageLook,
): void {
  const [first, second] = mark.label;
  if (first === undefined) return;
  const { kind } = mark.look;
  const color =
    kind === 'running'
      ? identity.ink
      : kind === 'lost' || kind === 'dark' || kind === 'ended'
        ? look.palette.t3
        : look.palette.t1;
  const lift = kind === 'working' ? side * 0.06 : 0;
  const middle = x + side / 2;
  if (second !== undefined) {
    drawText(brush, first, middle, y + side * 0.49 - lift, {
      size: slotSizeIn(side),
      weight: 700,
      color,
      align: 'center',
    });
    drawText(brush, second, middle, y + side * 0.83 - lift * 2, {
      size: nameSizeIn(side),
      weight: 600,
      color,
      align: 'center',
    });
    return;
  }
  const size = first === mark.service.name ? nameSizeIn(side) : shortSizeIn(side, first);
  drawText(brush, first, middle, y + side / 2 + size * 0.35 - lift, { size, weight: 700, color, align: 'center' });
}

/** What is wanted differs from what is: the upper right corner is turned down. */
function drawFlag(brush: Brush, mark: TaskMark, x: number, y: number, side: number, look: StageLook): void {
  const size = Math.max(5, side * 0.28);
  const right = x + side;
  brush.beginPath();
  brush.moveTo(right - size - 1.5, y - 1);
  brush.lineTo(right + 1, y - 1);
  brush.lineTo(right + 1, y + size + 1.5);
  brush.closePath();
  brush.fillStyle = look.palette.stage;
  brush.fill();
  brush.beginPath();
  brush.moveTo(right - size, y);
  brush.lineTo(right - size, y + size);
  brush.lineTo(right, y + size);
  brush.closePath();
  brush.fillStyle = mark.look.kind === 'running' ? look.service(mark.service.hueIndex).ink : look.palette.t2;
  brush.fill();
}

/** The sign of an end: over the upper right corner, or in the middle of a small square without text. */
function drawEnd(brush: Brush, mark: TaskMark, x: number, y: number, side: number, look: StageLook): void {
  const glyph = mark.look.glyph;
  if (glyph === null) return;
  const atCorner = mark.label.length > 0;
  const size = atCorner ? Math.max(7, side * 0.21) : side * 0.5;
  const cx = atCorner ? x + side - 3 : x + side / 2;
  const cy = atCorner ? y + 1 : y + side / 2;
  const { t1, stage } = look.palette;
  if (glyph === 'cross') drawCross(brush, cx, cy, size, t1, stage, side < 24 ? 1.7 : 2.2);
  else if (glyph === 'tick') drawTick(brush, cx, cy, size * 1.1, t1, stage);
  else if (glyph === 'barred') drawBarred(brush, cx, cy, size, t1, stage);
  else if (glyph === 'stopped') {
    brush.fillStyle = stage;
    brush.fillRect(cx - size / 2 - 2, cy - size / 2 - 2, size + 4, size + 4);
    brush.fillStyle = t1;
    brush.fillRect(cx - size / 2, cy - size / 2, size, size);
  } else {
    drawText(brush, '?', cx, cy + size * 0.6, {
      size: size * 1.6,
      weight: 750,
      color: t1,
      align: 'center',
      halo: stage,
    });
  }
}

/** Words under squares; a bracket ties several squares to one text. */
export function drawWords(brush: Brush, words: TaskWords, x: number, y: number, size: number, look: StageLook): void {
  if (words.bracket > 0) {
    const line = Math.round(y + words.y - size - 1) + 0.5;
    brush.strokeStyle = look.palette.line2;
    brush.lineWidth = 1;
    brush.setLineDash([]);
    brush.beginPath();
    brush.moveTo(x + words.x - words.bracket, line - 2);
    brush.lineTo(x + words.x - words.bracket, line);
    brush.lineTo(x + words.x + words.bracket, line);
    brush.lineTo(x + words.x + words.bracket, line - 2);
    brush.stroke();
  }
  drawText(brush, words.text, x + words.x, y + words.y, { size, weight: 650, color: look.palette.t1, align: 'center' });
}
