/** A run in a thread of its own, watched from outside: an event that does not end is a broken rule too (S13). */
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { SimulationOptions, SimulationResult } from '../simulation.ts';

type Broken = SimulationResult['violation'];

/** Wall time for one event: the longest take milliseconds. */
const LONGEST_EVENT_MS = 5_000;

const IN_THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
import(workerData.file).then(({ simulate }) => parentPort.postMessage(simulate(workerData.options).violation));
`;

/** Runs a seed with the bundled simulation in `file`. */
export async function simulateWatched(file: string, options: SimulationOptions): Promise<Broken> {
  const progress = new Float64Array(new SharedArrayBuffer(16));
  const worker = new Worker(IN_THREAD, {
    eval: true,
    workerData: { file: pathToFileURL(file).href, options: { ...options, progress } },
  });
  const watch = watchOver(progress);
  try {
    return await Promise.race([
      new Promise<Broken>((done, failed) => {
        worker.once('message', done);
        worker.once('error', failed);
      }),
      watch.stuck,
    ]);
  } finally {
    watch.end();
    await worker.terminate();
  }
}

/** Notices when a run stays at one event. */
function watchOver(progress: Float64Array): { stuck: Promise<Broken>; end(): void } {
  let timer: ReturnType<typeof setInterval> | undefined;
  const stuck = new Promise<Broken>((done) => {
    let before = -1;
    timer = setInterval(() => {
      const [at = 0, event = 0] = progress;
      if (event > 0 && event === before) {
        const message = `event ${event} has not ended after ${LONGEST_EVENT_MS / 1000} s of wall time`;
        done({ invariant: 'S13 events end', message, at: at / 1e6, event });
      }
      before = event;
    }, LONGEST_EVENT_MS);
  });
  return { stuck, end: () => clearInterval(timer) };
}
