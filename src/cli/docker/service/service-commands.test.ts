/** `docker service` against recordings of the real client: what it prints and what it asks of the daemon. */
import { describe, expect, it } from 'vitest';
import type { CommandGroup } from '../command.ts';
import { serviceGroup } from './service-group.ts';
import create from './testdata/create.json';
import inspect from './testdata/inspect.json';
import logs from './testdata/logs.json';
import ls from './testdata/ls.json';
import ps from './testdata/ps.json';
import update from './testdata/update.json';
import { comparable, play, type Recording, withoutTimes } from './testing/recording.ts';

const docker: CommandGroup = { kind: 'group', name: 'docker', description: '', commands: [serviceGroup] };

// A JSON module's type is that of its literals, which has no optional fields in common.
const recordings = [create, update, ls, ps, inspect, logs] as unknown as Recording[];

describe.each(recordings.map((recording) => [recording.about, recording] as const))('%s', (_about, recording) => {
  it.each(recording.runs.map((run) => [run.args.join(' '), run] as const))('%s', async (_line, run) => {
    const outcome = await play(docker, recording, run);
    expect({
      ...outcome,
      stdout: withoutTimes(outcome.stdout),
      requests: comparable(outcome.requests),
    }).toEqual({
      stdout: withoutTimes(run.stdout),
      stderr: run.stderr,
      exit: run.exit,
      requests: comparable(run.requests),
    });
  });
});
