/**
 * What a daemon does by itself when a container that belongs to no task has ended: removes it (`--rm`), or starts it again as its
 * policy says. `moby: daemon/monitor.go`, `restartmanager/restartmanager.go`
 */
import type { Micros } from '../../protocol/events.ts';
import { milliseconds, seconds } from '../kernel/time.ts';
import type { Container } from '../runtime/container.ts';

const FIRST_BACKOFF: Micros = milliseconds(100);
const MOST_BACKOFF: Micros = seconds(60);
/** Whoever has run so long begins with the first pause again. */
const STEADY_AFTER: Micros = seconds(10);

/** How long to wait before the next start; null: it stays as it is. */
export function restartDelay(container: Container): Micros | null {
  const { config, exitCode, stoppedByUser, restarts, startedAt, finishedAt } = container;
  if (stoppedByUser) return null;
  const tries = config.restartTries ?? 0;
  const wanted =
    config.restart === 'always' ||
    config.restart === 'unless-stopped' ||
    (config.restart === 'on-failure' && exitCode !== 0 && (tries === 0 || restarts < tries));
  if (!wanted) return null;
  const ran = (finishedAt ?? 0) - (startedAt ?? 0);
  return ran >= STEADY_AFTER ? FIRST_BACKOFF : Math.min(FIRST_BACKOFF * 2 ** Math.min(restarts, 12), MOST_BACKOFF);
}

/** Does a daemon that comes up start it? */
export function startsWithDaemon({ config, stoppedByUser, taskId, state }: Container): boolean {
  if (taskId !== null || state === 'running' || state === 'created') return false;
  return config.restart === 'always' || (config.restart === 'unless-stopped' && !stoppedByUser);
}
