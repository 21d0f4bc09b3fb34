import { describe, expect, it } from 'vitest';
import { host, NetworkWorld, outside } from '../../../testing/network-world.ts';
import { Cluster } from '../../cluster.ts';
import { httpGet } from '../../runtime/programs/sockets.ts';

const nodes = ['node1', 'node2', 'node3'];
const sorted = (items: readonly string[]): string[] => [...items].sort();

describe('virtual IPs', () => {
  const world = new NetworkWorld();
  world.network('backend');
  world.network('frontend');
  world.service('db', { image: 'elasticsearch:2', replicas: 2, networks: ['backend'] });
  world.service('front', { networks: ['backend', 'frontend'] });
  world.service('shop', { networks: ['frontend'] });

  it('two replicas behind one share the connections, one after the other', () => {
    const answers = Array.from({ length: 6 }, () => world.who(world.within('front'), 'db', 9200));
    expect(new Set(answers).size).toBe(2);
    expect(answers.slice(0, 2)).not.toEqual([answers[0], answers[0]]);
    expect(answers.slice(2, 4)).toEqual(answers.slice(0, 2));
    expect(answers.slice(4)).toEqual(answers.slice(0, 2));
  });

  it('the same without a trace: the pointer is the same one', () => {
    const untraced = Array.from({ length: 4 }, () => world.who(world.within('front'), 'db', 9200, { traced: false }));
    expect(untraced[0]).not.toBe(untraced[1]);
    expect(untraced.slice(2)).toEqual(untraced.slice(0, 2));
  });

  it('a service on another network cannot reach it: there is no such name, and its address leads nowhere', () => {
    expect(world.who(world.within('shop'), 'db', 9200)).toBe('name not found: name not found');
    const vip = world.cluster.fabric.resolve('node1', null, '127.0.0.1');
    expect(vip.ok).toBe(true);
    const front = world.within('front');
    const machine = front.kind === 'container' ? front.machine : '';
    const answer = world.cluster.fabric.resolve(machine, front.kind === 'container' ? front.container : null, 'db');
    const address = answer.ok ? answer.addresses[0]! : '';
    expect(address).toMatch(/^10\.0\.\d+\.2$/);
    expect(world.who(world.within('shop'), address, 9200)).toBe('timed out: not on this network');
  });

  it('a ping is answered by the load balancer itself, and says nothing about tasks', () => {
    expect(world.ask(world.within('front'), 'db', 0, { protocol: 'icmp' }).ok).toBe(true);
    expect(world.last.hops.filter(({ way }) => way === 'out').map(({ room }) => room)).toEqual([
      'resolver',
      'client',
      'lb',
      'lb',
    ]);
  });

  it('a port on which nobody listens is refused, by the task', () => {
    expect(world.who(world.within('front'), 'db', 81)).toBe('connection refused: connection refused');
    expect(world.last.hops.find(({ result }) => result === 'dropped')).toMatchObject({ room: 'app' });
  });
});

describe('a machine whose daemon does not run', () => {
  it.each([
    ['outside', outside],
    ['another machine', host('node1')],
  ] as const)('refuses what comes from %s, and the ledger says where', (_, origin) => {
    const world = new NetworkWorld();
    world.service('web', { publish: ['8080:80'] });
    world.cluster.fault({ kind: 'daemon-stop', machine: 'node2' });
    expect(world.who(origin, 'node2', 8080)).toBe('connection refused: connection refused');
    expect(world.last.hops.at(-1)).toMatchObject({ machine: 'node2', room: 'eth0', result: 'dropped' });
  });
});

describe('a request without an answer', () => {
  it('ends at the place where it was seen last, if the refusal does not come through', () => {
    const world = new NetworkWorld();
    world.cluster.fault({ kind: 'daemon-stop', machine: 'node2' });
    world.cluster.fault({ kind: 'link-cut', from: 'node2', to: 'node1' });
    expect(world.ask(host('node1'), 'node2', 8080)).toMatchObject({ dropped: { machine: 'node2', room: 'wire' } });
  });
});

