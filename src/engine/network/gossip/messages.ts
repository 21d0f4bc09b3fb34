/**
 * What nodes tell each other on port 7946: membership (SWIM, as memberlist does it) and tables per network (NetworkDB).
 * Sources: `moby: daemon/libnetwork/networkdb/networkdb.proto`, `vendor/github.com/hashicorp/memberlist/net.go`.
 * Payloads are immutable data, shared between machines.
 */
import type { EventId, Micros } from '../../../protocol/events.ts';

/** Port of the gossip, tcp and udp; not configurable. */
export const GOSSIP_PORT = 7946;

/** `endpoint_table`: one endpoint of a service's task, or of a container with a name. Key: endpoint id. */
export interface EndpointRecord {
  readonly name: string;
  readonly serviceName: string;
  /** Empty for containers outside services. */
  readonly serviceId: string;
  /** Empty with dnsrr. */
  readonly virtualIp: string;
  readonly endpointIp: string;
  readonly ingressPorts: readonly {
    readonly protocol: 'tcp' | 'udp' | 'sctp';
    readonly target: number;
    readonly published: number;
  }[];
  readonly aliases: readonly string[];
  readonly taskAliases: readonly string[];
  readonly serviceDisabled: boolean;
  /** Not in the real record: for the picture and explanations. */
  readonly container: string;
  readonly task: string | null;
}

/** `overlay_peer_table`: behind which machine an address is. Key: endpoint id. */
export interface PeerRecord {
  /** With mask length. */
  readonly endpointIp: string;
  readonly endpointMac: string;
  readonly tunnelEndpointIp: string;
}

interface EntryOf<Table extends string, Value> {
  readonly table: Table;
  readonly key: string;
  /** Name of the node that owns it: only the owner changes it. */
  readonly node: string;
  /** Lamport time: the newer one wins. */
  readonly ltime: number;
  readonly deleted: boolean;
  readonly value: Value;
}
export type EndpointEntry = EntryOf<'endpoint_table', EndpointRecord>;
export type PeerEntry = EntryOf<'overlay_peer_table', PeerRecord>;
/** One row of a network's tables, deleted ones (tombstones) included. */
export type TableEntry = EndpointEntry | PeerEntry;

/** A change in membership: told to everybody. */
export type ClusterUpdate =
  | {
      readonly type: 'alive';
      readonly name: string;
      readonly machine: string;
      readonly address: string;
      readonly incarnation: number;
    }
  | { readonly type: 'suspect' | 'dead'; readonly name: string; readonly incarnation: number; readonly from: string }
  /** A node has joined or left a network. */
  | {
      readonly type: 'network';
      readonly name: string;
      readonly network: string;
      readonly ltime: number;
      readonly left: boolean;
    };

/** Something told, with the event by which the teller knows it. */
export interface Told<T> {
  readonly what: T;
  readonly cause: EventId;
}

/** All that a node knows of the members. */
export interface MemberDump {
  readonly name: string;
  readonly machine: string;
  readonly address: string;
  readonly incarnation: number;
  readonly state: 'alive' | 'suspect' | 'failed' | 'left';
  readonly networks: readonly { readonly network: string; readonly ltime: number; readonly left: boolean }[];
}

/** Payloads by kind of message. */
export interface GossipMessages {
  'gossip.ping': {
    readonly seq: number;
    readonly target: string;
    readonly updates: readonly Told<ClusterUpdate>[];
  };
  'gossip.ack': { readonly seq: number; readonly updates: readonly Told<ClusterUpdate>[] };
  /** Asks another node to ping a third one. */
  'gossip.ping-req': { readonly seq: number; readonly target: string };
  'gossip.updates': { readonly updates: readonly Told<ClusterUpdate>[] };
  'gossip.table': { readonly network: string; readonly from: string; readonly entries: readonly Told<TableEntry>[] };
  'gossip.push-pull': {
    readonly from: string;
    readonly join: boolean;
    readonly answer: boolean;
    readonly members: readonly MemberDump[];
  };
  'gossip.bulk-sync': {
    readonly from: string;
    readonly answer: boolean;
    readonly networks: readonly {
      readonly network: string;
      readonly digest: number;
      readonly entries: readonly TableEntry[];
    }[];
  };
}
export type GossipKind = keyof GossipMessages;

/** `networkdb.go`, `memberlist/config.go DefaultLANConfig` */
export const GOSSIP = {
  probeInterval: 1_000_000,
  probeTimeout: 500_000,
  indirectProbes: 3,
  gossipInterval: 200_000,
  gossipNodes: 3,
  retransmitMultiplier: 4,
  suspicionMultiplier: 4,
  suspicionMaxMultiplier: 6,
  syncInterval: 30_000_000,
  rejoinInterval: 60_000_000,
  reapEntry: 1_800_000_000,
  reapNode: 86_400_000_000,
  /** Simplified: a packet of 1400 bytes holds so many; sizes are not counted in bytes. */
  updatesPerPacket: 16,
  rowsPerPacket: 8,
} as const satisfies Record<string, Micros | number>;
