/**
 * The addresses of `swarm init` and `swarm join`: each is an IP address or the name of one of the host's interfaces.
 * Source: `moby: daemon/cluster/listen_addr.go`.
 *
 * Simplified: managers are reached on port 2377 whatever port they listen on, and traffic of containers always goes over `eth0`.
 */
import { parseAddress, parseCidr } from '../../manager/controlapi/cidr.ts';
import type { Dockerd } from '../dockerd.ts';

const SWARM_PORT = 2377;
const DATA_PATH_PORT = 4789;
const SUBNET_SIZE = 24;

const BAD_LISTEN_ADDRESS = 'listen address must be an IP address or network interface (with optional port number)';
const BAD_ADVERTISE_ADDRESS =
  'advertise address must be a non-zero IP address or network interface (with optional port number)';
const BAD_DATA_PATH_ADDRESS =
  'data path address must be a non-zero IP address or network interface (without a port number)';

/** An address as it is used, or why it cannot be. */
export type Resolved<T = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/** Where the manager listens: `ip:port`. */
export function resolveListenAddress(given: string | undefined, daemon: Dockerd): Resolved {
  const [host, port] = splitPort(given || '0.0.0.0');
  const ip = resolveHost(host, daemon);
  return ip === null ? { ok: false, message: BAD_LISTEN_ADDRESS } : ok(`${ip}:${port || SWARM_PORT}`);
}

/** Nobody can listen on an address that the host does not have. */
export function checkOwnAddress(listenAddress: string, daemon: Dockerd): string | null {
  const [host] = splitPort(listenAddress);
  const own = [
    '0.0.0.0',
    '127.0.0.1',
    daemon.host.address,
    ...daemon.state.disk.networks.map(({ gateway }) => gateway),
  ];
  if (own.includes(host)) return null;
  return `manager stopped: failed to listen on remote API address: listen tcp ${listenAddress}: bind: cannot assign requested address`;
}

/** What the others are told: `ip:port`; the machine's own address and the port it listens on unless others were given. */
export function resolveAdvertiseAddress(given: string | undefined, listenAddress: string, daemon: Dockerd): Resolved {
  const [host, port] = splitPort(given || daemon.host.address);
  const ip = resolveHost(host, daemon);
  if (ip === null || ip === '0.0.0.0') return { ok: false, message: BAD_ADVERTISE_ADDRESS };
  return ok(`${ip}:${port || splitPort(listenAddress)[1]}`);
}

/** Whether traffic of containers can go by this address. */
export function checkDataPathAddress(given: string | undefined, daemon: Dockerd): string | null {
  if (!given) return null;
  const ip = resolveHost(given, daemon);
  return ip === null || ip === '0.0.0.0' ? BAD_DATA_PATH_ADDRESS : null;
}

export function resolveDataPathPort(given: number | undefined): Resolved<number> {
  if (!given) return ok(DATA_PATH_PORT);
  if (given >= 1024 && given <= 49_151) return ok(given);
  return { ok: false, message: `Datapath port number is not in valid range (1024-49151) : ${given}` };
}

/** The mask length of networks cut from the pools. */
export function resolveSubnetSize(
  pools: readonly string[] | null | undefined,
  size: number | undefined,
): Resolved<number> {
  const bits = size || SUBNET_SIZE;
  if (!pools || pools.length === 0) return ok(bits);
  if (bits > 29) return { ok: false, message: `subnet size is out of range: ${bits}` };
  for (const pool of pools) {
    const cidr = parseCidr(pool);
    if (!cidr) return { ok: false, message: `invalid CIDR address: ${pool}` };
    if (cidr.bits > bits)
      return {
        ok: false,
        message: `invalid CIDR: ${JSON.stringify(pool)}. Subnet size is too small for pool: ${bits}`,
      };
  }
  return ok(bits);
}

/** A manager to join at: the swarm's port unless another was given. */
export function withSwarmPort(address: string): string {
  const [host, port] = splitPort(address);
  return `${host}:${port || SWARM_PORT}`;
}

/** An interface's address, or the address that was given; null if it is neither. */
function resolveHost(host: string, daemon: Dockerd): string | null {
  if (host === 'eth0') return daemon.host.address;
  if (host === 'lo') return '127.0.0.1';
  for (const { name, options, gateway } of daemon.state.disk.networks) {
    const bridge = options['com.docker.network.bridge.name'];
    if (gateway && (host === bridge || (host === 'docker0' && name === 'bridge'))) return gateway;
  }
  return parseAddress(host) === null ? null : host;
}

/** Host and port; 0 if there is none. */
function splitPort(address: string): [string, number] {
  const at = address.lastIndexOf(':');
  return at < 0 ? [address, 0] : [address.slice(0, at), Number(address.slice(at + 1)) || 0];
}

function ok<T>(value: T): Resolved<T> {
  return { ok: true, value };
}
