/** What a display of one kind of service does at every look at the cluster. Source: `cli: .../service/progress/progress.go`. */
import type { Service, Task } from '../../../protocol/engine-api.ts';
import type { ProgressOutput } from './progress-lines.ts';

/** The cluster at one moment, as far as the display needs it. */
export interface Observation {
  service: Service;
  /** Tasks of the service's newest spec. */
  tasks: readonly Task[];
  /** Nodes that are not down. */
  activeNodes: ReadonlySet<string>;
  /** The service is being rolled back. */
  rollback: boolean;
}

/** Draws what it sees; true once the service is as wanted. */
export interface ProgressUpdater {
  update(observation: Observation): boolean;
}

/** The first line of services that keep running. */
export function drawOverall(output: ProgressOutput, done: number, total: number, rollback: boolean): void {
  output.line('overall progress', `${rollback ? 'rolling back update: ' : ''}${done} out of ${total} tasks`);
}
