/** A host for tests of the daemon: a real container runtime, a leader whose writes commit at once, and what was sent to clients. */
import type { ApiChunk, ApiMethod, ApiResponse } from '../../protocol/api.ts';
import type { LocalNodeState } from '../../protocol/engine-api.ts';
import type { Micros } from '../../protocol/events.ts';
import { initialKernel, Kernel } from '../kernel/kernel.ts';
import { isRead } from '../manager/controlapi/control-api.ts';
import type { ControlError, ControlRequest } from '../manager/controlapi/control-request.ts';
import { TestLeader } from '../manager/controlapi/testing-leader.ts';
import { noNetwork } from '../runtime/programs/no-network.ts';
import { initialRuntime, Runtime } from '../runtime/runtime.ts';
import type { Network } from '../store/objects.ts';
import { Dockerd } from './dockerd.ts';
import type { DockerdHost, LogSelection } from './host.ts';
import { newDockerdDisk, startedDockerd } from './state.ts';

/** 2026-11-21T00:00:00Z */
const EPOCH_MS = 1_795_219_200_000;

interface Facts {
  localState: LocalNodeState;
  nodeId: string;
  nodeAddress: string;
  isManager: boolean;
  controlAvailable: boolean;
  error: string;
  remoteManagers: { nodeId: string; address: string }[];
  networks: Network[];
}

export class TestHost {
  readonly kernel = new Kernel(initialKernel(1));
  readonly leader = new TestLeader();
  readonly dockerd: Dockerd;
  readonly runtime: Runtime;
  readonly replies = new Map<number, ApiResponse>();
  readonly chunks: ApiChunk[] = [];
  readonly ended: { id: number; error: string | undefined }[] = [];
  /** What the swarm was asked to do, newest last. */
  readonly asked: { what: string; body: unknown; token: string }[] = [];
  /** Set: control calls are refused with it. */
  unreachable: ControlError | null = null;
  readonly facts: Facts = {
    localState: 'active',
    nodeId: 'n1',
    nodeAddress: '10.0.0.1',
    isManager: true,
    controlAvailable: true,
    error: '',
    remoteManagers: [{ nodeId: 'n1', address: '10.0.0.1:2377' }],
    networks: [],
  };
  private nextId = 1;

  constructor() {
    const { kernel, facts } = this;
    this.runtime = new Runtime(kernel, 'node1', initialRuntime(), {
      network: noNetwork,
      output: (token, stream, text) => this.dockerd.commandOutput(token, stream, text),
      operationDone: (token, result) => this.dockerd.runtimeDone(token, result),
      containerExited: () => {},
      healthChanged: () => {},
      event: (event) => this.dockerd.runtimeEvent(event),
      logged: (container, line) => this.dockerd.containerOutput(container.id, line),
    });
    const host: DockerdHost = {
      machine: 'node1',
      address: '10.0.0.1',
      cpus: 2,
      memoryBytes: 4_000_000_000,
      get now() {
        return kernel.now;
      },
      epochMs: EPOCH_MS,
      random: (purpose) => kernel.random(purpose),
      reply: (id, response) => this.replies.set(id, response),
      chunk: (_, chunk) => this.chunks.push(chunk),
      end: (id, error) => this.ended.push({ id, error }),
      swarm: Object.assign(facts, { attachment: () => null }),
      control: (token, request) => this.control(token, request),
      swarmInit: (token, body) => this.asked.push({ what: 'init', body, token }),
      swarmJoin: (token, body) => this.asked.push({ what: 'join', body, token }),
      swarmLeave: (token, body) => this.asked.push({ what: 'leave', body, token }),
      swarmUnlock: (token, body) => this.asked.push({ what: 'unlock', body, token }),
      runtime: this.runtime,
      attachments: {
        attach: (token, container, target) => this.asked.push({ what: 'attach', body: { container, target }, token }),
        leave: (container) => this.asked.push({ what: 'leave networks', body: container, token: '' }),
      },
      logs: {
        subscribe: (token, body: LogSelection) => this.asked.push({ what: 'logs', body, token }),
        unsubscribe: (token) => this.asked.push({ what: 'no logs', body: null, token }),
      },
      schedule: (delay, kind, data) => kernel.schedule(delay, 'dockerd', 'node1', { kind, data }),
      cancel: (handle) => kernel.cancel(handle),
    };
    this.dockerd = new Dockerd(host, startedDockerd(newDockerdDisk(kernel.random('daemons'), 0)));
    this.registerEvents();
    this.leader.addNode('n1', 'node1', 'manager');
  }

