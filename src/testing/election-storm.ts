/**
 * The fault profile `elections`: leaders are struck within moments of their election, before their entries are everywhere, while
 * others come back. This is the ground on which figure 8 of the Raft paper, votes after restarts and lagging candidates grow,
 * which faults spread evenly over time hardly ever reach.
 *
 * Entries go out one by one, as they do in swarm when each of them fills a message (64 KiB there), so that an old entry can
 * reach a majority before the empty entry of the new term does.
 */
import type { Cluster } from '../engine/cluster.ts';
import type { Machine } from '../engine/machine.ts';
import type { Micros } from '../protocol/events.ts';
import {
  electionTime,
  expectLeader,
  newestLeader,
  type StormGround,
  shuffled,
  snapshotOften,
  termOfNewestLeader,
} from './storm-ground.ts';

const MILLISECOND = 1000;

/** Strikes until `end`. `patience`: the longest wait for somebody to be elected; with too few members up there will be nobody. */
export function stormElections(ground: StormGround, end: Micros, patience: Micros): void {
  const { cluster, dice } = ground;
  snapshotOften(ground);
  degradeLinks(ground);
  while (cluster.now < end) {
    const wait = (stop: (() => boolean) | undefined, longest = patience): void =>
      ground.advance(Math.min(end, cluster.now + longest), stop);
    if (dice.chance(0.3)) strikeVoter(ground, wait);
    else strikeLeader(ground, wait);
    if (dice.chance(0.1)) degradeLinks(ground);
  }
  leaveOnlyMajority(ground);
}

/** Machines of a majority of the members, as the one that has committed most knows them: any of them. */
function majorityOf({ cluster, dice }: StormGround): string[] {
  let best: { commit: number; members: ReadonlyMap<string, unknown> } | null = null;
  for (const { swarm } of cluster.machines) {
    const raft = swarm.manager?.raftNode.raft.state;
    if (raft && raft.log.commit > (best?.commit ?? 0))
      best = { commit: raft.log.commit, members: raft.configuration.members };
  }
  const members = best?.members ?? new Map();
  const machines = cluster.machines.filter(({ swarm }) => members.has(swarm.state.identity?.raftId ?? ''));
  return shuffled(machines, dice)
    .slice(0, Math.floor(members.size / 2) + 1)
    .map(({ name }) => name);
}

/** Whatever has happened: a majority whose members reach each other elects a leader while the others stay away. */
function leaveOnlyMajority(ground: StormGround): void {
  const { cluster, fault } = ground;
  const core = majorityOf(ground);
  for (const { name: machine } of cluster.machines) if (!core.includes(machine)) fault({ kind: 'power-off', machine });
  for (const machine of core) {
    fault({ kind: 'power-on', machine });
    fault({ kind: 'cable-mend', machine });
    for (const to of core) {
      if (to === machine) continue;
      fault({ kind: 'link-mend', from: machine, to });
      fault({ kind: 'link-quality', from: machine, to, delayMs: 0.2, jitterMs: 0.2, loss: 0, reordering: 0 });
    }
  }
  // What was sent over bad links is on its way still, and holds up what follows it.
  const { lastArrival } = cluster.hardware.state;
  const arrivals = core.flatMap((from) => core.map((to) => lastArrival[from]?.[to] ?? 0));
  ground.advance(Math.max(cluster.now + electionTime(cluster), ...arrivals));
  expectLeader(ground, 10, 'a majority was put in order');
}

type Wait = (stop: (() => boolean) | undefined, longest?: Micros) => void;

/** Waits for the next leader, lets it do a little, takes it out, and brings others back. */
function strikeLeader(ground: StormGround, wait: Wait): void {
  const { cluster, dice } = ground;
  const known = termOfNewestLeader(cluster);
  wait(() => termOfNewestLeader(cluster) > known);
  const leader = newestLeader(cluster);
  if (leader) {
    awaitMoment(ground, leader, wait);
    if (dice.chance(0.95)) ground.fault({ kind: dice.chance(0.3) ? 'power-off' : 'cable-cut', machine: leader.name });
  }
  restoreSome(ground, leader);
}

/**
 * When to strike: when its first entry is on its own disk and at most one other; on its first commit, which it cannot have told
 * anybody yet; or at any time from before the first message has left to long after.
 */
function awaitMoment(ground: StormGround, leader: Machine, wait: Wait): void {
  const { dice } = ground;
  const { log } = leader.swarm.manager!.raftNode.raft.state;
  const { commit } = log;
  const moment = dice.int(10);
  if (moment < 4) {
    letFewHear(ground, leader);
    wait(undefined, 1 << dice.between(10, 16));
  } else if (moment < 8) {
    wait(() => log.commit > commit, 200 * MILLISECOND);
    if (dice.chance(0.2)) wait(undefined, 1 << dice.between(8, 16));
  } else {
    if (dice.chance(0.5)) ground.command();
    wait(undefined, 1 << dice.between(8, 18));
  }
}

