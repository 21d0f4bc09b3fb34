/**
 * The Raft lens as data: managers on a ring in their fixed order, the log as one strip per manager around the newest entries, and a table
 * of what each has said: votes while somebody stands for election, otherwise what the leader hears from its followers.
 */
import type { Micros, ObjectRef } from '../../protocol/events.ts';
import type { MachineView, QuorumView, RaftView, Snapshot } from '../../protocol/snapshot.ts';
import { nodeOfMachine } from '../store/rows.ts';
import type { Measure } from './layout.ts';
import { type MachineFacts, machineFacts, shortMachineName } from './machine-facts.ts';
import { measured, type Route } from './routes.ts';
import type { Box, Point } from './scene.ts';

/** A manager on the ring. */
export interface Seat {
  ref: ObjectRef;
  name: string;
  short: string;
  machine: MachineView;
  facts: MachineFacts;
  raft: RaftView | null;
  /** What its raft was when it was last seen: a manager without power keeps its log on its disk. */
  lastRaft: RaftView | null;
  center: Point;
  /** Base line of the words under the seat. */
  labelAt: Point;
}

export interface VoteTally {
  candidate: string;
  term: number;
  needed: number;
  members: number;
  yes: string[];
  no: string[];
  /** Could still answer. */
  open: string[];
  /** Without power or cable: cannot answer. */
  silent: string[];
}

export interface LogCell {
  index: number;
  state: 'applied' | 'committed' | 'stored' | 'none' | 'compacted';
  /** Null where the picture no longer has the entry. */
  term: number | null;
  /** What the entry says. */
  note: string;
}

export interface LogRow {
  seat: Seat;
  cells: LogCell[];
  /** As the leader has it; null for the leader itself and without a leader. */
  match: number | null;
  next: number | null;
}

/** How much a cell says: the term over the note, both on one line, or (on a phone) the term alone. */
export type CellForm = 'whole' | 'line' | 'term';

export interface LogPanel {
  box: Box;
  form: CellForm;
  /** Height of title and index numbers above the rows. */
  header: number;
  first: number;
  columns: number;
  cellWidth: number;
  rowHeight: number;
  labelWidth: number;
  rows: LogRow[];
  /** Newest entry that a majority has; the line stands after it. */
  commit: number;
  /** Beyond that line: on how many managers the next entry is; null when there is none. */
  beyond: { on: number; of: number } | null;
  /** Phone: what the newest entry says, under the rows. */
  newest: string;
}

export interface RaftTable {
  at: Point;
  width: number;
  title: string;
  kind: 'votes' | 'hears';
  rowHeight: number;
  seats: Seat[];
}

export interface RaftScene {
  from: Snapshot;
  width: number;
  height: number;
  seats: Seat[];
  byName: Map<string, Seat>;
  centre: Point;
  /** Radius of hexagon and timer at this size. */
  hexagon: number;
  timer: number;
  scale: number;
  /** Free radius in the middle, for the gauge. */
  free: number;
  roleWords: boolean;
  tallies: VoteTally[];
  quorum: QuorumView | null;
  leader: Seat | null;
  log: LogPanel | null;
  table: RaftTable | null;
  legendAt: Point | null;
  /** Says all that stands still in the picture: equal keys, equal pictures. */
  stillKey: string;
}

const HEXAGON = 42;
const TIMER = 62;
const LABEL_SIZE = 14;
/** At this scale a number and a term still fit into a hexagon. */
const SMALLEST_OVER_LOG = 0.38;

