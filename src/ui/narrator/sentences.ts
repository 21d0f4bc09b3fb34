/**
 * What an event means, in one short sentence: present tense, names first, the number that matters, Docker's own words for states.
 * A kind nobody has written a sentence for is still told, plainly, with its facts.
 */
import type { ObjectRef, TraceEvent } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { nodeWithId, serviceWithId, splitRef, taskName, taskWithId } from '../store/rows.ts';

/** `lead` is what happened, to be set in bold; `rest` what follows from it or why. */
export interface Sentence {
  lead: string;
  rest: string;
}

/** Names of things by their ids, from the last picture. Events keep ids, people want names. */
export interface Names {
  task(id: string): string | undefined;
  service(id: string): string | undefined;
  node(id: string): string | undefined;
}

export function namesOf(snapshot: Snapshot | null): Names {
  return {
    task: (id) => {
      const task = taskWithId(snapshot, id);
      return task && taskName(task);
    },
    service: (id) => serviceWithId(snapshot, id)?.name,
    node: (id) => nodeWithId(snapshot, id)?.machine,
  };
}

/** The sentence of an event as plain text. */
export function sentenceText(event: TraceEvent, names: Names): string {
  const { lead, rest } = sentenceOf(event, names);
  return rest ? `${lead} ${rest}` : lead;
}

/** The sentence of an event. */
export function sentenceOf(event: TraceEvent, names: Names): Sentence {
  const facts = readFacts(event, names);
  const write = sentences[event.kind];
  return write ? write(facts) : plain(facts);
}

/** An event with its facts within easy reach. */
interface Facts {
  event: TraceEvent;
  /** A fact of `data` as text; empty when absent. */
  text(key: string): string;
  number(key: string): number | null;
  list(key: string): string[];
  /** Host on which it happened. */
  host: string;
  task: string;
  service: string;
  node: string;
}

function readFacts(event: TraceEvent, names: Names): Facts {
  const data = event.data ?? {};
  const text = (key: string) => plainText(data[key]);
  const number = (key: string) => (typeof data[key] === 'number' ? data[key] : null);
  const list = (key: string) => (Array.isArray(data[key]) ? data[key].map(plainText) : []);
  const idOf = (kind: string) => objectId(event.objects, kind);
  const nodeId = idOf('node') || text('nodeId');
  const taskId = idOf('task');
  const service = text('service');
  const slot = number('slot');
  const named = names.service(service) ?? names.service(idOf('service')) ?? service;
  return {
    event,
    text,
    number,
    list,
    host: event.machine ?? objectId(event.objects, 'machine'),
    task: names.task(taskId) ?? (named && slot ? `${named}.${slot}` : short(taskId)),
    service: named || short(idOf('service')),
    node:
      text('hostname') ||
      names.node(nodeId) ||
      names.node(text('node')) ||
      text('node') ||
      objectId(event.objects, 'machine'),
  };
}

function objectId(objects: readonly ObjectRef[], kind: string): string {
  const ref = objects.find((object) => object.startsWith(`${kind}:`));
  return ref ? splitRef(ref).id : '';
}

function plainText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

const short = (id: string) => (id.length > 12 ? id.slice(0, 12) : id);
const say = (lead: string, rest = ''): Sentence => ({ lead, rest });
const inTerm = (facts: Facts) => (facts.number('term') === null ? '' : `, term ${facts.number('term')}`);
/** `running` -> `Running`, as `docker service ps` writes it. */
const stateWord = (state: string) => (state ? state[0]?.toUpperCase() + state.slice(1) : 'unknown');
const because = (reason: string) =>
  reason ? `${reason[0]?.toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? '' : '.'}` : '';

const faultWords: Readonly<Record<string, (facts: Facts, host: string) => string>> = {
  'power-off': (_, host) => `You cut the power of ${host}.`,
  'power-on': (_, host) => `You give ${host} power again.`,
  'daemon-stop': (_, host) => `You stop the daemon of ${host}.`,
  'daemon-start': (_, host) => `You start the daemon of ${host}.`,
  'daemon-restart': (_, host) => `You restart the daemon of ${host}.`,
  'cable-cut': (_, host) => `You cut the cable of ${host}.`,
  'cable-mend': (_, host) => `You mend the cable of ${host}.`,
  'link-cut': (facts) => `You cut the way from ${facts.text('from')} to ${facts.text('to')}.`,
  'link-mend': (facts) => `You mend the way from ${facts.text('from')} to ${facts.text('to')}.`,
  'link-quality': (facts) => `You change the link of ${facts.text('from')} and ${facts.text('to')}.`,
  'port-close': (facts, host) => `You close port ${facts.text('port')} of ${host}.`,
  'port-open': (facts, host) => `You open port ${facts.text('port')} of ${host}.`,
  'container-crash': (facts, host) =>
    `You crash a container on ${host}.`.replace('a container', facts.task || 'a container'),
};

