/** `/containers`. `moby: daemon/server/router/container`, `daemon/list.go`, `stop.go`, `kill.go`, `delete.go`, `rename.go` */
import { containerCreateRequest, containerUpdateRequest } from '../../../go-types/requests.ts';
import type * as api from '../../../protocol/engine-api.ts';
import { milliseconds, seconds } from '../../kernel/time.ts';
import { hasLabels } from '../../manager/controlapi/list-filters.ts';
import type { Container, ContainerConfig } from '../../runtime/container.ts';
import { startContainer as begin } from '../container-start.ts';
import { containerInspect, containerMatches, containerSummary, LIST_FILTERS, sizesOf } from '../convert/container.ts';
import { containerConfigFrom, type GivenContainer, RESTARTS } from '../convert/container-from.ts';
import type { Dockerd } from '../dockerd.ts';
import { type Failure, runtimeFailure } from '../errors.ts';
import { isTrue, parseFilters } from '../filters.ts';
import { randomName } from '../names.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';
import { findContainer } from './find-container.ts';

const NAME = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const STATES = ['created', 'dead', 'exited', 'paused', 'removing', 'restarting', 'running'];
const SIGNALS = new Set(
  'ABRT ALRM BUS CHLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'.split(
    ' ',
  ),
);

export const listContainers: Route = {
  start(daemon, call) {
    const { query = {} } = call.request;
    const parsed = parseFilters(query.filters, LIST_FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const odd = parsed.filters.status?.find((status) => !STATES.includes(status));
    if (odd !== undefined) return daemon.refuse(call, { status: 400, message: `Invalid filter 'status=${odd}'` });
    const limit = Number(query.limit ?? 0);
    const all = isTrue(query.all) || limit > 0 || Boolean(parsed.filters.status?.length);
    const newestFirst = [...daemon.host.runtime.state.containers.values()].sort((a, b) => b.createdAt - a.createdAt);
    const shown = newestFirst
      .filter((container) => all || container.state === 'running' || container.state === 'paused')
      .filter((container) => containerMatches(container, parsed.filters, daemon));
    daemon.reply(
      call,
      shown.slice(0, limit > 0 ? limit : undefined).map((container) => ({
        ...containerSummary(container, daemon),
        ...(isTrue(query.size) && sizesOf(container, daemon)),
      })),
    );
  },
};

export const inspectContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const sizes = isTrue(call.request.query?.size) ? sizesOf(container, daemon) : {};
    daemon.reply(call, { ...containerInspect(container, daemon), ...sizes });
  },
};

