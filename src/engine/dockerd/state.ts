/**
 * What a daemon remembers: plain data. Requests that wait for something are kept as data too (route, stage, what earlier
 * stages learned), so that a world can be cloned in the middle of one.
 */
import type { ApiRequest } from '../../protocol/api.ts';
import type { EventMessage } from '../../protocol/engine-api.ts';
import type { Micros } from '../../protocol/events.ts';
import { hexId } from '../kernel/ids.ts';
import type { Random } from '../kernel/random.ts';
import type { Starting } from './container-start.ts';

/** A request on its way to an answer. */
export interface Call {
  readonly id: number;
  /** `METHOD /pattern` of its row in the route table. */
  readonly route: string;
  readonly request: ApiRequest;
  readonly params: Readonly<Record<string, string>>;
  /** What earlier stages learned. */
  partial: unknown;
}

/** Who waits for the answer with a token. */
export interface Waiting {
  readonly call: number;
  readonly stage: string;
}

/** An open `GET /events`. */
export interface EventStream {
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

/** An open log of one container. */
export interface LogStream {
  readonly container: string;
  readonly follow: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: boolean;
  readonly details: boolean;
}

/** A client attached to a container. */
export interface Attachment {
  readonly container: string;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** A network that only this host has. */
export interface LocalNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly createdAt: Micros;
  readonly subnet: string;
  readonly gateway: string;
  /** Its subnet was asked for, and perhaps a part of it to give addresses from. */
  readonly configured?: boolean;
  readonly range?: string;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** One of the three that are always there. */
  readonly predefined: boolean;
}

/** A command made ready to run in a container, or that has run. */
export interface Exec {
  readonly id: string;
  readonly container: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly user: string;
  readonly workingDir: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  exitCode: number | null;
}

/** What survives a restart of the daemon. */
export interface DockerdDisk {
  readonly id: string;
  networks: LocalNetwork[];
}

export interface DockerdState {
  disk: DockerdDisk;
  calls: Map<number, Call>;
  waiting: Map<string, Waiting>;
  nextToken: number;
  /** The newest events, oldest first. */
  events: EventMessage[];
  eventStreams: Map<number, EventStream>;
  logStreams: Map<number, LogStream>;
  attachments: Map<number, Attachment>;
  /** Requests of `POST /containers/{id}/wait`: container and condition. */
  waits: Map<number, { readonly container: string; readonly condition: string; exitCode: number }>;
  execs: Map<string, Exec>;
  /** Containers that wait for a place on a network before they start, by token. */
  starts: Map<string, Starting>;
}

/** A daemon that starts on a disk; without one, for the first time. */
export function startedDockerd(disk: DockerdDisk): DockerdState {
  return {
    disk,
    calls: new Map(),
    waiting: new Map(),
    nextToken: 1,
    events: [],
    eventStreams: new Map(),
    logStreams: new Map(),
    attachments: new Map(),
    waits: new Map(),
    execs: new Map(),
    starts: new Map(),
  };
}

/** The disk of a daemon that has just been installed: its id, and the three networks every host has. */
export function newDockerdDisk(dice: Random, now: Micros): DockerdDisk {
  const hex = hexId(dice, 32);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  const predefined = { createdAt: now, internal: false, attachable: false, labels: {}, predefined: true };
  return {
    id,
    networks: [
      {
        ...predefined,
        id: hexId(dice),
        name: 'bridge',
        driver: 'bridge',
        subnet: '172.17.0.0/16',
        gateway: '172.17.0.1',
        options: BRIDGE_OPTIONS,
      },
      { ...predefined, id: hexId(dice), name: 'host', driver: 'host', subnet: '', gateway: '', options: {} },
      { ...predefined, id: hexId(dice), name: 'none', driver: 'null', subnet: '', gateway: '', options: {} },
    ],
  };
}

const BRIDGE_OPTIONS: Readonly<Record<string, string>> = {
  'com.docker.network.bridge.default_bridge': 'true',
  'com.docker.network.bridge.enable_icc': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'true',
  'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
  'com.docker.network.bridge.name': 'docker0',
  'com.docker.network.driver.mtu': '1500',
};

/** The bridge that connects containers on overlays to the outside; made when the host joins a swarm. */
export function gatewayBridge(dice: Random, now: Micros): LocalNetwork {
  return {
    id: hexId(dice),
    name: 'docker_gwbridge',
    driver: 'bridge',
    createdAt: now,
    subnet: '172.18.0.0/16',
    gateway: '172.18.0.1',
    internal: false,
    attachable: false,
    options: {
      'com.docker.network.bridge.enable_icc': 'false',
      'com.docker.network.bridge.enable_ip_masquerade': 'true',
      'com.docker.network.bridge.name': 'docker_gwbridge',
    },
    labels: {},
    predefined: false,
  };
}
