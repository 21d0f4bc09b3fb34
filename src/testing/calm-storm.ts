/**
 * The fault profile `calm`: one thing goes wrong at a time, and nothing that would take the leader from a majority. What is looked
 * for is stability and progress rather than safety: a leader that a majority hears stays (with pre-vote also when somebody comes back
 * from a long absence, or hears only some of the others), newcomers cost nobody its office, and after a leader's end the next one is
 * there within some election times, and its writes succeed. Two of three seeds have pre-vote on; swarm has it off.
 */
import type { Machine } from '../engine/machine.ts';
import type { Micros } from '../protocol/events.ts';
import type { Fault } from '../protocol/faults.ts';
import {
  electionTime,
  expectLeader,
  expectWrites,
  newestLeader,
  pickOne,
  SECOND,
  type StormGround,
  snapshotOften,
  workingLeader,
} from './storm-ground.ts';

/**
 * Election times within which somebody leads. Without loss split votes are rare (`B33`: three); who comes back with an old log, and
 * asks for votes in vain, puts the others off a while.
 */
const TIMES = 5;

export function stormCalmly(ground: StormGround, end: Micros): void {
  const { cluster, dice } = ground;
  snapshotOften(ground);
  for (let round = 0; cluster.now < end; round++) {
    expectLeader(ground, TIMES, `round ${round}`);
    expectWrites(ground, `round ${round}`);
    const fate = dice.int(100);
    if (fate < 40) disturbFollower(ground);
    else if (fate < 65) endLeader(ground);
    else if (fate < 90) changeMembers(ground);
    else restartAll(ground);
    if (dice.chance(0.5)) ground.command();
    ground.advance(cluster.now + dice.between(SECOND, 15 * SECOND));
  }
}

/** One who does not lead is away, deaf, mute or slow for longer than an election time, and comes back. */
function disturbFollower(ground: StormGround): void {
  const { cluster, dice } = ground;
  const leader = newestLeader(cluster);
  const follower = pickOne(
    cluster.machines.filter((machine) => machine !== leader && machine.swarm.manager),
    dice,
  );
  // With two managers nobody can be spared.
  if (!leader || !follower || (leader.swarm.manager?.raftNode.members().length ?? 0) < 3) return;
  const machine = follower.name;
  const others = cluster.machines.filter((other) => other !== follower).map(({ name }) => name);
  const deaf = (from: string): Trouble => ({
    begin: [{ kind: 'link-cut', from, to: machine }],
    end: [{ kind: 'link-mend', from, to: machine }],
  });
  const troubles: readonly (() => Trouble)[] = [
    () => ({ begin: [{ kind: 'cable-cut', machine }], end: [{ kind: 'cable-mend', machine }] }),
    () => ({ begin: [{ kind: 'power-off', machine }], end: [{ kind: 'power-on', machine }] }),
    () => ({ begin: [{ kind: 'daemon-pause', machine }], end: [{ kind: 'daemon-resume', machine }] }),
    () => ({ begin: [{ kind: 'disk-slow', machine, syncMs: 3000 }], end: [{ kind: 'disk-mend', machine }] }),
    () => ({ begin: [{ kind: 'clock-rate', machine, rate: 0.7 }], end: [{ kind: 'clock-mend', machine }] }),
    // Hears the others, not the leader; or nobody; or is not heard.
    () => deaf(leader.name),
    () => deaf(leader.name),
    () => together(others.map(deaf)),
    () =>
      together(
        others.map((to) => ({
          begin: [{ kind: 'link-cut', from: machine, to }],
          end: [{ kind: 'link-mend', from: machine, to }],
        })),
      ),
  ];
  const { begin, end } = pickOne(troubles, dice)!();
  for (const fault of begin) ground.fault(fault);
  if (dice.chance(0.4)) ground.command();
  ground.advance(cluster.now + dice.between(electionTime(cluster), 3 * electionTime(cluster)));
  for (const fault of end) ground.fault(fault);
  ground.advance(cluster.now + electionTime(cluster));
}

