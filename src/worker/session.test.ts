import { describe, expect, test } from 'vitest';
import { Screen } from '../cli/shell/screen.ts';
import type { Checkpoint } from '../engine/checkpoint.ts';
import { Cluster } from '../engine/cluster.ts';
import type { NetworkView } from '../protocol/network-view.ts';
import {
  type NetworkDelta,
  type NetworkTable,
  networkKeys,
  type RowChanges,
  type Snapshot,
  type SnapshotDelta,
} from '../protocol/snapshot.ts';
import type { Start } from '../protocol/start.ts';
import type { PageCall, PageCallResult, WorkerMessage } from '../protocol/worker-messages.ts';
import * as commands from './commands.ts';
import { diffSnapshots } from './delta.ts';
import { createMessageTurn } from './message-turn.ts';
import { replaySession, type SessionText } from './recording.ts';
import { type PageLink, Session, type SessionPlatform } from './session.ts';

const start: Start = {
  name: 'test',
  title: 'Three managers',
  seed: 7,
  profile: 'docker',
  hosts: [1, 2, 3].map((number) => ({ name: `node${number}`, address: `192.168.99.10${number}` })),
  managers: 3,
  workers: 0,
  services: [{ name: 'web', image: 'nginx:1.26', replicas: 3 }],
};

/** Applies a delta as the page does. */
function apply(snapshot: Snapshot, delta: SnapshotDelta): Snapshot {
  const rows = <Row, Key>(old: Row[], keyOf: (row: Row) => Key, changed: Row[] = [], removed: Key[] = []): Row[] => {
    const byKey = new Map(old.map((row) => [keyOf(row), row]));
    for (const key of removed) byKey.delete(key);
    for (const row of changed) byKey.set(keyOf(row), row);
    return [...byKey.values()];
  };
  const network = (
    old: NetworkView,
    { flows = old.flows, loads = old.loads, ...tables }: NetworkDelta,
  ): NetworkView => {
    const next: Record<string, unknown> = { ...old, flows, loads };
    for (const [name, changes] of Object.entries(tables) as [NetworkTable, RowChanges<object, string>][]) {
      const keyOf = networkKeys[name] as (row: object) => string;
      next[name] = rows(old[name] as object[], keyOf, changes.changed, changes.removed);
    }
    return next as unknown as NetworkView;
  };
  const { removedMachines, removedNodes, removedServices, removedTasks, removedMessages, ...rest } = delta;
  return {
    ...snapshot,
    ...(rest as Partial<Snapshot>),
    machines: rows(snapshot.machines, (row) => row.name, delta.machines, removedMachines),
    nodes: rows(snapshot.nodes, (row) => row.id, delta.nodes, removedNodes),
    services: rows(snapshot.services, (row) => row.id, delta.services, removedServices),
    tasks: rows(snapshot.tasks, (row) => row.id, delta.tasks, removedTasks),
    messages: rows(snapshot.messages, (row) => row.id, delta.messages, removedMessages),
    quorum: delta.quorum === undefined ? snapshot.quorum : delta.quorum,
    network: delta.network ? network(snapshot.network!, delta.network) : snapshot.network,
    error: delta.error === undefined ? snapshot.error : delta.error,
  };
}

/** Rows of the network by their keys: new ones are sent without their place. */
function inOrder(snapshot: Snapshot): Snapshot {
  const network: Record<string, unknown> = { ...snapshot.network };
  for (const [table, keyOf] of Object.entries(networkKeys) as [NetworkTable, (row: unknown) => string][])
    network[table] = [...(network[table] as object[])].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return { ...snapshot, network: network as unknown as NetworkView };
}

/** A page at the other end, with a wall clock that the test moves. */
class Page {
  readonly session: PageLink;
  readonly received: WorkerMessage[] = [];
  snapshot: Snapshot | null = null;
  draws = true;
  world: Cluster | null = null;
  #wall = 0;
  #timers: { at: number; callback: () => void }[] = [];
  #turn = createMessageTurn();
  #nextCall = 1;

