/** A network for tests: answers as a table says, at once; everything else is a name that nobody knows. */
import type {
  CallResult,
  HostNetworkFacts,
  LookUpResult,
  NetworkCall,
  NetworkClient,
} from '../../protocol/network-call.ts';

type Connect = Extract<NetworkCall, { kind: 'connect' }>;

export class TestNetwork implements NetworkClient {
  /** What was asked, oldest first. */
  readonly calls: Connect[] = [];
  /** Connections that were given up. */
  closed = 0;
  /** What comes of the connections to `host:port` (icmp: `host:0`), one after the other; the last one stays. */
  answers: Record<string, (CallResult | 'never')[]> = {};
  names: Record<string, string[]> = {};
  hostFacts: HostNetworkFacts = {
    interfaces: [
      { name: 'eth0', address: '192.168.99.101/24', mac: '52:54:00:a8:63:65', mtu: 1500, gateway: '192.168.99.1' },
    ],
    nameserver: '192.168.99.1',
    listening: [],
  };

  connect(call: Connect): ReturnType<NetworkClient['connect']> {
    this.calls.push(call);
    const { host, port } = call.target;
    const left = this.answers[`${host}:${port}`] ?? [failure('name not found')];
    const next = left.length > 1 ? left.shift()! : left[0]!;
    const result = next === 'never' ? new Promise<CallResult>(() => {}) : Promise.resolve(next);
    return { result, closed: new Promise(() => {}), close: () => void this.closed++ };
  }

  lookUp(name: string): Promise<LookUpResult> {
    const addresses = this.names[name];
    return Promise.resolve(
      addresses ? { ok: true, name, addresses, pointer: null } : { ok: false, name, reason: 'name not found' },
    );
  }

  facts(): HostNetworkFacts {
    return this.hostFacts;
  }
}

export function failure(
  reason: Extract<CallResult, { ok: false }>['reason'],
  more: Partial<Extract<CallResult, { ok: false }>> = {},
): CallResult {
  return { ok: false, reason, remote: null, connected: false, flow: 1, tookMs: 0, ...more };
}

export function page(status: number, body: string, headers: Record<string, string> = {}): CallResult {
  return {
    ok: true,
    response: { status, headers: { 'Content-Type': 'text/plain', ...headers }, body },
    remote: { address: '127.0.0.1', port: 8080 },
    local: { address: '127.0.0.1', port: 40_000 },
    servedBy: null,
    flow: 1,
    tookMs: 0.5,
  };
}
