/**
 * Paints the packet's headers at one hop: a capsule with its ends as chips. A chip that changed turns over like a split-flap, its old values stay
 * struck through; a firewall mark hangs on it as a tag; wrapped for the wire it lies inside a larger capsule, which grows around it.
 */
import type { Box } from '../scene.ts';
import { type Brush, drawText, forgetFont, type StageLook } from '../stage-look.ts';
import type { Capsule } from './building-layout.ts';
import type { CityInk } from './draw-city.ts';

/** A change under way: what was there before, and how far it has gone (0 to 1). */
export interface Flip {
  before: Capsule;
  share: number;
}

type CapsuleInk = Pick<CityInk, 'brush' | 'look' | 'measure'>;

export function drawCapsule(ink: CapsuleInk, capsule: Capsule, flip: Flip | null): void {
  const { brush, look } = ink;
  const { palette } = look;
  const { box, outer } = capsule;
  const compact = box.w < 640;
  const whole: Box = { x: box.x + 1, y: box.y + 2, w: box.w - 2, h: box.h - 4 };
  const alone: Box = { ...whole, h: Math.min(46, whole.h) };
  alone.y = box.y + (box.h - alone.h) / 2;
  const top = box.y + (compact ? 21 : 28);
  const inside: Box = {
    x: whole.x + (compact ? 8 : 26),
    y: top,
    w: whole.w - (compact ? 16 : 52),
    h: box.y + box.h - (compact ? 6 : 8) - top,
  };
  const hadOuter = flip ? flip.before.outer !== null : outer !== null;
  const from = hadOuter ? inside : alone;
  const to = outer ? inside : alone;
  const inner = flip ? between(from, to, flip.share) : to;
  if (outer || (flip && hadOuter)) {
    const strength = flip && hadOuter !== (outer !== null) ? (outer ? flip.share : 1 - flip.share) : 1;
    brush.globalAlpha = strength;
    pill(brush, whole, palette.raise, palette.t1, 2, capsule.back);
    const shown = outer ?? flip!.before.outer!;
    if (shown.encrypted) {
      // Encrypted: nobody on the wire sees what is inside.
      brush.fillStyle = look.hatch;
      brush.fill();
    }
    drawOuter(ink, shown, box, compact);
    brush.globalAlpha = 1;
  }
  pill(brush, inner, palette.stage, palette.t1, outer ? 1.5 : 2, capsule.back);
  drawEnds(ink, capsule, inner, flip, compact);
}

function between(a: Box, b: Box, share: number): Box {
  const mix = (from: number, to: number) => from + (to - from) * share;
  return { x: mix(a.x, b.x), y: mix(a.y, b.y), w: mix(a.w, b.w), h: mix(a.h, b.h) };
}

function drawOuter(
  { brush, look, measure }: CapsuleInk,
  outer: NonNullable<Capsule['outer']>,
  box: Box,
  compact: boolean,
): void {
  const { palette } = look;
  const y = box.y + (compact ? 15 : 20);
  if (compact) {
    const words = `${outer.left} ${outer.right.split(' · ')[1] ?? ''}`;
    drawText(brush, words, box.x + 22, y, { size: 10.5, weight: 600, color: palette.t1, family: 'mono' });
    return;
  }
  drawText(brush, 'outer', box.x + 44, y, { size: 13, color: palette.t2, halo: palette.raise });
  drawText(brush, outer.left, box.x + 90, y, {
    size: 14,
    weight: 600,
    color: palette.t1,
    family: 'mono',
    halo: palette.raise,
  });
  const room = box.w - 150 - outer.left.length * 8.4;
  let words = outer.right;
  while (measure(words, 14, 650) > room && words.includes(' · room')) words = words.replace(/ · room[^·]*/, '');
  drawText(brush, words, box.x + box.w - 40, y, {
    size: 14,
    weight: 650,
    color: palette.t1,
    align: 'right',
    halo: palette.raise,
  });
}

