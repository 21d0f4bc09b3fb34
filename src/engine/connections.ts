/**
 * Connections from outside the engine into the simulated network: those of programs in hosts' shells and of browser windows.
 * Each is a flow; its end, and what is pushed on it, become replies with the id that was given when it was opened.
 */
import type {
  CallOrigin,
  CallResult,
  HostNetworkFacts,
  InterfaceFacts,
  NetworkCall,
  NetworkReply,
} from '../protocol/network-call.ts';
import type { FlowOrigin } from '../protocol/network-view.ts';
import type { Kernel } from './kernel/kernel.ts';
import { milliseconds } from './kernel/time.ts';
import type { Machine } from './machine.ts';
import type { Fabric } from './network/flows/fabric.ts';
import { callResultOf, lookUpResultOf } from './runtime/programs/client-calls.ts';
import type { ResolveResult } from './runtime/programs/sockets.ts';

/** Kind of the replies that come here. */
const KIND = 'connection';
const LOOK_UP = 'connection.look-up';
/** A look-up of a host: its own files, or a server beside it. */
const LOOK_UP_TIME = milliseconds(1);

/** Plain data: flows by connection. */
export interface ConnectionsState {
  flows: Map<number, number>;
}

export function initialConnections(): ConnectionsState {
  return { flows: new Map() };
}

export interface ConnectionsHost {
  machine(name: string): Machine | undefined;
  reply(reply: NetworkReply): void;
}

export class Connections {
  private readonly kernel: Kernel;
  private readonly fabric: Fabric;
  private readonly state: ConnectionsState;
  private readonly host: ConnectionsHost;

  constructor(kernel: Kernel, fabric: Fabric, state: ConnectionsState, host: ConnectionsHost) {
    this.kernel = kernel;
    this.fabric = fabric;
    this.state = state;
    this.host = host;
    fabric.onReply(KIND, {
      done: (_machine, token, result) => this.answered(Number(token), callResultOf(result)),
      chunk: (_machine, token, body) => host.reply({ type: 'pushed', id: Number(token), body }),
      closed: (_machine, token) => this.closed(Number(token)),
    });
    kernel.on(LOOK_UP, ({ data }) => {
      const { id, machine, name } = data as { id: number; machine: string; name: string };
      host.reply({ type: 'looked-up', id, result: lookUpResultOf(this.lookUp(machine, name)) });
    });
  }

  open(id: number, origin: CallOrigin, call: NetworkCall): void {
    const machine = origin === 'outside' ? null : origin.machine;
    const isUp = machine === null || (this.host.machine(machine)?.hardwareState.power ?? false);
    if (!isUp) return this.refuse(id, call);
    if (call.kind === 'look-up') {
      this.kernel.cause = 0;
      this.kernel.schedule(LOOK_UP_TIME, LOOK_UP, machine ?? 'world', { id, machine: machine ?? '', name: call.name });
      return;
    }
    const { target, request, timeoutMs, hold, firstAddressOnly } = call;
    const facts = {
      target: `${target.host}:${target.port}`,
      protocol: target.protocol,
      method: request.method,
      path: request.path,
    };
    this.kernel.begin(
      'input.connection',
      machine ?? undefined,
      machine === null ? [] : [`machine:${machine}`],
      facts,
      0,
    );
    const flow = this.fabric.open({
      origin: flowOrigin(origin),
      target,
      payload: request,
      timeout: milliseconds(timeoutMs),
      hold: hold ?? false,
      firstAddressOnly: firstAddressOnly ?? false,
      traced: true,
      reply: { kind: KIND, machine: machine ?? '', token: String(id) },
    });
    this.state.flows.set(id, flow);
    this.kernel.cause = 0;
  }

  /** The client gives up. */
  close(id: number): void {
    const flow = this.state.flows.get(id);
    this.state.flows.delete(id);
    if (flow !== undefined) this.fabric.close(flow);
  }

