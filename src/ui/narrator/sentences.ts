/**
 * What an event means, in one short sentence: present tense, names first, the number that matters, Docker's own words for states.
 * A kind nobody has written a sentence for is still told, plainly, with its facts.
 */
import type { TraceEvent } from '../../protocol/events.ts';
import { shapeOf } from '../stage/message-shapes.ts';
import { type Facts, type Names, plainText, readFacts, shortId } from './facts.ts';

/** `lead` is what happened, to be set in bold; `rest` what follows from it or why. */
export interface Sentence {
  lead: string;
  rest: string;
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

const say = (lead: string, rest = ''): Sentence => ({ lead, rest });
const inTerm = (facts: Facts) => (facts.number('term') === null ? '' : `, term ${facts.number('term')}`);
/** `running` -> `Running`, as `docker service ps` writes it. */
const stateWord = (state: string) => (state ? state[0]?.toUpperCase() + state.slice(1) : 'unknown');
/** A reason as a sentence of its own; names of hosts keep their spelling. */
function because(reason: string): string {
  if (!reason) return '';
  const first = /^[a-z]+\b(?!\d)/.test(reason) ? reason[0]?.toUpperCase() : reason[0];
  return `${first}${reason.slice(1)}${/[.!?]$/.test(reason) ? '' : '.'}`;
}

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
  'link-clog': (facts) => `You clog the way from ${facts.text('from')} to ${facts.text('to')}.`,
  'link-unclog': (facts) => `You free the way from ${facts.text('from')} to ${facts.text('to')}.`,
  'port-close': (facts, host) => `You close port ${portWords(facts)} of ${host}.`,
  'port-open': (facts, host) => `You open port ${portWords(facts)} of ${host}.`,
  'daemon-pause': (_, host) => `You hold the daemon of ${host} still.`,
  'daemon-resume': (_, host) => `You let the daemon of ${host} go on.`,
  'clock-rate': (facts, host) => `You let the clock of ${host} run ${facts.text('rate')} times as fast.`,
  'clock-jump': (facts, host) => `You set the clock of ${host} wrong by ${facts.text('seconds')} s.`,
  'clock-mend': (_, host) => `You set the clock of ${host} right.`,
  'disk-slow': (facts, host) => `You make the disk of ${host} slow: ${facts.text('syncMs')} ms per write.`,
  'disk-full': (_, host) => `You fill the disk of ${host}.`,
  'disk-mend': (_, host) => `You mend the disk of ${host}.`,
  'disk-lost': (facts, host) =>
    facts.text('what') === 'raft'
      ? `You take from ${host} what Raft keeps on its disk.`
      : `You take the disk of ${host} away.`,
  'container-crash': (facts, host) =>
    `You crash a container on ${host}.`.replace('a container', facts.task || 'a container'),
};

const portWords = (facts: Facts) => [facts.text('port'), facts.text('protocol')].filter(Boolean).join('/');

/** What a closed port of the swarm means for others. */
const closedPortWords: Readonly<Record<string, string>> = {
  '4789/udp': 'Packets of overlay networks to it die on the wire; what stays on one machine still arrives.',
  '7946/udp': 'Gossip does not reach it: the others will count it as failed.',
  '7946/tcp': 'It gets no full tables of gossip any more.',
  '2377/tcp': 'No node can report to it as a manager.',
};

