/**
 * The gap of gossip: what a machine's load balancers hold against the containers that are really there. A machine hears of an endpoint some time
 * after it came or went; until then its wheel has a stale wedge, or lacks one. Pure comparison of two facts of the picture.
 */
import type { BalancerView } from '../../../protocol/network-view.ts';
import type { Snapshot } from '../../../protocol/snapshot.ts';
import { taskName, taskWithId } from '../../store/rows.ts';

/** What one balancer has not heard yet. */
export interface Gap {
  balancer: BalancerView;
  /** Endpoints that still get connections, though nobody is there any more. */
  stale: ReadonlySet<string>;
  /** Tasks that take connections and get none from this machine. */
  missing: readonly string[];
}

/** What was found last: it is asked for several times per picture, and most pictures change none of it. */
let known: { from: readonly unknown[]; gaps: Map<string, Gap> } | null = null;

/** Gaps by `BalancerView.key`; balancers that know all are not listed. */
export function gapsOf(snapshot: Snapshot): ReadonlyMap<string, Gap> {
  const { machines, network } = snapshot;
  const from = [machines, network?.balancers, network?.endpoints];
  if (!known || from.some((part, index) => part !== known!.from[index])) known = { from, gaps: findGaps(snapshot) };
  return known.gaps;
}

function findGaps(snapshot: Snapshot): Map<string, Gap> {
  const { network } = snapshot;
  const gaps = new Map<string, Gap>();
  if (!network) return gaps;
  const powered = new Set(snapshot.machines.filter(({ power }) => power).map(({ name }) => name));
  const present = new Set<string>();
  const takers = new Map<string, string[]>();
  for (const { task, service, machine, binding, interfaces } of network.endpoints) {
    if (task === null || service === null || !powered.has(machine)) continue;
    present.add(task);
    if (binding !== 'enabled') continue;
    for (const { kind, network: on } of interfaces) {
      if (kind !== 'overlay') continue;
      const key = `${on} ${service}`;
      takers.set(key, [...(takers.get(key) ?? []), task]);
    }
  }
  for (const balancer of network.balancers) {
    if (!powered.has(balancer.machine)) continue;
    const stale = balancer.destinations.filter(({ task, weight }) => weight > 0 && task !== null && !present.has(task));
    const known = new Set(balancer.destinations.map(({ task }) => task));
    const missing = (takers.get(`${balancer.network} ${balancer.service}`) ?? []).filter((task) => !known.has(task));
    if (stale.length === 0 && missing.length === 0) continue;
    gaps.set(balancer.key, { balancer, stale: new Set(stale.map(({ endpoint }) => endpoint)), missing });
  }
  return gaps;
}

/** The gaps in words, one sentence per task: `node1 and node2 still send to web.3, which is gone`. */
export function gapSentences(snapshot: Snapshot, gaps: Iterable<Gap>): string[] {
  const stale = new Map<string, Set<string>>();
  const missing = new Map<string, Set<string>>();
  const note = (book: Map<string, Set<string>>, name: string, machine: string) =>
    book.set(name, (book.get(name) ?? new Set()).add(machine));
  for (const gap of gaps) {
    const { destinations, machine } = gap.balancer;
    for (const { endpoint, name } of destinations)
      if (gap.stale.has(endpoint)) note(stale, name.replace(/(\.[a-z0-9]{25}){1,2}$/, ''), machine);
    for (const id of gap.missing) {
      const task = taskWithId(snapshot, id);
      if (task) note(missing, taskName(task), machine);
    }
  }
  const sentence = (machines: ReadonlySet<string>, one: string, many: string, rest: string) =>
    `${listed([...machines])} ${machines.size === 1 ? one : many} ${rest}`;
  return [
    ...[...stale].map(([name, machines]) =>
      sentence(machines, 'still sends', 'still send', `to ${name}, which is gone`),
    ),
    ...[...missing].map(([name, machines]) => sentence(machines, 'has', 'have', `not heard of ${name} yet`)),
  ];
}

export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join('');
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