  constructor(change: Partial<SessionPlatform> = {}) {
    this.session = new Session({
      wallNow: () => this.#wall,
      later: (callback, ms) => void this.#timers.push({ at: this.#wall + ms, callback }),
      turn: this.#turn,
      createWorld: (given) => {
        this.world = Cluster.create(given);
        return this.world;
      },
      restoreWorld: (checkpoint) => Cluster.restore(checkpoint as Checkpoint),
      startNamed: (name) => (name === 'test' ? start : null),
      loadCommands: async () => commands,
      ...change,
    }).attach((message) => this.#receive(message));
  }

  static async open(): Promise<Page> {
    const page = new Page();
    await page.call({ call: 'load', start: 'test' });
    return page;
  }

  #receive(message: WorkerMessage): void {
    this.received.push(message);
    if (message.type === 'world') this.snapshot = message.snapshot;
    if (message.type === 'delta') {
      this.snapshot = apply(this.snapshot!, message.delta);
      if (this.draws) this.session.receive({ type: 'drawn', sequence: message.sequence });
    }
  }

  of<Type extends WorkerMessage['type']>(type: Type): Extract<WorkerMessage, { type: Type }>[] {
    return this.received.filter((message) => message.type === type) as Extract<WorkerMessage, { type: Type }>[];
  }

  /** Lets wall time pass in small steps, running timers that are due. */
  async wall(ms: number): Promise<void> {
    const end = this.#wall + ms;
    while (this.#wall < end) {
      this.#wall = Math.min(end, this.#wall + 4);
      for (let round = 0; round < 5; round++) {
        const due = this.#timers.filter((timer) => timer.at <= this.#wall);
        this.#timers = this.#timers.filter((timer) => timer.at > this.#wall);
        for (const timer of due) timer.callback();
        await this.#turn();
      }
    }
  }

  async call<Kind extends PageCall['call']>(call: Extract<PageCall, { call: Kind }>) {
    const id = this.#nextCall++;
    this.session.receive({ type: 'call', id, call });
    for (let i = 0; i < 4000; i++) {
      const answer = this.received.find(
        (message) => (message.type === 'result' || message.type === 'failed') && message.id === id,
      );
      if (answer?.type === 'failed') throw new Error(answer.message);
      if (answer?.type === 'result') return answer.result as Extract<PageCallResult, { call: Kind }>;
      await this.wall(4);
    }
    throw new Error(`no answer to ${call.call}`);
  }

  time(change: { playing?: boolean; speed?: number; autoSlow?: boolean; watchPackets?: boolean }): void {
    this.session.receive({ type: 'time', ...change });
  }

  /** What host's terminal shows. */
  terminal(host: string): string[] {
    const screen = new Screen(100, 30);
    for (const message of this.of('terminal-output')) if (message.host === host) screen.write(message.data);
    return screen.rows();
  }
}

describe('time', () => {
  test('passes as the wall says, times the speed', async () => {
    const page = await Page.open();
    const from = page.world!.now;
    await page.wall(1000);
    expect((page.world!.now - from) / 1e6).toBeCloseTo(1, 1);
    page.time({ speed: 10 });
    const later = page.world!.now;
    await page.wall(1000);
    expect((page.world!.now - later) / 1e6).toBeCloseTo(10, 0);
  });

  test('stands still when told to, and pictures stop', async () => {
    const page = await Page.open();
    page.time({ playing: false });
    await page.wall(100);
    const { now } = page.world!;
    const deltas = page.of('delta').length;
    await page.wall(2000);
    expect(page.world!.now).toBe(now);
    expect(page.of('delta')).toHaveLength(deltas);
    expect(page.of('delta').at(-1)!.time.playing).toBe(false);
  });

  test('can be advanced by hand, and the page sees where it got to', async () => {
    const page = await Page.open();
    page.time({ playing: false });
    await page.wall(50);
    const from = page.world!.now;
    const { result } = await page.call({ call: 'advance', seconds: 30 });
    expect(result.virtualSeconds).toBe(30);
    expect(result.events).toBeGreaterThan(100);
    await page.wall(50);
    expect(page.snapshot!.now).toBe(from + 30e6);
  });

  test('goes on to the next event of note, and stops there', async () => {
    const page = await Page.open();
    page.time({ playing: false });
    await page.wall(50);
    await page.call({ call: 'fault', fault: { kind: 'power-off', machine: page.snapshot!.quorum!.leader! } });
    const { event } = await page.call({ call: 'step' });
    expect(event!.at).toBe(page.world!.now);
  });

  test('goes on a little if there is no event of note in sight', async () => {
    const page = await Page.open();
    page.time({ playing: false });
    await page.call({ call: 'advance', seconds: 60 });
    const from = page.world!.now;
    expect((await page.call({ call: 'step' })).event).toBeNull();
    expect(page.world!.now - from).toBe(10e6);
  });

  test('slows down while the leader is missing, and nearly stops while ballots fly', async () => {
    const page = await Page.open();
    page.time({ speed: 50 });
    const { leader } = page.snapshot!.quorum!;
    await page.call({ call: 'fault', fault: { kind: 'power-off', machine: leader! } });
    const seen = new Set<number>();
    for (let i = 0; i < 600 && page.snapshot!.quorum?.leader === leader; i++) await page.wall(20);
    for (let i = 0; i < 3000 && !page.snapshot!.quorum?.leader; i++) {
      await page.wall(20);
      seen.add(page.of('delta').at(-1)!.time.rate);
    }
    expect(page.snapshot!.quorum!.leader).not.toBe(leader);
    expect([...seen]).toEqual(expect.arrayContaining([1, 0.001]));
    await page.wall(100);
    expect(page.of('delta').at(-1)!.time).toMatchObject({ rate: 50, slowed: null });
  });

  test.each([
    [true, [1, 5e-5]],
    [false, [1]],
  ])('goes from room to room with a packet, if somebody looks (%s)', async (watchPackets, rates) => {
    const page = await Page.open();
    page.time({ watchPackets });
    const before = page.of('delta').length;
    await page.call({ call: 'run', host: 'node1', command: 'curl localhost:9999' });
    await page.wall(100);
    const seen = page.of('delta').slice(before);
    expect(new Set(seen.map(({ time }) => time.rate))).toEqual(new Set(rates));
    expect(seen.at(-1)!.time).toMatchObject({ rate: 1, slowed: null });
    const lengths = new Set(seen.map(({ delta }) => delta.network?.flows?.at(-1)?.hops.length ?? 0));
    expect(page.snapshot!.network!.flows.at(-1)).toMatchObject({ state: 'failed', outcome: 'connection refused' });
    // Slowed, no room is missed: each has been in a picture as the last one.
    if (watchPackets) expect([...lengths].sort()).toEqual([0, 1, 2, 3]);
  });
});

