/**
 * The strips of the log in the Raft lens: a cell per entry with its term (hue and number) and what it says, dashed while it is only stored,
 * ticked when applied; the line after the newest committed one. Raft 5.3.
 */
import { outline } from './draw-outline.ts';
import type { Frame } from './frame.ts';
import type { LogCell, LogPanel, Seat } from './raft-layout.ts';
import { type Brush, drawText } from './stage-look.ts';

export function paintLog(brush: Brush, log: LogPanel, frame: Frame): void {
  const { palette } = frame.look;
  const { box, labelWidth, cellWidth, rowHeight, form } = log;
  if (form !== 'term') {
    drawText(brush, 'Log', box.x, box.y + 14, { size: 16, weight: 700, color: palette.t1 });
    if (box.w > 400) {
      drawText(brush, 'what the managers agree on, entry by entry', box.x + 36, box.y + 14, {
        size: 13,
        color: palette.t2,
      });
    }
  }
  const top = box.y + log.header;
  const left = box.x + labelWidth;
  for (let column = 0; column < log.columns; column++) {
    drawText(brush, String(log.first + column), left + column * cellWidth + 3, top - 6, {
      size: 12,
      color: palette.t3,
      family: 'mono',
    });
  }
  for (const [index, row] of log.rows.entries()) {
    const y = top + index * rowHeight;
    paintRowName(brush, row.seat, box.x, y + rowHeight / 2 + 5, frame);
    if (!row.seat.lastRaft) {
      drawText(brush, row.seat.facts.notes[0] ?? 'no answer', left + 3, y + rowHeight / 2 + 5, {
        size: 13,
        color: palette.t3,
      });
    }
    // The disk of a manager without power keeps its log.
    brush.globalAlpha = row.seat.raft ? 1 : 0.45;
    for (const [column, cell] of row.cells.entries()) {
      paintCell(brush, left + column * cellWidth, y + 2, cellWidth - 4, rowHeight - 5, cell, form, frame);
    }
    brush.globalAlpha = 1;
    if (row.match !== null) paintMatch(brush, log, row.match, row.next ?? 0, left, y, frame);
  }
  paintCommitLine(brush, log, frame);
}

function paintRowName(brush: Brush, seat: Seat, x: number, y: number, frame: Frame): void {
  const { palette } = frame.look;
  const color = seat.facts.alive ? palette.t1 : palette.t3;
  drawText(brush, seat.name, x, y, { size: 14, weight: 650, color });
  if (seat.facts.alive) return;
  brush.fillStyle = color;
  brush.fillRect(x, Math.round(y) - 5, frame.measure(seat.name, 14, 650), 1.5);
}

/** The line after the newest entry that cannot be lost any more, and in words what is on either side of it. */
function paintCommitLine(brush: Brush, log: LogPanel, frame: Frame): void {
  const { palette } = frame.look;
  const { box, form } = log;
  const left = box.x + log.labelWidth;
  const top = box.y + log.header;
  const foot = top + log.rows.length * log.rowHeight;
  const beyond = log.beyond ? `on ${log.beyond.on} of ${log.beyond.of}` : '';
  const words = { size: 13, color: palette.t2 };
  if (form === 'term') {
    drawText(
      brush,
      [log.newest, beyond || 'committed'].filter((part) => part !== '').join(', '),
      left,
      foot + 14,
      words,
    );
  }
  if (log.commit < log.first) return;
  const line = Math.round(left + (log.commit - log.first + 1) * log.cellWidth - 2);
  brush.fillStyle = palette.t1;
  brush.fillRect(line - 1, top - (form === 'term' ? 4 : 20), 2, foot - top + (form === 'term' ? 4 : 28));
  if (form === 'term') return;
  const sure = box.w > 400 ? 'committed: on a majority, cannot be lost' : 'committed';
  const hasRoom = line - left > frame.measure(sure, 13, 400) + 10;
  drawText(brush, hasRoom ? sure : 'committed', line - 8, foot + 14, { ...words, align: 'right' });
  drawText(brush, beyond, line + 8, foot + 14, { size: 13, weight: 650, color: palette.t1 });
  const explained = 'as far as it equals the leader’s';
  const taken = line - 8 - frame.measure(hasRoom ? sure : 'committed', 13, 400);
  if (form !== 'whole' || log.rows.every(({ match }) => match === null)) return;
  if (box.x + 12 + frame.measure(explained, 13, 400) + 16 > taken) return;
  brush.fillStyle = palette.t1;
  brush.beginPath();
  brush.arc(box.x + 3, foot + 9.5, 2.5, 0, Math.PI * 2);
  brush.fill();
  drawText(brush, explained, box.x + 12, foot + 14, words);
}

