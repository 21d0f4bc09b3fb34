/**
 * `npm run serve`: the engine in Node.js, an Engine API for each host, and the page connected to the same cluster.
 * Source of the idea: `docker -H tcp://127.0.0.1:23751 node ls` against a simulated host.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, type ServeOptions } from './arguments.ts';
import { TOKEN_HEADER } from './gate.ts';
import { serveCluster } from './serve-cluster.ts';

async function main(): Promise<void> {
  const read = readArguments(process.argv.slice(2), () => randomBytes(12).toString('base64url'));
  if (!read.ok) {
    console.error(`serve: ${read.message}`);
    process.exitCode = 2;
    return;
  }
  // `run.mjs` is told the file as it stands in the project.
  const root = join(process.argv[1] ?? '', '../../..');
  const dist = join(root, 'dist');
  if (builtAt(dist) < newestIn(join(root, 'src'))) buildPage(root);
  const running = await serveCluster(read.options, dist);
  print(read.options);
  const stop = (): void => {
    running.close();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await running.failed;
}

/** When the page was built, by its file's time; 0: never. */
function builtAt(dist: string): number {
  const page = join(dist, 'index.html');
  return existsSync(page) ? statSync(page).mtimeMs : 0;
}

/** When the newest file below a folder was written. */
function newestIn(folder: string): number {
  const times = readdirSync(folder, { recursive: true })
    .map((name) => statSync(join(folder, String(name))))
    .filter((entry) => entry.isFile())
    .map(({ mtimeMs }) => mtimeMs);
  return Math.max(0, ...times);
}

function buildPage(root: string): void {
  console.log('Building the page ...');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the page could not be built; see above');
}

function print({ start, basePort, host, token, speed }: ServeOptions): void {
  const name = host === '0.0.0.0' || host === '::' ? 'THIS-MACHINE' : host.includes(':') ? `[${host}]` : host;
  const link = `http://${name}:${basePort}/${token === null ? '' : `?token=${encodeURIComponent(token)}`}`;
  console.log(`\n  ${start.title} (seed ${start.seed}, ${speed} virtual seconds per second)`);
  console.log(`  the page: ${link}`);
  start.hosts.forEach((each, i) => {
    console.log(`  ${each.name}: docker -H tcp://${name}:${basePort + 1 + i} node ls`);
  });
  if (token !== null)
    console.log(`  docker needs the token in its config.json: {"HttpHeaders": {"${TOKEN_HEADER}": "${token}"}}`);
  console.log('  Stop it with Ctrl-C.\n');
}

await main();
