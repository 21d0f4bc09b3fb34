/**
 * A host's life in a swarm: init, join, leave, promotion and demotion; it owns the agent and, on managers, the manager.
 * `swarmkit: node/node.go`, `moby: daemon/cluster/noderunner.go`
 *
 * What survives a power cut is the identity on the disk (node id, role by certificate, raft id) and what agent and raft keep
 * there themselves. A node whose role changes waits half a second, renews its certificate, and starts or stops its manager.
 */
import type { Micros } from '../protocol/events.ts';
import type { TimingProfile } from '../protocol/start.ts';
import { Agent, type AgentState, forgetAgent, initialAgent } from './agent/agent.ts';
import type { Executor } from './agent/executor.ts';
import type { Outcome, SwarmInit, SwarmJoin } from './dockerd/host.ts';
import { diskSet } from './hardware/disk.ts';
import type { Envelope, Hardware } from './hardware/hardware.ts';
import { swarmId } from './kernel/ids.ts';
import type { Kernel } from './kernel/kernel.ts';
import { milliseconds, seconds } from './kernel/time.ts';
import type { ControlResult } from './manager/controlapi/control-request.ts';
import { initialManager, Manager, type ManagerState } from './manager/manager.ts';
import {
  type CertificateReply,
  type CertificateRequest,
  MANAGER_PORT,
  type ManagerMessages,
  type RaftJoinReply,
  type RemoteManager,
} from './manager/messages.ts';
import { forgetRaft, foundingMember, hostOf, joiningMember, returningMember } from './manager/raft-node.ts';
import type { Availability, Cluster, Node, NodeDescription, NodeRole } from './store/objects.ts';
import { initialStore, type StoreEvent, type StoreState } from './store/store.ts';

/** What a node keeps on its disk. */
export interface Identity {
  readonly nodeId: string;
  readonly role: NodeRole;
  /** `ip:port` */
  readonly advertise: string;
  /** Empty until the node has joined the raft group. */
  readonly raftId: string;
  readonly managers: readonly RemoteManager[];
  /** The swarm's root certificate; null where the manager's own store tells it. */
  readonly rootCa: Cluster['rootCa'] | null;
}

export interface SwarmNodeState {
  identity: Identity | null;
  localState: 'inactive' | 'pending' | 'active' | 'error' | 'locked';
  error: string;
  manager: ManagerState | null;
  agent: AgentState | null;
  /** An API call that waits for init or join to end. */
  pending: { kind: 'init' | 'join'; token: string } | null;
  /** A join whose certificate has not come yet. */
  joining: { addresses: readonly string[]; token: string; availability: Availability; advertise: string } | null;
  renewing: boolean;
  /** The manager's control API: not there, being set up, answering. */
  control: 'absent' | 'starting' | 'ready';
  attempt: number;
}

export interface SwarmNodeHost {
  describe(): NodeDescription;
  /** An init, join or leave has ended. */
  swarmDone(token: string, outcome: Outcome): void;
  controlDone(token: string, result: ControlResult): void;
  /** The node has become part of a swarm, or left it. */
  membershipChanged(member: boolean): void;
  /** The session has told (again) of this node and of the networks that it takes part in. */
  sessionChanged(): void;
  /** This host's manager has applied changes. */
  storeChanged(events: readonly StoreEvent[]): void;
  /** Containers of tasks go when the node leaves. */
  removeTaskContainers(): void;
  readonly executor: Executor;
  readonly profile: TimingProfile;
}

/** `moby: daemon/cluster/cluster.go swarmConnectTimeout` */
const JOIN_TIMEOUT: Micros = seconds(20);
const RETRY: Micros = seconds(1);
const REQUEST_TIMEOUT: Micros = seconds(5);
/** `swarmkit: node/node.go`: before a new certificate is asked for. */
const RENEWAL_PAUSE: Micros = milliseconds(500);
/** What stopping agent and manager takes. */
const LEAVE_TIME: Micros = milliseconds(800);
/** From a manager that knows the cluster to a control API that answers. Measured: joins of managers take 0.6 s. */
const CONTROL_START = { least: milliseconds(550), most: milliseconds(800) };
const DISK_KEY = 'swarm.identity';

