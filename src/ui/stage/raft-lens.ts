/**
 * The Raft lens: the ring of managers (term as hue and number, role as outline, election timer as a closing arc), the gauge of votes or
 * of CheckQuorum in its middle, the log strips, and the table of votes. Raft 5.2 (elections), 5.3 (log), CheckQuorum as in etcd.
 */
import type { Micros, ObjectRef } from '../../protocol/events.ts';
import { msPerHalfPixel } from './cluster-lens.ts';
import { drawCrack, drawCross, drawCrown } from './draw-glyphs.ts';
import { resetBrush } from './draw-machine.ts';
import { drawFlight, traceRoute } from './draw-message.ts';
import { outline } from './draw-outline.ts';
import { paintLog } from './draw-raft-log.ts';
import { clearAround, heardLines, paintHeard, paintTable } from './draw-raft-table.ts';
import { drawTimer } from './draw-timer.ts';
import { timerArcs, timerText } from './election-timer.ts';
import { type Flights, flightState } from './flights.ts';
import { drawRings, type Frame, type Moving, onScreen } from './frame.ts';
import { isHeard, type RaftScene, raftRoute, type Seat, type VoteTally } from './raft-layout.ts';
import type { Route } from './routes.ts';
import { type Brush, drawText } from './stage-look.ts';

/** Paints what stands. */
export function paintRaft(brush: Brush, scene: RaftScene, frame: Frame): void {
  resetBrush(brush);
  brush.clearRect(0, 0, frame.width, frame.height);
  brush.save();
  const { k, x, y } = frame.view;
  brush.translate(x, y);
  brush.scale(k, k);
  for (const seat of scene.seats) paintSeat(brush, scene, seat, frame);
  if (scene.seats.length === 0) {
    drawText(brush, 'No managers yet: docker swarm init makes the first.', frame.width / 2, frame.height / 2, {
      size: 16,
      color: frame.look.palette.t2,
      align: 'center',
    });
  }
  paintGauge(brush, scene, frame);
  if (scene.log) paintLog(brush, scene.log, frame);
  if (scene.table) paintTable(brush, scene, scene.table, frame);
  if (scene.legendAt) paintTimerLegend(brush, scene, frame);
  brush.restore();
  resetBrush(brush);
}

/** A regular hexagon with its points left and right. */
function hexagon(brush: Brush, x: number, y: number, radius: number): void {
  const rise = radius * 0.866;
  brush.beginPath();
  brush.moveTo(x + radius, y);
  brush.lineTo(x + radius / 2, y + rise);
  brush.lineTo(x - radius / 2, y + rise);
  brush.lineTo(x - radius, y);
  brush.lineTo(x - radius / 2, y - rise);
  brush.lineTo(x + radius / 2, y - rise);
  brush.closePath();
}

