/**
 * N1, N2, N3: who holds which address and which published port, by the committed history alone. No address has two owners, all lie
 * in their network's subnet; no two services publish one port through the mesh; two running containers never share an
 * address or a host's port. `books` holds the allocator's own books against it.
 * Source: `docker network create --help` (subnet, gateway), `docker service create --help` (publish).
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Manager } from '../../engine/manager/manager.ts';
import type { Endpoint, Network, StoreObject } from '../../engine/store/objects.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import { isIn, numberOf } from './placement-rules.ts';
import { Violation } from './violation.ts';

const RUNNING = 512;

type Holding = readonly [network: string, address: string];

export class AddressChecker implements HistoryListener {
  private readonly cluster: Cluster;
  private readonly history: CommittedHistory;
  /** Owner by network and address. */
  private readonly owners = new Map<string, Map<number, string>>();
  /** Service by `tcp/80`. */
  private readonly publishers = new Map<string, string>();

  constructor(cluster: Cluster, history: CommittedHistory) {
    this.cluster = cluster;
    this.history = history;
  }

  /** What a write frees is free before what it gives is given. */
  after({ changes }: CommittedEntry): void {
    for (const { old } of changes) if (old) this.free(old);
    for (const { action, object } of changes) if (action !== 'remove') this.take(object);
  }

  private free(object: StoreObject): void {
    const owner = ownerName(object);
    for (const [network, address] of holdings(object)) {
      const book = this.owners.get(network);
      if (book?.get(numberOf(address)) === owner) book.delete(numberOf(address));
    }
    if (object.kind !== 'service') return;
    for (const port of published(object.endpoint))
      if (this.publishers.get(port) === object.id) this.publishers.delete(port);
  }

  private take(object: StoreObject): void {
    const owner = ownerName(object);
    for (const [network, address] of holdings(object)) this.takeAddress(network, address, owner);
    if (object.kind !== 'service') return;
    for (const port of published(object.endpoint)) {
      const other = this.publishers.get(port);
      if (other !== undefined && other !== object.id)
        throw new Violation('N2 ports', `port ${port} is published by services ${other} and ${object.id}`);
      this.publishers.set(port, object.id);
    }
  }

  private takeAddress(network: string, address: string, owner: string): void {
    let book = this.owners.get(network);
    if (!book) this.owners.set(network, (book = new Map()));
    const other = book.get(numberOf(address));
    if (other !== undefined && other !== owner)
      throw new Violation('N1 addresses', `${address} on ${network} is held by ${other} and ${owner}`);
    book.set(numberOf(address), owner);
    const allocated = this.history.tables.network.get(network)?.allocated;
    if (!allocated) return;
    if (!allocated.configs.some(({ subnet }) => isIn(address, subnet)))
      throw new Violation('N1 addresses', `${address} of ${owner} is in no subnet of its network`);
    for (const { subnet } of allocated.configs) {
      const [first, last] = boundsOf(subnet);
      if (numberOf(address) === first || numberOf(address) === last)
        throw new Violation('N1 addresses', `${address} of ${owner} is no host's address in ${subnet}`);
    }
  }

  /** N1 of networks: subnets do not overlap, VNIs are unique. */
  checkNetworks(): void {
    const all = [...this.history.tables.network.values()].filter(({ allocated }) => allocated?.vni != null);
    for (const [i, a] of all.entries())
      for (const b of all.slice(i + 1)) {
        if (a.allocated!.vni === b.allocated!.vni)
          throw new Violation('N1 addresses', `${nameOf(a)} and ${nameOf(b)} have one VNI`);
        for (const one of a.allocated!.configs)
          for (const other of b.allocated!.configs)
            if (isIn(one.subnet, other.subnet) || isIn(other.subnet, one.subnet))
              throw new Violation('N1 addresses', `the subnets of ${nameOf(a)} and ${nameOf(b)} overlap`);
      }
  }

  /**
   * N1 on the wire, for when there is time to look at everything: two containers that run with one address on one network. Those
   * of tasks that the managers have given up are not counted: on a node that nobody reaches they may run on while their
   * addresses are given again.
   */
  checkWire(): void {
    const holders = new Map<string, string>();
    for (const { name, network } of this.cluster.machines)
      for (const sandbox of network.state.sandboxes.values()) {
        const task = sandbox.task === null ? undefined : this.history.tables.task.get(sandbox.task);
        if (!task || task.status.state > RUNNING) continue;
        const held = sandbox.interfaces.flatMap((one) =>
          one.kind === 'overlay' ? [`${one.address} on ${one.networkName}`] : [],
        );
        for (const key of held) {
          const other = holders.get(key);
          if (other) throw new Violation('N1 addresses', `${key} is used by ${other} and ${sandbox.name} on ${name}`);
          holders.set(key, `${sandbox.name} on ${name}`);
        }
      }
  }

  /** N3: the allocator's books against the store: `network address owner`, and `tcp/80 service`. */
  books(): string[] {
    const lines: string[] = [];
    for (const [network, book] of this.owners)
      if (this.history.tables.network.has(network))
        for (const [address, owner] of book) lines.push(`${network} ${address} ${owner}`);
    for (const [port, service] of this.publishers) lines.push(`${port} ${service}`);
    return lines.sort();
  }
}

