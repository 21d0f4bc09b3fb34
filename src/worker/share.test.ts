/** A moment handed on as a link or a file is that moment on another machine, and what is no session is refused in words. */
import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../engine/checkpoint.ts';
import { Cluster } from '../engine/cluster.ts';
import type { Start } from '../protocol/start.ts';
import type { PageCall, PageCallResult, WorkerMessage } from '../protocol/worker-messages.ts';
import * as commands from './commands.ts';
import { createMessageTurn } from './message-turn.ts';
import { type PageLink, Session } from './session.ts';
import { BadSession, decodeLink, encodeLink, readMoment, type SharedMoment } from './session-link.ts';

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

/** A page on a machine of its own. */
class Page {
  world: Cluster | null = null;
  readonly received: WorkerMessage[] = [];
  readonly #line: PageLink;
  readonly #turn = createMessageTurn();
  #nextCall = 1;

  constructor() {
    const session = new Session({
      wallNow: () => performance.now(),
      later: () => {},
      turn: this.#turn,
      createWorld: (given) => {
        this.world = Cluster.create(given);
        return this.world;
      },
      restoreWorld: (checkpoint) => Cluster.restore(checkpoint as Checkpoint),
      startNamed: (name) => (name === 'test' ? start : null),
      loadCommands: async () => commands,
    });
    this.#line = session.attach((message) => this.received.push(message));
    this.#line.receive({ type: 'time', playing: false });
  }

  async call<Kind extends PageCall['call']>(call: Extract<PageCall, { call: Kind }>) {
    const id = this.#nextCall++;
    this.#line.receive({ type: 'call', id, call });
    for (;;) {
      const answer = this.received.find(
        (message) => (message.type === 'result' || message.type === 'failed') && message.id === id,
      );
      if (answer?.type === 'failed') throw new Error(answer.message);
      if (answer?.type === 'result') return answer.result as Extract<PageCallResult, { call: Kind }>;
      await this.#turn();
    }
  }

  pause(): void {
    this.#line.receive({ type: 'time', playing: false });
  }
}

/** Forty seconds in which something was typed and the leader was lost. */
async function eventful(): Promise<Page> {
  const page = new Page();
  await page.call({ call: 'load', start: 'test' });
  page.pause();
  await page.call({ call: 'run', host: 'node2', command: 'docker service scale web=5' });
  await page.call({ call: 'fault', fault: { kind: 'power-off', machine: 'node1' } });
  await page.call({ call: 'advance', seconds: 40 });
  return page;
}

const share = (page: Page) => page.call({ call: 'share', lens: 'raft' });

