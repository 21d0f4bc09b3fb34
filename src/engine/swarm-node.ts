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
import { CERTIFICATES_EXPIRED, SWARM_LOCKED, WORKER_NODE } from './dockerd/errors.ts';
import type { Outcome, SwarmInit, SwarmJoin } from './dockerd/host.ts';
import { diskSet } from './hardware/disk.ts';
import type { Envelope, Hardware } from './hardware/hardware.ts';
import { swarmId } from './kernel/ids.ts';
import type { Kernel } from './kernel/kernel.ts';
import { milliseconds, seconds, WORLD_EPOCH_MS } from './kernel/time.ts';
import { newRootCertificate } from './manager/ca/root-certificate.ts';
import type { ControlResult } from './manager/controlapi/control-request.ts';
import { DEFAULT_CLUSTER_SPEC } from './manager/controlapi/defaults.ts';
import { initialManager, Manager, type ManagerState } from './manager/manager.ts';
import {
  type CertificateReply,
  type CertificateRequest,
  MANAGER_PORT,
  type ManagerMessages,
  type RaftJoinReply,
  type RemoteManager,
  type ResourceReply,
} from './manager/messages.ts';
import {
  forgetRaft,
  foundingMember,
  HEALTH,
  hasRaftLog,
  hostOf,
  joiningMember,
  returningMember,
  rewriteAsOnlyMember,
} from './manager/raft-node.ts';
import { backoff, certificateOf, type OwnCertificate, renewalDelay } from './node-certificate.ts';
import {
  type Availability,
  CLUSTER_NAME,
  type Node,
  type NodeDescription,
  type NodeRole,
  type RootCertificate,
  type TlsFacts,
} from './store/objects.ts';
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
  /** The root certificate that the node trusts. */
  readonly rootCa: RootCertificate;
  readonly certificate: OwnCertificate;
  /** What the disk is locked with; empty: it is not. Only managers' disks are. */
  readonly unlockKey: string;
}

export interface SwarmNodeState {
  identity: Identity | null;
  localState: 'inactive' | 'pending' | 'active' | 'error' | 'locked';
  error: string;
  manager: ManagerState | null;
  agent: AgentState | null;
  /** An API call that waits for init or join to end. */
  pending: { kind: 'init' | 'join' | 'unlock'; token: string } | null;
  /** A join whose certificate has not come yet. */
  joining: {
    addresses: readonly string[];
    token: string;
    availability: Availability;
    advertise: string;
    /** How often it was refused. */
    refusals: number;
  } | null;
  renewing: boolean;
  /** Renewals that have failed in a row. */
  renewalFailures: number;
  /** The manager's control API: not there, being set up, answering. */
  control: 'absent' | 'starting' | 'ready';
  attempt: number;
  /** As `attempt`, of requests for a certificate. */
  certificateAttempt: number;
  /** Tells the requests to join the raft group of one life of the node from those of another. */
  joinLife: string;
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
  /** The resource API has answered the machine's agent. */
  resourceDone(token: string, result: ResourceReply['result']): void;
  /** Containers of tasks go when the node leaves. */
  removeTaskContainers(): void;
  readonly executor: Executor;
  readonly profile: TimingProfile;
  /** The switch of `Start.preVote`. */
  readonly preVote: boolean;
}

