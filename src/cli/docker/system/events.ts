/**
 * `docker events`: what has happened on this host and, on a manager, in the swarm; then what happens, until Ctrl-C or `--until`.
 * Source: `cli: cli/command/system/events.go`.
 */

import { createTemplate, type Template } from '../../../go-template/template.ts';
import { eventType } from '../../../go-types/events.ts';
import { type ApiChunk, StreamError } from '../../../protocol/api.ts';
import type { EventMessage } from '../../../protocol/engine-api.ts';
import { filterFlag, stringFlag } from '../../flags/flag-types.ts';
import { clockOf, dateOf } from '../../opts/calendar.ts';
import { parseSince } from '../../opts/since.ts';
import { filtersQuery } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { inspectFormatFlag } from '../format-flag.ts';

const filter = filterFlag();
const format = stringFlag({ name: 'format', description: inspectFormatFlag.description });
const since = stringFlag({ name: 'since', description: 'Begin with what has happened since a time' });
const until = stringFlag({ name: 'until', description: 'End at a time' });

/** How `docker events` ends after Ctrl-C. */
const interruptedStatus = 130;

export const eventsCommand: Command = {
  kind: 'command',
  name: 'events',
  aliasLine: 'docker system events, docker events',
  usage: '[OPTIONS]',
  description: 'Show events as they happen',
  args: noArgs,
  flags: [filter, format, since, until],
  run: showEvents,
};

async function showEvents(context: CommandContext): Promise<number> {
  const { api, flags, process, fail, out } = context;
  const template = eventTemplate(flags.get(format));
  if ('complaint' in template) return fail(`Error parsing format: ${template.complaint}`, 64);
  const query: Record<string, string | undefined> = { filters: filtersQuery(flags.get(filter)) };
  for (const [name, text] of [
    ['since', flags.get(since)],
    ['until', flags.get(until)],
  ] as const) {
    if (text === '') continue;
    const moment = parseSince(text, process.host.clock.now());
    if (!moment.ok) return fail(moment.message);
    query[name] = moment.value;
  }
  const print = (chunk: ApiChunk): void => {
    if ('json' in chunk) out(eventLine(chunk.json as EventMessage, template.template));
  };
  const stream = await api.stream('GET', '/events', { query }, print);
  const cancel = (): void => stream.cancel();
  process.signal.addEventListener('abort', cancel);
  if (process.signal.aborted) cancel();
  try {
    await stream.done;
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return fail(error.message);
  } finally {
    process.signal.removeEventListener('abort', cancel);
  }
  return process.signal.aborted ? interruptedStatus : 0;
}

/** The template of `--format`, tried on an event without content; null prints events as words. */
function eventTemplate(text: string): { template: Template | null } | { complaint: string } {
  if (text === '') return { template: null };
  const created = createTemplate(text === 'json' ? '{{json .}}' : text);
  if (!created.ok) return { complaint: created.message };
  const nothing = { Type: '', Action: '', Actor: { ID: '', Attributes: {} }, time: 0, timeNano: 0 };
  const trial = created.template.execute({ type: eventType, value: nothing });
  return trial.ok ? { template: created.template } : { complaint: trial.message };
}

function eventLine(event: EventMessage, template: Template | null): string {
  if (template) return `${exactNanos(template.execute({ type: eventType, value: event }).text)}\n`;
  const { ID: id, Attributes: attributes } = event.Actor;
  const pairs = Object.keys(attributes)
    .sort()
    .map((key) => `${key}=${attributes[key]}`);
  return `${momentText(event)} ${event.Type} ${event.Action} ${id}${pairs.length === 0 ? '' : ` (${pairs.join(', ')})`}\n`;
}

/** In JSON, too: a double knows the nanoseconds of our century only roughly. */
function exactNanos(json: string): string {
  return json.replace(/"timeNano":(\d+)/, (_, nanos: string) => `"timeNano":${Math.round(Number(nanos) / 1000)}000`);
}

/** RFC 3339 with nine digits. The daemon's clock counts microseconds; a double holds no more of the nanoseconds. */
function momentText({ time, timeNano }: EventMessage): string {
  const micros = Math.round(timeNano / 1000) - time * 1_000_000;
  return `${dateOf(time)}T${clockOf(time)}.${String(micros).padStart(6, '0')}000Z`;
}