const JOIN_TIMEOUT_TEXT =
  'Timeout was reached before node joined. The attempt to join the swarm will continue in the background. Use the "docker info" command to see the current swarm status of your node.';

export function initialSwarmNode(): SwarmNodeState {
  return {
    identity: null,
    localState: 'inactive',
    error: '',
    manager: null,
    agent: null,
    pending: null,
    joining: null,
    renewing: false,
    control: 'absent',
    attempt: 0,
  };
}

export class SwarmNode {
  readonly state: SwarmNodeState;
  manager: Manager | null = null;
  agent: Agent | null = null;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly machine: string;
  private readonly host: SwarmNodeHost;

  constructor(kernel: Kernel, hardware: Hardware, machine: string, state: SwarmNodeState, host: SwarmNodeHost) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.machine = machine;
    this.state = state;
    this.host = host;
    if (state.manager) this.manager = this.makeManager(state.manager);
    if (state.agent) this.agent = this.makeAgent(state.agent);
  }

  // ---- what the API asks for

  init(token: string, request: SwarmInit): void {
    const nodeId = swarmId(this.kernel.random('ids'));
    const raftId = swarmId(this.kernel.random('raft-ids'));
    const address = request.advertiseAddress;
    const managers = [{ nodeId, address }];
    this.state.localState = 'pending';
    this.state.pending = { kind: 'init', token };
    this.saveIdentity({ nodeId, role: 'manager', advertise: address, raftId, managers, rootCa: null });
    this.kernel.begin('swarm.init', this.machine, [`machine:${this.machine}`, `node:${nodeId}`], { address });
    const bootstrap = {
      nodeId,
      hostname: this.machine,
      address: hostOf(address),
      availability: request.availability,
      spec: request.spec,
      defaultAddressPool: request.defaultAddressPool,
      subnetSize: request.subnetSize,
      dataPathPort: request.dataPathPort,
    };
    const raft = foundingMember(raftId, nodeId, address, this.host.profile);
    this.startManager(initialManager(raft, initialStore(), bootstrap));
  }

  join(token: string, request: SwarmJoin): void {
    this.state.localState = 'pending';
    this.state.pending = { kind: 'join', token };
    this.state.joining = {
      addresses: request.remoteAddresses,
      token: request.token,
      availability: request.availability,
      advertise: request.advertiseAddress,
    };
    this.schedule(JOIN_TIMEOUT, 'swarm.join-timeout', { token });
    this.kernel.begin('swarm.join', this.machine, [`machine:${this.machine}`], { remotes: request.remoteAddresses });
    this.askCertificate();
  }

  leave(token: string): void {
    this.kernel.begin('swarm.leave', this.machine, [`machine:${this.machine}`], {});
    this.forget();
    this.host.removeTaskContainers();
    this.schedule(LEAVE_TIME, 'swarm.left', { token });
  }

  /** Drops everything of the swarm, on disk too. */
  private forget(): void {
    this.stopManager();
    this.stopAgent();
    this.kernel.endLife(`${this.machine}/swarm`);
    forgetAgent(this.hardware, this.machine);
    this.saveIdentity(null);
    Object.assign(this.state, initialSwarmNode());
    this.host.membershipChanged(false);
  }

  // ---- power

  /** The daemon starts: takes up what the disk has. */
  resume(): void {
    const { disk } = this.hardware.machine(this.machine);
    const identity = disk.durable[DISK_KEY] as Identity | undefined;
    Object.assign(this.state, initialSwarmNode());
    if (!identity) return;
    this.state.identity = identity;
    this.state.localState = 'active';
    if (identity.role === 'manager') {
      if (identity.raftId) {
        const { state, snapshot } = returningMember(disk.durable, {
          raftId: identity.raftId,
          nodeId: identity.nodeId,
          address: identity.advertise,
          profile: this.host.profile,
        });
        const store = initialStore();
        const manager = initialManager(state, store, null);
        this.startManager(manager, snapshot?.data as StoreState | undefined);
      } else this.joinRaft();
    }
    this.startAgent(identity);
  }

  /** The power is gone, or the daemon stops: nothing of this runs any more. */
  halt(): void {
    this.manager = null;
    this.agent = null;
    this.state.manager = null;
    this.state.agent = null;
    for (const part of ['manager', 'leader', 'agent', 'swarm']) this.kernel.endLife(`${this.machine}/${part}`);
  }

  // ---- joining

  private askCertificate(): void {
    const { joining, identity } = this.state;
    const address = joining
      ? this.pick(joining.addresses)
      : this.pick(
          identity?.managers
            .filter((manager) => manager.nodeId !== identity.nodeId)
            .map((manager) => manager.address) ?? [],
        );
    const attempt = ++this.state.attempt;
    const to = address === null ? undefined : this.hardware.machineAt(hostOf(address));
    const request: CertificateRequest = {
      origin: this.machine,
      token: joining?.token ?? '',
      nodeId: joining ? '' : (identity?.nodeId ?? ''),
      hostname: this.machine,
      availability: joining?.availability ?? 'active',
    };
    if (to)
      this.hardware.send({ from: this.machine, to: to.name, port: MANAGER_PORT, kind: 'ca.request', payload: request });
    this.schedule(REQUEST_TIMEOUT, 'swarm.certificate-timeout', { attempt });
  }

  private certificate(reply: CertificateReply): void {
    this.state.attempt++;
    if (this.state.joining) this.admitted(reply);
    else if (this.state.renewing) this.renewed(reply);
  }

  private admitted(reply: CertificateReply): void {
    const { joining } = this.state;
    if (!joining) return;
    if (!reply.ok) {
      if (/token/.test(reply.message)) this.failJoin(`rpc error: code = InvalidArgument desc = ${reply.message}`);
      else this.schedule(RETRY, 'swarm.certificate', {});
      return;
    }
    this.state.joining = null;
    const identity: Identity = {
      nodeId: reply.nodeId,
      role: reply.role,
      advertise: joining.advertise,
      raftId: '',
      managers: reply.managers,
      rootCa: reply.rootCa,
    };
    this.saveIdentity(identity);
    this.startAgent(identity);
    if (reply.role === 'manager') this.joinRaft();
  }

  private failJoin(message: string): void {
    const { pending } = this.state;
    this.forget();
    if (pending) this.host.swarmDone(pending.token, { ok: false, status: 500, message });
  }

  /** Asks the managers to be made a member of the raft group. */
  private joinRaft(): void {
    const { identity } = this.state;
    if (identity?.role !== 'manager' || this.manager) return;
    const known = this.state.agent?.managers.length ? this.state.agent.managers : identity.managers;
    const address = this.pick(
      known.filter((manager) => manager.nodeId !== identity.nodeId).map((manager) => manager.address),
    );
    const to = address === null ? undefined : this.hardware.machineAt(hostOf(address));
    const attempt = ++this.state.attempt;
    const payload: ManagerMessages['raft.join'] = {
      origin: this.machine,
      nodeId: identity.nodeId,
      address: identity.advertise,
    };
    if (to) this.hardware.send({ from: this.machine, to: to.name, port: MANAGER_PORT, kind: 'raft.join', payload });
    this.schedule(REQUEST_TIMEOUT, 'swarm.raft-timeout', { attempt });
  }

  private joinedRaft(reply: RaftJoinReply): void {
    const { identity } = this.state;
    if (!identity || this.manager || identity.role !== 'manager') return;
    this.state.attempt++;
    if (!reply.ok) return this.schedule(RETRY, 'swarm.join-raft', {});
    this.saveIdentity({ ...identity, raftId: reply.raftId });
    this.startManager(
      initialManager(
        joiningMember(reply.raftId, identity.nodeId, identity.advertise, this.host.profile),
        initialStore(),
        null,
      ),
    );
  }

  // ---- change of role

  /** The node's object says which role its certificate should have. */
  private roleMayHaveChanged(node: Node): void {
    const { identity } = this.state;
    if (!identity || this.state.renewing || node.role === identity.role) return;
    this.state.renewing = true;
    this.schedule(RENEWAL_PAUSE, 'swarm.certificate', {});
  }

  private renewed(reply: CertificateReply): void {
    const { identity } = this.state;
    if (!identity) return;
    if (!reply.ok) return this.schedule(RETRY, 'swarm.certificate', {});
    this.state.renewing = false;
    if (reply.role === identity.role) return;
    this.kernel.begin('node.role.changed', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {
      role: reply.role,
    });
    this.saveIdentity({
      ...identity,
      role: reply.role,
      managers: reply.managers,
      raftId: reply.role === 'manager' ? identity.raftId : '',
    });
    if (reply.role === 'manager') this.joinRaft();
    else {
      this.stopManager();
      this.agent?.reconnect();
    }
  }

  /** This member was taken out of the raft group: its manager stops; the certificate follows. */
  removedFromRaft(): void {
    if (!this.manager || !this.state.identity) return;
    this.kernel.begin('manager.removed', this.machine, [`machine:${this.machine}`], {});
    this.saveIdentity({ ...this.state.identity, raftId: '' });
    this.stopManager();
    this.agent?.reconnect();
  }

  // ---- messages and events

  receive(envelope: Envelope): void {
    const { kind } = envelope;
    if (kind === 'ca.reply') this.certificate(envelope.payload as CertificateReply);
    else if (kind === 'raft.join-reply') this.joinedRaft(envelope.payload as RaftJoinReply);
    else if (kind.startsWith('relay.')) this.manager?.relay(envelope);
    else if (AGENT_MESSAGES.has(kind)) this.agent?.receive(envelope);
    else if (this.manager === null) this.hardware.onRefused(envelope);
    else if (kind.startsWith('raft.') && kind !== 'raft.join') this.manager.raftNode.receive(envelope);
    else this.manager.receive(envelope);
  }

  /** Nobody listened where a message of ours went. */
  refused(envelope: Envelope): void {
    const { kind } = envelope;
    if (kind === 'ca.request' && (envelope.payload as CertificateRequest).via === undefined) {
      if (this.state.pending?.kind === 'join' && this.state.joining) {
        const at = `${this.hardware.machine(envelope.to).address}:${MANAGER_PORT}`;
        this.failJoin(
          `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ${at}: connect: connection refused"`,
        );
      } else this.schedule(RETRY, 'swarm.certificate', {});
    } else if (kind === 'raft.join') this.schedule(RETRY, 'swarm.join-raft', {});
    else if (kind.startsWith('dispatcher.')) this.agent?.refused(envelope);
    else if (kind.startsWith('raft.')) this.manager?.raftNode.refused(envelope);
    else this.manager?.refused(envelope);
  }

  /** A timer of this module. */
  event(kind: string, data: { token?: string; attempt?: number }): void {
    switch (kind) {
      case 'swarm.certificate':
        return this.askCertificate();
      case 'swarm.join-raft':
        return this.joinRaft();
      case 'swarm.certificate-timeout':
        if (data.attempt === this.state.attempt) this.askCertificate();
        return;
      case 'swarm.raft-timeout':
        if (data.attempt === this.state.attempt) this.joinRaft();
        return;
      case 'swarm.control-ready':
        this.state.control = 'ready';
        return this.progressed();
      case 'swarm.removed':
        return this.removedFromRaft();
      case 'swarm.left':
        return this.host.swarmDone(data.token!, { ok: true, value: null });
      case 'swarm.join-timeout':
        if (this.state.pending?.token !== data.token) return;
        this.state.pending = null;
        return this.host.swarmDone(data.token!, { ok: false, status: 500, message: JOIN_TIMEOUT_TEXT });
    }
  }

  /** Whether the control API answers here. */
  get controlAvailable(): boolean {
    return this.manager !== null && this.state.control === 'ready';
  }

  // ---- parts

  private progressed(): void {
    const { pending, identity } = this.state;
    if (this.state.control === 'absent' && this.manager && this.manager.store.count('cluster') > 0) {
      this.state.control = 'starting';
      const time = this.kernel.random('boot').between(CONTROL_START.least, CONTROL_START.most);
      this.kernel.schedule(time, 'swarm.control-ready', `${this.machine}/manager`, { machine: this.machine });
    }
    if (pending?.kind === 'init' && this.controlAvailable && this.manager?.isLeading && identity) {
      this.state.localState = 'active';
      this.state.pending = null;
      this.startAgent(identity);
      this.host.membershipChanged(true);
      this.host.swarmDone(pending.token, { ok: true, value: identity.nodeId });
    } else if (pending?.kind === 'join' && identity?.role === 'manager') this.maybeJoined();
  }

  /** A join has ended when the session is open and, for managers, the raft group has told its state. */
  private maybeJoined(): void {
    const { pending, identity } = this.state;
    if (pending?.kind !== 'join' || !identity || !this.agent?.sessionWith) return;
    if (identity.role === 'manager' && !this.controlAvailable) return;
    this.state.localState = 'active';
    this.state.pending = null;
    this.host.swarmDone(pending.token, { ok: true, value: null });
  }

  private startManager(state: ManagerState, restored?: StoreState): void {
    this.state.manager = state;
    this.manager = this.makeManager(state);
    if (restored) this.manager.store.restore(restored);
    this.kernel.begin('manager.started', this.machine, [`machine:${this.machine}`], {});
    this.manager.start();
  }

  private stopManager(): void {
    if (!this.manager) return;
    this.manager = null;
    this.state.manager = null;
    this.state.control = 'absent';
    this.kernel.endLife(`${this.machine}/manager`);
    this.kernel.endLife(`${this.machine}/leader`);
    forgetRaft(this.hardware, this.machine);
    this.kernel.emit('manager.stopped', this.machine, [`machine:${this.machine}`], {});
  }

  private startAgent(identity: Identity): void {
    if (this.agent) return;
    this.state.agent = initialAgent(identity.nodeId, identity.managers);
    this.agent = this.makeAgent(this.state.agent);
    this.agent.start();
  }

  private stopAgent(): void {
    this.agent = null;
    this.state.agent = null;
    this.kernel.endLife(`${this.machine}/agent`);
  }

  private makeManager(state: ManagerState): Manager {
    return new Manager(this.kernel, this.hardware, this.machine, state, {
      controlDone: (token, result) => this.host.controlDone(token, result),
      removedFromRaft: () => this.schedule(0, 'swarm.removed', {}),
      progressed: () => this.progressed(),
      storeChanged: (events) => this.host.storeChanged(events),
    });
  }

  private makeAgent(state: AgentState): Agent {
    return new Agent(this.kernel, this.hardware, this.machine, state, this.host.executor, {
      describe: () => this.host.describe(),
      localManager: () => (this.controlAvailable ? this.machine : null),
      nodeChanged: (node) => {
        this.host.sessionChanged();
        this.roleMayHaveChanged(node);
      },
      sessionOpened: () => {
        this.host.membershipChanged(true);
        this.maybeJoined();
      },
      managersChanged: (managers) => {
        const { identity } = this.state;
        if (identity && !sameManagers(identity.managers, managers)) this.saveIdentity({ ...identity, managers });
      },
    });
  }

  private pick(addresses: readonly string[]): string | null {
    return addresses.length === 0 ? null : addresses[this.kernel.random('joins').int(addresses.length)]!;
  }

  private saveIdentity(identity: Identity | null): void {
    this.state.identity = identity;
    diskSet(this.hardware.machine(this.machine).disk, DISK_KEY, identity ?? undefined);
    this.hardware.sync(this.machine, 'swarm', null);
  }

  private schedule(delay: Micros, kind: string, data: Readonly<Record<string, unknown>>): void {
    this.kernel.schedule(delay, kind, kind === 'swarm.left' ? this.machine : `${this.machine}/swarm`, {
      machine: this.machine,
      ...data,
    });
  }
}

const AGENT_MESSAGES = new Set([
  'dispatcher.session-message',
  'dispatcher.heartbeat-reply',
  'dispatcher.assignments',
  'dispatcher.refusal',
]);

function sameManagers(a: readonly RemoteManager[], b: readonly RemoteManager[]): boolean {
  return (
    a.length === b.length &&
    a.every((manager, i) => manager.nodeId === b[i]!.nodeId && manager.address === b[i]!.address)
  );
}
