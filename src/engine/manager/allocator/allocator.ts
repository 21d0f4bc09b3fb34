/**
 * The allocator: subnets and VNIs of networks, virtual IPs and published ports of services, addresses of tasks, and a
 * load-balancer address per node and network. Source: `swarmkit: manager/allocator/network.go`.
 *
 * A task leaves NEW for PENDING once its service and its own addresses are allocated. What cannot be had now is tried again
 * when something was freed, or at the first commit more than five minutes later.
 *
 * The books (who owns what) follow from the store: they are read from it when first needed and then follow each commit, so
 * no address in use is ever given. Owners: VIPs of services, tasks up to RUNNING, attachments of nodes, gateways.
 */
import type { EventId, Micros, ObjectRef } from '../../../protocol/events.ts';
import { seconds } from '../../kernel/time.ts';
import type {
  Endpoint,
  IpamConfig,
  Network,
  NetworkAttachment,
  Node,
  Service,
  StoreObject,
  Task,
} from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import type { StoreEvent, StoreReader, Transaction } from '../../store/store.ts';
import { same } from '../orchestrator/same.ts';
import { CHANGES_PER_TURN } from '../orchestrator/service.ts';
import { DEFAULT_ENDPOINT, isTerminal, taskRefs } from '../orchestrator/task.ts';
import type { LeaderContext, Subsystem } from '../subsystem.ts';
import {
  AddressBook,
  type Cursors,
  formatAddress,
  freeSubnet,
  overlaps,
  parseSubnet,
  type Subnet,
} from './address-book.ts';
import { PortBook, type PortCursors, portsAllocated } from './port-book.ts';

const RETRY_INTERVAL: Micros = seconds(5 * 60);
const FIRST_VNI = 4096;
const LAST_VNI = 2 ** 24 - 1;
/** Pools and subnet size of a cluster that was given none. `moby: daemon/libnetwork/ipamutils/utils.go` */
const DEFAULT_POOLS = ['10.0.0.0/8'];
const DEFAULT_SUBNET_SIZE = 24;

type Allocated = 'network' | 'node' | 'service' | 'task';
/** Order of work in a turn: a task needs its service, which needs its networks. */
const ORDER: readonly Allocated[] = ['network', 'node', 'service', 'task'];

export interface AllocatorState {
  cursors: Cursors;
  portCursors: PortCursors;
  /** Last VNI given. */
  vniCursor: number;
  /** What is to be looked at in the next turn, with the event that asks for it. */
  dirty: Record<Allocated, Map<string, EventId>>;
  /** What could not be had. */
  waiting: Record<Allocated, Map<string, EventId>>;
  /** Something was freed since the last try. */
  freed: boolean;
  lastRetry: Micros;
}

interface Books {
  readonly addresses: AddressBook;
  readonly ports: PortBook;
}

export class Allocator implements Subsystem<AllocatorState> {
  readonly name = 'allocator';
  readonly state: AllocatorState;
  private readonly context: LeaderContext;
  private builtBooks: Books | null = null;

  constructor(context: LeaderContext, state?: AllocatorState) {
    this.context = context;
    this.state = state ?? {
      cursors: new Map(),
      portCursors: { tcp: 0, udp: 0, sctp: 0 },
      vniCursor: FIRST_VNI - 1,
      dirty: nothing(),
      waiting: nothing(),
      freed: false,
      lastRetry: context.now,
    };
  }

  start(): void {
    const { dirty } = this.state;
    const { store, cause } = this.context;
    for (const { id } of ingressFirst(store.all('network'))) dirty.network.set(id, cause);
    for (const { id } of store.all('node')) dirty.node.set(id, cause);
    for (const { id } of store.all('service')) dirty.service.set(id, cause);
    for (const task of store.all('task')) if (task.status.state === TaskState.new) dirty.task.set(task.id, cause);
    this.context.requestWrite(this.name);
  }

  onCommit(events: readonly StoreEvent[]): void {
    const { state, context } = this;
    for (const event of events) {
      this.follow(event);
      this.mark(event);
    }
    if (state.freed || context.now - state.lastRetry > RETRY_INTERVAL) this.retryWaiting();
    if (ORDER.some((kind) => state.dirty[kind].size > 0)) context.requestWrite(this.name);
  }

