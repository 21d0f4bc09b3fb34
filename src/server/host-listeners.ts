/**
 * Keeps an Engine API open for each host whose daemon answers: a host without power refuses connections, as a real one does. Learns
 * it as the page does, from pictures of the world; another world may have other hosts.
 */
import type { Server } from 'node:http';
import type { ApiClient } from '../protocol/api.ts';
import type { MachineView } from '../protocol/snapshot.ts';
import type { WorkerMessage } from '../protocol/worker-messages.ts';
import type { Session } from '../worker/session.ts';
import { createEngineServer } from './engine-server.ts';
import type { Gate } from './gate.ts';
import type { ApiVersions } from './read-request.ts';

export interface HostListenersOptions {
  session: Session;
  gate: Gate;
  versions: ApiVersions;
  address: string;
  basePort: number;
  /** A port cannot be had. */
  onFailure(error: Error): void;
}

export class HostListeners {
  readonly #options: HostListenersOptions;
  #hosts: readonly string[] = [];
  readonly #open = new Map<string, Server>();
  readonly #closePage: () => void;

  constructor(options: HostListenersOptions) {
    this.#options = options;
    const page = options.session.attach((message) => {
      this.#hear(message);
      if (message.type === 'delta') page.receive({ type: 'drawn', sequence: message.sequence });
    });
    this.#closePage = page.close;
  }

  close(): void {
    this.#closePage();
    for (const host of [...this.#open.keys()]) this.#shut(host);
  }

  #hear(message: WorkerMessage): void {
    if (message.type === 'world') {
      for (const host of [...this.#open.keys()]) this.#shut(host);
      this.#hosts = message.start.hosts.map(({ name }) => name);
      this.#follow(message.snapshot.machines);
    } else if (message.type === 'delta') this.#follow(message.delta.machines ?? []);
    else if (message.type === 'crashed') {
      console.error(`The world has stopped; the page offers its session for a report.\n${message.message}`);
      for (const host of [...this.#open.keys()]) this.#shut(host);
    }
  }

  #follow(machines: readonly MachineView[]): void {
    for (const { name, daemon } of machines) {
      const isOpen = this.#open.has(name);
      if (daemon === 'running' && !isOpen) this.#listen(name);
      else if (daemon !== 'running' && isOpen) this.#shut(name);
    }
  }

  #listen(host: string): void {
    const { session, gate, versions, address, basePort, onFailure } = this.#options;
    const client: Pick<ApiClient, 'stream'> = {
      stream: (request, onChunk) => session.openStream(host, request, onChunk),
    };
    const server = createEngineServer({ client, versions, gate });
    this.#open.set(host, server);
    server.on('error', (error) => {
      if (this.#open.get(host) === server) onFailure(error);
    });
    server.listen(basePort + 1 + this.#hosts.indexOf(host), address);
  }

  #shut(host: string): void {
    const server = this.#open.get(host);
    this.#open.delete(host);
    server?.close();
    server?.closeAllConnections();
  }
}
