/**
 * The filters that a node must pass for a task, and what their refusal means in words.
 * Source: `swarmkit: manager/scheduler/filter.go`. A filter is made for one task; one that does not concern the task is left out.
 */
import type { Mount, StoreObjects, Task } from '../../store/objects.ts';
import { nodeMatches, parseConstraints } from '../constraint/constraint.ts';
import { hasEnough } from './generic-resource.ts';
import { hostPorts, type NodeInfo } from './node-info.ts';

export const FILTER_NAMES = [
  'ready',
  'resources',
  'plugins',
  'constraints',
  'platform',
  'host-ports',
  'max-replicas',
  'volumes',
] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

/** Does this node pass. */
export type Check = (node: NodeInfo) => boolean;

/** What a filter needs to know beyond the task. */
export interface FilterSources {
  get(kind: 'network', id: string): StoreObjects['network'] | undefined;
}

/** Makes the check of one filter for a task, or null if the filter does not concern it. */
export type Filter = (task: Task, sources: FilterSources) => Check | null;

/** In the order in which they are asked; the first refusal counts. */
export const FILTERS: Readonly<Record<FilterName, Filter>> = {
  ready: () => (info) => info.node.status.state === 'ready' && info.node.spec.availability === 'active',

  resources: ({ spec: { reservations } }) => {
    const { nanoCpus, memoryBytes, generic } = reservations;
    if (nanoCpus === 0 && memoryBytes === 0 && generic.length === 0) return null;
    return (info) =>
      nanoCpus <= info.freeCpus &&
      memoryBytes <= info.freeMemory &&
      generic.every((wanted) => hasEnough(info.freeGeneric, wanted));
  },

  plugins: (task, sources) => {
    const wanted = requiredPlugins(task, sources);
    if (wanted.length === 0) return null;
    return (info) => wanted.every((plugin) => hasPlugin(info, plugin));
  },

  constraints: ({ spec: { placement } }) => {
    if (placement.constraints.length === 0) return null;
    const parsed = parseConstraints(placement.constraints);
    return parsed.ok ? (info) => nodeMatches(parsed.constraints, info.node) : null;
  },

  platform: ({ spec: { placement } }) => {
    const { platforms } = placement;
    if (platforms.length === 0) return null;
    return (info) => {
      const actual = info.node.description?.platform;
      if (!actual) return false;
      const architecture = normalArchitecture(actual.architecture);
      return platforms.some(
        (wanted) =>
          (wanted.architecture === '' || normalArchitecture(wanted.architecture) === architecture) &&
          (wanted.os === '' || wanted.os === actual.os),
      );
    };
  },

  'host-ports': (task) => {
    const ports = hostPorts(task);
    return ports.length === 0 ? null : (info) => !ports.some((port) => info.usesHostPort(port));
  },

  'max-replicas': ({ serviceId, spec: { placement } }) =>
    placement.maxReplicas > 0 ? (info) => info.activeOf(serviceId) < placement.maxReplicas : null,

  // Simplified: no CSI plugins exist in the simulated world, so no node can offer a cluster volume.
  volumes: ({ spec }) => (spec.container.mounts.some((mount) => mount.type === 'cluster') ? () => false : null),
};

/** What the refusal of this filter by `nodes` nodes is called. */
export function explainFilter(filter: FilterName, nodes: number): string {
  const count = nodes === 1 ? '1 node' : `${nodes} nodes`;
  switch (filter) {
    case 'ready':
      return `${count} not available for new tasks`;
    case 'resources':
      return `insufficient resources on ${count}`;
    case 'plugins':
      return `missing plugin on ${count}`;
    case 'constraints':
      return `scheduling constraints not satisfied on ${count}`;
    case 'platform':
      return `unsupported platform on ${count}`;
    case 'host-ports':
      return `host-mode port already in use on ${count}`;
    case 'max-replicas':
      return 'max replicas per node limit exceed';
    case 'volumes':
      return `cannot fulfill requested CSI volume mounts on ${count}`;
  }
}

interface Plugin {
  readonly type: 'Volume' | 'Network' | 'Log';
  readonly name: string;
}

function requiredPlugins(task: Task, sources: FilterSources): Plugin[] {
  const plugins: Plugin[] = [];
  for (const mount of task.spec.container.mounts) {
    const name = volumeDriver(mount);
    if (name !== '' && name !== 'local') plugins.push({ type: 'Volume', name });
  }
  for (const { networkId } of task.networks) {
    const network = sources.get('network', networkId);
    if (network) plugins.push({ type: 'Network', name: network.spec.driver || 'overlay' });
  }
  const log = task.spec.logDriver?.name ?? '';
  if (log !== '' && log !== 'none') plugins.push({ type: 'Log', name: log });
  return plugins;
}

function hasPlugin({ node }: NodeInfo, { type, name }: Plugin): boolean {
  const plugins = node.description?.plugins ?? [];
  const ofType = plugins.filter((plugin) => plugin.type === type);
  // An agent that reports no plugin at all (or no log driver at all) is not judged by them.
  if (ofType.length === 0 && (type === 'Log' || plugins.length === 0)) return true;
  return ofType.some((plugin) => plugin.name === name || plugin.name === `${name}:latest`);
}

function volumeDriver(mount: Mount): string {
  if (mount.type !== 'volume') return '';
  const options = mount.options.VolumeOptions as { DriverConfig?: { Name?: string } } | undefined;
  return options?.DriverConfig?.Name ?? '';
}

function normalArchitecture(architecture: string): string {
  if (architecture === 'x86_64') return 'amd64';
  return architecture === 'aarch64' ? 'arm64' : architecture;
}