function faultSentence(facts: Facts): Sentence {
  const words = faultWords[facts.text('kind')] ?? faultWords[facts.text('fault')];
  const host = facts.text('machine') || facts.text('host') || facts.host;
  return words ? say(words(facts, host)) : say(`You cause ${facts.text('kind') || 'a fault'} on ${host}.`);
}

function taskStateSentence(facts: Facts): Sentence {
  const state = facts.text('state');
  const where = facts.node ? ` on ${facts.node}` : '';
  const why = because(facts.text('err') || facts.text('error'));
  switch (state) {
    case 'running':
      return say(`${facts.task} is Running${where}.`);
    case 'failed':
    case 'rejected':
      return say(`${facts.task} is ${stateWord(state)}${where}.`, why || exitWords(facts));
    case 'complete':
      return say(`${facts.task} is Complete${where}.`, exitWords(facts));
    case 'orphaned':
      return say(`${facts.task} is Orphaned.`, `${facts.node || 'Its node'} has been silent for too long.`);
    case 'assigned':
      return say(`${facts.task} goes to ${facts.node || 'a node'}.`);
    case 'pending':
      return say(`${facts.task} is Pending.`, why || 'It waits for a node.');
    default:
      return say(`${facts.task} is ${stateWord(state)}${where}.`, why);
  }
}

function exitWords(facts: Facts): string {
  const code = facts.number('exitCode') ?? facts.number('exit');
  return code === null ? '' : `Exit code ${code}.`;
}

function nodeStateSentence(facts: Facts): Sentence {
  const state = facts.text('state');
  const message = because(facts.text('message'));
  if (state === 'down') return say(`${facts.node} is Down.`, message || 'Its tasks get new places now.');
  if (state === 'ready') return say(`${facts.node} is Ready.`);
  return say(`${facts.node} is ${stateWord(state)}.`, message);
}

function raftStateSentence(facts: Facts): Sentence {
  const term = inTerm(facts);
  switch (facts.text('role')) {
    case 'leader':
      return say(`${facts.host} leads now${term}.`);
    case 'candidate':
      return say(`${facts.host} wants to lead${term}.`, 'It asks the other managers for their votes.');
    case 'pre-candidate':
      return say(`${facts.host} asks whether it could win${term}.`);
    default:
      return say(`${facts.host} follows${term}.`);
  }
}

function voteSentence(facts: Facts): Sentence {
  const yes = facts.event.data?.granted ?? facts.event.data?.ok;
  const voter = facts.text('voter') || facts.text('from') || facts.host;
  const candidate = facts.text('candidate') || facts.text('to');
  const answer = yes === false ? 'no' : 'yes';
  return say(
    `${voter} says ${answer}${candidate ? ` to ${candidate}` : ''}${inTerm(facts)}.`,
    because(facts.text('reason')),
  );
}

function leaderSentence(facts: Facts): Sentence {
  const leader = facts.text('leader') || facts.host;
  if (!leader || leader === 'none' || leader === 'null')
    return say('There is no leader.', 'Nothing can change. Containers keep running.');
  return leader === facts.host || !facts.host
    ? say(`${leader} leads now${inTerm(facts)}.`)
    : say(`${facts.host} accepts ${leader} as leader${inTerm(facts)}.`);
}

function decisionSentence(facts: Facts): Sentence {
  const subject = facts.task || 'A task';
  return say(`${subject} goes to ${facts.node || 'a node'}.`, because(explanationText(facts.event)));
}

/** The scheduler's own words for a decision, when it gave words and not a table. */
export function explanationText(event: TraceEvent): string {
  const explanation = event.data?.explanation;
  return typeof explanation === 'string' ? explanation : '';
}