/** Every address that an object holds: virtual IPs, a node's load balancers, those of tasks that have not ended, gateways. */
function holdings(object: StoreObject): Holding[] {
  switch (object.kind) {
    case 'service':
      return (object.endpoint?.virtualIps ?? []).map(({ networkId, address }) => [networkId, address]);
    case 'node':
      return Object.entries(object.attachments);
    case 'task':
      if (object.status.state > RUNNING) return [];
      return object.networks.flatMap(({ networkId, addresses }) =>
        addresses.map((address): Holding => [networkId, address]),
      );
    case 'network':
      return (object.allocated?.configs ?? []).flatMap(({ gateway }): Holding[] =>
        gateway ? [[object.id, gateway]] : [],
      );
    default:
      return [];
  }
}

function ownerName({ kind, id }: StoreObject): string {
  return kind === 'network' ? 'gateway' : `${kind === 'service' ? 'vip' : kind}:${id}`;
}

function published(endpoint: Endpoint | null): string[] {
  return (endpoint?.ports ?? [])
    .filter(({ publishMode }) => publishMode === 'ingress')
    .map(({ protocol, publishedPort }) => `${protocol}/${publishedPort}`);
}

function boundsOf(subnet: string): [number, number] {
  const size = 2 ** (32 - Number(subnet.split('/')[1]));
  const first = Math.floor(numberOf(subnet) / size) * size;
  return [first, first + size - 1];
}

function nameOf({ spec }: Network): string {
  return `network ${spec.annotations.name}`;
}

/** As much of the allocator's memory as its books are. They are no part of its state, since they follow from the store. */
interface AllocatorMemory {
  readonly builtBooks: {
    readonly addresses: { readonly networks: ReadonlyMap<string, { readonly owners: ReadonlyMap<number, string> }> };
    readonly ports: { readonly owners: ReadonlyMap<string, string> };
  } | null;
}

/** The leader's allocator's own books, in the words of `AddressChecker.books`; null if it has not needed them yet. */
export function booksOf(manager: Manager): string[] | null {
  const memory = manager.subsystem('allocator') as unknown as AllocatorMemory | undefined;
  if (!memory?.builtBooks) return null;
  const lines: string[] = [];
  for (const [network, { owners }] of memory.builtBooks.addresses.networks)
    for (const [address, owner] of owners) lines.push(`${network} ${address} ${owner}`);
  for (const [port, service] of memory.builtBooks.ports.owners) lines.push(`${port} ${service}`);
  return lines.sort();
}
