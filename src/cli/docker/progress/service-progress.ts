/**
 * Waits until a service has become what it was told to be, and shows how it gets there: looks at the cluster every 200 ms.
 * A service that keeps running must then stay so for its monitor period (`verify`); a job is done when it is done.
 * Source: `cli: cli/command/service/progress/progress.go` (`ServiceProgress`), `cli/command/service/helpers.go`.
 */
import type * as docker from '../../../protocol/engine-api.ts';
import type { Process } from '../../process.ts';
import { type DockerClient, Interrupted } from '../client.ts';
import { GlobalProgress } from './global-progress.ts';
import { GlobalJobProgress, ReplicatedJobProgress } from './job-progress.ts';
import { createProgressLines, type ProgressOutput, silentProgress } from './progress-lines.ts';
import type { Observation, ProgressUpdater } from './progress-updater.ts';
import { ReplicatedProgress } from './replicated-progress.ts';

const pollMs = 200;
const defaultMonitorMs = 5000;

/** What a waiting command needs. */
export interface Waiting {
  api: DockerClient;
  process: Process;
}

/**
 * Shows the progress of `service` (name or ID, as the user gave it) until it has converged.
 * Resolves with the error line if its update was paused, else with null; Ctrl-C leaves the work to the cluster.
 */
export async function waitOnService(waiting: Waiting, service: string, quiet: boolean): Promise<string | null> {
  const output = quiet ? silentProgress : createProgressLines(waiting.process.stdout);
  const watch = new ServiceWatch(waiting, service, output);
  try {
    return await watch.run();
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    watch.leave();
    return null;
  }
}

class ServiceWatch {
  readonly #waiting: Waiting;
  readonly #name: string;
  readonly #output: ProgressOutput;
  #updater: ProgressUpdater | null = null;
  #monitorMs = defaultMonitorMs;
  #hasConverged = false;
  #convergedAt: number | null = null;
  #rollback = false;
  /** Said after the last line. */
  #lastWord: string | null = null;

  constructor(waiting: Waiting, name: string, output: ProgressOutput) {
    this.#waiting = waiting;
    this.#name = name;
    this.#output = output;
  }

  async run(): Promise<string | null> {
    const { clock } = this.#waiting.process.host;
    const { signal } = this.#waiting.process;
    for (;;) {
      const end = await this.#look();
      if (end !== 'continue') return end;
      await clock.sleep(pollMs, signal);
      if (signal.aborted) throw new Interrupted('interrupted');
    }
  }

  /** Ctrl-C. */
  leave(): void {
    if (this.#hasConverged) return;
    this.#output.message('Operation continuing in background.');
    this.#output.message(`Use \`docker service ps ${this.#name}\` to check progress.`);
  }

  /** One look; `continue`, or how the command ends: an error line or null. */
  async #look(): Promise<'continue' | string | null> {
    const { api } = this.#waiting;
    const service = await api.get<docker.Service>(`/services/${this.#name}`, { insertDefaults: 'false' });
    if (service.Spec.UpdateConfig?.Monitor) this.#monitorMs = service.Spec.UpdateConfig.Monitor / 1e6;
    this.#updater ??= createUpdater(service, this.#output);
    if (this.#updater === null) return 'unrecognized service mode';
    const end = this.#readUpdateStatus(service.UpdateStatus);
    if (end !== 'continue') return end;
    if (this.#hasConverged && this.#stableMs() >= this.#monitorMs) return this.#finish();
    const filters = { '_up-to-date': { true: true }, service: { [service.ID]: true } };
    const tasks = await api.get<docker.Task[]>('/tasks', { filters: JSON.stringify(filters) });
    const nodes = await api.get<docker.Node[]>('/nodes');
    const activeNodes = new Set(nodes.filter((node) => node.Status.State !== 'down').map((node) => node.ID));
    return this.#draw({ service, tasks, activeNodes, rollback: this.#rollback }, this.#updater);
  }

  #readUpdateStatus(status: docker.UpdateStatus | undefined): 'continue' | string | null {
    const message = status?.Message ?? '';
    switch (status?.State) {
      case 'updating':
        this.#rollback = false;
        break;
      case 'completed':
        if (!this.#hasConverged) return null;
        break;
      case 'paused':
        return `service update paused: ${message}`;
      case 'rollback_started':
        if (!this.#rollback && message !== '') this.#output.line('rollback', message);
        this.#rollback = true;
        break;
      case 'rollback_paused':
        return `service rollback paused: ${message}`;
      case 'rollback_completed':
        if (!this.#hasConverged) this.#lastWord = message;
        this.#rollback = true;
    }
    return 'continue';
  }

  #finish(): null {
    this.#output.line('verify', `Service ${this.#name} converged`);
    if (this.#lastWord !== null) this.#output.message(this.#lastWord, 'rollback');
    return null;
  }

  #draw(observation: Observation, updater: ProgressUpdater): 'continue' | null {
    this.#hasConverged = updater.update(observation);
    if (!this.#hasConverged) {
      if (this.#convergedAt !== null) this.#output.line('verify', 'Detected task failure');
      this.#convergedAt = null;
      return 'continue';
    }
    if (observation.service.JobStatus) {
      this.#output.message('job complete');
      return null;
    }
    this.#convergedAt ??= this.#waiting.process.host.clock.now();
    const leftMs = this.#monitorMs - this.#stableMs();
    // In the real client some microseconds have always passed, so that whole seconds are never left: hence `ceil`.
    if (leftMs > 0) {
      const seconds = Math.ceil(leftMs / 1000);
      this.#output.line('verify', `Waiting ${seconds} seconds to verify that tasks are stable...`);
    }
    return 'continue';
  }

  #stableMs(): number {
    return this.#convergedAt === null ? 0 : this.#waiting.process.host.clock.now() - this.#convergedAt;
  }
}

function createUpdater({ Spec, ...rest }: docker.Service, output: ProgressOutput): ProgressUpdater | null {
  if (Spec.Mode.Replicated) return new ReplicatedProgress(output);
  if (Spec.Mode.Global) return new GlobalProgress(output);
  if (Spec.Mode.ReplicatedJob) return new ReplicatedJobProgress(output, { Spec, ...rest });
  if (Spec.Mode.GlobalJob) return new GlobalJobProgress(output);
  return null;
}