function paintSeat(brush: Brush, scene: RaftScene, seat: Seat, frame: Frame): void {
  const { palette } = frame.look;
  const { x, y } = seat.center;
  const radius = scene.hexagon;
  const { facts, raft } = seat;
  const nameSize = Math.max(12, 15 * scene.scale);
  // Where the name is too long for its hexagon, its number stands for it, as in the gauge.
  const name = frame.measure(seat.name, nameSize, 700) <= radius * 1.7 ? seat.name : seat.short;
  if (!facts.alive || !raft) {
    hexagon(brush, x, y, radius);
    brush.fillStyle = frame.look.hatch;
    brush.fill();
    outline(brush, palette.ghost, 1.5, [5, 4]);
    const inner = radius * 1.28;
    brush.fillStyle = palette.stage;
    brush.fillRect(x - inner / 2, y - nameSize * 1.6, inner, nameSize * 2.95);
    drawText(brush, name, x, y - nameSize * 0.36, {
      size: nameSize,
      weight: 700,
      color: palette.t2,
      align: 'center',
    });
    drawCross(brush, x, y + nameSize * 0.72, nameSize * 0.9, palette.t1, null, 3);
    const words = facts.power ? (facts.notes[0] ?? facts.title.text) : 'no power';
    drawText(brush, words, seat.labelAt.x, seat.labelAt.y - scene.timer + radius, {
      size: 14,
      weight: 650,
      color: palette.t1,
      align: 'center',
      halo: palette.stage,
    });
    return;
  }
  const term = frame.look.term(raft.term);
  hexagon(brush, x, y, radius);
  brush.fillStyle = term.fill;
  brush.fill();
  if (frame.look.theme === 'light') outline(brush, term.edge, 1.5, []);
  const rim = radius + Math.max(4, 6 * scene.scale);
  if (facts.candidate) {
    hexagon(brush, x, y, rim);
    outline(brush, palette.t1, 3, [8, 5]);
  } else if (facts.leads) {
    for (const [away, width] of [
      [rim - radius, 1],
      [rim - radius + 4.5, 2],
    ] as const) {
      hexagon(brush, x, y, radius + away);
      outline(brush, palette.t1, width, []);
    }
  }
  const nameY = facts.leads ? y - radius * 0.03 : y - radius * 0.16;
  if (facts.leads) drawCrown(brush, x, y - radius * 0.58, radius * 0.4, term.ink);
  drawText(brush, name, x, nameY, { size: nameSize, weight: 700, color: term.ink, align: 'center' });
  drawText(brush, `T${raft.term}${facts.candidate ? ' ?' : ''}`, x, y + radius * (facts.leads ? 0.55 : 0.47), {
    size: Math.max(14, (facts.leads ? 21 : 23) * scene.scale),
    weight: 750,
    color: term.ink,
    align: 'center',
  });
  if (!facts.cable) drawCross(brush, x, y - rim - 6, 12, palette.t1, palette.stage, 2.6);
}

/** In the middle: votes while there is a candidate; otherwise who is heard. */
function paintGauge(brush: Brush, scene: RaftScene, frame: Frame): void {
  if (scene.seats.length < 2 || scene.free < 34) return;
  const tally = scene.tallies[0];
  if (tally) {
    scene.tallies.slice(0, 2).forEach((one, index) => {
      paintVotes(brush, scene, one, frame, scene.tallies.length > 1 ? (index === 0 ? -40 : 46) : 0);
    });
  } else paintQuorum(brush, scene, frame);
}

interface Pip {
  label: string;
  state: 'yes' | 'open' | 'no' | 'silent';
}

function paintVotes(brush: Brush, scene: RaftScene, tally: VoteTally, frame: Frame, shift: number): void {
  const { palette } = frame.look;
  const label = (name: string) => scene.byName.get(name)?.short ?? name;
  const pips: Pip[] = [
    ...tally.yes.map((name): Pip => ({ label: label(name), state: 'yes' })),
    ...tally.open.map((name): Pip => ({ label: label(name), state: 'open' })),
    ...tally.no.map((name): Pip => ({ label: label(name), state: 'no' })),
    ...tally.silent.map((name): Pip => ({ label: label(name), state: 'silent' })),
  ];
  const y = scene.centre.y + shift;
  const identity = frame.look.term(tally.term);
  paintPips(brush, scene, pips, tally.needed, y - 26, identity, frame);
  drawText(brush, `${tally.yes.length} of ${tally.needed}`, scene.centre.x, y + 18, {
    size: scene.free > 70 ? 28 : 20,
    weight: 750,
    color: palette.t1,
    align: 'center',
    halo: palette.stage,
  });
  drawText(brush, scene.tallies.length > 1 ? `votes for ${tally.candidate}` : 'votes needed', scene.centre.x, y + 36, {
    size: 13,
    color: palette.t2,
    align: 'center',
    halo: palette.stage,
  });
}

/** Sizes of a row of so many pips, in the room that the ring leaves. */
function pipRow(scene: RaftScene, count: number): { radius: number; pitch: number; notch: number; width: number } {
  const radius = Math.max(6, Math.min(10, (scene.free * 2 - 20) / count / 2.5));
  const pitch = radius * 2.4;
  const notch = radius * 0.8;
  return { radius, pitch, notch, width: pitch * (count - 1) + notch };
}