/** `before`: the last scene, for what is known of managers that do not answer now. */
export function layoutRaft(
  snapshot: Snapshot,
  width: number,
  height: number,
  measure: Measure,
  before: RaftScene | null = null,
): RaftScene {
  const members = managersOf(snapshot);
  const wide = width >= 720;
  const boxAbove = (below: number): Box =>
    wide
      ? { x: 12, y: 8, w: width * 0.47 - 12, h: height - 16 - 26 }
      : { x: 4, y: 4, w: width - 8, h: height - 8 - below };
  // On a phone the log stands below the ring, unless the ring would become too small to be read.
  let narrowLog = wide ? 0 : compactLogHeight(members.length);
  let ring = fitRing(members.length, boxAbove(narrowLog), measure);
  if (narrowLog > 0 && ring.scale < SMALLEST_OVER_LOG) {
    narrowLog = 0;
    ring = fitRing(members.length, boxAbove(0), measure);
  }
  const known =
    before !== null && before.from.seed === snapshot.seed && before.from.now <= snapshot.now ? before : null;
  const seats = members.map((machine, index): Seat => {
    const angle = ring.start + (index * 2 * Math.PI) / Math.max(1, members.length);
    const center = {
      x: Math.round(ring.centre.x + Math.cos(angle) * ring.radius),
      y: Math.round(ring.centre.y + Math.sin(angle) * ring.radius),
    };
    return {
      ref: `machine:${machine.name}`,
      name: machine.name,
      short: shortMachineName(machine.name),
      machine,
      facts: machineFacts(machine, nodeOfMachine(snapshot, machine.name)),
      raft: machine.raft,
      lastRaft: machine.raft ?? known?.byName.get(machine.name)?.lastRaft ?? null,
      center,
      labelAt: { x: center.x, y: center.y + TIMER * ring.scale + 8 + LABEL_SIZE },
    };
  });
  const byName = new Map(seats.map((seat) => [seat.name, seat]));
  const leader = seats.find((seat) => seat.facts.leads) ?? null;
  const tallies = seats.filter((seat) => seat.facts.candidate).map((seat) => tallyOf(seat, byName));
  const scene: RaftScene = {
    from: snapshot,
    width,
    height,
    seats,
    byName,
    centre: ring.centre,
    hexagon: HEXAGON * ring.scale,
    timer: TIMER * ring.scale,
    scale: ring.scale,
    free: ring.gauge ? Math.max(GAUGE.w, ring.radius - TIMER * ring.scale - 10) : 0,
    roleWords: ring.roleWords,
    tallies,
    quorum: snapshot.quorum,
    leader,
    log: null,
    table: null,
    legendAt: wide && seats.length > 0 ? { x: 20, y: height - 12 } : null,
    stillKey: '',
  };
  if (seats.length > 0 && wide) layPanels(scene, measure);
  else if (seats.length > 0 && narrowLog > 0) {
    const box = { x: 14, y: height - narrowLog - 4, w: width - 28, h: narrowLog };
    scene.log = layLog(scene, box, COMPACT_ROW, 'term', measure);
  }
  scene.stillKey = stillKeyOf(scene);
  return scene;
}

function stillKeyOf({ width, height, seats, quorum, from }: RaftScene): string {
  const parts = seats.map(({ name, facts, raft, lastRaft }) => {
    const peers = raft?.peers.map(
      (peer) => `${peer.machine}${isHeard(peer, raft, from.now)}${peer.matchIndex}/${peer.nextIndex}`,
    );
    const entries = lastRaft?.entries.map((entry) => `${entry.index}.${entry.term}`);
    const log = raft && [raft.firstIndex, raft.lastApplied, raft.commitIndex, raft.lastIndex, entries].join('/');
    const votes =
      raft &&
      `${raft.votesGranted}/${raft.votesRejected}/${raft.refusals.length}/${raft.votedFor}/${raft.members.length}`;
    return `${name} ${facts.sentence} ${facts.leads} ${raft?.role} ${raft?.term} ${log} ${votes} ${peers}`;
  });
  return `${width}x${height} ${quorum?.needed} ${parts.join(';')}`;
}

/** Managers, and those who still sit in the configuration. In the order in which the machines were made. */
function managersOf(snapshot: Snapshot): MachineView[] {
  const seated = new Set(snapshot.quorum?.members.map((member) => member.machine));
  return snapshot.machines.filter((machine) => machine.role === 'manager' || seated.has(machine.name));
}

