/**
 * What a storm needs of the run it is part of, and what all storms ask of a raft group: who leads, that somebody is elected in time,
 * that writes succeed.
 */
import type { Cluster } from '../engine/cluster.ts';
import type { Random } from '../engine/kernel/random.ts';
import type { Machine } from '../engine/machine.ts';
import { RAFT_TIMING } from '../engine/manager/raft-node.ts';
import type { Micros } from '../protocol/events.ts';
import type { Fault } from '../protocol/faults.ts';
import { Violation } from './checkers/violation.ts';
import type { Command } from './simulation/commands.ts';

export interface StormGround {
  readonly cluster: Cluster;
  readonly dice: Random;
  /** Runs the world with the checkers on; stops early right after the event that makes `stop` true. */
  advance(until: Micros, stop?: () => boolean): void;
  fault(fault: Fault): void;
  /** Asks for some change, so that there is something to replicate. */
  command(): void;
  /** Does this, asked of this host's daemon. */
  ask(host: string, command: Command): void;
}

export const SECOND = 1_000_000;

/** The leader of the highest term there is. */
export function newestLeader(cluster: Cluster): Machine | null {
  let newest: Machine | null = null;
  let best = 0;
  for (const machine of cluster.machines) {
    const raft = machine.swarm.manager?.raftNode.raft.state;
    if (raft?.role === 'leader' && raft.term > best) [newest, best] = [machine, raft.term];
  }
  return newest;
}

/** A leader with its subsystems at work, in the highest term there is. */
export function workingLeader(cluster: Cluster): Machine | null {
  const leader = newestLeader(cluster);
  return leader?.swarm.manager?.isLeading ? leader : null;
}

export function termOfNewestLeader(cluster: Cluster): number {
  return newestLeader(cluster)?.swarm.manager?.raftNode.raft.state.term ?? 0;
}

/** An election time, at its longest. */
export function electionTime({ start }: Cluster): Micros {
  const { tick, electionTicks } = RAFT_TIMING[start.profile];
  return 2 * electionTicks * tick;
}

/**
 * Nothing is in the way of a majority: it elects a leader within some election times, and that leader's writes are committed.
 * `B33`'s rule is three; loss and split votes take more.
 */
export function expectLeader(ground: StormGround, times: number, where: string): void {
  const { cluster } = ground;
  const isThere = (): boolean => workingLeader(cluster) !== null && canCommit(cluster);
  ground.advance(cluster.now + times * electionTime(cluster), isThere);
  if (!isThere()) throw new Violation('L1 a leader is elected', `nobody leads ${times} election times after ${where}`);
}

/** The newest leader is one whom a majority of its members follows. */
function canCommit(cluster: Cluster): boolean {
  const leader = newestLeader(cluster)?.swarm.manager?.raftNode.raft;
  if (!leader) return false;
  const { members } = leader.state.configuration;
  let followers = 0;
  for (const { swarm } of cluster.machines) {
    const raft = swarm.manager?.raftNode.raft;
    if (raft && members.has(raft.config.id) && raft.state.leader === leader.config.id) followers++;
  }
  return 2 * followers > members.size;
}

/** A write asked of the leader's machine is committed and acted upon. */
export function expectWrites(ground: StormGround, where: string): void {
  const { cluster } = ground;
  const leader = workingLeader(cluster);
  if (!leader) return;
  const label = `w${cluster.executed}`;
  const node = leader.swarm.state.identity?.nodeId ?? '';
  const isDone = (): boolean =>
    cluster.machines.some(
      ({ swarm }) => swarm.manager?.store.get('node', node)?.spec.annotations.labels.probe === label,
    );
  const until = cluster.now + electionTime(cluster);
  // Asked again: what was read may be overtaken by another write, and is refused then.
  while (cluster.now < until && !isDone()) {
    ground.ask(leader.name, { op: 'node update', node, change: { labels: { probe: label } } });
    ground.advance(cluster.now + electionTime(cluster) / 8, isDone);
  }
  // A leader that has lost its office meanwhile owes no answer.
  if (isDone() || workingLeader(cluster) !== leader) return;
  throw new Violation('L2 writes succeed', `${leader.name} leads and has not committed a write after ${where}`);
}

export function shuffled<T>(items: readonly T[], dice: Random): T[] {
  const left = [...items];
  const mixed: T[] = [];
  while (left.length > 0) mixed.push(...left.splice(dice.int(left.length), 1));
  return mixed;
}

export function pickOne<T>(items: readonly T[], dice: Random): T | undefined {
  return items[dice.int(Math.max(1, items.length))];
}

/** Snapshots every few entries, so that they happen all the time, and members that were away need one. */
export function snapshotOften(ground: StormGround): void {
  const { cluster, dice } = ground;
  const leader = workingLeader(cluster);
  if (!leader) return;
  const raft = { SnapshotInterval: dice.between(2, 25), LogEntriesForSlowFollowers: dice.between(1, 8) };
  ground.ask(leader.name, { op: 'swarm update', raft });
}
