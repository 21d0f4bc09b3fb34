/**
 * Paints the way of a flow over the city: what it has gone so far as a thick line, what is still to come thin, the way back dotted, a number at
 * every place, a cross and the reason where it was dropped, and the packet itself at the hop that is shown.
 */
import { drawCross } from '../draw-glyphs.ts';
import type { Point } from '../scene.ts';
import { type Brush, drawText, forgetFont, type StageLook } from '../stage-look.ts';
import type { City } from './city-layout.ts';
import { markAt, partOfLeg, type Way, type WayMark } from './city-way.ts';
import type { CityInk } from './draw-city.ts';

export interface WayLook {
  /** Hop that is shown. */
  step: number;
  /** Where the packet is; null: nobody knows, as there is no way. */
  packet: Point | null;
  /** The packet is inside another one. */
  wrapped: boolean;
  /** It is between two places, on a wire. */
  onWire: boolean;
}

/**
 * The lines of the way, up to the hop that is shown and beyond. Within the clip of the city. `gone`: how much of the next leg is behind the
 * packet already, which is on a wire.
 */
export function drawLegs({ brush, look }: CityInk, way: Way, step: number, gone: number): void {
  brush.lineJoin = 'round';
  const at = markAt(way, step);
  way.legs.forEach((leg, index) => {
    const back = way.marks[index]!.way === 'back';
    drawLeg(brush, look, leg, { back, ahead: index > at });
    if (index === at + 1 && gone > 0) drawLeg(brush, look, partOfLeg(leg, gone), { back, ahead: false });
  });
}

/** Numbers, crosses and the packet, over everything else. */
export function drawMarks(
  { brush, look, measure }: CityInk,
  city: City,
  { marks, ...way }: Way,
  { step, packet, wrapped, onWire }: WayLook,
): void {
  if (marks.length === 0) return;
  brush.save();
  brush.beginPath();
  brush.rect(city.view.x, city.view.y, city.view.w, city.view.h);
  brush.clip();
  const at = markAt({ marks, ...way }, step);
  const current = marks[at];
  if (!city.compact)
    for (const [index, mark] of marks.entries())
      if ((index !== at || onWire) && mark.way === 'out')
        drawMark(brush, look, mark, { strong: false, ahead: index > at });
  if (packet)
    drawCapsule(brush, look, packet, wrapped, city.compact || (current?.kind === 'wheel' && !onWire) ? 0.75 : 1);
  if (onWire && packet) {
    const here = { kind: 'rail', machine: '', x: packet.x, y: packet.y, first: step, last: step } as const;
    drawMark(brush, look, { ...here, way: 'out', drops: 0, reason: '' }, { strong: true, ahead: false }, true);
  } else if (current) drawMark(brush, look, current, { strong: true, ahead: false }, packet !== null);
  const right = city.view.x + city.view.w;
  for (const mark of marks) if (mark.drops > 0) drawDrop(brush, look, mark, measure, right);
  brush.restore();
  forgetFont(brush);
}

function drawLeg(
  brush: Brush,
  { palette }: StageLook,
  points: readonly Point[],
  { back, ahead }: { back: boolean; ahead: boolean },
): void {
  if (points.length < 2) return;
  const trace = () => {
    brush.beginPath();
    for (const [index, point] of points.entries()) {
      if (index === 0) brush.moveTo(point.x, point.y);
      else brush.lineTo(point.x, point.y);
    }
  };
  if (!back && !ahead) {
    trace();
    brush.strokeStyle = palette.stage;
    brush.lineWidth = 7;
    brush.stroke();
  }
  trace();
  brush.strokeStyle = ahead ? palette.t3 : palette.t1;
  brush.lineWidth = back ? (ahead ? 1.2 : 2.2) : ahead ? 1.4 : 3.5;
  brush.setLineDash(back ? [1.5, 5] : []);
  brush.lineCap = back ? 'round' : 'butt';
  brush.stroke();
  brush.lineCap = 'butt';
  brush.setLineDash([]);
}

/** The number of a mark, its width, and where it stands: above stations, below doors, beside wheels. */
function badgeOf(mark: WayMark): { text: string; w: number; at: Point } {
  const text = mark.first === mark.last ? `${mark.first + 1}` : `${mark.first + 1}–${mark.last + 1}`;
  const w = Math.max(16, text.length * 6.6 + 8);
  const { x, y } = mark;
  switch (mark.kind) {
    case 'station':
      return { text, w, at: { x, y: y - 9 } };
    case 'door':
      return { text, w, at: { x: x - w / 2 - 6, y: y + 6 } };
    case 'wheel':
      return { text, w, at: { x: x + w / 2 + 14, y: y - 11 } };
    case 'client':
      return { text, w, at: { x, y } };
    default:
      return { text, w, at: { x, y: y - 12 } };
  }
}

/** Where the packet ended: a cross, and the reason in words beside it. */
function drawDrop(
  brush: Brush,
  { palette }: StageLook,
  mark: WayMark,
  measure: CityInk['measure'],
  right: number,
): void {
  const words = mark.drops > 1 ? `${mark.reason}, ${mark.drops} times` : mark.reason;
  const width = measure(words, 13, 650);
  const isLeft = mark.x + 16 + width > right;
  drawCross(brush, mark.x, mark.y, 15, palette.t1, palette.stage, 3.4);
  drawText(brush, words, mark.x + (isLeft ? -14 : 14), mark.y + (mark.kind === 'street' ? 9 : 18), {
    size: 13,
    weight: 650,
    color: palette.t1,
    halo: palette.stage,
    align: isLeft ? 'right' : 'left',
  });
}

function drawMark(
  brush: Brush,
  look: StageLook,
  mark: WayMark,
  { strong, ahead }: { strong: boolean; ahead: boolean },
  hasPacket = false,
): void {
  const { palette } = look;
  const { text, w, at } = badgeOf(mark);
  const y = hasPacket && mark.kind === 'rail' ? at.y - 8 : hasPacket && mark.kind === 'client' ? at.y + 18 : at.y;
  brush.beginPath();
  brush.roundRect(at.x - w / 2, y - 8, w, 16, 8);
  brush.fillStyle = strong ? palette.inverse : palette.stage;
  brush.fill();
  brush.strokeStyle = ahead ? palette.t3 : palette.t1;
  brush.lineWidth = strong ? 2 : 1.2;
  brush.stroke();
  drawText(brush, text, at.x, y + 4, {
    size: 11,
    weight: 700,
    color: strong ? palette.onInverse : ahead ? palette.t3 : palette.t1,
    align: 'center',
  });
}

/** The packet itself: a capsule, within a larger one while it is wrapped for the wire. */
function drawCapsule(brush: Brush, { palette }: StageLook, { x, y }: Point, wrapped: boolean, scale: number): void {
  const pill = (w: number, h: number, fill: string) => {
    brush.beginPath();
    brush.roundRect(x - (w * scale) / 2, y - (h * scale) / 2, w * scale, h * scale, (h * scale) / 2);
    brush.fillStyle = fill;
    brush.fill();
    brush.strokeStyle = palette.t1;
    brush.lineWidth = 2;
    brush.stroke();
  };
  if (wrapped) pill(40, 22, palette.stage);
  pill(wrapped ? 25 : 26, wrapped ? 11 : 13, palette.inverse);
}
