/** Nodes between the store and Docker's JSON. `moby: daemon/cluster/convert/node.go`, `api/types/swarm/node.go` */
import type * as api from '../../../protocol/engine-api.ts';
import type { NodeWithStatus } from '../../manager/controlapi/control-request.ts';
import type { Availability, GenericResource, NodeDescription, NodeRole, NodeSpec } from '../../store/objects.ts';
import { type Conversion, converted, unfit } from './conversion.ts';
import { filled, sortedMap, struct } from './go-json.ts';
import { head } from './meta.ts';
import { tlsInfoJson } from './swarm.ts';
import type { EpochMs } from './time.ts';

export function nodeJson({ node, manager }: NodeWithStatus, epochMs: EpochMs): api.Node {
  return struct({
    ...head(node, epochMs),
    Spec: nodeSpecJson(node.spec),
    Description: descriptionJson(node.description),
    Status: struct({
      State: node.status.state,
      Message: filled(node.status.message),
      Addr: filled(node.status.address),
    }),
    ManagerStatus: manager
      ? struct({
          Leader: filled(manager.leader),
          Reachability: manager.reachability,
          Addr: filled(manager.address),
        })
      : undefined,
  });
}

export function nodeSpecJson(spec: NodeSpec): api.NodeSpec {
  return struct({
    Name: filled(spec.annotations.name),
    Labels: sortedMap(spec.annotations.labels),
    Role: spec.desiredRole,
    Availability: spec.availability,
  });
}

function descriptionJson(description: NodeDescription | null): api.NodeDescription {
  if (!description) return { Platform: {}, Resources: {}, Engine: {}, TLSInfo: {} };
  const { resources } = description;
  return struct({
    Hostname: filled(description.hostname),
    Platform: struct({
      Architecture: filled(description.platform.architecture),
      OS: filled(description.platform.os),
    }),
    Resources: struct({
      NanoCPUs: filled(resources.nanoCpus),
      MemoryBytes: filled(resources.memoryBytes),
      GenericResources: filled(resources.generic.map(genericJson)),
    }),
    Engine: struct({
      EngineVersion: filled(description.engineVersion),
      Labels: filled(sortedMap(description.engineLabels)),
      Plugins: filled(description.plugins.map(({ type, name }) => ({ Type: type, Name: name }))),
    }),
    TLSInfo: description.tls ? tlsInfoJson(description.tls) : {},
  });
}

/** One generic resource, counted or named. */
export function genericJson({ kind, value }: GenericResource): api.GenericResource {
  return typeof value === 'number'
    ? { DiscreteResourceSpec: struct({ Kind: filled(kind), Value: filled(value) }) }
    : { NamedResourceSpec: struct({ Kind: filled(kind), Value: filled(value) }) };
}

export function genericFrom(resource: api.GenericResource): GenericResource {
  if ('DiscreteResourceSpec' in resource && resource.DiscreteResourceSpec)
    return { kind: resource.DiscreteResourceSpec.Kind ?? '', value: resource.DiscreteResourceSpec.Value ?? 0 };
  const named = (resource as { NamedResourceSpec?: { Kind?: string; Value?: string } }).NamedResourceSpec;
  return { kind: named?.Kind ?? '', value: named?.Value ?? '' };
}

const ROLES: readonly string[] = ['worker', 'manager'] satisfies NodeRole[];
const AVAILABILITIES: readonly string[] = ['active', 'pause', 'drain'] satisfies Availability[];

export function nodeSpecFrom(spec: Partial<api.NodeSpec>): Conversion<NodeSpec> {
  const role: string = spec.Role ?? '';
  const availability: string = spec.Availability ?? '';
  if (!ROLES.includes(role.toLowerCase())) return unfit(`invalid Role: ${JSON.stringify(role)}`);
  if (!AVAILABILITIES.includes(availability.toLowerCase()))
    return unfit(`invalid Availability: ${JSON.stringify(availability)}`);
  return converted({
    annotations: { name: spec.Name ?? '', labels: { ...spec.Labels } },
    desiredRole: role.toLowerCase() as NodeRole,
    availability: availability.toLowerCase() as Availability,
  });
}