describe('the rooms that a packet passes', () => {
  it('to a task on the same machine and on another one, by virtual IP', () => {
    const world = new NetworkWorld(2);
    world.network('net');
    world.service('web', { global: true, networks: ['net'] });
    const own = world.within('web');
    const seen = new Map<boolean, string>();
    for (let i = 0; i < 2; i++) {
      const result = world.ask(own, 'web', 80);
      const isOwn = result.ok && own.kind === 'container' && result.servedBy?.machine === own.machine;
      seen.set(isOwn, `${world.rooms()} < ${world.rooms('back')}`);
    }
    // Which of two equal nodes the client runs on is chance; it is called node1 here.
    if (own.kind === 'container' && own.machine === 'node2') {
      for (const [key, rooms] of seen)
        seen.set(
          key,
          rooms.replace(/node[12]/g, (name) => (name === 'node1' ? 'node2' : 'node1')),
        );
    }
    expect(seen.get(true)).toBe(
      'node1:resolver node1:client node1:lb node1:mark node1:ipvs node1:snat node1:bridge node1:task node1:app' +
        ' < node1:app node1:task node1:bridge node1:snat node1:ipvs node1:lb node1:client',
    );
    expect(seen.get(false)).toBe(
      'node1:resolver node1:client node1:lb node1:mark node1:ipvs node1:snat node1:vxlan node1:wire' +
        ' node2:vxlan node2:bridge node2:task node2:app' +
        ' < node2:app node2:task node2:bridge node2:vxlan node2:wire node1:vxlan node1:snat node1:ipvs node1:lb node1:client',
    );
  });

  it('from outside through the mesh', () => {
    const world = new NetworkWorld(2);
    world.service('web', { publish: ['8080:80'], constraints: ['node.hostname==node2'] });
    expect(world.who(outside, 'node1', 8080)).toBe('node2/web.1');
    expect(world.rooms()).toBe(
      'outside:client outside:wire node1:eth0 node1:nat node1:docker_gwbridge node1:ingress_sbox node1:mark node1:ipvs' +
        ' node1:snat node1:vxlan node1:wire node2:vxlan node2:bridge node2:task node2:app',
    );
    const hops = world.last.hops;
    const at = (room: string): (typeof hops)[number] => hops.find((hop) => hop.room === room && hop.way === 'out')!;
    expect(at('nat').after.dst).toBe('172.18.0.2:8080');
    expect(at('mark').mark).toBe(256);
    expect(at('ipvs').candidates).toHaveLength(1);
    expect(at('ipvs').choice).toBe(at('ipvs').candidates![0]!.endpoint);
    expect(at('snat').after.src).toMatch(/^10\.0\.0\.2:/);
    expect(at('vxlan').encapsulation).toMatchObject({
      vni: 4096,
      network: 'ingress',
      outerSrc: '192.168.99.101',
      outerDst: '192.168.99.102',
      port: 4789,
      mtu: 1450,
      encrypted: null,
    });
    expect(at('task').rule).toBe('nat PREROUTING REDIRECT: port 8080 becomes 80');
    const arrived = hops.at(-1)!;
    expect([arrived.way, arrived.room, arrived.after.src]).toEqual(['back', 'client', '192.168.99.101:8080']);
  });

  it('to a port published in host mode: a short way, and the client keeps its address', () => {
    const world = new NetworkWorld(2);
    world.service('web', { publish: ['8080:80/tcp:host'], constraints: ['node.hostname==node2'], networks: [] });
    expect(world.who(outside, 'node2', 8080)).toBe('node2/web.1');
    expect(world.rooms()).toBe(
      'outside:client outside:wire node2:eth0 node2:nat node2:docker_gwbridge node2:task node2:app',
    );
    expect(world.last.hops.find(({ room }) => room === 'app')!.before.src).toMatch(/^192\.168\.99\.1:/);
    expect(world.who(outside, 'node1', 8080)).toBe('connection refused: port not published');
  });

  it('to all addresses of a dnsrr service, without a load balancer', () => {
    const world = new NetworkWorld(3);
    world.network('net');
    world.service('db', { replicas: 3, networks: ['net'], mode: 'dnsrr' });
    world.service('front', { networks: ['net'] });
    const answers = Array.from({ length: 12 }, () => world.who(world.within('front'), 'db', 80));
    expect(new Set(answers).size).toBe(3);
    expect(world.rooms()).not.toMatch(/ipvs|lb|snat/);
    expect(world.last.hops[0]!.answer).toHaveLength(3);
  });

  it('over an encrypted network: less room in a packet, and an SPI', () => {
    const world = new NetworkWorld(2);
    world.network('vault', { Options: { encrypted: '' } });
    world.service('web', { global: true, networks: ['vault'] });
    for (let i = 0; i < 2; i++) world.ask(world.within('web'), 'web', 80);
    const hops = world.cluster.fabric.state.recent.flatMap((flow) => flow.hops);
    expect(hops.find(({ room }) => room === 'wire')!.encapsulation).toMatchObject({
      vni: 4097,
      mtu: 1424,
      encrypted: { spi: expect.stringMatching(/^[0-9a-f]{8}$/) },
    });
  });

  it('each hop is caused by the one before it', () => {
    const world = new NetworkWorld(2);
    world.service('web', { publish: ['8080:80'], replicas: 2 });
    world.ask(outside, 'node1', 8080);
    const { hops } = world.last;
    for (const [i, hop] of hops.entries()) {
      const event = world.cluster.event(hop.event)!;
      expect(event.kind).toBe('packet.hop');
      if (i > 0) expect(event.at).toBeGreaterThanOrEqual(hops[i - 1]!.at);
      if (i > 0 && hop.way === hops[i - 1]!.way) expect(event.cause).toBe(hops[i - 1]!.event);
    }
  });
});