interface Ring {
  centre: Point;
  radius: number;
  scale: number;
  /** Angle of the first seat. */
  start: number;
  /** The middle has room for the gauge. */
  gauge: boolean;
  /** Seats have room for their role in words, not only for the timer's numbers. */
  roleWords: boolean;
}

interface Wish {
  count: number;
  box: Box;
  start: number;
  /** Width of the words under a seat. */
  label: number;
  smallest: number;
  gauge: boolean;
  roleWords: boolean;
}

/** Half of the room that the gauge needs. */
const GAUGE = { w: 62, h: 46 };

/** The largest seats that stand apart from each other and within the box, with their words. */
function fitRing(count: number, box: Box, measure: Measure): Ring {
  const start = count === 2 ? Math.PI : -Math.PI / 2;
  const long = measure('candidate, 13.5 of 16 s', LABEL_SIZE, 650);
  const short = measure('13.5 of 16 s', LABEL_SIZE, 650);
  const wish = { count, box, start };
  // The role is told by the outline too, so its word goes first; then the gauge, which the table repeats.
  return (
    tryRing({ ...wish, label: long, smallest: 0.62, gauge: true, roleWords: true }) ??
    tryRing({ ...wish, label: short, smallest: 0.5, gauge: true, roleWords: false }) ??
    tryRing({ ...wish, label: short, smallest: 0.25, gauge: false, roleWords: false }) ?? {
      centre: { x: box.x + box.w / 2, y: box.y + box.h / 2 - 6 },
      radius: Math.max(20, Math.min(box.w, box.h) / 2 - 34),
      scale: 0.3,
      start,
      gauge: false,
      roleWords: false,
    }
  );
}

function tryRing({ count, box, start, label, smallest, gauge, roleWords }: Wish): Ring | null {
  for (let scale = 1.25; scale > smallest; scale -= 0.05) {
    const above = TIMER * scale + 4;
    const below = TIMER * scale + 8 + LABEL_SIZE + 6;
    const side = Math.max(TIMER * scale + 4, Math.min(label / 2, box.w / 4));
    if (count <= 1)
      return {
        centre: { x: box.x + box.w / 2, y: box.y + box.h / 2 - 10 },
        radius: 0,
        scale,
        start,
        gauge: false,
        roleWords,
      };
    const angles = Array.from({ length: count }, (_, index) => start + (index * 2 * Math.PI) / count);
    const highest = -Math.min(...angles.map(Math.sin));
    const lowest = Math.max(...angles.map(Math.sin));
    const widest = Math.max(...angles.map((angle) => Math.abs(Math.cos(angle))), 0.01);
    const vertical = (box.h - above - below) / Math.max(0.01, highest + lowest);
    const radius = Math.min(vertical, (box.w / 2 - side) / widest, 230);
    const apart = 2 * radius * Math.sin(Math.PI / count);
    const needed = 2 * TIMER * scale + (count > 2 ? 12 : 120 * scale);
    const fits = apart >= needed && radius > 20 && wordsAreFree(angles, radius, TIMER * scale, label);
    if (fits && (!gauge || gaugeIsFree(angles, radius, TIMER * scale, label))) {
      const spare = box.h - above - below - radius * (highest + lowest);
      const centre = { x: box.x + box.w / 2, y: box.y + above + radius * highest + spare / 2 };
      return { centre, radius, scale, start, gauge, roleWords };
    }
  }
  return null;
}

/** Whether a box in the middle keeps clear of the seats and of their words. */
function gaugeIsFree(angles: number[], radius: number, timer: number, label: number): boolean {
  return angles.every((angle) => {
    const [x, y] = [Math.cos(angle) * radius, Math.sin(angle) * radius];
    const away = Math.hypot(Math.max(0, Math.abs(x) - GAUGE.w), Math.max(0, Math.abs(y) - GAUGE.h));
    const words = y + timer + 8;
    const overWords = Math.abs(x) < GAUGE.w + label / 2 && words < GAUGE.h && words + LABEL_SIZE + 8 > -GAUGE.h;
    return away >= timer && !overWords;
  });
}

