/**
 * What keeps a good leader in office and takes a bad one out (Raft 5.2; thesis 4.2.3, 6.2, 9.6), by what really arrived:
 *
 * - an election is begun only after an election time without a leader's word, a vote given, or a start of one's own (or if told to);
 * - no vote is given away from a leader that is heard, unless that leader asked for it;
 * - a leader that reaches no majority steps down within two election times (CheckQuorum), and no leader steps down that does;
 * - with pre-vote, terms rise only if a majority hears no leader;
 * - who serves leads, and is caught up.
 *
 * Times are counted in ticks of the member's own clock, and a tick less than the rule says, since a timer begins between two ticks.
 */
import type { Envelope } from '../../../engine/hardware/hardware.ts';
import { RAFT_TIMING } from '../../../engine/manager/raft-node.ts';
import type { Message, RaftId } from '../../../engine/raft/types.ts';
import type { Micros } from '../../../protocol/events.ts';
import { Violation } from '../violation.ts';
import { type Member, majority, type RaftRecord, termIn } from './raft-record.ts';
import type { SeenMember } from './seen-member.ts';

/** What has reached one member of late. */
interface Heard {
  /** When this life began. */
  began: Micros;
  /** The last word of a leader of its term, and that term. */
  leader: Micros;
  leaderTerm: number;
  /** When it last gave a vote to another. */
  voted: Micros;
  /** When it last began an election. */
  campaigned: Micros;
  /** The term in which it was told to lead. */
  told: number;
  /** Since when it leads. */
  leads: Micros;
  /** As leader: when each member was last heard in this term; added ones since they are members. */
  peers: Map<RaftId, Micros>;
  /** Until when its daemon was held still. */
  still: Micros;
}

const NEVER = Number.NEGATIVE_INFINITY;

const answers = ({ type }: Message): boolean => type === 'append-reply' || type === 'heartbeat-reply';

export class LeadershipRules {
  private readonly record: RaftRecord;
  private readonly heard = new Map<RaftId, Heard>();
  /** Candidacies that a leader asked for, by candidate and term. */
  private readonly forced = new Set<string>();
  /** The fastest clock that each machine has had. */
  private readonly fastest = new Map<string, number>();
  private nextLook: Micros = 0;
  private readonly serving = new Map<string, object>();

  constructor(record: RaftRecord) {
    this.record = record;
    const { hardware, kernel } = record.cluster;
    const deliver = hardware.onMessage;
    hardware.onMessage = (envelope) => {
      this.arrived(envelope);
      deliver(envelope);
    };
    kernel.onEvent(({ kind, machine, data }) => {
      if (kind === 'input.fault' && data?.kind === 'clock-rate')
        this.fastest.set(machine!, Math.max(data.rate as number, this.fastest.get(machine!) ?? 1));
      if (kind === 'daemon.resumed')
        for (const member of record.running()) if (member.machine === machine) this.of(member.id).still = kernel.now;
    });
  }

  private get now(): Micros {
    return this.record.cluster.now;
  }

  private of(id: RaftId): Heard {
    let heard = this.heard.get(id);
    if (!heard) {
      heard = {
        began: this.now,
        leader: NEVER,
        leaderTerm: 0,
        voted: NEVER,
        campaigned: NEVER,
        told: 0,
        leads: this.now,
        peers: new Map(),
        still: NEVER,
      };
      this.heard.set(id, heard);
    }
    return heard;
  }

  private arrived({ kind, payload, to: machine }: Envelope): void {
    if (!kind.startsWith('raft.')) return;
    const { message } = payload as { message?: Message };
    if (!message) return;
    if (message.type === 'vote-request' && message.force) this.forced.add(`${message.from},${message.term}`);
    const member = this.record.running().find(({ id }) => id === message.to);
    if (member?.machine !== machine) return;
    const heard = this.of(message.to);
    const { term, role } = member.state;
    if (message.type === 'append' || message.type === 'heartbeat' || message.type === 'snapshot') {
      if (message.term < term || role === 'leader') return;
      heard.leader = this.now;
      heard.leaderTerm = message.term;
    } else if (message.type === 'timeout-now') heard.told = message.term;
    else if (role === 'leader' && message.term === term && answers(message)) heard.peers.set(message.from, this.now);
  }

  /** Ticks of an election time, and what one of them takes at most and at least. */
  private timing(machine: string): { ticks: number; longest: Micros; shortest: Micros } {
    const { cluster } = this.record;
    const { tick, electionTicks } = RAFT_TIMING[cluster.start.profile];
    const rate = cluster.kernel.state.rates[machine]?.rate ?? 1;
    return {
      ticks: electionTicks,
      longest: tick / Math.min(rate, 1),
      shortest: tick / (this.fastest.get(machine) ?? 1),
    };
  }

  changed(member: Member, seen: SeenMember): void {
    const { id, state } = member;
    const heard = this.of(id);
    // Of what was before the first look nothing is known.
    if (seen.life === null) heard.began = NEVER;
    else if (seen.life !== state)
      this.heard.set(id, { ...heard, began: this.now, leader: NEVER, told: 0, peers: new Map() });
    const mine = this.of(id);
    const isNewVote = seen.life === state && state.vote !== null && state.vote !== id;
    if (isNewVote && (state.vote !== seen.vote || state.term !== seen.term)) this.gaveVote(member, seen, mine);
    const campaigns = state.role === 'candidate' || state.role === 'pre-candidate';
    const wasAsking = seen.role === 'pre-candidate' && state.role === 'candidate' && seen.life === state;
    if (state.role === 'candidate' && seen.life === state && seen.term < state.term) this.movesOn(member, seen);
    if (campaigns && !wasAsking && (seen.term !== state.term || seen.role !== state.role)) this.campaigns(member, mine);
    if (state.role === 'leader' && (seen.role !== 'leader' || seen.term !== state.term)) {
      mine.leads = this.now;
      mine.peers = new Map();
    }
    if (seen.life === state && seen.role === 'leader' && state.role !== 'leader' && seen.term === state.term)
      this.steppedDown(member, mine);
    if (state.role === 'leader')
      for (const peer of state.configuration.members.keys()) if (!mine.peers.has(peer)) mine.peers.set(peer, this.now);
  }

