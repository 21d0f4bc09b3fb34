/**
 * Where a task may run, stated a second time: readiness, constraints, platform, plugins, room, host ports, number per node.
 * Source: `docker service create` (placement, reservations), `design/scheduler.md`. Nothing here asks the engine.
 */
import type { Node, Resources, Service, Task } from '../../engine/store/objects.ts';
import type { CommittedHistory } from './committed-history.ts';

const PENDING = 64;
const RUNNING = 512;
const COMPLETE = 576;

/** Why this node may not get this task, or null. `except` is the task itself, if it is there already. */
export function whyUnfit(history: CommittedHistory, task: Task, node: Node): string | null {
  return (
    notReady(node) ??
    unsatisfied(task.spec.placement.constraints, node) ??
    wrongPlatform(task, node) ??
    missingPlugin(history, task, node) ??
    noRoom(history, task, node) ??
    hostPortTaken(history, task, node) ??
    tooMany(history, task, node)
  );
}

export function notReady({ status, spec, description }: Node): string | null {
  const name = description?.hostname ?? '';
  if (status.state !== 'ready') return `node ${name} is ${status.state}`;
  return spec.availability === 'active' ? null : `node ${name} is on ${spec.availability}`;
}

/** Tasks that take room on a node: given to it, and not ended. */
export function* occupants(history: CommittedHistory, node: string, except = ''): Generator<Task> {
  for (const task of history.tasksOfNode(node)) {
    const { state } = task.status;
    if (task.id !== except && state > PENDING && state <= RUNNING) yield task;
  }
}

// ---- constraints

/** The first of the constraints that the node does not satisfy, or null. */
export function unsatisfied(constraints: readonly string[], node: Node): string | null {
  const broken = constraints.find((constraint) => !satisfies(constraint, node));
  return broken === undefined ? null : `node ${node.description?.hostname} does not satisfy ${broken}`;
}

function satisfies(constraint: string, node: Node): boolean {
  const equal = constraint.indexOf('==');
  const at = equal >= 0 ? equal : constraint.indexOf('!=');
  const [key, wanted] = [constraint.slice(0, at).trim(), constraint.slice(at + 2).trim()];
  const actual = attributeOf(key, node);
  if (actual === null) return false;
  const same = key.toLowerCase() === 'node.ip' ? isIn(actual, wanted) : actual.toLowerCase() === wanted.toLowerCase();
  return same === equal >= 0;
}

/** What a node has under a key such as `node.labels.zone`; null for a key that means nothing. */
export function attributeOf(key: string, node: Node): string | null {
  const lower = key.toLowerCase();
  const { description } = node;
  if (lower.startsWith('node.labels.')) return node.spec.annotations.labels[key.slice('node.labels.'.length)] ?? '';
  if (lower.startsWith('engine.labels.')) return description?.engineLabels[key.slice('engine.labels.'.length)] ?? '';
  switch (lower) {
    case 'node.id':
      return node.id;
    case 'node.hostname':
      return description?.hostname ?? '';
    case 'node.role':
      return node.role;
    case 'node.ip':
      return node.status.address;
    case 'node.platform.os':
      return description?.platform.os ?? '';
    case 'node.platform.arch':
      return description?.platform.architecture ?? '';
    default:
      return null;
  }
}

/** Is the address in the block (or the same as the address). */
export function isIn(address: string, block: string): boolean {
  const [base = '', length = '32'] = block.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}

/** An address as a number; a mask length behind it is left out. */
export function numberOf(address: string): number {
  let value = 0;
  for (const part of address.split('/')[0]!.split('.')) value = value * 256 + Number(part);
  return value;
}

function wrongPlatform({ spec }: Task, { description }: Node): string | null {
  const { platforms } = spec.placement;
  if (platforms.length === 0) return null;
  const usual = (name: string): string => ({ x86_64: 'amd64', aarch64: 'arm64' })[name] ?? name;
  const [own, os] = [usual(description?.platform.architecture ?? ''), description?.platform.os ?? ''];
  const fits = platforms.some(
    (one) => (!one.architecture || usual(one.architecture) === own) && (!one.os || one.os === os),
  );
  return fits ? null : `the image does not run on ${own}/${os}`;
}

