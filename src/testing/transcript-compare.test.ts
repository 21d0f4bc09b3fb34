import { describe, expect, test } from 'vitest';
import type { Transcript, TranscriptStep } from '../protocol/transcript.ts';
import { compareStep, compareTranscripts, describeComparison, normaliseLine } from './transcript-compare.ts';

describe('a line is compared by what a person would call the same', () => {
  test.each<[string, string]>([
    ['jpofkc0i9uo9wtx1zesuk649w *  node1   Ready', 'ID25 *  node1  Ready'],
    ['a1b2c3d4e5f6  nginx:1.26', 'ID12  nginx:1.26'],
    ['Up 5 seconds', 'Up AGE'],
    ['Running About a minute ago', 'Running AGE'],
    ['Created at: 2026-01-02 03:04:05.678901 +0000 utc', 'Created at: TIME'],
    ['28.2.2', 'VERSION'],
    ['192.168.99.101', '192.168.99.101'],
    [
      `docker swarm join --token SWMTKN-1-${'a'.repeat(50)}-${'b'.repeat(25)} 1.2.3.4:2377`,
      'docker swarm join --token TOKEN 1.2.3.4:2377',
    ],
    ['ends in blanks   ', 'ends in blanks'],
  ])('%s', (line, normalised) => {
    expect(normaliseLine(line, {})).toBe(normalised);
  });

  test('node names, too, where placement was free', () => {
    expect(normaliseLine('web.1  node3', { nodes: 'any' })).toBe('web.1  NODE');
  });
});

describe('a step', () => {
  const want: TranscriptStep = { on: 'node1', run: 'docker node ls', exit: 0, screen: ['ID  NAME', 'x  node1'] };

  test.each<[string, Partial<TranscriptStep>, Partial<TranscriptStep>, string | null]>([
    ['passes with the same screen', {}, {}, null],
    ['fails with another exit status', {}, { exit: 1 }, 'exit 1, expected 0; screen: ["ID  NAME","x  node1"]'],
    ['fails with another line', {}, { screen: ['ID  NAME'] }, 'line 2\n      expected "x  node1"\n      got      null'],
    ['passes with another line if only the status counts', { compare: 'none' }, { screen: [] }, null],
    ['passes with other words if only the shape counts', { compare: 'shape' }, { screen: ['A  B', 'y  z'] }, null],
    [
      'fails with fewer columns if the shape counts',
      { compare: 'shape' },
      { screen: ['A', 'y  z'] },
      'line 1\n      expected "2 columns"\n      got      "1 columns"',
    ],
    ['passes in another order if that means nothing', { order: 'any' }, { screen: ['x  node1', 'ID  NAME'] }, null],
  ])('%s', (_name, rule, change, why) => {
    expect(compareStep({ ...want, ...rule }, { ...want, ...rule, ...change })).toBe(why);
  });

  const until: TranscriptStep = { on: 'node1', until: 'docker node ls', matches: 'Leader', took: 20 };

  test('that was repeated fails if it gave up', () => {
    expect(compareStep(until, { ...until, gaveUp: true })).toBe('never matched /Leader/');
  });

  test.each([
    [20, 9.9, 'matched after 9.9 s, recorded after 20 s'],
    [20, 10, null],
    [20, 40, null],
    [20, 40.1, 'matched after 40.1 s, recorded after 20 s'],
    [0, 6, null],
    [0, 6.1, 'matched after 6.1 s, recorded after 0 s'],
    [7, 1, null],
  ])('that was repeated for %s s may take %s s: %s', (recorded, took, why) => {
    expect(compareStep({ ...until, took: recorded }, { ...until, took })).toBe(why);
  });
});

describe('how long steps took', () => {
  const list = (took: number): TranscriptStep => ({ on: 'node1', run: 'docker node ls', exit: 0, screen: [], took });
  const until: TranscriptStep = { on: 'node1', until: 'docker service ls', matches: '2/2', took: 121 };
  const transcript = (...steps: TranscriptStep[]): Transcript => ({
    name: 'sample',
    about: '',
    columns: 80,
    source: { engine: '', cli: '' },
    nodes: [],
    steps,
  });
  const replayed = transcript(list(0), { ...until, took: 5.2 });

  test('is told of repeated steps, recorded and replayed', () => {
    const comparison = compareTranscripts(transcript(list(0.1), { ...until, took: 5.4 }), replayed);
    expect(comparison.failures).toEqual([]);
    expect(describeComparison(comparison)).toBe(
      'sample: 2 passed, 0 failed\n  step 1 took 5.2 s, recorded 5.4 s: node1$ until docker service ls',
    );
  });

  test('is no matter where a machine was so busy that plain lists took seconds', () => {
    expect(compareTranscripts(transcript(list(0.1), until), replayed).failures).toHaveLength(1);
    const busy = compareTranscripts(transcript(list(2.4), until), replayed);
    expect(busy.failures).toEqual([]);
    expect(describeComparison(busy)).toContain('(recorded on a busy machine: times are not compared)');
  });
});