/** An entry: the term as hue and number, what it says, and how far it has come (dashed: stored; tick: applied). */
function paintCell(
  brush: Brush,
  x: number,
  y: number,
  width: number,
  height: number,
  cell: LogCell,
  form: LogPanel['form'],
  frame: Frame,
): void {
  const { palette, theme } = frame.look;
  if (cell.state === 'none') return;
  const [left, top] = [Math.round(x), Math.round(y)];
  const [w, h] = [Math.round(x + width) - left, Math.round(y + height) - top];
  const term = cell.term === null ? null : frame.look.term(cell.term);
  const hue = term ? (theme === 'light' ? term.edge : term.fill) : palette.t3;
  brush.beginPath();
  brush.roundRect(left + 0.5, top + 0.5, w - 1, h - 1, 3);
  if (cell.state === 'compacted') {
    brush.fillStyle = frame.look.hatch;
    brush.fill();
    outline(brush, palette.line2, 1, []);
    return;
  }
  if (cell.state === 'stored') outline(brush, hue, 1.5, [4, 3]);
  else {
    brush.fillStyle = palette.raise;
    brush.fill();
    brush.fillStyle = hue;
    brush.fillRect(left, top, 4, h);
  }
  const text = left + (form === 'term' ? 8 : 11);
  const middle = top + h / 2 + 4.5;
  const number = cell.term === null ? '' : `T${cell.term}`;
  const right = left + w - 5;
  if (cell.state === 'applied' && form !== 'term')
    paintApplied(brush, right - 5, form === 'whole' ? top + 11 : top + h / 2, frame);
  const beforeTick = cell.state === 'applied' ? right - 13 : right;
  if (form === 'whole') {
    drawText(brush, number, text, top + 15, { size: 12, color: palette.t2 });
    const note = fitNote(cell.note, right - text, frame);
    const weight = cell.state === 'stored' ? 650 : 500;
    drawText(brush, note, text, top + h - 9, { size: NOTE_SIZE, weight, color: palette.t1 });
    return;
  }
  drawText(brush, number, text, middle, { size: 12, color: form === 'term' ? palette.t1 : palette.t2 });
  if (form === 'term') return;
  const after = text + frame.measure(`${number} `, 12, 400) + 2;
  drawText(brush, fitNote(cell.note, beforeTick - after, frame), after, middle, {
    size: NOTE_SIZE,
    weight: 500,
    color: palette.t1,
  });
}

const NOTE_SIZE = 13;

function fitNote(note: string, room: number, frame: Frame): string {
  if (frame.measure(note, NOTE_SIZE, 650) <= room) return note;
  let end = note.length - 1;
  while (end > 0 && frame.measure(`${note.slice(0, end).trimEnd()}…`, NOTE_SIZE, 650) > room) end--;
  return end > 1 ? `${note.slice(0, end).trimEnd()}…` : '';
}

function paintApplied(brush: Brush, cx: number, cy: number, frame: Frame): void {
  brush.strokeStyle = frame.look.palette.t2;
  brush.lineWidth = 1.5;
  brush.setLineDash([]);
  brush.beginPath();
  brush.moveTo(cx - 4, cy);
  brush.lineTo(cx - 1, cy + 3);
  brush.lineTo(cx + 4, cy - 3);
  brush.stroke();
}

/** As the leader has it: a dot under the entry up to which the logs match, an arrow at the next one to be sent. */
function paintMatch(
  brush: Brush,
  log: LogPanel,
  match: number,
  next: number,
  left: number,
  y: number,
  frame: Frame,
): void {
  const { palette } = frame.look;
  if (log.form !== 'whole') return;
  const base = y + log.rowHeight - 2;
  const xOf = (index: number) => left + (index - log.first) * log.cellWidth + (log.cellWidth - 4) / 2;
  if (match >= log.first) {
    brush.fillStyle = palette.t1;
    brush.beginPath();
    brush.arc(xOf(match), base, 2.5, 0, Math.PI * 2);
    brush.fill();
  }
  if (next >= log.first && next < log.first + log.columns) {
    const x = xOf(next);
    brush.strokeStyle = palette.t2;
    brush.lineWidth = 1.5;
    brush.beginPath();
    brush.moveTo(x - 3.5, base + 2);
    brush.lineTo(x, base - 2);
    brush.lineTo(x + 3.5, base + 2);
    brush.stroke();
  }
}