  private answered(id: number, result: CallResult): void {
    this.host.reply({ type: 'answered', id, result });
    // A held connection goes on; of any other nothing more comes.
    const flow = this.state.flows.get(id);
    if (!result.ok || (flow !== undefined && !this.fabric.state.flows.has(flow))) this.state.flows.delete(id);
  }

  private closed(id: number): void {
    this.state.flows.delete(id);
    this.host.reply({ type: 'closed', id });
  }

  /** A machine without power asks nobody. */
  private refuse(id: number, call: NetworkCall): void {
    if (call.kind === 'look-up')
      return this.host.reply({ type: 'looked-up', id, result: { ok: false, name: call.name, reason: 'no answer' } });
    const result: CallResult = {
      ok: false,
      reason: 'network unreachable',
      remote: null,
      connected: false,
      flow: 0,
      tookMs: 0,
    };
    this.host.reply({ type: 'answered', id, result });
  }

  private lookUp(machine: string, name: string): ResolveResult {
    return this.fabric.resolve(machine, null, name, { hosts: true });
  }
}

function flowOrigin(origin: CallOrigin): FlowOrigin {
  if (origin === 'outside') return { kind: 'outside' };
  const { machine, container } = origin;
  return container === undefined ? { kind: 'host', machine } : { kind: 'container', machine, container };
}

/** What a host knows of its own network. */
export function hostNetworkFacts(machine: Machine): HostNetworkFacts {
  const { address } = machine.hardwareState;
  const router = address.replace(/\.\d+$/, '.1');
  const bridges = machine.state.dockerd.disk.networks
    .filter(({ driver }) => driver === 'bridge')
    .map(({ id, name, subnet, gateway, options }): InterfaceFacts => {
      const device = options['com.docker.network.bridge.name'] ?? `br-${id.slice(0, 12)}`;
      return {
        name: name === 'bridge' ? 'docker0' : device,
        address: gateway ? `${gateway}/${subnet.split('/')[1]}` : '',
        mac: `02:42:${id.slice(0, 8).replace(/..(?=.)/g, '$&:')}`,
        mtu: 1500,
        gateway: null,
      };
    });
  const mac = `52:54:00:${address
    .split('.')
    .slice(1)
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join(':')}`;
  return {
    interfaces: [{ name: 'eth0', address: `${address}/24`, mac, mtu: 1500, gateway: router }, ...bridges],
    nameserver: router,
    listening: listening(machine),
  };
}

/** Ports that the daemon and its swarm hold open on the host. */
function listening(machine: Machine): HostNetworkFacts['listening'] {
  const all: { protocol: 'tcp' | 'udp'; address: string; port: number; process: string }[] = [
    { protocol: 'tcp', address: '0.0.0.0', port: 22, process: 'sshd' },
  ];
  if (!machine.answers) return all;
  const own = (protocol: 'tcp' | 'udp', port: number): void => {
    if (!all.some((one) => one.protocol === protocol && one.port === port))
      all.push({ protocol, address: '*', port, process: 'dockerd' });
  };
  const { localState } = machine.swarm.state;
  if (localState === 'active') {
    if (machine.swarm.manager) own('tcp', 2377);
    own('tcp', 7946);
    own('udp', 7946);
    // The kernel's own socket has no process.
    all.push({ protocol: 'udp', address: '0.0.0.0', port: machine.network.state.dataPathPort, process: '' });
  }
  const { ingress, state } = machine.network;
  for (const service of ingress ? (state.balancers.get(ingress.id)?.values() ?? []) : [])
    for (const { protocol, published } of service.ports) if (protocol !== 'sctp') own(protocol, published);
  for (const { hostPorts } of state.sandboxes.values())
    for (const { protocol, published } of hostPorts)
      if (protocol !== 'sctp') all.push({ protocol, address: '0.0.0.0', port: published, process: 'docker-proxy' });
  return all.sort((a, b) => a.port - b.port);
}
