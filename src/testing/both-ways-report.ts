/** `npm run -s both-ways -- [SCENE...]`: sends the lines of scenes through the real docker client and through ours, and tells the differences. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { playScene } from './both-ways.ts';
import { missingForClient } from './both-ways-client.ts';
import { parseScene } from './both-ways-scene.ts';

async function report(files: readonly string[]): Promise<void> {
  const missing = missingForClient();
  if (missing !== null) {
    console.log(missing);
    return;
  }
  let [lines, different] = [0, 0];
  for (const file of files) {
    const result = await playScene(parseScene(basename(file, '.txt'), readFileSync(file, 'utf8')));
    lines += result.lines;
    different += result.differences.length;
    for (const { scene, line, command, why } of result.differences)
      console.log(`${scene}:${line}: ${command}\n  ${why}\n`);
  }
  console.log(`${lines} lines, ${different} differ`);
}

await report(process.argv.slice(2));
