/** Networks as people use them: what holds, and what breaks, when applications run on them. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Hop } from '../protocol/network-view.ts';
import { host, NetworkWorld } from './network-world.ts';
import { ShellWorld } from './shell-world.ts';

// What `docker stack` loads when it is used: here it is loaded in real time, and virtual time would not wait for it.
beforeAll(async () => {
  await import('../cli/docker/stack/deploy-stack.ts');
  await import('../cli/docker/stack/stack-files.ts');
});

const container = (service: string): string => `$(docker ps -q --filter name=${service}. | head -1)`;
const dropOf = (world: ShellWorld): Hop | undefined =>
  world.cluster.fabric.state.recent.at(-1)?.hops.find(({ result }) => result === 'dropped');

describe('isolation', () => {
  test('two stacks cannot reach each other, by name or by address; each finds its own', async () => {
    const world = new ShellWorld({ machines: 1 });
    world.file('shop.yml', 'services:\n  web:\n    image: nginx\n  client:\n    image: nginx\n');
    await world.all('node1', 'docker stack deploy -c shop.yml red', 'docker stack deploy -c shop.yml blue');
    await world.until('node1', 'docker service ls', /(1\/1[\s\S]*){4}/);
    await world.pass(2);
    const code = (from: string, to: string): string =>
      `docker exec ${container(from)} curl -s -o /dev/null -m 3 -w '%{http_code}' ${to}`;
    expect(await world.run('node1', code('red_client', 'web'))).toBe('200');
    expect(await world.run('node1', code('red_client', 'red_web'))).toBe('200');
    expect(await world.run('node1', code('red_client', 'blue_web'))).toMatch(/exit 6$/);
    expect(dropOf(world)).toMatchObject({ room: 'resolver', reason: 'name not found' });
    const address = await world.run(
      'node1',
      `docker service inspect blue_web --format '{{(index .Endpoint.VirtualIPs 0).Addr}}' | cut -d/ -f1`,
    );
    expect(address).toMatch(/^10\.0\.\d\.\d+$/);
    expect(await world.run('node1', code('red_client', address))).toMatch(/exit 28$/);
    expect(dropOf(world)).toMatchObject({ reason: 'not on this network' });
  });

  test('a front end reaches the API, not the database behind it; the ledger says why', async () => {
    const world = new ShellWorld({ machines: 2 });
    await world.all(
      'node1',
      'docker network create -d overlay frontend',
      'docker network create -d overlay backend',
      'docker service create -q --name db --network backend redis:7',
      'docker service create -q --name api --network frontend --network backend nginx',
      'docker service create -q --name web --network frontend --constraint node.hostname==node1 nginx',
    );
    await world.pass(2);
    expect(await world.run('node1', `docker exec ${container('web')} curl -s -o /dev/null -w '%{http_code}' api`)).toBe(
      '200',
    );
    expect(await world.run('node1', `docker exec ${container('web')} curl -s -m 3 db:6379`)).toMatch(/exit 6$/);
    expect(dropOf(world)).toMatchObject({ room: 'resolver', rule: 'nobody knows the name db' });
    const vip = await world.run(
      'node1',
      "docker service inspect db --format '{{(index .Endpoint.VirtualIPs 0).Addr}}' | cut -d/ -f1",
    );
    await world.run('node1', `docker exec ${container('web')} curl -s -m 3 ${vip}:6379`);
    expect(dropOf(world)).toMatchObject({
      reason: 'not on this network',
      detail: 'addresses of overlays mean nothing outside of them',
    });
  });
});

describe('a task that is killed', () => {
  test('takes no more requests with it than were sent to it before a node had heard', () => {
    const world = new NetworkWorld(3);
    world.service('web', { replicas: 3, publish: ['8080:80'] });
    const { fabric } = world.cluster;
    const load = fabric.startLoad({
      origin: host('node1'),
      targets: [{ host: 'node1', port: 8080, protocol: 'tcp' }],
      payload: { protocol: 'http', method: 'GET', path: '/', host: 'node1', headers: {}, body: '' },
      perSecond: 50,
      timeout: 3_000_000,
    });
    world.run(4);
    const victim = world.containers('web').find(({ machine }) => machine !== 'node1')!;
    const killedAt = world.cluster.now;
    world.cluster.fault({
      kind: 'container-crash',
      machine: victim.machine,
      container: victim.container.id,
      exitCode: 137,
    });
    world.run(10);
    fabric.stopLoad(load);
    world.run(5);
    const heard = [...world.cluster.events()].find(
      ({ kind, at, data, objects }) =>
        at >= killedAt &&
        kind === 'gossip.endpoint' &&
        data?.what === 'gone' &&
        objects.includes('machine:node1') &&
        data?.name === victim.container.config.name,
    )!;
    const gapSeconds = (heard.at - killedAt) / 1e6;
    expect(gapSeconds).toBeLessThan(1);
    const view = fabric.loads().find(({ id }) => id === load)!;
    // Every third one goes to each task; one more may have been on its way.
    expect(view.failed).toBeLessThanOrEqual(Math.ceil((gapSeconds * 50) / 3) + 1);
    expect(view.answered + view.failed).toBe(view.sent);
    expect(view.sent).toBeGreaterThan(600);
  });
});

describe('the voting app', () => {
  const votes = 'curl -s -m 2 localhost:5001/socket.io/';
  const cast = (option: string, node = 'localhost'): string => `curl -s -o /dev/null -X POST -d vote=${option} ${node}`;

  async function votingApp(): Promise<ShellWorld> {
    const world = new ShellWorld({ machines: 4 });
    const app = 'bretfisher/examplevotingapp';
    await world.all(
      'node1',
      'docker network create -d overlay frontend',
      'docker network create -d overlay backend',
      `docker service create -d --name vote -p 80:80 --network frontend --replicas 2 ${app}_vote`,
      'docker service create -d --name redis --network frontend --constraint node.hostname==node1 redis:3.2',
      'docker service create -d --name db --network backend -e POSTGRES_HOST_AUTH_METHOD=trust --mount type=volume,source=db-data,target=/var/lib/postgresql/data --constraint node.hostname==node2 postgres:9.4',
      `docker service create -d --name worker --network frontend --network backend ${app}_worker`,
      `docker service create -d --name result -p 5001:80 --network backend --constraint node.hostname==node1 ${app}_result`,
    );
    await world.until('node1', 'docker service logs worker', /Watching vote queue/);
    await world.all('node1', cast('a'), cast('a', 'node2'), cast('b', 'node3'));
    await world.until('node1', votes, /"a":2,"b":1/);
    return world;
  }

  test('survives the death of a machine: votes stay, new ones are counted', async () => {
    const world = await votingApp();
    const where = await world.run(
      'node1',
      "docker service ps worker --filter desired-state=running --format '{{.Node}}'",
    );
    // Neither the manager nor the machine of the database.
    const victim = ['node3', 'node4'].includes(where) ? where : 'node3';
    world.fault({ kind: 'power-off', machine: victim });
    await world.pass(45);
    await world.all('node1', cast('b'));
    await world.until('node1', votes, /"a":2,"b":2/);
  });

  test('loses its votes when the database moves to a machine without its volume, and has them again when it is back', async () => {
    const world = await votingApp();
    const move = (from: string, to: string): string =>
      `docker service update -q --constraint-rm node.hostname==${from} --constraint-add node.hostname==${to} db`;
    await world.all('node1', move('node2', 'node3'));
    await world.until('node1', 'docker service ps worker --filter desired-state=running', /Running \d+ seconds ago/);
    await world.pass(15);
    await world.all('node1', cast('b'));
    await world.until('node1', votes, /"a":0,"b":1/);
    await world.all('node1', move('node3', 'node2'));
    await world.pass(15);
    await world.until('node1', votes, /"a":2,"b":1/);
  });
});

describe('what somebody types', () => {
  test('by docker exec and docker run leaves a ledger whose cause is the request; programs of their own accord leave none', async () => {
    const world = new ShellWorld({ machines: 2 });
    await world.all(
      'node1',
      'docker network create -d overlay --attachable back',
      'docker service create -q --name web --network back nginx',
    );
    await world.pass(2);
    const flows = (): number => world.cluster.fabric.state.recent.length;
    const before = flows();
    await world.all('node2', 'docker run --rm --network back alpine wget -qO- web');
    await world.all(
      'node1',
      'docker run -d --name box --network back alpine sleep 1000',
      'docker exec box wget -qO- web',
    );
    expect(flows()).toBe(before + 2);
    for (const flow of world.cluster.fabric.state.recent.slice(-2)) {
      expect(flow.origin.kind).toBe('container');
      expect(flow.hops.map(({ room }) => room)).toContain('ipvs');
      let event = world.cluster.event(flow.hops[0]!.event);
      const kinds: string[] = [];
      while (event) {
        kinds.push(event.kind);
        event = event.cause ? world.cluster.event(event.cause) : undefined;
      }
      expect(kinds.at(-1)).toBe('input.request');
    }
    await world.all(
      'node1',
      "docker service create -q --name loop --network back alpine sh -c 'while true; do wget -qO- web; sleep 1; done'",
    );
    await world.pass(10);
    expect(flows()).toBe(before + 2);
  });
});
