// Checks the types of every world with its own tsconfig, so that the engine is compiled without the DOM library.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure.mjs';

const worlds = [...readdirSync(join(root, 'src')).map((name) => `src/${name}`), 'e2e'].filter((folder) =>
  existsSync(join(root, folder, 'tsconfig.json')),
);
let failed = 0;
for (const world of worlds) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/@typescript/native/bin/tsc'), '-p', world], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`types: ${world} has errors`);
    failed++;
  }
}
console.log(`types: ${worlds.length - failed} worlds are right, ${failed} wrong`);
process.exit(failed === 0 ? 0 : 1);
