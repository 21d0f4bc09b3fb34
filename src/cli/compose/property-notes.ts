/**
 * Properties of services that stacks ignore, that are of no use any more, or that they refuse.
 * Source: `cli: cli/compose/types/types.go` (the lists), `cli/compose/loader/loader.go` (who has them).
 */
import { isMapping, type Mapping } from './value.ts';

const unsupported: readonly string[] = [
  'build',
  'cgroupns_mode',
  'cgroup_parent',
  'devices',
  'domainname',
  'external_links',
  'ipc',
  'links',
  'mac_address',
  'network_mode',
  'pid',
  'privileged',
  'restart',
  'security_opt',
  'shm_size',
  'userns_mode',
];

/** With docker's own words. */
const deprecated: Readonly<Record<string, string>> = {
  container_name: 'Setting the container name is not supported.',
  expose:
    "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
};

const resourceLimits = 'Set resource limits using deploy.resources';

const forbidden: Readonly<Record<string, string>> = {
  extends: 'Support for `extends` is not implemented yet.',
  volume_driver:
    'Instead of setting the volume driver on the service, define a volume using the top-level `volumes` option and specify the driver there.',
  volumes_from:
    'To share a volume between services, define it using the top-level `volumes` option and reference it from each service that shares it using the service-level `volumes` option.',
  cpu_quota: resourceLimits,
  cpu_shares: resourceLimits,
  cpuset: resourceLimits,
  mem_limit: resourceLimits,
  memswap_limit: resourceLimits,
};

/** Names, sorted. */
export function unsupportedProperties(files: readonly Mapping[]): string[] {
  const used = usedProperties(files);
  return unsupported.filter((name) => used.has(name)).sort();
}

/** Names with what docker says of them. */
export function deprecatedProperties(files: readonly Mapping[]): Map<string, string> {
  return described(deprecated, files);
}

/** Names with what docker says of them. */
export function forbiddenProperties(files: readonly Mapping[]): Map<string, string> {
  return described(forbidden, files);
}

/** Paragraphs, sorted. */
export function propertyNotes(properties: ReadonlyMap<string, string>): string {
  return [...properties]
    .map(([name, note]) => `${name}: ${note}`)
    .sort()
    .join('\n\n');
}

function described(notes: Readonly<Record<string, string>>, files: readonly Mapping[]): Map<string, string> {
  const used = usedProperties(files);
  return new Map(Object.entries(notes).filter(([name]) => used.has(name)));
}

function usedProperties(files: readonly Mapping[]): Set<string> {
  const names = new Set<string>();
  for (const file of files) {
    const services = file.get('services');
    for (const service of isMapping(services) ? services.values() : []) {
      for (const name of isMapping(service) ? service.keys() : []) names.add(name);
    }
  }
  return names;
}
