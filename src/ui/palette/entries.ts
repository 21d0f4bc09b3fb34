/** What the palette offers: things to go to, what can be done to them, commands, moments, conditions to stop at, lenses, worlds. */
import type { TraceEvent } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { starts } from '../../scenarios/starts.ts';
import { actionsFor, commandHost, subjectOf } from '../actions/actions.ts';
import { performAction } from '../actions/perform.ts';
import { suggestions } from '../actions/suggestions.ts';
import { lookAt, lookNow, setSpeed, stopAt, togglePlaying } from '../actions/time-control.ts';
import { namesOf } from '../narrator/facts.ts';
import { weightOf } from '../narrator/headline.ts';
import { sentenceText } from '../narrator/sentences.ts';
import { timeText } from '../narrator/time-text.ts';
import { usePanels } from '../store/panels.ts';
import { taskName } from '../store/rows.ts';
import { chooseTheme } from '../store/theme.ts';
import { loadStart } from '../store/worker-client.ts';
import { type Lens, useWorld } from '../store/world.ts';
import { typeCommand } from '../terminal/sessions.ts';

export interface Entry {
  group: 'Go to' | 'Do' | 'Type' | 'Moment' | 'Stop at' | 'Show' | 'Begin';
  text: string;
  run(): void;
}

/** Conditions that need no name. */
const plainStops = [
  'leader changes',
  'election starts',
  'request fails',
  'no backend',
  'container exits',
  'message lost',
];
/** Of events that weigh something, so many of the last. */
const MOMENTS = 60;

/** All that can be offered now. */
export function entriesOf(snapshot: Snapshot, events: readonly TraceEvent[]): Entry[] {
  return [
    ...showing(),
    ...things(snapshot),
    ...doing(snapshot),
    ...suggestions(snapshot, useWorld.getState().selection).map((command) => typing(command)),
    ...stops(snapshot),
    ...moments(snapshot, events),
    ...starts.map(
      (start): Entry => ({ group: 'Begin', text: `World: ${start.title}`, run: () => void loadStart(start) }),
    ),
  ];
}

/** What was typed may itself be a command, a moment or a condition. */
export function entriesOfQuery(query: string): Entry[] {
  const text = query.trim();
  if (/^docker\s+\S/.test(text)) return [typing(text)];
  const moment = /^(?:(\d+):)?(?:(\d+):)?(\d+(?:\.\d+)?)\s*s?$/.exec(text);
  if (moment) {
    const [, first, second, seconds] = moment;
    const hours = second === undefined ? 0 : Number(first ?? 0);
    const minutes = Number(second ?? first ?? 0);
    const at = Math.round((hours * 3600 + minutes * 60 + Number(seconds)) * 1e6);
    return [{ group: 'Moment', text: `Go to ${timeText(at, 1)}`, run: () => void lookAt({ at }) }];
  }
  const stop = /^stop (?:at |when )?(.+)$/i.exec(text);
  return stop ? [stopping(stop[1]!)] : [];
}

function showing(): Entry[] {
  const lens = (id: Lens, name: string): Entry => ({
    group: 'Show',
    text: `Lens: ${name}`,
    run: () => useWorld.getState().setLens(id),
  });
  const time = (text: string, run: () => void): Entry => ({ group: 'Show', text, run });
  return [
    lens('cluster', 'Cluster'),
    lens('raft', 'Raft'),
    lens('network', 'Network'),
    lens('orchestration', 'Orchestration'),
    time('Pause or play', togglePlaying),
    time('Back to before the last command or fault', () => void lookAt('command')),
    time('Back to before the last event', () => void lookAt('back')),
    time('To the newest moment', () => void lookNow()),
    ...[0.001, 0.1, 1, 10, 100, 1000].map((speed) => time(`Speed ×${speed}`, () => setSpeed(speed))),
    time('Theme: dark', () => chooseTheme('dark')),
    time('Theme: light', () => chooseTheme('light')),
    time('Learn: all lessons', () => usePanels.getState().set({ dialog: 'lessons' })),
    time('Share this moment', () => usePanels.getState().set({ dialog: 'share', sessionFailure: '' })),
    time('Help and keys', () => usePanels.getState().set({ dialog: 'help' })),
  ];
}

function things({ machines, services, tasks }: Snapshot): Entry[] {
  const go = (text: string, ref: `${string}:${string}`): Entry => ({
    group: 'Go to',
    text,
    run: () => useWorld.getState().select(ref),
  });
  return [
    ...machines.map(({ name, role }) => go(`${name}${role ? `, ${role}` : ''}`, `machine:${name}`)),
    ...services.map(({ id, name }) => go(`${name}, service`, `service:${id}`)),
    ...tasks.map((task) => go(`${taskName(task)}, task ${task.state}`, `task:${task.id}`)),
  ];
}

/** Buttons of machines and of running tasks. */
function doing(snapshot: Snapshot): Entry[] {
  const refs: { ref: `${string}:${string}`; name: string }[] = [
    ...snapshot.machines.map(({ name }) => ({ ref: `machine:${name}` as const, name })),
    ...snapshot.tasks
      .filter(({ state }) => state === 'running')
      .map((task) => ({ ref: `task:${task.id}` as const, name: taskName(task) })),
  ];
  return refs.flatMap(({ ref, name }) => {
    const subject = subjectOf(snapshot, ref);
    if (!subject) return [];
    return actionsFor(subject)
      .filter((action) => action.disabled(subject) === null)
      .map(
        (action): Entry => ({
          group: 'Do',
          text: `${action.label(subject)}: ${name}`,
          run: () => performAction(action, ref),
        }),
      );
  });
}

function typing(command: string): Entry {
  return {
    group: 'Type',
    text: command,
    run: () => {
      const { snapshot } = useWorld.getState();
      const panels = usePanels.getState();
      const host = snapshot && (commandHost(snapshot, panels.terminalHost) ?? snapshot.machines[0]?.name);
      if (!host) return;
      panels.set({ terminalHost: host });
      typeCommand(host, command);
    },
  };
}

function stops({ machines, services }: Snapshot): Entry[] {
  return [
    ...plainStops,
    ...services.flatMap(({ name }) => [`task ${name}.* failed`, `task ${name}.* running`, `update ${name} completed`]),
    ...machines.map(({ name }) => `node ${name} down`),
  ].map(stopping);
}

function stopping(condition: string): Entry {
  return {
    group: 'Stop at',
    text: `Stop when ${condition}`,
    run: () => void stopAt([...new Set([...useWorld.getState().stops, condition])]),
  };
}

function moments(snapshot: Snapshot, events: readonly TraceEvent[]): Entry[] {
  const names = namesOf(snapshot);
  return events
    .filter((event) => weightOf(event) >= 3)
    .slice(-MOMENTS)
    .reverse()
    .map((event) => ({
      group: 'Moment',
      text: `${timeText(event.at, 1)} ${sentenceText(event, names)}`,
      run: () => {
        void lookAt({ event: event.id });
        useWorld.getState().select(`event:${event.id}`);
      },
    }));
}