function missingPlugin({ tables }: CommittedHistory, task: Task, { description }: Node): string | null {
  const has = (type: string, name: string): boolean =>
    description?.plugins.some((plugin) => plugin.type === type && plugin.name.replace(/:latest$/, '') === name) ??
    false;
  for (const { networkId } of task.networks) {
    const driver = tables.network.get(networkId)?.spec.driver || 'overlay';
    if (!has('Network', driver)) return `there is no network plugin ${driver}`;
  }
  const log = task.spec.logDriver?.name ?? '';
  return log === '' || log === 'none' || has('Log', log) ? null : `there is no log plugin ${log}`;
}

// ---- room

/** What would be taken of the node together with this task, if that is more than it has. */
export function noRoom(history: CommittedHistory, task: Task, node: Node): string | null {
  const wanted = [
    task.spec.reservations,
    ...[...occupants(history, node.id, task.id)].map((one) => one.spec.reservations),
  ];
  return overbooked(wanted, node);
}

export function overbooked(reservations: readonly Resources[], { description }: Node): string | null {
  const has = description?.resources;
  const sum = (of: (resources: Resources) => number): number => reservations.reduce((total, one) => total + of(one), 0);
  const [cpus, memory] = [sum(({ nanoCpus }) => nanoCpus), sum(({ memoryBytes }) => memoryBytes)];
  const name = description?.hostname ?? '';
  if (cpus > (has?.nanoCpus ?? 0))
    return `${cpus / 1e9} cores are reserved on ${name}, which has ${(has?.nanoCpus ?? 0) / 1e9}`;
  if (memory > (has?.memoryBytes ?? 0))
    return `${memory} bytes are reserved on ${name}, which has ${has?.memoryBytes ?? 0}`;
  for (const kind of new Set(reservations.flatMap(({ generic }) => generic.map((one) => one.kind)))) {
    const wanted = sum(({ generic }) => amount(generic, kind));
    if (wanted > amount(has?.generic ?? [], kind)) return `${wanted} of ${kind} are reserved on ${name}`;
  }
  return null;
}

/** A count of a kind, or the number of its named items. */
function amount(generic: Resources['generic'], kind: string): number {
  return generic.reduce((sum, one) => sum + (one.kind !== kind ? 0 : typeof one.value === 'number' ? one.value : 1), 0);
}

/** Ports of the host itself that a task takes: `tcp/8080`. */
export function hostPortsOf({ endpoint }: Task): string[] {
  const ports = endpoint?.ports.filter((port) => port.publishMode === 'host' && port.publishedPort !== 0) ?? [];
  return ports.map(({ protocol, publishedPort }) => `${protocol}/${publishedPort}`);
}

function hostPortTaken(history: CommittedHistory, task: Task, node: Node): string | null {
  const wanted = hostPortsOf(task);
  if (wanted.length === 0) return null;
  for (const other of occupants(history, node.id, task.id)) {
    const port = hostPortsOf(other).find((one) => wanted.includes(one));
    if (port) return `port ${port} of ${node.description?.hostname} is taken by task ${other.id}`;
  }
  return null;
}

function tooMany(history: CommittedHistory, task: Task, node: Node): string | null {
  const limit = task.spec.placement.maxReplicas;
  // Tasks that are not to run any more are given a node all the same, to end there.
  if (limit === 0 || task.desiredState > COMPLETE) return null;
  let there = 0;
  for (const other of occupants(history, node.id, task.id))
    if (other.serviceId === task.serviceId && other.desiredState <= COMPLETE) there++;
  return there < limit
    ? null
    : `${there} tasks of the service are on ${node.description?.hostname} already, ${limit} may be`;
}

/** Does a service run once per node. */
export function isPerNode({ spec }: Service): boolean {
  return spec.mode.kind === 'global' || spec.mode.kind === 'global-job';
}
