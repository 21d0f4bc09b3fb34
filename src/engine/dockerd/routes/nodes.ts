/** `/nodes`. `moby: daemon/cluster/nodes.go` */
import { nodeSpec } from '../../../go-types/swarm.ts';
import type * as api from '../../../protocol/engine-api.ts';
import type { NodeWithStatus } from '../../manager/controlapi/control-request.ts';
import { nodeJson, nodeSpecFrom } from '../convert/node.ts';
import { isTrue, parseFilters } from '../filters.ts';
import { badVersion, parseUint } from '../request.ts';
import type { Route } from '../route.ts';

const FILTERS = ['id', 'label', 'membership', 'name', 'node.label', 'role'];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  role: ['worker', 'manager'],
  membership: ['pending', 'accepted'],
};

export const listNodes: Route = {
  needsManager: true,
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const filters: Record<string, readonly string[]> = { ...parsed.filters };
    for (const [key, known] of Object.entries(VALUES)) {
      const wrong = filters[key]?.find((value) => value !== '' && !known.includes(value.toLowerCase()));
      if (wrong !== undefined)
        return daemon.refuse(call, { status: 500, message: `Invalid ${key} filter: '${wrong}'` });
      if (filters[key]) filters[key] = filters[key].filter(Boolean).map((value) => value.toLowerCase());
    }
    daemon.control(call, 'nodes', { op: 'node.list', filters });
  },
  stages: {
    nodes(daemon, call, nodes: readonly NodeWithStatus[]) {
      daemon.reply(
        call,
        nodes.map((node) => nodeJson(node, daemon.host.epochMs)),
      );
    },
  },
};

export const inspectNode: Route = {
  needsManager: true,
  start(daemon, call) {
    daemon.control(call, 'node', { op: 'node.get', ref: call.params.id! });
  },
  stages: {
    node(daemon, call, node: NodeWithStatus) {
      daemon.reply(call, nodeJson(node, daemon.host.epochMs));
    },
  },
};

export const updateNode: Route = {
  body: nodeSpec,
  needsManager: true,
  start(daemon, call) {
    const version = parseUint(call.request.query?.version);
    if (version === null)
      return daemon.refuse(call, { status: 400, message: badVersion('node', call.request.query?.version) });
    const spec = nodeSpecFrom(daemon.body<api.NodeSpec>(call));
    if (!spec.ok) return daemon.refuse(call, { status: 400, message: spec.message });
    daemon.control(call, 'updated', { op: 'node.update', ref: call.params.id!, version, spec: spec.value });
  },
  stages: { updated: (daemon, call) => daemon.reply(call, null) },
};

export const removeNode: Route = {
  needsManager: true,
  start(daemon, call) {
    const force = isTrue(call.request.query?.force);
    daemon.control(call, 'removed', { op: 'node.remove', ref: call.params.id!, force });
  },
  stages: { removed: (daemon, call) => daemon.reply(call, null) },
};
