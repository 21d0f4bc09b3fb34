/** What `hello-world` runs: it says that everything works, and ends. */
import type { Program } from './program.ts';

const WORDS = [
  '',
  'Hello from Docker!',
  'You read this, so the client has reached its daemon, the daemon has got the image and made a container of it,',
  'and what the container writes has come back to you.',
  '',
];

export const hello: Program<null> = {
  name: 'hello',
  start(context) {
    for (const line of WORDS) context.log('stdout', line);
    context.exit(0);
    return null;
  },
  signal: () => false,
};
