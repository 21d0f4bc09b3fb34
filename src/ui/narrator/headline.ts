/**
 * The narrator's choice: of all that happens, the one sentence above the stage. Each kind has a weight; a lighter sentence does
 * not take the place of a heavier one that has only just been said, but waits until it may.
 */
import type { Micros, TraceEvent } from '../../protocol/events.ts';
import type { FlowView } from '../../protocol/network-view.ts';
import type { QuorumView, Snapshot } from '../../protocol/snapshot.ts';
import { taskName, taskWithId } from '../store/rows.ts';
import { namesOf } from './facts.ts';
import { type Sentence, sentenceOf } from './sentences.ts';

export interface Headline extends Sentence {
  weight: number;
  /** Event it is about; 0 for the invitation. */
  event: number;
  /** When that was, in virtual time. */
  at: Micros;
}

/** What the stage shows: what is news in one lens is noise in another. */
export type Subject = 'cluster' | 'network';

/** A headline of the same or greater weight may follow at once; a lighter one after this many wall milliseconds ... */
export const HOLD_MS = 3500;
/** ... or when so much virtual time lies between what they tell: where time runs fast, nothing is news for long. */
export const OLD_NEWS: Micros = 8_000_000;

/** What an event weighs for the narrator; 0 is not told. */
export function weightOf(event: TraceEvent, subject: Subject = 'cluster'): number {
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
    case 'load.started':
    case 'load.stopped':
      return 3;
    case 'packet.failed':
      return subject === 'network' ? 4 : 2;
    case 'packet.answered':
      return subject === 'network' ? 3 : 2;
    default:
      return subject === 'network' ? networkWeight(event.kind) : 0;
  }
}

function networkWeight(kind: string): number {
  switch (kind) {
    case 'input.connection':
    case 'gossip.member.failed':
      return 3;
    case 'gossip.member.suspect':
    case 'endpoint.disabled':
      return 2;
    case 'endpoint.enabled':
    case 'gossip.member.alive':
    case 'network.present':
      return 1;
    default:
      return 0;
  }
}

/** The heaviest of the new events, the latest of equals; null when none is worth telling. */
export function chooseEvent(events: readonly TraceEvent[], subject: Subject = 'cluster'): TraceEvent | null {
  let chosen: TraceEvent | null = null;
  let weight = 1;
  for (const event of events) {
    const mine = weightOf(event, subject);
    if (mine >= weight) [chosen, weight] = [event, mine];
  }
  return chosen;
}

/** What is said now, and what waits to be said when the present headline has been on for long enough. */
export interface Narration {
  headline: Headline;
  waiting: Headline | null;
}

/** What is said after `events`. `heldMs`: how long the current headline has been on. */
export function narrate(
  { headline, waiting }: Narration,
  events: readonly TraceEvent[],
  snapshot: Snapshot,
  heldMs: number,
  subject: Subject = 'cluster',
): Narration {
  const event = chooseEvent(
    events.filter((one) => isOfInterest(one, snapshot)),
    subject,
  );
  const fresh = event && headlineOf(event, snapshot, subject);
  // The invitation stays until something happens that is worth more than a task that starts.
  if (headline.event === 0 && (fresh?.weight ?? 0) < 2 && !waiting) return { headline, waiting: null };
  const next = heavier(fresh, waiting);
  if (!next) return { headline, waiting };
  const mayFollow = next.weight >= headline.weight || heldMs >= HOLD_MS || next.at - headline.at >= OLD_NEWS;
  return mayFollow ? { headline: next, waiting: null } : { headline, waiting: next };
}

/** Whoever comes to a moment is told what had just happened: the weightiest of the last seconds. Null: nothing had. */
export function headlineOfMoment(
  events: readonly TraceEvent[],
  snapshot: Snapshot,
  subject: Subject = 'cluster',
): Headline | null {
  let first = events.length;
  while (first > 0 && events[first - 1]!.at > snapshot.now - OLD_NEWS) first--;
  const last = events.slice(first).filter((one) => isOfInterest(one, snapshot));
  const event = chooseEvent(last, subject) ?? events.findLast((one) => weightOf(one, subject) >= 2);
  return event ? headlineOf(event, snapshot, subject) : null;
}

