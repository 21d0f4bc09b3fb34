/**
 * NetworkDB of one node: membership over SWIM, tables per network by gossip and bulk sync, all over port 7946.
 * Source: `moby: daemon/libnetwork/networkdb/cluster.go, networkdb.go, delegate.go, event_delegate.go`.
 *
 * A node knows of a change only when it has heard of it. Gossip ticks run only while there is something to tell; probes once a
 * second, each one packet and its answer. The rows of a node that has failed are hidden, and are there again when it returns;
 * those of a node that has left are gone.
 *
 * Packets carry the tag of the key that they are encrypted with: who has no such key cannot read them, and drops them.
 *
 * Simplified: memberlist's and NetworkDB's own node events are one.
 */
import type { EventId, Micros } from '../../../protocol/events.ts';
import type { Envelope, Hardware } from '../../hardware/hardware.ts';
import { hexId } from '../../kernel/ids.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { initialMembership, isThere, type Member, Membership, type MembershipState } from './membership.ts';
import {
  type EndpointRecord,
  GOSSIP,
  GOSSIP_PORT,
  type GossipKind,
  type GossipMessages,
  type PeerRecord,
  type TableEntry,
} from './messages.ts';
import {
  dropEntry,
  emptyTable,
  isQuiet,
  keyOf,
  listOf,
  type NetworkTable,
  putEntry,
  takeRows,
  tell,
} from './tables.ts';

export interface NetworkDbState {
  membership: MembershipState;
  tables: Map<string, NetworkTable>;
  /** Own tombstones of networks that this node has left: whoever missed the leaving hears of them if it comes back. */
  departed: Map<string, NetworkTable>;
  /** Lamport clocks of rows and of networks joined and left. */
  tableClock: number;
  networkClock: number;
  /** Number of the last probe, and the one under way. */
  seq: number;
  probe: { seq: number; target: string; timer: number } | null;
  /** Pings made for others: whom to tell of the answer. */
  forwarded: Map<number, { seq: number; asker: string }>;
  /** Where this node's ticks fall within the interval. */
  phase: Micros;
  ticking: boolean;
  reaping: boolean;
  /** Tags of the keys it can read, and of the one it writes with; 0: none yet. */
  keyring: readonly number[];
  primaryKey: number;
  /** Machines and keys of which it has been told that packets cannot be read. */
  unreadable: Set<string>;
}

/** What a timer of this module carries. */
export interface GossipTimer {
  readonly machine: string;
  readonly name?: string;
  readonly incarnation?: number;
  readonly seq?: number;
}

/** Kinds of the timers of this module. */
export const GOSSIP_EVENTS = [
  'gossip.tick',
  'gossip.probe',
  'gossip.probe-timeout',
  'gossip.suspicion',
  'gossip.sync',
  'gossip.rejoin',
  'gossip.reap',
];

/** What the node is told. */
export interface NetworkDbHost {
  /** Addresses of the managers: where to look for others. */
  bootstrap(): readonly string[];
  /** What is known of a member is something else now. */
  memberChanged?(): void;
  /** A row can be seen from now on (or is another one), or no more. `old` is what was seen before. */
  rowChanged(network: string, row: TableEntry, visible: boolean, old: TableEntry | null): void;
}

export function initialNetworkDb(): NetworkDbState {
  return {
    membership: initialMembership(),
    tables: new Map(),
    departed: new Map(),
    tableClock: 0,
    networkClock: 0,
    seq: 0,
    probe: null,
    forwarded: new Map(),
    phase: 0,
    ticking: false,
    reaping: false,
    keyring: [],
    primaryKey: 0,
    unreadable: new Set(),
  };
}

export class NetworkDb {
  readonly state: NetworkDbState;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly machine: string;
  private readonly host: NetworkDbHost;
  private membership: Membership;

