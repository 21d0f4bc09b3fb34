/** A small swarm for tests of the network: services in a few words, questions asked and answered in one line. */
import { Cluster } from '../engine/cluster.ts';
import type { Container } from '../engine/runtime/container.ts';
import { type FlowResult, httpGet, type Transport } from '../engine/runtime/programs/sockets.ts';
import type { FlowOrigin, FlowView } from '../protocol/network-view.ts';

const SECOND = 1_000_000;

export interface ServiceWish {
  image?: string;
  replicas?: number;
  networks?: (string | { name: string; aliases: string[] })[];
  /** `8080:80`, with `/udp` and `:host` behind if wanted. */
  publish?: string[];
  mode?: 'vip' | 'dnsrr';
  global?: boolean;
  constraints?: string[];
  command?: string[];
  env?: string[];
}

export class NetworkWorld {
  readonly cluster: Cluster;
  private results = new Map<string, FlowResult>();
  private asked = 0;

  constructor(machines = 3, seed = 1) {
    this.cluster = Cluster.create({
      name: 'network',
      title: 'network',
      seed,
      profile: 'docker',
      hosts: Array.from({ length: machines }, (_, i) => ({ name: `node${i + 1}`, address: `192.168.99.${101 + i}` })),
      managers: 1,
      workers: machines - 1,
      services: [],
    });
    this.cluster.fabric.onReply('test', {
      done: (_machine, token, result) => this.results.set(token, result),
    });
    this.run(2);
  }

  run(seconds: number): void {
    this.cluster.advance(this.cluster.now + Math.round(seconds * SECOND));
  }

  /** Sends a request to a daemon and waits for its answer. */
  api(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    host = 'node1',
    query?: Record<string, string>,
  ): unknown {
    const id = this.cluster.request(host, { method, path, body, ...(query && { query }) });
    for (let i = 0; i < 600; i++) {
      for (const reply of this.cluster.takeReplies()) {
        if (reply.id !== id || reply.type !== 'response') continue;
        if (reply.response.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(reply.response.body)}`);
        return reply.response.body;
      }
      this.cluster.advance(this.cluster.now + 50_000, { stopOnReply: true });
    }
    throw new Error(`${method} ${path}: no answer`);
  }

  network(name: string, options: Record<string, unknown> = {}): string {
    const { Id } = this.api('POST', '/networks/create', { Name: name, Driver: 'overlay', ...options }) as {
      Id: string;
    };
    this.run(0.5);
    return Id;
  }

  /** Creates a service and waits until all of it runs and everybody has heard of it. */
  service(name: string, wish: ServiceWish = {}): this {
    this.api('POST', '/services/create', serviceSpec(name, wish));
    const wanted = wish.global ? this.cluster.machines.length : (wish.replicas ?? 1);
    for (let i = 0; i < 60 && this.containers(name).length < wanted; i++) this.run(1);
    this.run(2);
    return this;
  }

  update(name: string, change: (spec: Record<string, unknown>) => void): void {
    const service = this.api('GET', `/services/${name}`) as {
      ID: string;
      Version: { Index: number };
      Spec: Record<string, unknown>;
    };
    const spec = structuredClone(service.Spec);
    change(spec);
    this.api('POST', `/services/${service.ID}/update`, spec, 'node1', { version: String(service.Version.Index) });
  }

  scale(name: string, replicas: number): void {
    this.update(name, (spec) => {
      spec.Mode = { Replicated: { Replicas: replicas } };
    });
  }

  /** Running containers of a service, by slot. */
  containers(service: string): { machine: string; container: Container }[] {
    return this.cluster.machines
      .flatMap((machine) =>
        [...machine.runtime.state.containers.values()]
          .filter(
            ({ state, config }) => (state === 'running' || state === 'paused') && config.name.startsWith(`${service}.`),
          )
          .map((container) => ({ machine: machine.name, container })),
      )
      .sort((a, b) => Number(a.container.config.name < b.container.config.name ? -1 : 1));
  }

  /** A process in the n-th container of a service. */
  within(service: string, n = 0): FlowOrigin {
    const { machine, container } = this.containers(service)[n]!;
    return { kind: 'container', machine, container: container.id };
  }

  /** Asks, and waits for the end. */
  ask(
    origin: FlowOrigin,
    host: string,
    port: number,
    options: { timeout?: number; protocol?: Transport; traced?: boolean; firstAddressOnly?: boolean } = {},
  ): FlowResult {
    const token = `${++this.asked}`;
    const { timeout = 5, protocol = 'tcp', traced = true, firstAddressOnly = false } = options;
    this.cluster.fabric.open({
      origin,
      target: { host, port, protocol },
      payload: httpGet(host),
      timeout: timeout * SECOND,
      traced,
      firstAddressOnly,
      reply: { kind: 'test', machine: 'node1', token },
    });
    while (!this.results.has(token)) this.cluster.advance(this.cluster.now + 1_000);
    return this.results.get(token)!;
  }

  /** Who answered, as `machine/web.2`, or why nobody did. */
  who(origin: FlowOrigin, host: string, port: number, options: Parameters<NetworkWorld['ask']>[3] = {}): string {
    const result = this.ask(origin, host, port, options);
    if (!result.ok) return result.dropped ? `${result.reason}: ${result.dropped.reason}` : result.reason;
    const by = result.servedBy;
    if (!by) return 'answered';
    const name = this.cluster.machine(by.machine)!.runtime.state.containers.get(by.container)?.config.name ?? '';
    return `${by.machine}/${name.split('.').slice(0, 2).join('.')}`;
  }

  /** The last flow that ended. */
  get last(): FlowView {
    return this.cluster.fabric.state.recent.at(-1)!;
  }

  /** Its rooms in order: `node1 nat`, and `<` before those of the way back. */
  rooms(way: 'out' | 'back' = 'out'): string {
    return this.last.hops
      .filter((hop) => hop.way === way)
      .map(({ machine, room }) => `${machine === '' ? 'outside' : machine}:${room}`)
      .join(' ');
  }
}

function serviceSpec(name: string, wish: ServiceWish): unknown {
  const {
    image = 'nginx:1.26',
    replicas = 1,
    networks = [],
    publish = [],
    mode,
    global = false,
    constraints = [],
  } = wish;
  return {
    Name: name,
    Labels: {},
    TaskTemplate: {
      ContainerSpec: {
        Image: image,
        ...(wish.command && { Command: wish.command }),
        ...(wish.env && { Env: wish.env }),
      },
      ...(constraints.length > 0 && { Placement: { Constraints: constraints } }),
      Networks: networks.map((network) =>
        typeof network === 'string' ? { Target: network } : { Target: network.name, Aliases: network.aliases },
      ),
    },
    Mode: global ? { Global: {} } : { Replicated: { Replicas: replicas } },
    EndpointSpec: {
      ...(mode && { Mode: mode }),
      Ports: publish.map((text) => {
        const [, published, target, protocol, publishMode] = /^(\d+):(\d+)(?:\/(\w+))?(?::(\w+))?$/.exec(text)!;
        return {
          Protocol: protocol ?? 'tcp',
          PublishedPort: Number(published),
          TargetPort: Number(target),
          PublishMode: publishMode ?? 'ingress',
        };
      }),
    },
  };
}

export const outside: FlowOrigin = { kind: 'outside' };
export const host = (machine: string): FlowOrigin => ({ kind: 'host', machine });
