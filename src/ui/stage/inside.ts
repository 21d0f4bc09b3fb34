/**
 * The inside of one machine: name, title, foot line, election timer, and its tasks as squares as large as there is room for.
 * Levels by size on the screen: a card has words, a cell has name and small squares, a dot is a tile. Above sixty tasks the squares
 * become rows of dots per service with counts.
 */
import type { Micros } from '../../protocol/events.ts';
import type { MachineView, TaskView } from '../../protocol/snapshot.ts';
import type { LayoutOptions, Measure } from './layout.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { Places } from './places.ts';
import type { Box, Level, MachineMark, ServiceMark, TaskGroup, TaskMark, TaskWords } from './scene.ts';
import type { TaskLook } from './task-facts.ts';

/** A task to be drawn, before it has a place. */
export interface VisibleTask {
  task: TaskView;
  service: ServiceMark;
  look: TaskLook;
  until: Micros | null;
}

export interface InsideInput {
  machine: MachineView;
  facts: MachineFacts;
  /** World pixels. */
  box: Box;
  tasks: VisibleTask[];
}

/** More tasks than this in one machine are shown as rows of dots with counts. */
export const GROUP_ABOVE = 60;

/** Lays out a machine; returns `before` when nothing visible changed. */
export function layInside(
  input: InsideInput,
  places: Places,
  options: LayoutOptions,
  before: MachineMark | null,
): MachineMark {
  if (before !== null && isSame(before, input, options)) return before;
  const zoom = options.zoom;
  const w = input.box.w * zoom;
  const h = input.box.h * zoom;
  const hexagon = input.facts.role === 'manager';
  const level = levelOf(w, h);
  const unit = Math.min(3, places.unit * zoom);
  const point = hexagon ? Math.min(28 * Math.max(0.55, unit), w * 0.13, h * 0.3) : 0;
  const mark: MachineMark = {
    ref: `machine:${input.machine.name}`,
    name: input.machine.name,
    facts: input.facts,
    shape: hexagon ? 'hexagon' : 'rounded',
    box: input.box,
    point,
    level,
    unit,
    nameText: '',
    nameSize: 0,
    nameAt: { x: 0, y: 0 },
    nameEnd: 0,
    title: null,
    foot: null,
    timer: null,
    tasks: [],
    words: [],
    groups: [],
    inner: { x: 0, y: 0, w, h },
  };
  keys.set(mark, keyOf(input, zoom));
  sources.set(mark, input.tasks);
  if (level === 'card') layCard(mark, input, w, h, options.measure);
  else if (level === 'cell') layCell(mark, input, w, h, options.measure);
  else layDot(mark, input, w, h, options.measure);
  return mark;
}

/** What a mark was made of, beside its rows. */
const keys = new WeakMap<MachineMark, string>();
const sources = new WeakMap<MachineMark, VisibleTask[]>();

function keyOf({ box, facts, machine }: InsideInput, zoom: number): string {
  const raft = machine.raft;
  const timer = raft && facts.alive ? `${raft.role}${raft.term}` : '';
  const votes = facts.candidate ? `${raft?.votesGranted.length}/${raft?.votesRejected.length}` : '';
  return [box.x, box.y, box.w, box.h, zoom, facts.sentence, facts.leads, facts.down, facts.alive, timer, votes].join(
    '|',
  );
}

function isSame(before: MachineMark, input: InsideInput, options: LayoutOptions): boolean {
  if (keys.get(before) !== keyOf(input, options.zoom)) return false;
  const tasks = sources.get(before)!;
  return (
    tasks.length === input.tasks.length &&
    tasks.every((old, index) => {
      const now = input.tasks[index]!;
      return (
        old.task === now.task && old.service === now.service && sameLook(old.look, now.look) && old.until === now.until
      );
    })
  );
}

function sameLook(a: TaskLook, b: TaskLook): boolean {
  return (
    a.kind === b.kind &&
    a.glyph === b.glyph &&
    a.progress === b.progress &&
    a.stillRuns === b.stillRuns &&
    a.flagged === b.flagged &&
    a.words[0] === b.words[0]
  );
}

