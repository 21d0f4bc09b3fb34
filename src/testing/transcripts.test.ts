/** Replays the recordings of a real swarm that are claimed to be supported. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
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
  '06-stack': {
    7: 'the recorded host pulled and started for 5 s, so its task was older',
    8: 'the recorded daemon left one of its three networks out of the list',
  },
  '07-worker-failure': { 10: 'which of two equal tasks went to which of two equal nodes' },
  '08-leader-election': {},
  '09-rolling-update': {},
  '10-node-availability': {},
  '11-secrets-configs': {},
  '12-global-and-jobs': {},
  '13-crash-loop': {},
  '14-container-kill': {},
  '15-healthcheck': {},
  '16-swarm-settings': { 16: 'descriptions in help pages are our own words' },
  '17-views': { 21: 'which of equal nodes the second task went to' },
  '18-names-and-addresses': { 23: 'which of two equal nodes the task of the second network went to' },
  // Our own, recorded in the same way.
  '21-service-flags': {},
  '22-service-lists': {},
  '23-events': {},
  '24-containers': {},
  '25-worker-loss': {},
  '26-attachable-networks': {},
  '27-ports-and-networks': {},
};

// What `docker stack` loads when it is used: here it is loaded in real time, and virtual time would not wait for it.
beforeAll(async () => {
  await import('../cli/docker/stack/deploy-stack.ts');
  await import('../cli/docker/stack/stack-files.ts');
});

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
