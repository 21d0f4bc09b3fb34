/**
 * Runs tasks as containers: the agent's controller. `moby: daemon/cluster/executor/container/controller.go, container.go`
 *
 * Shutting down first takes the task out of the load balancers and waits two seconds, so that connections can end, unless it
 * has no swarm network.
 */

import { type ParseResult, parsed } from '../../go-template/parse-result.ts';
import type { Micros } from '../../protocol/events.ts';
import type { Agent } from '../agent/agent.ts';
import type { Executor, OperationResult, TaskOperation } from '../agent/executor.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { milliseconds, seconds } from '../kernel/time.ts';
import { expandContainerSpec, expandPayload } from '../manager/template/expand.ts';
import type { Mount, Task, TaskStatus } from '../store/objects.ts';
import type { Container, ContainerConfig } from './container.ts';
import type { MountedFile } from './container-files.ts';
import type { PlaceHolders, TaskNetwork } from './container-network.ts';
import { DEFAULT_STOP_GRACE, type Runtime, type RuntimeResult } from './runtime.ts';

/** `controller.go Shutdown`: after the service binding is deactivated. */
const DRAIN_TIME: Micros = seconds(2);
/** `adapter.go waitNodeAttachments`: how often and how long the node's addresses on the task's networks are waited for. */
const ATTACHMENT_POLL: Micros = milliseconds(100);
const ATTACHMENT_TIMEOUT: Micros = seconds(30);
const NO_ATTACHMENT = 'node is missing network attachments, ip addresses may be exhausted';

/** What is being done for a task, and since when. */
interface Operation {
  operation: TaskOperation;
  token: string;
  task: Task;
  since: Micros;
}

/** Plain data: which operation each task is at, so that late ends of broken-off ones are ignored. */
export interface TaskExecutorState {
  operations: Record<string, Operation>;
  nextToken: number;
}

export function initialTaskExecutor(): TaskExecutorState {
  return { operations: {}, nextToken: 1 };
}

export class TaskExecutor implements Executor {
  readonly state: TaskExecutorState;
  private readonly kernel: Kernel;
  private readonly machine: string;
  private readonly runtime: Runtime;
  private readonly agent: () => Agent | null;
  private readonly network: TaskNetwork | null;
  private readonly places: PlaceHolders | null;

  constructor(
    kernel: Kernel,
    machine: string,
    state: TaskExecutorState,
    runtime: Runtime,
    agent: () => Agent | null,
    network: TaskNetwork | null = null,
    places: PlaceHolders | null = null,
  ) {
    this.kernel = kernel;
    this.machine = machine;
    this.state = state;
    this.runtime = runtime;
    this.agent = agent;
    this.network = network;
    this.places = places;
  }

  prepare(task: Task): void {
    const token = this.begin(task, 'prepare');
    if (task.spec.attachment) return this.create(task.id, token);
    if (this.runtime.ofTask(task.id)) return this.end(task.id, this.success(task.id));
    this.network?.prepare(task);
    this.runtime.pull(task.spec.container.image, token);
  }

  start(task: Task): void {
    const token = this.begin(task, 'start');
    if (task.spec.attachment) return this.updatePlace(task);
    const container = this.runtime.ofTask(task.id);
    if (!container) return this.end(task.id, failure('No such container', null));
    if (container.state === 'running') return this.startedOrWaiting(task.id, container);
    if (container.startedAt !== null) return this.exitedResult(task.id, container);
    this.startNow(task.id, token);
  }

  /**
   * Starts a task's container as soon as its networks are here: a daemon that has just started knows them only after the session
   * has told. `controller.go Start` makes missing networks and tries again.
   */
  startNow(taskId: string, token: string): void {
    const current = this.state.operations[taskId];
    const container = this.runtime.ofTask(taskId);
    if (!container || current?.token !== token) return;
    if (this.awaitsNetworks(taskId, current, 'executor.start')) return;
    this.runtime.start(container.id, token);
  }

