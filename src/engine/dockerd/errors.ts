/**
 * Refusals with their HTTP status. Source: `moby: daemon/cluster/errors.go`, `daemon/server/httpstatus/status.go`.
 */
import type { ControlCode, ControlError } from '../manager/controlapi/control-request.ts';
import type { RuntimeError } from '../runtime/runtime.ts';
import type { SwarmFacts } from './host.ts';

/** A refusal on its way to the client. */
export interface Failure {
  readonly status: number;
  readonly message: string;
}

const STATUS: Record<ControlCode, number> = {
  NotFound: 404,
  InvalidArgument: 400,
  FailedPrecondition: 400,
  AlreadyExists: 409,
  PermissionDenied: 403,
  Unimplemented: 501,
  Unknown: 500,
  ResourceExhausted: 500,
  Unavailable: 503,
  DeadlineExceeded: 500,
  Internal: 500,
};

/** What the user sees of a control API error: a manager's own words stand behind their gRPC code. */
export function controlFailure({ code, message, wrapped }: ControlError): Failure {
  return { status: STATUS[code], message: wrapped ? `rpc error: code = ${code} desc = ${message}` : message };
}

const RUNTIME_STATUS: Record<RuntimeError['kind'], number> = {
  'not-found': 404,
  conflict: 409,
  invalid: 400,
  'no-space': 500,
};

export function runtimeFailure({ kind, message }: RuntimeError): Failure {
  return { status: RUNTIME_STATUS[kind], message };
}

export const SWARM_EXISTS =
  'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.';
export const NO_SWARM = 'This node is not part of a swarm';
export const SWARM_LOCKED =
  'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.';
export const NOT_LOCKED = 'swarm is not locked';
export const CERTIFICATES_EXPIRED = 'Swarm certificates have expired. To replace them, leave the swarm and join again.';
export const LEAVE_LOCKED =
  'Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this message.';

const NOT_MANAGER = 'This node is not a swarm manager. ';
export const WORKER_NODE = `${NOT_MANAGER}Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.`;

/** Why the swarm cannot be managed from here, or null if it can. */
export function noManager(swarm: SwarmFacts): Failure | null {
  if (swarm.controlAvailable) return null;
  return { status: 503, message: noManagerMessage(swarm) };
}

function noManagerMessage({ localState, isManager, error }: SwarmFacts): string {
  if (localState === 'locked') return SWARM_LOCKED;
  if (localState === 'error' && error === CERTIFICATES_EXPIRED) return CERTIFICATES_EXPIRED;
  if (localState === 'inactive')
    return `${NOT_MANAGER}Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.`;
  if (isManager) return `${NOT_MANAGER}Manager is being prepared or has trouble connecting to the cluster.`;
  return WORKER_NODE;
}
