/**
 * Plugins: there are none. The daemon looks for one after 1, 3, 7 and 15 seconds before it says so.
 * Source: `moby: pkg/plugins/plugins.go loadWithRetry`, and as recorded.
 */
import { seconds } from '../kernel/time.ts';
import type { Dockerd } from './dockerd.ts';
import type { Failure } from './errors.ts';
import type { Call } from './state.ts';

const SEARCH_TIME = seconds(15);

/** Refuses the call when the search is over; its route has `pluginStages`. */
export function seekPlugin(daemon: Dockerd, call: Call, failure: Failure): void {
  call.partial = failure;
  daemon.later(call, 'no plugin', SEARCH_TIME);
}

export const pluginStages = {
  'no plugin': (daemon: Dockerd, call: Call): void => daemon.refuse(call, call.partial as Failure),
};