/** How much of a machine there is room for. */
export function levelOf(w: number, h: number): Level {
  if (w >= 104 && h >= 74) return 'card';
  if (w >= 58 && h >= 34) return 'cell';
  return 'dot';
}

function layCard(mark: MachineMark, input: InsideInput, w: number, h: number, measure: Measure): void {
  const { facts } = input;
  const compact = w < 150 || h < 100;
  const scale = Math.max(1, Math.min(3, mark.unit));
  const pad =
    mark.shape === 'hexagon' ? mark.point + (compact ? 2 : 8 * scale) : compact ? 12 : Math.min(15, w * 0.06) * scale;
  const inner = w - 2 * pad;
  mark.nameSize = compact ? 15 : Math.round(18 * Math.max(mark.unit < 0.85 ? 0.9 : 1, Math.min(3, mark.unit)));
  const headerY = compact ? 20 : Math.min(32 * scale, 12 + mark.nameSize * 1.05);
  mark.nameAt = { x: pad, y: headerY };
  layName(mark, inner, measure);
  layTimer(mark, input, compact, headerY, inner, pad, measure);
  const notes = [...layTitle(mark, w - pad, headerY, compact, measure), ...facts.notes];
  if (facts.candidate && input.machine.raft) notes.unshift(votesText(input.machine.raft));
  const footSize = compact ? 12 : Math.round(13 * Math.max(1, Math.min(2.4, mark.unit)));
  const keepFoot = h >= 128;
  const iconRoom = facts.power ? 0 : footSize * 1.25;
  const footText = fitJoined(notes, inner - iconRoom, footSize, measure);
  if (footText) mark.foot = { text: footText, size: footSize, at: { x: pad, y: h - (compact ? 8 : footSize * 0.85) } };
  const top = headerY + (compact ? 7 : Math.min(20 * scale, h * 0.1));
  const bottom = footText || keepFoot ? footSize + (compact ? 9 : 12) : compact ? 6 : 12;
  mark.inner = { x: pad, y: top, w: inner, h: Math.max(8, h - top - bottom) };
  layTasks(mark, input.tasks, measure, Math.round(48 * Math.max(0.9, Math.min(3, mark.unit))), 5);
}

/**
 * The title at the right end, a strong one even at the price of the term; where only its glyph fits, or nothing, its word is handed back for
 * the foot. On a phone the crown alone says Leader.
 */
function layTitle(mark: MachineMark, right: number, y: number, compact: boolean, measure: Measure): string[] {
  const { title } = mark.facts;
  const size = title.strong ? Math.max(13, mark.nameSize - 2) : Math.max(12, mark.nameSize - 5);
  const width = measure(title.text, size, title.strong ? 700 : 400) + (title.glyph === null ? 0 : size * 1.35);
  const place = (text: string) => {
    mark.title = { text, glyph: title.glyph, strong: title.strong, size, at: { x: right, y } };
  };
  if (title.strong && right - width < headerEnd(mark, measure) + 8) {
    const { timer } = mark;
    dropTerm(mark);
    // Without room for the word even so, the term stays.
    if (right - width < headerEnd(mark, measure) + 8) mark.timer = timer;
  }
  const left = headerEnd(mark, measure) + 8;
  if (title.text && right - width >= left) {
    place(title.text);
    return [];
  }
  const hasGlyph = title.glyph !== null && right - size >= left;
  if (hasGlyph) place('');
  return title.strong && !(hasGlyph && title.glyph === 'crown' && compact) ? [title.text] : [];
}

/** Where name, timer and term end. */
function headerEnd(mark: MachineMark, measure: Measure): number {
  if (!mark.timer) return mark.nameEnd;
  const { at, radius, term } = mark.timer;
  return term ? term.x + measure(termText(mark), timerTextSize(mark), 600) : at.x + radius;
}

/** A leader has no timer, so without the term nothing is left of it. */
function dropTerm(mark: MachineMark): void {
  mark.timer = mark.facts.leads || !mark.timer ? null : { ...mark.timer, term: null };
}