  write(transaction: Transaction): void {
    // Each returns why it has to wait, or null.
    const work: Record<Allocated, (id: string, cause: EventId) => string | null> = {
      network: (id, cause) => this.allocateNetwork(transaction, id, cause),
      node: (id, cause) => this.allocateNode(transaction, id, cause),
      service: (id, cause) => this.allocateService(transaction, id, cause),
      task: (id, cause) => this.allocateTask(transaction, id, cause),
    };
    const { dirty, waiting } = this.state;
    for (const kind of ORDER) {
      for (const [id, cause] of dirty[kind]) {
        if (transaction.size >= CHANGES_PER_TURN) {
          this.context.requestWrite(this.name);
          return;
        }
        dirty[kind].delete(id);
        const waited = waiting[kind].delete(id);
        const why = work[kind](id, cause);
        if (why === null) continue;
        waiting[kind].set(id, cause);
        if (!waited) this.context.emit('allocator.waiting', [`${kind}:${id}`], { why }, cause);
      }
    }
  }

  // ---- what is to be done

  private mark({ action, kind, id, object, old }: StoreEvent): void {
    const { dirty, waiting } = this.state;
    const { cause } = this.context;
    if (action === 'remove') {
      if (kind in dirty) {
        dirty[kind as Allocated].delete(id);
        waiting[kind as Allocated].delete(id);
      }
      if (kind === 'network') this.removeAttachments(id);
    } else if (kind === 'network') {
      if ((object as Network).allocated === null) dirty.network.set(id, cause);
      else if (old === undefined || (old as Network).allocated === null) this.networkReady(object as Network);
    } else if (kind === 'service') {
      if (!this.isServiceAllocated(this.context.store, object as Service)) dirty.service.set(id, cause);
    } else if (kind === 'node') {
      if (!this.attachmentsFit(object as Node)) dirty.node.set(id, cause);
    }
    if (kind === 'task') this.markTask(object as Task, old as Task | undefined, action === 'remove');
  }

  private markTask(task: Task, old: Task | undefined, removed: boolean): void {
    const { dirty } = this.state;
    const { cause } = this.context;
    if (!removed && task.status.state === TaskState.new && old?.status.state !== TaskState.new)
      dirty.task.set(task.id, cause);
    const used = old !== undefined && old.nodeId !== '' && !isTerminal(old);
    const uses = !removed && task.nodeId !== '' && !isTerminal(task);
    // Its addresses may come after its node: global tasks have the one from the start.
    if (
      task.nodeId !== '' &&
      task.networks.length > 0 &&
      (used !== uses || old?.networks.length !== task.networks.length)
    )
      dirty.node.set(task.nodeId, cause);
  }

  /** A network that others wait for can be used. */
  private networkReady(network: Network): void {
    this.retryWaiting();
    if (network.spec.ingress)
      for (const { id } of this.context.store.all('node')) this.state.dirty.node.set(id, this.context.cause);
  }

  private removeAttachments(networkId: string): void {
    for (const node of this.context.store.all('node'))
      if (networkId in node.attachments) this.state.dirty.node.set(node.id, this.context.cause);
  }

  private retryWaiting(): void {
    const { state, context } = this;
    for (const kind of ORDER) for (const id of state.waiting[kind].keys()) state.dirty[kind].set(id, context.cause);
    state.freed = false;
    state.lastRetry = context.now;
  }

  // ---- books

  private get books(): Books {
    if (this.builtBooks) return this.builtBooks;
    const { store } = this.context;
    const books = { addresses: new AddressBook(), ports: new PortBook() };
    this.builtBooks = books;
    for (const network of store.all('network')) books.addresses.open(network);
    for (const kind of ['node', 'service', 'task'] as const) for (const object of store.all(kind)) enter(books, object);
    return books;
  }

  /** Keeps the books in step with a change of the store. */
  private follow({ action, object, old }: StoreEvent): void {
    const { books } = this;
    if (object.kind === 'network') {
      if (action !== 'remove') books.addresses.open(object);
      else {
        books.addresses.close(object.id);
        this.state.cursors.delete(object.id);
        this.state.freed = true;
      }
      return;
    }
    const keep = action === 'remove' ? undefined : object;
    if (old && strike(books, old) && !(keep && holdsSame(old, keep))) this.state.freed = true;
    if (keep) enter(books, keep);
  }

  // ---- networks

  private allocateNetwork(transaction: Transaction, id: string, cause: EventId): string | null {
    const network = transaction.get('network', id);
    if (!network || network.allocated) return null;
    if (isNodeLocal(network)) return this.commitNetwork(transaction, network, { configs: [], vni: null }, cause);
    if (network.spec.ingress && this.ingress(transaction)) return 'another ingress network is already present';
    const configs = this.subnetsFor(transaction, network);
    if (typeof configs === 'string') return configs;
    return this.commitNetwork(transaction, network, { configs, vni: this.nextVni(transaction) }, cause);
  }

