/**
 * What containers use. `moby: daemon/stats.go`, `api/types/container/stats.go`.
 * Simplified: programs here take no processor time and no memory; their number and their limits are what is known.
 */
import { seconds } from '../../kernel/time.ts';
import type { Container } from '../../runtime/container.ts';
import { ZERO_TIME } from '../convert/time.ts';
import type { Dockerd } from '../dockerd.ts';
import { isTrue } from '../filters.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';
import { findContainer } from './find-container.ts';

const PERIOD = seconds(1);

/** One reading, or one a second until the client goes away or the container is removed. */
export const containerStats: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const query = call.request.query ?? {};
    call.partial = container.id;
    daemon.stream(call);
    if (query.stream !== undefined && !isTrue(query.stream)) {
      // Two readings are compared, unless only one is wanted.
      if (isTrue(query['one-shot'])) last(daemon, call);
      else daemon.later(call, 'last', PERIOD);
    } else next(daemon, call);
  },
  stages: { next, last },
};

function next(daemon: Dockerd, call: Call): void {
  if (tell(daemon, call)) daemon.later(call, 'next', PERIOD);
  else daemon.endStream(call);
}

function last(daemon: Dockerd, call: Call): void {
  tell(daemon, call);
  daemon.endStream(call);
}

/** False: there is no such container any more. */
function tell(daemon: Dockerd, call: Call): boolean {
  const container = daemon.host.runtime.state.containers.get(call.partial as string);
  if (container) daemon.host.chunk(call.id, { json: reading(container, daemon) });
  return container !== undefined;
}

function reading(container: Container, daemon: Dockerd): object {
  const isUp = container.state === 'running' || container.state === 'paused';
  const { cpus, memoryBytes, now } = daemon.host;
  const usage = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 } };
  const throttling = { throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 } };
  const idle = { name: `/${container.config.name}`, id: container.id };
  if (!isUp)
    return {
      ...idle,
      read: ZERO_TIME,
      preread: ZERO_TIME,
      pids_stats: {},
      blkio_stats: {},
      num_procs: 0,
      storage_stats: {},
      cpu_stats: { ...usage, ...throttling },
      precpu_stats: { ...usage, ...throttling },
      memory_stats: {},
    };
  const cpu = (at: number): object => ({
    ...usage,
    system_cpu_usage: at * 1000 * cpus,
    online_cpus: cpus,
    ...throttling,
  });
  return {
    ...idle,
    read: daemon.time(now),
    preread: daemon.time(Math.max(0, now - PERIOD)),
    pids_stats: { current: container.processes.length },
    blkio_stats: { io_service_bytes_recursive: null },
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu(now),
    precpu_stats: cpu(Math.max(0, now - PERIOD)),
    memory_stats: { usage: 0, stats: {}, limit: container.config.memoryBytes || memoryBytes },
    networks: Object.fromEntries(
      container.attached.interfaces.map((_, i) => [
        `eth${i}`,
        { rx_bytes: 0, tx_bytes: 0, rx_packets: 0, tx_packets: 0 },
      ]),
    ),
  };
}