describe('pictures', () => {
  test('add up to the snapshot', async () => {
    const page = await Page.open();
    await page.call({ call: 'run', host: 'node1', command: 'docker service scale -d web=5' });
    page.time({ playing: false });
    await page.call({ call: 'advance', seconds: 20 });
    await page.wall(50);
    // Messages that came and went between two pictures are shown, too.
    const { messages } = page.snapshot!;
    expect(inOrder(page.snapshot!)).toEqual({ ...inOrder(page.world!.snapshot()), messages });
    expect(page.snapshot!.services[0]).toMatchObject({ desired: 5, running: 5 });
  });

  test('say of messages only which are new and which are gone, and show once what came and went in between', () => {
    const message = (id: number, change = {}) => ({
      id,
      from: 'a',
      to: 'b',
      departs: 0,
      arrives: 9,
      kind: 'x',
      ...change,
    });
    const picture = (messages: Snapshot['messages']) => ({ messages }) as Snapshot;
    const lost = { dropped: { at: 5, reason: 'the cable is cut' } };
    const after = picture([message(2), message(3, lost), message(4)]);
    expect(diffSnapshots(picture([message(1), message(2), message(3)]), after)).toMatchObject({
      messages: [message(3, lost), message(4)],
      removedMessages: [1],
    });
  });

  test('come ten times a second while only the clock runs', async () => {
    const page = await Page.open();
    page.time({ speed: 0.001 });
    await page.wall(200);
    const count = page.of('delta').length;
    await page.wall(1000);
    expect(page.of('delta').length - count).toBeLessThanOrEqual(11);
    expect(page.of('delta').length - count).toBeGreaterThanOrEqual(8);
  });

  test('wait for the page to have drawn the last one', async () => {
    const page = await Page.open();
    await page.wall(100);
    page.draws = false;
    await page.wall(100);
    const count = page.of('delta').length;
    await page.wall(1000);
    expect(page.of('delta')).toHaveLength(count);
    page.draws = true;
    page.session.receive({ type: 'drawn', sequence: page.of('delta').at(-1)!.sequence });
    await page.wall(100);
    expect(page.snapshot!.now).toBeGreaterThan(page.world!.now - 100_000);
  });

  test('of rows that did not change say nothing', async () => {
    const page = await Page.open();
    const before = page.world!.snapshot();
    expect(diffSnapshots(before, page.world!.snapshot())).toEqual({ now: before.now, eventCount: before.eventCount });
  });
});

