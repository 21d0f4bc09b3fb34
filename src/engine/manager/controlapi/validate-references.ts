/**
 * What a service spec must fulfil among the other objects: networks, ports, secrets, configs.
 * Source: `swarmkit: manager/controlapi/service.go` `validateNetworks`, `checkPortConflicts`, `checkSecretExistence`.
 */
import type { PortConfig, Service, ServiceSpec } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import { invalid, type Refusal, refuse } from './refusal.ts';

/** Nobody attaches to the routing mesh's own network by name. */
export function checkNetworks(reader: StoreReader, spec: ServiceSpec): Refusal | null {
  for (const { target } of spec.task.networks) {
    const network = reader.get('network', target);
    if (network?.spec.ingress)
      return invalid(
        `Service cannot be explicitly attached to the ingress network ${JSON.stringify(network.spec.annotations.name)}`,
      );
  }
  return null;
}

/**
 * Ingress ports are the whole swarm's, so they conflict with each other and with host-mode ports. Two services with the
 * same host-mode port may live side by side: the scheduler keeps them apart. `own` is the service that is updated.
 */
export function checkPorts(reader: StoreReader, spec: ServiceSpec, own?: string): Refusal | null {
  const wanted = new Map<string, Set<PortConfig['publishMode']>>();
  for (const port of spec.endpoint?.ports ?? []) {
    if (port.publishedPort === 0) continue;
    const modes = wanted.get(portKey(port)) ?? new Set();
    wanted.set(portKey(port), modes.add(port.publishMode));
  }
  if (wanted.size === 0) return null;
  for (const service of reader.all('service')) {
    if (service.id === own) continue;
    for (const port of [...(service.spec.endpoint?.ports ?? []), ...(service.endpoint?.ports ?? [])]) {
      const conflict = checkPort(port, service, wanted.get(portKey(port)));
      if (conflict) return conflict;
    }
  }
  return null;
}

function checkPort(
  port: PortConfig,
  owner: Service,
  wanted: Set<PortConfig['publishMode']> | undefined,
): Refusal | null {
  if (port.publishedPort === 0 || !wanted) return null;
  const inUse = `port '${port.publishedPort}' is already in use by service '${owner.spec.annotations.name}' (${owner.id})`;
  if (port.publishMode === 'ingress') return invalid(`${inUse} as an ingress port`);
  return wanted.has('ingress') ? invalid(`${inUse} as a host-published port`) : null;
}

function portKey(port: PortConfig): string {
  return `${port.publishedPort}/${port.protocol}`;
}

/** All secrets and configs of the spec exist, under the names it gives. */
export function checkFiles(reader: StoreReader, spec: ServiceSpec): Refusal | null {
  const { secrets, configs } = spec.task.container;
  return missing(reader, 'secret', secrets) ?? missing(reader, 'config', configs);
}

function missing(
  reader: StoreReader,
  kind: 'secret' | 'config',
  references: readonly { id: string; name: string }[],
): Refusal | null {
  const names = references
    .filter(({ id, name }) => reader.get(kind, id)?.spec.annotations.name !== name)
    .map(({ name }) => name);
  if (names.length === 0) return null;
  return invalid(`${names.length === 1 ? kind : `${kind}s`} not found: ${names.join(', ')}`);
}

/** A service with ports on the routing mesh needs that network to be there. */
export function checkIngress(reader: StoreReader, spec: ServiceSpec): Refusal | null {
  if (!needsIngress(spec)) return null;
  for (const network of reader.all('network')) if (network.spec.ingress) return null;
  return refuse('FailedPrecondition', 'service needs ingress network, but no ingress network is present');
}

/** Does the service publish a port on the routing mesh? */
export function needsIngress({ endpoint }: ServiceSpec): boolean {
  return endpoint !== null && endpoint.mode !== 'dnsrr' && endpoint.ports.some((p) => p.publishMode === 'ingress');
}
