/**
 * The fault profile `members`: managers are promoted, demoted and removed, several at once, the leader too; machines leave and join
 * again, lose their logs or their disks, and all of this while leaders are struck and snapshots are taken every few entries. The ground
 * for changes of the members under way when the leader changes, for members that come back without what they promised, and for
 * snapshots without somebody.
 */
import type { Machine } from '../engine/machine.ts';
import type { Micros } from '../protocol/events.ts';
import {
  electionTime,
  expectLeader,
  newestLeader,
  pickOne,
  SECOND,
  type StormGround,
  shuffled,
  snapshotOften,
  workingLeader,
} from './storm-ground.ts';

export function stormMembers(ground: StormGround, end: Micros): void {
  const { cluster, dice } = ground;
  snapshotOften(ground);
  while (cluster.now < end) {
    pause(ground, end);
    const fate = dice.int(100);
    if (fate < 35) changeRoles(ground);
    else if (fate < 45) demoteLeader(ground);
    else if (fate < 58) strikeLeader(ground, end);
    else if (fate < 62) demoteAndStrike(ground, end);
    else if (fate < 70) disturb(ground);
    else if (fate < 76) loseDisk(ground);
    else if (fate < 82) leaveAndJoin(ground);
    else if (fate < 88) ground.command();
    else if (fate < 92) snapshotOften(ground);
    else mendSome(ground);
    keepMajority(ground);
  }
  recover(ground);
}

/**
 * All is mended. If the member that has most can be elected, somebody leads; if not (who was added never began, who had begun is gone for
 * good, or has not heard of the one to vote for), there is only one way, which a manager's user takes.
 */
function recover(ground: StormGround): void {
  const { cluster, fault, advance } = ground;
  for (const { name } of cluster.machines) mend(cluster, name, fault);
  advance(cluster.now + electionTime(cluster));
  const groups = cluster.machines.flatMap((machine) => groupOf(machine) ?? []);
  const [best] = groups.sort((a, b) => b.commit - a.commit);
  if (!best) return;
  // `swarmkit: raft.go ProcessRaftMessage`: who asks for a vote must be known.
  const voters = groups.filter(({ id, knows }) => best.members.has(id) && (id === best.id || knows(best.id)));
  if (2 * voters.length > best.members.size) return expectLeader(ground, 6, 'all was mended');
  const { name, hardwareState } = best.machine;
  ground.ask(name, { op: 'swarm force', address: hardwareState.address });
  expectLeader(ground, 3, `a new cluster by force on ${name}`);
  advance(cluster.now + 2 * electionTime(cluster));
  // Members of the old group that reach nobody of the new one are not told that theirs is no more: their users know.
  const now = workingLeader(cluster)?.swarm.manager?.raftNode.raft.state.configuration.members;
  for (const { name: machine, swarm } of cluster.machines) {
    const id = swarm.manager?.raftNode.state.raftId;
    if (id !== undefined && now?.has(id) === false) ground.ask(machine, { op: 'swarm leave', machine, force: true });
  }
}

interface Group {
  machine: Machine;
  id: string;
  members: ReadonlyMap<string, unknown>;
  knows(id: string): boolean;
  commit: number;
}

function groupOf(machine: Machine): Group | null {
  const node = machine.swarm.manager?.raftNode;
  if (!node) return null;
  const { raft, state } = node;
  const { members } = raft.state.configuration;
  const knows = (id: string): boolean => members.has(id) || state.bootstrap.includes(id);
  return { machine, id: raft.config.id, members, knows, commit: raft.state.log.commit };
}

/** A while, or until the leader has a change of the members under way, and a moment more. */
function pause({ cluster, dice, advance }: StormGround, end: Micros): void {
  const isChanging = (): boolean => {
    const log = newestLeader(cluster)?.swarm.manager?.raftNode.raft.state.log;
    return log?.entries.some(({ type, index }) => type === 'conf' && index > log.commit) ?? false;
  };
  const until = Math.min(end, cluster.now + dice.between(SECOND / 5, 9 * SECOND));
  if (dice.chance(0.5)) return advance(until);
  advance(until, isChanging);
  advance(cluster.now + (1 << dice.between(6, 14)));
}