/** Pips in a row: yes, open, then the notch at the majority, then no and dead. */
function paintPips(
  brush: Brush,
  scene: RaftScene,
  pips: Pip[],
  needed: number,
  y: number,
  identity: { fill: string; edge: string; ink: string },
  frame: Frame,
): void {
  const { palette } = frame.look;
  const { radius, pitch, notch, width } = pipRow(scene, pips.length);
  let x = scene.centre.x - width / 2;
  pips.forEach((pip, index) => {
    if (index === needed) {
      brush.strokeStyle = palette.t1;
      brush.lineWidth = 2;
      brush.beginPath();
      const line = Math.round(x - pitch / 2 + notch / 2);
      brush.moveTo(line, y - radius * 1.7);
      brush.lineTo(line, y + radius * 1.7);
      brush.stroke();
      x += notch;
    }
    hexagon(brush, x, y, radius);
    if (pip.state === 'yes') {
      brush.fillStyle = identity.fill;
      brush.fill();
      outline(brush, identity.edge, 1.5, []);
    } else {
      brush.fillStyle = palette.stage;
      brush.fill();
      outline(brush, palette.t2, 1.5, pip.state === 'no' ? [] : [2.5, 2]);
    }
    if (radius >= 8) {
      drawText(brush, pip.label, x, y + 4.3, {
        size: 12,
        weight: 700,
        color: pip.state === 'yes' ? identity.ink : palette.t2,
        align: 'center',
      });
    }
    if (pip.state === 'no' || pip.state === 'silent') {
      brush.strokeStyle = palette.t1;
      brush.lineWidth = 1.8;
      brush.beginPath();
      brush.moveTo(x - radius * 0.8, y + radius * 0.8);
      brush.lineTo(x + radius * 0.8, y - radius * 0.8);
      brush.stroke();
    }
    x += pitch;
  });
}

/** CheckQuorum: the leader stays while it hears a majority (itself counted) within one election timeout. */
function paintQuorum(brush: Brush, scene: RaftScene, frame: Frame): void {
  const { palette } = frame.look;
  const { leader, quorum, centre } = scene;
  const needed = quorum?.needed ?? Math.floor(scene.seats.length / 2) + 1;
  if (!leader?.raft) {
    const up = scene.seats.filter((seat) => seat.facts.alive).length;
    drawText(brush, 'no leader', centre.x, centre.y + 2, { size: 22, weight: 750, color: palette.t1, align: 'center' });
    drawText(brush, `${up} of ${scene.seats.length} up, ${needed} needed`, centre.x, centre.y + 22, {
      size: 13,
      color: palette.t2,
      align: 'center',
    });
    return;
  }
  const { raft } = leader;
  const peers = raft.peers.filter((peer) => peer.machine !== leader.name);
  const heard = peers.filter((peer) => isHeard(peer, raft, scene.from.now));
  const silent = peers.filter((peer) => !heard.includes(peer));
  const label = (name: string) => scene.byName.get(name)?.short ?? name;
  const pips: Pip[] = [
    { label: leader.short, state: 'yes' },
    ...heard.map(({ machine }): Pip => ({ label: label(machine), state: 'yes' })),
    ...silent.map(({ machine }): Pip => ({ label: label(machine), state: 'silent' })),
  ];
  paintPips(brush, scene, pips, needed, centre.y - 26, frame.look.term(leader.raft.term), frame);
  const count = 1 + heard.length;
  drawText(brush, `${count} of ${pips.length}`, centre.x, centre.y + 18, {
    size: scene.free > 70 ? 28 : 20,
    weight: 750,
    color: palette.t1,
    align: 'center',
    halo: palette.stage,
  });
  drawText(brush, count >= needed ? `answer ${leader.name}` : 'too few: it steps down', centre.x, centre.y + 36, {
    size: 13,
    color: palette.t2,
    align: 'center',
    halo: palette.stage,
  });
  if (count < needed) {
    drawCrack(brush, leader.center.x, leader.center.y - scene.hexagon * 0.6, 16, palette.onInverse, palette.t1);
  }
}

