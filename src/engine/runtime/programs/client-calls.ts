/** Between the clients' view of an exchange (`protocol/network-call.ts`) and the sockets of a container. */
import type { CallResult, CallTries, LookUpResult, NetworkCall } from '../../../protocol/network-call.ts';
import type { AppRequest, FlowResult, ResolveResult } from './sockets.ts';

export function callRequestOf({ request }: Extract<NetworkCall, { kind: 'connect' }>): AppRequest {
  return request;
}

export function callResultOf(result: FlowResult): CallResult {
  const tookMs = result.took / 1000;
  if (!result.ok) {
    const { flow, reason, remote, dropped } = result;
    // What was lost nowhere has arrived: only the answer is missing.
    const connected = remote !== null && dropped === null;
    return { ok: false, reason, remote, connected, flow, tookMs, ...triedOf(result) };
  }
  const { flow, response, remote, local, servedBy } = result;
  return {
    ok: true,
    response: { status: response.status, headers: { ...response.headers }, body: response.body },
    remote,
    local,
    servedBy: servedBy && { machine: servedBy.machine, container: servedBy.container },
    flow,
    tookMs,
    ...triedOf(result),
  };
}

function triedOf({ tried }: FlowResult): { tried?: CallTries } {
  return tried
    ? { tried: tried.map(({ address, reason, took }) => ({ address, reason, tookMs: Math.round(took / 1000) })) }
    : {};
}

export function lookUpResultOf(answer: ResolveResult): LookUpResult {
  if (!answer.ok) return answer;
  return { ok: true, name: answer.name, addresses: answer.addresses, pointer: answer.pointer };
}