  /** Outside any swarm. */
  alone(): this {
    Object.assign(this.facts, {
      localState: 'inactive',
      nodeId: '',
      nodeAddress: '',
      isManager: false,
      controlAvailable: false,
      remoteManagers: [],
    });
    return this;
  }

  /** A worker of a swarm. */
  worker(): this {
    Object.assign(this.facts, { nodeId: 'n2', isManager: false, controlAvailable: false });
    return this;
  }

  /** Sends a request and returns its number; the answer may come later. */
  send(method: ApiMethod, path: string, body?: unknown): number {
    const id = this.nextId++;
    const [plain = '', query = ''] = path.split('?');
    const parameters: Record<string, string> = {};
    for (const part of query === '' ? [] : query.split('&')) {
      const at = part.indexOf('=');
      parameters[part.slice(0, at)] = part.slice(at + 1);
    }
    this.dockerd.handle(id, { method, path: plain, query: parameters, body });
    return id;
  }

  /** Sends a request, lets up to two minutes of virtual time pass, and gives status and body. */
  ask(method: ApiMethod, path: string, body?: unknown): [number, unknown] {
    const id = this.send(method, path, body);
    const until = this.kernel.now + 120_000_000;
    while (!this.replies.has(id) && this.kernel.runNext(until));
    const reply = this.replies.get(id);
    if (!reply) throw new Error(`no answer to ${method} ${path}`);
    // A pull is done when its stream ends.
    if (path.startsWith('/images/create') && reply.streaming)
      while (!this.ended.some((end) => end.id === id) && this.kernel.runNext(until));
    return [reply.status, reply.body];
  }

  /** The body of a request that must succeed. */
  get<T>(path: string): T {
    const [status, body] = this.ask('GET', path);
    if (status >= 400) throw new Error(JSON.stringify(body));
    return body as T;
  }

  /** Status and message of a refusal. */
  refusal(method: ApiMethod, path: string, body?: unknown): string {
    const [status, answer] = this.ask(method, path, body);
    return `${status} ${(answer as { message?: string } | null)?.message ?? 'no refusal'}`;
  }

  pass(time: Micros): void {
    const until = this.kernel.now + time;
    while (this.kernel.runNext(until));
    this.kernel.passTo(until);
  }

  /** The swarm has done what was asked last. */
  swarmDone(value: unknown = null): void {
    this.dockerd.swarmDone(this.asked.at(-1)!.token, { ok: true, value });
  }

  /** A running container of nginx, made through the API. */
  container(name: string, more: object = {}): string {
    this.ask('POST', '/images/create?fromImage=nginx&tag=1.26');
    const [, created] = this.ask('POST', `/containers/create?name=${name}`, { Image: 'nginx:1.26', ...more });
    const { Id } = created as { Id: string };
    this.ask('POST', `/containers/${Id}/start`);
    return Id;
  }

  private control(token: string, request: ControlRequest): void {
    if (this.unreachable) return this.dockerd.controlDone(token, { ok: false, error: this.unreachable });
    this.dockerd.controlDone(token, isRead(request) ? this.leader.read(request) : this.leader.write(request));
  }

  private registerEvents(): void {
    const { kernel, runtime } = this;
    const on = <T>(kind: string, run: (data: T) => void) => kernel.on(kind, (event) => run(event.data as T));
    on<{ kind: string; data: unknown }>('dockerd', ({ kind, data }) => this.dockerd.timer(kind, data));
    on<{ name: string; reference: never }>('runtime.pulled', ({ name, reference }) => runtime.pulled(name, reference));
    on<{ id: string; run: number; token: string }>('runtime.started', (e) => runtime.started(e.id, e.run, e.token));
    on<{ id: string; run: number }>('runtime.grace-over', ({ id, run }) => runtime.graceOver(id, run));
    on<{ id: string; run: number; code: number }>('runtime.exited', (e) => runtime.exited(e.id, e.run, e.code));
    on<{ id: string; run: number; kind: string }>('runtime.timer', (e) => runtime.timer(e.id, e.run, e.kind));
    on<{ id: string; token: string; volumes: boolean }>('runtime.removed', (e) =>
      runtime.removed(e.id, e.token, e.volumes),
    );
    on<{ id: string; run: number }>('runtime.probe', ({ id, run }) => runtime.probe(id, run));
  }
}