/** `moby: daemon/cluster/cluster.go swarmConnectTimeout` */
const JOIN_TIMEOUT: Micros = seconds(20);
const RETRY: Micros = seconds(1);
/** `swarmkit: ca/certificates.go DownloadRootCA, RequestAndSaveNewCertificates`: five tries, each followed by a pause. */
const JOIN_TRIES = 5;
const JOIN_RETRY: Micros = seconds(2);
/** `swarmkit: ca/renewer.go RenewTLSExponentialBackoff` */
const RENEWAL_BACKOFF = { base: seconds(5), factor: seconds(5), max: seconds(3600) };
const REQUEST_TIMEOUT: Micros = seconds(5);
/** How long a node whose manager has stopped waits for another role. `swarmkit: node/node.go roleChangeTimeout` */
const ROLE_CHANGE_TIMEOUT: Micros = seconds(16);
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
    renewalFailures: 0,
    control: 'absent',
    attempt: 0,
    certificateAttempt: 0,
    joinLife: '',
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
    if (this.state.identity) return this.forceNewCluster(token, request.advertiseAddress);
    const nodeId = swarmId(this.kernel.random('ids'));
    const raftId = swarmId(this.kernel.random('raft-ids'));
    const address = request.advertiseAddress;
    const managers = [{ nodeId, address }];
    this.state.localState = 'pending';
    this.state.pending = { kind: 'init', token };
    const rootCa = newRootCertificate(this.kernel.random('certificates'), WORLD_EPOCH_MS + this.kernel.now / 1000);
    this.saveIdentity({
      nodeId,
      role: 'manager',
      advertise: address,
      raftId,
      managers,
      rootCa,
      certificate: foundersCertificate(rootCa, this.kernel.now),
      unlockKey: '',
    });
    this.scheduleRenewal();
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
      rootCa,
    };
    const raft = foundingMember(raftId, nodeId, address, this.host.profile);
    this.startManager(initialManager(raft, initialStore(), bootstrap));
  }

  /**
   * The majority is gone for good: this manager goes on alone, with what it has. `moby: daemon/cluster/swarm.go Init`
   * Simplified: settings given with the command are not merged into the cluster's spec.
   */
  private forceNewCluster(token: string, advertise: string): void {
    const { identity } = this.state;
    if (!identity || !this.manager) return this.host.swarmDone(token, { ok: false, status: 503, message: WORKER_NODE });
    const { nodeId, raftId } = identity;
    this.kernel.begin('swarm.force-new-cluster', this.machine, [`machine:${this.machine}`, `node:${nodeId}`], {
      raftId,
    });
    this.endManager();
    this.agent?.saveNow();
    this.stopAgent();
    rewriteAsOnlyMember(this.hardware, this.machine, { raftId, nodeId, address: advertise });
    this.saveIdentity({ ...identity, advertise, managers: [{ nodeId, address: advertise }] });
    this.state.localState = 'pending';
    this.state.pending = { kind: 'init', token };
    this.schedule(LEAVE_TIME, 'swarm.start-manager', {});
  }

  join(token: string, request: SwarmJoin): void {
    this.state.localState = 'pending';
    this.state.pending = { kind: 'join', token };
    this.state.joining = {
      addresses: request.remoteAddresses,
      token: request.token,
      availability: request.availability,
      advertise: request.advertiseAddress,
      refusals: 0,
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

  /** Starts with this key what the disk has locked away. `moby: daemon/cluster/swarm.go UnlockSwarm` */
  unlock(token: string, key: string): void {
    const identity = this.state.identity!;
    if (key !== identity.unlockKey)
      return this.host.swarmDone(token, {
        ok: false,
        status: 401,
        message: 'swarm could not be unlocked: invalid key provided',
      });
    this.kernel.begin('swarm.unlock', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {});
    this.state.localState = 'pending';
    this.state.pending = { kind: 'unlock', token };
    this.takeUp(identity);
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
    if (identity.unlockKey !== '') {
      this.state.localState = 'locked';
      this.state.error = SWARM_LOCKED;
      this.kernel.begin('swarm.locked', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {});
      return;
    }
    this.state.localState = 'active';
    this.takeUp(identity);
  }

  /** The disk can be read: manager and agent go on from what it has. */
  private takeUp(identity: Identity): void {
    this.state.error = '';
    if (identity.certificate.expiresAt <= this.kernel.now) return this.expired(identity);
    this.scheduleRenewal();
    this.startManagerFromDisk();
    this.startAgent(identity);
  }

  /** The manager of a node that has the role goes on from what the disk has; without a log it joins the raft group anew. */
  private startManagerFromDisk(): void {
    const { identity } = this.state;
    if (identity?.role !== 'manager' || this.manager) return;
    const { durable } = this.hardware.machine(this.machine).disk;
    if (!identity.raftId) return this.joinRaft();
    if (!hasRaftLog(durable)) {
      this.kernel.begin('raft.log-lost', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {});
      this.saveIdentity({ ...identity, raftId: '' });
      return this.joinRaft();
    }
    const { raftId, nodeId, advertise: address } = identity;
    const { state, snapshot } = returningMember(durable, { raftId, nodeId, address, profile: this.host.profile });
    this.startManager(initialManager(state, initialStore(), null), snapshot?.data as StoreState | undefined);
  }

  /** The certificate has run out while the node was away: it cannot take part any more. `moby: daemon/cluster/errors.go` */
  private expired(identity: Identity): void {
    const { pending } = this.state;
    this.state.localState = 'error';
    this.state.error = CERTIFICATES_EXPIRED;
    this.state.pending = null;
    this.kernel.begin('swarm.expired', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {});
    const message = `swarm component could not be started: ${CERTIFICATES_EXPIRED}`;
    if (pending) this.host.swarmDone(pending.token, { ok: false, status: 500, message });
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
    const attempt = ++this.state.certificateAttempt;
    const to = joining ? this.at(this.pick(joining.addresses)) : this.authority();
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

  /** Whom to ask for a new certificate: the manager on this machine, else one of the others. */
  private authority(): { name: string } | undefined {
    const { identity } = this.state;
    if (!identity) return undefined;
    if (this.controlAvailable) return { name: this.machine };
    const others = identity.managers.filter(({ nodeId }) => nodeId !== identity.nodeId);
    return this.at(this.pick(others.map(({ address }) => address)));
  }

  private at(address: string | null): { name: string } | undefined {
    return address === null ? undefined : this.hardware.machineAt(hostOf(address));
  }

  private certificate(reply: CertificateReply): void {
    this.state.certificateAttempt++;
    if (this.state.joining) this.admitted(reply);
    else if (this.state.renewing) this.renewed(reply);
  }

  private admitted(reply: CertificateReply): void {
    const { joining } = this.state;
    if (!joining) return;
    if (!reply.ok) {
      if (reply.final)
        this.joinRefused(
          reply.final === 'plain' ? reply.message : `rpc error: code = ${reply.final} desc = ${reply.message}`,
        );
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
      certificate: certificateOf(reply),
      unlockKey: '',
    };
    this.saveIdentity(identity);
    this.scheduleRenewal();
    this.startAgent(identity);
    if (reply.role === 'manager') this.joinRaft();
  }

  /** Asks again some times before it gives up. */
  private joinRefused(message: string): void {
    if (++this.state.joining!.refusals >= JOIN_TRIES) this.schedule(JOIN_RETRY, 'swarm.join-refused', { message });
    else this.schedule(JOIN_RETRY, 'swarm.certificate', {});
  }

  private failJoin(message: string): void {
    const { pending } = this.state;
    this.forget();
    if (pending) this.host.swarmDone(pending.token, { ok: false, status: 500, message });
  }

  /** Asks the managers to be made a member of the raft group. */
  private joinRaft(): void {
    const { identity } = this.state;
    if (identity?.role !== 'manager' || (this.manager && !this.isForgotten())) return;
    // A node that cannot even write its manager's certificate does not get so far as to ask.
    if (this.hardware.machine(this.machine).disk.full) return this.schedule(RETRY, 'swarm.join-raft', {});
    const known = this.state.agent?.managers.length ? this.state.agent.managers : identity.managers;
    const others = known.filter((manager) => manager.nodeId !== identity.nodeId);
    const to = this.at(this.pick(others.map(({ address }) => address)));
    const attempt = ++this.state.attempt;
    const payload: ManagerMessages['raft.join'] = {
      origin: this.machine,
      nodeId: identity.nodeId,
      address: identity.advertise,
      life: (this.state.joinLife ||= swarmId(this.kernel.random('raft-joins'))),
    };
    if (to) this.hardware.send({ from: this.machine, to: to.name, port: MANAGER_PORT, kind: 'raft.join', payload });
    this.schedule(REQUEST_TIMEOUT, 'swarm.raft-timeout', { attempt });
  }

  /** Its manager runs, and has not learnt that it is a member of the raft group. */
  private isForgotten(): boolean {
    const { raftId = '' } = this.state.identity ?? {};
    return this.manager?.raftNode.raft.state.configuration.members.has(raftId) === false;
  }

  private joinedRaft(reply: RaftJoinReply): void {
    const { identity } = this.state;
    if (!identity || (this.manager && !this.isForgotten()) || identity.role !== 'manager') return;
    this.state.attempt++;
    if (!reply.ok) return this.schedule(RETRY, 'swarm.join-raft', {});
    // The answer has come twice.
    if (this.manager && reply.raftId === identity.raftId) return;
    this.stopManager();
    this.state.joinLife = '';
    this.saveIdentity({ ...identity, raftId: reply.raftId, managers: reply.members });
    this.startManager(
      initialManager(
        joiningMember(
          reply.raftId,
          identity.nodeId,
          identity.advertise,
          this.host.profile,
          reply.members.map(({ raftId }) => raftId),
        ),
        initialStore(),
        null,
      ),
    );
  }

  // ---- certificates and change of role

  /** The node's object says which role its certificate should have, and whether a new one is wanted. */
  private certificateMayHaveChanged(node: Node): void {
    const { identity } = this.state;
    if (!identity || this.state.renewing) return;
    if (node.role === identity.role && node.certificate.state !== 'rotate') return;
    this.state.renewing = true;
    this.schedule(RENEWAL_PAUSE, 'swarm.certificate', {});
  }

  /** A certificate is renewed at a random moment between half and four fifths of its life. */
  private scheduleRenewal(): void {
    const { certificate } = this.state.identity!;
    const delay = renewalDelay(certificate, this.kernel.now, this.kernel.random(`renewals.${this.machine}`));
    this.schedule(delay, 'swarm.certificate', { renews: certificate.issuedAt });
  }

  /** The time to renew has come, unless there is a newer certificate already. */
  private renewalDue(issuedAt: Micros): void {
    const { identity, renewing } = this.state;
    if (!identity || renewing || identity.certificate.issuedAt !== issuedAt) return;
    this.state.renewing = true;
    this.kernel.begin('certificate.due', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {
      expiresAt: identity.certificate.expiresAt,
    });
    this.askCertificate();
  }

  private renewed(reply: CertificateReply): void {
    const { identity } = this.state;
    if (!identity) return;
    if (!reply.ok) {
      const dice = this.kernel.random(`renewals.${this.machine}`);
      return this.schedule(backoff(RENEWAL_BACKOFF, ++this.state.renewalFailures, dice), 'swarm.certificate', {});
    }
    this.state.renewing = false;
    this.state.renewalFailures = 0;
    const certificate = certificateOf(reply);
    const isNewIssuer = certificate.issuer.publicKey !== identity.certificate.issuer.publicKey;
    this.saveIdentity({ ...identity, certificate });
    this.scheduleRenewal();
    if (reply.role !== identity.role) this.roleChanged(reply);
    else if (isNewIssuer) this.agent?.reregister('certificate changed');
  }

  /** The managers trust a new root. */
  private rootMayHaveChanged(rootCa: RootCertificate): void {
    const { identity } = this.state;
    if (!identity || identity.rootCa.publicKey === rootCa.publicKey) return;
    this.saveIdentity({ ...identity, rootCa });
    this.kernel.begin('certificate.root', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {
      digest: rootCa.digest,
    });
    this.agent?.reregister('root certificate changed');
  }

  /** The key of the cluster object locks this manager's disk. `swarmkit: manager/manager.go updateKEK` */
  private keepUnlockKey(): void {
    const { identity } = this.state;
    const cluster = this.manager?.store.byName('cluster', CLUSTER_NAME);
    if (!cluster || !identity || identity.role !== 'manager' || identity.unlockKey === cluster.unlockKey) return;
    this.saveIdentity({ ...identity, unlockKey: cluster.unlockKey });
    this.kernel.emit('manager.unlock-key', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {
      locks: cluster.unlockKey !== '',
    });
  }

  private roleChanged(reply: Extract<CertificateReply, { ok: true }>): void {
    const identity = this.state.identity!;
    this.kernel.begin('node.role.changed', this.machine, [`machine:${this.machine}`, `node:${identity.nodeId}`], {
      role: reply.role,
    });
    this.saveIdentity({
      ...identity,
      role: reply.role,
      managers: reply.managers,
      raftId: reply.role === 'manager' ? identity.raftId : '',
      unlockKey: reply.role === 'manager' ? identity.unlockKey : '',
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
    this.schedule(ROLE_CHANGE_TIMEOUT, 'swarm.force-renewal', {});
  }

  /**
   * Out of the raft group for long, and the certificate is still a manager's: a new one is asked for. If that is a manager's too, the
   * node has been promoted again, and joins the group anew. `swarmkit: node/node.go superviseManager`
   */
  private forceRenewal(): void {
    const { identity, renewing } = this.state;
    if (identity?.role !== 'manager' || this.manager || identity.raftId) return;
    if (!renewing) {
      this.state.renewing = true;
      this.askCertificate();
    }
    this.schedule(ROLE_CHANGE_TIMEOUT, 'swarm.start-manager', {});
  }

  /** The disk takes no more: the manager is gone until it is tried again. `swarmkit: manager/manager.go Run, node/node.go` */
  private raftFailed(error: string): void {
    if (!this.manager) return;
    this.kernel.begin('manager.failed', this.machine, [`machine:${this.machine}`], { error });
    this.endManager();
    this.agent?.reconnect();
    this.schedule(ROLE_CHANGE_TIMEOUT, 'swarm.start-manager', {});
  }

  // ---- messages and events

  receive(envelope: Envelope): void {
    const { kind } = envelope;
    if (kind === 'ca.reply') this.certificate(envelope.payload as CertificateReply);
    else if (kind === 'raft.join-reply') this.joinedRaft(envelope.payload as RaftJoinReply);
    else if (kind.startsWith('relay.')) this.manager?.relay(envelope);
    else if (AGENT_MESSAGES.has(kind)) this.agent?.receive(envelope);
    else if (kind === HEALTH.ask && this.manager === null && this.state.joinLife !== '') this.answerHealth(envelope);
    else if (this.manager === null) this.hardware.onRefused(envelope);
    else if (kind.startsWith('raft.') && kind !== 'raft.join') this.manager.raftNode.receive(envelope);
    else this.manager.receive(envelope);
  }

  /** A manager that waits to be made a member is there already. `swarmkit: manager/manager.go Run` */
  private answerHealth({ from, payload }: Envelope): void {
    const base = { from: this.machine, to: from, port: MANAGER_PORT, quiet: true, unordered: true };
    this.hardware.send({ ...base, kind: HEALTH.answer, payload });
  }

  /** A message of ours is lost for good: the connection that it was part of is broken. */
  dropped(envelope: Envelope): void {
    this.agent?.dropped(envelope);
    this.manager?.dropped(envelope);
  }

  /** Nobody listened where a message of ours went. */
  refused(envelope: Envelope): void {
    const { kind } = envelope;
    this.manager?.dropped(envelope);
    if (kind === 'ca.request' && (envelope.payload as CertificateRequest).via === undefined) {
      if (this.state.pending?.kind === 'join' && this.state.joining) {
        const at = `${this.hardware.machine(envelope.to).address}:${MANAGER_PORT}`;
        this.joinRefused(
          `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ${at}: connect: connection refused"`,
        );
      } else this.schedule(RETRY, 'swarm.certificate', {});
    } else if (kind === 'raft.join') this.schedule(RETRY, 'swarm.join-raft', {});
    else if (kind.startsWith('dispatcher.') || kind.startsWith('resource.')) this.agent?.refused(envelope);
    else if (kind.startsWith('raft.')) this.manager?.raftNode.refused(envelope);
    else this.manager?.refused(envelope);
  }

  /** A timer of this module. */
  event(kind: string, data: { token?: string; attempt?: number; renews?: Micros; message?: string }): void {
    switch (kind) {
      case 'swarm.certificate':
        return data.renews === undefined ? this.askCertificate() : this.renewalDue(data.renews);
      case 'swarm.join-raft':
        return this.joinRaft();
      case 'swarm.certificate-timeout':
        if (data.attempt === this.state.certificateAttempt) this.askCertificate();
        return;
      case 'swarm.join-refused':
        return this.state.joining ? this.failJoin(data.message!) : undefined;
      case 'swarm.raft-timeout':
        if (data.attempt === this.state.attempt) this.joinRaft();
        return;
      case 'swarm.control-ready':
        this.state.control = 'ready';
        return this.progressed();
      case 'swarm.removed':
        return this.removedFromRaft();
      case 'swarm.raft-failed':
        return this.raftFailed(data.message!);
      case 'swarm.force-renewal':
        return this.forceRenewal();
      case 'swarm.start-manager':
        return this.startManagerFromDisk();
      case 'swarm.left':
        return this.host.swarmDone(data.token!, { ok: true, value: null });
      case 'swarm.join-timeout':
        if (this.state.pending?.token !== data.token) return;
        this.state.pending = null;
        return this.host.swarmDone(data.token!, { ok: false, status: 500, message: JOIN_TIMEOUT_TEXT });
    }
  }

  /** What the node trusts and by whom it is vouched for, as its agent tells the managers. */
  tls(): TlsFacts | undefined {
    const { identity } = this.state;
    return identity ? { trustRoot: identity.rootCa.certificate, issuer: identity.certificate.issuer } : undefined;
  }

  /** Whether the control API answers here. */
  get controlAvailable(): boolean {
    return this.manager !== null && this.state.control === 'ready';
  }

  // ---- parts

  private progressed(): void {
    this.keepUnlockKey();
    const { pending, identity } = this.state;
    if (this.state.control === 'absent' && this.manager && this.manager.store.count('cluster') > 0) {
      this.state.control = 'starting';
      const time = this.kernel.random('boot').between(CONTROL_START.least, CONTROL_START.most);
      this.kernel.schedule(time, 'swarm.control-ready', `${this.machine}/manager`, { machine: this.machine });
    }
    if (pending?.kind === 'init' && this.controlAvailable && this.manager?.isLeading && identity)
      this.startAgent(identity);
    if (identity?.role === 'manager') this.maybeJoined();
  }

  /** An init, a join or an unlocking has ended when the session is open and, for managers, the raft group has told its state. */
  private maybeJoined(): void {
    const { pending, identity, localState } = this.state;
    if (localState !== 'pending' || !identity || !this.agent?.sessionWith) return;
    if (identity.role === 'manager' && !this.controlAvailable) return;
    this.state.localState = 'active';
    this.state.pending = null;
    // The client may have given up waiting long ago.
    if (pending)
      this.host.swarmDone(pending.token, { ok: true, value: pending.kind === 'init' ? identity.nodeId : null });
  }

  private startManager(state: ManagerState, restored?: StoreState): void {
    this.state.manager = state;
    this.manager = this.makeManager(state);
    if (restored) this.manager.store.restore(restored);
    this.kernel.begin('manager.started', this.machine, [`machine:${this.machine}`], {});
    this.manager.start();
  }

  /** The manager stops for good: what it kept on the disk goes, too. */
  private stopManager(): void {
    if (!this.manager) return;
    this.endManager();
    forgetRaft(this.hardware, this.machine);
  }

  private endManager(): void {
    this.manager = null;
    this.state.manager = null;
    this.state.control = 'absent';
    this.kernel.endLife(`${this.machine}/manager`);
    this.kernel.endLife(`${this.machine}/leader`);
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
      raftFailed: (message) => this.schedule(0, 'swarm.raft-failed', { message }),
      raftForgotten: () => this.schedule(0, 'swarm.join-raft', {}),
      preVote: this.host.preVote,
      progressed: () => this.progressed(),
      storeChanged: (events) => this.host.storeChanged(events),
    });
  }

  private makeAgent(state: AgentState): Agent {
    return new Agent(this.kernel, this.hardware, this.machine, state, this.host.executor, {
      describe: () => ({ ...this.host.describe(), ...(this.state.identity && { tls: this.tls()! }) }),
      localManager: () => (this.controlAvailable ? this.machine : null),
      nodeChanged: (node) => {
        this.host.sessionChanged();
        this.certificateMayHaveChanged(node);
      },
      rootCaChanged: (rootCa) => this.rootMayHaveChanged(rootCa),
      sessionOpened: () => {
        this.host.membershipChanged(true);
        this.maybeJoined();
      },
      managersChanged: (managers) => {
        const { identity } = this.state;
        if (identity && !sameManagers(identity.managers, managers)) this.saveIdentity({ ...identity, managers });
      },
      resourceDone: (token, result) => this.host.resourceDone(token, result),
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

/** The founder's own certificate: it signs it before there is a cluster object, whatever life that will ask for. */
function foundersCertificate({ subject, publicKey }: RootCertificate, now: Micros): OwnCertificate {
  return { issuedAt: now, expiresAt: now + DEFAULT_CLUSTER_SPEC.certExpiry, issuer: { subject, publicKey } };
}

const AGENT_MESSAGES = new Set([
  'dispatcher.session-message',
  'dispatcher.heartbeat-reply',
  'dispatcher.assignments',
  'dispatcher.refusal',
  'resource.reply',
]);

function sameManagers(a: readonly RemoteManager[], b: readonly RemoteManager[]): boolean {
  return (
    a.length === b.length &&
    a.every((manager, i) => manager.nodeId === b[i]!.nodeId && manager.address === b[i]!.address)
  );
}
