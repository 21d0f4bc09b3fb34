// Runs a TypeScript program of the project in Node.js: bundles it first, since Node.js 20 reads no TypeScript.
// Usage: node src/tooling/run.mjs FILE.ts [ARGUMENT...]
import { mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages, root } from './ensure.mjs';

ensurePackages();
const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('usage: node src/tooling/run.mjs FILE.ts [ARGUMENT...]');
  process.exit(2);
}
const { rolldown } = await import('rolldown');
const folder = join(root, 'node_modules', '.cache', 'swarmscope');
mkdirSync(folder, { recursive: true });
const output = join(folder, `${basename(file, '.ts')}-${process.pid}.mjs`);
const bundle = await rolldown({
  input: resolve(root, file),
  platform: 'node',
  external: [/^node:/, /node_modules/, /^[@a-z]/i],
  logLevel: 'warn',
});
// In one file: what is loaded lazily in the page may be loaded at once here.
await bundle.write({ file: output, format: 'esm', sourcemap: 'inline', codeSplitting: false });
await bundle.close();
process.argv = [process.argv[0], resolve(root, file), ...args];
try {
  await import(pathToFileURL(output).href);
} finally {
  const { rmSync } = await import('node:fs');
  rmSync(output, { force: true });
}
