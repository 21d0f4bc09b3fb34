/** `/swarm`. `moby: daemon/cluster/swarm.go` */
import { initRequest, joinRequest, unlockRequest } from '../../../go-types/requests.ts';
import { swarmSpec } from '../../../go-types/swarm.ts';
import type * as api from '../../../protocol/engine-api.ts';
import { isUnlockKey } from '../../manager/ca/unlock-key.ts';
import type { NodeWithStatus } from '../../manager/controlapi/control-request.ts';
import type { Availability, Cluster } from '../../store/objects.ts';
import { mergeSwarmSpec, swarmJson } from '../convert/swarm.ts';
import type { Dockerd } from '../dockerd.ts';
import { LEAVE_LOCKED, NO_SWARM, NOT_LOCKED, noManager, SWARM_EXISTS } from '../errors.ts';
import { isTrue } from '../filters.ts';
import type { SwarmInit, SwarmJoin } from '../host.ts';
import { badVersion, parseUint } from '../request.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';
import {
  checkDataPathAddress,
  checkOwnAddress,
  type Resolved,
  resolveAdvertiseAddress,
  resolveDataPathPort,
  resolveListenAddress,
  resolveSubnetSize,
  withSwarmPort,
} from './swarm-addresses.ts';

const JOIN_TOKEN = /^SWMTKN-(1|2-1)-[0-9a-z]{50}-[0-9a-z]{25}$/;
const AVAILABILITIES: readonly string[] = ['active', 'pause', 'drain'];

export const inspectSwarm: Route = {
  needsManager: true,
  start: (daemon, call) => daemon.control(call, 'cluster', { op: 'cluster.get' }),
  stages: {
    cluster: (daemon, call, cluster: Cluster) => daemon.reply(call, swarmJson(cluster, daemon.host.epochMs)),
  },
};

export const initSwarm: Route = {
  body: initRequest,
  start(daemon, call) {
    const body = daemon.body<api.SwarmInitRequest>(call);
    if (daemon.host.swarm.localState !== 'inactive' && !body.ForceNewCluster)
      return daemon.refuse(call, { status: 503, message: SWARM_EXISTS });
    const request = readInit(body, daemon);
    if (!request.ok) return daemon.refuse(call, { status: 400, message: request.message });
    daemon.host.swarmInit(daemon.token(call, 'ready'), request.value);
  },
  stages: { ready: (daemon, call, nodeId: string) => daemon.reply(call, nodeId) },
};

/** What is asked for with all addresses resolved; or what is wrong with it, in the daemon's order of looking. */
function readInit(body: Partial<api.SwarmInitRequest>, daemon: Dockerd): Resolved<SwarmInit> {
  const name = body.Spec?.Name;
  if (name && name !== 'default') return { ok: false, message: 'swarm spec must be named "default"' };
  const listen = resolveListenAddress(body.ListenAddr, daemon);
  if (!listen.ok) return listen;
  const advertise = resolveAdvertiseAddress(body.AdvertiseAddr, listen.value, daemon);
  if (!advertise.ok) return advertise;
  const wrongPath = checkDataPathAddress(body.DataPathAddr, daemon);
  if (wrongPath !== null) return { ok: false, message: wrongPath };
  const subnetSize = resolveSubnetSize(body.DefaultAddrPool, body.SubnetSize);
  if (!subnetSize.ok) return subnetSize;
  const dataPathPort = resolveDataPathPort(body.DataPathPort);
  if (!dataPathPort.ok) return dataPathPort;
  if (!AVAILABILITIES.includes(availability(body.Availability)))
    return { ok: false, message: `invalid Availability: ${JSON.stringify(body.Availability)}` };
  const foreign = checkOwnAddress(listen.value, daemon);
  if (foreign !== null) return { ok: false, message: foreign };
  const spec = mergeSwarmSpec(body.Spec ?? {});
  return {
    ok: true,
    value: {
      listenAddress: listen.value,
      advertiseAddress: advertise.value,
      dataPathPort: dataPathPort.value,
      forceNewCluster: body.ForceNewCluster ?? false,
      spec: { ...spec, autoLock: spec.autoLock || (body.AutoLockManagers ?? false) },
      availability: availability(body.Availability),
      defaultAddressPool: [...(body.DefaultAddrPool ?? [])],
      subnetSize: subnetSize.value,
    },
  };
}

export const joinSwarm: Route = {
  body: joinRequest,
  start(daemon, call) {
    if (daemon.host.swarm.localState !== 'inactive') return daemon.refuse(call, { status: 503, message: SWARM_EXISTS });
    const request = readJoin(daemon.body<api.SwarmJoinRequest>(call), daemon);
    if (!request.ok) return daemon.refuse(call, { status: 400, message: request.message });
    daemon.host.swarmJoin(daemon.token(call, 'joined'), request.value);
  },
  stages: { joined: (daemon, call) => daemon.reply(call, null) },
};

