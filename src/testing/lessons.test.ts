/** Every lesson's own solution reaches its goals, step by step; its start alone does not, however long one waits. */
import { describe, expect, test, vi } from 'vitest';
import { chapters } from '../scenarios/lessons/course.ts';
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
