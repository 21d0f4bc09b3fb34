/** Replays the recordings of a real swarm that are claimed to be supported. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Cluster } from '../engine/cluster.ts';
import type { Transcript } from '../protocol/transcript.ts';
import { compareTranscripts } from './transcript-compare.ts';
import { replayTranscript } from './transcript-replayer.ts';

/** Steps that are known to differ, with the reason. One that passes has to be taken off the list. */
const supported: Record<string, Record<number, string>> = {
  '01-init-join': {
    25: "the cluster's own root certificate, made of chance",
    26: "the cluster's own root certificate, made of chance",
  },
  '02-service-lifecycle': {},
  '03-service-errors': {},
  '04-overlay-network': {},
  '05-voting-app': {},
  '07-worker-failure': { 10: 'which of two equal tasks went to which of two equal nodes' },
  '08-leader-election': {},
  '10-node-availability': {},
  '14-container-kill': {},
  '17-views': { 21: 'which of equal nodes the second task went to' },
  '18-names-and-addresses': { 23: 'which of two equal nodes the task of the second network went to' },
};

describe.each(Object.entries(supported))('recording %s', (name, known) => {
  test('replays as it was recorded', async () => {
    const path = new URL(`testdata/transcripts/${name}.json`, import.meta.url);
    const recorded = JSON.parse(readFileSync(path, 'utf8')) as Transcript;
    const replayed = await replayTranscript(recorded, (start) => Cluster.create(start));
    const { failures } = compareTranscripts(recorded, replayed);
    const unexpected = failures.filter(({ step }) => !(step in known));
    const passing = Object.keys(known).filter((step) => !failures.some((failure) => failure.step === Number(step)));
    expect({ unexpected, passing }).toEqual({ unexpected: [], passing: [] });
  }, 60_000);
});