function layCell(mark: MachineMark, input: InsideInput, w: number, h: number, measure: Measure): void {
  const pad = mark.shape === 'hexagon' ? mark.point * 0.7 + 3 : 5;
  const inner = w - 2 * pad;
  mark.nameSize = 12;
  mark.nameAt = { x: pad, y: 14 };
  layName(mark, inner, measure);
  const title = input.facts.title;
  const size = 12;
  const glyphRoom = title.glyph === null ? 0 : size * 1.3;
  const right = w - pad;
  if (title.strong && right - measure(title.text, size, 700) - glyphRoom >= mark.nameEnd + 5) {
    mark.title = { text: title.text, glyph: title.glyph, strong: true, size, at: { x: right, y: 14 } };
  } else if (title.glyph) {
    mark.title = { text: '', glyph: title.glyph, strong: true, size, at: { x: right, y: 14 } };
  }
  mark.inner = { x: pad, y: 19, w: inner, h: Math.max(6, h - 19 - 4) };
  layTasks(mark, input.tasks, measure, 30, 4);
}

function layDot(mark: MachineMark, input: InsideInput, w: number, h: number, measure: Measure): void {
  const pad = mark.shape === 'hexagon' ? Math.max(2, mark.point * 0.6) : 2;
  mark.inner = { x: pad, y: 2, w: Math.max(2, w - 2 * pad), h: Math.max(2, h - 4) };
  layTasks(mark, input.tasks, measure, 12, 2);
}

/** The whole name if it fits at a readable size; otherwise its number; otherwise nothing (the outline has it). */
function layName(mark: MachineMark, inner: number, measure: Measure): void {
  const name = mark.name;
  for (const size of [mark.nameSize, Math.max(12, mark.nameSize - 3), 12]) {
    if (measure(name, size, 700) <= inner) {
      mark.nameText = name;
      mark.nameSize = size;
      mark.nameEnd = mark.nameAt.x + measure(name, size, 700);
      return;
    }
  }
  const tail = `…${name.slice(-4)}`;
  mark.nameText = measure(tail, 12, 700) <= inner ? tail : '';
  mark.nameSize = 12;
  mark.nameEnd = mark.nameAt.x + measure(mark.nameText, 12, 700);
}

/** Term beside the timer: `T7`. */
export function termText(mark: MachineMark): string {
  return `T${mark.facts.term ?? 0}`;
}

/** Size of the term's text. */
export function timerTextSize(mark: MachineMark): number {
  return Math.max(12, Math.round(mark.nameSize * 0.74));
}

function layTimer(
  mark: MachineMark,
  input: InsideInput,
  compact: boolean,
  headerY: number,
  inner: number,
  pad: number,
  measure: Measure,
): void {
  if (!input.machine.raft || !input.facts.alive || input.facts.role !== 'manager') return;
  const radius = compact ? 5.5 : Math.max(7.5, mark.nameSize * 0.46);
  const at = { x: mark.nameEnd + radius + (compact ? 5 : 10), y: headerY - mark.nameSize * 0.33 };
  const size = timerTextSize(mark);
  const termX = input.facts.leads ? at.x - radius : at.x + radius + 5;
  const termEnd = termX + measure(termText(mark), size, 600);
  const hasTerm = !compact && termEnd <= pad + inner - 8;
  if (input.facts.leads && !hasTerm) return;
  if (at.x + radius > pad + inner) return;
  mark.timer = { at, radius, term: hasTerm ? { x: termX, y: headerY } : null };
}

function votesText(raft: NonNullable<MachineView['raft']>): string {
  const needed = Math.floor(raft.members.length / 2) + 1;
  const no = raft.votesRejected.length > 0 ? `, ${raft.votesRejected.length} no` : '';
  return `votes ${raft.votesGranted.length} of ${needed}${no}`;
}

/** As many of the parts, in order, as fit on one line; a part that is too long goes without its `since`. */
function fitJoined(parts: string[], width: number, size: number, measure: Measure): string {
  let text = '';
  for (const part of parts) {
    const join = (words: string) => (text ? `${text} · ${words}` : words);
    const [short = part] = part.split(' since ');
    text = [join(part), join(short)].find((longer) => measure(longer, size, 400) <= width) ?? text;
  }
  return text;
}

