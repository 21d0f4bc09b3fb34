import { describe, expect, test } from 'vitest';
import { CancelSource } from '../cli/shell/cancel.ts';
import { type ApiChunk, ConnectionError, StreamError } from '../protocol/api.ts';
import { type Answers, FakeWorld, responseOf } from './fake-world.ts';
import { createMessageTurn } from './message-turn.ts';
import { type DriverInput, WorldDriver } from './world-driver.ts';

const SECOND = 1_000_000;

function setUp(answers: Answers = {}) {
  const world = new FakeWorld(answers);
  const inputs: DriverInput[] = [];
  const driver = new WorldDriver(world, { turn: createMessageTurn(), onInput: (input) => inputs.push(input) });
  return { world, driver, inputs, client: driver.client('node1') };
}

const look = { method: 'GET', path: '/look' } as const;

test('no time passes while a program fetches code, however long that takes', async () => {
  const { world, driver } = setUp();
  let fetched: (code: string) => void = () => {};
  const code = new Promise<string>((resolve) => {
    fetched = resolve;
  });
  const program = driver.clock.standStillFor(code).then(() => world.now);
  driver.touch();
  const advanced = driver.advance(SECOND);
  for (let turn = 0; turn < 5; turn++) await createMessageTurn()();
  expect(world.now).toBe(0);
  fetched('code');
  expect(await program).toBe(0);
  await advanced;
  expect(world.now).toBe(SECOND);
});

describe('requests', () => {
  test('are answered when the world gets there, not before', async () => {
    const { driver, client } = setUp({ '/look': [{ after: 300, reply: responseOf('seen') }] });
    let body: unknown = null;
    void client.request(look).then((response) => {
      body = response.body;
    });
    await driver.advance(299);
    expect(body).toBeNull();
    await driver.advance(300);
    expect(body).toBe('seen');
  });

  test('that follow an answer are sent at its time, in a leap over hours, too', async () => {
    const { world, driver, client } = setUp({ '/look': [{ after: 300, reply: responseOf('seen') }] });
    const twice = client.request(look).then(() => client.request(look));
    await driver.advance(3600 * SECOND);
    await twice;
    expect(world.requests.map(({ at }) => at)).toEqual([0, 300]);
    expect(world.now).toBe(3600 * SECOND);
  });

  test('are rejected when no daemon answers', async () => {
    const { driver, client } = setUp();
    const answer = client.request(look);
    const rejected = expect(answer).rejects.toBeInstanceOf(ConnectionError);
    await driver.advance(0);
    await rejected;
  });
});

describe('streams', () => {
  const chunk = (text: string) => (id: number) => ({ type: 'chunk', id, chunk: { stream: 'stdout', text } }) as const;
  const answers: Answers = {
    '/logs': [
      { after: 1, reply: responseOf(null, true) },
      { after: 10, reply: chunk('a') },
      { after: 20, reply: chunk('b') },
      { after: 30, reply: (id) => ({ type: 'end', id }) },
    ],
    '/broken': [
      { after: 1, reply: responseOf(null, true) },
      { after: 5, reply: (id) => ({ type: 'end', id, error: 'disk on fire' }) },
    ],
    '/plain': [{ after: 1, reply: responseOf({ message: 'no such thing' }) }],
  };

  function open(path: string) {
    const fixture = setUp(answers);
    const chunks: ApiChunk[] = [];
    const stream = fixture.client.stream({ method: 'GET', path }, (each) => chunks.push(each));
    return { ...fixture, chunks, stream };
  }

  test('give their chunks in order, then end', async () => {
    const { driver, stream, chunks } = open('/logs');
    expect(await driver.settle(stream.done, SECOND)).toBe(true);
    expect(chunks).toEqual(['a', 'b'].map((text) => ({ stream: 'stdout', text })));
  });

  test('end with the error the daemon gives', async () => {
    const { driver, stream } = open('/broken');
    const failed = expect(stream.done).rejects.toEqual(new StreamError('disk on fire'));
    await driver.advance(SECOND);
    await failed;
  });

  test('that the daemon answers plainly are over with the answer', async () => {
    const { driver, stream } = open('/plain');
    expect(await driver.settle(stream.done, SECOND)).toBe(true);
  });

  test('that are closed say so to the world and give nothing more', async () => {
    const { driver, stream, chunks, world, inputs } = open('/logs');
    await driver.advance(15);
    stream.cancel();
    await driver.advance(SECOND);
    await stream.done;
    expect(chunks).toHaveLength(1);
    expect(world.cancelled).toEqual([1]);
    expect(inputs.map(({ kind }) => kind)).toEqual(['request', 'cancel']);
  });
});

describe('the clock', () => {
  test('wakes sleepers at their time, in order', async () => {
    const { world, driver } = setUp();
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await driver.clock.sleep(ms);
      woken.push([name, world.now]);
      await driver.clock.sleep(ms);
      woken.push([name, world.now]);
    };
    void sleeper('slow', 50);
    void sleeper('quick', 20);
    await driver.advance(SECOND);
    expect(woken).toEqual([
      ['quick', 20_000],
      ['quick', 40_000],
      ['slow', 50_000],
      ['slow', 100_000],
    ]);
  });

  test('shows the world’s time', async () => {
    const { world, driver } = setUp();
    await driver.advance(1_500_000);
    expect(driver.clock.now()).toBe(world.epochMs + 1500);
  });

  test('wakes a sleeper that is interrupted, without time passing', async () => {
    const { driver, world } = setUp();
    const source = new CancelSource();
    const sleeping = driver.clock.sleep(60_000, source.signal);
    await driver.advance(10);
    source.abort();
    await sleeping;
    expect(world.now).toBe(10);
    expect(driver.isAwaited).toBe(false);
  });
});

test('settle stops when the promise has settled, or at its limit', async () => {
  const { world, driver } = setUp();
  expect(await driver.settle(driver.clock.sleep(100), SECOND)).toBe(true);
  expect(world.now).toBe(100_000);
  expect(await driver.settle(driver.clock.sleep(10_000), SECOND)).toBe(false);
  expect(world.now).toBe(SECOND);
});