  private campaigns({ id, machine, state }: Member, heard: Heard): void {
    const quiet = this.now - Math.max(heard.began, heard.leader, heard.voted, heard.campaigned);
    heard.campaigned = this.now;
    const { ticks, shortest } = this.timing(machine);
    const wasTold = heard.told === state.term || heard.told === state.term - 1;
    if (wasTold || state.configuration.members.size === 1 || quiet >= (ticks - 1) * shortest) return;
    throw new Violation(
      'R1 elections have a cause',
      `${id} begins an election in term ${state.term} after ${quiet / 1e6} s of quiet`,
    );
  }

  /** With pre-vote: a majority, itself included, does not hear a leader of the term before. */
  private movesOn({ id, state }: Member, seen: SeenMember): void {
    if (!this.record.cluster.start.preVote || this.of(id).told === seen.term) return;
    const { members } = state.configuration;
    let silent = 0;
    for (const { id: other, machine, state: its } of this.record.running()) {
      const { leader, leaderTerm } = this.of(other);
      const { ticks, shortest } = this.timing(machine);
      // It may have heard again since it answered.
      const hears = its.term === seen.term && leaderTerm === seen.term && this.now - leader < (ticks - 3) * shortest;
      if (members.has(other) && (other === id || !hears || its.leader === null)) silent++;
    }
    if (silent >= majority(members.size)) return;
    throw new Violation(
      'R5 terms rise only with a majority',
      `${id} moves to term ${state.term}, though ${members.size - silent} of ${members.size} members hear the leader of term ${seen.term}`,
    );
  }

  private gaveVote({ id, machine, state }: Member, seen: SeenMember, heard: Heard): void {
    heard.voted = this.now;
    const { ticks, shortest } = this.timing(machine);
    const isHearing = heard.leaderTerm === seen.term && this.now - heard.leader < (ticks - 1) * shortest;
    if (!isHearing || this.forced.has(`${state.vote},${state.term}`)) return;
    throw new Violation(
      'R2 no vote away from a leader that is heard',
      `${id} votes for ${state.vote} in term ${state.term}; it heard the leader of term ${seen.term} ${(this.now - heard.leader) / 1e6} s ago`,
    );
  }

  /** CheckQuorum looks at the last election time; a member that was only just added counts. */
  private steppedDown({ id, machine, state }: Member, heard: Heard): void {
    const { members } = state.configuration;
    if (state.toldRemoved || !members.has(id)) return;
    const { ticks, shortest } = this.timing(machine);
    const reached = this.reached(id, members, heard, (ticks - 1) * shortest);
    if (reached < majority(members.size) || this.now - heard.still < 2 * ticks * shortest) return;
    throw new Violation(
      'R3 a leader with a majority stays',
      `${id} steps down in term ${state.term}, having heard ${reached} of ${members.size} members of late`,
    );
  }

  private reached(id: RaftId, members: ReadonlyMap<RaftId, unknown>, { peers }: Heard, within: Micros): number {
    let reached = 0;
    for (const peer of members.keys()) if (peer === id || this.now - (peers.get(peer) ?? NEVER) < within) reached++;
    return reached;
  }

  /** I16: who serves reads and writes leads, and has applied all that was committed before its term. */
  private checkServing(): void {
    for (const { name, swarm } of this.record.cluster.machines) {
      const leading = swarm.manager?.state.leading;
      if (!leading || this.serving.get(name) === leading) continue;
      const { state } = swarm.manager!.raftNode.raft;
      this.serving.set(name, leading);
      if (termIn(state, state.log.applied) !== leading.term)
        throw new Violation(
          'I16 leaders are caught up',
          `${name} begins to serve in term ${leading.term}, and has applied nothing of that term`,
        );
    }
  }

  /** Every now and then: who leads must reach a majority. */
  observe(members: readonly Member[]): void {
    this.checkServing();
    if (this.now < this.nextLook) return;
    const { cluster } = this.record;
    this.nextLook = this.now + RAFT_TIMING[cluster.start.profile].tick;
    for (const { id, machine, state } of members) {
      if (state.role !== 'leader' || cluster.kernel.isFrozen(machine)) continue;
      const heard = this.of(id);
      const { ticks, longest } = this.timing(machine);
      const within = (2 * ticks + 2) * longest;
      if (this.now - Math.max(heard.leads, heard.still, this.clockChanged(machine)) < within) continue;
      const reached = this.reached(id, state.configuration.members, heard, within);
      if (reached >= majority(state.configuration.members.size)) continue;
      throw new Violation(
        'R4 a leader without a majority steps down',
        `${id} has heard ${reached} of ${state.configuration.members.size} members for ${within / 1e6} s and still leads term ${state.term}`,
      );
    }
  }

  /** When the machine's clock last got its present rate. */
  private clockChanged(machine: string): Micros {
    return this.record.cluster.hardware.state.machines[machine]!.clock.since;
  }
}