  private commitNetwork(
    transaction: Transaction,
    network: Network,
    allocated: NonNullable<Network['allocated']>,
    cause: EventId,
  ): null {
    const updated = { ...network, allocated };
    transaction.update(updated);
    this.books.addresses.open(updated);
    const facts = {
      name: network.spec.annotations.name,
      subnet: allocated.configs[0]?.subnet ?? '',
      vni: allocated.vni,
    };
    this.context.begin('network.allocated', [`network:${network.id}`], facts, cause);
    return null;
  }

  /** The subnets of a network: those asked for, else the lowest free one. Or why there is none. */
  private subnetsFor(transaction: Transaction, network: Network): readonly IpamConfig[] | string {
    const used: Subnet[] = [];
    for (const other of transaction.all('network'))
      for (const config of other.allocated?.configs ?? []) used.push(parseSubnet(config.subnet));
    const wanted = network.spec.ipam?.configs ?? [];
    const configs: IpamConfig[] = [];
    for (const config of wanted.length > 0 ? wanted : [{ subnet: '', range: '', gateway: '' }]) {
      const subnet = config.subnet ? parseSubnet(config.subnet) : this.lowestFree(transaction, used);
      if (!subnet)
        return 'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network';
      if (used.some((other) => overlaps(other, subnet))) return 'Pool overlaps with other one on this address space';
      used.push(subnet);
      configs.push({
        subnet: `${formatAddress(subnet.base)}/${subnet.bits}`,
        range: config.range,
        gateway: config.gateway || formatAddress(subnet.base + 1),
      });
    }
    return configs;
  }

  private lowestFree(transaction: Transaction, used: readonly Subnet[]): Subnet | null {
    const [cluster] = transaction.all('cluster');
    const pools = cluster?.defaultAddressPool ?? [];
    return freeSubnet(pools.length > 0 ? pools : DEFAULT_POOLS, cluster?.subnetSize || DEFAULT_SUBNET_SIZE, used);
  }

  private nextVni(transaction: Transaction): number {
    const used = new Set<number | null>();
    for (const network of transaction.all('network')) used.add(network.allocated?.vni ?? null);
    let vni = this.state.vniCursor;
    do vni = vni >= LAST_VNI ? FIRST_VNI : vni + 1;
    while (used.has(vni));
    this.state.vniCursor = vni;
    return vni;
  }

  private ingress(reader: StoreReader): Network | undefined {
    for (const network of reader.all('network')) if (network.spec.ingress && network.allocated) return network;
    return undefined;
  }

  // ---- services

  private allocateService(transaction: Transaction, id: string, cause: EventId): string | null {
    const service = transaction.get('service', id);
    if (!service || this.isServiceAllocated(transaction, service)) return null;
    const endpoint = this.endpointFor(transaction, service);
    if (typeof endpoint === 'string') return endpoint;
    transaction.update({ ...service, endpoint });
    const facts = {
      name: service.spec.annotations.name,
      ports: endpoint.ports.map((port) => `${port.publishedPort}:${port.targetPort}/${port.protocol}`),
      addresses: endpoint.virtualIps.map(({ address }) => address),
    };
    this.context.begin('service.allocated', [`service:${id}`], facts, cause);
    for (const task of transaction.tasksOfService(id))
      if (this.state.waiting.task.has(task.id)) this.state.dirty.task.set(task.id, cause);
    return null;
  }

  private isServiceAllocated(reader: StoreReader, service: Service): boolean {
    const spec = service.spec.endpoint ?? DEFAULT_ENDPOINT;
    const { endpoint } = service;
    if (needsIngress(service) && !this.ingress(reader)) return false;
    const wanted = this.vipNetworks(reader, service);
    const given = endpoint?.virtualIps.map(({ networkId }) => networkId) ?? [];
    if (wanted.length !== given.length || !wanted.every((networkId) => given.includes(networkId))) return false;
    return portsAllocated(spec, endpoint) && (endpoint === null || same(endpoint.spec, spec));
  }

  /** Networks on which a service has a virtual IP: ingress if it publishes ports, and its own; none with dnsrr. */
  private vipNetworks(reader: StoreReader, service: Service): string[] {
    if (service.spec.endpoint?.mode === 'dnsrr') return [];
    const ingress = needsIngress(service) ? this.ingress(reader) : undefined;
    const own = service.spec.task.networks.map(({ target }) => target);
    return [...new Set(ingress ? [ingress.id, ...own] : own)];
  }

