/**
 * N4, N6 at rest: what nodes know of each other and of the endpoints of their networks. All that are up believe each other alive; the
 * tables of a network are the same on all of its nodes and hold what really runs; the load balancers lead to the running, healthy
 * tasks of their service, all of them and no others.
 *
 * Gossip takes its time, and tasks that fail by themselves come and go for ever: what counts is a difference that stays.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Machine } from '../../engine/machine.ts';
import type { TableEntry } from '../../engine/network/gossip/messages.ts';
import type { NetworkDbState } from '../../engine/network/gossip/network-db.ts';
import type { Micros } from '../../protocol/events.ts';
import type { CommittedHistory } from './committed-history.ts';
import { Violation } from './violation.ts';

const RUNNING = 512;
const COMPLETE = 576;
/** What has changed so long ago is known everywhere. */
const GOSSIP_TIME = 10_000_000;

const bare = (address: string): string => address.split('/')[0]!;

/** One thing that somebody knows wrongly: which rule says so, and in words. */
interface Difference {
  readonly invariant: string;
  readonly what: string;
}

export class NetworkRest {
  private readonly cluster: Cluster;
  private readonly history: CommittedHistory;
  /** Since when each difference has been seen without a break. */
  private since = new Map<string, Micros>();

  constructor(cluster: Cluster, history: CommittedHistory) {
    this.cluster = cluster;
    this.history = history;
  }

  /** To be called every second or so. The first difference that has stayed, or null. */
  look(): Violation | null {
    const { now } = this.cluster;
    const seen = new Map<string, Micros>();
    let lasting: Difference | null = null;
    for (const difference of this.differences()) {
      const since = this.since.get(difference.what) ?? now;
      seen.set(difference.what, since);
      if (now - since >= GOSSIP_TIME) lasting ??= difference;
    }
    this.since = seen;
    return lasting && new Violation(lasting.invariant, lasting.what);
  }

  private *differences(): Generator<Difference> {
    const members = this.cluster.machines.filter(({ network }) => network.state.db.membership.name !== '');
    yield* membership(members);
    yield* tables(members);
    yield* this.naming();
  }

  /** N4: names and balancers lead to the running tasks of the service, all of them and no others. */
  private *naming(): Generator<Difference> {
    const { history } = this;
    for (const { id, spec, endpoint } of history.tables.service.values()) {
      const wanted = new Map<string, Wanted>();
      const on = (network: string): Wanted => {
        let known = wanted.get(network);
        if (!known) wanted.set(network, (known = { told: new Set(), balanced: new Set() }));
        return known;
      };
      for (const { networkId } of endpoint?.virtualIps ?? []) on(networkId);
      for (const task of history.tasksOfService(id))
        for (const { networkId, addresses } of task.networks) {
          const { told, balanced } = on(networkId);
          if (!addresses[0] || task.status.state !== RUNNING || task.desiredState > COMPLETE) continue;
          told.add(bare(addresses[0]));
          // One that was made before the service had a virtual IP is not behind it.
          const isBalanced = task.endpoint?.virtualIps.some((vip) => vip.networkId === networkId);
          if (isBalanced) balanced.add(bare(addresses[0]));
        }
      for (const [network, addresses] of wanted)
        for (const machine of this.cluster.machines)
          yield* namingOn(machine, network, id, spec.annotations.name, addresses);
    }
  }
}

/** Where a service runs on a network: under its names, and behind its virtual IP. */
interface Wanted {
  readonly told: Set<string>;
  readonly balanced: Set<string>;
}

/** Everybody knows everybody, and nobody believes in somebody who is not there. */
function* membership(machines: readonly Machine[]): Generator<Difference> {
  const invariant = 'N6 members';
  const names = new Map(machines.map(({ name, network }) => [network.state.db.membership.name, name]));
  for (const { name, network } of machines) {
    const { members } = network.state.db.membership;
    for (const [id, machine] of names) {
      const state = members.get(id)?.state ?? 'unknown';
      if (state !== 'alive') yield { invariant, what: `${name} holds ${machine} for ${state}` };
    }
    for (const member of members.values())
      if (member.state === 'alive' && !names.has(member.name))
        yield { invariant, what: `${name} believes in ${member.name}, who is gone` };
  }
}

/** The rows of a network that can be seen on a node: not deleted, of members that are there and take part. */
export function visibleRows({ tables, membership }: NetworkDbState, network: string): TableEntry[] {
  const rows: TableEntry[] = [];
  for (const row of tables.get(network)?.entries.values() ?? []) {
    const owner = membership.members.get(row.node);
    const there = owner && (owner.state === 'alive' || owner.state === 'suspect') && !owner.networks.get(network)?.left;
    if (!row.deleted && there) rows.push(row);
  }
  return rows;
}

/** N6: tables on all nodes of a network are equal: each node is held against the first one. */
function* tables(machines: readonly Machine[]): Generator<Difference> {
  const first = new Map<string, { machine: string; rows: Set<string> }>();
  for (const { name, network } of machines)
    for (const { id, name: label } of network.state.present.values()) {
      const rows = new Set(
        visibleRows(network.state.db, id).map(({ table, key, ltime, node }) => `${table} ${key} ${ltime} of ${node}`),
      );
      const known = first.get(id);
      if (!known) {
        first.set(id, { machine: name, rows });
        continue;
      }
      const says = (who: string, other: string, row: string): Difference => ({
        invariant: 'N6 gossip tables agree',
        what: `${who} knows ${row} on ${label}, ${other} does not`,
      });
      for (const row of rows) if (!known.rows.has(row)) yield says(name, known.machine, row);
      for (const row of known.rows) if (!rows.has(row)) yield says(known.machine, name, row);
    }
}

function* namingOn(
  { name: machine, network: { state } }: Machine,
  network: string,
  service: string,
  name: string,
  wanted: Wanted,
): Generator<Difference> {
  const overlay = state.present.get(network);
  if (!overlay) return;
  const told = new Set<string>();
  for (const row of visibleRows(state.db, network))
    if (row.table === 'endpoint_table' && row.value.serviceId === service && !row.value.serviceDisabled)
      told.add(row.value.endpointIp);
  const given = new Set<string>();
  for (const { weight, address } of state.balancers.get(network)?.get(service)?.destinations ?? [])
    if (weight > 0) given.add(address);
  const says = (what: string): Difference => ({
    invariant: 'N4 names and balancers',
    what: `on ${machine} and ${overlay.name} ${name} ${what}`,
  });
  for (const address of told)
    if (!wanted.told.has(address)) yield says(`is known at ${address}, where it does not run`);
  for (const address of wanted.told) if (!told.has(address)) yield says(`is not known at ${address}, where it runs`);
  for (const address of given)
    if (!wanted.balanced.has(address)) yield says(`is balanced to ${address}, where it does not run`);
  for (const address of wanted.balanced)
    if (!given.has(address)) yield says(`is not balanced to ${address}, where it runs`);
}
