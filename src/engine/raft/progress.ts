/**
 * What a leader knows of one member's log (Raft 5.3: nextIndex, matchIndex), and how it sends to it.
 * Source: etcd-io/raft `tracker/progress.go`, `tracker/inflights.go`.
 * Invariant: match < next; match never goes back while the leader leads.
 *
 *   probe      the match is not known: one append at a time, the next after an answer or a heartbeat's answer
 *   replicate  the match is known: appends follow each other unanswered, up to a limit
 *   snapshot   the entries that it needs are gone: a snapshot is under way, no appends
 */
import type { ProgressState } from './types.ts';

export interface Progress {
  state: ProgressState;
  /** Known to be durable at the member and equal to ours. */
  match: number;
  /** The next entry to send. */
  next: number;
  recentActive: boolean;
  /** In `probe`: an append is unanswered. */
  probeSent: boolean;
  /** In `snapshot`: the index of the one under way. */
  pendingSnapshot: number;
  /** In `snapshot`: election timeouts that have passed since it was sent. */
  snapshotPeriods: number;
  /** In `replicate`: the last index of each unanswered append, ascending. */
  inflight: number[];
}

export function createProgress(next: number, recentActive: boolean): Progress {
  return {
    state: 'probe',
    match: 0,
    next,
    recentActive,
    probeSent: false,
    pendingSnapshot: 0,
    snapshotPeriods: 0,
    inflight: [],
  };
}

export function becomeProbe(progress: Progress): void {
  // After a snapshot that was reported as delivered, the entries right behind it are the best guess.
  const afterSnapshot = progress.state === 'snapshot' ? progress.pendingSnapshot + 1 : 0;
  enter(progress, 'probe');
  progress.next = Math.max(progress.match + 1, afterSnapshot);
}

export function becomeReplicate(progress: Progress): void {
  enter(progress, 'replicate');
  progress.next = progress.match + 1;
}

export function becomeSnapshot(progress: Progress, index: number): void {
  enter(progress, 'snapshot');
  progress.pendingSnapshot = index;
  progress.next = index + 1;
}

function enter(progress: Progress, state: ProgressState): void {
  progress.state = state;
  progress.probeSent = false;
  progress.pendingSnapshot = 0;
  progress.snapshotPeriods = 0;
  progress.inflight.length = 0;
}

export function isPaused(progress: Progress, maxInflight: number): boolean {
  switch (progress.state) {
    case 'probe':
      return progress.probeSent;
    case 'replicate':
      return progress.inflight.length >= maxInflight;
    case 'snapshot':
      return true;
  }
}

/** An append that ends at `last` goes out; in `replicate` we count on its arrival. */
export function recordAppendSent(progress: Progress, count: number, last: number): void {
  if (progress.state === 'probe') progress.probeSent = true;
  else if (count > 0) {
    progress.next = last + 1;
    progress.inflight.push(last);
  }
}

/** The member holds everything up to `index`. Returns whether that is news. */
export function recordMatch(progress: Progress, index: number): boolean {
  const news = index > progress.match;
  if (news) {
    progress.match = index;
    progress.probeSent = false;
  }
  if (progress.next <= index) progress.next = index + 1;
  return news;
}

/** Forgets the unanswered appends that end at or before `index`. */
export function freeInflight(progress: Progress, index: number): void {
  const { inflight } = progress;
  while (inflight.length > 0 && inflight[0]! <= index) inflight.shift();
}

/**
 * The member refused an append after `rejected`; the logs may agree at `hint`. Returns false if the refusal is an old one,
 * overtaken by what is known since.
 */
export function recordRejection(progress: Progress, rejected: number, hint: number): boolean {
  switch (progress.state) {
    case 'snapshot':
      return false;
    case 'replicate':
      if (rejected <= progress.match) return false;
      becomeProbe(progress);
      return true;
    case 'probe':
      if (progress.next - 1 !== rejected) return false;
      progress.next = Math.max(Math.min(rejected, hint + 1), progress.match + 1);
      progress.probeSent = false;
      return true;
  }
}