/** The newer, unless the older weighs more and is not old news. */
function heavier(fresh: Headline | null, waiting: Headline | null): Headline | null {
  if (!fresh || !waiting) return fresh ?? waiting;
  return fresh.weight >= waiting.weight || fresh.at - waiting.at >= OLD_NEWS ? fresh : waiting;
}

/** What programs ask of each other in order to answer a request is a part of that request. */
function isOfInterest(event: TraceEvent, snapshot: Snapshot): boolean {
  if (event.kind !== 'packet.answered' && event.kind !== 'packet.failed') return true;
  const flow = flowOf(event, snapshot);
  return !flow || flow.within === null;
}

function headlineOf(event: TraceEvent, snapshot: Snapshot, subject: Subject): Headline {
  return { ...withConsequence(event, snapshot), weight: weightOf(event, subject), event: event.id, at: event.at };
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
  if (event.kind === 'packet.answered') return answeredWords(event, snapshot) ?? sentence;
  if (event.kind === 'gossip.member.failed') return gossipWords(event, snapshot) ?? sentence;
  return sentence;
}

function flowOf(event: TraceEvent, snapshot: Snapshot): FlowView | undefined {
  return snapshot.network?.flows.find(({ id }) => id === event.data?.flow);
}

/** Who answered, and where the request had come in: that these may be two machines is what the mesh is about. */
function answeredWords(event: TraceEvent, snapshot: Snapshot): Sentence | null {
  const flow = flowOf(event, snapshot);
  const server = flow?.hops.find(({ result }) => result === 'delivered');
  if (!flow || !server) return null;
  const task = taskWithId(snapshot, server.task ?? null);
  // The name of a global task ends with its machine.
  const name = task ? taskName(task).replace(/ on \S+$/, '') : '';
  const who = name ? `${name} on ${server.machine}` : server.machine;
  const status = typeof event.data?.status === 'number' && event.data.status >= 400 ? ` with ${event.data.status}` : '';
  const door = flow.hops.find(({ room, way }) => room === 'nat' && way === 'out');
  const isMesh = flow.hops.some(({ room }) => room === 'ingress_sbox');
  return {
    lead: `${who} answers${status}.`,
    rest: door && isMesh ? doorWords(door.machine, server.machine) : goalWords(flow),
  };
}

function doorWords(door: string, server: string): string {
  return door === server
    ? `The request came in at ${door}, and stayed there.`
    : `Any door works: the request came in at ${door}.`;
}

function goalWords({ target, origin }: FlowView): string {
  const from = origin.kind === 'outside' ? 'outside' : origin.machine;
  if (target.protocol === 'icmp') return `${target.host} was pinged from ${from}.`;
  return `It was asked for ${target.host}:${target.port} from ${from}.`;
}

/** All who count a machine as failed, in one sentence. */
function gossipWords(event: TraceEvent, snapshot: Snapshot): Sentence | null {
  const machine = String(event.data?.machine ?? '');
  const views = snapshot.network?.gossip.filter((view) => view.machine !== machine) ?? [];
  const by = views.filter(({ members }) => {
    const states = members.filter((one) => one.machine === machine).map(({ state }) => state);
    return states.includes('failed') && !states.includes('alive');
  });
  if (machine === '' || by.length === 0) return null;
  const who = by.length === views.length ? 'All others' : by.map((view) => view.machine).join(', ');
  return {
    lead: `${machine} counts as failed.`,
    rest: `${who}${by.length === 1 ? ' has' : ' have'} heard it: nothing is sent to its tasks any more.`,
  };
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
export function invitation(snapshot: Snapshot, isTouch = false, subject: Subject = 'cluster'): Headline {
  const leader = snapshot.quorum?.leader;
  const said = { weight: 0, event: 0, at: snapshot.now };
  const door = subject === 'network' ? doorInvitation(snapshot) : null;
  if (door) return { ...door, ...said };
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

/** A published port is a door on every machine. */
function doorInvitation({ services, machines }: Snapshot): Sentence | null {
  const service = services.find(({ ports }) => ports.some(({ mode }) => mode === 'ingress'));
  const port = service?.ports.find(({ mode }) => mode === 'ingress')?.published;
  if (port === undefined || machines.length < 2) return null;
  return {
    lead: 'Any door works.',
    rest: `Every machine answers for ${service!.name} on port ${port}: curl localhost${port === 80 ? '' : `:${port}`}`,
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
