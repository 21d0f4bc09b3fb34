/**
 * A service as lanes: a row for each slot (of a global service: for each machine), in it the tasks that have filled it, one after the
 * other or, while one starts first, beside each other; each task a bar of the states it has been in. Made of the trace, and
 * for what the page no longer remembers of the task's own row.
 */
import type { Micros, TraceEvent } from '../../../protocol/events.ts';
import type { ServiceView, Snapshot, TaskStateName, TaskView } from '../../../protocol/snapshot.ts';

/** How a state is drawn: on paper only; an agent works on it; it runs; wanted down and not yet ended. */
export type Phase = 'planned' | 'working' | 'running' | 'stopping';

/** A part of a bar. `to` null: it goes on. */
export interface Stretch {
  phase: Phase;
  state: TaskStateName;
  from: Micros;
  to: Micros | null;
}

/** One task. */
export interface Bar {
  task: string;
  machine: string | null;
  /** Made after the service was last changed. */
  isNew: boolean;
  stretches: Stretch[];
  /** How it ended. */
  end: { state: TaskStateName; at: Micros } | null;
  /** Why it was made, in the orchestrator's words. */
  why: string;
  /** Starts beside another one of its slot: it is drawn in the lower half. */
  isBeside: boolean;
}

export interface Lane {
  /** Slot number or machine. */
  key: string;
  label: string;
  bars: Bar[];
  /** An update is at work here. */
  isChanging: boolean;
}

/** Something that was done to the service. */
export interface Mark {
  at: Micros;
  text: string;
  event: number;
}

export interface SlotLanes {
  lanes: Lane[];
  marks: Mark[];
}

const planned: readonly TaskStateName[] = ['new', 'allocated', 'pending', 'assigned'];
const working: readonly TaskStateName[] = ['accepted', 'preparing', 'ready', 'starting'];
const ended: readonly TaskStateName[] = ['complete', 'shutdown', 'failed', 'rejected', 'orphaned', 'remove'];

/** What is known of a task while the events are gone through. */
interface Story {
  task: string;
  slot: number;
  machine: string | null;
  why: string;
  createdAt: Micros;
  changes: { state: TaskStateName; at: Micros }[];
  wantedDownAt: Micros | null;
  goneAt: Micros | null;
}

/** The lanes of a service from `from` on. `events`: in their order, up to now. */
export function slotLanes(
  snapshot: Pick<Snapshot, 'tasks'>,
  service: ServiceView,
  events: readonly TraceEvent[],
  from: Micros,
): SlotLanes {
  const stories = new Map<string, Story>();
  for (const task of snapshot.tasks) if (task.serviceId === service.id) stories.set(task.id, ofRow(task));
  const ref = `service:${service.id}`;
  const marks: Mark[] = [];
  let changedAt = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    if (!event.objects.some((object) => object === ref)) continue;
    const mark = markOf(event);
    if (mark) marks.push(mark);
    if (event.kind === 'service.updated' && isNewSpec(event)) changedAt = event.at;
    tell(stories, event);
  }
  const global = service.mode.startsWith('global');
  const lanes = new Map<string, Lane>();
  for (const story of [...stories.values()].sort((a, b) => a.createdAt - b.createdAt)) {
    const end = endOf(story);
    if (end && end.at < from) continue;
    const key = global ? (story.machine ?? 'no machine yet') : String(story.slot);
    const lane = lanes.get(key) ?? { key, label: global ? key : `${service.name}.${key}`, bars: [], isChanging: false };
    lane.bars.push(barOf(story, end, story.createdAt >= changedAt, lane.bars));
    lanes.set(key, lane);
  }
  for (const lane of lanes.values()) lane.isChanging = isChanging(lane);
  return {
    lanes: [...lanes.values()].sort((a, b) => compareKeys(a.key, b.key)),
    marks: marks.filter(({ at }) => at >= from),
  };
}

const compareKeys = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

function ofRow({ id, slot, machine, createdAt, state, since }: TaskView): Story {
  const changes = state === 'new' ? [] : [{ state, at: since }];
  return { task: id, slot, machine, why: '', createdAt, changes, wantedDownAt: null, goneAt: null };
}