/** Some nodes change their role at once, as scripts do. */
function changeRoles(ground: StormGround): void {
  const { cluster, dice } = ground;
  const leader = workingLeader(cluster);
  const nodes = [...(leader?.swarm.manager?.store.all('node') ?? [])];
  if (!leader) return;
  for (const { id, spec } of shuffled(nodes, dice).slice(0, dice.between(1, 3))) {
    const managers = nodes.filter((node) => node.spec.desiredRole === 'manager').length;
    const role = spec.desiredRole === 'worker' || managers <= 3 ? 'manager' : dice.chance(0.5) ? 'worker' : 'manager';
    ground.ask(leader.name, { op: 'node update', node: id, change: { role } });
  }
}

/** It has to hand leadership on, perhaps to one who is on the way out. */
function demoteLeader(ground: StormGround): void {
  const { cluster, dice } = ground;
  const leader = workingLeader(cluster);
  if (!leader) return;
  const managers = managersOf(leader);
  if (managers.length < 3) return;
  const own = leader.swarm.state.identity!.nodeId;
  const other = managers.find((id) => id !== own)!;
  const leaving = dice.chance(0.5) && managers.length > 3 ? [other, own] : [own];
  for (const node of leaving) ground.ask(leader.name, { op: 'node update', node, change: { role: 'worker' } });
}

/** Several followers are to go, and the leader goes first: the next one, perhaps one of them, finds all of it undone. */
function demoteAndStrike(ground: StormGround, end: Micros): void {
  const { cluster, dice, advance } = ground;
  const leader = workingLeader(cluster);
  if (!leader) return;
  const own = leader.swarm.state.identity!.nodeId;
  const others = managersOf(leader).filter((id) => id !== own);
  if (others.length < 2) return;
  for (const node of dice.chance(0.7) ? others : shuffled(others, dice).slice(0, 2))
    ground.ask(leader.name, { op: 'node update', node, change: { role: 'worker' } });
  // Committed, but not acted upon everywhere: the removals wait for answers that are slow.
  advance(cluster.now + dice.between(1500, 12_000));
  ground.fault({ kind: dice.chance(0.5) ? 'power-off' : 'daemon-pause', machine: leader.name });
  advance(Math.min(end, cluster.now + 25 * SECOND), () => workingLeader(cluster) !== null);
}

function managersOf(leader: Machine): string[] {
  const nodes = leader.swarm.manager?.store.all('node') ?? [];
  return [...nodes].filter(({ spec }) => spec.desiredRole === 'manager').map(({ id }) => id);
}

function strikeLeader(ground: StormGround, end: Micros): void {
  const { cluster, dice, fault, advance } = ground;
  const leader = newestLeader(cluster);
  if (!leader) return;
  const { name: machine } = leader;
  const strike = dice.int(4);
  if (strike === 0) fault({ kind: 'power-off', machine });
  else if (strike === 1) fault({ kind: 'daemon-pause', machine });
  else if (strike === 2) fault({ kind: 'cable-cut', machine });
  else
    for (const { name } of cluster.machines)
      if (name !== machine && dice.chance(0.6)) fault({ kind: 'link-cut', from: machine, to: name });
  advance(Math.min(end, cluster.now + dice.between(SECOND, 25 * SECOND)), () => workingLeader(cluster) !== null);
}

function disturb({ cluster, dice, fault }: StormGround): void {
  const [one, other] = shuffled(cluster.machines, dice);
  const machine = one!.name;
  const link = { from: machine, to: other!.name };
  const faults = [
    () => fault({ kind: 'link-cut', ...link }),
    () => fault({ kind: 'link-clog', ...link }),
    () =>
      fault({
        kind: 'link-quality',
        ...link,
        loss: dice.float() * 0.3,
        reordering: dice.float() * 0.5,
        duplication: dice.float() * 0.3,
        delayMs: dice.int(60),
        jitterMs: dice.int(60),
      }),
    () => fault({ kind: 'disk-slow', machine, syncMs: dice.int(400) }),
    () => fault({ kind: 'disk-full', machine }),
    () => fault({ kind: 'clock-rate', machine, rate: 0.6 + dice.float() }),
    () => fault({ kind: 'daemon-restart', machine }),
    () => fault({ kind: 'daemon-pause', machine }),
    () => fault({ kind: 'power-off', machine }),
  ];
  pickOne(faults, dice)!();
}

