/**
 * Breakpoints in the words of the field: conditions on events at which the world stops, such as `leader changes`, `node node3 down`,
 * `task web.* failed`, `no backend`. A name may have `*` in it.
 */
import type { TraceEvent } from '../protocol/events.ts';

/** Is this the event to stop at? */
export type StopCondition = (event: TraceEvent) => boolean;

interface Form {
  /** As it is explained to whoever got it wrong. */
  words: string;
  pattern: RegExp;
  make(...names: string[]): StopCondition;
}

const ofKind =
  (...kinds: string[]): StopCondition =>
  ({ kind }) =>
    kinds.includes(kind);

/** An event that tells of a change to a state, of a thing whose name fits. */
function changeOf(
  kind: string,
  state: string,
  nameOf: (data: Readonly<Record<string, unknown>>) => unknown,
  pattern: string,
): StopCondition {
  const fits = like(pattern);
  return (event) => event.kind === kind && event.data?.state === state && fits(String(nameOf(event.data)));
}

const taskStates =
  'new|pending|assigned|accepted|preparing|ready|starting|running|complete|shutdown|failed|rejected|orphaned';

/** The forms of conditions, as they are offered. */
const forms: readonly Form[] = [
  { words: 'leader changes', pattern: /^leader (?:changes|elected)$/, make: () => ofKind('manager.leader.started') },
  { words: 'election starts', pattern: /^election starts?$/, make: () => ofKind('raft.election.started') },
  {
    words: 'node NAME down|ready|unknown',
    pattern: /^node (\S+) (down|ready|unknown|disconnected)$/,
    make: (name, state) => changeOf('node.state', state!, ({ hostname }) => hostname, name!),
  },
  {
    words: 'task NAME STATE',
    pattern: new RegExp(`^task (\\S+) (${taskStates})$`),
    make: (name, state) =>
      changeOf('task.state', state!, ({ service, slot, hostname }) => `${service}.${slot || hostname}`, name!),
  },
  {
    words: 'update NAME completed|paused|rollback_started|...',
    pattern: /^update (\S+) (updating|paused|completed|rollback_started|rollback_paused|rollback_completed)$/,
    make: (name, state) => changeOf('service.update-status', state!, ({ service }) => service, name!),
  },
  { words: 'request fails', pattern: /^request (?:fails|failed)$/, make: () => ofKind('packet.failed') },
  {
    words: 'no backend',
    pattern: /^no backend$/,
    make:
      () =>
      ({ kind, data }) =>
        kind === 'packet.failed' && data?.why === 'no backend',
  },
  { words: 'message lost', pattern: /^message lost$/, make: () => ofKind('net.dropped') },
  { words: 'container exits', pattern: /^container exits?$/, make: () => ofKind('container.exited') },
  {
    words: 'event KIND',
    pattern: /^event ([\w.*-]+)$/,
    make: (kind) => {
      const fits = like(kind!);
      return (event) => fits(event.kind);
    },
  },
];

/** The words of all forms, for whoever chooses one. */
export const stopConditionForms: readonly string[] = forms.map(({ words }) => words);

/** A condition from its words; null if they are none. */
export function parseStopCondition(text: string): StopCondition | null {
  const words = text.trim().replace(/\s+/g, ' ');
  for (const { pattern, make } of forms) {
    const found = pattern.exec(words);
    if (found) return make(...found.slice(1));
  }
  return null;
}

/** Does a name fit a pattern in which `*` stands for anything? */
function like(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (name) => expression.test(name);
}
