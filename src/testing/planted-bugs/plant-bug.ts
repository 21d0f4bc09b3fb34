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

/** The simulation on an engine with the bug; without one, on the true engine. `root` is the project's folder. */
export async function simulationWith(
  bug: Pick<PlantedBug, 'file' | 'find' | 'replace'> | null,
  root: string,
): Promise<typeof Simulation> {
  const folder = join(root, 'node_modules', '.cache', 'swarmscope');
  mkdirSync(folder, { recursive: true });
  const output = join(folder, `planted-${randomUUID()}.mjs`);
  let planted = bug === null;
  const bundle = await rolldown({
    input: join(root, 'src/testing/simulation.ts'),
    platform: 'node',
    external: [/^node:/],
    logLevel: 'warn',
    plugins: [
      {
        name: 'plant',
        transform(code, id) {
          if (bug === null || id.split(sep).join('/') !== resolve(root, bug.file).split(sep).join('/')) return null;
          planted = true;
          return plant(code, bug);
        },
      },
    ],
  });
  await bundle.write({ file: output, format: 'esm' });
  await bundle.close();
  try {
    if (!planted) throw new Error(`${bug?.file} is no part of the simulation`);
    return await import(/* @vite-ignore */ pathToFileURL(output).href);
  } finally {
    rmSync(output, { force: true });
  }
}

/** The file with its one place changed. Throws if the place is not there, or not the only one. */
export function plant(code: string, { file, find, replace }: Pick<PlantedBug, 'file' | 'find' | 'replace'>): string {
  const parts = code.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like: ${find}`);
  return parts.join(replace);
}
