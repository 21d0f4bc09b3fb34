/**
 * `npm run -s replay -- [--out DIR] FILE...`: plays recorded transcripts in the simulator, prints every step that differs and a
 * last line `N passed, N failed`. With `--out`, writes what it got in the same format. Exit status 1 if a step differs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Cluster } from '../engine/cluster.ts';
import type { Transcript } from '../protocol/transcript.ts';
import { compareTranscripts, describeComparison } from './transcript-compare.ts';
import { replayTranscript } from './transcript-replayer.ts';

interface Arguments {
  out: string | null;
  files: string[];
}

function parseArguments(words: readonly string[]): Arguments | null {
  const result: Arguments = { out: null, files: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--out') result.out = words[++i] ?? '';
    else if (word.startsWith('--out=')) result.out = word.slice('--out='.length);
    else if (word.startsWith('-')) return null;
    else result.files.push(word);
  }
  return result.files.length === 0 || result.out === '' ? null : result;
}

async function replayFiles({ out, files }: Arguments): Promise<number> {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as Transcript;
    const replayed = await replayTranscript(recorded, (start) => Cluster.create(start));
    if (out !== null) {
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, basename(file)), `${JSON.stringify(replayed, null, 1)}\n`);
    }
    const comparison = compareTranscripts(recorded, replayed);
    passed += comparison.passed;
    failed += comparison.failures.length;
    console.log(describeComparison(comparison));
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

const parsed = parseArguments(process.argv.slice(2));
if (parsed) process.exitCode = await replayFiles(parsed);
else {
  console.error('usage: npm run -s replay -- [--out DIR] FILE...');
  process.exitCode = 2;
}
