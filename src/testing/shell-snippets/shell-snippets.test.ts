import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ShellFixture } from '../../cli/shell/shell-fixture.ts';
import { notThereYet } from './not-there-yet.ts';
import { type Answer, hasBash, parseSnippets, runInBash } from './run-snippets.ts';

/** A snippet is known by its source. Written anew where there is a bash, with `RECORD_SNIPPETS=1`. */
const answersPath = fileURLToPath(new URL('./answers.json', import.meta.url));
const snippets = parseSnippets(readFileSync(fileURLToPath(new URL('./snippets.txt', import.meta.url)), 'utf8'));
const isRecording = process.env.RECORD_SNIPPETS === '1';
if (isRecording) {
  const recorded = Object.fromEntries(snippets.map(({ source }) => [source, runInBash(source)]));
  writeFileSync(answersPath, `${JSON.stringify(recorded, null, 2)}\n`);
}
const answers = JSON.parse(existsSync(answersPath) ? readFileSync(answersPath, 'utf8') : '{}') as Record<
  string,
  Answer
>;

async function inOurs(source: string): Promise<Answer> {
  const { out, status } = await new ShellFixture().run(source);
  return { stdout: out, status };
}

describe('our shell says what bash says', () => {
  test.each(snippets.filter(({ source }) => !notThereYet(source)))('$topic: $source', async ({ source }) => {
    expect(await inOurs(source)).toEqual(answers[source]);
  });

  test('or the difference is listed, with a reason that still holds', async () => {
    const listed = snippets.filter(({ source }) => notThereYet(source));
    const equal: string[] = [];
    for (const { source } of listed)
      if (JSON.stringify(await inOurs(source)) === JSON.stringify(answers[source])) equal.push(source);
    expect(equal).toEqual([]);
    expect(snippets.length - listed.length).toBeGreaterThanOrEqual(150);
  });
});

// The tools of this machine may be others than those of the recording: only what bash itself does is asked again.
const ownTopics = ['loops', 'functions', 'case', 'conditions', 'arithmetic', 'quoting', 'expansion', 'heredocs'];

describe.runIf(hasBash())('the recorded answers are those of bash', () => {
  test.each(snippets.filter(({ topic }) => ownTopics.includes(topic)))('$source', ({ source }) => {
    expect(runInBash(source)).toEqual(answers[source]);
  });
});
