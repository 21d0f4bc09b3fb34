/**
 * The container runtime of one machine: images, containers, volumes. It pulls, creates, starts, stops and removes; each takes
 * virtual time, and ends with `RuntimeHost.operationDone(token, ...)`. What a container does inside is a program.
 * Sources: `moby: daemon/` (create, start, kill, stop, rm), `daemon/health.go`.
 *
 * Simplified: containers and images are on the disk at once; only what runs is lost with the power (exit code 255, as a daemon
 * finds it after a crash of the host).
 */
import type { Micros } from '../../protocol/events.ts';
import { hexId } from '../kernel/ids.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { milliseconds, seconds } from '../kernel/time.ts';
import type { Container, ContainerConfig, Image, LogLine, ProcessState, Volume } from './container.ts';
import { ContainerFiles, type FileTree } from './container-files.ts';
import type { ContainerNetwork } from './container-network.ts';
import { Processes } from './processes.ts';
import { commandFor, programFor } from './programs/catalogue.ts';
import type { ProcessMessage, ProcessNetwork } from './programs/program.ts';
import { deadlyNumber, signalName } from './programs/signals.ts';
import {
  familiarName,
  findInRegistry,
  type ImageReference,
  initialRegistry,
  parseReference,
  type Registry,
} from './registry.ts';

/** Marks a volume that nobody has named. */
export const ANONYMOUS_VOLUME = 'com.docker.volume.anonymous';
const ANONYMOUS_NAME = /^[0-9a-f]{64}$/;
/** Lines of log kept per container. */
const LOG_CAPACITY = 500;
const CREATE_TIME = { least: milliseconds(60), most: milliseconds(180) };
/** From asking for a start to a network; the rest of the start comes after it. */
const WIRE_TIME: Micros = milliseconds(40);
const START_TIME = { least: milliseconds(120), most: milliseconds(320) };
const PULL_TIME = { least: milliseconds(250), most: milliseconds(750) };
const REMOVE_TIME: Micros = milliseconds(30);
const KILL_TIME: Micros = milliseconds(8);
/** From asking for a command in a container to its first instruction. */
const EXEC_TIME = { least: milliseconds(25), most: milliseconds(70) };
/** `moby: container.go defaultStopTimeout` */
export const DEFAULT_STOP_GRACE: Micros = seconds(10);

export interface RuntimeState {
  containers: Map<string, Container>;
  /** By `name:tag`. */
  images: Map<string, Image>;
  /** The registry that all hosts of a world share. */
  registry: Registry;
  volumes: Map<string, Volume>;
  /** Folders of the host that containers have mounted, by path. */
  bound: Record<string, FileTree>;
  /** References being pulled, with the tokens that wait. */
  pulls: Record<string, string[]>;
  /** Who waits for a container to stop. */
  stopWaiters: { id: string; token: string }[];
  nextPid: number;
  /** Commands about to begin, by token. */
  starting: Record<
    string,
    { container: string; run: number; argv: readonly string[]; options: ExecOptions; early: (string | null)[] }
  >;
}

/** How a command is run beside a container's main process. */
export interface ExecOptions {
  readonly env: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
}

export type RuntimeError = { kind: 'not-found' | 'conflict' | 'invalid' | 'no-space'; message: string };
export type RuntimeResult<T = null> = { ok: true; value: T } | { ok: false; error: RuntimeError };

/** A thing that happened to a container, image or volume, for `docker events` and for whoever waits. */
export interface RuntimeEvent {
  type: 'container' | 'image' | 'volume';
  action: string;
  id: string;
  attributes: Readonly<Record<string, string>>;
}

export interface RuntimeHost {
  /** What the containers' processes have of the network. */
  readonly network: ProcessNetwork;
  /** Gives containers their interfaces; absent where there is no network. */
  readonly interfaces?: ContainerNetwork;
  /** The disk takes nothing more: images and containers cannot be made. */
  isDiskFull?(): boolean;
  /** An operation that was started with `token` has ended; with a value: the exit code of a command. */
  operationDone(token: string, result: RuntimeResult<number | null>): void;
  /** A container's main process has written something, whole lines or not. */
  wrote?(container: Container, stream: LogLine['stream'], text: string): void;
  /** A command that was run with `token` has written something. */
  output(token: string, stream: LogLine['stream'], text: string): void;
  /** A container's main process has ended. */
  containerExited(container: Container): void;
  /** A container's health has changed. */
  healthChanged(container: Container): void;
  event(event: RuntimeEvent): void;
  /** A container has written a line. */
  logged(container: Container, line: LogLine): void;
}

