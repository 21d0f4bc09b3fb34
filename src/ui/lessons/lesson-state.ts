/**
 * The lesson being taken: its step, what of the step's goals holds, and what the panel's buttons do. Watches the world through the
 * same pictures and events as the rest of the page.
 */
import { create } from 'zustand';
import { chapters } from '../../scenarios/lessons/course.ts';
import { INCIDENTS, incident } from '../../scenarios/lessons/incidents.ts';
import { joinTokens, type Lesson, type Move, moveOf, type Step, solutionOf } from '../../scenarios/lessons/lesson.ts';
import { type StepState, StepWatch } from '../../scenarios/lessons/watch.ts';
import { lookAt, setPlaying } from '../actions/time-control.ts';
import { eventsAfter } from '../store/event-log.ts';
import { usePanels } from '../store/panels.ts';
import { call, causeFault, loadStart, onCommandRun, onTerminalOutput } from '../store/worker-client.ts';
import { useWorld } from '../store/world.ts';
import { printNote, typeCommand } from '../terminal/sessions.ts';
import { type Progress, readProgress, writeProgress } from './progress.ts';

export interface LessonState {
  lesson: Lesson | null;
  stepIndex: number;
  /** Of the step's goals now. */
  watched: StepState;
  /** The step's goals have all held at once. */
  isDone: boolean;
  /** The answer given to the step's question. */
  answer: number | null;
  /** The world is being made, or the solution is being played. */
  busy: 'beginning' | 'showing' | null;
  progress: Progress;
  /** The first step that had goals: how long it took until they held, in virtual time, and whether the solution was shown. */
  result: { seconds: number; shown: boolean } | null;
}

const unwatched: StepState = { goals: [], broken: [], done: false, hint: null };

export const useLesson = create<LessonState>()(() => ({
  lesson: null,
  stepIndex: 0,
  watched: unwatched,
  isDone: false,
  answer: null,
  busy: null,
  progress: readProgress(),
  result: null,
}));

const get = useLesson.getState;
const set = useLesson.setState;

let watch: StepWatch | null = null;
/** The newest event that the watch has been told of. */
let told = 0;
let worldNumber = -1;
/** The step began after this event, to go back to. */
let beganAfter = 0;
/** When the first step began, and whether the solution of one has been shown. */
let firstBegan = 0;
let wasShown = false;
/** Counts the lessons begun: what was still under way for another one stops. */
let run = 0;

export function lessonWithId(id: string): Lesson | undefined {
  return chapters.flatMap(({ lessons }) => lessons).find((lesson) => lesson.id === id);
}

export function stepOf({ lesson, stepIndex }: Pick<LessonState, 'lesson' | 'stepIndex'>): Step | null {
  return lesson?.steps[stepIndex] ?? null;
}

/** The lesson after this one in the course. */
export function lessonAfter(lesson: Lesson): Lesson | null {
  const all = chapters.flatMap(({ lessons }) => lessons);
  const index = all.findIndex(({ id }) => id === lesson.id);
  return index < 0 ? null : (all[index + 1] ?? null);
}

/** Begins a lesson's world, and the lesson in it. */
export async function beginLesson(lesson: Lesson): Promise<void> {
  run += 1;
  const mine = run;
  watch = null;
  wasShown = false;
  set({ lesson, stepIndex: 0, watched: unwatched, isDone: false, answer: null, busy: 'beginning', result: null });
  usePanels.getState().set({ lesson: lesson.id, dialog: null, sheet: 'lesson', sheetUp: true, browserOpen: false });
  await loadStart(lesson.start);
  if (mine !== run) return;
  worldNumber = useWorld.getState().worldNumber;
  useWorld.getState().setLens(lesson.lens ?? 'cluster');
  await prepare(lesson);
  if (mine !== run) return;
  set({ busy: null });
  enterStep(0);
  firstBegan = useWorld.getState().snapshot?.now ?? 0;
  setPlaying(true);
}

/** Something to mend, of a level or of any: another one each time, or that of a day. */
export function beginIncident(level?: number, number = Math.floor(Math.random() * INCIDENTS)): Promise<void> {
  return beginLesson(incident(number, level));
}

export function isIncident({ id }: Lesson): boolean {
  return id.startsWith('incident-');
}

/** What comes before the first step is done at the same virtual moments each time, so that the lesson goes the same way. */
async function prepare(lesson: Lesson): Promise<void> {
  if (!lesson.setup) return;
  setPlaying(false);
  const { snapshot } = await call<'snapshot'>({ call: 'snapshot' });
  const next = (Math.floor(snapshot.now / 1e6) + 1) * 1e6;
  await call<'advance'>({ call: 'advance', seconds: (next - snapshot.now) / 1e6 });
  for (const text of lesson.setup) {
    const move = moveOf(text);
    if (move.kind === 'command') await call<'run'>({ call: 'run', host: move.host, command: move.command });
    else if (move.kind === 'fault') await causeFault(move.fault);
    else await call<'advance'>({ call: 'advance', seconds: move.seconds });
  }
}

/** Leaves the lesson; the world stays. */
export function leaveLesson(): void {
  run += 1;
  watch = null;
  set({ lesson: null, busy: null });
  usePanels.getState().set({ lesson: null, ...(usePanels.getState().sheet === 'lesson' && { sheet: 'inspector' }) });
}