describe('the routing mesh', () => {
  const world = new NetworkWorld(3);
  world.service('search', { image: 'elasticsearch:2', replicas: 3, publish: ['9200:9200'] });

  it('answers on each of three nodes, cycling through three tasks', () => {
    for (const name of nodes) {
      const answers = Array.from({ length: 6 }, () => world.who(host(name), 'localhost', 9200));
      expect(new Set(answers.slice(0, 3)).size, name).toBe(3);
      expect(answers.slice(3), name).toEqual(answers.slice(0, 3));
    }
  });

  it('also by the address of another node, and on a node without a task', () => {
    world.scale('search', 1);
    world.run(20);
    const [only] = world.containers('search');
    for (const name of nodes) {
      expect(world.who(host('node1'), name, 9200)).toBe(
        `${only!.machine}/${only!.container.config.name.split('.').slice(0, 2).join('.')}`,
      );
    }
  });

  it('also on a drained node', () => {
    const { ID, Version, Spec } = world.api('GET', '/nodes/node3') as {
      ID: string;
      Version: { Index: number };
      Spec: object;
    };
    world.api('POST', `/nodes/${ID}/update`, { ...Spec, Availability: 'drain' }, 'node1', {
      version: String(Version.Index),
    });
    world.run(15);
    expect(world.who(outside, 'node3', 9200)).toMatch(/^node[12]\/search/);
  });

  it('refuses a port that nobody publishes, and one of a service without tasks', () => {
    expect(world.who(outside, 'node1', 9300)).toBe('connection refused: port not published');
    world.scale('search', 0);
    world.run(20);
    expect(world.who(outside, 'node1', 9200)).toBe('connection refused: port not published');
  });
});

describe('a held connection', () => {
  function held(): { world: NetworkWorld; id: number; heard: string[] } {
    const world = new NetworkWorld(3);
    world.service('web', { replicas: 3, publish: ['80:80'] });
    const heard: string[] = [];
    world.cluster.fabric.onReply('held', {
      done: (_machine, token, result) =>
        heard.push(`${token} ${result.ok ? result.servedBy!.container.slice(0, 12) : result.reason}`),
      chunk: (_machine, _token, body) => heard.push(`chunk ${body}`),
      closed: () => heard.push('closed'),
    });
    const id = world.cluster.fabric.open({
      origin: outside,
      target: { host: 'node1', port: 80, protocol: 'tcp' },
      payload: httpGet('node1'),
      timeout: 5_000_000,
      hold: true,
      traced: true,
      reply: { kind: 'held', machine: '', token: 'first' },
    });
    world.run(1);
    return { world, id, heard };
  }

  it('stays with its task, asks again there, and hears what is pushed', () => {
    const { world, id, heard } = held();
    const server = world.cluster.fabric.state.flows.get(id)!.server!;
    world.cluster.fabric.send(id, httpGet('node1'), 'second');
    world.run(1);
    world.cluster.fabric.push(id, 'news');
    world.run(120);
    const by = server.container.slice(0, 12);
    expect(heard).toEqual([`first ${by}`, `second ${by}`, 'chunk news']);
  });

  it('ends with its task', () => {
    const { world, id, heard } = held();
    const server = world.cluster.fabric.state.flows.get(id)!.server!;
    world.cluster.fault({ kind: 'container-crash', machine: server.machine, container: server.container, exitCode: 1 });
    world.run(1);
    expect(heard.slice(1)).toEqual(['closed']);
    expect(world.cluster.fabric.state.flows.size).toBe(0);
  });

  it('goes on through a checkpoint', () => {
    const { world, id } = held();
    const twin = Cluster.restore(world.cluster.checkpoint());
    const heard: string[] = [];
    twin.fabric.onReply('held', { done: () => {}, chunk: (_machine, _token, body) => heard.push(body) });
    twin.fabric.push(id, 'after');
    twin.advance(twin.now + 1_000_000);
    expect(heard).toEqual(['after']);
  });
});

