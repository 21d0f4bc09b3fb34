/**
 * The same seed and the same inputs at the same moments give the same events: twice, in any slices of time, and across a
 * checkpoint taken in the middle of everything. And every event has a cause that ends in an input or in the start.
 */
import { describe, expect, it, vi } from 'vitest';
import { Cluster } from '../engine/cluster.ts';
import { Random, seedStream } from '../engine/kernel/random.ts';
import type { EventId, Micros, TraceEvent } from '../protocol/events.ts';
import type { Start } from '../protocol/start.ts';
import { hostsNamed } from '../scenarios/starts.ts';
import { applyInput, drawInputs, type TimedInput } from './timed-inputs.ts';

vi.setConfig({ testTimeout: 60_000 });

const SECOND = 1_000_000;
const SECONDS = 90;

function startOf(seed: number): Start {
  return {
    name: `seed-${seed}`,
    title: 'determinism',
    seed,
    profile: 'docker',
    hosts: hostsNamed(5),
    managers: 3,
    workers: 2,
    services: [{ name: 'web', image: 'nginx:1.26', replicas: 4 }],
  };
}

/** Brings the world to a moment, in whatever steps. */
type Slicing = (cluster: Cluster, until: Micros) => void;

const atOnce: Slicing = (cluster, until) => {
  cluster.advance(until);
};

const inSlicesOf =
  (length: Micros): Slicing =>
  (cluster, until) => {
    while (cluster.now < until) {
      cluster.advance(Math.min(until, cluster.now + length));
      cluster.takeEvents();
    }
  };

const inRandomSlices =
  (seed: number): Slicing =>
  (cluster, until) => {
    const dice = new Random(seedStream(seed, 'slices'));
    while (cluster.now < until) {
      cluster.advance(Math.min(until, cluster.now + dice.int(dice.chance(0.5) ? 3_000 : 3 * SECOND)));
      if (dice.chance(0.3)) cluster.snapshot();
    }
  };

/** As a client does that acts on each answer the moment it comes. */
const stoppingAtReplies: Slicing = (cluster, until) => {
  cluster.takeReplies();
  do cluster.advance(until, { stopOnReply: true });
  while (cluster.takeReplies().length > 0);
};

/** Plays those of the inputs that are still to come, then goes on to the end. */
function play(cluster: Cluster, inputs: readonly TimedInput[], end: Micros, slicing: Slicing): Cluster {
  for (const input of inputs) {
    if (input.at < cluster.now) continue;
    slicing(cluster, input.at);
    applyInput(cluster, input);
  }
  slicing(cluster, end);
  return cluster;
}

/** A world, inputs for it, and the moment at which it is all over. */
function session(seed: number): { fresh: () => Cluster; inputs: TimedInput[]; end: Micros } {
  const start = startOf(seed);
  const formed = Cluster.create(start).checkpoint();
  const from = Cluster.restore(formed).now;
  return {
    fresh: () => Cluster.restore(formed),
    inputs: drawInputs(start, from, SECONDS),
    end: from + SECONDS * SECOND,
  };
}

/** Hash and last picture: what must be the same. Which event was a task's last is noted by the picture's builder, not by the world. */
const outcome = (cluster: Cluster) => {
  const picture = cluster.snapshot();
  return {
    hash: cluster.eventHash,
    picture: { ...picture, tasks: picture.tasks.map(({ lastEvent, ...task }) => task) },
  };
};

describe('same seed and inputs, same events', () => {
  it('when the world is made and played twice', () => {
    const inputs = drawInputs(startOf(1), Cluster.create(startOf(1)).now, SECONDS);
    const run = () => {
      const cluster = Cluster.create(startOf(1));
      return outcome(play(cluster, inputs, cluster.now + SECONDS * SECOND, atOnce));
    };
    expect(run()).toEqual(run());
  });

  it('and another seed gives other ones', () => {
    expect(Cluster.create(startOf(1)).eventHash).not.toBe(Cluster.create(startOf(2)).eventHash);
  });

  const slicings: [string, Slicing][] = [
    ['a thousand slices', inSlicesOf((SECONDS * SECOND) / 1000)],
    ['random slices, with pictures taken in between', inRandomSlices(7)],
    ['slices that end at each answer', stoppingAtReplies],
  ];
  for (const seed of [1, 2, 3]) {
    const { fresh, inputs, end } = session(seed);
    const expected = outcome(play(fresh(), inputs, end, atOnce));
    it.each(slicings)(`in %s (seed ${seed})`, (_, slicing) => {
      expect(outcome(play(fresh(), inputs, end, slicing))).toEqual(expected);
    });
  }
});

/** Things that can be under way at one moment, all of which a checkpoint must carry. */
const UNDER_WAY: Readonly<Record<string, (cluster: Cluster) => boolean>> = {
  messages: ({ hardware }) => [...hardware.state.inFlight.values()].some(({ dropped }) => !dropped),
  'disk syncs': ({ machines }) => machines.some(({ hardwareState }) => hardwareState.disk.covered > 0),
  pulls: ({ kernel }) => kernel.state.heap.some(({ kind }) => kind === 'runtime.pulled'),
  requests: ({ machines }) => machines.some(({ state }) => state.dockerd.calls.size > 0),
  proposals: ({ machines }) => machines.some(({ swarm }) => swarm.manager?.state.inFlight),
  elections: ({ machines }) => machines.some(({ swarm }) => swarm.manager?.raftNode.raft.state.role === 'candidate'),
};

/** All of a world that is remembered from one event to the next. */
const stateOf = ({ kernel, hardware, machines }: Cluster): unknown[] => [
  kernel.state,
  hardware.state,
  machines.map(({ state }) => state),
];

