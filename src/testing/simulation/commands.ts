/**
 * What users do, as data, and the Engine API requests that it takes: reads first where docker's own client reads first (the
 * version of what is to be changed, the ids of secrets), then the change. A command is a conversation: it yields requests and is
 * given their answers.
 */
import type { ApiRequest, ApiResponse } from '../../protocol/api.ts';
import type { Micros } from '../../protocol/events.ts';

/** A service as a user wishes it, in Docker's own JSON, but for files, which are given by name. */
export interface ServiceWish {
  spec: Spec;
  secrets?: readonly string[];
  configs?: readonly string[];
}

/** Docker's JSON of a service. */
export type Spec = Record<string, unknown> & { Name: string };

export type Command =
  | { op: 'service create'; wish: ServiceWish }
  /** `hesitates`: time between the look and the change. */
  | { op: 'service update'; service: string; change: ServiceChange; hesitates?: Micros }
  | { op: 'service rollback'; service: string }
  | { op: 'service rm'; service: string }
  | { op: 'node update'; node: string; change: NodeChange; hesitates?: Micros }
  | { op: 'node rm'; node: string; force: boolean }
  | { op: 'swarm leave'; machine: string; force: boolean }
  | {
      op: 'swarm join';
      machine: string;
      role: 'Worker' | 'Manager';
      /** The manager that is asked for the token and joined. */
      via: string;
      viaAddress: string;
      address: string;
    }
  | { op: 'token rotate'; role: 'Worker' | 'Manager' }
  | { op: 'swarm force'; address: string }
  | { op: 'swarm update'; raft: { SnapshotInterval: number; LogEntriesForSlowFollowers: number } }
  | { op: 'network create'; name: string; options: Record<string, unknown> }
  | { op: 'network rm'; name: string }
  | { op: 'file create'; kind: FileKind; name: string; data: string }
  | { op: 'file rm'; kind: FileKind; name: string }
  /** Looks, and changes nothing. */
  | { op: 'look'; path: string };

export type FileKind = 'secrets' | 'configs';

/** One change of a service's spec. */
export type ServiceChange =
  | { kind: 'image'; image: string; command?: readonly string[] }
  | { kind: 'env'; value: string }
  | { kind: 'replicas'; replicas: number }
  | { kind: 'force' }
  | { kind: 'constraints'; constraints: readonly string[] }
  | { kind: 'networks'; networks: readonly string[] }
  | { kind: 'ports'; ports: readonly Record<string, unknown>[]; mode: 'vip' | 'dnsrr' }
  | { kind: 'files'; secrets: readonly string[]; configs: readonly string[] }
  | { kind: 'reservations'; cpus: number; memory: number };

export interface NodeChange {
  availability?: 'active' | 'pause' | 'drain';
  role?: 'manager' | 'worker';
  labels?: Record<string, string>;
}

/** A request of a conversation; `host` if it goes to another daemon than the first, `after` if its user takes some time before. */
export type Asked = { request: ApiRequest; host?: string; after?: Micros };
export type Conversation = Generator<Asked, void, ApiResponse>;

type Json = Record<string, unknown>;

/** The requests that a command takes. It ends early where a read finds nothing. */
export function* converse(command: Command): Conversation {
  switch (command.op) {
    case 'service create': {
      const spec = structuredClone(command.wish.spec) as Json;
      const files = yield* filesNamed(command.wish.secrets ?? [], command.wish.configs ?? []);
      if (files) Object.assign(containerOf(spec), files);
      yield post('/services/create', spec);
      return;
    }
    case 'service update':
      return yield* changeService(command.service, command.change, command.hesitates);
    case 'service rollback': {
      const service = yield* found(`/services/${command.service}`);
      if (service)
        yield post(`/services/${service.ID}/update`, service.Spec, { version: service.version, rollback: 'previous' });
      return;
    }
    case 'service rm':
      yield { request: { method: 'DELETE', path: `/services/${command.service}` } };
      return;
    case 'node update': {
      const node = yield* found(`/nodes/${command.node}`);
      if (!node) return;
      const { availability, role, labels } = command.change;
      const spec = { ...node.Spec };
      if (availability) spec.Availability = availability;
      if (role) spec.Role = role;
      if (labels) spec.Labels = { ...(spec.Labels as object), ...labels };
      yield { ...post(`/nodes/${node.ID}/update`, spec, { version: node.version }), ...pause(command.hesitates) };
      return;
    }
    case 'node rm': {
      const query: Record<string, string> = command.force ? { force: '1' } : {};
      yield { request: { method: 'DELETE', path: `/nodes/${command.node}`, query } };
      return;
    }
    case 'swarm leave':
      yield post('/swarm/leave', undefined, { force: command.force ? '1' : '0' });
      return;
    case 'swarm join':
      return yield* join(command);
    case 'token rotate': {
      const swarm = yield* found('/swarm');
      if (swarm)
        yield post('/swarm/update', swarm.Spec, { version: swarm.version, [`rotate${command.role}Token`]: 'true' });
      return;
    }
    case 'swarm force':
      yield post('/swarm/init', {
        ListenAddr: '0.0.0.0:2377',
        AdvertiseAddr: command.address,
        ForceNewCluster: true,
        Spec: {},
      });
      return;
    case 'swarm update': {
      const swarm = yield* found('/swarm');
      if (!swarm) return;
      const spec = { ...swarm.Spec, Raft: { ...(swarm.Spec.Raft as object), ...command.raft } };
      yield post('/swarm/update', spec, { version: swarm.version });
      return;
    }
    case 'network create':
      yield post('/networks/create', { Name: command.name, Driver: 'overlay', ...command.options });
      return;
    case 'network rm':
      yield { request: { method: 'DELETE', path: `/networks/${command.name}` } };
      return;
    case 'file create': {
      yield post(`/${command.kind}/create`, { Name: command.name, Labels: {}, Data: command.data });
      return;
    }
    case 'file rm':
      yield { request: { method: 'DELETE', path: `/${command.kind}/${command.name}` } };
      return;
    case 'look':
      yield { request: { method: 'GET', path: command.path } };
  }
}

