/** The legend of services and the tray of tasks that have no place yet. */
import type { Emphasis } from './draw-machine.ts';
import { drawTask } from './draw-task.ts';
import type { Legend, LegendItem, TrayMark } from './scene.ts';
import { type Brush, drawText, type StageLook } from './stage-look.ts';

export function drawLegend(
  brush: Brush,
  legend: Legend,
  look: StageLook,
  strength: (item: LegendItem) => number,
): void {
  for (const item of legend.items) {
    brush.globalAlpha = strength(item);
    drawItem(brush, item, look);
  }
  brush.globalAlpha = 1;
  if (legend.more)
    drawText(brush, legend.more.text, legend.more.at.x, legend.more.at.y, { size: 13, color: look.palette.t2 });
}

function drawItem(brush: Brush, item: LegendItem, look: StageLook): void {
  const { palette } = look;
  const identity = look.service(item.service.hueIndex);
  const { swatch, size } = item;
  brush.setLineDash([]);
  brush.beginPath();
  brush.roundRect(swatch.x + 0.5, Math.round(swatch.y) + 0.5, swatch.w - 1, swatch.h - 1, 2);
  brush.fillStyle = identity.fill;
  brush.fill();
  brush.strokeStyle = identity.edge;
  brush.lineWidth = 1;
  brush.stroke();
  if (identity.striped) {
    brush.strokeStyle = identity.ink;
    brush.lineWidth = 2;
    brush.beginPath();
    brush.moveTo(swatch.x + 3, swatch.y + swatch.h - 3);
    brush.lineTo(swatch.x + swatch.w - 3, swatch.y + 3);
    brush.stroke();
  }
  drawText(brush, item.service.name, item.nameAt.x, item.nameAt.y, { size, weight: 650, color: palette.t1 });
  drawText(brush, `${item.running}/${item.desired}`, item.countAt.x, item.countAt.y, {
    size,
    weight: item.countWeight,
    color: palette.t1,
  });
  if (item.pips) drawPips(brush, item, identity.fill, identity.edge);
  if (item.words) drawText(brush, item.words.text, item.words.at.x, item.words.at.y, { size: 13, color: palette.t2 });
}

/** Running ones full, missing ones dashed. */
function drawPips(brush: Brush, item: LegendItem, fill: string, edge: string): void {
  const { at, side, pitch } = item.pips!;
  const count = Math.max(item.desired, item.running);
  const y = Math.round(at.y);
  brush.lineWidth = 1;
  brush.strokeStyle = edge;
  for (let index = 0; index < count; index++) {
    const x = Math.round(at.x + index * pitch);
    const runs = index < item.running;
    if (runs) {
      brush.fillStyle = fill;
      brush.fillRect(x, y, side, side);
    }
    brush.setLineDash(runs ? [] : [2, 1.6]);
    brush.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
  }
  brush.setLineDash([]);
}

/** An open box with the waiting squares; the count tells how many more there are. */
export function drawTray(
  brush: Brush,
  tray: TrayMark,
  x: number,
  y: number,
  w: number,
  h: number,
  look: StageLook,
  emphasis: Emphasis,
): void {
  const { palette } = look;
  const left = Math.round(x) + 0.5;
  const right = Math.round(x + w) - 0.5;
  const foot = Math.round(y + h) + 1.5;
  brush.strokeStyle = palette.t1;
  brush.lineWidth = 1.5;
  brush.setLineDash([]);
  const wall = Math.min(14, h * 0.4);
  brush.beginPath();
  brush.moveTo(left, foot - wall);
  brush.lineTo(left, foot);
  brush.lineTo(right, foot);
  brush.lineTo(right, foot - wall);
  brush.stroke();
  for (const task of tray.tasks) {
    brush.globalAlpha = emphasis.task(task);
    drawTask(brush, task, x, y, look);
  }
  brush.globalAlpha = 1;
  const text = tray.more > 0 ? `${tray.total} wait` : tray.total === 1 ? 'waits' : 'wait';
  drawText(brush, text, x + w / 2, y - 3, {
    size: 12,
    weight: 650,
    color: palette.t1,
    align: 'center',
    halo: palette.stage,
  });
}
