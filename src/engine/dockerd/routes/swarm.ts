/** `/swarm`. `moby: daemon/cluster/swarm.go` */
import type * as api from '../../../protocol/engine-api.ts';
import { parseAddress, parseCidr } from '../../manager/controlapi/cidr.ts';
import type { NodeWithStatus } from '../../manager/controlapi/control-request.ts';
import type { Availability, Cluster } from '../../store/objects.ts';
import { mergeSwarmSpec, swarmJson } from '../convert/swarm.ts';
import type { Dockerd } from '../dockerd.ts';
import { LEAVE_LOCKED, NO_SWARM, NOT_LOCKED, noManager, SWARM_EXISTS } from '../errors.ts';
import { isTrue } from '../filters.ts';
import { badVersion, parseUint } from '../request.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';

const SWARM_PORT = 2377;
const DATA_PATH_PORT = 4789;
const SUBNET_SIZE = 24;
const JOIN_TOKEN = /^SWMTKN-(1|2-1)-[0-9a-z]{50}-[0-9a-z]{25}$/;
const UNLOCK_KEY = /^SWMKEY-1-[A-Za-z0-9+/]{43}$/;
const AVAILABILITIES: readonly string[] = ['active', 'pause', 'drain'];

export const inspectSwarm: Route = {
  needsManager: true,
  start: (daemon, call) => daemon.control(call, 'cluster', { op: 'cluster.get' }),
  stages: {
    cluster: (daemon, call, cluster: Cluster) => daemon.reply(call, swarmJson(cluster, daemon.host.epochMs)),
  },
};

export const initSwarm: Route = {
  start(daemon, call) {
    const body = daemon.body<api.SwarmInitRequest>(call);
    if (daemon.host.swarm.localState !== 'inactive' && !body.ForceNewCluster)
      return daemon.refuse(call, { status: 503, message: SWARM_EXISTS });
    const wrong = checkInit(body) ?? checkAddress(body.AdvertiseAddr, daemon) ?? checkPool(body);
    if (wrong !== null) return daemon.refuse(call, { status: 400, message: wrong });
    const [, port] = splitPort(body.ListenAddr || '0.0.0.0:2377');
    const spec = mergeSwarmSpec(body.Spec ?? {});
    daemon.host.swarmInit(daemon.token(call, 'ready'), {
      listenAddress: withPort(body.ListenAddr || '0.0.0.0', SWARM_PORT),
      advertiseAddress: advertised(body.AdvertiseAddr, port || SWARM_PORT, daemon),
      dataPathPort: body.DataPathPort || DATA_PATH_PORT,
      forceNewCluster: body.ForceNewCluster ?? false,
      spec: { ...spec, autoLock: spec.autoLock || (body.AutoLockManagers ?? false) },
      availability: availability(body.Availability),
      defaultAddressPool: [...(body.DefaultAddrPool ?? [])],
      subnetSize: body.SubnetSize || SUBNET_SIZE,
    });
  },
  stages: { ready: (daemon, call, nodeId: string) => daemon.reply(call, nodeId) },
};

function checkInit(body: Partial<api.SwarmInitRequest>): string | null {
  const name = body.Spec?.Name;
  if (name && name !== 'default') return 'swarm spec must be named "default"';
  const port = body.DataPathPort ?? 0;
  if (port !== 0 && (port < 1024 || port > 49_151))
    return `the datapath port number must be in the range 1024-49151 or use 0 to use the default port number 4789`;
  if (!AVAILABILITIES.includes(availability(body.Availability)))
    return `invalid Availability: ${JSON.stringify(body.Availability)}`;
  return null;
}

/** An address must be one, or the name of the machine's interface. */
function checkAddress(address: string | undefined, daemon: Dockerd): string | null {
  if (!address) return null;
  const [host] = splitPort(address);
  const ip = parseAddress(host);
  if (ip === null) return host === 'eth0' || host === daemon.host.machine ? null : UNUSABLE_ADDRESS;
  return ip === 0 ? UNUSABLE_ADDRESS : null;
}
const UNUSABLE_ADDRESS =
  'advertise address must be a non-zero IP address or network interface (with optional port number)';

function checkPool({ DefaultAddrPool: pool, SubnetSize: size }: Partial<api.SwarmInitRequest>): string | null {
  const bits = size || SUBNET_SIZE;
  if (bits > 29) return `subnet size is out of range: ${bits}`;
  for (const block of pool ?? []) {
    const cidr = parseCidr(block);
    if (!cidr) return `invalid CIDR address: ${block}`;
    if (cidr.bits > bits) return `invalid CIDR: ${JSON.stringify(block)}. Subnet size is too small for pool: ${bits}`;
  }
  return null;
}

export const joinSwarm: Route = {
  start(daemon, call) {
    if (daemon.host.swarm.localState !== 'inactive') return daemon.refuse(call, { status: 503, message: SWARM_EXISTS });
    const body = daemon.body<api.SwarmJoinRequest>(call);
    const remotes = body.RemoteAddrs ?? [];
    if (remotes.length === 0)
      return daemon.refuse(call, { status: 400, message: 'at least 1 RemoteAddr is required to join' });
    const token = body.JoinToken ?? '';
    if (!JOIN_TOKEN.test(token)) return daemon.refuse(call, { status: 400, message: 'invalid join token' });
    const [, port] = splitPort(body.ListenAddr || '0.0.0.0:2377');
    daemon.host.swarmJoin(daemon.token(call, 'joined'), {
      listenAddress: withPort(body.ListenAddr || '0.0.0.0', SWARM_PORT),
      advertiseAddress: advertised(body.AdvertiseAddr, port || SWARM_PORT, daemon),
      remoteAddresses: remotes.map((address) => withPort(address, SWARM_PORT)),
      token,
      availability: availability(body.Availability),
    });
  },
  stages: { joined: (daemon, call) => daemon.reply(call, null) },
};

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
  start(daemon, call) {
    const { swarm } = daemon.host;
    if (swarm.localState !== 'locked')
      return daemon.refuse(call, noManager(swarm) ?? { status: 409, message: NOT_LOCKED });
    const key = daemon.body<api.SwarmUnlockRequest>(call).UnlockKey ?? '';
    if (!UNLOCK_KEY.test(key)) return daemon.refuse(call, { status: 400, message: 'invalid key string' });
    daemon.host.swarmUnlock(daemon.token(call, 'unlocked'), key);
  },
  stages: { unlocked: (daemon, call) => daemon.reply(call, null) },
};

// ---- addresses

function availability(given: string | undefined): Availability {
  return (given || 'active').toLowerCase() as Availability;
}

/** Host and port; 0 if there is none. */
function splitPort(address: string): [string, number] {
  const at = address.lastIndexOf(':');
  return at < 0 ? [address, 0] : [address.slice(0, at), Number(address.slice(at + 1))];
}

function withPort(address: string, port: number): string {
  return splitPort(address)[1] ? address : `${splitPort(address)[0]}:${port}`;
}

/** The address that others are told; the machine's own unless another was given. */
function advertised(address: string | undefined, port: number, daemon: Dockerd): string {
  const [host, own] = splitPort(address ?? '');
  const ip = parseAddress(host) === null ? daemon.host.address : host;
  return `${ip}:${own || port}`;
}
