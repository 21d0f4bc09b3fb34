/** Election timers: large with ten marks in the Raft lens, small and whole beside a manager's name in the Cluster lens. */
import type { TimerArcs } from './election-timer.ts';
import type { Brush, StageLook } from './stage-look.ts';

const top = -Math.PI / 2;

/** A ring of radius `radius` around `x`, `y`. */
export function drawTimer(brush: Brush, arcs: TimerArcs, x: number, y: number, radius: number, look: StageLook): void {
  const { palette } = look;
  const large = radius > 20;
  const width = large ? Math.max(3, radius * 0.097) : Math.max(2, radius * 0.34);
  brush.setLineDash([]);
  brush.lineCap = 'butt';
  brush.strokeStyle = palette.line2;
  brush.lineWidth = 1;
  brush.beginPath();
  brush.arc(x, y, radius, 0, Math.PI * 2);
  brush.stroke();
  if (arcs.tail) {
    brush.globalAlpha = 0.55;
    brush.strokeStyle = palette.t3;
    brush.lineWidth = width;
    brush.beginPath();
    brush.arc(x, y, radius, top + arcs.tail[0] + (large ? 0.03 : 0), top + arcs.tail[1]);
    brush.stroke();
    brush.globalAlpha = 1;
  }
  brush.strokeStyle = palette.t1;
  brush.lineWidth = width;
  const gap = large ? 0.03 : 0;
  for (const [from, to] of joined(arcs.marks, large)) {
    if (to - from <= 2 * gap) continue;
    brush.beginPath();
    brush.arc(x, y, radius, top + from + gap, top + to - gap);
    brush.stroke();
  }
  const [inner, outer] = large ? [radius - width * 1.0, radius + width * 1.15] : [radius - width, radius + width];
  const [dx, dy] = [Math.cos(top + arcs.end), Math.sin(top + arcs.end)];
  brush.lineWidth = large ? 2 : 1.5;
  brush.beginPath();
  brush.moveTo(x + dx * inner, y + dy * inner);
  brush.lineTo(x + dx * outer, y + dy * outer);
  brush.stroke();
}

/** In a small ring the marks run together to one arc. */
function joined(marks: [number, number][], large: boolean): [number, number][] {
  if (large || marks.length === 0) return marks;
  return [[marks[0]![0], marks.at(-1)![1]]];
}