interface Found {
  ID: string;
  version: string;
  Spec: Json;
}

/** Reads an object; null if it is not there. */
function* found(path: string): Generator<Asked, Found | null, ApiResponse> {
  const { status, body } = yield { request: { method: 'GET', path } };
  if (status !== 200) return null;
  const { ID, Version, Spec } = body as { ID: string; Version: { Index: number }; Spec: Json };
  return { ID, version: String(Version.Index), Spec: structuredClone(Spec) };
}

function* changeService(name: string, change: ServiceChange, hesitates?: Micros): Conversation {
  const service = yield* found(`/services/${name}`);
  if (!service) return;
  const { ID, version, Spec: spec } = service;
  const template = spec.TaskTemplate as Json;
  const container = containerOf(spec);
  switch (change.kind) {
    case 'image':
      container.Image = change.image;
      container.Command = change.command ? [...change.command] : undefined;
      break;
    case 'env':
      container.Env = [change.value];
      break;
    case 'replicas':
      if (!(spec.Mode as Json).Replicated) return;
      spec.Mode = { Replicated: { Replicas: change.replicas } };
      break;
    case 'force':
      template.ForceUpdate = Number(template.ForceUpdate ?? 0) + 1;
      break;
    case 'constraints':
      template.Placement = { ...(template.Placement as object), Constraints: [...change.constraints] };
      break;
    case 'networks':
      template.Networks = change.networks.map((Target) => ({ Target }));
      break;
    case 'ports':
      spec.EndpointSpec = { Mode: change.mode, Ports: change.ports };
      break;
    case 'files': {
      const files = yield* filesNamed(change.secrets, change.configs);
      if (!files) return;
      Object.assign(container, files);
      break;
    }
    case 'reservations':
      template.Resources = { Reservations: { NanoCPUs: change.cpus * 1e9, MemoryBytes: change.memory } };
  }
  yield { ...post(`/services/${ID}/update`, spec, { version }), ...pause(hesitates) };
}

function pause(after: Micros | undefined): { after?: Micros } {
  return after === undefined ? {} : { after };
}

/** References to files by name, as docker's client makes them; null if one is not there. */
function* filesNamed(
  secrets: readonly string[],
  configs: readonly string[],
): Generator<Asked, { Secrets: Json[]; Configs: Json[] } | null, ApiResponse> {
  const [Secrets, Configs]: Json[][] = [[], []];
  const File = (name: string): Json => ({ Name: name, UID: '0', GID: '0', Mode: 0o444 });
  for (const name of secrets) {
    const secret = yield* found(`/secrets/${name}`);
    if (!secret) return null;
    Secrets!.push({ SecretID: secret.ID, SecretName: name, File: File(name) });
  }
  for (const name of configs) {
    const config = yield* found(`/configs/${name}`);
    if (!config) return null;
    Configs!.push({ ConfigID: config.ID, ConfigName: name, File: File(`/${name}`) });
  }
  return { Secrets: Secrets!, Configs: Configs! };
}

/** Asks a manager for the token, then the machine itself joins. */
function* join(command: Extract<Command, { op: 'swarm join' }>): Conversation {
  const { status, body } = yield { host: command.via, request: { method: 'GET', path: '/swarm' } };
  if (status !== 200) return;
  const { JoinTokens } = body as { JoinTokens: Record<'Worker' | 'Manager', string> };
  yield {
    host: command.machine,
    request: {
      method: 'POST',
      path: '/swarm/join',
      body: {
        ListenAddr: '0.0.0.0:2377',
        AdvertiseAddr: command.address,
        RemoteAddrs: [`${command.viaAddress}:2377`],
        JoinToken: JoinTokens[command.role],
      },
    },
  };
}

function containerOf(spec: Json): Json {
  const template = spec.TaskTemplate as Json;
  return template.ContainerSpec as Json;
}

function post(path: string, body: unknown, query?: Record<string, string>): Asked {
  return { request: { method: 'POST', path, ...(body !== undefined && { body }), ...(query && { query }) } };
}