  /** Whether the task's networks are still missing: the event comes again, or the operation has failed after waiting long. */
  private awaitsNetworks(taskId: string, current: Operation, again: string): boolean {
    if (!this.network || this.network.prepare(current.task)) return false;
    const { machine } = this;
    if (this.kernel.now - current.since >= ATTACHMENT_TIMEOUT) this.end(taskId, failure(NO_ATTACHMENT, null));
    else this.kernel.schedule(ATTACHMENT_POLL, again, machine, { machine, taskId, token: current.token });
    return true;
  }

  wait(task: Task): void {
    this.begin(task, 'wait');
    if (task.spec.attachment) return this.places?.hold(task);
    const container = this.runtime.ofTask(task.id);
    if (!container) return this.end(task.id, failure(`No such container`, null));
    if (container.state !== 'running' && container.state !== 'created') this.exitedResult(task.id, container);
  }

  shutdown(task: Task): void {
    const token = this.begin(task, 'shutdown');
    const container = this.runtime.ofTask(task.id);
    if (container?.state !== 'running') {
      if (container) this.runtime.stop(container.id, null, token);
      else this.end(task.id, this.success(task.id));
      return;
    }
    this.network?.disable(task.id);
    const drain = task.networks.length > 0 ? DRAIN_TIME : 0;
    this.kernel.schedule(drain, 'executor.stop', this.machine, { machine: this.machine, taskId: task.id, token });
  }

  remove(task: Task): void {
    const token = this.begin(task, 'remove');
    const container = this.runtime.ofTask(task.id);
    if (!container) return this.end(task.id, this.success(task.id));
    if (container.state === 'running') {
      this.network?.disable(task.id);
      const drain = task.networks.length > 0 ? DRAIN_TIME : 0;
      this.kernel.schedule(drain, 'executor.stop', this.machine, { machine: this.machine, taskId: task.id, token });
    } else this.runtime.remove(container.id, true, token, true);
  }

  // ---- places on networks

  private updatePlace(task: Task): void {
    if (this.places?.update(task)) return this.end(task.id, this.success(task.id));
    const message = `could not find attacher for container ${task.spec.attachment?.containerId} to network ${task.networks[0]?.networkId}`;
    this.end(task.id, failure(message, null));
  }

  /** The container has left, and the leader knows it; or `trouble` tells why it does not. */
  placeGivenBack(taskId: string, trouble: string | null): void {
    if (this.state.operations[taskId]?.operation !== 'wait') return;
    this.end(taskId, trouble === null ? this.success(taskId) : failure(trouble, null));
  }

  // ---- stopping

  /** The drain before a stop is over. */
  stopNow(taskId: string, token: string): void {
    const current = this.state.operations[taskId];
    const container = this.runtime.ofTask(taskId);
    if (!current || current.token !== token) return;
    if (container) this.runtime.stop(container.id, current.task.spec.container.stopGracePeriod, token);
    else this.end(taskId, this.success(taskId));
  }

  /** An operation of the runtime has ended. Returns whether the token was one of ours. */
  operationDone(token: string, result: RuntimeResult<number | null>): boolean {
    if (!token.startsWith('task/')) return false;
    const taskId = token.split('/')[1]!;
    const current = this.state.operations[taskId];
    if (!current || current.token !== token) return true;
    if (!result.ok) {
      const { kind, message } = result.error;
      // A failing pull is only logged; what the task is told is that the image is not there (moby #41300).
      const isPull = current.operation === 'prepare' && kind === 'no-space';
      const said = isPull ? `No such image: ${current.task.spec.container.image}` : message;
      const told = current.operation === 'start' ? `starting container failed: ${said}` : said;
      this.end(taskId, failure(told, this.statusOf(taskId)));
      return true;
    }
    this.proceed(taskId, current);
    return true;
  }

  /** Goes on after a part of an operation has ended well. */
  private proceed(taskId: string, current: { operation: TaskOperation; token: string; task: Task }): void {
    const { operation, token, task } = current;
    const container = this.runtime.ofTask(taskId);
    if (operation === 'prepare') {
      this.kernel.schedule(this.runtime.createTime(), 'executor.create', this.machine, {
        machine: this.machine,
        taskId,
        token,
      });
    } else if (operation === 'start') {
      if (container) this.startedOrWaiting(taskId, container);
    } else if (operation === 'remove' && container) {
      this.runtime.remove(container.id, true, token, true);
    } else this.end(taskId, this.success(task.id));
  }