/** Every object that can be reached from `root`. */
function reachable(root: unknown): Set<object> {
  const found = new Set<object>();
  const open = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null || found.has(value)) continue;
    found.add(value);
    if (value instanceof Map) open.push(...value.keys(), ...value.values());
    else if (value instanceof Set) open.push(...value);
    else open.push(...Object.values(value).filter((part) => part !== undefined));
  }
  return found;
}

describe('checkpoint and restore', () => {
  it.each([4, 5, 6])('at 40 moments, and the world goes on as if nothing had been (seed %i)', (seed) => {
    const { fresh, inputs, end } = session(seed);
    const expected = outcome(play(fresh(), inputs, end, atOnce));
    let cluster = fresh();
    const dice = new Random(seedStream(seed, 'checkpoints'));
    const moments = Array.from({ length: 40 }, () => cluster.now + dice.int(SECONDS * SECOND)).sort((a, b) => a - b);
    for (const moment of moments) {
      const due = inputs.filter(({ at }) => at >= cluster.now && at < moment);
      cluster = Cluster.restore(play(cluster, due, moment, atOnce).checkpoint());
    }
    expect(outcome(play(cluster, inputs, end, atOnce))).toEqual(expected);
  });

  it('while messages, disk syncs, pulls, requests, proposals and elections are under way', () => {
    const { fresh, inputs, end } = session(16);
    const expected = outcome(play(fresh(), inputs, end, atOnce));
    const missing = new Set(Object.keys(UNDER_WAY));
    const cluster = fresh();
    const slicing: Slicing = (world, until) => {
      while (world.kernel.runNext(until)) {
        const found = [...missing].filter((thing) => UNDER_WAY[thing]!(world));
        if (found.length === 0) continue;
        for (const thing of found) missing.delete(thing);
        const { now } = world;
        const due = inputs.filter((input) => input.at > now || (input.at === now && !played.has(input)));
        const twin = Cluster.restore(world.checkpoint());
        expect(outcome(play(twin, due, end, atOnce)), `restored with ${found}`).toEqual(expected);
      }
      world.kernel.passTo(until);
    };
    const played = new Set<TimedInput>();
    for (const input of inputs) {
      slicing(cluster, input.at);
      played.add(input);
      applyInput(cluster, input);
    }
    slicing(cluster, end);
    expect([...missing]).toEqual([]);
    expect(outcome(cluster)).toEqual(expected);
  });

  it('shares only what is never edited: whatever one world does, the other and the checkpoint stay as they were', () => {
    const { fresh, inputs, end } = session(9);
    const original = play(fresh(), inputs, end - 30 * SECOND, atOnce);
    const checkpoint = original.checkpoint();
    const [before, hash] = [JSON.stringify(original.snapshot()), original.eventHash];
    const twin = Cluster.restore(checkpoint);
    // Whoever edits something frozen throws.
    const frozen = reachable(checkpoint.shared);
    for (const part of frozen) Object.freeze(part);
    const parts = reachable(stateOf(original));
    expect([...reachable(stateOf(twin))].filter((part) => parts.has(part) && !frozen.has(part))).toEqual([]);
    const { name } = twin.machines[0]!;
    twin.fault({ kind: 'power-off', machine: name });
    twin.advance(end);
    play(Cluster.restore(checkpoint), inputs, end, atOnce);
    expect(JSON.stringify(original.snapshot())).toBe(before);
    expect(original.eventHash).toBe(hash);
    expect(Cluster.restore(checkpoint).eventHash).toBe(hash);
  });

  it('is plain data: it survives being sent elsewhere', () => {
    const { fresh, inputs, end } = session(10);
    const cluster = play(fresh(), inputs, end - 30 * SECOND, atOnce);
    const sent = structuredClone(cluster.checkpoint());
    expect(outcome(play(Cluster.restore(sent), inputs, end, atOnce))).toEqual(
      outcome(play(cluster, inputs, end, atOnce)),
    );
  });
});

/** Looking is no event of note (`Cluster.request`), so a question that gets lost on its way to the leader has nothing to point to. */
function isLostQuestion({ kind, data }: TraceEvent): boolean {
  return kind === 'net.dropped' && /^(control|logs)\./.test(String(data?.message));
}

describe('every event has a cause', () => {
  it.each([11, 12, 13])('that came before it and ends in an input or in the start (seed %i)', (seed) => {
    const cluster = Cluster.create(startOf(seed));
    const events = new Map<EventId, TraceEvent>();
    for (const event of cluster.events()) events.set(event.id, event);
    const started = cluster.kernel.state.trace.lastId;
    cluster.kernel.onEvent((event) => events.set(event.id, event));
    const end = cluster.now + SECONDS * SECOND;
    play(cluster, drawInputs(cluster.start, cluster.now, SECONDS), end, atOnce);
    const roots = new Set<string>();
    for (const event of events.values()) {
      let at = event;
      while (at.cause !== 0) {
        expect(at.cause, `cause of ${at.id} ${at.kind}`).toBeLessThan(at.id);
        const cause = events.get(at.cause);
        if (!cause) throw new Error(`${at.kind} is caused by ${at.cause}, which never was`);
        expect(cause.at, `cause of ${at.id} ${at.kind}`).toBeLessThanOrEqual(at.at);
        at = cause;
      }
      if (isLostQuestion(at)) continue;
      if (at.id > started) roots.add(at.kind);
      else roots.add(`start: ${at.kind}`);
    }
    expect([...roots].sort()).toEqual([
      'input.fault',
      'input.request',
      'start: input.request',
      'start: machine.power-on',
    ]);
    expect(events.size).toBeGreaterThan(started + 200);
  });
});
