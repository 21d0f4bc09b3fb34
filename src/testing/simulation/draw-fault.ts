/** What may go wrong next, drawn from dice, and how all of it is put right again. */
import type { Cluster } from '../../engine/cluster.ts';
import type { Random } from '../../engine/kernel/random.ts';
import type { Fault } from '../../protocol/faults.ts';
import { pick } from './draw-command.ts';
import type { Act } from './step.ts';

/** The ports that swarm needs between machines. */
const PORTS = [
  { port: 2377, protocol: 'tcp' },
  { port: 7946, protocol: 'tcp' },
  { port: 7946, protocol: 'udp' },
  { port: 4789, protocol: 'udp' },
] as const;

/** A fault of any class. Those that mend are as frequent as those that break, so that a swarm keeps living. */
export function drawFault(cluster: Cluster, dice: Random): Act {
  const machine = pick(dice, cluster.machines).name;
  const other = pick(
    dice,
    cluster.machines.filter(({ name }) => name !== machine),
  ).name;
  if (dice.chance(0.12)) return { kind: 'crash', machine, nth: dice.int(4), exitCode: pick(dice, [0, 1, 137]) };
  const port = pick(dice, PORTS);
  const faults: readonly (() => Fault)[] = [
    () => ({ kind: 'power-off', machine }),
    () => ({ kind: 'power-on', machine }),
    () => ({ kind: 'power-on', machine: other }),
    () => ({ kind: 'daemon-restart', machine }),
    () => ({ kind: 'daemon-stop', machine }),
    () => ({ kind: 'daemon-start', machine }),
    () => ({ kind: 'daemon-start', machine: other }),
    () => ({ kind: 'cable-cut', machine }),
    () => ({ kind: 'cable-mend', machine }),
    () => ({ kind: 'cable-mend', machine: other }),
    () => ({ kind: 'link-cut', from: machine, to: other }),
    () => ({ kind: 'link-mend', from: machine, to: other }),
    () => ({ kind: 'link-mend', from: other, to: machine }),
    () => ({
      kind: 'link-quality',
      from: machine,
      to: other,
      loss: dice.chance(0.5) ? dice.float() * 0.4 : 0,
      delayMs: dice.int(40),
      jitterMs: dice.int(30),
    }),
    () => ({ kind: 'port-close', machine, ...port }),
    () => ({ kind: 'port-open', machine, ...port }),
  ];
  return { kind: 'fault', fault: pick(dice, faults)() };
}

/** Several at once, in both directions: a swarm in two halves, or one machine cut off from some others. */
export function drawPartition(cluster: Cluster, dice: Random): Act[] {
  const names = cluster.machines.map(({ name }) => name);
  const side = new Set(names.filter(() => dice.chance(0.5)));
  const acts: Act[] = [];
  for (const from of names)
    for (const to of names)
      if (from < to && side.has(from) !== side.has(to)) {
        acts.push({ kind: 'fault', fault: { kind: 'link-cut', from, to } });
        acts.push({ kind: 'fault', fault: { kind: 'link-cut', from: to, to: from } });
      }
  return acts;
}

/** Power, daemons, cables, links and ports: all in order again. What is in order already is refused, which does no harm. */
export function healing(cluster: Cluster): Fault[] {
  const faults: Fault[] = [];
  const names = cluster.machines.map(({ name }) => name);
  for (const machine of names) {
    faults.push({ kind: 'daemon-resume', machine }, { kind: 'power-on', machine }, { kind: 'daemon-start', machine });
    faults.push({ kind: 'cable-mend', machine }, { kind: 'disk-mend', machine }, { kind: 'clock-mend', machine });
    for (const port of PORTS) faults.push({ kind: 'port-open', machine, ...port });
    for (const other of names) {
      if (other === machine) continue;
      faults.push({ kind: 'link-mend', from: machine, to: other });
      faults.push({ kind: 'link-unclog', from: machine, to: other });
      faults.push({
        kind: 'link-quality',
        from: machine,
        to: other,
        delayMs: 0.2,
        jitterMs: 0.2,
        loss: 0,
        duplication: 0,
        reordering: 0,
      });
    }
  }
  return faults;
}