/** What a member has promised is gone: it must not go on as that member. As long as a majority has not lost its memory. */
function loseDisk(ground: StormGround): void {
  const { cluster, dice, fault } = ground;
  const machine = pickOne(cluster.machines, dice)!.name;
  if (!canSpare(cluster, machine)) return;
  fault({ kind: 'disk-lost', machine, what: dice.chance(0.7) ? 'raft' : 'everything' });
  if (dice.chance(0.8)) fault({ kind: 'power-on', machine });
}

/** Without this machine's member a majority of the group is still there, and has all. */
function canSpare(cluster: StormGround['cluster'], machine: string): boolean {
  const leader = workingLeader(cluster)?.swarm.manager?.raftNode.raft;
  if (!leader) return false;
  let there = 0;
  for (const { name, swarm } of cluster.machines) {
    const id = swarm.manager?.raftNode.state.raftId;
    if (name !== machine && id !== undefined && leader.state.progress.has(id)) there++;
  }
  return 2 * there > leader.state.progress.size + 1;
}

function leaveAndJoin(ground: StormGround): void {
  const { cluster, dice } = ground;
  const leader = workingLeader(cluster);
  const machine = pickOne(
    cluster.machines.filter((other) => other !== leader && other.answers),
    dice,
  );
  if (!leader || !machine) return;
  if (machine.swarm.state.localState === 'inactive') {
    ground.ask(leader.name, {
      op: 'swarm join',
      machine: machine.name,
      role: dice.chance(0.6) ? 'Manager' : 'Worker',
      via: leader.name,
      viaAddress: leader.hardwareState.address,
      address: machine.hardwareState.address,
    });
  } else if (canSpare(cluster, machine.name))
    ground.ask(machine.name, { op: 'swarm leave', machine: machine.name, force: true });
  removeStale(ground, leader);
}

/** Nodes that no machine is any more are demoted, then removed. */
function removeStale({ cluster, ask }: StormGround, leader: Machine): void {
  const living = new Set(cluster.machines.map(({ swarm }) => swarm.state.identity?.nodeId));
  for (const { id, spec, role } of leader.swarm.manager!.store.all('node')) {
    if (living.has(id)) continue;
    if (spec.desiredRole === 'manager') ask(leader.name, { op: 'node update', node: id, change: { role: 'worker' } });
    else if (role === 'worker') ask(leader.name, { op: 'node rm', node: id, force: true });
  }
}

function mendSome({ cluster, dice, fault }: StormGround): void {
  for (const { name: machine } of cluster.machines) if (dice.chance(0.5)) mend(cluster, machine, fault);
}

/** Of the managers most are in order, so that something goes on. */
function keepMajority(ground: StormGround): void {
  const { cluster, dice, fault } = ground;
  const managers = cluster.machines.filter(({ swarm, hardwareState }) => swarm.manager || !hardwareState.power);
  const out = managers.filter((machine) => isOut(ground, machine));
  const most = Math.floor((managers.length - 1) / 2);
  const leader = workingLeader(cluster);
  if (leader) removeStale(ground, leader);
  if (out.length <= most && dice.chance(0.9)) return;
  for (const { name } of shuffled(out, dice).slice(0, Math.max(1, out.length - most))) mend(cluster, name, fault);
}

function isOut({ cluster }: StormGround, { name, hardwareState, answers }: Machine): boolean {
  const { power, cable, disk } = hardwareState;
  return !power || !cable || !answers || disk.full || cluster.kernel.isFrozen(name);
}

function mend(cluster: StormGround['cluster'], machine: string, fault: StormGround['fault']): void {
  fault({ kind: 'power-on', machine });
  fault({ kind: 'daemon-resume', machine });
  fault({ kind: 'cable-mend', machine });
  fault({ kind: 'disk-mend', machine });
  fault({ kind: 'clock-mend', machine });
  for (const { name: other } of cluster.machines) {
    if (other === machine) continue;
    for (const link of [
      { from: machine, to: other },
      { from: other, to: machine },
    ]) {
      fault({ kind: 'link-unclog', ...link });
      fault({ kind: 'link-mend', ...link });
    }
  }
}