const sentences: Readonly<Record<string, (facts: Facts) => Sentence>> = {
  'input.request': (facts) => {
    const command = facts.text('command');
    const asked = `${facts.text('method')} ${facts.text('path')}`.trim();
    return say(`You ask ${facts.host || 'a host'}: ${command || asked || 'a request'}`);
  },
  'input.command': (facts) => say(`You type on ${facts.host}: ${facts.text('command')}`),
  'input.fault': faultSentence,
  'raft.state': raftStateSentence,
  'raft.vote': voteSentence,
  'raft.leader': leaderSentence,
  'raft.election.started': (facts) =>
    say(`${facts.host} wants to lead${inTerm(facts)}.`, 'It has heard no leader and asks for votes.'),
  'manager.leader.started': (facts) =>
    say(`${facts.host} leads now${inTerm(facts)}.`, 'Its scheduler and orchestrators start.'),
  'manager.leader.stopped': (facts) => say(`${facts.host} leads no more.`, 'Its scheduler and orchestrators stop.'),
  'node.state': nodeStateSentence,
  'node.created': (facts) => say(`${facts.node} joins the swarm.`),
  'node.removed': (facts) => say(`${facts.node} leaves the swarm.`),
  'node.availability': (facts) => say(`${facts.node} is set to ${stateWord(facts.text('availability'))}.`),
  'node.role': (facts) => say(`${facts.node} becomes a ${facts.text('role')}.`),
  'task.created': (facts) =>
    say(`${facts.task} is created.`, facts.text('replaces') ? 'It takes the place of the one before.' : ''),
  'task.state': taskStateSentence,
  'task.desired': (facts) => say(`${facts.task} is wanted ${stateWord(facts.text('desired') || facts.text('state'))}.`),
  'task.removed': (facts) => say(`${facts.task} is removed.`),
  'scheduler.decision': decisionSentence,
  'scheduler.unfit': (facts) =>
    say(
      `No node fits ${facts.task || 'a task'}.`,
      because(facts.text('explanation') || facts.text('err') || facts.text('reason')),
    ),
  'service.created': (facts) => say(`${facts.service} is created.`, replicaWords(facts)),
  'service.updated': (facts) => say(`${facts.service} changes.`, replicaWords(facts)),
  'service.removed': (facts) => say(`${facts.service} is removed.`),
  'machine.power-off': (facts) => say(`${facts.host} has no power.`),
  'machine.power-on': (facts) => say(`${facts.host} has power and starts.`),
  'machine.daemon-stop': (facts) => say(`The daemon of ${facts.host} stops.`),
  'machine.daemon-start': (facts) => say(`The daemon of ${facts.host} starts.`),
  'net.cable-cut': (facts) => say(`${facts.host} is cut off.`, 'No packet leaves or reaches it.'),
  'net.mended': (facts) => say(`${facts.host} is connected again.`),
  'net.cable-mended': (facts) => say(`${facts.host} is connected again.`),
  'net.dropped': (facts) =>
    say(
      `A ${facts.text('message') || facts.text('kind') || 'packet'} from ${facts.text('from')} to ${facts.text('to')} is lost.`,
      because(facts.text('reason')),
    ),
  'container.started': (facts) => say(`${facts.text('name') || facts.task || 'A container'} starts on ${facts.host}.`),
  'container.exited': (facts) =>
    say(`${facts.text('name') || facts.task || 'A container'} ends on ${facts.host}.`, exitWords(facts)),
};

/** Has this kind a sentence of its own? Kinds without one are small steps. */
export function hasSentence(kind: string): boolean {
  return kind in sentences;
}

function replicaWords(facts: Facts): string {
  const replicas = facts.number('replicas');
  return replicas === null ? '' : `${replicas} ${replicas === 1 ? 'task is' : 'tasks are'} wanted.`;
}

/** A kind without a sentence of its own: the kind's words, where, and its plain facts. */
function plain(facts: Facts): Sentence {
  const words = facts.event.kind.replaceAll('.', ' ').replaceAll('-', ' ');
  const where = facts.host ? ` on ${facts.host}` : '';
  const details = Object.entries(facts.event.data ?? {})
    .filter(([, value]) => value !== null && value !== undefined && typeof value !== 'object')
    .slice(0, 4)
    .map(([key, value]) => `${key} ${plainText(value)}`);
  return say(
    `${words[0]?.toUpperCase()}${words.slice(1)}${where}.`,
    details.length > 0 ? `${details.join(', ')}.` : '',
  );
}
