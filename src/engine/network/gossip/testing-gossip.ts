/** Machines that do nothing but gossip: for the tests of NetworkDB. */
import { Hardware, initialHardware } from '../../hardware/hardware.ts';
import { initialKernel, Kernel } from '../../kernel/kernel.ts';
import { seconds } from '../../kernel/time.ts';
import type { EndpointRecord, TableEntry } from './messages.ts';
import { GOSSIP_EVENTS, type GossipTimer, initialNetworkDb, NetworkDb } from './network-db.ts';

export class GossipWorld {
  readonly kernel: Kernel;
  readonly hardware: Hardware;
  readonly nodes: NetworkDb[] = [];
  /** What nodes were told: `node2 +web.1` and so on. */
  readonly told: string[] = [];

  constructor(count: number, seed = 1) {
    this.kernel = new Kernel(initialKernel(seed));
    this.hardware = new Hardware(this.kernel, initialHardware());
    for (let i = 1; i <= count; i++) {
      const name = `node${i}`;
      this.hardware.addMachine(name, `10.1.0.${i}`);
      this.hardware.powerOn(name);
      this.hardware.machine(name).listening = true;
      this.nodes.push(
        new NetworkDb(this.kernel, this.hardware, name, initialNetworkDb(), {
          bootstrap: () => ['10.1.0.1'],
          rowChanged: (_network, row, visible) => this.told.push(`${name} ${visible ? '+' : '-'}${row.key}`),
        }),
      );
    }
    this.hardware.onMessage = ({ to, ...rest }) => this.at(to).receive({ to, ...rest });
    for (const kind of GOSSIP_EVENTS)
      this.kernel.on(kind, ({ data }) => this.at((data as GossipTimer).machine).event(kind, data as GossipTimer));
  }

  at(name: string): NetworkDb {
    return this.nodes[Number(name.slice(4)) - 1]!;
  }

  start(): this {
    for (const node of this.nodes) node.start();
    return this;
  }

  run(time: number): void {
    const until = this.kernel.now + seconds(time);
    while (this.kernel.runNext(until)) {
      // Until nothing is due.
    }
    this.kernel.passTo(until);
  }

  /** Runs until `done`, at most so long; returns the seconds it took, or null. */
  until(done: () => boolean, most: number): number | null {
    const from = this.kernel.now;
    while (!done()) {
      if (!this.kernel.runNext(from + seconds(most))) return null;
    }
    return (this.kernel.now - from) / 1e6;
  }

  /** Keys of the endpoints that a node sees in a network. */
  sees(name: string, network = 'n'): string {
    const rows: TableEntry[] = [...this.at(name).rows(network)];
    return rows
      .filter(({ table }) => table === 'endpoint_table')
      .map(({ key, value }) => `${key}${'serviceDisabled' in value && value.serviceDisabled ? '(off)' : ''}`)
      .sort()
      .join(' ');
  }

  /** How a node thinks of another one, by machine. */
  opinion(of: string, about: string): string {
    return [...this.at(of).members()]
      .filter(({ machine }) => machine === about)
      .map(({ state }) => state)
      .join(' ');
  }
}

export function endpoint(name: string, address: string, change: Partial<EndpointRecord> = {}): EndpointRecord {
  return {
    name,
    serviceName: name.split('.')[0]!,
    serviceId: `id-${name.split('.')[0]}`,
    virtualIp: '10.0.1.2',
    endpointIp: address,
    ingressPorts: [],
    aliases: [],
    taskAliases: [],
    serviceDisabled: false,
    container: `container-${name}`,
    task: `task-${name}`,
    ...change,
  };
}