export const createContainer: Route = {
  body: containerCreateRequest,
  start(daemon, call) {
    const wanted = call.request.query?.name;
    if (wanted && !NAME.test(wanted))
      return daemon.refuse(call, {
        status: 400,
        message: `Invalid container name (${wanted}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
      });
    const name = wanted?.replace(/^\//, '') || randomName(daemon.host.random('names'));
    const config = containerConfigFrom(daemon.body<GivenContainer>(call), name);
    if (!config.ok) return daemon.refuse(call, { status: 400, message: config.message });
    const image = daemon.host.runtime.image(config.value.image);
    if (!image) return daemon.refuse(call, { status: 404, message: `No such image: ${withTag(config.value.image)}` });
    call.partial = withAllPorts(config.value, daemon.body<GivenContainer>(call), image.exposed);
    daemon.later(call, 'create', daemon.host.runtime.createTime());
  },
  stages: {
    create(daemon, call) {
      const created = daemon.host.runtime.create(call.partial as ContainerConfig, null);
      if (!created.ok) return daemon.refuse(call, runtimeFailure(created.error));
      daemon.reply(call, { Id: created.value.id, Warnings: warningsOf(daemon.body<GivenContainer>(call)) }, 201);
    },
  },
};

/** `moby: daemon/daemon_unix.go verifyPlatformContainerSettings` */
function warningsOf({ HostConfig: host = {} }: Partial<GivenContainer>): string[] {
  const discarded = Object.entries(NOT_MODELLED)
    .filter(([field]) => isGiven((host as Record<string, unknown>)[field]))
    .map(([, what]) => `${what} not modelled here. Discarded.`);
  return [...portWarnings(host), ...discarded];
}

/** Fields of the host's configuration that the engine does not act on, and what they are about. */
const NOT_MODELLED: Readonly<Record<string, string>> = {
  BlkioWeight: 'Weights of block I/O are',
  BlkioWeightDevice: 'Weights of block I/O are',
  CpuPeriod: 'CPU quotas by period are',
  CpuRealtimePeriod: 'Real-time CPU is',
  CpuShares: 'CPU shares are',
  CpusetCpus: 'Choosing CPUs is',
  CpusetMems: 'Choosing memory nodes is',
  DeviceCgroupRules: 'Devices are',
  DeviceRequests: 'GPUs are',
  Devices: 'Devices are',
  IpcMode: 'Sharing namespaces is',
  KernelMemory: 'Limits of kernel memory are',
  Links: 'Links are',
  PidMode: 'Sharing namespaces is',
  PidsLimit: 'Limits of processes are',
  SecurityOpt: 'Security options are',
  StorageOpt: 'Options of the storage driver are',
  Sysctls: 'Kernel settings are',
  Ulimits: 'Limits of processes are',
  UsernsMode: 'User namespaces are',
  VolumesFrom: 'Taking over volumes is',
};

function isGiven(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function portWarnings(host: NonNullable<Partial<GivenContainer>['HostConfig']>): string[] {
  const publishes = host.PublishAllPorts || Object.keys(host.PortBindings ?? {}).length > 0;
  return host.NetworkMode === 'host' && publishes ? ['Published ports are discarded when using host network mode'] : [];
}

/** `--publish-all`: every exposed port at a port of the host's choice. */
function withAllPorts(
  config: ContainerConfig,
  given: Partial<GivenContainer>,
  exposed: readonly string[],
): ContainerConfig {
  if (!given.HostConfig?.PublishAllPorts) return config;
  const wanted = [...new Set([...exposed, ...Object.keys(given.ExposedPorts ?? {})])].map((port) => port.split('/'));
  const free = wanted.filter(([target]) => !config.ports.some((port) => port.target === Number(target)));
  const ports = free.map(([target, protocol = 'tcp']) => ({
    target: Number(target),
    published: 0,
    protocol: protocol as ContainerConfig['ports'][number]['protocol'],
    ip: '',
  }));
  return { ...config, ports: [...config.ports, ...ports] };
}

function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}

export const startContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    if (container.state === 'running') return daemon.reply(call, null, 304);
    container.stoppedByUser = false;
    call.partial = container.id;
    begin(daemon, container, daemon.token(call, 'started'));
  },
  stages: { started: (daemon, call) => daemon.reply(call, null, 204) },
  failed: { started: notStarted },
};

/** `moby: daemon/start.go`: a container that is to be removed at its end is removed now. */
function notStarted(daemon: Dockerd, call: Call, { status, message }: Failure): void {
  const container = daemon.host.runtime.state.containers.get(call.partial as string);
  if (container?.config.autoRemove) daemon.host.runtime.remove(container.id, true, 'auto-remove', true);
  // What the network cannot give is the daemon's failure, not a conflict.
  daemon.refuse(call, { status: status === 409 ? 500 : status, message });
}

export const stopContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    container.stoppedByUser = true;
    if (container.state === 'restarting') container.state = 'exited';
    if (container.state !== 'running') return daemon.reply(call, null, 304);
    daemon.host.runtime.stop(container.id, grace(call), daemon.token(call, 'stopped'));
  },
  stages: { stopped: (daemon, call) => daemon.reply(call, null, 204) },
};

/** `t` seconds until the kill; null: the container's own. -1 waits for ever. */
function grace({ request }: Call): number | null {
  const t = request.query?.t;
  if (t === undefined || t === '' || !/^-?\d+$/.test(t)) return null;
  return Number(t) < 0 ? seconds(1e9) : seconds(Number(t));
}

export const restartContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    call.partial = container.id;
    // What ends it now is no reason for its policy to start it.
    container.stoppedByUser = true;
    if (container.state === 'running')
      daemon.host.runtime.stop(container.id, grace(call), daemon.token(call, 'stopped'));
    else begin(daemon, container, daemon.token(call, 'started'));
  },
  stages: {
    stopped(daemon, call) {
      const container = daemon.host.runtime.state.containers.get(call.partial as string);
      if (container) begin(daemon, container, daemon.token(call, 'started'));
    },
    started(daemon, call) {
      const container = daemon.host.runtime.state.containers.get(call.partial as string);
      if (container) container.stoppedByUser = false;
      daemon.reply(call, null, 204);
    },
  },
  failed: { started: notStarted },
};

/** Spelt as recorded with 20.10; newer ones begin in lower case. */
const KILL_PREFIX = 'Cannot kill container: ';

export const killContainer: Route = {
  start(daemon, call) {
    const signal = (call.request.query?.signal || 'SIGKILL').toUpperCase().replace(/^SIG/, '');
    if (!SIGNALS.has(signal) && !/^([1-9]|[1-5]\d|6[0-4])$/.test(signal))
      return daemon.refuse(call, { status: 400, message: `Invalid signal: ${call.request.query?.signal}` });
    const container = findContainer(daemon, call, `${KILL_PREFIX}${call.params.id}: `);
    if (!container) return;
    if (container.state !== 'running')
      return daemon.refuse(call, {
        status: 409,
        message: `${KILL_PREFIX}${call.params.id}: Container ${container.id} is not running`,
      });
    container.stoppedByUser = true;
    const killed = daemon.host.runtime.kill(container.id, signal);
    if (!killed.ok) return daemon.refuse(call, runtimeFailure(killed.error));
    call.partial = container.id;
    if (signal === 'KILL' || signal === '9') waitForEnd(daemon, call);
    else daemon.reply(call, null, 204);
  },
  stages: { look: waitForEnd },
};

/** SIGKILL is answered once the process is gone. */
function waitForEnd(daemon: Dockerd, call: Call): void {
  const container = daemon.host.runtime.state.containers.get(call.partial as string);
  if (container?.state === 'running') daemon.later(call, 'look', KILL_LOOK);
  else daemon.reply(call, null, 204);
}
const KILL_LOOK = milliseconds(5);

export const removeContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const force = isTrue(call.request.query?.force);
    if (container.state === 'removing')
      return daemon.refuse(call, {
        status: 409,
        message: `removal of container ${call.params.id} is already in progress`,
      });
    daemon.host.runtime.remove(container.id, force, daemon.token(call, 'removed'), isTrue(call.request.query?.v));
  },
  stages: { removed: (daemon, call) => daemon.reply(call, null, 204) },
};

const PRUNE_FILTERS = ['label', 'label!', 'until'];

/** Removes what does not run, one after the other. */
export const pruneContainers: Route = {
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, PRUNE_FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const left = [...daemon.host.runtime.state.containers.values()]
      .filter(({ state }) => state === 'created' || state === 'exited' || state === 'dead')
      .filter((container) => hasLabels(parsed.filters, 'label', container.config.labels))
      .map(({ id }) => id);
    call.partial = { left, deleted: [] };
    pruneNext(daemon, call);
  },
  stages: { removed: pruneNext },
  failed: { removed: pruneNext },
};

function pruneNext(daemon: Dockerd, call: Call): void {
  const pruning = call.partial as { left: string[]; deleted: string[] };
  const next = pruning.left.shift();
  if (next === undefined)
    return daemon.reply(call, {
      ContainersDeleted: pruning.deleted.length > 0 ? pruning.deleted : null,
      SpaceReclaimed: 0,
    });
  pruning.deleted.push(next);
  daemon.host.runtime.remove(next, false, daemon.token(call, 'removed'));
}

export const renameContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const name = (call.request.query?.name ?? '').replace(/^\//, '');
    if (!NAME.test(name))
      return daemon.refuse(call, {
        status: name === '' ? 400 : 409,
        message:
          name === ''
            ? 'Neither old nor new names may be empty'
            : `Error when allocating new name: Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
      });
    const refusal = nameTaken(daemon, name, container);
    if (refusal) return daemon.refuse(call, { status: 409, message: refusal });
    const renamed = daemon.host.runtime.rename(container.id, name);
    if (renamed.ok) daemon.reply(call, null, 204);
    else daemon.refuse(call, runtimeFailure(renamed.error));
  },
};

