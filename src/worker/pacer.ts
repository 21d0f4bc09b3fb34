/**
 * How fast virtual time runs against the wall's. The user chooses a speed; while there is no leader the world slows down by
 * itself, and while ballots fly it nearly stands still: an election is over in a millisecond, and it is what one came to see. The
 * same for a packet that somebody sent, while the page shows packets: slower still in the rooms of a machine than on a wire.
 */
import type { Micros } from '../protocol/events.ts';
import type { FlowView } from '../protocol/network-view.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { TimeState } from '../protocol/worker-messages.ts';

/** What goes on in the swarm, as far as the pace is concerned. */
export type Mood = 'calm' | 'leaderless' | 'voting' | 'packet in a room' | 'packet on a wire' | 'packet on a long wire';

export const MIN_SPEED = 0.001;
export const MAX_SPEED = 1000;

/**
 * Highest rates by mood while `autoSlow` is on. A ballot takes some 300 us: about a third of a second to watch it. A packet takes 10 us
 * from room to room, and some 300 us over a wire: a fifth and half of a second.
 */
const slowRates: Readonly<Record<Mood, number>> = {
  calm: MAX_SPEED,
  leaderless: 1,
  voting: 0.001,
  'packet in a room': 0.000_05,
  'packet on a wire': 0.000_6,
  'packet on a long wire': 0.02,
};

const reasons: Readonly<Record<Mood, string | null>> = {
  calm: null,
  leaderless: 'there is no leader',
  voting: 'ballots are on their way',
  'packet in a room': 'a watched packet is on its way',
  'packet on a wire': 'a watched packet is on a wire',
  'packet on a long wire': 'a watched packet is on a slow wire',
};

/** After a pause of the platform (a hidden tab, a sleeping laptop) time does not leap. */
const LONGEST_TICK_MS = 100;

/** In calm times the mood is looked at this often, in virtual time. */
const CALM_SLICE: Micros = 200_000;

/** Falling behind the wanted rate by more than this share is worth telling. */
const NOTABLE_LAG = 0.8;

/** The mood a picture shows. `watchPackets`: packets count, too. */
export function moodOf(
  picture: Pick<Snapshot, 'now' | 'quorum' | 'messages' | 'network'>,
  watchPackets: boolean,
): Mood {
  const { quorum, messages } = picture;
  const packet = watchPackets ? packetMood(picture) : 'calm';
  if (packet !== 'calm' || !quorum || quorum.leader !== null) return packet;
  const voting = messages.some((message) => /^raft\.(pre-?)?vote/.test(message.kind) && !message.dropped);
  return voting ? 'voting' : 'leaderless';
}

/** After so long in one place, a packet waits for something else: its next try, the end of the client's patience. */
const ROOM_TIME: Micros = 25;
const WIRE_TIME: Micros = 1_500;
const LONG_WIRE_TIME: Micros = 200_000;
/** Whoever sends a crowd does not want to watch each. */
const CROWD = 6;

function packetMood({ now, network }: Pick<Snapshot, 'now' | 'network'>): Mood {
  const moving =
    network?.flows.filter(({ state }) => state === 'resolving' || state === 'out' || state === 'back') ?? [];
  if (moving.length === 0 || moving.length > CROWD) return 'calm';
  const moods = new Set(moving.map((flow) => moodOfFlow(flow, now)));
  const slowest: readonly Mood[] = ['packet in a room', 'packet on a wire', 'packet on a long wire'];
  return slowest.find((mood) => moods.has(mood)) ?? 'calm';
}

function moodOfFlow({ hops, openedAt }: FlowView, now: Micros): Mood {
  const last = hops.at(-1);
  const age = now - (last?.at ?? openedAt);
  if (last?.room !== 'wire' || last.result !== 'passed') return age <= ROOM_TIME ? 'packet in a room' : 'calm';
  if (age <= WIRE_TIME) return 'packet on a wire';
  return age <= LONG_WIRE_TIME ? 'packet on a long wire' : 'calm';
}

export class Pacer {
  playing = true;
  autoSlow = true;
  /** The page shows packets. */
  watchPackets = false;
  #speed = 1;
  #mood: Mood = 'calm';
  #lastTick: number | null = null;
  /** Share of the wanted time that the last ticks really got. */
  #kept = 1;

  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    this.#speed = Math.max(MIN_SPEED, Math.min(MAX_SPEED, speed));
  }

  /** Virtual seconds per wall second now. */
  get rate(): number {
    return this.autoSlow ? Math.min(this.#speed, slowRates[this.#mood]) : this.#speed;
  }

  get mood(): Mood {
    return this.#mood;
  }

  notice(mood: Mood): void {
    this.#mood = mood;
  }

  /** Starts a tick at wall time `wallMs`; returns how much wall time it has to make up for. */
  tick(wallMs: number): number {
    const elapsed = this.#lastTick === null ? 0 : Math.max(0, wallMs - this.#lastTick);
    this.#lastTick = wallMs;
    return this.playing ? Math.min(elapsed, LONGEST_TICK_MS) : 0;
  }

  /** How much virtual time may pass for `wallMs`, before the mood has to be looked at again. */
  slice(wallMs: number, now: Micros, nextEventAt: Micros | null): Micros {
    const wanted = wallMs * 1000 * this.rate;
    if (!this.autoSlow) return wanted;
    if (this.#mood === 'calm') return Math.min(wanted, CALM_SLICE);
    // The very event that sends the first ballot must be noticed.
    return nextEventAt === null ? wanted : Math.min(wanted, Math.max(1, nextEventAt - now));
  }

  /** Notes that of `wantedMs` wall time only `doneMs` could be played. */
  finish(wantedMs: number, doneMs: number): void {
    if (wantedMs > 0) this.#kept = this.#kept * 0.9 + (doneMs / wantedMs) * 0.1;
  }

  /** `newest`: when an earlier moment is shown, the newest one. */
  state(now: Micros, newest: Micros | null = null): TimeState {
    const { rate, playing, speed, autoSlow } = this;
    if (rate < speed) return { now, newest, playing, speed, rate, autoSlow, slowed: reasons[this.#mood] };
    const lags = playing && this.#kept < NOTABLE_LAG;
    const reached = lags ? Number((rate * this.#kept).toPrecision(2)) : rate;
    return {
      now,
      newest,
      playing,
      speed,
      rate: reached,
      autoSlow,
      slowed: lags ? 'it runs as fast as it can here' : null,
    };
  }
}
