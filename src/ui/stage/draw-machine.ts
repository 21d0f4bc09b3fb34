/**
 * One machine: hexagon (manager) or rounded rectangle (worker, or no swarm). Outline says its standing: double and crowned = leader, dashed
 * = candidate, hatched with a cross = the swarm holds it for down, dotted = its host has no power. A cut cable shows as a gap.
 */
import { drawCross, drawCrown, drawPower, drawScissors } from './draw-glyphs.ts';
import { drawTask, drawWords } from './draw-task.ts';
import type { MachineMark, TaskMark } from './scene.ts';
import { type Brush, drawText, forgetFont, type StageLook } from './stage-look.ts';

/** How strongly each part is drawn: 1, or less when it is not in the story. */
export interface Emphasis {
  machine(mark: MachineMark): number;
  task(mark: TaskMark): number;
}

/** Draws a machine with its upper left corner at `x`, `y` and the size `w`, `h`, all in screen pixels. */
export function drawMachine(
  brush: Brush,
  mark: MachineMark,
  x: number,
  y: number,
  w: number,
  h: number,
  look: StageLook,
  emphasis: Emphasis,
): void {
  const strength = emphasis.machine(mark);
  brush.globalAlpha = strength;
  drawOutline(brush, mark, x, y, w, h, look);
  drawHeader(brush, mark, x, y, look);
  if (mark.foot) drawFoot(brush, mark, x, y, look);
  for (const group of mark.groups) drawGroupLabel(brush, x, y, group, look);
  for (const task of tasksOf(mark)) {
    brush.globalAlpha = emphasis.task(task);
    drawTask(brush, task, x, y, look);
  }
  for (const words of mark.words) {
    brush.globalAlpha = strength;
    drawWords(brush, words, x, y, Math.max(12, Math.round((mark.tasks[0]!.box.w / 48) * 13)), look);
  }
  brush.globalAlpha = 1;
}

function* tasksOf(mark: MachineMark): Iterable<TaskMark> {
  yield* mark.tasks;
  for (const group of mark.groups) yield* group.marks;
}

/** The path of a machine's outline, `inset` pixels within its box. */
export function tracePath(
  brush: Brush,
  mark: Pick<MachineMark, 'shape' | 'point' | 'level'>,
  x: number,
  y: number,
  w: number,
  h: number,
  inset: number,
): void {
  brush.beginPath();
  if (mark.shape === 'rounded') {
    const radius = mark.level === 'card' ? 12 : mark.level === 'cell' ? 7 : 3;
    brush.roundRect(x + inset, y + inset, w - 2 * inset, h - 2 * inset, Math.max(0, radius - inset));
    return;
  }
  const [left, right, top, foot] = [x + inset * 1.15, x + w - inset * 1.15, y + inset, y + h - inset];
  const point = mark.point * (1 - (2 * inset) / Math.max(1, h)) + inset * 0.35;
  brush.moveTo(left + point, top);
  brush.lineTo(right - point, top);
  brush.lineTo(right, (top + foot) / 2);
  brush.lineTo(right - point, foot);
  brush.lineTo(left + point, foot);
  brush.lineTo(left, (top + foot) / 2);
  brush.closePath();
}

function drawOutline(
  brush: Brush,
  mark: MachineMark,
  x: number,
  y: number,
  w: number,
  h: number,
  look: StageLook,
): void {
  const { facts } = mark;
  const { palette } = look;
  const small = mark.level === 'dot';
  tracePath(brush, mark, x, y, w, h, 0.75);
  brush.fillStyle = facts.power && facts.role !== null ? palette.node : palette.stage;
  brush.fill();
  if (facts.down) {
    brush.fillStyle = look.hatch;
    brush.fill();
    clearWithin(brush, mark, x, y, w, h, look);
  }
  tracePath(brush, mark, x, y, w, h, 0.75);
  brush.lineJoin = 'miter';
  if (facts.down) stroke(brush, palette.ghost, 1.5, small ? [2, 2] : [5, 4]);
  else if (!facts.power) stroke(brush, palette.ghost, 1.5, small ? [1, 2] : [2, 4]);
  else if (facts.leads) stroke(brush, palette.t1, small ? 1.5 : 2, []);
  else if (facts.candidate) stroke(brush, palette.t1, small ? 1.5 : 2.5, small ? [3, 2] : [8, 5]);
  else if (facts.role === null) stroke(brush, palette.line2, 1, [2, 3]);
  else stroke(brush, palette.nodeEdge, small ? 1 : 1.5, []);
  if (facts.leads && !small) {
    // Where it is tight inside, the second line goes around.
    const roomy = mark.level === 'card' && w >= 160;
    tracePath(brush, mark, x, y, w, h, roomy ? 5.5 : -2.75);
    stroke(brush, palette.t1, 1, []);
  }
  if (!facts.cable) drawCutCable(brush, mark, x, y, w, h, look);
}

function stroke(brush: Brush, color: string, width: number, dash: number[]): void {
  brush.setLineDash(dash);
  brush.strokeStyle = color;
  brush.lineWidth = width;
  brush.stroke();
  brush.setLineDash([]);
}