  /** What the service is to have, or why it cannot be had (then the books are as before). */
  private endpointFor(transaction: Transaction, service: Service): Endpoint | string {
    const { addresses, ports: portBook } = this.books;
    const spec = service.spec.endpoint ?? DEFAULT_ENDPOINT;
    const { endpoint: before } = service;
    if (needsIngress(service) && !this.ingress(transaction)) return 'ingress network is missing';
    const wanted = this.vipNetworks(transaction, service);
    const missing = wanted.find((networkId) => !addresses.has(networkId));
    if (missing) return `network ${missing} is not allocated yet`;
    const ports = portBook.allocate(spec, before, service.id, this.state.portCursors);
    if (!ports) return 'a published port is in use';
    const owner = vipOwner(service);
    const kept = (before?.virtualIps ?? []).filter(({ networkId }) => wanted.includes(networkId));
    const virtualIps = [...kept];
    for (const networkId of wanted) {
      if (kept.some((vip) => vip.networkId === networkId)) continue;
      const address = addresses.next(networkId, owner, this.state.cursors);
      if (address === null) {
        for (const vip of virtualIps.slice(kept.length)) addresses.release(vip.networkId, vip.address, owner);
        portBook.release(ports, service.id);
        portBook.claim(before?.ports ?? [], service.id);
        return 'could not find an available IP while allocating VIP';
      }
      virtualIps.push({ networkId, address });
    }
    for (const vip of before?.virtualIps ?? [])
      if (!wanted.includes(vip.networkId)) addresses.release(vip.networkId, vip.address, owner);
    return { spec, ports, virtualIps };
  }

  // ---- tasks

  private allocateTask(transaction: Transaction, id: string, cause: EventId): string | null {
    const task = transaction.get('task', id);
    if (task?.status.state !== TaskState.new) return null;
    const service = transaction.get('service', task.serviceId);
    if (!service && task.serviceId !== '') return null;
    if (service && !this.isServiceAllocated(transaction, service))
      return `service ${service.id} to which task ${id} belongs has pending allocations`;
    const networks = this.attach(transaction, task, service);
    if (typeof networks === 'string') return networks;
    const status = {
      ...task.status,
      state: TaskState.pending,
      message: 'pending task scheduling',
      timestamp: this.context.now,
    };
    transaction.update({ ...task, networks, endpoint: service?.endpoint ?? task.endpoint, status });
    const facts = {
      service: service?.spec.annotations.name ?? '',
      addresses: networks.flatMap(({ addresses }) => addresses),
    };
    this.context.begin('task.allocated', taskRefs(task), facts, cause);
    return null;
  }

  /** The task's attachments with an address on each network, or why not. */
  private attach(
    transaction: Transaction,
    task: Task,
    service: Service | undefined,
  ): readonly NetworkAttachment[] | string {
    const { addresses } = this.books;
    const ingress = service && needsIngress(service) ? this.ingress(transaction) : undefined;
    const own = task.spec.networks;
    const wanted = ingress ? [{ target: ingress.id, aliases: [], driverOptions: {} }, ...own] : own;
    const networks: NetworkAttachment[] = [];
    for (const { target, aliases, addresses: asked } of wanted) {
      if (!transaction.get('network', target)) continue;
      const address = addresses.has(target) ? this.addressFor(target, asked?.[0], taskOwner(task)) : undefined;
      if (typeof address !== 'string') {
        for (const given of networks)
          for (const used of given.addresses) addresses.release(given.networkId, used, taskOwner(task));
        return address === null
          ? 'could not find an available IP'
          : `network ${target} attached to task ${task.id} not allocated yet`;
      }
      networks.push({ networkId: target, addresses: address === '' ? [] : [address], aliases });
    }
    return networks;
  }

  /** The address that is asked for, else the next one; null if it cannot be had. */
  private addressFor(networkId: string, asked: string | undefined, owner: string): string | null {
    const { addresses } = this.books;
    return asked ? addresses.exactly(networkId, asked, owner) : addresses.next(networkId, owner, this.state.cursors);
  }

  // ---- nodes

