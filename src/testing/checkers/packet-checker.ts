/**
 * Rules of packets, by the hops that watched requests leave behind. A load balancer chooses only whom its own node's tables show as
 * enabled and of the service that was asked for, so that a request reaches somebody who is not running and healthy only where
 * gossip had not yet told; a packet is delivered only to a container on the network that it was sent on, or by a port that
 * the container publishes; every request ends in an answer or in a drop with place and reason.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Sandbox } from '../../engine/network/node-state.ts';
import type { TraceEvent } from '../../protocol/events.ts';
import type { Hop } from '../../protocol/network-view.ts';
import type { CommittedHistory } from './committed-history.ts';
import { Violation } from './violation.ts';

/** What a balancer decided for a flow. */
interface Choice {
  readonly machine: string;
  readonly network: string;
  readonly service: string;
  readonly task: string | null;
}

/** Flows of programs give up after a minute, unless they say otherwise. */
const LONGEST_FLOW = 61_000_000;

export class PacketChecker {
  delivered = 0;
  private readonly cluster: Cluster;
  private readonly history: CommittedHistory;
  private readonly choices = new Map<number, Choice>();
  /** Ports through which a flow came in: `tcp/8080` as published. */
  private readonly doors = new Map<number, string>();
  private trouble: Violation | null = null;

  constructor(cluster: Cluster, history: CommittedHistory) {
    this.cluster = cluster;
    this.history = history;
    cluster.kernel.onEvent((event) => {
      // Told where it happens, thrown once the event is over: the engine must not see it.
      if (event.kind.startsWith('packet.')) this.trouble ??= this.look(event);
    });
  }

  /** To be called after every event. */
  observe(): void {
    if (this.trouble) throw this.trouble;
  }

  /** Requests that should have ended. */
  overdue(): Violation | null {
    for (const { id, state, askedAt, timeout } of this.cluster.fabric.state.flows.values())
      if (state !== 'held' && this.cluster.now - askedAt > Math.min(timeout, LONGEST_FLOW) + 1_000_000)
        return new Violation('requests end', `request ${id} has neither been answered nor dropped`);
    return null;
  }

  private look({ kind, data }: TraceEvent): Violation | null {
    if (kind === 'packet.hop') return this.hop(data as unknown as Hop);
    const { flow } = data as { flow: number };
    if (kind === 'packet.answered' || kind === 'packet.failed') {
      this.choices.delete(flow);
      this.doors.delete(flow);
    }
    if (kind !== 'packet.failed') return null;
    const { reason, where } = data as { reason: string; where?: string };
    return where
      ? null
      : new Violation('requests end', `request ${flow} has failed (${reason}), and it is not told where`);
  }

  private hop(hop: Hop): Violation | null {
    if (hop.way !== 'out') return null;
    if (hop.room === 'nat') this.doors.set(hop.flow, hop.before.dst.slice(hop.before.dst.lastIndexOf(':') + 1));
    if (hop.choice !== undefined) return this.chosen(hop, hop.choice);
    return hop.result === 'delivered' && hop.container ? this.arrived(hop, hop.container) : null;
  }

  // ---- balancers

  private chosen(hop: Hop, choice: string): Violation | null {
    const { machine, flow, candidates = [] } = hop;
    const path = [...this.cluster.fabric.state.walks.values()].find((walk) => walk.flow === flow && walk.path)?.path;
    const network = path?.network ?? '';
    const service = path?.service ?? '';
    for (const { endpoint, name, weight } of candidates) {
      const told = this.rowOf(machine, network, endpoint);
      const wrong = !told.known
        ? 'which its node has heard is gone'
        : told.service !== service
          ? 'which is of another service'
          : weight > 0 !== told.enabled
            ? `with weight ${weight}, its node has heard that it is ${told.enabled ? 'enabled' : 'disabled'}`
            : null;
      if (wrong)
        return new Violation('N4 balancers follow gossip', `${machine} balances a request to ${name}, ${wrong}`);
    }
    const own = this.rowOf(machine, network, choice);
    this.choices.set(flow, { machine, network, service, task: own.task });
    return null;
  }

  /** What a node has heard of an endpoint. */
  private rowOf(
    machine: string,
    network: string,
    endpoint: string,
  ): { known: boolean; enabled: boolean; service: string; task: string | null } {
    const { db } = this.cluster.machine(machine)!.network.state;
    const row = db.tables.get(network)?.entries.get(`endpoint_table/${endpoint}`);
    const owner = row && db.membership.members.get(row.node);
    const there = owner && (owner.state === 'alive' || owner.state === 'suspect') && !owner.networks.get(network)?.left;
    if (row?.table !== 'endpoint_table' || row.deleted || !there)
      return { known: false, enabled: false, service: '', task: null };
    return { known: true, enabled: !row.value.serviceDisabled, service: row.value.serviceId, task: row.value.task };
  }

  // ---- delivery

  private arrived({ flow, machine, container, before }: Hop, id: string): Violation | null {
    this.delivered++;
    const sandbox = this.cluster.machine(machine)?.network.state.sandboxes.get(id);
    if (!sandbox)
      return new Violation('packets reach containers', `a packet is delivered to ${container}, which has no network`);
    const [address, port] = [
      before.dst.slice(0, before.dst.lastIndexOf(':')),
      before.dst.slice(before.dst.lastIndexOf(':') + 1),
    ];
    return this.wrongNetwork(flow, sandbox, address, port) ?? this.wrongService(flow, sandbox);
  }

  /** A packet comes by a network that client and server share, or by a port that the server publishes. */
  private wrongNetwork(flow: number, sandbox: Sandbox, address: string, port: string): Violation | null {
    if (sandbox.host || address.startsWith('127.')) return null;
    const own = sandbox.interfaces.find((one) => one.address === address);
    const wrong = (what: string): Violation =>
      new Violation(
        'packets stay on their networks',
        `a packet for ${address}:${port} is delivered to ${sandbox.name}, ${what}`,
      );
    if (!own) return wrong('which does not have that address');
    const door = this.doors.get(flow);
    if (door !== undefined) {
      const open = [...sandbox.ingressPorts, ...sandbox.hostPorts].some(({ published }) => String(published) === door);
      return open ? null : wrong(`which does not publish port ${door}`);
    }
    const { origin } = this.cluster.fabric.state.flows.get(flow) ?? {};
    if (origin?.kind !== 'container') return own.kind === 'overlay' ? wrong('from outside of the overlay') : null;
    const client = this.cluster.machine(origin.machine)?.network.state.sandboxes.get(origin.container);
    if (!client || own.kind !== 'overlay' || client.interfaces.some(({ network }) => network === own.network))
      return null;
    return wrong(`from ${client.name}, which is not on ${own.networkName}`);
  }

  /** Who was chosen for a service is of the service, unless the address has another owner now and gossip had not told. */
  private wrongService(flow: number, sandbox: Sandbox): Violation | null {
    const choice = this.choices.get(flow);
    if (!choice || sandbox.task === choice.task) return null;
    const service =
      sandbox.task === null ? '' : (this.history.tables.task.get(sandbox.task)?.serviceId ?? sandbox.service?.id);
    const chosen = choice.task === null ? undefined : this.history.tables.task.get(choice.task);
    if (service === choice.service || chosen === undefined || chosen.status.state > 512) return null;
    return new Violation(
      'N4 requests reach their service',
      `a request to service ${choice.service} is delivered to ${sandbox.name}`,
    );
  }
}
