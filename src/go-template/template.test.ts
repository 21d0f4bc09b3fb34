/** Templates as the real client 28.2.2 executed them: on a typed object (`node inspect`) and on plain JSON (`inspect`). */
import { describe, expect, it } from 'vitest';
import type { CommandGroup } from '../cli/docker/command.ts';
import { dockerCommands } from '../cli/docker/docker.ts';
import { play, type Recording } from '../cli/docker/service/testing/recording.ts';
import templates from './testdata/templates.json';

const docker: CommandGroup = { kind: 'group', name: 'docker', description: '', commands: dockerCommands };

// A JSON module's type is that of its literals, which has no optional fields in common.
const recording = templates as unknown as Recording;

describe('templates', () => {
  it.each(recording.runs.map((run) => [run.args.at(-1)!, run] as const))('%s', async (_template, run) => {
    const { stdout, stderr, exit } = await play(docker, recording, run);
    expect({ stdout, stderr, exit }).toEqual({ stdout: run.stdout, stderr: run.stderr, exit: run.exit });
  });
});
