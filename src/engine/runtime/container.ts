/**
 * What a machine's runtime remembers of its containers, images and volumes: plain data, on the machine's disk.
 * Source for names: Docker's container states; `moby: daemon/container`.
 */
import type { Micros } from '../../protocol/events.ts';
import type { FileTree, MountedFile } from './container-files.ts';

export type ContainerStateName = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** What to run: the part of docker's container configuration that the simulation acts on, and what it only carries. */
export interface ContainerConfig {
  name: string;
  image: string;
  /** Empty: the image's own. */
  entrypoint: readonly string[];
  command: readonly string[];
  env: readonly string[];
  hostname: string;
  labels: Readonly<Record<string, string>>;
  workingDir: string;
  user: string;
  tty: boolean;
  openStdin: boolean;
  /** Its input ends with the first client that was attached to it. */
  stdinOnce?: boolean;
  /** Is there an init process in front of its own? */
  init?: boolean;
  stopSignal: string;
  stopGrace: Micros;
  health: {
    test: readonly string[];
    interval: Micros;
    timeout: Micros;
    startPeriod: Micros;
    startInterval: Micros;
    retries: number;
  } | null;
  mounts: readonly {
    type: string;
    source: string;
    target: string;
    readOnly: boolean;
    /** Of the volume, if it is made. */
    labels?: Readonly<Record<string, string>>;
  }[];
  /** Secrets and configs of its task. */
  files?: readonly MountedFile[];
  /** Network ids or names, with addresses where swarm gave them. */
  networks: readonly { id: string; name: string; address: string; aliases: readonly string[] }[];
  /** The network that it was made for (`HostConfig.NetworkMode`), whatever it is on now; absent for tasks. */
  mode?: string;
  /** It has left its last network: no networks then means none, not the default bridge. */
  offline?: boolean;
  /** `last`: any free port from `published` to it. */
  ports: readonly {
    target: number;
    published: number;
    last?: number;
    protocol: 'tcp' | 'udp' | 'sctp';
    ip: string;
  }[];
  autoRemove: boolean;
  /** `docker run`'s restart policy; swarm's tasks have none. */
  restart: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  /** Of `on-failure`: how often at most; 0 or absent: without end. */
  restartTries?: number;
  memoryBytes: number;
  nanoCpus: number;
}

/** A place on a network of the swarm, held by a task, for a container that a user has started. */
export interface SwarmEndpoint {
  readonly network: string;
  readonly networkName: string;
  /** With mask length. */
  readonly address: string;
}

export interface LogLine {
  at: Micros;
  stream: 'stdout' | 'stderr';
  text: string;
}

export interface Container {
  id: string;
  config: ContainerConfig;
  imageId: string;
  state: ContainerStateName;
  exitCode: number;
  /** Docker's `State.Error`. */
  error: string;
  oomKilled: boolean;
  pid: number;
  createdAt: Micros;
  startedAt: Micros | null;
  finishedAt: Micros | null;
  health: { status: 'none' | 'starting' | 'healthy' | 'unhealthy'; failingStreak: number };
  /** The task it belongs to, or null. */
  taskId: string | null;
  /** Which of its lives this is: pending events of an earlier one are void. */
  run: number;
  /** What the network has given to this life: addresses, and host ports as they were bound. */
  attached: {
    interfaces: { network: string; name: string; address: string }[];
    ports: ContainerConfig['ports'];
  };
  /** Places on the swarm's networks, by network as the configuration names it; only for containers outside services. */
  swarmEndpoints?: Record<string, SwarmEndpoint>;
  /** `docker stop` or `docker kill` has ended it: no policy starts it again. */
  stoppedByUser: boolean;
  /** How often its restart policy has started it again. */
  restarts: number;
  /** Written to it before it ran. */
  early?: (string | null)[];
  /** What runs inside: the main process first. Empty unless running. */
  processes: ProcessState[];
  /** Ports on which processes take requests. */
  listening: { port: number; protocol: 'tcp' | 'udp'; process: number }[];
  /** Number of the next process beside the main one. */
  nextProcess: number;
  /** What programs keep in the container's own layer, by path. */
  layer: Record<string, Record<string, unknown>>;
  /** Files that were written in its own layer. */
  files: FileTree;
  /** The beginning of a line that has no end yet. */
  unfinished: { stdout: string; stderr: string };
  /** Newest lines, bounded. */
  logs: LogLine[];
}

/** A process in a container: plain data. */
export interface ProcessState {
  /** 0: the main process. */
  number: number;
  program: { name: string; state: unknown };
  /** Who waits for its output and end; null for the main process. */
  token: string | null;
  /** Variables it has beside the container's own. */
  env: readonly string[];
  /** It has a terminal; somebody can write to it. */
  tty: boolean;
  stdin: boolean;
  /** It has decided to end and hears nothing more. */
  ending: boolean;
  /** Connections it has opened, to close them when it ends. */
  connections: number[];
}

export interface Image {
  /** `sha256:` + 64 hex */
  id: string;
  /** `name:tag`, whichever it was pulled by. */
  tags: string[];
  /** False if it was only pulled by its digest, as swarm does: then the host knows no tag of it. */
  isTagged: boolean;
  digest: string;
  sizeBytes: number;
  createdAt: Micros;
  /** Ports the image exposes, such as `80/tcp`. */
  exposed: string[];
  entrypoint: string[];
  command: string[];
  /** Folders that it keeps on volumes. */
  volumes: string[];
  /** This name of it was given here, and no registry knows it. */
  isLocal?: boolean;
  /** What it was built of here, newest step first. */
  history?: readonly ImageStep[];
  env?: readonly string[];
  workingDir?: string;
  labels?: Readonly<Record<string, string>>;
}

/** A step of an image's history. */
export interface ImageStep {
  readonly createdBy: string;
  readonly sizeBytes: number;
  readonly createdAt: Micros;
}

export interface Volume {
  name: string;
  createdAt: Micros;
  labels: Readonly<Record<string, string>>;
  /** Of the driver. */
  options: Readonly<Record<string, string>>;
  driver: string;
  /** What programs keep, by path. */
  content: Record<string, unknown>;
  /** Files that were written. */
  files: FileTree;
}
