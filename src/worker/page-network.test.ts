import { describe, expect, test } from 'vitest';
import { Cluster } from '../engine/cluster.ts';
import type { ConnectCall } from '../protocol/network-call.ts';
import type { Start } from '../protocol/start.ts';
import type { WorkerMessage } from '../protocol/worker-messages.ts';
import { createMessageTurn } from './message-turn.ts';
import { type Inputs, PageNetwork } from './page-network.ts';
import { replaySession, SessionRecording } from './recording.ts';
import { WorldDriver } from './world-driver.ts';

const SECOND = 1_000_000;

const start: Start = {
  name: 'test',
  title: 'Two machines',
  seed: 11,
  profile: 'docker',
  hosts: [1, 2].map((number) => ({ name: `node${number}`, address: `192.168.99.10${number}` })),
  managers: 1,
  workers: 1,
  services: [
    { name: 'web', image: 'nginx:1.26', replicas: 2, publish: [{ published: 80, target: 80 }] },
    {
      name: 'result',
      image: 'bretfisher/examplevotingapp_result',
      publish: [{ published: 5001, target: 80 }],
    },
  ],
};

function open() {
  const world = Cluster.create(start);
  const recording = new SessionRecording(start);
  const inputs: Inputs = { before: () => {}, note: (input) => recording.note(world, input) };
  const driver = new WorldDriver(world, { turn: createMessageTurn(), onInput: inputs.note });
  const told: WorkerMessage[] = [];
  const network = new PageNetwork(driver, inputs, (message) => told.push(message));
  const pass = (seconds: number) => driver.advance(world.now + seconds * SECOND);
  return { world, recording, network, told, pass };
}

function get(host: string, port: number, path = '/', hold = false): ConnectCall {
  return {
    kind: 'connect',
    target: { host, port, protocol: 'tcp' },
    request: { protocol: 'http', method: 'GET', path, host, headers: {}, body: '' },
    timeoutMs: 5000,
    hold,
  };
}

describe('a request from the browser window', () => {
  test('is answered by a container, whichever machine was asked, by name or address', async () => {
    const { network, pass } = open();
    const answers = [network.browse(1, get('node2', 80)), network.browse(2, get('192.168.99.101', 80))];
    await pass(2);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ ok: true, response: { status: 200 } });
      expect(answer?.ok && answer.response.body).toContain('Welcome to nginx!');
      expect(answer?.ok && answer.servedBy?.container).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test.each([
    ['a port on which nothing listens', get('node1', 81), 'connection refused'],
    ['a machine that does not exist', get('node9', 80), 'name not found'],
  ])('to %s fails', async (_what, call, reason) => {
    const { network, pass } = open();
    const answer = network.browse(1, call);
    await pass(6);
    expect(await answer).toMatchObject({ ok: false, reason });
  });

  test('that the page gives up has no answer, and its channel can be used again at once', async () => {
    const { network, pass, told } = open();
    const first = network.browse(1, get('node1', 80));
    const second = network.browse(1, get('node2', 80));
    await pass(2);
    expect(await first).toBeNull();
    expect(await second).toMatchObject({ ok: true });
    expect(told).toEqual([]);
  });

  test('may hold its connection; the page hears when it ends', async () => {
    const { network, pass, told, world } = open();
    // So that every machine has heard of the service.
    await pass(5);
    const answer = network.browse(3, get('node1', 5001, '/socket.io/', true));
    await pass(30);
    expect(await answer).toMatchObject({ ok: true, response: { status: 200 } });
    expect(told).toEqual([]);
    const end = await answer;
    const server = end?.ok ? end.servedBy : null;
    world.fault({ kind: 'container-crash', machine: server!.machine, container: server!.container, exitCode: 1 });
    await pass(1);
    expect(told).toEqual([{ type: 'channel-closed', channel: 3 }]);
  });
});

describe('a load generator', () => {
  test('sends at its rate, counts by container, and stops', async () => {
    const { world, network, pass } = open();
    const targets = [{ host: 'node1', port: 80 }];
    const id = network.startLoad({ targets, path: '/', perSecond: 50, timeoutMs: 1000 });
    await pass(4);
    network.stopLoad(id!);
    await pass(2);
    const load = world.snapshot().network?.loads.find((one) => one.id === id);
    expect(load).toMatchObject({ running: false, failed: 0, inFlight: 0 });
    expect(load!.sent).toBeGreaterThanOrEqual(199);
    expect(load!.answered).toBe(load!.sent);
    const [first, second] = Object.values(load!.byContainer);
    expect(first! + second!).toBe(load!.answered);
    expect(Math.abs(first! - second!)).toBeLessThanOrEqual(1);
  });

  test.each([0, 1001, Number.NaN])('is refused at %d requests per second', (perSecond) => {
    const targets = [{ host: 'node1', port: 80 }];
    expect(open().network.startLoad({ targets, path: '/', perSecond, timeoutMs: 1000 })).toBeNull();
  });
});

test('what the page does in the network is recorded: played again it gives the same events', async () => {
  const { world, network, recording, pass } = open();
  await pass(5);
  void network.browse(1, get('node2', 80));
  void network.browse(2, get('node1', 5001, '/socket.io/', true));
  await pass(0.5);
  const id = network.startLoad({ targets: [{ host: 'node2', port: 80 }], path: '/', perSecond: 20, timeoutMs: 1000 });
  await pass(1.3);
  network.hangUp(2);
  network.stopLoad(id!);
  await pass(1);
  const again = Cluster.create(start);
  replaySession(recording.session, again, world.now);
  expect(recording.session.inputs.map(({ kind }) => kind)).toEqual([
    'connect',
    'connect',
    'load-start',
    'disconnect',
    'load-stop',
  ]);
  expect([again.now, again.eventHash]).toEqual([world.now, world.eventHash]);
});
