/**
 * What an agent asks of whatever runs its tasks. `swarmkit: agent/exec/controller.go`
 * Every operation takes virtual time; its end comes back through `Agent.done`. The agent never looks at a container itself.
 */
import type { Task, TaskStatus } from '../store/objects.ts';

/** The steps of a task that take time. */
export type TaskOperation = 'prepare' | 'start' | 'wait' | 'shutdown' | 'remove';

export type OperationResult =
  | { readonly ok: true; readonly container: TaskStatus['container']; readonly ports: TaskStatus['ports'] }
  /** `temporary` errors are tried again after a second; others end the task with `message`. */
  | {
      readonly ok: false;
      readonly temporary: boolean;
      readonly message: string;
      readonly container: TaskStatus['container'];
    };

export interface Executor {
  /** Gets the image and creates the container. */
  prepare(task: Task): void;
  /** Starts the container; done when it runs (and is healthy, if it has a check). */
  start(task: Task): void;
  /** Done when the container has exited: `ok` for exit code 0. Safe to call again after a restart of the daemon. */
  wait(task: Task): void;
  /** Stops the container with its signal and grace period. Breaks off a `prepare`, `start` or `wait` under way. */
  shutdown(task: Task): void;
  /** Removes the container and what belongs to it. */
  remove(task: Task): void;
}