/** Text and squares stand on plain ground, the hatch only around them. */
function clearWithin(
  brush: Brush,
  mark: MachineMark,
  x: number,
  y: number,
  w: number,
  h: number,
  look: StageLook,
): void {
  brush.fillStyle = look.palette.stage;
  if (mark.level === 'dot') return;
  const margin = mark.level === 'card' ? (w < 150 ? 5 : 9) : 4;
  const left = mark.shape === 'hexagon' ? Math.max(margin, mark.point * 0.75) : margin;
  if (mark.level !== 'card') {
    brush.fillRect(x + left, y + 3, w - 2 * left, h - 6);
    return;
  }
  const header = mark.nameAt.y + 6;
  brush.fillRect(x + left, y + margin, w - 2 * left, header - margin);
  if (mark.tasks.length === 0 && mark.groups.length === 0 && !mark.foot) return;
  const foot = mark.foot ? h - margin : Math.max(...mark.tasks.map(({ box }) => box.y + box.h), 0) + 8;
  const bottom = mark.words.length > 0 && !mark.foot ? Math.max(...mark.words.map((words) => words.y)) + 7 : foot;
  brush.fillRect(x + left, y + header + 5, w - 2 * left, Math.min(h - margin, Math.max(bottom, foot)) - header - 5);
}

/** The edge that faces the network is open, with two cut ends. */
function drawCutCable(
  brush: Brush,
  mark: MachineMark,
  x: number,
  y: number,
  w: number,
  h: number,
  look: StageLook,
): void {
  const { palette } = look;
  const gap = mark.level === 'dot' ? 6 : 22;
  const size = mark.level === 'dot' ? 3 : 6;
  const edges = mark.shape === 'hexagon' ? [y, y + h] : [y];
  for (const edge of edges) {
    const middle = x + w / 2;
    brush.fillStyle = palette.stage;
    brush.fillRect(middle - gap / 2, edge - 4, gap, 8);
    brush.strokeStyle = palette.t1;
    brush.lineWidth = mark.level === 'dot' ? 1.2 : 2;
    brush.beginPath();
    for (const end of [-1, 1]) {
      brush.moveTo(middle + (end * gap) / 2 - size * 0.4, edge + size);
      brush.lineTo(middle + (end * gap) / 2 + size * 0.4, edge - size);
    }
    brush.stroke();
    if (mark.level === 'card') drawScissors(brush, middle, edge, 13, palette.t1);
  }
}

function drawHeader(brush: Brush, mark: MachineMark, x: number, y: number, look: StageLook): void {
  const { palette } = look;
  const dead = mark.facts.down || !mark.facts.power;
  drawText(brush, mark.nameText, x + mark.nameAt.x, y + mark.nameAt.y, {
    size: mark.nameSize,
    weight: 700,
    color: dead ? palette.t2 : palette.t1,
  });
  const { title } = mark;
  if (!title) return;
  const right = x + title.at.x;
  const base = y + title.at.y;
  drawText(brush, title.text, right, base, {
    size: title.size,
    weight: title.strong ? 700 : 400,
    color: title.strong ? palette.t1 : palette.t3,
    align: 'right',
  });
  if (title.glyph === null) return;
  const width = title.text ? brush.measureText(title.text).width + title.size * 0.85 : title.size * 0.5;
  const cy = base - title.size * 0.33;
  if (title.glyph === 'crown') drawCrown(brush, right - width, cy, title.size * 1.05, palette.t1);
  else if (title.glyph === 'cross') drawCross(brush, right - width, cy, title.size * 0.72, palette.t1, null, 2.5);
  else {
    drawText(brush, '?', right - width, base, {
      size: title.size * 1.1,
      weight: 750,
      color: palette.t1,
      align: 'center',
    });
  }
}

function drawFoot(brush: Brush, mark: MachineMark, x: number, y: number, look: StageLook): void {
  const foot = mark.foot!;
  let left = x + foot.at.x;
  const base = y + foot.at.y;
  if (!mark.facts.power) {
    drawPower(brush, left + foot.size * 0.45, base - foot.size * 0.35, foot.size * 0.9, look.palette.t1);
    left += foot.size * 1.25;
  }
  drawText(brush, foot.text, left, base, { size: foot.size, color: look.palette.t2 });
}

function drawGroupLabel(
  brush: Brush,
  x: number,
  y: number,
  group: MachineMark['groups'][number],
  look: StageLook,
): void {
  if (!group.label) return;
  const size = Math.min(14, Math.max(12, group.box.h * 0.6));
  drawText(brush, group.label, x + group.box.x, y + group.box.y + group.dot * 0.4 + size * 0.35, {
    size,
    weight: 650,
    color: look.palette.t1,
  });
}

/** Restores what a clip or a transform may have left. */
export function resetBrush(brush: Brush): void {
  brush.globalAlpha = 1;
  brush.setLineDash([]);
  brush.textBaseline = 'alphabetic';
  forgetFont(brush);
}