function faultSentence(facts: Facts): Sentence {
  const kind = facts.text('kind') || facts.text('fault');
  const words = faultWords[kind];
  const host = facts.text('machine') || facts.text('host') || facts.host;
  const meaning = kind === 'port-close' ? (closedPortWords[portWords(facts)] ?? '') : '';
  return words ? say(words(facts, host), meaning) : say(`You cause ${kind || 'a fault'} on ${host}.`);
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

function decisionSentence(facts: Facts): Sentence {
  const lead = `${facts.task || 'A task'} goes to ${facts.node || 'a node'}.`;
  const candidates = facts.number('candidates');
  const words = because(explanationText(facts.event));
  if (words || candidates === null) return say(lead, words);
  if (facts.event.data?.preassigned === true)
    return say(lead, 'It was meant for this node; the scheduler checked that it fits.');
  const ties = facts.event.data?.tie === true ? ' A tie goes to chance.' : '';
  return say(lead, `${candidates} ${candidates === 1 ? 'node was' : 'nodes were'} fit for it.${ties}`);
}

/** The scheduler's own words for a decision, when it gave words and not a table. */
export function explanationText(event: TraceEvent): string {
  const explanation = event.data?.explanation;
  return typeof explanation === 'string' ? explanation : '';
}

/** What a request asks for, in words; the rest is told as it was sent. */
const requestWords: readonly [RegExp, (facts: Facts, match: RegExpExecArray) => string][] = [
  [/^POST \/swarm\/init$/, (facts) => `You begin a swarm on ${facts.host}.`],
  [/^POST \/swarm\/join$/, (facts) => `You let ${facts.host} join the swarm.`],
  [/^POST \/swarm\/leave$/, (facts) => `You let ${facts.host} leave the swarm.`],
  [/^POST \/networks\/create$/, () => 'You create a network.'],
  [/^DELETE \/networks\/([^/]+)$/, () => 'You remove a network.'],
  [/^POST \/networks\/([^/]+)\/connect$/, () => 'You connect a container to a network.'],
  [/^POST \/networks\/([^/]+)\/disconnect$/, () => 'You take a container off a network.'],
  [/^POST \/containers\/create/, (facts) => `You create a container on ${facts.host}.`],
  [/^POST \/containers\/([^/]+)\/start$/, (facts) => `You start a container on ${facts.host}.`],
  [/^POST \/containers\/([^/]+)\/exec$/, (facts) => `You run a command in a container on ${facts.host}.`],
  [/^POST \/exec\/([^/]+)\/start$/, (facts) => `You run a command in a container on ${facts.host}.`],
  [/^POST \/volumes\/create$/, (facts) => `You create a volume on ${facts.host}.`],
  [/^POST \/secrets\/create$/, () => 'You create a secret.'],
  [/^POST \/configs\/create$/, () => 'You create a config.'],
  [/^POST \/services\/create$/, () => 'You create a service.'],
  [/^POST \/services\/([^/]+)\/update$/, (facts, match) => `You change ${serviceCalled(facts, match[1])}.`],
  [/^DELETE \/services\/([^/]+)$/, (facts, match) => `You remove ${serviceCalled(facts, match[1])}.`],
  [/^POST \/nodes\/([^/]+)\/update$/, (facts, match) => `You change ${nodeCalled(facts, match[1])}.`],
  [/^DELETE \/nodes\/([^/]+)$/, (facts, match) => `You remove ${nodeCalled(facts, match[1])}.`],
  [/^POST \/containers\/([^/]+)\/kill$/, (facts) => `You kill a container on ${facts.host}.`],
  [/^POST \/containers\/([^/]+)\/stop$/, (facts) => `You stop a container on ${facts.host}.`],
];

const serviceCalled = (facts: Facts, id = '') => facts.names.service(id) ?? shortId(id);
const nodeCalled = (facts: Facts, id = '') => facts.names.node(id) ?? shortId(id);

function requestSentence(facts: Facts): Sentence {
  const command = facts.text('command');
  if (command) return say(`You type on ${facts.host}: ${command}`);
  const asked = `${facts.text('method')} ${facts.text('path')}`.trim();
  for (const [pattern, words] of requestWords) {
    const match = pattern.exec(asked);
    if (match) return say(words(facts, match));
  }
  return say(`You ask ${facts.host || 'a host'}: ${asked || 'a request'}`);
}

/** `GET /cart`; a plain `GET /` needs no words. */
const askedWords = (method: string, path: string) =>
  `${method} ${path}`.trim() === 'GET /' ? '' : `${method} ${path}`.trim();

/** Some targets by name, many by their number and their ports. */
function targetWords(targets: string): string {
  const all = targets.split(' ');
  if (all.length <= 3) return all.join(', ');
  const ports = [...new Set(all.map((target) => target.split(':')[1]))];
  return `${all.length} machines in turn, port ${ports.join(', ')}`;
}

/** `node2:80`; a ping has no port. */
const goalWords = (goal: string) => goal.replace(/:0$/, '');

function connectionSentence(facts: Facts): Sentence {
  const asked = because(askedWords(facts.text('method'), facts.text('path')));
  if (facts.text('protocol') === 'icmp') return say(`You ping ${goalWords(facts.text('target'))} from ${facts.host}.`);
  return say(
    `You ask ${goalWords(facts.text('target'))} ${facts.host ? `from ${facts.host}` : 'from outside'}.`,
    asked,
  );
}

function failedSentence(facts: Facts): Sentence {
  const [machine = '', room = ''] = facts.text('where').split(' ');
  const where = machine ? `on ${machine}${room === 'wire' ? ', on the wire' : ''}` : '';
  const what = facts.text('detail') || facts.text('why');
  return say(
    `The request fails: ${facts.text('reason')}.`,
    because(what ? `it was dropped ${where}: ${what}`.replace('  ', ' ') : where),
  );
}

function electionSentence(facts: Facts): Sentence {
  const silent = facts.number('silentFor');
  const why = silent ? `It has heard no leader for ${silent.toFixed(1)} s and asks for votes.` : 'It asks for votes.';
  return say(
    `${facts.host} wants to lead${inTerm(facts)}.`,
    silent === 0 ? 'It is alone and needs no other vote.' : why,
  );
}

function electedSentence(facts: Facts): Sentence {
  const members = facts.number('members') ?? 0;
  const votes = facts.list('votes');
  const leader = facts.text('leader');
  if (leader && leader !== facts.host && facts.host)
    return say(`${facts.host} accepts ${leader} as leader${inTerm(facts)}.`);
  const count = votes.length > 0 && members > 1 ? `${votes.length} of ${members} votes: ${votes.join(', ')}.` : '';
  return say(`${facts.host || leader || 'A manager'} wins the election${inTerm(facts)}.`, count);
}

function createdTaskSentence(facts: Facts): Sentence {
  const why = facts.text('why').replace(/^replaces task [0-9a-z]{25}: /, 'it replaces the one before: ');
  return say(`${facts.task} is created.`, because(why));
}

function desiredSentence(facts: Facts): Sentence {
  const wanted = facts.text('to') || facts.text('desired') || facts.text('state');
  return say(`${facts.task} is wanted ${stateWord(wanted)}.`, because(facts.text('why')));
}

/** `web.2.<id>` -> `web.2`. */
const containerName = (facts: Facts) =>
  facts.text('name').replace(/(\.[0-9a-z]{25}){1,2}$/, '') || facts.task || 'A container';

const sentences: Readonly<Record<string, (facts: Facts) => Sentence>> = {
  'input.request': requestSentence,
  'input.command': requestSentence,
  'input.fault': faultSentence,
  'input.connection': connectionSentence,

  'raft.state': raftStateSentence,
  'raft.vote': voteSentence,
  'raft.vote.asked': (facts) =>
    say(`${facts.text('candidate')} asks ${facts.host} for its vote${inTerm(facts)}.`, lastEntry(facts)),
  'raft.leader': electedSentence,
  'raft.election.started': electionSentence,
  'raft.stepped-down': (facts) =>
    say(`${facts.host} steps down${inTerm(facts)}.`, `It was ${facts.text('was') || 'leader'}.`),
  'raft.term': (facts) => say(`${facts.host} moves to term ${facts.text('term')}.`),
  'raft.snapshot': (facts) => say(`${facts.host} puts its log up to entry ${facts.text('index')} into a snapshot.`),
  'raft.snapshot.restored': (facts) => say(`${facts.host} takes over a snapshot up to entry ${facts.text('index')}.`),
  'raft.member.add': (facts) => say(`${facts.host} counts ${facts.node || 'a new manager'} among the members.`),
  'raft.member.remove': (facts) => say(`${facts.host} counts ${facts.node || 'a manager'} among the members no more.`),
  'store.commit': (facts) =>
    say(
      `Entry ${facts.text('index')} is committed:`,
      `${facts.text('changes')} ${facts.number('changes') === 1 ? 'change' : 'changes'} by ${facts.text('writer')}.`,
    ),
  'manager.leader.started': (facts) =>
    say(`${facts.host} leads now${inTerm(facts)}.`, 'Its scheduler and orchestrators start.'),
  'manager.leader.stopped': (facts) => say(`${facts.host} leads no more.`, 'Its scheduler and orchestrators stop.'),
  'manager.started': (facts) => say(`${facts.host} starts as a manager.`),
  'manager.stopped': (facts) => say(`${facts.host} stops as a manager.`),
  'manager.removed': (facts) => say(`${facts.host} is no manager any more.`),

  'node.state': nodeStateSentence,
  'node.silent': (facts) => say(`${facts.node} has been silent for ${beats(facts.number('periods'))}.`),
  'node.joined': (facts) => say(`${facts.node} joins as a ${facts.text('role')}.`),
  'node.created': (facts) => say(`${facts.node} joins the swarm.`),
  'node.removed': (facts) => say(`${facts.node} is removed from the swarm.`),
  'node.updated': (facts) => say(`${facts.node} is changed.`, changeWords(facts)),
  'node.attached': (facts) => say(`${facts.node} gets an address.`, facts.list('addresses').join(', ')),
  'node.certificate': (facts) => say(`${facts.node} gets a certificate.`),
  'cluster.updated': () => say('The swarm is changed.'),
  'network.created': (facts) => say(`Network ${facts.text('name')} is created.`),
  'network.removed': (facts) => say(`Network ${facts.text('name')} is removed.`),
  'network.allocated': (facts) => say(`Network ${facts.text('name')} gets its addresses.`, facts.text('subnet')),
  'node.availability': (facts) => say(`${facts.node} is set to ${stateWord(facts.text('availability'))}.`),
  'node.role': (facts) => say(`${facts.node} is to be a ${facts.text('to') || facts.text('role')}.`),
  'node.role.changed': (facts) => say(`${facts.host || facts.node} becomes a ${facts.text('role')}.`),
  'swarm.init': (facts) => say(`${facts.host} begins a swarm.`),
  'swarm.join': (facts) => say(`${facts.host} asks to join the swarm.`),
  'swarm.leave': (facts) => say(`${facts.host} leaves the swarm.`),
  'machine.power-off': (facts) => say(`${facts.host} has no power.`),
  'machine.power-on': (facts) => say(`${facts.host} has power and starts.`),
  'daemon.started': (facts) => say(`The daemon of ${facts.host} runs.`),
  'daemon.stopped': (facts) => say(`The daemon of ${facts.host} stops.`),
  'agent.session': (facts) => say(`${facts.host} reports to ${facts.text('manager')} now.`),
  'agent.session.closed': (facts) =>
    say(`${facts.host} reports to ${facts.text('manager')} no more.`, because(facts.text('reason'))),

  'task.created': createdTaskSentence,
  'task.state': taskStateSentence,
  'task.desired': desiredSentence,
  'task.rejected': (facts) => say(`${facts.task} may not stay.`, because(facts.text('why'))),
  'task.removed': (facts) => say(`${facts.task} is removed.`),
  'task.reaped': (facts) => say(`${facts.task} is cleared away.`, because(facts.text('why'))),
  'task.allocated': (facts) => say(`${facts.task} gets its addresses.`, facts.list('addresses').join(', ')),
  'task.report': (facts) =>
    say(
      `${facts.node || 'A node'} reports.`,
      `${facts.text('updates')} ${facts.number('updates') === 1 ? 'task' : 'tasks'} changed.`,
    ),
  'agent.task': (facts) =>
    say(`${facts.host}: ${facts.task} is ${stateWord(facts.text('state'))}.`, because(facts.text('err'))),
  'scheduler.decision': decisionSentence,
  'scheduler.unfit': (facts) =>
    say(
      `No node fits ${facts.task || 'a task'}.`,
      because(facts.text('explanation') || facts.text('err') || facts.text('reason')),
    ),
  'service.created': (facts) => say(`${facts.service} is created.`, replicaWords(facts)),
  'service.updated': (facts) => say(`${facts.service} changes.`, replicaWords(facts)),
  'service.rolled-back': (facts) => say(`${facts.service} goes back to what it was.`),
  'service.update-status': (facts) =>
    say(`Update of ${facts.service}: ${facts.text('state')}.`, because(facts.text('message'))),
  'service.update.rolled-back': (facts) => say(`${facts.service} is rolled back.`, because(facts.text('message'))),
  'service.removed': (facts) => say(`${facts.service} is removed.`),
  'service.allocated': (facts) => say(`${facts.service} gets its ports and addresses.`),

  'container.started': (facts) => say(`${containerName(facts)} starts on ${facts.host}.`),
  'container.exited': (facts) => say(`${containerName(facts)} ends on ${facts.host}.`, exitWords(facts)),
  'container.health': (facts) => say(`${containerName(facts)} is ${facts.text('status')}.`),
  'container.removed': (facts) => say(`The container ${containerName(facts)} is removed from ${facts.host}.`),
  'image.pulling': (facts) => say(`${facts.host} pulls ${facts.text('image')}.`),
  'image.pulled': (facts) => say(`${facts.host} has ${facts.text('image')}.`),

  'net.cable-cut': (facts) => say(`${facts.host} is cut off.`, 'No packet leaves or reaches it.'),
  'net.mended': (facts) => say(`${facts.host} is connected again.`),
  'net.cable-mended': (facts) => say(`${facts.host} is connected again.`),
  'net.dropped': (facts) =>
    say(
      `Lost from ${facts.text('from') || facts.host} to ${facts.text('to')}: ${messageWords(facts.text('message'))}.`,
      because(facts.text('reason')),
    ),

  'gossip.member.alive': (facts) => say(`${facts.host} hears that ${gossiped(facts)} is alive.`),
  'gossip.member.suspect': (facts) =>
    say(
      `${facts.host} suspects that ${gossiped(facts)} has failed.`,
      'No probe was answered, not even through others.',
    ),
  'gossip.member.failed': (facts) => say(`${facts.host} counts ${gossiped(facts)} as failed.`, 'Its endpoints go.'),
  'gossip.member.left': (facts) => say(`${facts.host} hears that ${gossiped(facts)} has left.`),
  'gossip.endpoint': (facts) =>
    say(
      facts.event.data?.own === true
        ? `${facts.host} tells the others of ${endpointName(facts)}.`
        : `${facts.host} hears of ${endpointName(facts)}.`,
      because([facts.text('what'), facts.text('address'), facts.text('network')].filter((part) => part).join(', ')),
    ),
  'endpoint.enabled': (facts) => say(`${endpointName(facts)} on ${facts.host} takes connections.`),
  'endpoint.disabled': (facts) => say(`${endpointName(facts)} on ${facts.host} takes no new connections.`),
  'network.present': (facts) => say(`${facts.host} has network ${facts.text('name')} now.`, vniWords(facts)),
  'network.absent': (facts) =>
    say(`${facts.host} has network ${facts.text('name')} no more.`, 'No task there needs it.'),
  'packet.opened': (facts) =>
    say(`A request goes out to ${goalWords(facts.text('target'))}.`, because(facts.text('what'))),
  'packet.answered': (facts) =>
    say(`${facts.names.container?.(facts.text('by')) ?? 'The machine'} answers.`, because(statusWords(facts))),
  'packet.failed': failedSentence,
  'packet.hop': (facts) =>
    say(
      `${facts.host || 'Outside'}, ${facts.text('room')}: ${facts.text('rule').replace(/(\w)(\.[0-9a-z]{25}){1,2}\b/g, '$1')}.`,
      because(facts.text('reason')),
    ),
  'load.started': (facts) =>
    say(`${facts.text('perSecond')} requests per second go to ${targetWords(facts.text('target'))}.`),
  'load.stopped': (facts) => say('The load ends.', `${facts.text('sent')} sent, ${facts.text('failed')} failed.`),
};

const numerals = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function beats(count: number | null): string {
  if (count === null) return 'too many beats';
  return `${numerals[count] ?? count} ${count === 1 ? 'beat' : 'beats'}`;
}

/** `raft.vote-request` -> `vote request`. */
const messageWords = (kind: string) => (kind ? shapeOf({ kind }).words : 'a packet');

/** The machine a gossip is about: it calls nodes by short ids. */
function gossiped(facts: Facts): string {
  return facts.text('machine') || facts.text('name');
}

const endpointName = (facts: Facts) => facts.text('name').replace(/(\.[0-9a-z]{25}){1,2}$/, '') || 'an endpoint';
const vniWords = (facts: Facts) => (facts.number('vni') === null ? '' : `VNI ${facts.number('vni')}.`);
const statusWords = (facts: Facts) => (facts.number('status') === null ? '' : `status ${facts.number('status')}`);

function lastEntry(facts: Facts): string {
  const index = facts.number('lastIndex');
  return index === null ? '' : `Its log ends with entry ${index} of term ${facts.text('lastTerm')}.`;
}

/** Kinds that a chain of causes folds: true, but seldom what one asks about. */
const smallSteps = new Set([
  'net.dropped',
  'store.commit',
  'task.report',
  'agent.task',
  'agent.session',
  'agent.session.closed',
  'task.allocated',
  'task.reaped',
  'service.allocated',
  'raft.term',
  'raft.member.add',
  'raft.member.remove',
  'raft.vote.asked',
  'node.attached',
  'node.certificate',
  'network.allocated',
  'network.present',
  'network.absent',
  'manager.started',
  'gossip.member.alive',
  'gossip.member.suspect',
  'gossip.member.left',
  'gossip.endpoint',
  'endpoint.enabled',
  'endpoint.disabled',
]);

/** Does an explanation name it, or fold it with other small steps? Kinds without a sentence of their own are small. */
export function isTold(event: TraceEvent): boolean {
  const { kind, data } = event;
  // Who has won says more than who follows whom.
  if (kind === 'raft.leader') return Array.isArray(data?.votes) && data.votes.length > 1;
  // Of a packet's rooms only the one where it was dropped.
  if (kind === 'packet.hop') return data?.result === 'dropped';
  if (kind === 'task.state' && passingStates.has(String(data?.state))) return false;
  return kind in sentences && !smallSteps.has(kind);
}

/** States a task only passes through. */
const passingStates = new Set(['pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting']);

/** `availability active → drain`, for each of the facts that is a change. */
function changeWords(facts: Facts): string {
  const changes = Object.entries(facts.event.data ?? {}).flatMap(([name, value]) =>
    isChange(value) ? [`${name} ${value.from} → ${value.to}`] : [],
  );
  return changes.length > 0 ? `${changes.join(', ')}.` : '';
}

const isChange = (value: unknown): value is { from: unknown; to: unknown } =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value;

function replicaWords(facts: Facts): string {
  const scaled = facts.event.data?.replicas;
  if (isChange(scaled)) return `${scaled.from} → ${scaled.to} tasks.`;
  const image = facts.event.data?.image;
  if (isChange(image)) return `${image.from} → ${image.to}.`;
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
