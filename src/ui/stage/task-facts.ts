/**
 * A task as the stage shows it: which look its state has (fill, outline, glyph), for how long a dead one leaves a trace, and the
 * words under it where what is wanted differs from what is. States as in SwarmKit's task model; a state never goes back.
 */
import type { Micros } from '../../protocol/events.ts';
import type { MachineView, NodeView, TaskStateName, TaskView } from '../../protocol/snapshot.ts';
import { shortMachineName } from './machine-facts.ts';

/** How long a dead task stays visible, in virtual time. */
export const GHOST_MICROS: Micros = 8_000_000;

export type EndGlyph = 'cross' | 'barred' | 'tick' | 'stopped' | 'question';

export interface TaskLook {
  /**
   * planned: hollow, dashed; working: hollow, solid edge, bar; running: full; lost: dotted, cross, the swarm has given it up;
   * dark: dotted, its host has no power but the swarm still counts it; ended: hollow with a glyph.
   */
  kind: 'planned' | 'working' | 'running' | 'lost' | 'dark' | 'ended';
  glyph: EndGlyph | null;
  /** Share of the bar at the foot, 0 to 1 (working only). */
  progress: number;
  /** Its container runs although the swarm has given the task up (a cut cable). */
  stillRuns: boolean;
  /** Wanted state is another than the actual one, and not just the next step: a flag on the square. */
  flagged: boolean;
  /** Words under the square, longest first; the first that fits is drawn. */
  words: string[];
}

const rank: Record<TaskStateName, number> = {
  new: 0,
  allocated: 1,
  pending: 2,
  assigned: 3,
  accepted: 4,
  preparing: 5,
  ready: 6,
  starting: 7,
  running: 8,
  complete: 9,
  shutdown: 10,
  failed: 11,
  rejected: 12,
  remove: 13,
  orphaned: 14,
};

const progressOf: Partial<Record<TaskStateName, number>> = {
  accepted: 0.2,
  preparing: 0.4,
  ready: 0.72,
  starting: 0.88,
};

const glyphOf: Partial<Record<TaskStateName, EndGlyph>> = {
  complete: 'tick',
  shutdown: 'stopped',
  failed: 'cross',
  rejected: 'barred',
  remove: 'stopped',
  orphaned: 'question',
};

/** The task will not change its state any more. */
export function hasEnded(state: TaskStateName): boolean {
  return rank[state] >= rank.complete;
}

/** The swarm wants this task to end (or to have ended). */
export function isWantedDown(task: TaskView): boolean {
  return rank[task.desiredState] > rank.complete || (task.desiredState === 'complete' && hasEnded(task.state));
}

/**
 * When the mark goes away: null = stays. An ended task that something replaced, or that the swarm wanted to end, is a ghost
 * for eight seconds; one that ended and has no successor is still the present state of its slot.
 */
export function ghostUntil(task: TaskView): Micros | null {
  if (!hasEnded(task.state)) return null;
  if (task.successor === null && !isWantedDown(task)) return null;
  return task.since + GHOST_MICROS;
}

/** Whether the task is still (or already) to be seen at `now`. */
export function isVisible(task: TaskView, now: Micros): boolean {
  const until = ghostUntil(task);
  return until === null || now < until;
}

/** Look of a task on its machine. `successorMachine` is where the task stands that took its place. */
export function taskLook(
  task: TaskView,
  machine: MachineView | undefined,
  node: NodeView | undefined,
  successorMachine: string | null,
): TaskLook {
  const state = task.state;
  const look: TaskLook = { kind: 'planned', glyph: null, progress: 0, stillRuns: false, flagged: false, words: [] };
  const goesTo = successorMachine === null ? [] : arrowWords(successorMachine);
  if (hasEnded(state)) {
    return {
      ...look,
      kind: 'ended',
      glyph: glyphOf[state] ?? null,
      words: goesTo.length > 0 ? goesTo : endWords(state),
    };
  }
  const lost = node?.state === 'down' && rank[state] >= rank.assigned;
  if (lost) {
    return { ...look, kind: 'lost', glyph: 'cross', stillRuns: runsIn(machine, task), words: goesTo };
  }
  const wantedDown = isWantedDown(task);
  const wish = wantedDown ? differenceWords(task) : [];
  if (machine && !machine.power && rank[state] >= rank.accepted) {
    return { ...look, kind: 'dark', flagged: wantedDown, words: wish };
  }
  if (state === 'running') return { ...look, kind: 'running', flagged: wantedDown, words: wish };
  if (rank[state] < rank.accepted) {
    const words = state === 'assigned' ? [state] : [];
    return { ...look, flagged: wantedDown, words: wantedDown ? wish : words };
  }
  return {
    ...look,
    kind: 'working',
    progress: progressOf[state] ?? 0,
    flagged: wantedDown,
    words: wantedDown ? wish : [state, state.slice(0, 4)],
  };
}

/** What went wrong is said; an end that was wanted has its glyph. */
function endWords(state: TaskStateName): string[] {
  return state === 'failed' || state === 'rejected' ? [state] : [];
}

function runsIn(machine: MachineView | undefined, task: TaskView): boolean {
  return (
    machine?.power === true &&
    machine.containers.some((container) => container.taskId === task.id && container.state === 'running')
  );
}

function arrowWords(machine: string): string[] {
  const short = shortMachineName(machine);
  return short === machine ? [`→ ${machine}`, '→'] : [`→ ${short}`];
}

/** Desired against actual, in words. */
function differenceWords(task: TaskView): string[] {
  return [`${task.state} → ${task.desiredState}`, `→ ${task.desiredState}`, '→ ■'];
}

/** One task as a sentence for the outline. */
export function taskSentence(task: TaskView, look: TaskLook, successorMachine: string | null): string {
  const parts = [task.slot > 0 ? `${task.serviceName}.${task.slot}` : task.serviceName || 'task', task.state];
  if (look.kind === 'lost') parts[1] = `lost, last seen ${task.state}`;
  if (look.kind === 'dark') parts.push('its host has no power');
  if (look.stillRuns) parts.push('its container runs on');
  if (isWantedDown(task) && !hasEnded(task.state)) parts.push(`wants ${task.desiredState}`);
  if (task.err) parts.push(task.err);
  if (successorMachine !== null) parts.push(`replaced on ${successorMachine}`);
  return parts.join(', ');
}
