/** `/services`. `moby: daemon/cluster/services.go`. Names of networks become ids before the spec is read, as there. */
import { serviceSpec } from '../../../go-types/swarm.ts';
import type * as api from '../../../protocol/engine-api.ts';
import type { ServiceWithCounts } from '../../manager/controlapi/control-request.ts';
import type { Network } from '../../store/objects.ts';
import { serviceJson } from '../convert/service.ts';
import { type GivenServiceSpec, serviceSpecFrom } from '../convert/service-from.ts';
import type { Dockerd } from '../dockerd.ts';
import { isTrue, parseFilters } from '../filters.ts';
import { randomName } from '../names.ts';
import { badVersion, parseUint } from '../request.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';

const FILTERS = ['id', 'label', 'mode', 'name', 'runtime'];

export const listServices: Route = {
  needsManager: true,
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    daemon.control(call, 'services', { op: 'service.list', filters: parsed.filters });
  },
  stages: {
    services(daemon, call, services: readonly ServiceWithCounts[]) {
      const options = { epochMs: daemon.host.epochMs, status: isTrue(call.request.query?.status) };
      daemon.reply(
        call,
        services.map((service) => serviceJson(service, options)),
      );
    },
  },
};

export const inspectService: Route = {
  needsManager: true,
  start(daemon, call) {
    daemon.control(call, 'service', { op: 'service.get', ref: call.params.id! });
  },
  stages: {
    service(daemon, call, service: ServiceWithCounts) {
      const insertDefaults = isTrue(call.request.query?.insertDefaults);
      daemon.reply(call, serviceJson(service, { epochMs: daemon.host.epochMs, insertDefaults }));
    },
  },
};

export const createService: Route = {
  body: serviceSpec,
  needsManager: true,
  start: (daemon, call) => resolveNetworks(daemon, call, create),
  stages: {
    network: (daemon, call, network: Network) => takeNetwork(daemon, call, network, create),
    created: (daemon, call, { id }: { id: string }) => daemon.reply(call, { ID: id }, 201),
  },
  failed: { network: networkMissing },
};

function create(daemon: Dockerd, call: Call, given: GivenServiceSpec): void {
  const spec = serviceSpecFrom(given, randomName(daemon.host.random('names')));
  if (!spec.ok) return daemon.refuse(call, { status: 400, message: spec.message });
  daemon.control(call, 'created', { op: 'service.create', spec: spec.value });
}

export const updateService: Route = {
  body: serviceSpec,
  needsManager: true,
  start(daemon, call) {
    const { version, rollback } = call.request.query ?? {};
    if (parseUint(version) === null)
      return daemon.refuse(call, { status: 400, message: badVersion('service', version) });
    if (rollback && rollback !== 'none' && rollback !== 'previous')
      return daemon.refuse(call, { status: 500, message: `unrecognized rollback option ${rollback}` });
    resolveNetworks(daemon, call, update);
  },
  stages: {
    network: (daemon, call, network: Network) => takeNetwork(daemon, call, network, update),
    updated: (daemon, call) => daemon.reply(call, { Warnings: null }),
  },
  failed: { network: networkMissing },
};

function update(daemon: Dockerd, call: Call, given: GivenServiceSpec): void {
  const spec = serviceSpecFrom(given, randomName(daemon.host.random('names')));
  if (!spec.ok) return daemon.refuse(call, { status: 400, message: spec.message });
  const { version, rollback } = call.request.query ?? {};
  daemon.control(call, 'updated', {
    op: 'service.update',
    ref: call.params.id!,
    version: parseUint(version)!,
    spec: spec.value,
    rollback: rollback === 'previous',
  });
}

export const removeService: Route = {
  needsManager: true,
  start(daemon, call) {
    daemon.control(call, 'removed', { op: 'service.remove', ref: call.params.id! });
  },
  stages: { removed: (daemon, call) => daemon.reply(call, null) },
};

// ---- networks by name

type Next = (daemon: Dockerd, call: Call, given: GivenServiceSpec) => void;

/** Asks for one network after the other; ids found so far are the call's `partial`. */
function resolveNetworks(daemon: Dockerd, call: Call, next: Next): void {
  const found = (call.partial ?? []) as readonly string[];
  const networks = wantedNetworks(call);
  const wanted = networks[found.length];
  if (wanted) return daemon.control(call, 'network', { op: 'network.get', ref: wanted.Target ?? '' });
  const given = daemon.body<api.ServiceSpec>(call);
  if (networks.length === 0) return next(daemon, call, given);
  const Networks = networks.map((network, i) => ({ ...network, Target: found[i]! }));
  next(daemon, call, { ...given, TaskTemplate: { ForceUpdate: 0, ...given.TaskTemplate, Networks } });
}

/** The task template's networks, else those that old clients give for the whole service. */
function wantedNetworks({ request }: Call): readonly api.NetworkAttachmentConfig[] {
  const spec = (request.body ?? {}) as GivenServiceSpec & { Networks?: api.NetworkAttachmentConfig[] };
  const ofTasks = spec.TaskTemplate?.Networks ?? [];
  return ofTasks.length > 0 ? ofTasks : (spec.Networks ?? []);
}

function takeNetwork(daemon: Dockerd, call: Call, network: Network, next: Next): void {
  call.partial = [...((call.partial ?? []) as readonly string[]), network.id];
  resolveNetworks(daemon, call, next);
}

/** The swarm has no such network. If this host has one, it is told why it will not do. */
function networkMissing(daemon: Dockerd, call: Call, failure: { status: number; message: string }): void {
  const found = (call.partial ?? []) as readonly string[];
  const target = wantedNetworks(call)[found.length]?.Target ?? '';
  const local = daemon.state.disk.networks.find(({ id, name }) => name === target || id === target);
  if (!local || failure.status !== 404) return daemon.refuse(call, failure);
  if (local.predefined)
    return daemon.refuse(call, {
      status: 404,
      message: `could not find the corresponding predefined swarm network: network ${local.name} not found`,
    });
  daemon.refuse(call, {
    status: 403,
    message: `The network ${local.name} cannot be used with services. Only networks scoped to the swarm can be used, such as those created with the overlay driver.`,
  });
}