describe('what goes wrong', () => {
  it('with 4789/udp closed just the requests to remote tasks time out', () => {
    const world = new NetworkWorld(3);
    world.service('web', { global: true, publish: ['80:80'] });
    for (const machine of nodes) world.cluster.fault({ kind: 'port-close', machine, port: 4789, protocol: 'udp' });
    const answers = Array.from({ length: 6 }, () => world.who(outside, 'node2', 80, { timeout: 3 }));
    expect(sorted(answers)).toEqual([
      ...Array(2).fill(`node2/web.${webOn(world, 'node2')}`),
      ...Array(4).fill('timed out: port closed'),
    ]);
  });

  it('a request to a machine that died times out until gossip has told, and no later', () => {
    const world = new NetworkWorld(4);
    world.service('web', { global: true, publish: ['80:80'] });
    world.cluster.fault({ kind: 'power-off', machine: 'node4' });
    const before = Array.from({ length: 4 }, () => world.who(outside, 'node1', 80, { timeout: 0.5 }));
    expect(before.filter((answer) => answer.startsWith('timed out'))).toEqual(['timed out: node unreachable']);
    world.run(12);
    const after = Array.from({ length: 6 }, () => world.who(outside, 'node1', 80, { timeout: 0.5 }));
    expect(after.filter((answer) => !answer.startsWith('node'))).toEqual([]);
    expect(new Set(after).size).toBe(3);
  });

  it('a crashed container is gone from every balancer in a moment', () => {
    const world = new NetworkWorld(3);
    world.service('web', { global: true, publish: ['80:80'] });
    const [, victim] = world.containers('web');
    world.cluster.fault({
      kind: 'container-crash',
      machine: victim!.machine,
      container: victim!.container.id,
      exitCode: 137,
    });
    world.run(1);
    const answers = Array.from({ length: 6 }, () => world.who(outside, 'node1', 80));
    expect(new Set(answers).size).toBe(2);
    expect(answers.every((answer) => answer.startsWith('node'))).toBe(true);
  });

  it('a task that is being stopped has weight 0 everywhere, and takes no new connection', () => {
    const world = new NetworkWorld(3);
    world.service('web', { replicas: 3, publish: ['80:80'] });
    world.scale('web', 2);
    // The agent acts a second after it was told; then the others hear of it, and two seconds later the task is stopped.
    world.run(2);
    const weights = nodes.map((name) => {
      const [services] = [...world.cluster.machine(name)!.network.state.balancers.values()];
      return sorted([...services!.values()][0]!.destinations.map(({ weight }) => String(weight))).join('');
    });
    expect(weights).toEqual(['011', '011', '011']);
    expect(world.containers('web'), 'it still runs').toHaveLength(3);
    const answers = new Set(Array.from({ length: 6 }, () => world.who(outside, 'node1', 80)));
    expect(answers.size).toBe(2);
    world.run(10);
    expect(world.containers('web')).toHaveLength(2);
  });

  it('a paused container stays in rotation, takes connections and says nothing', () => {
    const world = new NetworkWorld(2);
    world.service('web', { global: true, publish: ['80:80'] });
    const [victim] = world.containers('web');
    world.cluster.machine(victim!.machine)!.runtime.pause(victim!.container.id, true);
    const answers = Array.from({ length: 4 }, () => world.who(outside, 'node1', 80, { timeout: 1 }));
    expect(answers.filter((answer) => answer === 'timed out: does not answer')).toHaveLength(2);
  });

  it('with 7946 closed a node knows its own tasks only', () => {
    const world = new NetworkWorld(3);
    for (const protocol of ['tcp', 'udp'] as const)
      world.cluster.fault({ kind: 'port-close', machine: 'node3', port: 7946, protocol });
    world.run(20);
    world.service('web', { replicas: 1, publish: ['80:80'], constraints: ['node.hostname==node1'] });
    expect(world.who(outside, 'node2', 80)).toBe('node1/web.1');
    expect(world.who(outside, 'node3', 80)).toBe('connection refused: port not published');
  });

  it('lost packets are sent again', () => {
    const world = new NetworkWorld(2);
    world.service('web', { publish: ['80:80'], constraints: ['node.hostname==node2'] });
    world.cluster.fault({ kind: 'link-quality', from: 'node1', to: 'node2', loss: 0.4 });
    const results = Array.from({ length: 20 }, () => world.ask(outside, 'node1', 80, { timeout: 60 }));
    expect(results.filter(({ ok }) => ok).length).toBeGreaterThan(17);
    expect(results.some(({ took }) => took > 900_000)).toBe(true);
  });
});

function webOn(world: NetworkWorld, machine: string): string {
  const found = world.containers('web').find((one) => one.machine === machine);
  return found!.container.config.name.split('.')[1]!;
}