describe('commands', () => {
  test('of a script give their screen and exit status', async () => {
    const page = await Page.open();
    const run = async (command: string) => (await page.call({ call: 'run', host: 'node1', command })).result;
    expect((await run('docker service ls')).screen).toMatch(/web +replicated +3\/3/);
    expect(await run('docker node ls -q | wc -l')).toEqual({ exit: 0, screen: '3' });
    expect(await run('nosuch')).toEqual({ exit: 127, screen: 'bash: nosuch: command not found' });
  });

  test('of a script take the time they need while time stands still', async () => {
    const page = await Page.open();
    page.time({ playing: false });
    await page.wall(50);
    const from = page.world!.now;
    expect((await page.call({ call: 'run', host: 'node1', command: 'sleep 5; echo up' })).result.screen).toBe('up');
    expect(page.world!.now - from).toBe(5e6);
  });

  test('on a host that does not exist are refused', async () => {
    const page = await Page.open();
    await expect(page.call({ call: 'run', host: 'node9', command: 'date' })).rejects.toThrow(
      'no host is named "node9"',
    );
  });

  test('of the page go through the Engine API', async () => {
    const page = await Page.open();
    const get = { method: 'GET', path: '/nodes' } as const;
    const { response } = await page.call({ call: 'request', host: 'node2', request: get });
    expect(response.status).toBe(200);
    expect(response.body).toHaveLength(3);
  });

  test('typed in a terminal show there', async () => {
    const page = await Page.open();
    page.session.receive({ type: 'terminal-open', host: 'node1', columns: 100, rows: 30 });
    page.session.receive({ type: 'terminal-input', host: 'node1', data: 'docker node ls -q | wc -l\r' });
    await page.wall(300);
    expect(page.terminal('node1')).toEqual(['docker@node1:~$ docker node ls -q | wc -l', '3', 'docker@node1:~$']);
  });

  test('of a button are typed there, with notes for faults', async () => {
    const page = await Page.open();
    page.session.receive({ type: 'terminal-note', host: 'node2', text: '# cable out: node2' });
    page.session.receive({ type: 'terminal-type', host: 'node2', command: 'echo hi' });
    await page.wall(100);
    expect(page.terminal('node2')).toEqual(['# cable out: node2', 'docker@node2:~$ echo hi', 'hi', 'docker@node2:~$']);
  });

  test('complete names of objects', async () => {
    const page = await Page.open();
    page.session.receive({ type: 'terminal-open', host: 'node1', columns: 100, rows: 30 });
    page.session.receive({ type: 'terminal-input', host: 'node1', data: 'docker service ps w\t' });
    await page.wall(100);
    expect(page.terminal('node1')).toEqual(['docker@node1:~$ docker service ps web']);
  });
});

describe('a terminal without power', () => {
  const power = (page: Page, on: boolean) =>
    page.call({ call: 'fault', fault: { kind: on ? 'power-on' : 'power-off', machine: 'node2' } });

  test('says so, takes nothing, and begins anew with the power', async () => {
    const page = await Page.open();
    page.session.receive({ type: 'terminal-input', host: 'node2', data: 'echo before\r' });
    await page.wall(50);
    await power(page, false);
    page.session.receive({ type: 'terminal-input', host: 'node2', data: 'echo lost\r' });
    page.session.receive({ type: 'terminal-type', host: 'node2', command: 'echo lost too' });
    page.session.receive({ type: 'terminal-note', host: 'node2', text: 'cable cut: node2' });
    await page.wall(50);
    const dark = ['docker@node2:~$ echo before', 'before', 'docker@node2:~$', 'node2 has no power', 'cable cut: node2'];
    expect(page.terminal('node2')).toEqual(dark);
    await power(page, true);
    page.session.receive({ type: 'terminal-input', host: 'node2', data: '\x1b[A' });
    await page.wall(50);
    expect(page.terminal('node2')).toEqual([...dark, 'docker@node2:~$ echo before']);
  });

  test('loses the command that ran, but no note', async () => {
    const page = await Page.open();
    page.session.receive({ type: 'terminal-input', host: 'node2', data: 'echo runs; sleep 30; echo never\r' });
    await page.wall(50);
    page.session.receive({ type: 'terminal-note', host: 'node2', text: 'power off: node2' });
    await power(page, false);
    await page.call({ call: 'advance', seconds: 60 });
    await power(page, true);
    await page.wall(50);
    expect(page.terminal('node2')).toEqual([
      'docker@node2:~$ echo runs; sleep 30; echo never',
      'runs',
      '',
      'power off: node2',
      'node2 has no power',
      'docker@node2:~$',
    ]);
  });

  test('says so from the beginning', async () => {
    const page = await Page.open();
    await power(page, false);
    page.session.receive({ type: 'terminal-open', host: 'node2', columns: 100, rows: 30 });
    await page.wall(50);
    expect(page.terminal('node2')).toEqual(['node2 has no power']);
  });
});