function tell(stories: Map<string, Story>, event: TraceEvent): void {
  const id = event.objects.find((object) => object.startsWith('task:'))?.slice('task:'.length);
  if (!id) return;
  const { data, at, kind } = event;
  const known = stories.get(id);
  if (kind === 'task.created') {
    stories.set(id, {
      task: id,
      slot: Number(data?.slot ?? 0),
      machine: known?.machine ?? null,
      why: String(data?.why ?? ''),
      createdAt: at,
      changes: [],
      wantedDownAt: null,
      goneAt: null,
    });
    return;
  }
  if (!known) return;
  if (kind === 'task.state') {
    const state = data?.state as TaskStateName;
    // What a row said of its last state, the trace says of all.
    if (known.changes.length === 1 && known.changes[0]!.state === state && known.changes[0]!.at >= at)
      known.changes = [];
    known.changes.push({ state, at });
    if (typeof data?.hostname === 'string') known.machine = data.hostname;
  } else if (kind === 'task.desired' && isDown(data?.to)) known.wantedDownAt ??= at;
  else if (kind === 'task.removed' || kind === 'task.reaped') known.goneAt = at;
}

const isDown = (state: unknown): boolean => state === 'shutdown' || state === 'remove';

function endOf({ changes, goneAt }: Story): Bar['end'] {
  const end = changes.find(({ state }) => ended.includes(state));
  if (end) return end;
  return goneAt === null ? null : { state: 'remove', at: goneAt };
}

function barOf(story: Story, end: Bar['end'], isNew: boolean, before: readonly Bar[]): Bar {
  const { task, machine, why, createdAt, wantedDownAt } = story;
  const stretches: Stretch[] = [];
  const add = (state: TaskStateName, from: Micros, to: Micros | null): void => {
    const phase = phaseOf(state);
    // A task that runs and is wanted down is another sight than one that runs.
    const cut =
      phase === 'running' && wantedDownAt !== null && (to === null || wantedDownAt < to) ? wantedDownAt : null;
    if (cut === null) stretches.push({ phase, state, from, to });
    else {
      if (cut > from) stretches.push({ phase, state, from, to: cut });
      stretches.push({ phase: 'stopping', state, from: Math.max(cut, from), to });
    }
  };
  const steps = [{ state: 'new' as const, at: createdAt }, ...story.changes];
  steps.forEach(({ state, at }, index) => {
    const to = steps[index + 1]?.at ?? end?.at ?? null;
    if (!ended.includes(state) && (to === null || to > at)) add(state, at, to);
  });
  const last = before.at(-1);
  // As long as the one before it is not wanted down, it starts beside it.
  const isBeside = last !== undefined && !last.isBeside && (last.end === null || last.end.at > createdAt);
  return { task, machine, isNew, stretches, end, why, isBeside };
}

function phaseOf(state: TaskStateName): Phase {
  if (planned.includes(state)) return 'planned';
  return working.includes(state) ? 'working' : 'running';
}

/** The newest task is not running yet, or another one is still on its way out. */
function isChanging({ bars }: Lane): boolean {
  const open = bars.filter(({ end }) => end === null);
  if (open.length > 1) return true;
  const phase = open[0]?.stretches.at(-1)?.phase;
  return phase !== undefined && phase !== 'running';
}

function isNewSpec({ data }: TraceEvent): boolean {
  const { name: _, replicas: __, ...changes } = (data ?? {}) as Record<string, unknown>;
  return Object.keys(changes).length > 0;
}

function markOf(event: TraceEvent): Mark | null {
  const { data, at, id } = event;
  switch (event.kind) {
    case 'service.created':
      return { at, event: id, text: 'created' };
    case 'service.updated':
      return {
        at,
        event: id,
        text: `changed: ${
          Object.keys(data ?? {})
            .filter((key) => key !== 'name')
            .join(', ') || 'anew'
        }`,
      };
    case 'service.rolled-back':
    case 'service.update.rolled-back':
      return { at, event: id, text: 'rolled back' };
    case 'service.update-status':
      return { at, event: id, text: String(data?.state ?? '').replaceAll('_', ' ') };
    default:
      return null;
  }
}
