/**
 * The election timer as angles: the fixed part of the timeout is half a ring of ten marks (18 degrees per second at SwarmKit's ten
 * seconds), the random part a paler tail of up to the other half. Time gone leaves the ring bare, clockwise from the top.
 */
import type { Micros } from '../../protocol/events.ts';
import type { RaftView } from '../../protocol/snapshot.ts';

export interface TimerArcs {
  /** Fixed part that is left, as up to ten [from, to] in radians, clockwise from the top. */
  marks: [number, number][];
  /** Random part that is left. */
  tail: [number, number] | null;
  /** Where the timer ends. */
  end: number;
  elapsed: Micros;
  total: Micros;
}

/** Marks of the fixed part. */
export const TIMER_MARKS = 10;

/** The arcs at virtual time `now`; null when no timer runs (a leader waits for nothing). */
export function timerArcs(raft: RaftView, now: Micros): TimerArcs | null {
  if (raft.role === 'leader' || raft.electionTimeout <= 0 || raft.electionTimeoutBase <= 0) return null;
  const total = raft.electionTimeout;
  const elapsed = Math.max(0, Math.min(total, now - raft.electionTimerStarted));
  const angle = (span: Micros) => Math.min(2 * Math.PI, (span / raft.electionTimeoutBase) * Math.PI);
  const mark = Math.PI / TIMER_MARKS;
  const gone = angle(elapsed);
  const marks: [number, number][] = [];
  for (let index = 0; index < TIMER_MARKS; index++) {
    const end = (index + 1) * mark;
    if (end > gone) marks.push([Math.max(gone, index * mark), end]);
  }
  const end = angle(total);
  const tail: [number, number] | null = end > Math.max(Math.PI, gone) + 1e-9 ? [Math.max(Math.PI, gone), end] : null;
  return { marks, tail, end, elapsed, total };
}

/** `0.1 of 17 s`, `120 of 233 ms`. */
export function timerText({ elapsed, total }: Pick<TimerArcs, 'elapsed' | 'total'>): string {
  if (total >= 1_000_000) return `${(Math.floor(elapsed / 100_000) / 10).toFixed(1)} of ${Math.round(total / 1e6)} s`;
  return `${Math.floor(elapsed / 1000)} of ${Math.round(total / 1000)} ms`;
}
