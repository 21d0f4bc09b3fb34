/** Logs of a container on this host, and of a swarm's services and tasks. `moby: daemon/logs.go`, `daemon/cluster/services.go ServiceLogs` */
import type { ServiceWithCounts, TasksWithNetworks } from '../../manager/controlapi/control-request.ts';
import { parseMoment } from '../convert/time.ts';
import type { Dockerd } from '../dockerd.ts';
import type { Failure } from '../errors.ts';
import { isTrue } from '../filters.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';
import { findContainer } from './find-container.ts';
import { logText } from './log-text.ts';

export const containerLogs: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const options = logOptions(daemon, call);
    if ('message' in options) return daemon.refuse(call, options);
    const { epochMs, now } = daemon.host;
    const until = call.request.query?.until ? parseMoment(epochMs, call.request.query.until) : null;
    const lines = container.logs.filter(
      (line) => options[line.stream] && line.at >= (options.since ?? 0) && line.at <= (until ?? now),
    );
    daemon.stream(call, container.config.tty ? 'terminal' : 'streams');
    const stream = { ...options, container: container.id };
    for (const line of lines.slice(options.tail === null ? 0 : Math.max(0, lines.length - options.tail)))
      daemon.host.chunk(call.id, { stream: line.stream, text: logText(line, stream, epochMs) });
    if (!options.follow || container.state !== 'running') return daemon.endStream(call);
    daemon.state.logStreams.set(call.id, stream);
  },
};

export const serviceLogs: Route = {
  needsManager: true,
  start(daemon, call) {
    const options = logOptions(daemon, call);
    if ('message' in options) return daemon.refuse(call, options);
    const wrongTail = checkTail(call);
    if (wrongTail) return daemon.refuse(call, wrongTail);
    daemon.control(call, 'service', { op: 'service.get', ref: call.params.id! });
  },
  stages: {
    service: (daemon, call, { service }: ServiceWithCounts) => subscribe(daemon, call, [service.id], []),
  },
};

export const taskLogs: Route = {
  needsManager: true,
  start(daemon, call) {
    const options = logOptions(daemon, call);
    if ('message' in options) return daemon.refuse(call, options);
    const wrongTail = checkTail(call);
    if (wrongTail) return daemon.refuse(call, wrongTail);
    daemon.control(call, 'task', { op: 'task.get', ref: call.params.id! });
  },
  stages: {
    task: (daemon, call, { tasks }: TasksWithNetworks) => subscribe(daemon, call, [], [tasks[0]!.id]),
  },
};

/** Lines come as the nodes send them: `Dockerd.logLine`. */
function subscribe(daemon: Dockerd, call: Call, serviceIds: string[], taskIds: string[]): void {
  const options = logOptions(daemon, call);
  if ('message' in options) return daemon.refuse(call, options);
  daemon.stream(call, 'streams');
  const { follow, stdout, stderr, tail, since } = options;
  daemon.host.logs.subscribe(daemon.token(call, 'lines'), {
    serviceIds,
    taskIds,
    follow,
    stdout,
    stderr,
    tail,
    since,
  });
}

/** For services and tasks a number must be one; for a container anything else means all. */
function checkTail(call: Call): Failure | null {
  const { tail } = call.request.query ?? {};
  if (!tail || tail === 'all') return null;
  if (!/^[+-]?\d+$/.test(tail)) return { status: 500, message: 'tail value must be a positive integer or "all"' };
  return tail.startsWith('-') && Number(tail) < 0
    ? { status: 500, message: 'negative tail values not supported' }
    : null;
}

interface LogOptions {
  readonly follow: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: boolean;
  readonly details: boolean;
  readonly tail: number | null;
  readonly since: number | null;
}

function logOptions(daemon: Dockerd, call: Call): LogOptions | Failure {
  const query = call.request.query ?? {};
  const stdout = isTrue(query.stdout);
  const stderr = isTrue(query.stderr);
  if (!stdout && !stderr) return { status: 400, message: 'Bad parameters: you must choose at least one stream' };
  const tail = query.tail && /^\d+$/.test(query.tail) ? Number(query.tail) : null;
  return {
    follow: isTrue(query.follow),
    stdout,
    stderr,
    timestamps: isTrue(query.timestamps),
    details: isTrue(query.details),
    tail,
    since: query.since && query.since !== '0' ? parseMoment(daemon.host.epochMs, query.since) : null,
  };
}
