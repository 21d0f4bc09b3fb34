/**
 * A node as the scheduler sees it: its tasks counted, its free resources, its host ports in use.
 * Source: `swarmkit: manager/scheduler/nodeinfo.go`. All of it follows from the store, so it is never saved.
 */
import type { GenericResource, Node, PortConfig, Task } from '../../store/objects.ts';
import { TaskState } from '../../store/objects.ts';
import { claim, consume } from './generic-resource.ts';

/** What a node's counts hold of one task. */
interface CountedTask {
  readonly task: Task;
  active: boolean;
  readonly generic: readonly GenericResource[];
}

export class NodeInfo {
  node: Node;
  /** Tasks that are meant to run (desired state up to COMPLETE), in all and by service. */
  activeTasks = 0;
  readonly activeByService = new Map<string, number>();
  freeCpus = 0;
  freeMemory = 0;
  freeGeneric: readonly GenericResource[] = [];
  private readonly tasks = new Map<string, CountedTask>();
  private readonly hostPorts = new Map<string, number>();
  /** Tasks of each service that are meant to run, on all nodes together. */
  private readonly totals: Map<string, number>;

  constructor(node: Node, totals: Map<string, number>) {
    this.node = node;
    this.totals = totals;
    this.setNode(node);
  }

  /** The node has changed: its resources are counted anew. */
  setNode(node: Node): void {
    this.node = node;
    const resources = node.description?.resources;
    this.freeCpus = resources?.nanoCpus ?? 0;
    this.freeMemory = resources?.memoryBytes ?? 0;
    this.freeGeneric = resources?.generic ?? [];
    for (const counted of this.tasks.values()) this.reserve(counted);
  }

  /** Counts a task, or sees that it is meant to run or no longer. */
  addTask(task: Task): void {
    const active = task.desiredState <= TaskState.complete;
    const known = this.tasks.get(task.id);
    if (known) {
      if (known.active !== active) this.countActive(task.serviceId, active ? 1 : -1);
      known.active = active;
      return;
    }
    const counted = { task, active, generic: task.assignedGeneric };
    this.tasks.set(task.id, counted);
    this.reserve(counted);
    for (const port of hostPorts(task)) count(this.hostPorts, port, 1);
    if (active) this.countActive(task.serviceId, 1);
  }

  /** Forgets a task. Returns whether it was counted here. */
  removeTask(taskId: string): boolean {
    const counted = this.tasks.get(taskId);
    if (!counted) return false;
    this.tasks.delete(taskId);
    const { task } = counted;
    if (counted.active) this.countActive(task.serviceId, -1);
    for (const port of hostPorts(task)) count(this.hostPorts, port, -1);
    this.setNode(this.node);
    return true;
  }

  /** The node is no more: its tasks count nowhere. */
  leave(): void {
    for (const [serviceId, tasks] of this.activeByService) count(this.totals, serviceId, -tasks);
  }

  activeOf(serviceId: string): number {
    return this.activeByService.get(serviceId) ?? 0;
  }

  /** Is the host port of `hostPortKey` in use by a task here. */
  usesHostPort(key: string): boolean {
    return this.hostPorts.has(key);
  }

  /** The generic resources that a task would get here. */
  genericFor(task: Task): readonly GenericResource[] {
    const { generic } = task.spec.reservations;
    return generic.length === 0 ? generic : claim(this.freeGeneric, generic);
  }

  private reserve({ task, generic }: CountedTask): void {
    const { reservations } = task.spec;
    this.freeCpus -= reservations.nanoCpus;
    this.freeMemory -= reservations.memoryBytes;
    if (generic.length > 0) this.freeGeneric = consume(this.freeGeneric, generic);
  }

  private countActive(serviceId: string, change: 1 | -1): void {
    this.activeTasks += change;
    count(this.activeByService, serviceId, change);
    count(this.totals, serviceId, change);
  }
}

/** Adds to a count; those at zero are forgotten. */
function count(counts: Map<string, number>, key: string, change: number): void {
  const result = (counts.get(key) ?? 0) + change;
  if (result > 0) counts.set(key, result);
  else counts.delete(key);
}

/** Host ports that a task occupies, as keys such as `tcp/8080`. */
export function hostPorts(task: Task): string[] {
  const ports = task.endpoint?.ports;
  if (!ports || ports.length === 0) return [];
  return ports.filter(isHostPort).map((port) => `${port.protocol}/${port.publishedPort}`);
}

function isHostPort(port: PortConfig): boolean {
  return port.publishMode === 'host' && port.publishedPort !== 0;
}