function layTasks(mark: MachineMark, tasks: VisibleTask[], measure: Measure, largest: number, smallest: number): void {
  if (tasks.length === 0) return;
  if (tasks.length > GROUP_ABOVE) {
    layGroups(mark, tasks, measure);
    return;
  }
  const { inner } = mark;
  const grid = gridFor(tasks.length, inner.w, inner.h, largest, smallest);
  if (grid === null) {
    layGroups(mark, tasks, measure);
    return;
  }
  // One manner for all squares of a machine: with slots if every slot can be read.
  const withSlots = tasks.every((visible) => labelOf(visible, grid.side, measure).length > 0);
  mark.tasks = tasks.map((visible, index): TaskMark => {
    const column = index % grid.columns;
    const row = Math.floor(index / grid.columns);
    const box = {
      x: inner.x + column * (grid.side + grid.gap),
      y: inner.y + row * grid.pitch,
      w: grid.side,
      h: grid.side,
    };
    return {
      ref: `task:${visible.task.id}`,
      task: visible.task,
      service: visible.service,
      look: visible.look,
      box,
      label: withSlots ? labelOf(visible, grid.side, measure) : letterOf(visible, grid.side),
      until: visible.until,
    };
  });
  if (grid.wordsSize > 0) mark.words = layWords(mark.tasks, grid, inner, measure);
}

interface TaskGrid {
  side: number;
  gap: number;
  /** Distance between rows, with room for words if `wordsSize` is not 0. */
  pitch: number;
  columns: number;
  wordsSize: number;
}

/** The largest squares that fit: with a line of words under each row if they stay large, without otherwise. */
export function gridFor(count: number, w: number, h: number, largest: number, smallest: number): TaskGrid | null {
  const withWords = largest >= 40 ? Math.max(34, largest * 0.72) : Number.POSITIVE_INFINITY;
  const wordsSize = largest >= 40 ? Math.max(12, Math.round((largest / 48) * 13)) : 0;
  for (let side = largest; side >= withWords; side -= 2) {
    const gap = side * 0.167;
    const pitch = side + wordsSize + 9;
    const columns = Math.floor((w + gap) / (side + gap) + 1e-6);
    if (columns < 1) continue;
    const rows = Math.ceil(count / columns);
    if (rows * pitch - 4 <= h + 1e-6) return { side, gap, pitch, columns, wordsSize };
  }
  for (let side = largest; side >= smallest; side = side > 16 ? side - 2 : side - 1) {
    const gap = side >= 28 ? 6 : side >= 18 ? 4 : side >= 9 ? 2 : 1;
    const columns = Math.floor((w + gap) / (side + gap) + 1e-6);
    if (columns < 1) continue;
    const rows = Math.ceil(count / columns);
    if (rows * (side + gap) - gap <= h + 1e-6) return { side, gap, pitch: side + gap, columns, wordsSize: 0 };
  }
  return null;
}

/** Text of a square: slot over name, or monogram with slot, or nothing where it would not be readable. */
export function labelOf(visible: VisibleTask, side: number, measure: Measure): string[] {
  const { task, service } = visible;
  const slot = task.slot > 0 ? String(task.slot) : '';
  if (side >= 40 && service.name.length <= 5 && measure(service.name, nameSizeIn(side), 600) <= side - 4) {
    return slot ? [slot, service.name] : [service.name];
  }
  const short = service.monogram + slot;
  if (side >= 18 && measure(short, shortSizeIn(side, short), 700) <= side - 3) return [short];
  return [];
}

/** The service alone, where slots cannot be read. */
function letterOf({ service }: VisibleTask, side: number): string[] {
  return side >= 13 && service.monogram.length === 1 ? [service.monogram] : [];
}

/** Sizes of text in a square, in proportion to its side. */
export const slotSizeIn = (side: number): number => side * 0.42;
export const nameSizeIn = (side: number): number => side * 0.275;
export const shortSizeIn = (side: number, text: string): number =>
  Math.max(10, Math.min(side * 0.47, (side * 1.5) / Math.max(2, text.length)));