describe('worlds', () => {
  test('that do not exist are refused', async () => {
    const page = await Page.open();
    await expect(page.call({ call: 'load', start: 'nowhere' })).rejects.toThrow('there is no start named "nowhere"');
  });

  test('take the place of one another; what the old one owed is refused', async () => {
    const page = await Page.open();
    const owed = page.call({ call: 'run', host: 'node1', command: 'sleep 1000' });
    const refused = expect(owed).rejects.toThrow('another world has been loaded');
    await page.call({ call: 'load', start: { ...start, seed: 8 } });
    await refused;
    expect(page.snapshot!.seed).toBe(8);
  });

  test('that break stop, and hand out the session', async () => {
    const page = await Page.open();
    page.world!.advance = () => {
      throw new Error('assertion failed');
    };
    await page.wall(100);
    const [crash] = page.of('crashed');
    expect(crash!.message).toContain('assertion failed');
    expect(JSON.parse(crash!.session)).toMatchObject({ version: 1, start: { seed: 7 } });
    await expect(page.call({ call: 'snapshot' })).rejects.toThrow('the world has stopped');
  });

  test('played again from their session have the same events', async () => {
    const page = await Page.open();
    page.time({ speed: 5 });
    await page.call({ call: 'run', host: 'node1', command: 'docker service create -q --name db redis:7' });
    await page.call({ call: 'fault', fault: { kind: 'power-off', machine: 'node3' } });
    await page.call({ call: 'run', host: 'node2', command: 'docker service scale -d web=6; docker node ls' });
    await page.wall(2000);
    page.world!.advance = () => {
      throw new Error('enough');
    };
    const { now, eventHash } = page.world!;
    await page.wall(100);
    const session = JSON.parse(page.of('crashed')[0]!.session) as SessionText;
    const again = Cluster.create(session.start);
    replaySession(session, again, now);
    expect([again.now, again.eventHash]).toEqual([now, eventHash]);
  });
});

