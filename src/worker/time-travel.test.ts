import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../engine/checkpoint.ts';
import { Cluster } from '../engine/cluster.ts';
import type { Fault } from '../protocol/faults.ts';
import type { Start } from '../protocol/start.ts';
import { History } from './history.ts';
import { TimeTravel } from './time-travel.ts';
import type { World } from './world.ts';

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

const SECOND = 1_000_000;
const restore = (checkpoint: unknown): World => Cluster.restore(checkpoint as Checkpoint);

/** All that is to be seen and all that has happened, short enough to read when two differ. */
function picture(world: World): string {
  const text = JSON.stringify(world.snapshot());
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0;
  return `${world.eventHash} ${world.lastEventId} ${text.length} ${sum}`;
}

/** A world with a history: each second noted as it was. */
class Course {
  readonly world: World = Cluster.create(start);
  readonly travel = new TimeTravel(start, this.world, restore);
  readonly pictures = new Map<number, string>();

  fault(fault: Fault): void {
    const { world, recording } = this.travel.branch;
    expect(world.fault(fault)).toEqual({ ok: true });
    recording.note(world, { kind: 'fault', fault });
    this.pictures.set(world.now, picture(world));
  }

  pass(seconds: number): this {
    const { world } = this.travel.branch;
    for (let i = 0; i < seconds; i++) {
      world.advance(world.now + SECOND);
      world.takeReplies();
      this.travel.keep(() => 0);
      this.pictures.set(world.now, picture(world));
    }
    return this;
  }
}

/** A minute in which a manager loses its power and gets it back. */
function eventful(): Course {
  const course = new Course().pass(11);
  course.fault({ kind: 'power-off', machine: 'node2' });
  course.pass(30);
  course.fault({ kind: 'power-on', machine: 'node2' });
  return course.pass(20);
}

describe('looking back', () => {
  test('shows every moment as it was, in any order', () => {
    const { travel, pictures } = eventful();
    const moments = [...pictures.keys()];
    for (const at of [...moments, ...moments.reverse(), ...moments.filter((_, index) => index % 7 === 3)]) {
      travel.look({ at });
      expect(picture(travel.shown), `at ${at / SECOND} s`).toBe(pictures.get(at));
    }
  });

  test('leaves the newest moment as it is', () => {
    const course = eventful();
    const { travel, world } = course;
    const hash = world.eventHash;
    travel.look({ at: world.now - 30 * SECOND });
    expect(travel.isPast).toBe(true);
    travel.lookNow();
    expect(travel.shown).toBe(world);
    expect(world.eventHash).toBe(hash);
  });

  test('goes to right after an event, and to right before it', () => {
    const { travel, world } = eventful();
    const events = [...world.events()];
    const off = events.find(({ kind, data }) => kind === 'input.fault' && data?.kind === 'power-off')!;
    travel.look({ event: off.id });
    expect(travel.shown.snapshot().machines[1]!.power).toBe(false);
    travel.look({ before: off.id });
    expect(travel.shown.snapshot().machines[1]!.power).toBe(true);
    expect(travel.shown.lastEventId).toBe(off.id - 1);
    expect(travel.shown.now).toBe(off.at);
  });

  test('goes back event by event down to the beginning, never staying where it is', () => {
    const { travel, world } = eventful();
    let steps = 0;
    for (let last = world.lastEventId; steps < 60; steps++) {
      travel.look({ before: last });
      expect(travel.shown.lastEventId).toBeLessThan(last);
      last = travel.shown.lastEventId;
    }
  });

  test('before the first moment is the first moment; after the newest the newest', () => {
    const { travel, world } = new Course().pass(3);
    travel.look({ at: 0 });
    const first = travel.shown.now;
    travel.look({ before: 1 });
    expect(travel.shown.now).toBe(first);
    travel.look({ at: world.now + SECOND });
    expect(travel.isPast).toBe(false);
  });

  test('what was can be played again, and comes out at the newest moment', () => {
    const { travel, world, pictures } = eventful();
    travel.look({ at: world.now - 40 * SECOND });
    for (let at = travel.shown.now + SECOND; at < world.now; at += SECOND) {
      travel.playPast(at);
      expect(picture(travel.shown)).toBe(pictures.get(at));
    }
    travel.playPast(world.now + SECOND);
    expect(travel.shown).toBe(world);
  });
});

describe('branches', () => {
  test('acting at an earlier moment begins one, and the other stays', () => {
    const course = eventful();
    const { travel, world, pictures } = course;
    const end = world.now;
    const hash = world.eventHash;
    travel.look({ at: end - 40 * SECOND });
    const { now } = travel.shown;
    travel.fork();
    expect(travel.views()).toEqual([
      { id: 1, from: null, end },
      { id: 2, from: { branch: 1, at: now }, end: now },
    ]);
    course.fault({ kind: 'power-off', machine: 'node3' });
    course.pass(60);
    travel.look({ at: end - 45 * SECOND });
    expect(picture(travel.shown)).toBe(pictures.get(end - 45 * SECOND));
    travel.look({ at: now + 30 * SECOND });
    expect(travel.shown.snapshot().machines[2]!.power).toBe(false);
    expect(travel.switchTo(1)!.world.eventHash).toBe(hash);
    expect(travel.shown.snapshot().machines[2]!.power).toBe(true);
  });

  test('know what they have in common', () => {
    const course = new Course().pass(20);
    const { travel } = course;
    const first = travel.branch;
    travel.look({ at: first.world.now - 10 * SECOND });
    const common = travel.shown.lastEventId;
    const second = travel.fork();
    course.pass(20);
    travel.look({ at: second.world.now - 5 * SECOND });
    const later = travel.shown.lastEventId;
    const third = travel.fork();
    expect(travel.lastCommonEvent(first, second)).toBe(common);
    expect(travel.lastCommonEvent(first, third)).toBe(common);
    expect(travel.lastCommonEvent(third, second)).toBe(later);
  });
});

describe('a history', () => {
  test('keeps a day within its bound, the last minutes densely', () => {
    const world = { now: 0, executed: 0, lastEventId: 0, checkpoint: () => ({ weight: 3000 }) };
    const history = new History();
    for (let second = 0; second < 86_400; second += 5) {
      world.now = second * SECOND;
      history.keep(world as unknown as World, 0, () => 0);
    }
    expect(history.size).toBeLessThanOrEqual(200);
    for (const [ago, within] of [
      [20, 30],
      [600, 120],
      [3600, 600],
      [80_000, 8000],
    ] as const) {
      const at = world.now - ago * SECOND;
      expect(at - history.before(at).at, `${ago} s ago`).toBeLessThanOrEqual(within * SECOND);
    }
  });

  test('takes a small share of the wall time', () => {
    const world = { now: 0, executed: 0, lastEventId: 0, checkpoint: () => ({ weight: 1 }) };
    const history = new History();
    let wall = 0;
    world.checkpoint = () => {
      wall += 100;
      return { weight: 1 };
    };
    let spent = 0;
    for (let i = 0; i < 10_000; i++) {
      world.now += 10 * SECOND;
      wall += 10;
      const before = wall;
      history.keep(world as unknown as World, 0, () => wall);
      spent += wall - before;
    }
    expect(spent / wall).toBeLessThan(0.04);
  });
});
