/** `docker container` and `docker ps`, `kill`, ... against recordings of the real client. */
import { expect, it } from 'vitest';
import type { CommandGroup } from '../command.ts';
import { comparable, play, type Recording } from '../service/testing/recording.ts';
import { containerGroup, containerShortcuts } from './container-group.ts';
import recorded from './testdata/container.json';

const commands = [containerGroup, ...containerShortcuts];
const docker: CommandGroup = { kind: 'group', name: 'docker', description: '', commands };

// A JSON module's type is that of its literals, which has no optional fields in common.
const recording = recorded as unknown as Recording;

it.each(recording.runs.map((run) => [run.args.join(' '), run] as const))('%s', async (_line, run) => {
  const outcome = await play(docker, recording, run);
  expect({ ...outcome, requests: comparable(outcome.requests) }).toEqual({
    stdout: run.stdout,
    stderr: run.stderr,
    exit: run.exit,
    requests: comparable(run.requests),
  });
});
