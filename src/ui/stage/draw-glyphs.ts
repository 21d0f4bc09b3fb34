/** Small signs: crown, cross, barred circle, tick, question mark, power, scissors, flag. Geometry only; each stands beside a word. */
import type { Brush, Pen } from './stage-look.ts';

/** A cross with a rim of the ground's colour, so that it can lie over an edge. */
export function drawCross(
  brush: Pen,
  x: number,
  y: number,
  size: number,
  color: string,
  ground: string | null,
  width = 2.2,
): void {
  const half = size / 2;
  const stroke = (lineWidth: number, style: string) => {
    brush.lineWidth = lineWidth;
    brush.strokeStyle = style;
    brush.beginPath();
    brush.moveTo(x - half, y - half);
    brush.lineTo(x + half, y + half);
    brush.moveTo(x + half, y - half);
    brush.lineTo(x - half, y + half);
    brush.stroke();
  };
  brush.setLineDash([]);
  if (ground !== null) stroke(width + 3.6, ground);
  stroke(width, color);
}

export function drawTick(
  brush: Pen,
  x: number,
  y: number,
  size: number,
  color: string,
  ground: string | null,
  width = 2.2,
): void {
  const stroke = (lineWidth: number, style: string) => {
    brush.lineWidth = lineWidth;
    brush.strokeStyle = style;
    brush.lineJoin = 'round';
    brush.beginPath();
    brush.moveTo(x - size * 0.5, y + size * 0.02);
    brush.lineTo(x - size * 0.14, y + size * 0.38);
    brush.lineTo(x + size * 0.5, y - size * 0.38);
    brush.stroke();
  };
  brush.setLineDash([]);
  if (ground !== null) stroke(width + 3.6, ground);
  stroke(width, color);
}

/** A circle with a bar: rejected. */
export function drawBarred(brush: Brush, x: number, y: number, size: number, color: string, ground: string): void {
  brush.setLineDash([]);
  brush.beginPath();
  brush.arc(x, y, size * 0.52, 0, Math.PI * 2);
  brush.fillStyle = ground;
  brush.fill();
  brush.lineWidth = 2;
  brush.strokeStyle = color;
  const cut = size * 0.36;
  brush.moveTo(x - cut, y + cut);
  brush.lineTo(x + cut, y - cut);
  brush.stroke();
}

/** Three points over a base line. `size` is the width. */
export function drawCrown(brush: Brush, x: number, y: number, size: number, color: string): void {
  const w = size;
  const h = size * 0.66;
  const left = x - w / 2;
  const top = y - h / 2;
  brush.setLineDash([]);
  brush.strokeStyle = color;
  brush.lineWidth = Math.max(1.3, size * 0.092);
  brush.lineJoin = 'round';
  brush.lineCap = 'round';
  brush.beginPath();
  brush.moveTo(left + w * 0.17, top + h * 0.78);
  brush.lineTo(left, top + h * 0.12);
  brush.lineTo(left + w * 0.29, top + h * 0.42);
  brush.lineTo(left + w * 0.5, top - h * 0.08);
  brush.lineTo(left + w * 0.71, top + h * 0.42);
  brush.lineTo(left + w, top + h * 0.12);
  brush.lineTo(left + w * 0.83, top + h * 0.78);
  brush.closePath();
  brush.moveTo(left + w * 0.17, top + h * 1.08);
  brush.lineTo(left + w * 0.83, top + h * 1.08);
  brush.stroke();
  brush.lineCap = 'butt';
}

/** An open ring with a stroke at the top. */
export function drawPower(brush: Brush, x: number, y: number, size: number, color: string): void {
  brush.setLineDash([]);
  brush.strokeStyle = color;
  brush.lineWidth = Math.max(1.3, size * 0.13);
  brush.lineCap = 'round';
  brush.beginPath();
  brush.arc(x, y + size * 0.04, size * 0.42, -Math.PI * 0.27, Math.PI * 1.27);
  brush.moveTo(x, y - size * 0.5);
  brush.lineTo(x, y);
  brush.stroke();
  brush.lineCap = 'butt';
}

/** Scissors, open to the right. */
export function drawScissors(brush: Brush, x: number, y: number, size: number, color: string): void {
  const unit = size / 20;
  brush.setLineDash([]);
  brush.strokeStyle = color;
  brush.lineWidth = Math.max(1.3, 1.8 * unit);
  brush.lineCap = 'round';
  brush.beginPath();
  for (const side of [-1, 1]) {
    const eyeY = y + side * 6 * unit;
    brush.moveTo(x - 4 * unit, eyeY);
    brush.arc(x - 7 * unit, eyeY, 3 * unit, 0, Math.PI * 2);
    brush.moveTo(x - 4.8 * unit, eyeY - side * 2 * unit);
    brush.lineTo(x + 9 * unit, y - side * 7 * unit);
  }
  brush.stroke();
  brush.lineCap = 'butt';
}

/** A crown that has cracked: the leader no longer hears a majority. */
export function drawCrack(brush: Brush, x: number, y: number, size: number, color: string, ground: string): void {
  const draw = (lineWidth: number, style: string) => {
    brush.lineWidth = lineWidth;
    brush.strokeStyle = style;
    brush.beginPath();
    brush.moveTo(x - size * 0.1, y - size * 0.6);
    brush.lineTo(x + size * 0.12, y - size * 0.12);
    brush.lineTo(x - size * 0.12, y + size * 0.12);
    brush.lineTo(x + size * 0.1, y + size * 0.65);
    brush.stroke();
  };
  draw(4, ground);
  draw(1.3, color);
}
