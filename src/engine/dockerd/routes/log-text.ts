/**
 * A log line as the API sends it: time stamp, details, text, newline. Source: `moby: daemon/server/httputils/write_log_stream.go`.
 * Details are sorted `key=value` pairs in query encoding; a swarm's are node, service and task, from which the command line makes its prefixes.
 */
import type { LogLine } from '../../runtime/container.ts';
import { type EpochMs, rfc3339 } from '../convert/time.ts';
import { isTrue } from '../filters.ts';
import type { LogContext } from '../host.ts';

export function logText(
  line: LogLine,
  options: { readonly timestamps: boolean; readonly details: boolean },
  epochMs: EpochMs,
): string {
  const details = options.details ? ' ' : '';
  return `${stamp(line, options.timestamps, epochMs)}${details}${line.text}\n`;
}

export function swarmLogText(
  line: LogLine,
  context: LogContext,
  query: Readonly<Record<string, string>>,
  epochMs: EpochMs,
): string {
  const details = isTrue(query.details)
    ? `com.docker.swarm.node.id=${context.nodeId},com.docker.swarm.service.id=${context.serviceId},com.docker.swarm.task.id=${context.taskId} `
    : '';
  return `${stamp(line, isTrue(query.timestamps), epochMs)}${details}${line.text}\n`;
}

/** Always nine digits of fraction. */
function stamp(line: LogLine, wanted: boolean, epochMs: EpochMs): string {
  if (!wanted) return '';
  const [seconds, fraction = ''] = rfc3339(epochMs, line.at).slice(0, -1).split('.') as [string, string?];
  return `${seconds}.${fraction.padEnd(9, '0')}Z `;
}
