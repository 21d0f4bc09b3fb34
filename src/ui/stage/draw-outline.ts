/** The line around a shape whose path has been traced. */
import type { Brush } from './stage-look.ts';

export function outline(brush: Brush, color: string, width: number, dash: number[]): void {
  brush.setLineDash(dash);
  brush.strokeStyle = color;
  brush.lineWidth = width;
  brush.lineJoin = 'miter';
  brush.stroke();
  brush.setLineDash([]);
}
