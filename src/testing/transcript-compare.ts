/**
 * Holds a replayed transcript against a recorded one. What a real swarm chooses freely - ids, tokens, times, ages, versions -
 * becomes a placeholder first, so that only what a person would call different counts.
 * Rules: the recordings' own description (`compare`, `nodes`, `order`). What was repeated until it matched may take half or twice
 * as long as recorded, or six seconds more or less.
 */
import type { Transcript, TranscriptStep } from '../protocol/transcript.ts';

/** A step whose replay differs. `step` is its index. */
export interface StepFailure {
  step: number;
  on: string;
  command: string;
  why: string;
}

/** How long a repeated step took, in seconds. */
export interface StepTime {
  step: number;
  on: string;
  command: string;
  recorded: number;
  replayed: number;
}

export interface Comparison {
  name: string;
  passed: number;
  failures: StepFailure[];
  times: StepTime[];
  /** Was the recording made on a machine so busy that its times say nothing? */
  busy: boolean;
}

const age = /(?:Less than a second|About an? (?:minute|hour)|\d+ (?:seconds?|minutes?|hours?|days?|weeks?))(?: ago)?/g;

/** Placeholders, in the order in which they are put in: longer forms before the shorter ones they contain. */
const placeholders: readonly (readonly [RegExp, string])[] = [
  [/SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}/g, 'TOKEN'],
  [/SWMKEY-1-[A-Za-z0-9+/]{43}/g, 'KEY'],
  [/sha256:[0-9a-f]{64}/g, 'DIGEST'],
  [/\b[0-9a-f]{64}\b/g, 'HEX64'],
  [/\b[0-9a-z]{25}\b/g, 'ID25'],
  [/\b(?=[0-9a-z]*[0-9])[0-9a-z]{12}\b/g, 'ID12'],
  [/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?: \+0000 (?:utc|UTC)|Z)?/g, 'TIME'],
  [age, 'AGE'],
  [/(?<![\d.])\d+\.\d+\.\d+(?:\+dfsg1)?(?![\d.])/g, 'VERSION'],
  [/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/g, 'MAC'],
  [/\s+$/, ''],
  [/ {2,}/g, '  '],
];

/** A line with placeholders. */
export function normaliseLine(line: string, step: TranscriptStep): string {
  const text = placeholders.reduce((result, [pattern, name]) => result.replace(pattern, name), line);
  return step.nodes === 'any' ? text.replace(/\bnode\d+\b/g, 'NODE') : text;
}

/** A screen with placeholders, without empty lines at the end. */
export function normaliseScreen(screen: readonly string[], step: TranscriptStep): string[] {
  const lines = screen.map((line) => normaliseLine(line, step));
  while (lines.at(-1) === '') lines.pop();
  return step.order === 'any' ? lines.sort() : lines;
}

/** Columns of the first line, and the number of lines. */
function shapeOf(screen: readonly string[], step: TranscriptStep): string[] {
  const [first] = normaliseScreen(screen, step);
  const columns = first === undefined ? [] : [`${first.split('  ').length} columns`];
  return [...columns, `${screen.length} lines`];
}

/** Why a replayed step is not the recorded one; null if it is. */
export function compareStep(want: TranscriptStep, got: TranscriptStep | undefined): string | null {
  if (!got) return 'the step was not replayed';
  if (want.until !== undefined)
    return got.gaveUp && !want.gaveUp ? `never matched /${want.matches}/` : compareTime(want.took ?? 0, got.took ?? 0);
  if (want.run === undefined) return null;
  const screen = got.screen ?? [];
  if (want.exit !== got.exit)
    return `exit ${got.exit}, expected ${want.exit}; screen: ${JSON.stringify(screen.slice(0, 3))}`;
  if (want.compare === 'none') return null;
  const view = want.compare === 'shape' ? shapeOf : normaliseScreen;
  return firstDifference(view(want.screen ?? [], want), view(screen, want));
}

function firstDifference(expected: string[], actual: string[]): string | null {
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    if (expected[i] === actual[i]) continue;
    const show = (line: string | undefined): string => JSON.stringify(line ?? null);
    return `line ${i + 1}\n      expected ${show(expected[i])}\n      got      ${show(actual[i])}`;
  }
  return null;
}

/** Seconds by which times may differ, however short they are. */
const LEEWAY_SECONDS = 6;

function compareTime(recorded: number, replayed: number): string | null {
  const isNear = Math.abs(recorded - replayed) <= LEEWAY_SECONDS;
  if (isNear || (replayed <= 2 * recorded && recorded <= 2 * replayed)) return null;
  return `matched after ${replayed} s, recorded after ${recorded} s`;
}

/** A command that only looks takes a tenth of a second on a machine that has time. */
const BUSY_SECONDS = 1;

/** Did half of the commands that only look take long? */
function wasBusy({ steps }: Transcript): boolean {
  const looks = steps.filter(({ run }) => run !== undefined && /^docker (\w+ )?(ls|ps|inspect)\b/.test(run));
  return looks.filter(({ took = 0 }) => took > BUSY_SECONDS).length > looks.length / 2;
}

/** Compares step by step; steps without a command only set the scene. */
export function compareTranscripts(want: Transcript, got: Transcript): Comparison {
  const comparison: Comparison = { name: want.name, passed: 0, failures: [], times: [], busy: wasBusy(want) };
  for (const [index, step] of want.steps.entries()) {
    if (step.run === undefined && step.until === undefined) continue;
    const replayed = got.steps[index];
    const at = { step: index, on: step.on ?? '', command: step.run ?? `until ${step.until}` };
    if (step.until !== undefined && replayed)
      comparison.times.push({ ...at, recorded: step.took ?? 0, replayed: replayed.took ?? 0 });
    const time = comparison.busy && replayed ? { took: replayed.took ?? 0 } : {};
    const why = compareStep({ ...step, ...time }, replayed);
    if (why === null) comparison.passed++;
    else comparison.failures.push({ ...at, why });
  }
  return comparison;
}

/** What a person reads of a comparison. */
export function describeComparison({ name, passed, failures, times, busy }: Comparison): string {
  const remark = busy ? ' (recorded on a busy machine: times are not compared)' : '';
  return [
    `${name}: ${passed} passed, ${failures.length} failed${remark}`,
    ...times.map(
      ({ step, on, command, recorded, replayed }) =>
        `  step ${step} took ${replayed} s, recorded ${recorded} s: ${on}$ ${command}`,
    ),
    ...failures.map(({ step, on, command, why }) => `  step ${step} ${on}$ ${command}\n    ${why}`),
  ].join('\n');
}
