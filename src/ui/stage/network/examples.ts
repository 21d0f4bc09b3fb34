/**
 * What to try in the Network lens, side by side with what to compare it to: commands to be typed one after the other, and now and then a fault. Data
 * only; the services have names of their own, so that one example does not disturb another.
 */
import type { Fault } from '../../../protocol/faults.ts';
import type { Snapshot } from '../../../protocol/snapshot.ts';

/** A command in a host's terminal, or a fault. */
export type ExampleStep =
  | { readonly host: string; readonly command: string; readonly shows?: string }
  | { readonly fault: Fault; readonly text: string; readonly shows?: string };

export interface Example {
  readonly id: string;
  readonly title: string;
  /** What one is to look at. */
  readonly look: string;
  readonly steps: readonly ExampleStep[];
}

/** The examples for a world: they use its first machines, and what it has published already. */
export function examplesFor(snapshot: Snapshot): Example[] {
  const names = snapshot.machines.filter(({ nodeId }) => nodeId !== null).map(({ name }) => name);
  const manager = snapshot.quorum?.leader ?? snapshot.machines.find(({ role }) => role === 'manager')?.name;
  if (!manager || names.length === 0) return [];
  const other = names.find((name) => name !== manager) ?? manager;
  const last = names.at(-1)!;
  const on = (command: string, shows?: string): ExampleStep => ({ host: manager, command, ...(shows && { shows }) });
  const pinned = `--constraint node.hostname==${manager}`;
  const within = (service: string, command: string) => `docker exec $(docker ps -q -f name=${service}) ${command}`;
  return [doors(snapshot, manager, other, last), ...comparisons({ on, within, pinned, manager, other, last })];
}

function doors(snapshot: Snapshot, manager: string, other: string, last: string): Example {
  const port = snapshot.services.flatMap((service) => service.ports).find(({ mode }) => mode === 'ingress')?.published;
  const url = `localhost${port === undefined || port === 80 ? '' : `:${port}`}`;
  return {
    id: 'doors',
    title: 'Any door works',
    look: 'Every machine answers on a published port, also one without a task. Each has its own wheel, and its own turn.',
    steps: [
      ...(port === undefined
        ? [{ host: manager, command: 'docker service create --name web --replicas 3 -p 80:80 nginx' }]
        : []),
      ...[...new Set([manager, other, last])].map((host) => ({ host, command: `curl ${url}` })),
    ],
  };
}

interface Words {
  on(command: string, shows?: string): ExampleStep;
  within(service: string, command: string): string;
  pinned: string;
  manager: string;
  other: string;
  last: string;
}

function comparisons({ on, within, pinned, manager, other, last }: Words): Example[] {
  const closing = (kind: 'port-close' | 'port-open'): Fault => ({ kind, machine: last, port: 4789, protocol: 'udp' });
  return [
    {
      id: 'names',
      title: 'A virtual IP, or the tasks themselves',
      look: 'A service’s name is one address that a wheel balances; tasks.NAME is all tasks, and the client takes the first.',
      steps: [
        on('docker network create -d overlay duo'),
        on('docker service create -d --name api --network duo --replicas 3 traefik/whoami'),
        on(`docker service create -d --name shell --network duo ${pinned} alpine sleep 1d`),
        on(within('shell', 'nslookup api'), 'one address'),
        on(within('shell', 'nslookup tasks.api'), 'three'),
        on(within('shell', 'curl -s api'), 'through the wheel'),
        on(within('shell', 'curl -s tasks.api'), 'past it'),
      ],
    },
    {
      id: 'host-mode',
      title: 'The mesh, or a port of the host',
      look: 'Through the mesh the task sees the machine’s address as its client; in host mode the way is short and the client’s own address stays.',
      steps: [
        on('docker service create -d --name mesh -p 8080:80 traefik/whoami'),
        on('docker service create -d --name direct --mode global -p published=8081,target=80,mode=host traefik/whoami'),
        { host: other, command: `curl -s ${manager}:8080`, shows: 'client replaced' },
        { host: other, command: `curl -s ${manager}:8081`, shows: 'client kept' },
      ],
    },
    {
      id: 'near-far',
      title: 'A task here, or on another machine',
      look: 'On the same machine the packet stays on the bridge; to another one it is wrapped in UDP 4789.',
      steps: [
        on(`docker service create -d --name near ${pinned} -p 8090:80 traefik/whoami`),
        on(`docker service create -d --name far --constraint node.hostname==${last} -p 8091:80 traefik/whoami`),
        on('curl -s localhost:8090', 'nothing is wrapped'),
        on('curl -s localhost:8091', 'in a capsule'),
      ],
    },
    {
      id: 'strangers',
      title: 'Two networks that do not meet',
      look: 'A name is known only inside its network, and an address leads nowhere outside of it. The ledger says why.',
      steps: [
        on('docker network create -d overlay red'),
        on('docker network create -d overlay blue'),
        on(`docker service create -d --name left --network red ${pinned} nginx`),
        on('docker service create -d --name right --network blue nginx'),
        on(within('left', 'curl -s -m 3 right'), 'no such name'),
        on(
          within(
            'left',
            "curl -s -m 3 $(docker service inspect right --format '{{(index .Endpoint.VirtualIPs 0).Addr}}' | cut -d/ -f1)",
          ),
          'no way there',
        ),
      ],
    },
    {
      id: 'closed-port',
      title: 'A closed port between machines',
      look: 'Without 4789/udp requests to tasks on that machine time out; the others still answer, and everything looks healthy.',
      steps: [
        on('docker service create -d --name spread --mode global -p 8070:80 traefik/whoami'),
        { fault: closing('port-close'), text: `close 4789/udp of ${last}` },
        on('for i in 1 2 3 4 5; do curl -s -m 2 localhost:8070 | head -1; done', 'one of them times out'),
        { fault: closing('port-open'), text: `open 4789/udp of ${last}` },
      ],
    },
    {
      id: 'secret',
      title: 'An encrypted network',
      look: 'Between machines the capsule is closed by ESP, and there is less room in it; on one machine nothing is encrypted.',
      steps: [
        on('docker network create -d overlay --opt encrypted vault'),
        on('docker service create -d --name safe --network vault --mode global nginx'),
        on(within('safe', 'curl -s safe')),
        on(within('safe', 'curl -s safe'), 'another machine'),
      ],
    },
  ];
}