  /** The image is there: makes the container. */
  create(taskId: string, token: string): void {
    const current = this.state.operations[taskId];
    if (!current || current.token !== token) return;
    if (this.awaitsNetworks(taskId, current, 'executor.create')) return;
    if (current.task.spec.attachment) return this.end(taskId, this.success(taskId));
    const config = this.configOf(current.task);
    if (!config.ok) return this.end(taskId, failure(config.message, null));
    const made = this.runtime.create(config.value, taskId);
    this.end(taskId, made.ok ? this.success(taskId) : failure(made.error.message, null));
  }

  /** Called for every container that has ended. */
  containerExited(container: Container): void {
    const { taskId } = container;
    if (!taskId) return;
    const operation = this.state.operations[taskId]?.operation;
    if (operation === 'wait' || operation === 'start') this.exitedResult(taskId, container);
  }

  /** A health check has made up its mind. */
  healthChanged(container: Container): void {
    const { taskId } = container;
    if (!taskId) return;
    const current = this.state.operations[taskId];
    if (!current) return;
    if (container.health.status === 'healthy' && current.operation === 'start') this.end(taskId, this.success(taskId));
    else if (
      container.health.status === 'unhealthy' &&
      (current.operation === 'start' || current.operation === 'wait')
    ) {
      const drain = this.network?.disable(taskId) ? DRAIN_TIME : 0;
      this.kernel.schedule(drain, 'executor.stop-unhealthy', this.machine, { machine: this.machine, taskId });
    }
  }

  /** The drain before an unhealthy container is stopped is over. */
  stopUnhealthy(taskId: string): void {
    const current = this.state.operations[taskId];
    const container = this.runtime.ofTask(taskId);
    if (container?.state !== 'running' || (current && current.operation !== 'start' && current.operation !== 'wait'))
      return;
    this.runtime.stop(container.id, current?.task.spec.container.stopGracePeriod ?? null, `unhealthy/${taskId}`);
  }

  /** Running, and healthy if that is asked for: done; else the health check will tell. */
  private startedOrWaiting(taskId: string, container: Container): void {
    if (container.config.health && container.health.status !== 'healthy') return;
    this.end(taskId, this.success(taskId));
  }

  private exitedResult(taskId: string, container: Container): void {
    const status = this.statusOf(taskId);
    const unhealthy = container.health.status === 'unhealthy' ? ': dockerexec: unhealthy container' : '';
    if (container.exitCode === 0) this.end(taskId, this.success(taskId));
    else this.end(taskId, failure(`task: non-zero exit (${container.exitCode})${unhealthy}`, status));
  }

  private begin(task: Task, operation: TaskOperation): string {
    const token = `task/${task.id}/${this.state.nextToken++}`;
    this.state.operations[task.id] = { operation, token, task, since: this.kernel.now };
    return token;
  }

  private end(taskId: string, result: OperationResult): void {
    const current = this.state.operations[taskId];
    if (!current) return;
    delete this.state.operations[taskId];
    const { operation } = current;
    if (operation === 'start' && result.ok) this.network?.enable(taskId);
    if (operation === 'shutdown' || operation === 'remove' || !result.ok) this.network?.release(taskId);
    this.agent()?.done(taskId, operation, result);
  }

  private success(taskId: string): OperationResult {
    return { ok: true, container: this.statusOf(taskId), ports: this.network?.ports(taskId) ?? [] };
  }

  private statusOf(taskId: string): TaskStatus['container'] {
    const container = this.runtime.ofTask(taskId);
    return container ? { id: container.id, pid: container.pid, exitCode: container.exitCode } : null;
  }