/** `docker update`: limits and the restart policy. `moby: daemon/update.go`. */
export const updateContainer: Route = {
  body: containerUpdateRequest,
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const given = daemon.body<GivenUpdate>(call);
    const policy = given.RestartPolicy?.Name;
    if (policy && container.config.autoRemove)
      return daemon.refuse(call, {
        status: 409,
        message: `Cannot update container ${container.id}: restart policy cannot be updated because AutoRemove is enabled for the container`,
      });
    if (policy && !RESTARTS.some((known) => known === policy))
      return daemon.refuse(call, {
        status: 400,
        message: `invalid restart policy: unknown policy '${policy}'; use one of ${RESTARTS.slice(0, -1)
          .map((known) => `'${known}'`)
          .join(', ')}, or '${RESTARTS.at(-1)}'`,
      });
    daemon.host.runtime.update(container.id, {
      ...(given.Memory && { memoryBytes: given.Memory }),
      ...(given.NanoCpus && { nanoCpus: given.NanoCpus }),
      ...(policy && {
        restart: policy as ContainerConfig['restart'],
        restartTries: given.RestartPolicy?.MaximumRetryCount ?? 0,
      }),
    });
    daemon.reply(call, { Warnings: null });
  },
};

interface GivenUpdate {
  Memory: number;
  NanoCpus: number;
  RestartPolicy: { Name: string; MaximumRetryCount: number };
}