describe('a moment handed on', () => {
  test.each(['link', 'file'] as const)('by %s is the same moment elsewhere, and goes on the same way', async (way) => {
    const here = await eventful();
    const shared = await share(here);
    const there = new Page();
    const moment = way === 'link' ? { link: shared.link } : { file: shared.file };
    const opened = await there.call({ call: 'open', moment });
    expect(opened).toMatchObject({ failure: null, lens: 'raft', hash: shared.hash });
    const { snapshot } = await there.call({ call: 'snapshot' });
    expect(snapshot).toEqual((await here.call({ call: 'snapshot' })).snapshot);
    for (const page of [here, there]) await page.call({ call: 'advance', seconds: 20 });
    expect((await share(there)).hash).toBe((await share(here)).hash);
    const result = await there.call({ call: 'run', host: 'node2', command: 'docker node ls' });
    expect(result.result.screen).toMatch(/node1 +Down/);
  });

  test('can be one of the past, and can be looked back from', async () => {
    const here = await eventful();
    await here.call({ call: 'look', target: { at: 20_000_000 } });
    const { snapshot } = await here.call({ call: 'snapshot' });
    const { link } = await share(here);
    const there = new Page();
    await there.call({ call: 'open', moment: { link } });
    expect((await there.call({ call: 'snapshot' })).snapshot).toEqual(snapshot);
    await there.call({ call: 'look', target: { at: 9_000_000 } });
    await here.call({ call: 'look', target: { at: 9_000_000 } });
    expect((await there.call({ call: 'snapshot' })).snapshot).toEqual((await here.call({ call: 'snapshot' })).snapshot);
  });

  test('takes a few kilobytes', async () => {
    const { link } = await share(await eventful());
    expect(link.length).toBeLessThan(4000);
    expect(link).toMatch(/^1\.[\w-]+$/);
  });

  test('of another version says so and leaves the world that is there', async () => {
    const here = await eventful();
    const moment = JSON.parse((await share(here)).file) as SharedMoment;
    const link = await encodeLink({ ...moment, hash: 'another' });
    const { failure } = await here.call({ call: 'open', moment: { link } });
    expect(failure).toContain('another version');
    expect((await share(here)).hash).toBe(moment.hash);
  });

  test('that is broken leaves a world to begin with', async () => {
    const page = new Page();
    const { failure } = await page.call({ call: 'open', moment: { link: '1.!!' }, otherwise: start });
    expect(failure).toContain('broken');
    expect((await page.call({ call: 'snapshot' })).snapshot.machines).toHaveLength(3);
  });

  test('whose inputs the engine does not take is refused', async () => {
    const moment = JSON.parse((await share(await eventful())).file) as SharedMoment;
    const inputs = moment.inputs.map((input) =>
      input.kind === 'request' ? { ...input, host: 'nowhere', request: { ...input.request, body: 5 } } : input,
    );
    const { failure } = await new Page().call({
      call: 'open',
      moment: { file: JSON.stringify({ ...moment, inputs }) },
      otherwise: start,
    });
    expect(failure).toMatch(/cannot be played|another version/);
  });
});

const whole: SharedMoment = { swarmscope: 1, start, inputs: [], at: 5_000_000, executed: 10, hash: 'x' };

describe('what is no session', () => {
  test.each<[string, unknown, string]>([
    ['no JSON', 'hello', 'cannot be read'],
    ['something else', { a: 1 }, 'no session of Swarmscope'],
    ['a later form', { ...whole, swarmscope: 2 }, 'another version'],
    ['a part of one', { swarmscope: 1, start }, 'parts of it are missing'],
    ['no hosts', { ...whole, start: { ...start, hosts: [] } }, 'parts of it are missing'],
    [
      'a million tasks',
      { ...whole, start: { ...start, services: [{ name: 'a', image: 'b', replicas: 1e6 }] } },
      'parts',
    ],
    ['a century', { ...whole, at: 3.2e15 }, 'parts'],
    [
      'a flood',
      { ...whole, inputs: Array.from({ length: 60 }, () => ({ at: 1, after: 1, kind: 'load-start', order: {} })) },
      'load generators',
    ],
    ['inputs of no kind', { ...whole, inputs: [{ at: 1, after: 1, kind: 'eval' }] }, 'makes no sense'],
    ['inputs after its end', { ...whole, inputs: [{ at: 9e6, after: 1, kind: 'abandon' }] }, 'makes no sense'],
  ])('%s', (_, value, words) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    expect(() => readMoment(text)).toThrow(BadSession);
    expect(() => readMoment(text)).toThrow(words);
  });

  test.each([
    ['', 'holds no session'],
    ['x'.repeat(50), 'holds no session'],
    ['2.AAAA', 'another version'],
    ['1.', 'broken'],
    ['1.AAAA', 'broken'],
    ['1.%%%', 'broken'],
  ])('the link %j', async (link, words) => {
    await expect(decodeLink(link)).rejects.toThrow(words);
  });

  test('a link cut short', async () => {
    const link = await encodeLink(whole);
    await expect(decodeLink(link.slice(0, -20))).rejects.toThrow('broken');
    expect(await decodeLink(link)).toEqual(whole);
  });

  test('a link that would unpack to more than there is room for', async () => {
    const link = await encodeLink({ ...whole, hash: 'a'.repeat(45_000_000) }).catch((error: Error) => error.message);
    expect(link.length).toBeLessThan(200_000);
    await expect(decodeLink(link)).rejects.toThrow(BadSession);
  });
});