  private allocateNode(transaction: Transaction, id: string, cause: EventId): string | null {
    const node = transaction.get('node', id);
    if (!node) return null;
    const { addresses } = this.books;
    const needed = this.networksOfNode(transaction, node);
    const attachments: Record<string, string> = {};
    let changed = false;
    let why: string | null = null;
    for (const networkId of needed) {
      const kept = node.attachments[networkId];
      const address = kept ?? addresses.next(networkId, nodeOwner(node), this.state.cursors);
      if (address === null) why = 'could not find an available IP';
      else attachments[networkId] = address;
      changed ||= kept === undefined && address !== null;
    }
    for (const [networkId, address] of Object.entries(node.attachments)) {
      if (networkId in attachments) continue;
      if (addresses.release(networkId, address, nodeOwner(node))) this.state.freed = true;
      changed = true;
    }
    if (!changed) return why;
    transaction.update({ ...node, attachments });
    this.context.begin('node.attached', [`node:${id}`], { addresses: Object.values(attachments) }, cause);
    return why;
  }

  /** Overlays on which a node needs a load-balancer address: ingress always, others while a task here is on them. */
  private networksOfNode(reader: StoreReader, node: Node): string[] {
    const wanted = new Set<string>();
    for (const task of reader.tasksOfNode(node.id)) {
      if (isTerminal(task)) continue;
      for (const { networkId, addresses } of task.networks) if (addresses.length > 0) wanted.add(networkId);
    }
    const ingress = this.ingress(reader);
    if (ingress) wanted.add(ingress.id);
    // In order of networks, not of assignment.
    return [...reader.all('network')]
      .map(({ id }) => id)
      .filter((id) => wanted.has(id) && this.books.addresses.has(id));
  }

  private attachmentsFit(node: Node): boolean {
    const needed = this.networksOfNode(this.context.store, node);
    return needed.length === Object.keys(node.attachments).length && needed.every((id) => id in node.attachments);
  }
}

function nothing(): Record<Allocated, Map<string, EventId>> {
  return { network: new Map(), node: new Map(), service: new Map(), task: new Map() };
}

/** Ingress is given its subnet before all others, so that it has the first one. */
function ingressFirst(networks: Iterable<Network>): Network[] {
  return [...networks].toSorted((a, b) => Number(b.spec.ingress) - Number(a.spec.ingress));
}

/** Only overlays have addresses given by the manager. */
function isNodeLocal(network: Network): boolean {
  return network.predefined || (network.spec.driver !== '' && network.spec.driver !== 'overlay');
}

/** Does the service use the routing mesh. */
function needsIngress(service: Service): boolean {
  return service.spec.endpoint?.ports.some((port) => port.publishMode === 'ingress') ?? false;
}

const vipOwner = (service: Service): string => `vip:${service.id}`;
const taskOwner = (task: Task): string => `task:${task.id}`;
const nodeOwner = (node: Node): string => `node:${node.id}`;

/** Every address that an object of the store holds: network, address, owner. */
function held(object: StoreObject): (readonly [networkId: string, address: string, owner: string])[] {
  switch (object.kind) {
    case 'service':
      return (object.endpoint?.virtualIps ?? []).map(
        ({ networkId, address }) => [networkId, address, vipOwner(object)] as const,
      );
    case 'node':
      return Object.entries(object.attachments).map(([id, address]) => [id, address, nodeOwner(object)] as const);
    case 'task':
      if (isTerminal(object) || object.networks.length === 0) return [];
      return object.networks.flatMap(({ networkId, addresses }) =>
        addresses.map((address) => [networkId, address, taskOwner(object)] as const),
      );
    default:
      return [];
  }
}

/** Does the newer version hold all that the older one held, as far as a glance tells. */
function holdsSame(old: StoreObject, object: StoreObject): boolean {
  const before: readonly ObjectRef[] = held(old).map(([id, address]) => `${id}:${address}` as const);
  const after = new Set<ObjectRef>(held(object).map(([id, address]) => `${id}:${address}` as const));
  const ports =
    old.kind === 'service' && object.kind === 'service' ? old.endpoint?.ports === object.endpoint?.ports : true;
  return ports && before.every((key) => after.has(key));
}

/** Enters an object's holdings into the books. */
function enter({ addresses, ports }: Books, object: StoreObject): void {
  for (const [networkId, address, owner] of held(object)) addresses.claim(networkId, address, owner);
  if (object.kind === 'service' && object.endpoint) ports.claim(object.endpoint.ports, object.id);
}

/** Strikes an object's holdings out. Returns whether there were any. */
function strike({ addresses, ports }: Books, object: StoreObject): boolean {
  let struck = false;
  for (const [networkId, address, owner] of held(object))
    struck = addresses.release(networkId, address, owner) || struck;
  if (object.kind === 'service' && object.endpoint) struck = ports.release(object.endpoint.ports, object.id) || struck;
  return struck;
}
