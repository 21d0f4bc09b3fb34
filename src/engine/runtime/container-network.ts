/**
 * What the runtime and the controller of tasks need of the network of their machine. The network implements it; without one,
 * containers have no interfaces and talk to nobody.
 */
import type { PortConfig, Task } from '../store/objects.ts';
import type { Container } from './container.ts';

/** For the runtime: interfaces come and go with the main process. */
export interface ContainerNetwork {
  /** The container is about to run: gives it its interfaces and host ports. Returns docker's words if that cannot be. */
  attach(container: Container): string | null;
  /**
   * It is on other networks from now on (`docker network connect`): what it keeps, it keeps with its addresses. Returns docker's
   * words if that cannot be.
   */
  rewire(container: Container): string | null;
  /** Its main process has ended: interfaces, names and ports are free again. */
  detach(container: Container): void;
}

/**
 * For tasks that hold a place on a network for a container that a user has started.
 * `moby: daemon/cluster/executor/container/attachment.go`
 */
export interface PlaceHolders {
  /** Hands its address to the container that waits for it. False: none does (any more). */
  update(task: Task): boolean;
  /** Holds the place until the container leaves; `TaskExecutor.placeGivenBack` tells the end. */
  hold(task: Task): void;
}

/** For tasks: the life of their registration. `moby: daemon/cluster/executor/container/adapter.go` */
export interface TaskNetwork {
  /** A task is on this node from now on: the networks that it needs are made. Returns whether all of them are here. */
  prepare(task: Task): boolean;
  /** Started, and healthy if that is asked for: names and load balancers may lead to it. */
  enable(taskId: string): void;
  /** About to be stopped: no new connections. Returns whether there was anything to take back. */
  disable(taskId: string): boolean;
  /** Host ports of the task's container, as bound. */
  ports(taskId: string): PortConfig[];
  /** The task needs its networks no more: what nobody else here needs is removed. */
  release(taskId: string): void;
}