  constructor(kernel: Kernel, hardware: Hardware, machine: string, state: NetworkDbState, host: NetworkDbHost) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.host = host;
    this.membership = this.makeMembership();
  }

  private makeMembership(): Membership {
    const { kernel } = this;
    return new Membership(this.state.membership, {
      get now(): Micros {
        return kernel.now;
      },
      get cause(): EventId {
        return kernel.cause;
      },
      stateChanged: (member, before) => this.memberChanged(member, before),
      networkChanged: (member, network, left) => this.memberNetworkChanged(member, network, left),
      startSuspicion: (delay, name, incarnation) => this.schedule(delay, 'gossip.suspicion', { name, incarnation }),
      cancel: (handle) => kernel.cancel(handle),
      queued: () => this.wake(),
    });
  }

  private get owner(): string {
    return `${this.machine}/gossip`;
  }

  get isRunning(): boolean {
    return this.state.membership.name !== '';
  }

  /** This node's name among its peers: 12 hex digits. */
  get name(): string {
    return this.state.membership.name;
  }

  members(): Iterable<Member> {
    return this.state.membership.members.values();
  }

  // ---- beginning and end

  /** Takes part: looks for the others at the managers' addresses. */
  start(): void {
    if (this.isRunning) return;
    const dice = this.kernel.random('gossip');
    this.state.phase = dice.int(GOSSIP.gossipInterval);
    this.membership.begin(hexId(dice, 12), this.machine, this.hardware.machine(this.machine).address);
    this.bootstrap();
    this.schedule(dice.int(GOSSIP.probeInterval), 'gossip.probe', {});
    this.schedule(GOSSIP.syncInterval + dice.int(GOSSIP.probeInterval), 'gossip.sync', {});
    this.schedule(GOSSIP.rejoinInterval, 'gossip.rejoin', {});
  }

  /** Leaves in good order: tells some peers at once, who tell the rest. */
  leave(): void {
    if (!this.isRunning) return;
    const update = { what: this.membership.leave(), cause: this.kernel.cause };
    for (const peer of this.pick(this.membership.peers(), 2 * GOSSIP.gossipNodes))
      this.send(peer.machine, 'gossip.updates', { updates: [update] }, 'udp');
    this.halt();
  }

  /** The daemon stops: all this was in memory. */
  halt(): void {
    this.kernel.endLife(this.owner);
    Object.assign(this.state, initialNetworkDb());
    this.membership = this.makeMembership();
  }

  /** Keys by their tags; `primary` is the one to write with. */
  setKeys(keyring: readonly number[], primary: number): void {
    this.state.keyring = keyring;
    this.state.primaryKey = primary;
    this.state.unreadable.clear();
  }

  // ---- networks and rows of this node

  has(network: string): boolean {
    return this.state.tables.has(network);
  }

  /** Takes part in a network: tells everybody, and gets the tables from all who are in it. */
  join(network: string): void {
    if (!this.isRunning || this.has(network)) return;
    this.state.tables.set(network, this.state.departed.get(network) ?? emptyTable(network));
    this.state.departed.delete(network);
    this.membership.announceNetwork(network, ++this.state.networkClock, false);
    this.bulkSync(this.peersOf(network), [network]);
  }

  /** Takes part no more: own rows are gone with this, nobody else's are kept. */
  quit(network: string): void {
    const table = this.state.tables.get(network);
    if (!table) return;
    this.state.tables.delete(network);
    this.keepTombstones(table);
    this.membership.announceNetwork(network, ++this.state.networkClock, true);
  }

  private keepTombstones(table: NetworkTable): void {
    const kept = emptyTable(table.network);
    for (const entry of table.entries.values()) {
      if (entry.node !== this.name) continue;
      putEntry(
        kept,
        entry.deleted ? entry : { ...entry, ltime: ++this.state.tableClock, deleted: true },
        this.kernel.now,
      );
    }
    if (kept.entries.size === 0) return;
    this.state.departed.set(table.network, kept);
    this.reapLater();
  }

  putEndpoint(network: string, key: string, value: EndpointRecord): void {
    this.put(network, { ...this.head(key), table: 'endpoint_table', deleted: false, value });
  }

  putPeer(network: string, key: string, value: PeerRecord): void {
    this.put(network, { ...this.head(key), table: 'overlay_peer_table', deleted: false, value });
  }

  /** Deletes a row of this node's. */
  remove(network: string, name: TableEntry['table'], key: string): void {
    const known = this.state.tables.get(network)?.entries.get(`${name}/${key}`);
    if (known && !known.deleted) this.put(network, { ...known, ltime: ++this.state.tableClock, deleted: true });
  }

  private head(key: string): { key: string; node: string; ltime: number } {
    return { key, node: this.name, ltime: ++this.state.tableClock };
  }

  private put(network: string, entry: TableEntry): void {
    const table = this.state.tables.get(network);
    if (!table) return;
    this.take(table, entry);
    tell(table, entry, this.kernel.cause, true, this.peersOf(network).length);
    this.wake();
  }

  /** The rows of a network that can be seen here. */
  *rows(network: string): Generator<TableEntry> {
    const table = this.state.tables.get(network);
    if (!table) return;
    for (const entry of table.entries.values()) if (this.isVisible(network, entry)) yield entry;
  }

  /** One row, if it can be seen here. */
  row(network: string, name: TableEntry['table'], key: string): TableEntry | null {
    const entry = this.state.tables.get(network)?.entries.get(`${name}/${key}`);
    return entry && this.isVisible(network, entry) ? entry : null;
  }

  /** Members that are there and take part in a network, this node not counted. */
  peersOf(network: string): Member[] {
    return this.membership.peers().filter((member) => member.networks.get(network)?.left === false);
  }

  private isVisible(network: string, entry: TableEntry): boolean {
    if (entry.deleted) return false;
    const owner = this.state.membership.members.get(entry.node);
    return owner !== undefined && isThere(owner) && owner.networks.get(network)?.left !== true;
  }

  /** Takes a row if it is news; the node is told if what can be seen has changed. Returns whether it was news. */
  private take(table: NetworkTable, entry: TableEntry): boolean {
    const owner = this.state.membership.members.get(entry.node);
    if (owner?.state === 'left' || owner?.networks.get(table.network)?.left) return false;
    const key = keyOf(entry);
    const seen = this.row(table.network, entry.table, entry.key);
    if (putEntry(table, entry, this.kernel.now) === undefined) return false;
    this.state.tableClock = Math.max(this.state.tableClock, entry.ltime);
    if (entry.deleted) this.reapLater();
    const visible = this.isVisible(table.network, table.entries.get(key)!);
    if (visible || seen) this.host.rowChanged(table.network, entry, visible, seen);
    return true;
  }

  // ---- members

  private memberChanged(member: Member, before: Member['state'] | 'unknown'): EventId {
    this.host.memberChanged?.();
    const event = this.kernel.emit(
      `gossip.member.${member.state}`,
      this.machine,
      [`machine:${this.machine}`, `machine:${member.machine}`],
      { name: member.name, machine: member.machine, before },
    );
    const was = before === 'alive' || before === 'suspect';
    if (member.name === this.name || (was && isThere(member))) return event;
    this.kernel.because(event, () => {
      for (const table of this.state.tables.values()) this.ownerChanged(table, member, was);
    });
    return event;
  }

  /** A node is believed gone, or is there again: its rows go and come with it. */
  private ownerChanged(table: NetworkTable, member: Member, was: boolean): void {
    for (const [key, entry] of [...table.entries]) {
      if (entry.node !== member.name || entry.deleted) continue;
      if (member.state === 'left') dropEntry(table, key);
      if (member.networks.get(table.network)?.left === true) continue;
      if (was) this.host.rowChanged(table.network, entry, false, entry);
      else if (isThere(member)) this.host.rowChanged(table.network, entry, true, null);
    }
  }

  private memberNetworkChanged(member: Member, network: string, left: boolean): void {
    const table = this.state.tables.get(network);
    if (!table || member.name === this.name) return;
    for (const [key, entry] of [...table.entries]) {
      if (entry.node !== member.name) continue;
      if (left) {
        dropEntry(table, key);
        if (!entry.deleted && isThere(member)) this.host.rowChanged(network, entry, false, entry);
      }
    }
  }

  private bootstrap(): void {
    const own = this.hardware.machine(this.machine).address;
    for (const address of this.host.bootstrap()) {
      const other = address === own ? undefined : this.hardware.machineAt(address);
      if (other) this.pushPull(other.name, true);
    }
  }

  // ---- ticks

  /** A timer of this module. */
  event(kind: string, data: GossipTimer): void {
    switch (kind) {
      case 'gossip.tick':
        return this.tick();
      case 'gossip.probe':
        return this.probe();
      case 'gossip.probe-timeout':
        return this.probeTimedOut(data.seq!);
      case 'gossip.suspicion':
        return this.membership.suspicionOver(data.name!, data.incarnation!);
      case 'gossip.sync':
        return this.sync();
      case 'gossip.rejoin':
        return this.rejoin();
      case 'gossip.reap':
        return this.reap();
    }
  }

  /** Something is to be told: the next tick of the interval will. */
  private wake(): void {
    if (this.state.ticking || !this.isRunning) return;
    this.state.ticking = true;
    const { gossipInterval } = GOSSIP;
    const past = (this.kernel.now + gossipInterval - this.state.phase) % gossipInterval;
    this.schedule(gossipInterval - past, 'gossip.tick', {});
  }

  private tick(): void {
    this.state.ticking = false;
    const peers = this.membership.peers();
    if (peers.length === 0) {
      // Nobody to tell: whoever comes gets everything by a sync.
      this.state.membership.queue.length = 0;
    }
    for (const peer of this.pick(peers, GOSSIP.gossipNodes)) {
      const updates = this.membership.takeBroadcasts(GOSSIP.updatesPerPacket);
      if (updates.length > 0) this.send(peer.machine, 'gossip.updates', { updates }, 'udp');
    }
    let busy = this.state.membership.queue.length > 0;
    for (const table of this.state.tables.values()) {
      if (isQuiet(table)) continue;
      const chosen = this.pick(this.peersOf(table.network), GOSSIP.gossipNodes);
      const entries = takeRows(table);
      for (const peer of chosen)
        this.send(peer.machine, 'gossip.table', { network: table.network, from: this.name, entries }, 'udp');
      busy ||= !isQuiet(table);
    }
    if (busy) this.wake();
  }

  private probe(): void {
    this.schedule(GOSSIP.probeInterval, 'gossip.probe', {});
    const { probe } = this.state;
    if (probe) {
      this.state.probe = null;
      this.membership.probeFailed(probe.target);
    }
    this.reconnect();
    const member = this.membership.nextToProbe((names) => this.shuffle(names));
    if (!member) return;
    const seq = ++this.state.seq;
    const timer = this.schedule(GOSSIP.probeTimeout, 'gossip.probe-timeout', { seq });
    this.state.probe = { seq, target: member.name, timer };
    this.ping(member, seq, 'udp');
  }

  private ping(member: Member, seq: number, protocol: 'tcp' | 'udp'): void {
    const updates = this.membership.takeBroadcasts(GOSSIP.updatesPerPacket);
    // A suspect is told of the suspicion, so that it can speak for itself.
    if (member.state === 'suspect')
      updates.push({
        what: { type: 'suspect', name: member.name, incarnation: member.incarnation, from: this.name },
        cause: this.kernel.cause,
      });
    this.send(member.machine, 'gossip.ping', { seq, target: member.name, updates }, protocol);
  }

  /** No answer in time: others are asked to try, and TCP is tried. */
  private probeTimedOut(seq: number): void {
    const { probe } = this.state;
    if (probe?.seq !== seq) return;
    const target = this.state.membership.members.get(probe.target);
    if (!target) return;
    const others = this.membership.peers().filter(({ name }) => name !== target.name);
    for (const peer of this.pick(others, GOSSIP.indirectProbes))
      this.send(peer.machine, 'gossip.ping-req', { seq, target: target.name }, 'udp');
    this.ping(target, seq, 'tcp');
  }

  /** Each second one of the failed nodes is looked for. `cluster.go reconnectNode` */
  private reconnect(): void {
    const failed: Member[] = [];
    for (const member of this.members()) if (member.state === 'failed') failed.push(member);
    if (failed.length === 0) return;
    this.membership.forget(this.kernel.now - GOSSIP.reapNode);
    this.pushPull(this.pick(failed, 1)[0]!.machine, true);
  }

  /** Every 30 s: members with one random peer; each network's tables with one random peer of it. */
  private sync(): void {
    const size = this.membership.size();
    const scale = size > 32 ? Math.ceil(Math.log2(size) - 5) + 1 : 1;
    this.schedule(GOSSIP.syncInterval, 'gossip.sync', {});
    const [peer] = this.pick(this.membership.peers(), 1);
    if (peer && this.kernel.random('gossip').int(scale) === 0) this.pushPull(peer.machine, false);
    const left = new Set(this.state.tables.keys());
    for (const network of this.state.tables.keys()) {
      if (!left.has(network)) continue;
      const [chosen] = this.pick(this.peersOf(network), 1);
      if (!chosen) continue;
      const common = [...left].filter((id) => chosen.networks.get(id)?.left === false);
      for (const id of common) left.delete(id);
      this.bulkSync([chosen], common);
    }
  }

  /** Every minute: if none of the managers is a member here, look for them again. */
  private rejoin(): void {
    this.schedule(GOSSIP.rejoinInterval, 'gossip.rejoin', {});
    const addresses = new Set(this.host.bootstrap());
    const own = this.hardware.machine(this.machine).address;
    if ([...addresses].every((address) => address === own)) return;
    for (const member of this.membership.peers()) if (addresses.has(member.address)) return;
    this.bootstrap();
  }

  private reapLater(): void {
    if (this.state.reaping) return;
    this.state.reaping = true;
    this.schedule(GOSSIP.reapEntry, 'gossip.reap', {});
  }

  private reap(): void {
    this.state.reaping = false;
    for (const [network, table] of [...this.state.departed]) {
      for (const [key, at] of [...table.reapAt]) if (at <= this.kernel.now) dropEntry(table, key);
      if (table.entries.size === 0) this.state.departed.delete(network);
      else this.reapLater();
    }
    for (const table of this.state.tables.values()) {
      for (const [key, at] of [...table.reapAt]) if (at <= this.kernel.now) dropEntry(table, key);
      if (table.reapAt.size > 0) this.reapLater();
    }
  }

  // ---- messages

  receive(envelope: Envelope): void {
    if (!this.isRunning || !this.canRead(envelope)) return;
    switch (envelope.kind as GossipKind) {
      case 'gossip.ping':
        return this.pinged(envelope);
      case 'gossip.ack':
        return this.acknowledged(envelope.payload as GossipMessages['gossip.ack']);
      case 'gossip.ping-req':
        return this.askedToPing(envelope);
      case 'gossip.updates':
        return this.takeUpdates((envelope.payload as GossipMessages['gossip.updates']).updates);
      case 'gossip.table':
        return this.takeTable(envelope.payload as GossipMessages['gossip.table']);
      case 'gossip.push-pull':
        return this.takeMembers(envelope);
      case 'gossip.bulk-sync':
        return this.takeSync(envelope);
    }
  }

  /** `memberlist: security.go decryptPayload`: "No installed keys could decrypt the message". */
  private canRead({ from, payload }: Envelope): boolean {
    const { key } = payload as { key?: number };
    const { keyring, unreadable } = this.state;
    if (key === undefined || keyring.length === 0 || keyring.includes(key)) return true;
    if (!unreadable.has(`${from} ${key}`)) {
      unreadable.add(`${from} ${key}`);
      const objects: `machine:${string}`[] = [`machine:${this.machine}`, `machine:${from}`];
      this.kernel.emit('gossip.unreadable', this.machine, objects, { from, key, keyring });
    }
    return false;
  }

  private pinged(envelope: Envelope): void {
    const { seq, target, updates } = envelope.payload as GossipMessages['gossip.ping'];
    // An earlier life of this daemon was meant.
    if (target !== this.name) return;
    this.takeUpdates(updates);
    const reply = this.membership.takeBroadcasts(GOSSIP.updatesPerPacket);
    this.send(envelope.from, 'gossip.ack', { seq, updates: reply }, envelope.protocol);
  }

  private acknowledged({ seq, updates }: GossipMessages['gossip.ack']): void {
    this.takeUpdates(updates);
    const { probe, forwarded } = this.state;
    const asked = forwarded.get(seq);
    if (asked) {
      forwarded.delete(seq);
      this.send(asked.asker, 'gossip.ack', { seq: asked.seq, updates: [] }, 'udp');
    }
    if (probe?.seq !== seq) return;
    this.kernel.cancel(probe.timer);
    this.state.probe = null;
  }

  private askedToPing(envelope: Envelope): void {
    const { seq, target } = envelope.payload as GossipMessages['gossip.ping-req'];
    const member = this.state.membership.members.get(target);
    if (!member) return;
    const own = ++this.state.seq;
    const { forwarded } = this.state;
    forwarded.set(own, { seq, asker: envelope.from });
    if (forwarded.size > 64) forwarded.delete(forwarded.keys().next().value!);
    this.ping(member, own, 'udp');
  }

  private takeUpdates(updates: GossipMessages['gossip.updates']['updates']): void {
    for (const { what, cause } of updates) this.kernel.because(cause, () => this.membership.apply(what));
  }

  private takeTable({ network, entries }: GossipMessages['gossip.table']): void {
    const table = this.state.tables.get(network);
    if (!table) return;
    for (const { what, cause } of entries) this.kernel.because(cause, () => this.takeAndPassOn(table, what));
  }

  private takeAndPassOn(table: NetworkTable, entry: TableEntry): void {
    if (entry.node === this.name || !this.take(table, entry)) return;
    tell(table, entry, this.kernel.cause, false, this.peersOf(table.network).length);
    this.wake();
  }

  private pushPull(machine: string, join: boolean): void {
    this.send(
      machine,
      'gossip.push-pull',
      { from: this.name, join, answer: false, members: this.membership.dump() },
      'tcp',
    );
  }

  private takeMembers(envelope: Envelope): void {
    const { from, join, answer, members } = envelope.payload as GossipMessages['gossip.push-pull'];
    this.membership.merge(members);
    if (!answer) {
      const dump = this.membership.dump();
      this.send(envelope.from, 'gossip.push-pull', { from: this.name, join, answer: true, members: dump }, 'tcp');
    } else if (join) {
      const peer = this.state.membership.members.get(from);
      // Simplified: memberlist joins before networks are joined; here whoever answers first brings the tables along.
      if (peer) this.syncAll();
    }
  }

  /** Gets the tables of all own networks from all who are in them. */
  private syncAll(): void {
    const wanted = new Map<Member, string[]>();
    for (const network of this.state.tables.keys())
      for (const peer of this.pick(this.peersOf(network), GOSSIP.gossipNodes))
        wanted.set(peer, [...(wanted.get(peer) ?? []), network]);
    for (const [peer, networks] of wanted) this.bulkSync([peer], networks);
  }

  private bulkSync(peers: readonly Member[], networks: readonly string[]): void {
    if (networks.length === 0) return;
    for (const peer of peers)
      this.send(
        peer.machine,
        'gossip.bulk-sync',
        { from: this.name, answer: false, networks: this.contents(networks) },
        'tcp',
      );
  }

  private contents(networks: readonly string[]): GossipMessages['gossip.bulk-sync']['networks'] {
    return networks.flatMap((network) => {
      const table = this.state.tables.get(network);
      return table ? [{ network, digest: table.digest, entries: listOf(table) }] : [];
    });
  }

  private takeSync(envelope: Envelope): void {
    const { answer, networks } = envelope.payload as GossipMessages['gossip.bulk-sync'];
    if (!answer) {
      const contents = this.contents(networks.map(({ network }) => network));
      this.send(envelope.from, 'gossip.bulk-sync', { from: this.name, answer: true, networks: contents }, 'tcp');
    }
    for (const { network, digest, entries } of networks) {
      const table = this.state.tables.get(network);
      // Equal digests: there is nothing to be learned.
      if (!table || table.digest === digest) continue;
      for (const entry of entries) this.takeAndPassOn(table, entry);
    }
  }

  // ---- inside

  private send<K extends GossipKind>(to: string, kind: K, payload: GossipMessages[K], protocol: 'tcp' | 'udp'): void {
    this.hardware.send({
      from: this.machine,
      to,
      port: GOSSIP_PORT,
      protocol,
      kind,
      payload: this.state.primaryKey === 0 ? payload : { ...payload, key: this.state.primaryKey },
      quiet: true,
      dice: 'gossip-wires',
    });
  }

  /** Some of the members, at random. */
  private pick(members: readonly Member[], count: number): Member[] {
    if (members.length <= count) return [...members];
    const dice = this.kernel.random('gossip');
    const chosen = [...members];
    for (let i = 0; i < count; i++) {
      const j = i + dice.int(chosen.length - i);
      [chosen[i], chosen[j]] = [chosen[j]!, chosen[i]!];
    }
    return chosen.slice(0, count);
  }

  private shuffle(names: string[]): void {
    const dice = this.kernel.random('gossip');
    for (let i = names.length - 1; i > 0; i--) {
      const j = dice.int(i + 1);
      [names[i], names[j]] = [names[j]!, names[i]!];
    }
  }

  private schedule(delay: Micros, kind: string, data: Readonly<Record<string, unknown>>): number {
    return this.kernel.schedule(delay, kind, this.owner, { machine: this.machine, ...data });
  }
}
