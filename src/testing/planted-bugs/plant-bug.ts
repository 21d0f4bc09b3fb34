/**
 * Builds the simulation with a bug planted in it: bundles it anew, changing one place of one file on the way, and imports the
 * bundle. The files of the project stay as they are.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import type * as Simulation from '../simulation.ts';
import type { PlantedBug } from './planted-bug.ts';

type Place = Pick<PlantedBug, 'file' | 'find' | 'replace' | 'also'>;

/** The simulation on an engine with the bug; without one, on the true engine. `root` is the project's folder. */
export async function simulationWith(bug: Place | null, root: string): Promise<typeof Simulation> {
  const file = await bundleWith(bug, root);
  try {
    return await import(/* @vite-ignore */ pathToFileURL(file).href);
  } finally {
    rmSync(file, { force: true });
  }
}

/** The same as a file, for who removes it when done. */
export async function bundleWith(bug: Place | null, root: string): Promise<string> {
  const folder = join(root, 'node_modules', '.cache', 'swarmscope');
  mkdirSync(folder, { recursive: true });
  const output = join(folder, `planted-${randomUUID()}.mjs`);
  let planted = 0;
  const bundle = await rolldown({
    input: join(root, 'src/testing/simulation.ts'),
    platform: 'node',
    external: [/^node:/],
    logLevel: 'warn',
    plugins: [
      {
        name: 'plant',
        transform(code, id) {
          const places = bug === null ? [] : [bug, ...(bug.also ?? [])];
          const here = places.filter(
            ({ file }) => id.split(sep).join('/') === resolve(root, file).split(sep).join('/'),
          );
          planted += here.length;
          return here.length === 0 ? null : here.reduce(plant, code);
        },
      },
    ],
  });
  await bundle.write({ file: output, format: 'esm' });
  await bundle.close();
  if (bug !== null && planted !== 1 + (bug.also?.length ?? 0))
    throw new Error(`${bug.file} is no part of the simulation`);
  return output;
}

/** The file with its one place changed. Throws if the place is not there, or not the only one. */
export function plant(code: string, { file, find, replace }: Omit<Place, 'also'>): string {
  const parts = code.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like: ${find}`);
  return parts.join(replace);
}
