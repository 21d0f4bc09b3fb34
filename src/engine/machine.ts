/**
 * One host put together: its hardware, the container runtime, the daemon with its API, and its part in a swarm.
 * The daemon runs while the power is on and nobody has stopped it; when it stops, all that ran in memory is gone, and what
 * comes back comes from the disk.
 */
import type { ApiChunk, ApiRequest, ApiResponse } from '../protocol/api.ts';
import type { Micros } from '../protocol/events.ts';
import type { TimingProfile } from '../protocol/start.ts';
import { Dockerd } from './dockerd/dockerd.ts';
import type { DockerdHost, LogBroker, Outcome, SwarmFacts } from './dockerd/host.ts';
import { type DockerdState, newDockerdDisk, startedDockerd } from './dockerd/state.ts';
import { diskFlush } from './hardware/disk.ts';
import { type Envelope, type Hardware, type MachineHardware, PROGRAM_EVENTS } from './hardware/hardware.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Random } from './kernel/random.ts';
import { milliseconds } from './kernel/time.ts';
import type { ControlError, ControlRequest, ControlResult } from './manager/controlapi/control-request.ts';
import { initialLogClient, LogClient, type LogClientState } from './manager/logbroker/log-client.ts';
import { type LogSubscription, MANAGER_PORT } from './manager/messages.ts';
import { hostOf } from './manager/raft-node.ts';
import { Attachments, type AttachmentsState, initialAttachments } from './network/attachments.ts';
import type { Fabric } from './network/flows/fabric.ts';
import { GOSSIP_PORT } from './network/gossip/messages.ts';
import { peersOf, servicesOn } from './network/network-view.ts';
import { type LocalNetworkFacts, NodeNetwork } from './network/node-network.ts';
import { initialNodeNetwork, type NodeNetworkState } from './network/node-state.ts';
import { processNetwork } from './network/process-sockets.ts';
import type { Container, LogLine } from './runtime/container.ts';
import { initialLogPublisher, LogPublisher, type LogPublisherState } from './runtime/log-publisher.ts';
import { initialRuntime, Runtime, type RuntimeResult, type RuntimeState } from './runtime/runtime.ts';
import { initialTaskExecutor, TaskExecutor, type TaskExecutorState } from './runtime/task-executor.ts';
import type { NodeDescription } from './store/objects.ts';
import { initialSwarmNode, SwarmNode, type SwarmNodeState } from './swarm-node.ts';

export interface MachineState {
  name: string;
  daemon: 'running' | 'starting' | 'stopped';
  profile: TimingProfile;
  swarm: SwarmNodeState;
  runtime: RuntimeState;
  executor: TaskExecutorState;
  dockerd: DockerdState;
  logs: { client: LogClientState; publisher: LogPublisherState };
  network: NodeNetworkState;
  attachments: AttachmentsState;
}

/** Where answers of the daemon go. */
export interface MachineOutlet {
  readonly epochMs: number;
  readonly preVote: boolean;
  reply(id: number, response: ApiResponse): void;
  chunk(id: number, chunk: ApiChunk): void;
  end(id: number, error?: string): void;
}

/** From power to a daemon that answers. */
const BOOT_TIME = { least: milliseconds(450), most: milliseconds(700) };
/** What an answer of the daemon takes, its client's part included. */
const ANSWER_TIME: Micros = milliseconds(1);

const ENGINE_VERSION = '28.2.2';
const PLUGINS: NodeDescription['plugins'] = [
  ...['awslogs', 'fluentd', 'gcplogs', 'gelf', 'journald', 'json-file', 'local', 'logentries', 'splunk', 'syslog'].map(
    (name) => ({
      type: 'Log',
      name,
    }),
  ),
  ...['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'].map((name) => ({ type: 'Network', name })),
  { type: 'Volume', name: 'local' },
];

const NOT_A_MANAGER: ControlError = { code: 'Unavailable', message: 'the manager has stopped', wrapped: true };

export function initialMachine(name: string, profile: TimingProfile, kernel: Kernel): MachineState {
  return {
    name,
    daemon: 'stopped',
    profile,
    swarm: initialSwarmNode(),
    runtime: initialRuntime(),
    executor: initialTaskExecutor(),
    dockerd: startedDockerd(newDockerdDisk(kernel.random('daemons'), kernel.now)),
    logs: { client: initialLogClient(), publisher: initialLogPublisher() },
    network: initialNodeNetwork(),
    attachments: initialAttachments(),
  };
}

