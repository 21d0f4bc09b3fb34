/** What a person sees while a service converges, against recordings of the real client: every byte sent to the terminal. */
import { expect, it } from 'vitest';
import type { CommandGroup } from '../command.ts';
import { serviceGroup } from '../service/service-group.ts';
import { comparable, play, type Recording } from '../service/testing/recording.ts';
import recorded from './testdata/convergence.json';

const docker: CommandGroup = { kind: 'group', name: 'docker', description: '', commands: [serviceGroup] };

// A JSON module's type is that of its literals, which has no optional fields in common.
const recording = recorded as unknown as Recording;

it.each(recording.runs.map((run) => [run.about ?? run.args.join(' '), run] as const))('%s', async (_about, run) => {
  const { stdout, stderr, exit, requests } = await play(docker, recording, run);
  expect({ stdout, stderr, exit }).toEqual({ stdout: run.stdout, stderr: run.stderr, exit: run.exit });
  if (run.requests) expect(comparable(requests)).toEqual(comparable(run.requests));
});
