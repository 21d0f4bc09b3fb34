/**
 * Command lines to be sent both ways, as text: a world to begin with, files, and lines for its hosts' shells.
 *
 *     start 3+2
 *     file app.yml
 *       services: ...
 *     wait 90
 *     node1$ docker service ls
 *
 * `node1~$` says that docker chooses the order of the lines anew each time. `wait` lets so many virtual seconds pass. Lines that begin with `#` are comments.
 */

export interface Scene {
  name: string;
  /** Name of the start (`src/scenarios/starts.ts`). */
  start: string;
  /** In the home directory of every host. */
  files: Record<string, string>;
  steps: SceneStep[];
}

export type SceneStep =
  | { line: number; wait: number }
  | { line: number; on: string; command: string; anyOrder: boolean };

/** Reads a scene; throws for a line that means nothing, with its number. */
export function parseScene(name: string, text: string): Scene {
  const scene: Scene = { name, start: '', files: {}, steps: [] };
  let file: string | null = null;
  text.split('\n').forEach((line, index) => {
    const number = index + 1;
    if (file !== null && (line.startsWith('  ') || line.trim() === '')) {
      scene.files[file] += `${line.slice(2)}\n`;
      return;
    }
    file = null;
    if (line.trim() === '' || line.startsWith('#')) return;
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    if (word === 'start') scene.start = rest;
    else if (word === 'file') {
      file = rest;
      scene.files[file] = '';
    } else if (word === 'wait') scene.steps.push({ line: number, wait: Number(rest) });
    else if (word.endsWith('$'))
      scene.steps.push({ line: number, on: word.replace(/~?\$$/, ''), command: rest, anyOrder: word.endsWith('~$') });
    else throw new Error(`${name}:${number}: ${line}`);
  });
  if (scene.start === '') throw new Error(`${name}: no start`);
  for (const path of Object.keys(scene.files)) scene.files[path] = scene.files[path]!.replace(/\n+$/, '\n');
  return scene;
}
