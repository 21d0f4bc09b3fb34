// `npm start`: installs what is missing, serves the page, prints its address.
import { ensurePackages, root } from './ensure.mjs';

ensurePackages();
const { createServer } = await import('vite');
const port = Number(process.env.PORT ?? 5173);
const server = await createServer({ root, server: { port, host: process.env.HOST ?? 'localhost' } });
await server.listen();
const address = server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`;
console.log(`\n  Swarmscope is at ${address}\n  Stop it with Ctrl-C.\n`);
