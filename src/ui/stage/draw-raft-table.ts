/**
 * The table of the Raft lens: while somebody stands for election what each has answered and why, otherwise what the leader hears of each
 * (CheckQuorum) and how far its log matches.
 */
import type { Micros } from '../../protocol/events.ts';
import type { Frame } from './frame.ts';
import { isHeard, type RaftScene, type RaftTable, type Seat, type VoteTally } from './raft-layout.ts';
import { type Brush, drawText } from './stage-look.ts';

export function paintTable(brush: Brush, scene: RaftScene, table: RaftTable, frame: Frame): void {
  const { palette } = frame.look;
  drawText(brush, table.title, table.at.x, table.at.y, { size: 16, weight: 650, color: palette.t1 });
  const aside = tableAside(scene, table);
  const room = table.width - frame.measure(table.title, 16, 650) - 24;
  if (frame.measure(aside, 13, 400) <= room) {
    drawText(brush, aside, table.at.x + table.width, table.at.y, { size: 13, color: palette.t2, align: 'right' });
  }
  const top = table.at.y + 12;
  for (const [index, seat] of table.seats.entries()) {
    const y = top + index * table.rowHeight;
    brush.fillStyle = palette.line;
    brush.fillRect(table.at.x, Math.round(y), table.width, 1);
    drawText(brush, seat.name, table.at.x, y + 19, {
      size: 14,
      weight: 650,
      color: seat.facts.alive ? palette.t1 : palette.t3,
    });
    if (table.kind === 'votes') {
      const { answer, why, logs } = voteWords(scene, seat);
      drawText(brush, answer, table.at.x + 60, y + 19, { size: 14, weight: 700, color: palette.t1 });
      drawText(brush, why, table.at.x + 104, y + 19, { size: 14, color: palette.t2 });
      const right = table.at.x + table.width;
      if (frame.measure(why, 14, 400) + logs.length * 8 + 120 < table.width)
        drawText(brush, logs, right, y + 19, { size: 13, color: palette.t2, family: 'mono', align: 'right' });
    } else paintKnown(brush, scene, table, seat, y + 19, frame);
  }
}

/** What does not run on in what the leader hears: how far the logs match. */
function paintKnown(brush: Brush, scene: RaftScene, table: RaftTable, seat: Seat, y: number, frame: Frame): void {
  const { palette } = frame.look;
  const raft = scene.leader?.raft;
  if (!raft) return;
  const peer = raft.peers.find((one) => one.machine === seat.name);
  const number = { size: 13, color: palette.t2, family: 'mono', align: 'right' } as const;
  const right = table.at.x + table.width;
  if (seat === scene.leader) {
    drawText(brush, 'leads', table.at.x + 60, y, { size: 14, weight: 650, color: palette.t1 });
    drawText(brush, `commit ${raft.commitIndex}`, right, y, number);
  } else if (!peer) drawText(brush, 'not in the configuration', table.at.x + 60, y, { size: 14, color: palette.t2 });
  else if (table.width > 330) drawText(brush, `match ${peer.matchIndex} · next ${peer.nextIndex}`, right, y, number);
}

/** Beside the title: what the numbers are for. */
function tableAside(scene: RaftScene, table: RaftTable): string {
  if (table.kind === 'votes') {
    const { needed, members } = scene.tallies[0]!;
    return `${needed} of ${members} needed`;
  }
  const { leader } = scene;
  if (!leader?.raft) return '';
  const { raft } = leader;
  const heard = 1 + raft.peers.filter((peer) => isHeard(peer, raft, scene.from.now)).length;
  return `CheckQuorum ${heard}/${raft.members.length}: leads while a majority answers`;
}

/** An answer to the (first) candidate: what, why, and the two logs it was weighed by. */
interface VoteWords {
  answer: string;
  why: string;
  logs: string;
}

function voteWords(scene: RaftScene, seat: Seat): VoteWords {
  const tally = scene.tallies[0]!;
  const say = (answer: string, why: string, logs = ''): VoteWords => ({ answer, why, logs });
  if (seat.name === tally.candidate) return say('yes', 'votes for itself');
  if (tally.yes.includes(seat.name)) return say('yes', `had not voted in T${tally.term}; its log is no newer`);
  if (tally.no.includes(seat.name)) return refusalWords(scene, seat, tally);
  if (!seat.facts.power) return say('–', 'no power');
  if (!seat.facts.alive) return say('–', seat.facts.notes[0] ?? 'no answer');
  if (!seat.facts.cable) return say('–', 'cable cut');
  return say('…', 'has not answered');
}

/** The voter's own reason; ends of logs are `(term,index)`. */
function refusalWords(scene: RaftScene, seat: Seat, tally: VoteTally): VoteWords {
  const candidate = scene.byName.get(tally.candidate)?.raft;
  const reason = candidate?.refusals.find(({ machine }) => machine === seat.name)?.reason ?? '';
  const logs = /^log behind: (.+)$/.exec(reason)?.[1];
  if (logs) return { answer: 'no', why: `the log of ${tally.candidate} is behind its own`, logs };
  return { answer: 'no', why: reason || 'refuses', logs: '' };
}

export interface HeardLine {
  text: string;
  y: number;
  silent: boolean;
}

/** A follower answers every heartbeat, so after two of them without an answer it is silent. */
const SILENCE: Micros = 2_200_000;

/** When the leader last heard of each of the others: the numbers that run. */
export function heardLines(scene: RaftScene, now: Micros): HeardLine[] {
  const { table } = scene;
  const peers = scene.leader?.raft?.peers;
  if (table?.kind !== 'hears' || !peers) return [];
  const lines: HeardLine[] = [];
  for (const [index, seat] of table.seats.entries()) {
    const peer = peers.find((one) => one.machine === seat.name);
    if (!peer || seat === scene.leader) continue;
    const span = ago(now - peer.lastHeard);
    const silent = now - peer.lastHeard > SILENCE;
    const text = silent ? `silent for ${span}` : `heard ${span} ago`;
    lines.push({ text, y: table.at.y + 31 + index * table.rowHeight, silent });
  }
  return lines;
}

export function paintHeard(brush: Brush, lines: readonly HeardLine[], x: number, frame: Frame): void {
  const { palette } = frame.look;
  for (const { text, y, silent } of lines) {
    drawText(brush, text, x, y, { size: 14, weight: silent ? 650 : 400, color: silent ? palette.t1 : palette.t2 });
  }
}

/** Clears all but the table's rows. */
export function clearAround(brush: Brush, { width, height }: Frame, table: RaftTable): void {
  const top = table.at.y + 10;
  const foot = top + table.seats.length * table.rowHeight + 6;
  const right = table.at.x + table.width;
  brush.clearRect(0, 0, width, top);
  brush.clearRect(0, top, table.at.x, foot - top);
  brush.clearRect(right, top, width - right, foot - top);
  brush.clearRect(0, foot, width, height - foot);
}

function ago(span: Micros): string {
  const seconds = Math.max(0, span) / 1e6;
  return seconds < 1 ? `${Math.floor(seconds * 10) / 10} s` : `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
}