interface Trouble {
  begin: Fault[];
  end: Fault[];
}

function together(troubles: readonly Trouble[]): Trouble {
  return { begin: troubles.flatMap(({ begin }) => begin), end: troubles.flatMap(({ end }) => end) };
}

/** The leader is gone; when the next one is there, it comes back. */
function endLeader(ground: StormGround): void {
  const { cluster, dice } = ground;
  const leader = newestLeader(cluster);
  const members = leader?.swarm.manager?.raftNode.members().length ?? 0;
  if (!leader || members < 3) return;
  const machine = leader.name;
  const [begin, end] = pickOne<[Fault, Fault]>(
    [
      [
        { kind: 'power-off', machine },
        { kind: 'power-on', machine },
      ],
      [
        { kind: 'cable-cut', machine },
        { kind: 'cable-mend', machine },
      ],
      [
        { kind: 'daemon-pause', machine },
        { kind: 'daemon-resume', machine },
      ],
    ],
    dice,
  )!;
  const { term } = leader.swarm.manager!.raftNode.raft.state;
  ground.fault(begin);
  const isSucceeded = (): boolean => (newestLeader(cluster)?.swarm.manager?.raftNode.raft.state.term ?? 0) > term;
  ground.advance(cluster.now + TIMES * electionTime(cluster), isSucceeded);
  expectLeader(ground, isSucceeded() ? 1 : 0, `the end of the leader ${machine}`);
  ground.advance(cluster.now + dice.between(0, 40 * SECOND));
  ground.fault(end);
  ground.advance(cluster.now + electionTime(cluster));
}

/** One manager more or less, never the leader. The wire to a newcomer is slow at times. */
function changeMembers(ground: StormGround): void {
  const { cluster, dice } = ground;
  const leader = workingLeader(cluster);
  if (!leader) return;
  const managers = (machine: Machine): boolean => machine.swarm.manager !== null;
  const many = cluster.machines.filter(managers).length;
  const isMore = many < 3 || (many < 6 && dice.chance(0.6));
  const machine = pickOne(
    cluster.machines.filter((other) => other !== leader && managers(other) !== isMore),
    dice,
  );
  const node = machine?.swarm.state.identity?.nodeId;
  if (!machine || !node) return;
  const isSlow = isMore && dice.chance(0.7);
  const link = { from: leader.name, to: machine.name };
  if (isSlow) ground.fault({ kind: 'link-quality', ...link, delayMs: dice.between(500, 4000) });
  ground.ask(leader.name, { op: 'node update', node, change: { role: isMore ? 'manager' : 'worker' } });
  ground.advance(cluster.now + dice.between(SECOND, 3 * electionTime(cluster)));
  if (isSlow) ground.fault({ kind: 'link-quality', ...link, delayMs: 0.2 });
  ground.advance(cluster.now + 10 * SECOND);
}

/** All at once, or one after the other; a minority stays away for good while. */
function restartAll(ground: StormGround): void {
  const { cluster, dice } = ground;
  const managers = cluster.machines.filter(({ swarm }) => swarm.manager);
  for (const { name } of managers) ground.fault({ kind: 'power-off', machine: name });
  ground.advance(cluster.now + dice.between(0, 5 * SECOND));
  const away = Math.floor((managers.length - 1) / 2);
  const isAllAtOnce = dice.chance(0.5);
  for (const [i, { name }] of managers.entries()) {
    if (i < away) continue;
    ground.fault({ kind: 'power-on', machine: name });
    if (!isAllAtOnce) ground.advance(cluster.now + dice.between(0, 8 * SECOND));
  }
  expectLeader(ground, TIMES + 1, 'a restart of a majority');
  for (const { name } of managers.slice(0, away)) ground.fault({ kind: 'power-on', machine: name });
  ground.advance(cluster.now + electionTime(cluster));
}