  /** What to run, with templates expanded and the task's secrets and configs as files; or why that cannot be. */
  private configOf(task: Task): ParseResult<ContainerConfig> {
    const expanded = expandContainerSpec(task, this.agent()?.state.node?.description ?? null);
    if (!expanded.ok) return expanded;
    const files = this.filesOf(task);
    if (!files.ok) return files;
    const container = expanded.value;
    const { limits } = task.spec;
    const name = containerName(task);
    return parsed({
      name,
      image: container.image,
      entrypoint: container.command,
      command: container.args,
      env: container.env,
      hostname: container.hostname,
      labels: {
        ...container.labels,
        'com.docker.swarm.node.id': task.nodeId,
        'com.docker.swarm.service.id': task.serviceId,
        'com.docker.swarm.service.name': task.serviceAnnotations.name,
        'com.docker.swarm.task': '',
        'com.docker.swarm.task.id': task.id,
        'com.docker.swarm.task.name': name,
      },
      workingDir: container.dir,
      user: container.user,
      tty: container.tty,
      openStdin: container.openStdin,
      ...(container.init && { init: true }),
      stopSignal: container.stopSignal,
      stopGrace: container.stopGracePeriod ?? DEFAULT_STOP_GRACE,
      health:
        container.health && container.health.test[0] !== 'NONE' && container.health.test.length > 0
          ? withHealthDefaults(container.health)
          : null,
      mounts: container.mounts.map(mountOf),
      files: files.value,
      networks: task.networks.map(({ networkId, addresses, aliases }) => ({
        id: networkId,
        name: '',
        address: addresses[0] ?? '',
        aliases,
      })),
      ports: (task.endpoint?.ports ?? [])
        .filter((port) => port.publishMode === 'host')
        .map((port) => ({
          target: port.targetPort,
          published: port.publishedPort,
          protocol: port.protocol,
          ip: '0.0.0.0',
        })),
      autoRemove: false,
      restart: 'no',
      memoryBytes: limits.memoryBytes,
      nanoCpus: limits.nanoCpus,
    });
  }

  /** `container_operations_unix.go`: secrets lie in `/run/secrets`, configs at the root, unless they have a path of their own. */
  private filesOf(task: Task): ParseResult<MountedFile[]> {
    const { container } = task.spec;
    const { secrets = {}, configs = {} } = this.agent()?.state ?? {};
    const dependencies = { secrets: new Map(Object.entries(secrets)), configs: new Map(Object.entries(configs)) };
    const files: MountedFile[] = [];
    for (const [references, folder] of [
      [container.secrets, '/run/secrets/'],
      [container.configs, '/'],
    ] as const) {
      for (const { id, target, mode, uid, gid } of references) {
        const file = secrets[id] ?? configs[id];
        if (!file) continue;
        const text = expandPayload(file, task, dependencies);
        if (!text.ok) return text;
        const path = target.startsWith('/') ? target : `${folder}${target}`;
        files.push({ path, text: text.value, mode, uid, gid });
      }
    }
    return parsed(files);
  }
}

function mountOf({ type, source, target, readOnly, options }: Mount): ContainerConfig['mounts'][number] {
  const { Labels: labels } = (options.VolumeOptions ?? {}) as { Labels?: Record<string, string> };
  return { type, source, target, readOnly, ...(labels && { labels }) };
}

/** `SERVICE.SLOT.TASKID`, for global services with the node's id as slot. */
export function containerName(task: Task): string {
  const slot = task.slot > 0 || task.jobIteration !== null ? String(task.slot) : task.nodeId;
  return task.annotations.name || `${task.serviceAnnotations.name}.${slot}.${task.id}`;
}

type Health = NonNullable<Task['spec']['container']['health']>;

/** Zero means docker's default: 30 s, 30 s, 3 tries, start interval 5 s. */
function withHealthDefaults(health: Health): NonNullable<ContainerConfig['health']> {
  return {
    test: health.test,
    interval: health.interval || seconds(30),
    timeout: health.timeout || seconds(30),
    startPeriod: health.startPeriod,
    startInterval: health.startInterval || seconds(5),
    retries: health.retries || 3,
  };
}

function failure(message: string, container: TaskStatus['container']): OperationResult {
  return { ok: false, temporary: false, message, container };
}
