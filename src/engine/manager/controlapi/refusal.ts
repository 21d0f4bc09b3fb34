/**
 * Expected refusals of the control API, as values. A manager's own words reach the user behind
 * `rpc error: code = CODE desc = `; what a daemon says after looking in vain is bare (`moby: daemon/cluster/helpers.go`).
 */
import type { ControlCode, ControlError } from './control-request.ts';

export interface Refusal {
  readonly ok: false;
  readonly error: ControlError;
}

/** A refusal by the manager's control API. */
export function refuse(code: ControlCode, message: string): Refusal {
  return { ok: false, error: { code, message, wrapped: true } };
}

/** The manager refuses what it was given: by far the most frequent code. */
export function invalid(message: string): Refusal {
  return refuse('InvalidArgument', message);
}

/** A refusal in the daemon's own words. */
export function refuseBare(code: ControlCode, message: string): Refusal {
  return { ok: false, error: { code, message, wrapped: false } };
}

/** The spec was read at another version than the object has now. `swarmkit: manager/state/store/memory.go` */
export function outOfSequence(): Refusal {
  return refuse('Unknown', 'update out of sequence');
}
