/**
 * `npm run serve`: the engine in Node.js, an Engine API for each host, and the page connected to the same cluster.
 * Source of the idea: `docker -H tcp://127.0.0.1:23751 node ls` against a simulated host.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
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
  if (!existsSync(join(dist, 'index.html'))) buildPage(root);
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