/** Whether the words under each seat keep clear of the other seats and of their words. */
function wordsAreFree(angles: number[], radius: number, timer: number, label: number): boolean {
  const seats = angles.map((angle) => ({ x: Math.cos(angle) * radius, y: Math.sin(angle) * radius }));
  return seats.every((a, index) =>
    seats.every((b, other) => {
      if (other === index) return true;
      const top = a.y + timer + 6;
      const foot = top + LABEL_SIZE + 6;
      const besideWords = Math.abs(a.y - b.y) > LABEL_SIZE + 4 || Math.abs(a.x - b.x) >= label + 6;
      // Nearest point of the words to the other seat's centre.
      const dx = Math.max(0, Math.abs(b.x - a.x) - label / 2);
      const dy = b.y < top ? top - b.y : b.y > foot ? b.y - foot : 0;
      return besideWords && Math.hypot(dx, dy) >= timer + 2;
    }),
  );
}

/** Who has said what to a candidate: what can still happen is visible. */
export function tallyOf(seat: Seat, byName: Map<string, Seat>): VoteTally {
  const raft = seat.raft!;
  const rest = raft.members.filter((name) => !raft.votesGranted.includes(name) && !raft.votesRejected.includes(name));
  const canAnswer = (name: string) => {
    const other = byName.get(name);
    return (other?.facts.alive && other.facts.cable) ?? false;
  };
  return {
    candidate: seat.name,
    term: raft.term,
    needed: Math.floor(raft.members.length / 2) + 1,
    members: raft.members.length,
    yes: raft.votesGranted,
    no: raft.votesRejected,
    open: rest.filter(canAnswer),
    silent: rest.filter((name) => !canAnswer(name)),
  };
}

const TABLE_ROW = 27;
/** Title and index numbers over the rows of the log. */
const LOG_HEADER = 44;
/** Under them the words of the commit line. */
const LOG_FOOT = 26;
const COMPACT_ROW = 18;
const COMPACT_HEADER = 18;

/** Height of the phone's log: index numbers, a row per manager, what the newest entry says. */
function compactLogHeight(managers: number): number {
  return COMPACT_HEADER + managers * COMPACT_ROW + 18;
}

/** Right of the ring: the log, and the table where both have room. */
function layPanels(scene: RaftScene, measure: Measure): void {
  const { height, width, seats } = scene;
  const left = width * 0.5 + 8;
  const right = width - 20;
  const top = 14;
  const tableHeight = 34 + seats.length * TABLE_ROW;
  const room = height - top - 8 - LOG_HEADER - LOG_FOOT;
  const withTable = (room - tableHeight - 18) / seats.length;
  const both = withTable >= 22;
  const rowHeight = Math.max(18, Math.min(45, both ? withTable : room / seats.length));
  const box = { x: left, y: top, w: right - left, h: LOG_HEADER + rowHeight * seats.length + LOG_FOOT };
  scene.log = layLog(scene, box, rowHeight, rowHeight >= 40 ? 'whole' : 'line', measure);
  if (!both) return;
  const kind = scene.tallies.length > 0 ? 'votes' : 'hears';
  scene.table = {
    at: { x: left, y: box.y + box.h + 20 },
    width: right - left,
    title: kind === 'votes' ? `Votes in term ${scene.tallies[0]!.term}` : hearsTitle(scene),
    kind,
    rowHeight: TABLE_ROW,
    seats,
  };
}

function hearsTitle(scene: RaftScene): string {
  return scene.leader ? `What ${scene.leader.name} hears` : 'No leader';
}

