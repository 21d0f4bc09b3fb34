/**
 * Which daemon a command line talks to: the host's own socket, or another machine's over TCP or ssh (`DOCKER_HOST`, `--host`).
 * Simplified: daemons listen on port 2376 of every machine and take each other's certificates; a machine that cannot be reached
 * is found out at once and not after a time-out.
 * Source: `docker/cli: opts/hosts.go` (`ParseHost`), docker-machine's provisioning.
 */
import { type ApiClient, ConnectionError } from '../../protocol/api.ts';
import type { HostContext, Machine } from '../process.ts';

const TLS_PORT = '2376';
const PLAIN_PORT = '2375';

/** The same host with its client turned to the daemon at `endpoint`; the host itself if that is its own. */
export function hostAt(host: HostContext, endpoint: string, isTls: boolean): HostContext {
  const address = endpoint.trim();
  if (address === '' || address === 'unix://' || address === 'unix:///var/run/docker.sock') return host;
  const named = normalized(address, isTls);
  return { ...host, api: clientOf(named, () => reachable(host, named)) };
}

/** With scheme and port, as docker's complaints have it. */
function normalized(address: string, isTls: boolean): string {
  if (/^(unix|ssh|npipe|fd):\/\//.test(address)) return address;
  const [, name = '', port = isTls ? TLS_PORT : PLAIN_PORT] =
    /^(?:(?:tcp|https?):\/\/)?([^:/]*)(?::(\d+))?/.exec(address) ?? [];
  return `tcp://${name === '' ? '127.0.0.1' : name}:${port}`;
}

function reachable(host: HostContext, endpoint: string): ApiClient | null {
  const machines = host.machines ?? [];
  const [, scheme, name = '', port] = /^(tcp|ssh):\/\/(?:[^@/]*@)?([^:/]*)(?::(\d+))?/.exec(endpoint) ?? [];
  if (scheme === undefined || (scheme === 'tcp' && port !== TLS_PORT)) return null;
  if (['127.0.0.1', 'localhost', host.name, host.address].includes(name)) return host.api;
  const target = machines.find((machine) => machine.name === name || machine.address === name);
  const own = machines.find((machine) => machine.name === host.name);
  return target && own && areConnected(own, target) ? target.api : null;
}

function areConnected(from: Machine, to: Machine): boolean {
  return from.state().cable && to.state().cable && to.state().power;
}

/** A client whose failures name the endpoint. */
function clientOf(endpoint: string, find: () => ApiClient | null): ApiClient {
  const renamed = (error: unknown): never => {
    throw error instanceof ConnectionError ? new ConnectionError(error.message, endpoint) : error;
  };
  const refused = (): Promise<never> => Promise.reject(new ConnectionError('no daemon there', endpoint));
  return {
    request: (request) => find()?.request(request).catch(renamed) ?? refused(),
    stream: (request, onChunk) => {
      const opened = find()?.stream(request, onChunk);
      if (!opened) return { response: refused(), done: refused(), cancel: () => {}, send: () => {} };
      return {
        response: opened.response.catch(renamed),
        done: opened.done.catch(renamed),
        cancel: opened.cancel,
        send: opened.send,
      };
    },
  };
}