/** For `docker pause` and `docker unpause`. */
export function pauseContainer(paused: boolean): Route {
  return {
    start(daemon, call) {
      const container = findContainer(daemon, call);
      if (!container) return;
      const done = daemon.host.runtime.pause(container.id, paused);
      if (done.ok) daemon.reply(call, null, 204);
      else daemon.refuse(call, runtimeFailure(done.error));
    },
  };
}

function nameTaken(daemon: Dockerd, name: string, container: Container): string | null {
  if (container.config.name === name) return 'Renaming a container with the same name as its current name';
  for (const other of daemon.host.runtime.state.containers.values()) {
    if (other.config.name === name)
      return `Error when allocating new name: Conflict. The container name "/${name}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name.`;
  }
  return null;
}

export const waitContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const condition = call.request.query?.condition || 'not-running';
    const isOver = container.state === 'exited' || container.state === 'dead' || container.state === 'created';
    // The head comes at once: clients begin to wait before they start the container.
    daemon.stream(call);
    if (condition === 'not-running' && isOver) return daemon.endWait(call.id, container.exitCode);
    daemon.state.waits.set(call.id, { container: container.id, condition, exitCode: container.exitCode });
  },
};

/**
 * A client sees what the container writes from now on, and writes to it. `moby: daemon/attach.go`.
 * `detachKeys` are the client's own affair here: it closes the connection.
 */
export const attachContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const query = call.request.query ?? {};
    if (container.state === 'paused')
      return daemon.refuse(call, {
        status: 409,
        message: `container ${container.id} is paused, unpause the container before attach`,
      });
    const [stdout, stderr] = [isTrue(query.stdout), isTrue(query.stderr)];
    daemon.stream(call, container.config.tty ? 'terminal' : 'streams');
    if (isTrue(query.logs))
      for (const line of container.logs)
        if (line.stream === 'stdout' ? stdout : stderr)
          daemon.host.chunk(call.id, { stream: line.stream, text: `${line.text}\n` });
    if (!isTrue(query.stream)) return daemon.endStream(call);
    const stdin = isTrue(query.stdin) && container.config.openStdin;
    daemon.state.attachments.set(call.id, { container: container.id, stdin, stdout, stderr });
  },
};

export const topContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    if (container.state !== 'running')
      return daemon.refuse(call, { status: 409, message: `container ${container.id} is not running` });
    const { Path, Args } = containerInspect(container, daemon) as api.ContainerInspect;
    const started = daemon.time(container.startedAt ?? 0).slice(11, 16);
    daemon.reply(call, {
      Processes: [['root', String(container.pid), '1', '0', started, '?', '00:00:00', [Path, ...Args].join(' ')]],
      Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
    });
  },
};