/** Words under squares; neighbours in a row that share them get one text. */
function layWords(tasks: TaskMark[], grid: TaskGrid, inner: Box, measure: Measure): TaskWords[] {
  const words: TaskWords[] = [];
  let index = 0;
  while (index < tasks.length) {
    const first = tasks[index]!;
    const text = first.look.words[0];
    let end = index + 1;
    const sameRow = (at: number) => tasks[at] !== undefined && tasks[at]!.box.y === first.box.y;
    while (sameRow(end) && text !== undefined && tasks[end]!.look.words[0] === text) end++;
    if (text !== undefined) {
      const last = tasks[end - 1]!;
      const rowLeft = inner.x;
      const rowRight = inner.x + inner.w;
      const neighbour = (at: number) => (sameRow(at) && tasks[at]!.look.words.length > 0 ? tasks[at]! : null);
      // Words may reach under a neighbour that has none itself.
      const leftLimit = neighbour(index - 1)
        ? first.box.x - grid.gap / 2
        : sameRow(index - 1)
          ? tasks[index - 1]!.box.x
          : rowLeft;
      const rightLimit = neighbour(end)
        ? last.box.x + last.box.w + grid.gap / 2
        : sameRow(end)
          ? tasks[end]!.box.x + grid.side
          : rowRight;
      const middle = (first.box.x + last.box.x + last.box.w) / 2;
      const room = 2 * Math.min(middle - leftLimit, rightLimit - middle);
      const isGroup = end - index > 1;
      const fitting = first.look.words.find((one) => measure(one, grid.wordsSize, 650) <= room);
      if (fitting !== undefined) {
        words.push({
          text: fitting,
          x: middle,
          y: first.box.y + grid.side + grid.wordsSize + 5,
          bracket: isGroup ? (last.box.x + last.box.w - first.box.x) / 2 : 0,
          refs: tasks.slice(index, end).map((task) => task.ref),
        });
      }
    }
    index = end;
  }
  return words;
}

/** Rows of dots per service, each with its count. */
function layGroups(mark: MachineMark, tasks: VisibleTask[], measure: Measure): void {
  const byService = new Map<ServiceMark, VisibleTask[]>();
  for (const visible of tasks) {
    const list = byService.get(visible.service);
    if (list) list.push(visible);
    else byService.set(visible.service, [visible]);
  }
  const { inner } = mark;
  const rowHeight = Math.min(inner.h / byService.size, 46);
  const size = Math.min(14, Math.max(12, rowHeight * 0.6));
  const widthOf = (text: string) => measure(text, size, 650);
  const labels = groupLabels(byService, rowHeight >= 13 ? (text) => widthOf(text) <= inner.w * 0.45 : () => false);
  const widest = Math.max(0, ...labels.map(widthOf));
  const labelWidth = widest > 0 ? widest + 10 : 0;
  let y = inner.y;
  for (const [index, [service, list]] of [...byService].entries()) {
    const width = Math.max(2, inner.w - labelWidth);
    const height = Math.max(2, rowHeight - 3);
    const dot = dotPitch(list.length, width, height, Math.max(1.5, Math.min(10, height)));
    const columns = Math.max(1, Math.floor(width / dot));
    const group: TaskGroup = {
      service,
      box: { x: inner.x, y, w: inner.w, h: rowHeight },
      dot,
      columns,
      label: labels[index]!,
      marks: list.map((visible, at) => ({
        ref: `task:${visible.task.id}`,
        task: visible.task,
        service,
        look: visible.look,
        box: {
          x: inner.x + labelWidth + (at % columns) * dot,
          y: y + Math.floor(at / columns) * dot,
          w: dot * 0.8,
          h: dot * 0.8,
        },
        label: [],
        until: visible.until,
      })),
    };
    mark.groups.push(group);
    y += rowHeight;
  }
}

/** `web 75`, or `web 70/75` when not all run; shorter where there is less room. */
function groupLabels(byService: Map<ServiceMark, VisibleTask[]>, fits: (text: string) => boolean): string[] {
  return [...byService].map(([service, list]) => {
    const running = list.filter((one) => one.look.kind === 'running').length;
    const counts = running === list.length ? String(running) : `${running}/${list.length}`;
    return [`${service.name} ${counts}`, `${service.monogram} ${counts}`, counts].find(fits) ?? '';
  });
}

/** Largest pitch at which so many dots fit. */
function dotPitch(count: number, w: number, h: number, from: number): number {
  for (let pitch = from; pitch > 1; pitch *= 0.94) {
    if (Math.floor(w / pitch) * Math.floor(h / pitch) >= count) return pitch;
  }
  return 1;
}
