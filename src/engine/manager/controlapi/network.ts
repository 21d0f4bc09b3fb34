/** Networks of the swarm: create, list, remove. `swarmkit: manager/controlapi/network.go` */
import { type Network, type NetworkSpec, TaskState } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import type { ControlResult, Filters } from './control-request.ts';
import { hasLabels, startsWith } from './list-filters.ts';
import { find } from './lookup.ts';
import { type Refusal, refuse } from './refusal.ts';
import { validateNetworkSpec } from './validate-network.ts';
import { needsIngress } from './validate-references.ts';
import type { WriteContext } from './write-context.ts';

export function listNetworks(reader: StoreReader, filters: Filters): Network[] {
  const networks: Network[] = [];
  for (const network of reader.all('network')) {
    const { name, labels } = network.spec.annotations;
    if (
      startsWith(filters, 'name', name) &&
      startsWith(filters, 'id', network.id) &&
      hasLabels(filters, 'label', labels)
    )
      networks.push(network);
  }
  return networks;
}

export function createNetwork({ tx, leader }: WriteContext, spec: NetworkSpec): ControlResult {
  const refusal = validateNetworkSpec(spec) ?? checkIngressIsOne(tx, spec);
  if (refusal) return refusal;
  const { name } = spec.annotations;
  if (tx.byName('network', name)) return refuse('Unknown', 'name conflicts with an existing object');
  const id = leader.newId();
  leader.begin('network.created', [`network:${id}`], { name, driver: spec.driver });
  tx.create({
    kind: 'network',
    id,
    meta: { version: 0, createdAt: 0, updatedAt: 0 },
    spec,
    allocated: null,
    predefined: false,
  });
  return { ok: true, value: { id } };
}

function checkIngressIsOne(reader: StoreReader, spec: NetworkSpec): Refusal | null {
  if (!spec.ingress) return null;
  for (const network of reader.all('network')) {
    if (network.spec.ingress) return refuse('AlreadyExists', `ingress network (${network.id}) is already present`);
  }
  return null;
}

export function removeNetwork({ tx, leader }: WriteContext, ref: string): ControlResult {
  const found = find(tx, 'network', ref);
  if (!found.ok) return found;
  const network = found.object;
  const { id } = network;
  const { name } = network.spec.annotations;
  if (network.predefined)
    return refuse('FailedPrecondition', `network ${id} (${name}) is a swarm predefined network and cannot be removed`);
  const refusal = network.spec.ingress ? checkIngressUnused(tx) : checkUnused(tx, id);
  if (refusal) return refusal;
  leader.begin('network.removed', [`network:${id}`], { name });
  tx.remove('network', id);
  return { ok: true, value: null };
}

function checkIngressUnused(reader: StoreReader): Refusal | null {
  for (const service of reader.all('service')) {
    if (needsIngress(service.spec))
      return refuse(
        'FailedPrecondition',
        `ingress network cannot be removed because service ${service.id} depends on it`,
      );
  }
  return null;
}

function checkUnused(reader: StoreReader, id: string): Refusal | null {
  for (const service of reader.all('service')) {
    if (service.spec.task.networks.some(({ target }) => target === id))
      return refuse('FailedPrecondition', `network ${id} is in use by service ${service.id}`);
  }
  for (const task of reader.all('task')) {
    const isWanted = task.desiredState <= TaskState.running && task.status.state <= TaskState.running;
    if (isWanted && task.networks.some(({ networkId }) => networkId === id))
      return refuse('FailedPrecondition', `network ${id} is in use by task ${task.id}`);
  }
  return null;
}