function drawEnds(ink: CapsuleInk, capsule: Capsule, box: Box, flip: Flip | null, compact: boolean): void {
  const { brush, look, measure } = ink;
  const { palette } = look;
  const middle = box.y + box.h / 2;
  if (compact) return drawEndsShort(brush, palette, capsule, box);
  const size = 15;
  const foot = capsule.note || capsule.caption || `${capsule.protocol}${capsule.back ? ', the answer' : ''}`;
  const isLoud = capsule.note !== '' || capsule.caption !== '';
  const tagWidth = capsule.mark ? measure(`mark ${capsule.mark}`, 12, 650) + 30 : 0;
  const tail = measure(foot, 13, isLoud ? 650 : 400) + tagWidth + 24;
  const ends = [
    { word: 'from', value: capsule.from, old: capsule.oldFrom, was: flip?.before.from },
    { word: 'to', value: capsule.to, old: capsule.oldTo, was: flip?.before.to },
  ];
  const share = (box.w - 40 - tail) / 2;
  ends.forEach(({ word, value, old, was }, index) => {
    const from = box.x + 22 + index * share;
    const end = from + share - 12;
    drawText(brush, word, from, middle + 5, { size: 14, color: palette.t2 });
    const left = from + (word === 'from' ? 38 : 24);
    const width = value.length * size * 0.6 + 16;
    const turns = flip !== null && was !== undefined && was !== value;
    const shown = turns && flip.share < 0.5 ? was : value;
    const squeeze = turns ? Math.max(0.06, Math.abs(1 - 2 * flip.share)) : 1;
    drawChip(brush, look, { text: shown, x: left, y: middle, w: width, h: Math.min(28, box.h - 10), size, squeeze });
    let at = left + width + 10;
    for (const text of old) {
      const long = text.length * 7.5;
      if (at + long > end) break;
      drawText(brush, text, at, middle + 4.5, { size: 12.5, color: palette.t3, family: 'mono' });
      brush.strokeStyle = palette.t3;
      brush.lineWidth = 1.2;
      brush.beginPath();
      brush.moveTo(at, middle + 0.5);
      brush.lineTo(at + long, middle + 0.5);
      brush.stroke();
      at += long + 12;
    }
  });
  drawText(brush, foot, box.x + box.w - 20, middle + 5, {
    size: 13,
    weight: isLoud ? 650 : 400,
    color: isLoud ? palette.t1 : palette.t2,
    align: 'right',
  });
  if (capsule.mark) {
    const right = box.x + box.w - 32 - measure(foot, 13, isLoud ? 650 : 400);
    drawTag(brush, look, `mark ${capsule.mark}`, right - tagWidth + 10, middle, tagWidth - 10);
  }
}

function drawEndsShort(brush: Brush, palette: StageLook['palette'], capsule: Capsule, box: Box): void {
  const middle = box.y + box.h / 2;
  const words = `${capsule.from} → ${capsule.to}`;
  const note = capsule.note || capsule.caption;
  const isTall = box.h >= 34 && note !== '';
  const size = Math.min(11.5, (box.w - 24) / (words.length * 0.6));
  drawText(brush, words, box.x + 12, middle + (isTall ? -2 : 4), {
    size,
    weight: 650,
    color: palette.t1,
    family: 'mono',
  });
  if (isTall) drawText(brush, note, box.x + 12, middle + 13, { size: 11.5, color: palette.t2 });
}

interface Chip {
  text: string;
  x: number;
  /** Middle. */
  y: number;
  w: number;
  h: number;
  size: number;
  /** Height while it turns over, 0 to 1. */
  squeeze: number;
}

function drawChip(brush: Brush, { palette }: StageLook, { text, x, y, w, h, size, squeeze }: Chip): void {
  const high = h * squeeze;
  brush.fillStyle = palette.stage;
  brush.strokeStyle = palette.t1;
  brush.lineWidth = 1.2;
  brush.beginPath();
  brush.roundRect(x, y - high / 2, w, high, 3);
  brush.fill();
  brush.moveTo(x, y);
  brush.lineTo(x + 4, y);
  brush.moveTo(x + w - 4, y);
  brush.lineTo(x + w, y);
  brush.stroke();
  brush.save();
  brush.translate(x + w / 2, y);
  brush.scale(1, squeeze);
  drawText(brush, text, 0, 5, { size, weight: 650, color: palette.t1, align: 'center', family: 'mono' });
  brush.restore();
  forgetFont(brush);
}

/** A tag on a string. */
function drawTag(brush: Brush, { palette }: StageLook, text: string, x: number, y: number, w: number): void {
  brush.beginPath();
  brush.moveTo(x, y);
  brush.lineTo(x + 9, y - 11);
  brush.lineTo(x + w, y - 11);
  brush.lineTo(x + w, y + 11);
  brush.lineTo(x + 9, y + 11);
  brush.closePath();
  brush.fillStyle = palette.inverse;
  brush.fill();
  brush.beginPath();
  brush.arc(x + 9, y, 2.2, 0, Math.PI * 2);
  brush.fillStyle = palette.stage;
  brush.fill();
  drawText(brush, text, x + 15, y + 4.5, { size: 12, weight: 650, color: palette.onInverse });
}

/** The answer's capsule has a dotted edge, as its way is dotted. */
function pill(brush: Brush, { x, y, w, h }: Box, fill: string, edge: string, width: number, dotted: boolean): void {
  brush.beginPath();
  brush.roundRect(x, y, w, h, Math.min(44, h / 2));
  brush.fillStyle = fill;
  brush.fill();
  brush.strokeStyle = edge;
  brush.lineWidth = width;
  brush.setLineDash(dotted ? [2, 4] : []);
  brush.stroke();
  brush.setLineDash([]);
}