export function initialRuntime(): RuntimeState {
  return {
    containers: new Map(),
    images: new Map(),
    registry: initialRegistry(),
    volumes: new Map(),
    bound: {},
    pulls: {},
    stopWaiters: [],
    nextPid: 2000,
    starting: {},
  };
}

export class Runtime {
  readonly state: RuntimeState;
  private readonly kernel: Kernel;
  private readonly machine: string;
  private readonly host: RuntimeHost;
  private readonly processes: Processes;

  constructor(kernel: Kernel, machine: string, state: RuntimeState, host: RuntimeHost) {
    this.kernel = kernel;
    this.machine = machine;
    this.state = state;
    this.host = host;
    this.processes = new Processes(kernel, machine, host.network, {
      find: (id) => state.containers.get(id),
      image: (container) => this.image(container.config.image) ?? null,
      storage: (container, path) => this.storage(container, path),
      files: (container) => this.filesOf(container),
      written: (container, process, stream, text) => this.written(container, process, stream, text),
      ended: (container, process, code) => this.processEnded(container, process, code),
    });
  }

  // ---- looking things up

  /** By full id, name, or unique id prefix. */
  find(ref: string): Container | undefined {
    const { containers } = this.state;
    const exact = containers.get(ref);
    if (exact) return exact;
    const name = ref.replace(/^\//, '');
    const matches: Container[] = [];
    for (const container of containers.values()) {
      if (container.config.name === name) return container;
      if (/^[0-9a-f]+$/.test(ref) && container.id.startsWith(ref)) matches.push(container);
    }
    return matches.length === 1 ? matches[0] : undefined;
  }

  /** The container of a task, if there is one. */
  ofTask(taskId: string): Container | undefined {
    for (const container of this.state.containers.values()) if (container.taskId === taskId) return container;
    return undefined;
  }

  image(reference: string): Image | undefined {
    const parsed = parseReference(reference);
    const image = parsed ? this.state.images.get(familiarName(parsed)) : undefined;
    if (parsed?.digest || image?.isTagged) return image;
    const [, prefix] = /^(?:sha256:)?([0-9a-f]{4,64})$/.exec(reference) ?? [];
    if (prefix === undefined) return undefined;
    return [...this.state.images.values()].find(({ id }) => id.startsWith(`sha256:${prefix}`));
  }

  // ---- images

  /** Gets an image; done at once if the host has it. */
  pull(reference: string, token: string): void {
    const parsed = parseReference(reference);
    if (!parsed) return this.host.operationDone(token, failed('invalid', 'invalid reference format'));
    const name = familiarName(parsed);
    if (this.image(reference)) return this.host.operationDone(token, done());
    const key = pullKey(name, parsed);
    const waiting = this.state.pulls[key];
    if (waiting) {
      waiting.push(token);
      return;
    }
    this.state.pulls[key] = [token];
    this.kernel.emit('image.pulling', this.machine, [`machine:${this.machine}`], { image: name });
    this.schedule(this.between('runtime', PULL_TIME), 'runtime.pulled', { name, reference: parsed });
  }

  pulled(name: string, reference: ImageReference): void {
    const key = pullKey(name, reference);
    const waiting = this.state.pulls[key] ?? [];
    delete this.state.pulls[key];
    if (this.host.isDiskFull?.()) {
      const blob = `/var/lib/docker/tmp/GetImageBlob${this.kernel.random('runtime').int(1e9)}`;
      const result = failed('no-space', `write ${blob}: no space left on device`);
      for (const token of waiting) this.host.operationDone(token, result);
      return;
    }
    const image = findInRegistry(this.state.registry, reference);
    if (image) {
      this.state.images.set(name, {
        ...image,
        isTagged: image.isTagged || Boolean(this.state.images.get(name)?.isTagged),
      });
      const id = reference.digest === null ? name : `${name}@${reference.digest}`;
      this.host.event({ type: 'image', action: 'pull', id, attributes: { name: reference.repository } });
      this.kernel.begin('image.pulled', this.machine, [`machine:${this.machine}`], { image: name });
    }
    for (const token of waiting)
      this.host.operationDone(token, image ? done() : failed('not-found', `No such image: ${name}`));
  }

  // ---- containers

  /** Makes a container of an image that the host has. Names are unique. */
  create(config: ContainerConfig, taskId: string | null): RuntimeResult<Container> {
    const image = this.image(config.image);
    if (!image) return failed('not-found', `No such image: ${config.image}`);
    if (this.host.isDiskFull?.()) {
      const layer = hexId(this.kernel.random('container-ids'));
      return failed('no-space', `mkdir /var/lib/docker/overlay2/${layer}-init: no space left on device`);
    }
    for (const other of this.state.containers.values()) {
      if (other.config.name === config.name) {
        return failed(
          'conflict',
          `Conflict. The container name "/${config.name}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name.`,
        );
      }
    }
    const id = hexId(this.kernel.random('container-ids'));
    const container: Container = {
      id,
      config: {
        ...config,
        hostname: config.hostname || id.slice(0, 12),
        mounts: this.mountsOf(config, image),
        ...(image.env && { env: [...image.env, ...config.env] }),
        workingDir: config.workingDir || (image.workingDir ?? ''),
      },
      imageId: image.id,
      state: 'created',
      exitCode: 0,
      error: '',
      oomKilled: false,
      pid: 0,
      createdAt: this.kernel.now,
      startedAt: null,
      finishedAt: null,
      health: { status: 'none', failingStreak: 0 },
      taskId,
      run: 0,
      attached: { interfaces: [], ports: [] },
      stoppedByUser: false,
      restarts: 0,
      processes: [],
      listening: [],
      nextProcess: 1,
      layer: {},
      files: {},
      unfinished: { stdout: '', stderr: '' },
      logs: [],
    };
    this.state.containers.set(id, container);
    this.makeVolumes(container);
    this.event(container, 'create');
    return { ok: true, value: container };
  }

  /** Starts a container that does not run. */
  start(id: string, token: string): void {
    const container = this.state.containers.get(id);
    if (!container) return this.host.operationDone(token, failed('not-found', `No such container: ${id}`));
    if (container.state === 'running') return this.host.operationDone(token, done());
    container.run++;
    this.schedule(WIRE_TIME, 'runtime.timer', { id, run: container.run, kind: `${WIRE}${token}` });
  }

  /** The container has its network before its process is made: others may already hear of it while it still starts. */
  private wire(id: string, run: number, token: string): void {
    const container = this.state.containers.get(id);
    if (container?.run !== run) return this.host.operationDone(token, failed('conflict', STOPPED));
    const trouble = this.host.interfaces?.attach(container) ?? null;
    if (trouble === null) {
      const left = this.between('runtime', START_TIME) - WIRE_TIME;
      return this.schedule(left, 'runtime.started', { id, run, token });
    }
    container.error = trouble;
    container.exitCode = 128;
    this.host.operationDone(token, failed('conflict', trouble));
  }

  started(id: string, run: number, token: string): void {
    const container = this.state.containers.get(id);
    if (!container || container.run !== run || container.state === 'running')
      return this.host.operationDone(token, failed('conflict', STOPPED));
    const image = this.image(container.config.image);
    if (!image) return this.host.operationDone(token, failed('not-found', `No such image: ${container.config.image}`));
    container.state = 'running';
    container.pid = this.state.nextPid++;
    container.startedAt = this.kernel.now;
    container.finishedAt = null;
    container.exitCode = 0;
    container.health = { status: container.config.health ? 'starting' : 'none', failingStreak: 0 };
    this.kernel.begin('container.started', this.machine, this.objectsOf(container), {
      name: container.config.name,
      image: container.config.image,
    });
    this.clearTmpfs(container);
    this.mountEvents(container, 'mount');
    this.event(container, 'start');
    const { program, argv } = programFor(image, container.config.entrypoint, container.config.command);
    const process = this.processes.start(container, program, argv, null);
    for (const text of container.early?.splice(0) ?? []) this.processes.input(container, process, text);
    if (container.config.health) this.scheduleProbe(container);
    this.host.operationDone(token, done());
  }

  /** Sends a stop signal, and KILL after the grace period. */
  stop(id: string, grace: Micros | null, token: string): void {
    const container = this.state.containers.get(id);
    if (!container) return this.host.operationDone(token, failed('not-found', `No such container: ${id}`));
    if (container.state !== 'running') {
      this.giveUpStart(container);
      return this.host.operationDone(token, done());
    }
    this.state.stopWaiters.push({ id, token });
    this.signal(container, container.config.stopSignal || 'SIGTERM');
    const wait = grace ?? container.config.stopGrace;
    if (container.state === 'running') this.schedule(wait, 'runtime.grace-over', { id, run: container.run });
  }

  /** If it was about to run, it does not any more. */
  private giveUpStart(container: Container): void {
    container.run++;
    this.host.interfaces?.detach(container);
  }

  graceOver(id: string, run: number): void {
    const container = this.state.containers.get(id);
    if (container?.run === run && container.state === 'running') this.signal(container, 'SIGKILL');
  }

  /** Sends a signal to the main process. */
  kill(id: string, signalName: string): RuntimeResult {
    const container = this.state.containers.get(id);
    if (!container) return failed('not-found', `No such container: ${id}`);
    if (container.state !== 'running') return failed('conflict', `container ${id} is not running`);
    this.signal(container, signalName);
    return done();
  }

  /** The main process ends right now with this code: something inside went wrong. */
  crash(id: string, exitCode: number): RuntimeResult {
    const container = this.state.containers.get(id);
    if (!container) return failed('not-found', `No such container: ${id}`);
    if (container.state !== 'running') return failed('conflict', `container ${id} is not running`);
    this.ended(container, exitCode);
    return done();
  }

  /** Removes a container; with `force` it is killed first. */
  remove(id: string, force: boolean, token: string, volumes = false): void {
    const container = this.state.containers.get(id);
    if (!container) return this.host.operationDone(token, failed('not-found', `No such container: ${id}`));
    if (container.state === 'running') {
      if (!force) {
        return this.host.operationDone(
          token,
          failed(
            'conflict',
            `You cannot remove a running container ${id}. Stop the container before attempting removal or force remove`,
          ),
        );
      }
      this.ended(container, 137);
    }
    container.state = 'removing';
    this.giveUpStart(container);
    this.schedule(REMOVE_TIME, 'runtime.removed', { id, token, volumes });
  }

  removed(id: string, token: string, volumes: boolean): void {
    const container = this.state.containers.get(id);
    if (container) {
      this.state.containers.delete(id);
      if (volumes)
        for (const { type, source } of container.config.mounts)
          if (type === 'volume' && ANONYMOUS_NAME.test(source)) this.removeVolume(source);
      this.event(container, 'destroy');
      this.kernel.emit('container.removed', this.machine, this.objectsOf(container), { name: container.config.name });
    }
    this.host.operationDone(token, done());
  }

  /** How long making a container takes; its caller waits so long before `create`. */
  createTime(): Micros {
    return this.between('runtime', CREATE_TIME);
  }

  /**
   * Runs a command in a running container. What it writes comes by `RuntimeHost.output(token, ...)`, its exit code by
   * `operationDone`.
   */
  exec(id: string, argv: readonly string[], token: string, { env, tty, stdin }: ExecOptions): void {
    const container = this.state.containers.get(id);
    if (!container) return this.host.operationDone(token, failed('not-found', `No such container: ${id}`));
    if (container.state !== 'running')
      return this.host.operationDone(token, failed('conflict', `container ${id} is not running`));
    this.state.starting[token] = {
      container: id,
      run: container.run,
      argv,
      options: { env: [...env], tty, stdin },
      early: [],
    };
    this.schedule(this.between('exec', EXEC_TIME), 'runtime.timer', {
      id,
      run: container.run,
      kind: `${BEGIN}${token}`,
    });
  }

  /** Nobody waits for the command any more: it ends. Simplified: docker lets it go on unseen. */
  endExec(token: string): void {
    delete this.state.starting[token];
    for (const container of this.state.containers.values()) {
      const process = container.processes.find((one) => one.token === token);
      if (process) this.processes.end(container, process, 137);
    }
  }

  /** Somebody writes to a command; null: nothing more will be written. */
  execInput(token: string, text: string | null): void {
    const starting = this.state.starting[token];
    if (starting) starting.early.push(text);
    for (const container of this.state.containers.values())
      for (const process of container.processes)
        if (process.token === token) this.processes.input(container, process, text);
  }

  /** The same for a container's main process. */
  containerInput(id: string, text: string | null): void {
    const container = this.state.containers.get(id);
    if (!container) return;
    const process = container.processes.find(({ token }) => token === null);
    if (process) this.processes.input(container, process, text);
    else container.early = [...(container.early ?? []), text];
  }

  private beginExec(token: string): void {
    const starting = this.state.starting[token];
    delete this.state.starting[token];
    if (!starting) return;
    const container = this.state.containers.get(starting.container);
    if (container?.state !== 'running' || container.run !== starting.run)
      return this.host.operationDone(token, failed('conflict', `container ${starting.container} is not running`));
    const { program, argv } = commandFor(starting.argv);
    const process = this.processes.start(container, program, argv, token, starting.options);
    for (const text of starting.early) this.processes.input(container, process, text);
  }

  /** The network has something for a process of this container. */
  tell(id: string, message: ProcessMessage): void {
    this.processes.tell(id, message);
  }

  /** The daemon stops in good order: every container gets its stop signal; `token` when all have ended. */
  stopAll(): void {
    for (const container of this.state.containers.values()) if (container.state === 'running') this.ended(container, 0);
  }

  /** The daemon has stopped: what it was about to do is not done, nobody waits for it any more. */
  forgetWork(): void {
    this.state.pulls = {};
    this.state.stopWaiters = [];
    this.state.starting = {};
    for (const container of this.state.containers.values())
      if (container.state === 'removing') container.state = 'dead';
  }

  /** The power went, and is back: what ran is dead, its exit code unknown to the daemon. */
  foundAfterPowerLoss(at: Micros): void {
    for (const container of this.state.containers.values()) {
      container.run++;
      if (container.state !== 'running') continue;
      container.state = 'exited';
      container.exitCode = 255;
      container.finishedAt = at;
      container.processes = [];
      container.listening = [];
      container.pid = 0;
    }
  }

  /** A timer of a process, or of a command or health check about one. */
  timer(id: string, run: number, kind: string): void {
    if (kind.startsWith(BEGIN)) this.beginExec(kind.slice(BEGIN.length));
    else if (kind.startsWith(WIRE)) this.wire(id, run, kind.slice(WIRE.length));
    else if (kind.startsWith(PROBE)) this.probeTimedOut(kind);
    else this.processes.timer(id, run, kind);
  }

  /** Other limits, another restart policy. */
  update(
    id: string,
    change: Partial<Pick<ContainerConfig, 'memoryBytes' | 'nanoCpus' | 'restart' | 'restartTries'>>,
  ): void {
    const container = this.state.containers.get(id);
    if (!container) return;
    container.config = { ...container.config, ...change };
    this.event(container, 'update');
  }

  rename(id: string, name: string): RuntimeResult {
    const container = this.state.containers.get(id);
    if (!container) return failed('not-found', `No such container: ${id}`);
    container.config = { ...container.config, name };
    this.event(container, 'rename');
    return done();
  }

  /** Puts a container on other networks, running or not; on none at all if there are none. Refused, all is as before. */
  setNetworks(id: string, networks: ContainerConfig['networks']): RuntimeResult {
    const container = this.state.containers.get(id);
    if (!container) return failed('not-found', `No such container: ${id}`);
    const { config } = container;
    container.config = { ...config, networks, offline: networks.length === 0 };
    const trouble = isUp(container) ? (this.host.interfaces?.rewire(container) ?? null) : null;
    if (trouble === null) return done();
    container.config = config;
    return failed('conflict', trouble);
  }

  /** Freezes or thaws a running container. Simplified: its timers go on. */
  pause(id: string, paused: boolean): RuntimeResult {
    const container = this.state.containers.get(id);
    if (!container) return failed('not-found', `No such container: ${id}`);
    const from = paused ? 'running' : 'paused';
    if (container.state !== from) return failed('conflict', `Container ${id} is not ${from}`);
    container.state = paused ? 'paused' : 'running';
    this.event(container, paused ? 'pause' : 'unpause');
    return done();
  }

  imagesById(): Map<string, Image> {
    return new Map([...this.state.images.values()].map((image) => [image.id, image]));
  }

  removeImage(id: string): void {
    for (const [name, image] of this.state.images) if (image.id === id) this.state.images.delete(name);
  }

  /** Takes a name off an image; with its last name it is gone. */
  untagImage(name: string): void {
    this.state.images.delete(name);
  }

  /** Gives an image another name, which may have belonged to another one. */
  tagImage(image: Image, name: string): void {
    this.state.images.set(name, { ...image, tags: [name], isTagged: true, isLocal: true });
  }

  /** Keeps an image that was built here, under its names; without one it stays without. */
  keepBuilt(image: Image, names: readonly string[]): void {
    const nameless = `<none>@${image.id}`;
    if (names.length === 0)
      this.state.images.set(nameless, { ...image, tags: [nameless], isTagged: false, isLocal: true });
    for (const name of names) this.tagImage(image, name);
  }

  /** The registry has it from now on, under this name. */
  pushImage(name: string): void {
    const image = this.state.images.get(name);
    if (!image) return;
    const { isLocal: _, ...pushed } = image;
    this.state.images.set(name, pushed);
    this.state.registry.pushed[name] = pushed;
  }

  /** The volume with this name; a new one is empty. `user` is the container that it is made for. */
  ensureVolume(name: string, wanted: Partial<Pick<Volume, 'labels' | 'options'>> = {}, user?: Container): Volume {
    const known = this.state.volumes.get(name);
    if (known) return known;
    const { labels = {}, options = {} } = wanted;
    const volume: Volume = {
      name,
      createdAt: this.kernel.now,
      labels,
      options,
      driver: 'local',
      content: {},
      files: {},
    };
    this.state.volumes.set(name, volume);
    const objects = [...(user ? this.objectsOf(user) : [`machine:${this.machine}` as const])];
    this.kernel.emit('volume.created', this.machine, [this.volumeRef(name), ...objects], {
      volume: name,
      empty: true,
      anonymous: ANONYMOUS_VOLUME in labels,
    });
    this.host.event({ type: 'volume', action: 'create', id: name, attributes: { driver: volume.driver } });
    return volume;
  }

  removeVolume(name: string): void {
    const volume = this.state.volumes.get(name);
    if (!volume) return;
    this.state.volumes.delete(name);
    this.kernel.emit('volume.removed', this.machine, [this.volumeRef(name), `machine:${this.machine}`], {
      volume: name,
    });
    this.host.event({ type: 'volume', action: 'destroy', id: name, attributes: { driver: volume.driver } });
  }

  /** A volume is one machine's own: of the same name there may be others elsewhere. */
  private volumeRef(name: string): `volume:${string}` {
    return `volume:${this.machine}/${name}`;
  }

  /** What is to be mounted, with names for volumes that have none, and volumes for what the image keeps apart. */
  private mountsOf(config: ContainerConfig, image: Image): ContainerConfig['mounts'] {
    const kept = image.volumes
      .filter((target) => !config.mounts.some((mount) => mount.target === target))
      .map((target) => ({ type: 'volume', source: '', target, readOnly: false }));
    return [...config.mounts, ...kept].map((mount) =>
      mount.type === 'volume' && mount.source === '' ? { ...mount, source: this.newVolumeName() } : mount,
    );
  }

  private newVolumeName(): string {
    return hexId(this.kernel.random('volume-names'));
  }

  private makeVolumes(container: Container): void {
    for (const { type, source, labels } of container.config.mounts) {
      if (type !== 'volume') continue;
      const mark: Record<string, string> = ANONYMOUS_NAME.test(source) ? { [ANONYMOUS_VOLUME]: '' } : {};
      this.ensureVolume(source, { labels: { ...labels, ...mark } }, container);
    }
  }

  /** A running container has its volumes mounted. */
  private mountEvents(container: Container, action: 'mount' | 'unmount'): void {
    for (const { type, source, target, readOnly } of container.config.mounts) {
      if (type !== 'volume') continue;
      const place = { destination: target, propagation: '', 'read/write': String(!readOnly) };
      const attributes = { container: container.id, driver: 'local', ...(action === 'mount' && place) };
      this.host.event({ type: 'volume', action, id: source, attributes });
    }
  }

  // ---- health checks (`moby: daemon/health.go`)

  private scheduleProbe(container: Container): void {
    const { health } = container.config;
    if (!health) return;
    const starting =
      container.health.status === 'starting' &&
      health.startPeriod > 0 &&
      this.kernel.now - (container.startedAt ?? 0) < health.startPeriod;
    this.schedule(starting ? health.startInterval : health.interval, 'runtime.probe', {
      id: container.id,
      run: container.run,
    });
  }

  probe(id: string, run: number): void {
    const container = this.state.containers.get(id);
    if (!container || container.run !== run || container.state !== 'running' || !container.config.health) return;
    const { test, timeout } = container.config.health;
    const argv = test[0] === 'CMD-SHELL' ? ['/bin/sh', '-c', test[1] ?? ''] : test.slice(1);
    const { program, argv: words } = commandFor(argv);
    const token = `${PROBE}${id}/${run}/${container.nextProcess}`;
    this.schedule(timeout, 'runtime.timer', { id, run, kind: token });
    this.processes.start(container, program, words, token);
  }

  /** `health.go`: a check that takes too long has failed. */
  private probeTimedOut(token: string): void {
    const container = this.state.containers.get(token.split('/')[1]!);
    const process = container?.processes.find((one) => one.token === token);
    if (container && process) this.processes.end(container, process, -1);
  }

  private probed(container: Container, exitCode: number): void {
    if (container.state !== 'running' || !container.config.health) return;
    const { retries, startPeriod } = container.config.health;
    const was = container.health.status;
    if (exitCode === 0) container.health = { status: 'healthy', failingStreak: 0 };
    else if (was !== 'starting' || this.kernel.now - (container.startedAt ?? 0) >= startPeriod) {
      const failingStreak = container.health.failingStreak + 1;
      container.health = { status: failingStreak >= retries ? 'unhealthy' : was, failingStreak };
    }
    if (container.health.status !== was) {
      this.kernel.begin('container.health', this.machine, this.objectsOf(container), {
        status: container.health.status,
        name: container.config.name,
      });
      this.event(container, `health_status: ${container.health.status}`);
      this.host.healthChanged(container);
    }
    this.scheduleProbe(container);
  }

  // ---- inside

  private signal(container: Container, name: string): void {
    const signal = signalName(name);
    if (signal === 'KILL') {
      this.event(container, 'kill', { signal: '9' });
      this.schedule(KILL_TIME, 'runtime.exited', { id: container.id, run: container.run, code: 137 });
      return;
    }
    this.event(container, 'kill', { signal: String(deadlyNumber(signal) ?? signal) });
    this.processes.signal(container, signal);
  }

  /** The process has ended. */
  exited(id: string, run: number, code: number): void {
    const container = this.state.containers.get(id);
    if (container?.run === run && container.state === 'running') this.ended(container, code);
  }

  private ended(container: Container, code: number): void {
    container.state = 'exited';
    container.exitCode = code;
    container.finishedAt = this.kernel.now;
    container.pid = 0;
    this.processes.endAll(container);
    this.finishLines(container);
    container.run++;
    this.kernel.begin('container.exited', this.machine, this.objectsOf(container), {
      name: container.config.name,
      exitCode: code,
    });
    this.event(container, 'die', { exitCode: String(code) });
    this.mountEvents(container, 'unmount');
    this.host.interfaces?.detach(container);
    this.host.containerExited(container);
    const waiting = this.state.stopWaiters.filter((waiter) => waiter.id === container.id);
    this.state.stopWaiters = this.state.stopWaiters.filter((waiter) => waiter.id !== container.id);
    if (waiting.length > 0) this.event(container, 'stop');
    for (const { token } of waiting) this.host.operationDone(token, done());
  }

  /** A process has ended; not told of the main one when its container is ended from outside. */
  private processEnded(container: Container, process: ProcessState, code: number): void {
    const { token } = process;
    if (token === null) this.ended(container, code);
    else if (token.startsWith(PROBE)) this.probed(container, code);
    else this.host.operationDone(token, { ok: true, value: code });
  }

  private written(container: Container, process: ProcessState, stream: LogLine['stream'], text: string): void {
    if (process.token !== null) {
      if (!process.token.startsWith(PROBE)) this.host.output(process.token, stream, text);
      return;
    }
    this.host.wrote?.(container, stream, text);
    const lines = `${container.unfinished[stream]}${text}`.split('\n');
    container.unfinished[stream] = lines.pop()!;
    for (const line of lines) this.log(container, stream, line);
  }

  /** The last line needs no newline. */
  private finishLines(container: Container): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = container.unfinished[stream];
      container.unfinished[stream] = '';
      if (rest !== '') this.log(container, stream, rest);
    }
  }

  /** The files that a container sees. */
  filesOf(container: Container): ContainerFiles {
    const mounted = {
      volume: (name: string) => this.ensureVolume(name).files,
      bound: (source: string) => (this.state.bound[source] ??= {}),
    };
    return new ContainerFiles(container, mounted, this.kernel.now);
  }

  /** What is kept in memory is gone when the container stops. */
  private clearTmpfs({ config, files }: Container): void {
    for (const { type, target } of config.mounts)
      if (type === 'tmpfs')
        for (const path of Object.keys(files)) if (path.startsWith(`${target}/`)) delete files[path];
  }

  /** The longest mount above `path` decides. Simplified: what is bound from the host is kept in the container's layer. */
  private storage(container: Container, path: string): Record<string, unknown> {
    const above = ({ target }: { target: string }): boolean => path === target || path.startsWith(`${target}/`);
    const [mount] = container.config.mounts
      .filter((one) => one.type === 'volume' && one.source !== '' && above(one))
      .sort((a, b) => b.target.length - a.target.length);
    if (!mount) return (container.layer[path] ??= {});
    const { content } = this.ensureVolume(mount.source);
    return (content[path.slice(mount.target.length) || '/'] ??= {}) as Record<string, unknown>;
  }

  private log(container: Container, stream: LogLine['stream'], text: string): void {
    const line: LogLine = { at: this.kernel.now, stream, text };
    container.logs.push(line);
    this.host.logged(container, line);
    if (container.logs.length > LOG_CAPACITY) container.logs.splice(0, container.logs.length - LOG_CAPACITY);
  }

  private event(container: Container, action: string, more: Readonly<Record<string, string>> = {}): void {
    const { name, image, labels } = container.config;
    this.host.event({ type: 'container', action, id: container.id, attributes: { ...labels, image, name, ...more } });
  }

  private objectsOf(container: Container): `${string}:${string}`[] {
    const objects: `${string}:${string}`[] = [`container:${container.id}`, `machine:${this.machine}`];
    if (container.taskId) objects.push(`task:${container.taskId}`);
    return objects;
  }

  private between(purpose: string, range: { least: Micros; most: Micros }): Micros {
    return this.kernel.random(purpose).between(range.least, range.most);
  }

  private schedule(delay: Micros, kind: string, data: Readonly<Record<string, unknown>>): void {
    this.kernel.schedule(delay, kind, this.machine, { machine: this.machine, ...data });
  }
}

function isUp({ state }: Container): boolean {
  return state === 'running' || state === 'paused';
}

/** Beginnings of timers and tokens that are no process's own. */
const BEGIN = 'begin/';
const WIRE = 'wire/';
const PROBE = 'probe/';

const STOPPED = 'container was stopped while it started';

function done(): { ok: true; value: null } {
  return { ok: true, value: null };
}

function failed(kind: RuntimeError['kind'], message: string): { ok: false; error: RuntimeError } {
  return { ok: false, error: { kind, message } };
}

/** Pulling by tag and by digest are two things: only the first gives the image a tag. */
function pullKey(name: string, { digest }: ImageReference): string {
  return digest === null ? name : `${name}@${digest}`;
}