/** Was the other one heard of within one election timeout? That is what CheckQuorum counts. */
export function isHeard(peer: RaftView['peers'][number], leader: RaftView, now: Micros): boolean {
  return now - peer.lastHeard <= leader.electionTimeoutBase;
}

const NOTE_SIZE = 13;
const mostColumns = 12;

function layLog(scene: RaftScene, box: Box, rowHeight: number, form: CellForm, measure: Measure): LogPanel {
  const names = scene.seats.map((seat) => measure(seat.name, 14, 650));
  const labelWidth = Math.max(46, ...names) + 10;
  const newest = Math.max(0, ...scene.seats.map((seat) => seat.lastRaft?.lastIndex ?? 0));
  const room = box.w - labelWidth;
  const columns = Math.max(1, Math.min(mostColumns, Math.floor(room / wishedCell(scene, room, form, measure))));
  const first = Math.max(1, newest - columns + 1);
  const peers = new Map(scene.leader?.raft?.peers.map((peer) => [peer.machine, peer]));
  const rows = scene.seats.map((seat): LogRow => {
    const cells = Array.from({ length: columns }, (_, column) => cellOf(seat.lastRaft, first + column));
    const peer = seat === scene.leader ? undefined : peers.get(seat.name);
    return { seat, cells, match: peer?.matchIndex ?? null, next: peer?.nextIndex ?? null };
  });
  const commit = Math.max(0, ...scene.seats.map((seat) => seat.lastRaft?.commitIndex ?? 0));
  const on = scene.seats.filter((seat) => (seat.lastRaft?.lastIndex ?? 0) > commit).length;
  const words = rows.flatMap((row) => row.cells.filter((cell) => cell.index === newest && cell.note));
  return {
    box,
    form,
    header: form === 'term' ? COMPACT_HEADER : LOG_HEADER,
    first,
    columns,
    cellWidth: form === 'term' ? Math.min(44, room / columns) : room / columns,
    rowHeight,
    labelWidth,
    rows,
    commit,
    beyond: on > 0 ? { on, of: scene.seats.length } : null,
    newest: words[0] ? `${newest}: ${words[0].note}` : '',
  };
}

/** Width at which every note of the newest entries fits into its cell, but never so wide that fewer than three cells fit. */
function wishedCell(scene: RaftScene, room: number, form: CellForm, measure: Measure): number {
  if (form === 'term') return 34;
  const entries = scene.seats.flatMap((seat) => seat.lastRaft?.entries.slice(-5) ?? []);
  const widest = Math.max(54, ...entries.map(({ note }) => measure(note, NOTE_SIZE, 500)));
  const beside = form === 'line' ? measure('T12 ', 12, 400) + 34 : 26;
  return Math.min(widest + beside, room / 3);
}

function cellOf(raft: RaftView | null, index: number): LogCell {
  const entry = raft?.entries.find((one) => one.index === index);
  return { index, state: cellState(raft, index), term: entry?.term ?? null, note: entry?.note ?? '' };
}

/** What a manager's log has at an index. */
export function cellState(raft: RaftView | null, index: number): LogCell['state'] {
  if (!raft || index > raft.lastIndex) return 'none';
  if (index < raft.firstIndex) return 'compacted';
  if (index <= raft.lastApplied) return 'applied';
  return index <= raft.commitIndex ? 'committed' : 'stored';
}

/** The lane of a message between two seats: straight, beside the lane of the other direction. */
export function raftRoute(scene: RaftScene, from: string, to: string): Route | null {
  const [a, b] = [scene.byName.get(from)?.center, scene.byName.get(to)?.center];
  if (!a || !b) return null;
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [dx, dy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const lane = Math.max(3, 6 * scene.scale);
  const away = scene.timer + 8;
  if (length <= 2 * away + 4) return null;
  const at = (distance: number): Point => ({ x: a.x + dx * distance - dy * lane, y: a.y + dy * distance + dx * lane });
  return measured([at(away), at(length - away)]);
}
