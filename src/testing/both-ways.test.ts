/**
 * The real docker client and ours, on the same worlds: more than 800 command lines, and the help of every command. Needs a docker client; where
 * there is none, it says so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Cluster } from '../engine/cluster.ts';
import { startNamed } from '../scenarios/starts.ts';
import { type Difference, playScene, type SceneResult } from './both-ways.ts';
import { missingForClient, RealClient } from './both-ways-client.ts';
import { commandsOf } from './both-ways-help.ts';
import { parseScene, type Scene } from './both-ways-scene.ts';

const folder = new URL('testdata/both-ways/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const scenes = readdirSync(folder)
  .filter((name) => /^\d/.test(name))
  .map((name) => parseScene(name.replace('.txt', ''), read(name)));

/** Differences that are known, as `SCENE: COMMAND`. */
const known = read('differences.txt')
  .split('\n')
  .filter((line) => line !== '' && !/^[# ]/.test(line));

const nameOf = ({ scene, command }: Difference): string => `${scene}: ${command}`;
const lineCount = (all: readonly Scene[]): number =>
  all.reduce((sum, { steps }) => sum + steps.filter((step) => 'command' in step).length, 0);

/** Differences that are not known, and known ones that are gone. */
function surprises({ name }: Scene, { differences }: SceneResult): { unexpected: Difference[]; solved: string[] } {
  const found = differences.map(nameOf);
  return {
    unexpected: differences.filter((difference) => !known.includes(nameOf(difference))),
    solved: known.filter((line) => line.startsWith(`${name}:`) && !found.includes(line)),
  };
}

function isAsKnown(scene: Scene, result: SceneResult): boolean {
  const { unexpected, solved } = surprises(scene, result);
  return unexpected.length + solved.length === 0;
}

const missing = missingForClient();

test(missing === null ? 'a docker client is here' : `NOT COMPARED: ${missing}`, () => {
  if (missing !== null) console.warn(`The both-ways tests cannot compare anything: ${missing}.`);
  expect(lineCount(scenes)).toBeGreaterThanOrEqual(400);
});

describe.runIf(missing === null)('both ways', () => {
  const results: SceneResult[] = [];

  describe.concurrent('leave the same on the screen, and change the same', () => {
    for (const scene of scenes)
      test(scene.name, async () => {
        let result = await playScene(scene);
        // The real client goes by the wall's clock, and by chance where Go's maps do: what differs must differ each time.
        for (let again = 0; again < 2 && !isAsKnown(scene, result); again++) result = await playScene(scene);
        results.push(result);
        expect(surprises(scene, result)).toEqual({ unexpected: [], solved: [] });
      }, 600_000);
  });

  test('98 % of all lines', () => {
    const lines = results.reduce((sum, result) => sum + result.lines, 0);
    const different = results.reduce((sum, result) => sum + result.differences.length, 0);
    expect(lines).toBe(lineCount(scenes));
    expect(1 - different / lines).toBeGreaterThanOrEqual(0.98);
  });

  test('say the same of every command: flags, types, defaults, layout', { timeout: 600_000 }, async () => {
    const paths = await everyCommand();
    expect(paths.length).toBeGreaterThan(150);
    const steps = paths.map((path, i) => ({ line: i, on: 'node1', command: `${path} --help`, anyOrder: false }));
    const { differences } = await playScene({ name: 'help', start: '1+2', files: {}, steps });
    expect(differences).toEqual([]);
  });
});

/** All commands that the real client's helps list, on a manager. */
async function everyCommand(): Promise<string[]> {
  const start = startNamed('1+2')!;
  const client = await RealClient.open(
    start.hosts.map(({ name }) => name),
    {},
  );
  const world = Cluster.create(start).checkpoint();
  const paths: string[] = [];
  const walk = async (path: string): Promise<void> => {
    paths.push(path);
    const { screen } = await client.run(Cluster.restore(world), 'node1', `${path} --help`);
    for (const name of commandsOf(screen)) await walk(`${path} ${name}`);
  };
  try {
    await walk('docker');
    return paths;
  } finally {
    client.close();
  }
}