export function enterStep(index: number): void {
  const { lesson } = get();
  const step = lesson?.steps[index];
  const { snapshot } = useWorld.getState();
  if (!lesson || !step || !snapshot) return;
  if (step.lens) useWorld.getState().setLens(step.lens);
  beganAfter = snapshot.eventCount;
  watchFrom(step);
  set({ stepIndex: index, isDone: !step.goals, answer: null });
  if (!isIncident(lesson)) keep({ steps: { ...get().progress.steps, [lesson.id]: index } });
}

/** The next step, or the end of the lesson: it is finished. */
export function goOn(): void {
  const { lesson, stepIndex, progress } = get();
  if (!lesson) return;
  if (stepIndex + 1 < lesson.steps.length) return enterStep(stepIndex + 1);
  keep({ done: [...new Set([...progress.done, lesson.id])] });
  set({ stepIndex: lesson.steps.length });
}

/** The world as it was when this step began; what is done from there on is another branch. */
export async function beginStepAgain(): Promise<void> {
  const step = stepOf(get());
  // Several things happen at one virtual time while the clock stands still: the moment is that before the first event since.
  if ((useWorld.getState().snapshot?.eventCount ?? 0) > beganAfter) await lookAt({ before: beganAfter + 1 });
  if (step) watchFrom(step);
  set({ isDone: !step?.goals, answer: null });
}

export function answerWith(answer: number): void {
  set({ answer });
}

/** Does what a button of the text stands for. */
export async function perform(move: Move): Promise<void> {
  if (move.kind === 'wait') {
    await call<'advance'>({ call: 'advance', seconds: move.seconds });
    return;
  }
  const host = move.kind === 'command' ? move.host : 'machine' in move.fault ? move.fault.machine : null;
  if (host) usePanels.getState().set({ terminalHost: host });
  if (move.kind === 'command') {
    typeCommand(move.host, await withTokens(move.command));
    return;
  }
  if (host) printNote(host, move.words);
  const result = await causeFault(move.fault);
  if (!result.ok && host) printNote(host, result.error.message);
}

/** Plays the step's solution, as the learner would. */
export async function showSolution(): Promise<void> {
  const step = stepOf(get());
  if (!step || get().busy) return;
  const mine = run;
  set({ busy: 'showing' });
  wasShown = true;
  setPlaying(true);
  for (const move of solutionOf(step)) {
    const prompt = move.kind === 'command' ? promptOf(move.host) : null;
    await perform(move);
    await prompt;
    if (mine !== run) return;
  }
  set({ busy: null });
}

/** Tokens are the swarm's own: its leader tells them. What cannot be had now is left to the learner. */
async function withTokens(command: string): Promise<string> {
  const leader = useWorld.getState().snapshot?.quorum?.leader;
  if (!leader || !command.includes('{{')) return command;
  const request = { method: 'GET', path: '/swarm' } as const;
  const { response } = await call<'request'>({ call: 'request', host: leader, request });
  const { JoinTokens: tokens } = (response.body ?? {}) as { JoinTokens?: Record<'Worker' | 'Manager', string> };
  if (!tokens) return command;
  return Object.entries(joinTokens).reduce((text, [mark, role]) => text.replaceAll(mark, tokens[role]), command);
}

/** By the wall: who waits longer for a prompt is shown the next move. */
const PROMPT_MS = 30_000;

/** Resolves when a command that is typed now has ended: its line is over, and the host's prompt is back. */
function promptOf(host: string): Promise<void> {
  return new Promise((resolve) => {
    let seen = '';
    const end = (): void => {
      stop();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, PROMPT_MS);
    const stop = onTerminalOutput((from, text) => {
      if (from !== host) return;
      seen = (seen + text).slice(-400);
      const plain = seen.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
      if (/\n[^\n]*:~\$ $/.test(plain)) end();
    });
  });
}

function keep(change: Partial<Progress>): void {
  const progress = { ...get().progress, ...change };
  set({ progress });
  writeProgress(progress);
}

function watchFrom(step: Step): void {
  const { snapshot } = useWorld.getState();
  if (!snapshot) return;
  watch = new StepWatch(step, snapshot);
  told = snapshot.eventCount;
  set({ watched: watch.state });
}

/** The world has moved on, or back. */
function observe(): void {
  const state = useWorld.getState();
  const { snapshot, events } = state;
  const { lesson, busy } = get();
  if (!lesson || busy === 'beginning') return;
  if (state.worldNumber !== worldNumber) return leaveLesson();
  const step = stepOf(get());
  if (!watch || !snapshot || !step) return;
  if (snapshot.eventCount < told) return watchFrom(step);
  const fresh = eventsAfter(events.list, told).filter(({ id }) => id <= snapshot.eventCount);
  told = fresh.at(-1)?.id ?? told;
  const watched = watch.observe(snapshot, fresh);
  if (!isSame(watched, get().watched)) set({ watched });
  if (!watched.done || get().isDone) return;
  const result = get().result ?? { seconds: (snapshot.now - firstBegan) / 1e6, shown: wasShown };
  set({ isDone: true, result });
}

function isSame(a: StepState, b: StepState): boolean {
  return (
    a.hint === b.hint &&
    a.done === b.done &&
    a.goals.every((is, index) => is === b.goals[index]) &&
    a.goals.length === b.goals.length &&
    a.broken.every((is, index) => is === b.broken[index])
  );
}

onCommandRun((host, command) => {
  if (!watch || get().busy === 'beginning') return;
  watch.noteCommand(host, command);
  observe();
});

useWorld.subscribe((state, before) => {
  if (state.snapshot !== before.snapshot || state.worldNumber !== before.worldNumber) observe();
});