describe('moments', () => {
  async function atThirty(): Promise<{ page: Page; from: number }> {
    const page = await Page.open();
    page.time({ playing: false });
    const from = page.world!.now;
    await page.call({ call: 'advance', seconds: 10 });
    await page.call({ call: 'fault', fault: { kind: 'power-off', machine: 'node3' } });
    await page.call({ call: 'advance', seconds: 20 });
    await page.wall(50);
    return { page, from };
  }
  const power = (page: Page) => page.snapshot!.machines[2]!.power;
  const time = (page: Page) => page.of('delta').at(-1)!.time;

  test('an earlier one is shown when asked for, and the newest again', async () => {
    const { page, from } = await atThirty();
    expect(power(page)).toBe(false);
    await page.call({ call: 'look', target: { at: from + 5e6 } });
    await page.wall(50);
    expect(power(page)).toBe(true);
    expect(page.snapshot!.now).toBe(from + 5e6);
    expect(time(page)).toMatchObject({ now: from + 5e6, newest: from + 30e6, playing: false });
    await page.call({ call: 'look', target: 'now' });
    await page.wall(50);
    expect(time(page)).toMatchObject({ now: from + 30e6, newest: null });
    expect(power(page)).toBe(false);
  });

  test('time can play what was, up to the newest and on', async () => {
    const { page, from } = await atThirty();
    await page.call({ call: 'look', target: { at: from + 28e6 } });
    page.time({ playing: true });
    await page.wall(1000);
    expect(page.snapshot!.now).toBeLessThan(from + 30e6);
    expect(time(page).newest).toBe(from + 30e6);
    await page.wall(3000);
    expect(time(page).newest).toBeNull();
    expect(page.snapshot!.now).toBeGreaterThan(from + 31e6);
  });

  test('one goes back by commands and by events', async () => {
    const { page, from } = await atThirty();
    const { at } = await page.call({ call: 'look', target: 'command' });
    await page.wall(50);
    expect(at).toBe(from + 10e6);
    expect(power(page)).toBe(true);
    await page.call({ call: 'look', target: { at: from + 28e6 } });
    await page.wall(50);
    const { eventCount } = page.snapshot!;
    await page.call({ call: 'look', target: 'back' });
    await page.wall(50);
    expect(page.snapshot!.eventCount).toBeLessThan(eventCount);
    await page.call({ call: 'step' });
    await page.wall(50);
    expect(page.snapshot!.eventCount).toBe(eventCount);
  });

  test('looking something up at an earlier one asks that one, and begins nothing', async () => {
    const { page, from } = await atThirty();
    await page.call({ call: 'look', target: { at: from + 5e6 } });
    const { response } = await page.call({
      call: 'request',
      host: 'node3',
      request: { method: 'GET', path: '/containers/json' },
    });
    expect(response.status).toBe(200);
    expect(page.of('branches')).toEqual([]);
  });

  test('acting at an earlier one begins a branch; the other can be gone back to', async () => {
    const { page, from } = await atThirty();
    await page.call({ call: 'look', target: { at: from + 5e6 } });
    await page.call({ call: 'fault', fault: { kind: 'power-off', machine: 'node2' } });
    expect(page.of('branches').at(-1)).toMatchObject({
      current: 2,
      branches: [
        { id: 1, from: null, end: from + 30e6 },
        { id: 2, from: { branch: 1, at: from + 5e6 } },
      ],
    });
    await page.call({ call: 'advance', seconds: 10 });
    await page.wall(50);
    expect(page.snapshot!.machines.map((machine) => machine.power)).toEqual([true, false, true]);
    await page.call({ call: 'branch', id: 1 });
    await page.wall(50);
    expect(page.snapshot!.machines.map((machine) => machine.power)).toEqual([true, true, false]);
    const told = page.of('branches').at(-1)!;
    const off = told.events.find(({ kind, data }) => kind === 'input.fault' && data?.kind === 'power-off');
    expect(off?.machine).toBe('node3');
    expect(told.events[0]!.id).toBe(told.keep + 1);
  });

  test('what is typed at an earlier one happens there; what ran at the newest is over', async () => {
    const { page, from } = await atThirty();
    page.time({ playing: true });
    page.session.receive({ type: 'terminal-type', host: 'node1', command: 'docker events' });
    await page.wall(500);
    await page.call({ call: 'look', target: { at: from + 5e6 } });
    page.session.receive({ type: 'terminal-open', host: 'node2', columns: 100, rows: 30 });
    page.session.receive({ type: 'terminal-type', host: 'node2', command: 'docker node ls' });
    page.time({ playing: true });
    await page.wall(1500);
    expect(page.of('branches').at(-1)!.current).toBe(2);
    expect(page.terminal('node2').join('\n')).toMatch(/node3\s+Ready/);
    expect(page.terminal('node1').join('\n')).toContain('branch 2');
    expect(page.terminal('node1').at(-1)).toBe('docker@node1:~$');
  });

  test('a command of a script does, too', async () => {
    const { page, from } = await atThirty();
    await page.call({ call: 'look', target: { at: from + 5e6 } });
    const { result } = await page.call({ call: 'run', host: 'node1', command: 'docker service scale -d web=5' });
    expect(result.exit).toBe(0);
    await page.call({ call: 'advance', seconds: 10 });
    await page.wall(50);
    expect(page.snapshot!.services[0]).toMatchObject({ desired: 5, running: 5 });
    expect(power(page)).toBe(true);
  });
});

describe('stops', () => {
  test('time stops at the event that fits, whatever its pace, now and in the past', async () => {
    const page = await Page.open();
    await page.call({ call: 'stop-at', conditions: ['node node3 down'] });
    page.time({ speed: 100 });
    await page.call({ call: 'fault', fault: { kind: 'power-off', machine: 'node3' } });
    await page.wall(1000);
    const [stopped] = page.of('stopped');
    expect(stopped).toMatchObject({ condition: 'node node3 down', event: { kind: 'node.state' } });
    expect(page.world!.now).toBe(stopped!.event.at);
    expect(page.of('delta').at(-1)!.time.playing).toBe(false);
    const { result } = await page.call({ call: 'advance', seconds: 60 });
    expect(result.virtualSeconds).toBe(60);

    await page.call({ call: 'look', target: { at: stopped!.event.at - 5e6 } });
    page.time({ playing: true });
    await page.wall(1000);
    expect(page.of('stopped')).toHaveLength(2);
    expect(page.snapshot!.now).toBe(stopped!.event.at);
  });

  test('what is no condition is refused with all that are', async () => {
    const page = await Page.open();
    await expect(page.call({ call: 'stop-at', conditions: ['when it rains'] })).rejects.toThrow(
      'leader changes, election starts',
    );
  });
});
