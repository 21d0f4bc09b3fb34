/** Commands against recordings of the real client 28.2.2: what it prints, its exit status, what it asks of the daemon. */
import { describe, expect, it } from 'vitest';
import type { CommandGroup } from './command.ts';
import config from './config/testdata/config.json';
import { dockerCommands } from './docker.ts';
import network from './network/testdata/network.json';
import node from './node/testdata/node.json';
import secret from './secret/testdata/secret.json';
import { comparable, play, type Recording } from './service/testing/recording.ts';
import stack from './stack/testdata/stack.json';
import swarm from './swarm/testdata/swarm.json';
import system from './system/testdata/system.json';
import volume from './volume/testdata/volume.json';

const docker: CommandGroup = { kind: 'group', name: 'docker', description: '', commands: dockerCommands };

// A JSON module's type is that of its literals, which has no optional fields in common.
const recordings = [swarm, node, network, system, volume, secret, config, stack] as unknown as Recording[];

describe.each(recordings.map((recording) => [recording.about, recording] as const))('%s', (_about, recording) => {
  it.each(recording.runs.map((run) => [run.args.join(' '), run] as const))('%s', async (_line, run) => {
    const outcome = await play(docker, recording, run);
    expect({ ...outcome, requests: comparable(outcome.requests) }).toEqual({
      stdout: run.stdout,
      stderr: run.stderr,
      exit: run.exit,
      requests: comparable(run.requests),
    });
  });
});
