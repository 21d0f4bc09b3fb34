/**
 * The narrator's choice: of all that happens, the one sentence above the stage. Each kind has a weight; a lighter sentence does
 * not take the place of a heavier one that has only just been said.
 */
import type { TraceEvent } from '../../protocol/events.ts';
import type { QuorumView, Snapshot } from '../../protocol/snapshot.ts';
import { namesOf } from './facts.ts';
import { type Sentence, sentenceOf } from './sentences.ts';

export interface Headline extends Sentence {
  weight: number;
  /** Event it is about; 0 for the invitation. */
  event: number;
}

/** A headline of the same or greater weight may follow at once; a lighter one after this many wall milliseconds. */
export const HOLD_MS = 3500;

/** What an event weighs for the narrator; 0 is not told. */
export function weightOf(event: TraceEvent): number {
  const state = typeof event.data?.state === 'string' ? event.data.state : '';
  switch (event.kind) {
    case 'manager.leader.started':
      return 5;
    case 'input.fault':
    case 'raft.election.started':
      return 5;
    case 'raft.state':
      return event.data?.role === 'candidate' ? 4 : 0;
    case 'node.silent':
      return 4;
    case 'node.state':
      return state === 'down' ? 5 : state === 'ready' ? 3 : 2;
    case 'raft.vote':
    case 'raft.leader':
      return 4;
    case 'raft.stepped-down':
      return event.data?.was === 'leader' ? 5 : 0;
    case 'service.created':
    case 'service.removed':
    case 'scheduler.unfit':
      return 3;
    case 'task.state':
      return state === 'failed' || state === 'rejected' ? 3 : state === 'running' ? 1 : 0;
    case 'input.request':
    case 'service.updated':
    case 'service.update-status':
    case 'node.joined':
    case 'node.created':
    case 'node.removed':
    case 'node.role':
    case 'node.availability':
      return 2;
    default:
      return 0;
  }
}

/** The heaviest of the new events, the latest of equals; null when none is worth telling. */
export function chooseEvent(events: readonly TraceEvent[]): TraceEvent | null {
  let chosen: TraceEvent | null = null;
  let weight = 1;
  for (const event of events) {
    const mine = weightOf(event);
    if (mine >= weight) [chosen, weight] = [event, mine];
  }
  return chosen;
}

/** The next headline after `events`, or the current one when it stays. `heldMs`: how long the current has been on. */
export function nextHeadline(
  current: Headline,
  events: readonly TraceEvent[],
  snapshot: Snapshot,
  heldMs: number,
): Headline {
  const event = chooseEvent(events);
  if (!event) return current;
  const weight = weightOf(event);
  // The invitation stays until something happens that is worth more than a task that starts.
  if (current.event === 0 && weight < 3) return current;
  if (weight < current.weight && heldMs < HOLD_MS) return current;
  return { ...withConsequence(event, snapshot), weight, event: event.id };
}

/** The sentence, and where the picture tells more than the event: what it means for the swarm. */
function withConsequence(event: TraceEvent, snapshot: Snapshot): Sentence {
  const sentence = sentenceOf(event, namesOf(snapshot));
  const tellsOfLoss = event.kind === 'input.fault' || event.kind === 'raft.stepped-down';
  if (tellsOfLoss && snapshot.quorum && !canChange(snapshot.quorum)) {
    return { ...sentence, rest: leaderlessWords(snapshot.quorum) };
  }
  if (event.kind === 'node.state' && event.data?.state === 'down') {
    return { ...sentence, rest: movedTasks(snapshot, sentence.lead.split(' ')[0] ?? '') || sentence.rest };
  }
  return sentence;
}

/** The tasks that a dead node leaves to others, counted from the picture. */
function movedTasks(snapshot: Snapshot, machine: string): string {
  const count = snapshot.tasks.filter(
    (task) =>
      task.machine === machine && task.state === 'running' && (task.desiredState === 'running' || task.successor),
  ).length;
  if (count === 0) return '';
  return count === 1 ? 'Its one task gets a new place now.' : `Its ${count} tasks get new places now.`;
}

/** What the page says before anything has happened: an invitation that can be taken at once. */
export function invitation(snapshot: Snapshot, isTouch = false): Headline {
  const leader = snapshot.quorum?.leader;
  const said = { weight: 0, event: 0 };
  if (snapshot.quorum && leader && snapshot.quorum.members.length > 2) {
    const how = isTouch ? `Tap ${leader}, then Power off` : `Click ${leader} and press K`;
    return { lead: 'Kill the leader.', rest: `${how}: the others choose a new one.`, ...said };
  }
  if (!snapshot.quorum) {
    const first = snapshot.machines[0];
    const rest = first ? `Type in its terminal: docker swarm init --advertise-addr ${first.address}` : '';
    return { lead: first ? `${first.name} is in no swarm yet.` : 'This world is empty.', rest, ...said };
  }
  return {
    lead: `${leader ?? 'Nobody'} leads alone.`,
    rest: 'Try in its terminal: docker service create --name web --replicas 4 -p 80:80 nginx:1.26',
    ...said,
  };
}

/** Is there a leader, and a majority that it could reach? */
const canChange = ({ leader, members, needed }: QuorumView) =>
  leader !== null && members.filter((member) => member.reachable).length >= needed;

/** What it means that nobody leads. */
function leaderlessWords(quorum: QuorumView): string {
  const up = quorum.members.filter((member) => member.reachable).length;
  const total = quorum.members.length;
  if (up < quorum.needed) return `${up} of ${total} managers: nothing can change. Containers keep running.`;
  return `Nobody leads; the other ${up === total ? 'managers' : up} will vote. Containers keep running.`;
}

/** Whether the swarm can change, in plain words. */
export interface Verdict {
  /** `3 of 3 managers: writes OK`. */
  long: string;
  /** `writes OK`, for a narrow bar. */
  short: string;
}

export function quorumVerdict(quorum: QuorumView | null): Verdict {
  if (!quorum || quorum.members.length === 0) return { long: 'no swarm yet', short: 'no swarm' };
  const total = quorum.members.length;
  const up = quorum.members.filter((member) => member.reachable).length;
  const managers = total === 1 ? 'manager' : 'managers';
  if (up < quorum.needed) return { long: `${up} of ${total} ${managers}: nothing can change`, short: 'no quorum' };
  if (!quorum.leader) return { long: `${up} of ${total} up, no leader: nothing can change`, short: 'no leader' };
  return { long: `${up} of ${total} ${managers}: writes OK`, short: 'writes OK' };
}