function paintTimerLegend(brush: Brush, scene: RaftScene, frame: Frame): void {
  const { palette } = frame.look;
  const raft = scene.seats.find((seat) => seat.raft && seat.raft.electionTimeoutBase > 0)?.raft;
  if (!raft) return;
  const { x, y } = scene.legendAt!;
  const seconds = raft.electionTimeoutBase / 1e6;
  const base = seconds >= 1 ? `${seconds} s` : `${raft.electionTimeoutBase / 1000} ms`;
  brush.fillStyle = palette.t1;
  for (const step of [0, 12, 24]) brush.fillRect(x + step, y - 7, 10, 6);
  drawText(brush, `fixed ${base}`, x + 42, y, { size: 13, color: palette.t2 });
  brush.globalAlpha = 0.55;
  brush.fillStyle = palette.t3;
  brush.fillRect(x + 124, y - 7, 30, 6);
  brush.globalAlpha = 1;
  drawText(brush, 'random part', x + 162, y, { size: 13, color: palette.t2 });
  brush.fillStyle = palette.t1;
  brush.fillRect(x + 254, y - 11, 2, 14);
  drawText(brush, 'end: becomes a candidate', x + 262, y, { size: 13, color: palette.t2 });
}

/** What is kept from one paint of the Raft lens to the next: lanes, and which running numbers are on the canvas. */
export class RaftMemory {
  #scene: RaftScene | null = null;
  #painted = '';
  #look: Frame['look'] | null = null;
  #routes = new Map<string, Route | null>();

  /** Whether these running numbers are the ones on the canvas; remembers them. */
  isPainted(scene: RaftScene, frame: Frame, heardKey: string): boolean {
    const key = `${scene.stillKey} ${heardKey} ${frame.view.k}`;
    const same = key === this.#painted && frame.look === this.#look;
    this.#painted = key;
    this.#look = frame.look;
    return same;
  }

  /** The canvas was cleared or shows another lens. */
  forget(): void {
    this.#painted = '';
  }

