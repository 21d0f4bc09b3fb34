/** What one node has of the network: plain data, in memory only (it is gone when the daemon stops). */
import type { NetworkKey } from '../store/objects.ts';
import { initialNetworkDb, type NetworkDbState } from './gossip/network-db.ts';

/** An overlay network as it is on one node. */
export interface HostOverlay {
  id: string;
  name: string;
  vni: number;
  subnet: string;
  gateway: string;
  ingress: boolean;
  internal: boolean;
  encrypted: boolean;
  mtu: number;
  /** This node's load-balancer address. */
  balancer: string;
}

/** One end of a virtual cable in a container. */
export interface Interface {
  device: string;
  kind: 'overlay' | 'bridge' | 'gateway';
  /** Id of the network; `docker_gwbridge` and `bridge` have their name. */
  network: string;
  networkName: string;
  address: string;
  subnet: string;
  mac: string;
  endpoint: string;
}

export interface PortMapping {
  protocol: 'tcp' | 'udp' | 'sctp';
  target: number;
  published: number;
  /** Address of the host; absent: all of them. */
  ip?: string;
}

/** The network namespace of a container. */
export interface Sandbox {
  container: string;
  name: string;
  hostname: string;
  task: string | null;
  service: { id: string; name: string } | null;
  interfaces: Interface[];
  /** Virtual IP of its service by network. */
  virtualIps: Record<string, string>;
  /** Aliases by network. */
  aliases: Record<string, readonly string[]>;
  ingressPorts: PortMapping[];
  hostPorts: PortMapping[];
  /** Shares the host's own namespace. */
  host: boolean;
  binding: 'none' | 'enabled' | 'disabled';
}

/** One destination of a virtual service. */
export interface Destination {
  endpoint: string;
  name: string;
  address: string;
  weight: number;
  container: string;
  task: string | null;
  /** Connections given to it. */
  connections: number;
}

/** An IPVS service of one sandbox, known by its firewall mark. */
export interface VirtualService {
  service: string;
  name: string;
  network: string;
  virtualIp: string;
  mark: number;
  ports: PortMapping[];
  /** In the order in which the scheduler goes through them: the newest first, as the kernel's list has them. */
  destinations: Destination[];
  /** The endpoint chosen last. */
  last: string | null;
}

export interface NodeNetworkState {
  db: NetworkDbState;
  /** Keys of gossip and of encrypted networks, as the managers have told of them. */
  keys: readonly NetworkKey[];
  /** UDP port of VXLAN. */
  dataPathPort: number;
  /** Networks that the manager has given this node an address on. */
  offered: Map<string, HostOverlay>;
  /** Networks that are here. */
  present: Map<string, HostOverlay>;
  /** Which networks the tasks of this node need. */
  needs: Map<string, readonly string[]>;
  /** By container id. */
  sandboxes: Map<string, Sandbox>;
  /** By network id, then service id. */
  balancers: Map<string, Map<string, VirtualService>>;
  nextMark: number;
  /** Address of `ingress_sbox` on docker_gwbridge; empty until there is one. */
  ingressGateway: string;
  nextPort: number;
}

/** Of `docker swarm init --data-path-port`. */
export const DEFAULT_DATA_PATH_PORT = 4789;
/** The first firewall mark. `moby: daemon/libnetwork/service.go fwMarkCtr` */
const FIRST_MARK = 256;
/** The first ephemeral port of Linux. */
export const FIRST_EPHEMERAL_PORT = 32_768;

export function initialNodeNetwork(): NodeNetworkState {
  return {
    db: initialNetworkDb(),
    keys: [],
    dataPathPort: DEFAULT_DATA_PATH_PORT,
    offered: new Map(),
    present: new Map(),
    needs: new Map(),
    sandboxes: new Map(),
    balancers: new Map(),
    nextMark: FIRST_MARK,
    ingressGateway: '',
    nextPort: FIRST_EPHEMERAL_PORT,
  };
}