/** The leader loses its links to all but one or none: what it writes is not committed. */
function letFewHear({ cluster, dice, fault }: StormGround, leader: Machine): void {
  const friend = dice.chance(0.5) ? dice.int(cluster.machines.length) : -1;
  for (const [index, { name }] of cluster.machines.entries())
    if (index !== friend && name !== leader.name) fault({ kind: 'link-cut', from: leader.name, to: name });
}

/** Waits for a vote in a new term, and restarts who has given it; perhaps the candidate loses its cable before it can lead. */
function strikeVoter(ground: StormGround, wait: Wait): void {
  const { cluster, dice } = ground;
  const known = highestTerm(cluster);
  const voters = (): Machine[] =>
    cluster.machines.filter(({ swarm }) => {
      const raft = swarm.manager?.raftNode.raft;
      return raft && raft.state.term > known && raft.state.vote !== null && raft.state.vote !== raft.config.id;
    });
  wait(() => voters().length > 0);
  const [voter] = shuffled(voters(), dice);
  if (!voter) return restoreSome(ground, null);
  wait(undefined, dice.int(1 << dice.between(8, 14)));
  const { vote } = voter.swarm.manager?.raftNode.raft.state ?? {};
  const candidate = cluster.machines.find(({ swarm }) => swarm.manager?.raftNode.state.raftId === vote);
  ground.fault({ kind: 'power-off', machine: voter.name });
  ground.fault({ kind: 'power-on', machine: voter.name });
  if (candidate && dice.chance(0.6)) ground.fault({ kind: 'cable-cut', machine: candidate.name });
  restoreSome(ground, candidate ?? null);
}

/** All members send their entries one by one; to be called after every event, since a restart makes a new member. */
export function sendEntriesOneByOne(cluster: Cluster): void {
  for (const { swarm } of cluster.machines) {
    const config = swarm.manager?.raftNode.raft.config;
    if (config && config.maxEntriesPerAppend !== 1) Object.assign(config, { maxEntriesPerAppend: 1 });
  }
}

function highestTerm(cluster: Cluster): number {
  return Math.max(...cluster.machines.map(({ swarm }) => swarm.manager?.raftNode.raft.state.term ?? 0));
}

/** Brings machines back: always enough for a majority, sometimes all, and rarely the one just struck. */
function restoreSome({ cluster, dice, fault }: StormGround, struck: Machine | null): void {
  const out = cluster.machines.filter((machine) => machine !== struck && isOut(cluster, machine));
  const mostOut = Math.floor((cluster.machines.length - 1) / 2) - 1;
  for (const [index, { name: machine, hardwareState }] of shuffled(out, dice).entries()) {
    if (index < mostOut && dice.chance(0.5)) continue;
    fault(hardwareState.power ? { kind: 'cable-mend', machine } : { kind: 'power-on', machine });
    for (const { name: other } of cluster.machines) {
      if (other === machine || other === struck?.name) continue;
      fault({ kind: 'link-mend', from: machine, to: other });
      fault({ kind: 'link-mend', from: other, to: machine });
    }
  }
  if (struck && dice.chance(0.1)) fault({ kind: 'cable-mend', machine: struck.name });
}

function isOut(cluster: Cluster, { name, hardwareState: { power, cable } }: Machine): boolean {
  if (!power || !cable) return true;
  const others = cluster.machines.filter((other) => other.name !== name);
  return others.some((other) => cluster.hardware.link(name, other.name).cut);
}

/** Slow disks, and slow, lossy and dead links here and there: messages that arrive in a later term than they left in, members that miss a term. */
function degradeLinks({ cluster, dice, fault }: StormGround): void {
  for (const { name: from } of cluster.machines) {
    fault(
      dice.chance(0.3)
        ? { kind: 'disk-slow', machine: from, syncMs: 1 << dice.int(6) }
        : { kind: 'disk-mend', machine: from },
    );
    for (const { name: to } of cluster.machines) {
      if (from !== to && dice.chance(0.1)) fault({ kind: 'link-cut', from, to });
      if (from >= to) continue;
      const loss = dice.chance(0.3) ? dice.float() * 0.3 : 0;
      const reordering = dice.chance(0.5) ? dice.float() * 0.5 : 0;
      fault({ kind: 'link-quality', from, to, loss, reordering, delayMs: dice.int(25), jitterMs: dice.int(25) });
    }
  }
}
