/** `/events`: what has happened since a moment, then what happens until another. `moby: daemon/server/router/system/system_routes.go` */
import { parseMoment } from '../convert/time.ts';
import type { Dockerd } from '../dockerd.ts';
import { eventMatches } from '../event-log.ts';
import { parseFilters } from '../filters.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';

export const events: Route = {
  start(daemon, call) {
    const { filters: text, since, until } = call.request.query ?? {};
    const parsed = parseFilters(text, 'any');
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const from = moment(daemon, since);
    const to = moment(daemon, until);
    if (from === 'wrong' || to === 'wrong')
      return daemon.refuse(call, { status: 400, message: `invalid time: ${from === 'wrong' ? since : until}` });
    daemon.stream(call);
    if (from !== null) sendPast(daemon, call, from, to, parsed.filters);
    if (to !== null && to <= daemon.host.now) return daemon.endStream(call);
    daemon.state.eventStreams.set(call.id, { filters: parsed.filters });
    if (to !== null) daemon.later(call, 'over', to - daemon.host.now);
  },
  stages: { over: (daemon, call) => daemon.endStream(call) },
};

function moment(daemon: Dockerd, text: string | undefined): number | null | 'wrong' {
  if (!text) return null;
  return parseMoment(daemon.host.epochMs, text) ?? 'wrong';
}

function sendPast(
  daemon: Dockerd,
  call: Call,
  from: number,
  to: number | null,
  filters: Readonly<Record<string, readonly string[]>>,
): void {
  const { host, state } = daemon;
  const nanosAt = (at: number) => (host.epochMs + at / 1000) * 1e6;
  for (const event of state.events) {
    const isInside = event.timeNano >= nanosAt(from) && (to === null || event.timeNano <= nanosAt(to));
    if (isInside && eventMatches(event, filters)) host.chunk(call.id, { json: event });
  }
}