  between(scene: RaftScene, from: string, to: string): Route | null {
    if (this.#scene === null || !samePlaces(this.#scene, scene)) this.#routes.clear();
    this.#scene = scene;
    const key = `${from}>${to}`;
    let route = this.#routes.get(key);
    if (route === undefined) {
      route = raftRoute(scene, from, to);
      this.#routes.set(key, route);
    }
    return route;
  }
}

function samePlaces(a: RaftScene, b: RaftScene): boolean {
  return (
    a === b ||
    (a.width === b.width &&
      a.height === b.height &&
      a.seats.length === b.seats.length &&
      a.seats.every((seat, index) => seat.name === b.seats[index]!.name))
  );
}

/** Paints timers, words with running numbers, messages and rings. */
export function paintRaftMoving(
  brush: Brush,
  scene: RaftScene,
  frame: Frame,
  flights: Flights,
  routes: RaftMemory,
  now: Micros,
  wall: number,
): Moving {
  resetBrush(brush);
  const heard = heardLines(scene, now);
  const heardKey = heard.map((line) => line.text).join();
  // The running numbers change ten times a second, what flies sixty: they stay as long as they are true.
  const keepHeard = routes.isPainted(scene, frame, heardKey) && scene.table !== null && frame.view.k === 1;
  if (keepHeard) clearAround(brush, frame, scene.table!);
  else brush.clearRect(0, 0, frame.width, frame.height);
  const { drawn, waiting } = raftFlights(scene, frame, flights, routes, now, wall, brush);
  traceLanes(brush, drawn, frame);
  brush.save();
  const { k, x, y } = frame.view;
  brush.translate(x, y);
  brush.scale(k, k);
  let timerMs: number | null = null;
  const soonest = (ms: number | null) => {
    if (ms !== null) timerMs = Math.min(timerMs ?? Number.POSITIVE_INFINITY, ms);
  };
  for (const seat of scene.seats) soonest(paintSeatTimer(brush, scene, seat, frame, now));
  soonest(paintHearing(brush, scene, frame, now));
  if (scene.table && heard.length > 0) {
    if (!keepHeard) paintHeard(brush, heard, scene.table.at.x + 60, frame);
    soonest(frame.rate > 0 ? Math.max(100, 100 / frame.rate) : 1e9);
  }
  brush.restore();
  resetBrush(brush);
  for (const call of drawn) drawFlight(...call);
  brush.save();
  brush.translate(x, y);
  brush.scale(k, k);
  if (drawn.length > 0) clearGaugeWords(brush, scene);
  for (const seat of scene.seats) paintSeatWords(brush, scene, seat, frame, now);
  brush.restore();
  resetBrush(brush);
  drawRings(brush, frame, (ref, away) => traceSeat(brush, scene, frame, ref, away));
  return { flying: drawn.length > 0 || waiting, timerMs };
}

function paintSeatTimer(brush: Brush, scene: RaftScene, seat: Seat, frame: Frame, now: Micros): number | null {
  const { facts, raft } = seat;
  if (!facts.alive || !raft) return null;
  const arcs = timerArcs(raft, now);
  if (!arcs) return null;
  drawTimer(brush, arcs, seat.center.x, seat.center.y, scene.timer, frame.look);
  return arcs.elapsed < arcs.total ? msPerHalfPixel(raft.electionTimeoutBase, scene.timer, frame) : null;
}

/** Role and running number under a seat, over whatever flies there. */
function paintSeatWords(brush: Brush, scene: RaftScene, seat: Seat, frame: Frame, now: Micros): void {
  const { facts, raft } = seat;
  if (!facts.alive || !raft) return;
  const { palette } = frame.look;
  const arcs = timerArcs(raft, now);
  const role = facts.leads ? 'Leader' : raft.role;
  const strong = facts.leads || facts.candidate;
  const words = [
    ...(scene.roleWords || !arcs ? [role] : []),
    ...(arcs ? [timerText(arcs)] : []),
    ...(scene.roleWords && !facts.cable ? ['cable cut'] : []),
  ];
  const text = words.join(', ');
  const width = frame.measure(text, 14, strong ? 650 : 400) + 8;
  brush.fillStyle = palette.stage;
  brush.fillRect(seat.labelAt.x - width / 2, seat.labelAt.y - 13, width, 18);
  drawText(brush, text, seat.labelAt.x, seat.labelAt.y, {
    size: 14,
    weight: strong ? 650 : 400,
    color: strong ? palette.t1 : palette.t2,
    align: 'center',
  });
}

/** What flies passes under the words in the middle, which stand on the lower canvas: three rows, each as wide as it is. */
function clearGaugeWords(brush: Brush, scene: RaftScene): void {
  if (scene.seats.length < 2 || scene.free < 34) return;
  const { x, y } = scene.centre;
  const several = scene.tallies.length > 1;
  const pips = pipRow(scene, scene.seats.length).width / 2 + 12;
  for (const shift of several ? [-40, 46] : [0]) {
    if (several || scene.tallies.length > 0 || scene.leader) brush.clearRect(x - pips, y + shift - 38, 2 * pips, 24);
    brush.clearRect(x - 42, y + shift - 8, 84, 30);
    brush.clearRect(x - 48, y + shift + 24, 96, 17);
  }
}

/**
 * CheckQuorum around the leader: a pip in the direction of each of the others, which fades as its silence grows towards one election
 * timeout, and is hollow beyond it.
 */
function paintHearing(brush: Brush, scene: RaftScene, frame: Frame, now: Micros): number | null {
  const { leader } = scene;
  if (!leader?.raft || !leader.facts.alive) return null;
  const { raft, center } = leader;
  const { palette } = frame.look;
  brush.strokeStyle = palette.line2;
  brush.lineWidth = 1;
  brush.setLineDash([]);
  brush.beginPath();
  brush.arc(center.x, center.y, scene.timer, 0, Math.PI * 2);
  brush.stroke();
  const radius = Math.max(3.5, 5.5 * scene.scale);
  for (const peer of raft.peers) {
    const other = scene.byName.get(peer.machine);
    if (!other || other === leader) continue;
    const angle = Math.atan2(other.center.y - center.y, other.center.x - center.x);
    const [px, py] = [center.x + Math.cos(angle) * scene.timer, center.y + Math.sin(angle) * scene.timer];
    const left = 1 - (now - peer.lastHeard) / raft.electionTimeoutBase;
    brush.beginPath();
    brush.arc(px, py, radius, 0, Math.PI * 2);
    brush.fillStyle = palette.stage;
    brush.fill();
    if (left > 0) {
      brush.globalAlpha = Math.max(0.12, Math.min(1, left));
      brush.fillStyle = palette.t1;
      brush.fill();
      brush.globalAlpha = 1;
    }
    outline(brush, left > 0 ? palette.t1 : palette.t3, 1.5, left > 0 ? [] : [2, 2]);
  }
  return frame.rate > 0 ? Math.max(200, 200 / frame.rate) : null;
}

type DrawFlight = Parameters<typeof drawFlight>;

/** What is to be drawn of the messages, between managers on the ring only. */
function raftFlights(
  scene: RaftScene,
  frame: Frame,
  flights: Flights,
  routes: RaftMemory,
  now: Micros,
  wall: number,
  brush: Brush,
): { drawn: DrawFlight[]; waiting: boolean } {
  const scale = Math.round(Math.max(0.7, scene.scale * frame.view.k) * 20) / 20;
  const tools = { brush, look: frame.look, shapes: frame.shapes, scale, reducedMotion: frame.reducedMotion };
  const drawn: DrawFlight[] = [];
  let waiting = false;
  for (const flight of flights.live.values()) {
    const state = flightState(flight, now, wall, frame.rate);
    waiting ||= state.phase === 'waiting';
    if (state.phase === 'over' || state.phase === 'waiting') continue;
    const lane = routes.between(scene, flight.message.from, flight.message.to);
    if (!lane) continue;
    const { term } = flight.message;
    const ink = frame.look.ink(flight.shape.raft && term !== undefined ? term : null);
    const label = flight.shape.form === 'ballot' && term !== undefined ? `T${term}` : '';
    drawn.push([tools, flight.shape, label, ink, onScreen(lane, frame.view), state, flight.shape.raft ? 1 : 0.7]);
  }
  return { drawn, waiting };
}

/** Thin lines under the messages that fly. */
function traceLanes(brush: Brush, drawn: readonly DrawFlight[], frame: Frame): void {
  brush.strokeStyle = frame.look.palette.line2;
  brush.lineWidth = 1;
  brush.beginPath();
  for (const [, , , , route, state] of drawn) if (state.phase === 'flying') traceRoute(brush, route);
  brush.stroke();
}

function traceSeat(brush: Brush, scene: RaftScene, frame: Frame, ref: ObjectRef, away: number): boolean {
  const seat = scene.seats.find((one) => one.ref === ref);
  if (!seat) return false;
  const { k, x, y } = frame.view;
  brush.beginPath();
  brush.arc(seat.center.x * k + x, seat.center.y * k + y, (scene.timer + 4) * k + away, 0, Math.PI * 2);
  return true;
}

/** The manager under a point of the screen: on the ring, in the log or in the table. */
export function raftAt(scene: RaftScene, { view }: Pick<Frame, 'view'>, px: number, py: number): ObjectRef | null {
  const x = (px - view.x) / view.k;
  const y = (py - view.y) / view.k;
  for (const seat of scene.seats) {
    if (Math.hypot(x - seat.center.x, y - seat.center.y) <= scene.timer + 6) return seat.ref;
  }
  const rowAt = (top: number, height: number, count: number) => {
    const index = Math.floor((y - top) / height);
    return index >= 0 && index < count ? index : -1;
  };
  const { log, table } = scene;
  if (log && x >= log.box.x && x <= log.box.x + log.box.w) {
    const row = rowAt(log.box.y + log.header, log.rowHeight, log.rows.length);
    if (row >= 0) return log.rows[row]!.seat.ref;
  }
  if (table && x >= table.at.x && x <= table.at.x + table.width) {
    const row = rowAt(table.at.y + 12, table.rowHeight, table.seats.length);
    if (row >= 0) return table.seats[row]!.ref;
  }
  return null;
}
