/** Every lesson's own solution reaches its goals, step by step; its start alone does not, however long one waits. */
import { describe, expect, test, vi } from 'vitest';
import { chapters } from '../scenarios/lessons/course.ts';
import { incident, incidentKinds, incidentOf, incidentOfDay } from '../scenarios/lessons/incidents.ts';
import { type Lesson, piecesOf, solutionOf } from '../scenarios/lessons/lesson.ts';
import { LessonPlayer } from './lesson-player.ts';

vi.setConfig({ testTimeout: 60_000 });

/** After its solution a step may take so long: elections, grace periods, restarts. */
const PATIENCE = 90;
/** Who does nothing for so long has not solved anything. */
const IDLE = 45;

const lessons = chapters.flatMap((chapter) => chapter.lessons);
const table = lessons.map((lesson): [string, Lesson] => [lesson.id, lesson]);

/** Goals that are there from the beginning ask that something stays as it is; not all of them may. */
async function solve(lesson: Lesson): Promise<void> {
  const player = await LessonPlayer.begin(lesson);
  for (const step of lesson.steps) {
    const before = player.watch(step);
    if (!step.goals) continue;
    expect(before.done, `${step.title}: done before it began`).toBe(false);
    for (const move of solutionOf(step)) await player.play(move);
    if (await player.passUntilDone(PATIENCE)) continue;
    const missing = step.goals.filter((_, index) => !player.state.goals[index]).map(({ say }) => say);
    expect.fail(`${step.title}: still missing: ${missing.join('; ')}\n${player.log.slice(-40).join('\n')}`);
  }
}

describe('solutions', () => {
  test.each(table)('%s', (_, lesson) => solve(lesson));
});

describe('the start alone does not do it', () => {
  test.each(table)('%s', async (_, lesson) => {
    const player = await LessonPlayer.begin(lesson);
    const first = lesson.steps.find(({ goals }) => goals)!;
    player.watch(first);
    expect(await player.passUntilDone(IDLE)).toBe(false);
  });
});

describe('incidents', () => {
  const drawn = incidentKinds().flatMap((kind) =>
    [3, 77].map((number): [string, Lesson] => [kind, incidentOf(kind, number)]),
  );
  test.each(drawn)('%s: its solution mends it, and nothing else does', async (_, lesson) => {
    const player = await LessonPlayer.begin(lesson);
    player.watch(lesson.steps[0]!);
    expect(await player.passUntilDone(IDLE)).toBe(false);
    await solve(lesson);
  });

  test('the same number is the same incident; a day has one of its own', () => {
    expect(incident(4711)).toEqual(incident(4711));
    expect(incidentOfDay(Date.UTC(2026, 0, 1, 3))).toBe(incidentOfDay(Date.UTC(2026, 0, 1, 22)));
    expect(incidentOfDay(Date.UTC(2026, 0, 1))).not.toBe(incidentOfDay(Date.UTC(2026, 0, 2)));
    const kinds = new Set(
      Array.from({ length: 200 }, (_, number) => incident(number).id.replace(/^incident-\d+-/, '')),
    );
    expect(kinds.size).toBe(incidentKinds().length);
  });
});

describe('the course', () => {
  test('has at least 24 lessons, each with a name of its own and something to do', () => {
    expect(lessons.length).toBeGreaterThanOrEqual(24);
    expect(new Set(lessons.map(({ id }) => id)).size).toBe(lessons.length);
    for (const lesson of lessons) expect(lesson.steps.some(({ goals }) => goals)).toBe(true);
  });

  test.each(table)('%s: its buttons, solutions and questions can be read', (_, lesson) => {
    const hosts = new Set(lesson.start.hosts.map(({ name }) => name));
    for (const step of lesson.steps) {
      expect(step.text.length).toBeGreaterThan(0);
      for (const move of [
        ...solutionOf(step),
        ...step.text.flatMap(piecesOf).flatMap((p) => ('move' in p ? [p.move] : [])),
      ])
        if (move.kind === 'command') expect(hosts).toContain(move.host);
      if (step.predict) expect(step.predict.answers[step.predict.right]).toBeDefined();
    }
  });
});