function readJoin(body: Partial<api.SwarmJoinRequest>, daemon: Dockerd): Resolved<SwarmJoin> {
  const remotes = body.RemoteAddrs ?? [];
  if (remotes.length === 0) return { ok: false, message: 'at least 1 RemoteAddr is required to join' };
  const listen = resolveListenAddress(body.ListenAddr, daemon);
  if (!listen.ok) return listen;
  const wrongPath = checkDataPathAddress(body.DataPathAddr, daemon);
  if (wrongPath !== null) return { ok: false, message: wrongPath };
  const token = body.JoinToken ?? '';
  if (!JOIN_TOKEN.test(token)) return { ok: false, message: 'invalid join token' };
  if (!AVAILABILITIES.includes(availability(body.Availability)))
    return { ok: false, message: `invalid Availability: ${JSON.stringify(body.Availability)}` };
  // An address that cannot be used is no reason to refuse: the managers see where the node comes from.
  const advertise = resolveAdvertiseAddress(body.AdvertiseAddr, listen.value, daemon);
  const own = resolveAdvertiseAddress(undefined, listen.value, daemon);
  return {
    ok: true,
    value: {
      listenAddress: listen.value,
      advertiseAddress: advertise.ok ? advertise.value : own.ok ? own.value : '',
      // Only the first is asked, as there.
      remoteAddresses: remotes.slice(0, 1).map(withSwarmPort),
      token,
      availability: availability(body.Availability),
    },
  };
}

export const leaveSwarm: Route = {
  start(daemon, call) {
    const { localState, isManager, controlAvailable } = daemon.host.swarm;
    const force = isTrue(call.request.query?.force);
    if (localState === 'inactive') return daemon.refuse(call, { status: 503, message: NO_SWARM });
    if (localState === 'locked' && !force) return daemon.refuse(call, { status: 503, message: LEAVE_LOCKED });
    if (!isManager || force) return leave(daemon, call);
    if (controlAvailable) return daemon.control(call, 'managers', { op: 'node.list', filters: {} });
    daemon.refuse(call, {
      status: 503,
      message: `${AS_MANAGER}Doing so may lose the consensus of your cluster. ${ONLY_WAY}`,
    });
  },
  stages: {
    managers: (daemon, call, nodes: readonly NodeWithStatus[]) =>
      daemon.refuse(call, { status: 503, message: leavingManager(nodes, daemon.host.swarm.nodeId) }),
    left: (daemon, call) => daemon.reply(call, null),
  },
  failed: {
    managers: (daemon, call) => daemon.refuse(call, { status: 503, message: AS_MANAGER + ONLY_WAY }),
  },
};

const AS_MANAGER = 'You are attempting to leave the swarm on a node that is participating as a manager. ';
const ONLY_WAY =
  'The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. Use `--force` to suppress this message.';

/** What a manager that leaves without `--force` is told, by how many managers would stay. */
export function leavingManager(nodes: readonly NodeWithStatus[], own: string): string {
  const managers = nodes.filter(({ manager }) => manager !== null);
  const reachable = managers.filter(({ manager }) => manager!.reachability === 'reachable');
  const unreachable = managers.filter(({ manager }) => manager!.reachability === 'unreachable');
  const isActive = reachable.some(({ node }) => node.id === own);
  const losesQuorum = reachable.length - 2 <= unreachable.length;
  if (!isActive || !losesQuorum) return AS_MANAGER + ONLY_WAY;
  if (reachable.length === 1 && unreachable.length === 0)
    return `${AS_MANAGER}Removing the last manager erases all current state of the swarm. Use \`--force\` to ignore this message. `;
  return `${AS_MANAGER}Removing this node leaves ${reachable.length - 1} managers out of ${reachable.length + unreachable.length}. Without a Raft quorum your swarm will be inaccessible. ${ONLY_WAY}`;
}

function leave(daemon: Dockerd, call: Call): void {
  daemon.host.swarmLeave(daemon.token(call, 'left'), isTrue(call.request.query?.force));
}

export const updateSwarm: Route = {
  body: swarmSpec,
  needsManager: true,
  start(daemon, call) {
    const query = call.request.query ?? {};
    const version = parseUint(query.version);
    if (version === null) return daemon.refuse(call, { status: 400, message: badVersion('swarm', query.version) });
    const spec = daemon.body<api.SwarmSpec>(call);
    if (spec.Name && spec.Name !== 'default')
      return daemon.refuse(call, { status: 400, message: 'swarm spec must be named "default"' });
    daemon.control(call, 'updated', {
      op: 'cluster.update',
      version,
      spec: mergeSwarmSpec(spec),
      rotateWorkerToken: isTrue(query.rotateWorkerToken),
      rotateManagerToken: isTrue(query.rotateManagerToken),
      rotateUnlockKey: isTrue(query.rotateManagerUnlockKey),
    });
  },
  stages: { updated: (daemon, call) => daemon.reply(call, null) },
};

export const unlockKey: Route = {
  needsManager: true,
  start: (daemon, call) => daemon.control(call, 'cluster', { op: 'cluster.get' }),
  stages: {
    cluster: (daemon, call, cluster: Cluster) => daemon.reply(call, { UnlockKey: cluster.unlockKey }),
  },
};

export const unlockSwarm: Route = {
  body: unlockRequest,
  start(daemon, call) {
    const { swarm } = daemon.host;
    if (swarm.localState !== 'locked')
      return daemon.refuse(call, noManager(swarm) ?? { status: 409, message: NOT_LOCKED });
    const key = daemon.body<api.SwarmUnlockRequest>(call).UnlockKey ?? '';
    if (!isUnlockKey(key)) return daemon.refuse(call, { status: 400, message: 'invalid key string' });
    daemon.host.swarmUnlock(daemon.token(call, 'unlocked'), key);
  },
  stages: { unlocked: (daemon, call) => daemon.reply(call, null) },
};

function availability(given: string | undefined): Availability {
  return (given || 'active').toLowerCase() as Availability;
}