export class Machine {
  readonly state: MachineState;
  readonly runtime: Runtime;
  readonly executor: TaskExecutor;
  readonly swarm: SwarmNode;
  readonly logs: LogClient;
  private readonly publisher: LogPublisher;
  readonly network: NodeNetwork;
  readonly attachments: Attachments;
  private dockerd: Dockerd;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly outlet: MachineOutlet;
  private readonly fabric: Fabric;

  constructor(kernel: Kernel, hardware: Hardware, fabric: Fabric, state: MachineState, outlet: MachineOutlet) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.state = state;
    this.outlet = outlet;
    this.fabric = fabric;
    const { name } = state;
    this.network = new NodeNetwork(kernel, hardware, name, state.network, {
      localNetworks: () => this.localNetworks(),
      managers: () => (state.swarm.agent?.managers ?? []).map(({ address }) => hostOf(address)),
      listensOn: (port, protocol) => this.listensOn(port, protocol),
      task: (id) => state.swarm.agent?.tasks[id]?.task ?? state.executor.operations[id]?.task ?? null,
    });
    this.runtime = new Runtime(kernel, name, state.runtime, {
      network: processNetwork(kernel, fabric, this.network),
      interfaces: {
        attach: (container) => {
          const trouble = this.network.attach(container);
          container.attached = this.network.attachedOf(container.id);
          return trouble;
        },
        rewire: (container) => {
          const trouble = this.network.rewire(container);
          container.attached = this.network.attachedOf(container.id);
          return trouble;
        },
        detach: (container) => {
          fabric.containerGone(name, container.id);
          this.network.detach(container);
          this.attachments.leave(container.id);
        },
      },
      wrote: (container, stream, text) => this.dockerd.containerWrote(container.id, stream, text),
      output: (token, stream, text) => this.dockerd.commandOutput(token, stream, text),
      isDiskFull: () => hardware.machine(name).disk.full,
      operationDone: (token, result) => this.operationDone(token, result),
      containerExited: (container) => this.executor.containerExited(container),
      healthChanged: (container) => this.executor.healthChanged(container),
      event: (event) => this.dockerd.runtimeEvent(event),
      logged: (container, line) => {
        // A daemon that is held still passes it on when it goes on.
        if (kernel.isFrozen(name))
          kernel.schedule(0, 'machine.logged', name, { machine: name, id: container.id, line });
        else this.logged(container, line);
      },
    });
    this.attachments = new Attachments(kernel, name, state.attachments, {
      ask: (token, call) => this.swarm.agent?.resources.ask(token, call),
      forget: (token) => this.swarm.agent?.resources.forget(token),
      attached: (token, result) => this.dockerd.attached(token, result),
      detached: (taskId, trouble) => this.executor.placeGivenBack(taskId, trouble),
      networkName: (id) => this.network.state.present.get(id)?.name ?? id,
    });
    this.executor = new TaskExecutor(
      kernel,
      name,
      state.executor,
      this.runtime,
      () => this.swarm.agent,
      this.network,
      this.attachments,
    );
    this.swarm = new SwarmNode(kernel, hardware, name, state.swarm, {
      describe: () => this.describe(),
      swarmDone: (token, outcome) => this.later('machine.swarm-done', { token, outcome }),
      controlDone: (token, result) => this.later('machine.control-done', { token, result }),
      membershipChanged: (member) => {
        if (member) this.dockerd.swarmJoined();
        else this.leaveNetworks();
      },
      sessionChanged: () => this.sessionChanged(),
      resourceDone: (token, result) => this.attachments.answered(token, result),
      storeChanged: (events) => this.dockerd.storeChanged(events),
      removeTaskContainers: () => this.removeTaskContainers(),
      executor: this.executor,
      profile: state.profile,
      preVote: outlet.preVote,
    });
    this.publisher = new LogPublisher(hardware, name, state.logs.publisher, this.runtime, () => this.swarm.agent);
    this.logs = new LogClient(kernel, hardware, name, state.logs.client, () => this.leaderMachine(), {
      line: (token, message) => this.dockerd.logLine(token, message, message),
      end: (token, error) => this.dockerd.logsEnd(token, error),
    });
    this.dockerd = this.makeDockerd();
  }

  get name(): string {
    return this.state.name;
  }

  get hardwareState(): MachineHardware {
    return this.hardware.machine(this.name);
  }

  /** Does the daemon answer. */
  get answers(): boolean {
    return this.state.daemon === 'running';
  }

  // ---- power and daemon

  /** Power on: the daemon comes up after a while. */
  powerOn(): void {
    this.hardware.powerOn(this.name);
    this.runtime.foundAfterPowerLoss(this.kernel.now);
    this.kernel.begin('machine.power-on', this.name, [`machine:${this.name}`], {});
    this.startDaemon();
  }

  /** The daemon is held still; containers run on. */
  pauseDaemon(): void {
    this.kernel.begin('daemon.paused', this.name, [`machine:${this.name}`], {});
    this.hardware.silence(this.name, this.kernel.cause);
    this.kernel.freeze(this.name, PROGRAM_EVENTS);
  }

  resumeDaemon(): void {
    this.kernel.begin('daemon.resumed', this.name, [`machine:${this.name}`], {});
    if (this.hardwareState.cable) this.hardware.silence(this.name, 0);
    this.kernel.thaw(this.name);
  }

  /** The machine goes off, if it is on, and has another disk when it comes back: an empty one, or one without Raft's files. */
  loseDisk(what: 'everything' | 'raft'): void {
    if (this.hardwareState.power) this.powerOff();
    this.kernel.begin('disk.lost', this.name, [`machine:${this.name}`], { what });
    if (what === 'raft') return this.hardware.wipeDisk(this.name, (key) => key.startsWith('raft.'));
    this.hardware.wipeDisk(this.name);
    Object.assign(this.runtime.state, initialRuntime());
    this.state.dockerd.disk = newDockerdDisk(this.kernel.random('daemons'), this.kernel.now);
  }

  /** Everything stops at once. */
  powerOff(): void {
    this.kernel.begin('machine.power-off', this.name, [`machine:${this.name}`], {});
    this.hardware.silence(this.name, this.kernel.cause);
    this.hardware.powerOff(this.name);
    this.fabric.machineGone(this.name);
    this.halt();
  }

  startDaemon(): void {
    this.state.daemon = 'starting';
    const time = this.kernel.random('boot').between(BOOT_TIME.least, BOOT_TIME.most);
    this.kernel.schedule(time, 'machine.booted', this.name, { machine: this.name });
  }

  /** The daemon is stopped in good order: containers end, sessions close. */
  stopDaemon(): void {
    this.kernel.begin('daemon.stopped', this.name, [`machine:${this.name}`], {});
    this.hardware.silence(this.name, this.kernel.cause);
    this.runtime.stopAll();
    this.network.stop();
    this.hardwareState.listening = false;
    this.hardware.endProcesses(this.name);
    diskFlush(this.hardwareState.disk);
    this.halt();
  }

  booted(): void {
    this.state.daemon = 'running';
    this.hardwareState.listening = true;
    if (this.hardwareState.cable) this.hardware.silence(this.name, 0);
    this.kernel.begin('daemon.started', this.name, [`machine:${this.name}`], {});
    this.swarm.resume();
    this.dockerd.begin();
  }

  /** Nothing of the daemon is in memory any more; open requests break off. */
  private halt(): void {
    this.state.daemon = 'stopped';
    this.swarm.halt();
    this.network.halt();
    this.runtime.forgetWork();
    for (const id of this.state.dockerd.calls.keys()) this.outlet.end(id, 'connection closed');
    for (const id of [
      ...this.state.dockerd.eventStreams.keys(),
      ...this.state.dockerd.logStreams.keys(),
      ...this.state.dockerd.attachments.keys(),
      ...this.state.dockerd.waits.keys(),
    ])
      this.outlet.end(id, 'connection closed');
    this.state.dockerd = startedDockerd(this.state.dockerd.disk);
    Object.assign(this.state.executor, initialTaskExecutor());
    Object.assign(this.state.logs.client, initialLogClient());
    Object.assign(this.state.logs.publisher, initialLogPublisher());
    Object.assign(this.state.attachments, initialAttachments());
    this.dockerd = this.makeDockerd();
  }

  // ---- what reaches the machine

  request(id: number, request: ApiRequest): void {
    // The connection is taken by the system; a daemon that is held still reads from it when it goes on.
    if (this.kernel.isFrozen(this.name))
      this.kernel.schedule(0, 'machine.request', this.name, { machine: this.name, id, request });
    else this.dockerd.handle(id, request);
  }

  requestInput(id: number, text: string | null): void {
    this.dockerd.input(id, text);
  }

  /** The host's clock has been put forward by so much. */
  clockSet(byMs: number): void {
    this.dockerd.clockSet(byMs);
  }

  cancelRequest(id: number): void {
    this.dockerd.cancel(id);
  }

  receive(envelope: Envelope): void {
    if (envelope.kind.startsWith('gossip.')) this.network.receive(envelope);
    else if (envelope.kind.startsWith('packet.')) this.fabric.receive(envelope);
    else if (envelope.kind === 'logs.subscription') this.publisher.receive(envelope.payload as LogSubscription);
    else if (envelope.kind === 'logs.messages' || envelope.kind === 'logs.end') this.logs.receive(envelope);
    else this.swarm.receive(envelope);
  }

  /** What was sent will not arrive, however often it is sent again. */
  dropped(envelope: Envelope): void {
    if (this.answers) this.swarm.dropped(envelope);
  }

  refused(envelope: Envelope): void {
    if (envelope.kind.startsWith('packet.')) this.fabric.refused(envelope);
    else if (envelope.kind.startsWith('gossip.')) return;
    else if (this.answers) this.swarm.refused(envelope);
  }

  /** A scheduled event of this machine that is not of a kind of its own. */
  event(kind: string, data: MachineEvent): void {
    switch (kind) {
      case 'machine.booted':
        return this.booted();
      case 'machine.swarm-done':
        return this.dockerd.swarmDone(data.token!, data.outcome!);
      case 'machine.control-done':
        return this.dockerd.controlDone(data.token!, data.result!);
      case 'machine.runtime-done':
        return this.dockerd.runtimeDone(data.token!, data.ended!);
      case 'machine.dockerd-timer':
        return this.dockerd.timer(data.kind!, data.data);
      case 'machine.request':
        return this.dockerd.handle(data.id as number, data.request!);
      case 'machine.logged': {
        const container = this.runtime.find(data.id as string);
        if (container) this.logged(container, data.line!);
        return;
      }
      default:
        throw new Error(`machine: unknown event ${kind}`);
    }
  }

  private later(kind: string, data: Omit<MachineEvent, 'machine'>): void {
    this.kernel.schedule(ANSWER_TIME, kind, this.name, { machine: this.name, ...data });
  }

  private logged(container: Container, line: LogLine): void {
    this.publisher.logged(container, line);
    this.dockerd.containerOutput(container.id, line);
  }

  private operationDone(token: string, ended: RuntimeResult<number | null>): void {
    if (this.executor.operationDone(token, ended)) return;
    if (this.dockerd.awaits(token)) this.later('machine.runtime-done', { token, ended });
  }

  private removeTaskContainers(): void {
    for (const container of [...this.runtime.state.containers.values()]) {
      if (container.taskId) this.runtime.remove(container.id, true, 'leave');
    }
    Object.assign(this.state.executor, initialTaskExecutor());
  }

  /** Containers of users go on without the swarm's networks; nobody is told, the swarm is not there any more. */
  private leaveNetworks(): void {
    for (const container of this.runtime.state.containers.values()) {
      const { swarmEndpoints = {}, config } = container;
      if (Object.keys(swarmEndpoints).length === 0) continue;
      const left = config.networks.filter(({ id, name }) => !((name || id) in swarmEndpoints));
      container.swarmEndpoints = {};
      this.runtime.setNetworks(container.id, left);
    }
    Object.assign(this.state.attachments, initialAttachments());
    this.network.leaveSwarm();
  }

  private sessionChanged(): void {
    const { agent } = this.swarm.state;
    if (!agent?.node) return;
    this.network.keysChanged(agent.networkKeys, agent.dataPathPort);
    this.network.sessionChanged(agent.networks, agent.node);
  }

  /** The swarm part of the daemon, and whatever else the host runs. */
  private listensOn(port: number, protocol: string): boolean {
    if (port === 22) return protocol === 'tcp';
    if (this.swarm.state.localState !== 'active') return false;
    return port === GOSSIP_PORT || (port === MANAGER_PORT && protocol === 'tcp' && this.swarm.manager !== null);
  }

  private localNetworks(): readonly LocalNetworkFacts[] {
    return this.state.dockerd.disk.networks;
  }

  private describe(): NodeDescription {
    const { cpus, memoryBytes } = this.hardwareState;
    return {
      hostname: this.name,
      platform: { architecture: 'x86_64', os: 'linux' },
      resources: { nanoCpus: cpus * 1_000_000_000, memoryBytes, generic: [] },
      engineVersion: ENGINE_VERSION,
      engineLabels: {},
      plugins: PLUGINS,
    };
  }

  // ---- what the daemon gets

  private makeDockerd(): Dockerd {
    const { kernel, hardware, outlet, state } = this;
    const host: DockerdHost = {
      machine: state.name,
      get address(): string {
        return hardware.machine(state.name).address;
      },
      get cpus(): number {
        return hardware.machine(state.name).cpus;
      },
      get memoryBytes(): number {
        return hardware.machine(state.name).memoryBytes;
      },
      get now(): Micros {
        return kernel.now;
      },
      get epochMs(): number {
        return outlet.epochMs;
      },
      random: (purpose: string): Random => kernel.random(purpose),
      reply: (id, response) => outlet.reply(id, response),
      chunk: (id, chunk) => outlet.chunk(id, chunk),
      end: (id, error) => outlet.end(id, error),
      swarm: this.swarmFacts(),
      control: (token: string, request: ControlRequest) => {
        const { manager } = this.swarm;
        if (manager) manager.control(token, request);
        else this.later('machine.control-done', { token, result: { ok: false, error: NOT_A_MANAGER } });
      },
      swarmInit: (token, request) => this.swarm.init(token, request),
      swarmJoin: (token, request) => this.swarm.join(token, request),
      swarmLeave: (token) => this.swarm.leave(token),
      swarmUnlock: (token, key) => this.swarm.unlock(token, key),
      runtime: this.runtime,
      attachments: this.attachments,
      logs: this.logBroker(),
      schedule: (delay, kind, data) =>
        kernel.schedule(delay, 'machine.dockerd-timer', state.name, { machine: state.name, kind, data }),
      cancel: (handle) => kernel.cancel(handle),
    };
    return new Dockerd(host, state.dockerd);
  }

  private swarmFacts(): SwarmFacts {
    const { swarm, network } = this;
    return {
      get localState() {
        return swarm.state.localState;
      },
      get nodeId() {
        return swarm.state.identity?.nodeId ?? '';
      },
      get nodeAddress() {
        const advertise = swarm.state.identity?.advertise ?? '';
        return advertise.slice(0, Math.max(0, advertise.lastIndexOf(':')));
      },
      get isManager() {
        return swarm.manager !== null;
      },
      get controlAvailable() {
        return swarm.controlAvailable;
      },
      get error() {
        return swarm.state.error;
      },
      get remoteManagers() {
        return swarm.manager?.remotes() ?? swarm.state.agent?.managers ?? [];
      },
      get networks() {
        return (swarm.state.agent?.networks ?? []).filter(({ id }) => network.state.present.has(id));
      },
      gateways: () => network.gateways(),
      peers: (networkId) => peersOf(network, networkId),
      services: (networkId) => servicesOn(network, networkId),
      attachment: (networkId) => swarm.state.agent?.node?.attachments[networkId] ?? null,
    };
  }

  /** Host of the leader as this manager knows it. */
  private leaderMachine(): string | null {
    const { manager } = this.swarm;
    return manager?.isLeading ? this.name : (manager?.raftNode.leaderMachine() ?? null);
  }

  private logBroker(): LogBroker {
    return {
      subscribe: (token, selection) => this.logs.subscribe(token, selection),
      unsubscribe: (token) => this.logs.unsubscribe(token),
    };
  }

  /** Containers as the page shows them. */
  containers(): Iterable<Container> {
    return this.runtime.state.containers.values();
  }
}

/** Payload of the machine's own events. */
export interface MachineEvent {
  machine: string;
  token?: string;
  outcome?: Outcome;
  result?: ControlResult;
  ended?: RuntimeResult<number | null>;
  kind?: string;
  data?: unknown;
  id?: number | string;
  request?: ApiRequest;
  line?: LogLine;
}
