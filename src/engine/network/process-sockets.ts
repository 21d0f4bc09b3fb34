/**
 * The sockets that programs have: their requests become flows, what the flows bring becomes messages to the container.
 * On which ports a container listens stands in the container itself; who waits for what stands in the flows.
 */
import type { Micros } from '../../protocol/events.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Container } from '../runtime/container.ts';
import type { NetworkFacts, ProcessMessage, ProcessNetwork } from '../runtime/programs/program.ts';
import type { ConnectOptions, FlowResult } from '../runtime/programs/sockets.ts';
import type { ReplyHandler } from './api.ts';
import { DEFAULT_TIMEOUT, type Fabric } from './flows/fabric.ts';
import type { NodeNetwork } from './node-network.ts';

/** Kind of the replies that go to containers. */
const KIND = 'container';
/** What an answer of docker's resolver takes; names that it does not know are asked for outside. */
const RESOLVE_TIME: Micros = 150;
const OUTSIDE_RESOLVE_TIME: Micros = 8_000;

type Tell = (machine: string, container: string, message: ProcessMessage) => void;

/** Sends the ends of flows that containers opened to them, on all machines. */
export function registerContainerReplies(kernel: Kernel, fabric: Fabric, tell: Tell): void {
  const send = (machine: string, token: string, message: (token: string) => ProcessMessage): void => {
    const { container, own } = apart(token);
    tell(machine, container, message(own));
  };
  const handler: ReplyHandler = {
    done: (machine, token, result: FlowResult) =>
      send(machine, token, (own) => ({ kind: 'answer', token: own, result })),
    chunk: (machine, token, body) => send(machine, token, (own) => ({ kind: 'chunk', token: own, body })),
    closed: (machine, token) => send(machine, token, (own) => ({ kind: 'closed', token: own })),
  };
  fabric.onReply(KIND, handler);
  kernel.on('flow.resolved', ({ data }) => {
    const { machine, token, name } = data as { machine: string; token: string; name: string };
    const { container, own } = apart(token);
    const answer = fabric.resolve(machine, container, name, { hosts: true });
    tell(machine, container, { kind: 'resolved', token: own, answer });
  });
}

/** The network as the containers of one machine have it. */
export function processNetwork(kernel: Kernel, fabric: Fabric, node: NodeNetwork): ProcessNetwork {
  return {
    sockets: (container) => socketsOf(kernel, fabric, node, container),
    facts: (container) => factsOf(node, container),
  };
}

function socketsOf(
  kernel: Kernel,
  fabric: Fabric,
  node: NodeNetwork,
  holder: Container,
): ReturnType<ProcessNetwork['sockets']> {
  const { machine } = node;
  const container = holder.id;
  return {
    respond: (connection, response) => fabric.respond(connection, response),
    push: (connection, body) => fabric.push(connection, body),
    hangUp: (connection) => {
      const origin = fabric.state.flows.get(connection)?.origin;
      const isClient = origin?.kind === 'container' && origin.machine === machine && origin.container === container;
      if (isClient) fabric.close(connection);
      else fabric.hangUp(connection);
    },
    connect: (token, target, request, options: ConnectOptions = {}) =>
      fabric.open({
        origin: { kind: 'container', machine, container },
        target,
        payload: request,
        timeout: options.timeout ?? DEFAULT_TIMEOUT,
        hold: options.hold ?? false,
        firstAddressOnly: options.firstAddressOnly ?? false,
        traced: fabric.tracing || isTyped(holder, token),
        reply: { kind: KIND, machine, token: `${container}|${token}` },
      }),
    send: (connection, token, request) => fabric.send(connection, request, `${container}|${token}`),
    resolve: (token, name) => {
      const known = fabric.resolve(machine, container, name, { hosts: true });
      const delay = known.ok && known.source !== 'outside' ? RESOLVE_TIME : OUTSIDE_RESOLVE_TIME;
      kernel.schedule(delay, 'flow.resolved', machine, { machine, token: `${container}|${token}`, name });
    },
  };
}

/**
 * Did somebody type what asks: `docker exec`, or `docker run`? What services ask of their own accord is watched only while they
 * answer a watched question, and health checks never are.
 */
function isTyped({ processes, taskId }: Container, token: string): boolean {
  const number = Number(/^\d+\.(\d+)\//.exec(token)?.[1] ?? 0);
  if (number === 0) return taskId === null;
  const asker = processes.find((process) => process.number === number);
  return asker !== undefined && asker.token !== null && !asker.token.startsWith('probe/');
}

function factsOf(node: NodeNetwork, { id }: Container): NetworkFacts {
  const sandbox = node.state.sandboxes.get(id);
  if (!sandbox) return { interfaces: [], nameserver: '' };
  const onlyDefault = sandbox.interfaces.every(({ networkName }) => networkName === 'bridge');
  return {
    interfaces: sandbox.interfaces.map(({ device, kind, address, subnet, mac, network, networkName }) => ({
      name: device,
      address: `${address}/${subnet.split('/')[1] ?? '16'}`,
      mac,
      mtu: kind === 'overlay' ? (node.state.present.get(network)?.mtu ?? 1450) : 1500,
      network: networkName,
      gateway: kind === 'overlay' ? null : firstOf(subnet),
    })),
    nameserver: onlyDefault ? firstOf(node.address) : '127.0.0.11',
  };
}

/** The first address of a block: docker's bridges have it themselves. */
function firstOf(subnet: string): string {
  return subnet.replace(/\.\d+(\/\d+)?$/, '.1');
}

function apart(token: string): { container: string; own: string } {
  const bar = token.indexOf('|');
  return { container: token.slice(0, bar), own: token.slice(bar + 1) };
}
