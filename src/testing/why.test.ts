/**
 * The explanations of the page over the events of a real run: what the tab Why says when a worker dies, when the leader dies, and when
 * no node fits a task.
 */
import { describe, expect, test } from 'vitest';
import { Cluster } from '../engine/cluster.ts';
import type { TraceEvent } from '../protocol/events.ts';
import { startNamed } from '../scenarios/starts.ts';
import { reasonOf } from '../ui/inspector/reason.ts';
import { inspect, objectsOf } from '../ui/inspector/subject.ts';
import { walkCauses, withDecision, withoutSmallSteps } from '../ui/inspector/why-chain.ts';
import { namesOf } from '../ui/narrator/facts.ts';
import { isTold, sentenceText } from '../ui/narrator/sentences.ts';

const SECOND = 1_000_000;

function swarm(): Cluster {
  const world = Cluster.create(startNamed('first-swarm')!);
  world.advance(world.now + 5 * SECOND);
  return world;
}

/** Question and answer as the page words them. */
async function why(world: Cluster, ref: `${string}:${string}`): Promise<string[]> {
  const snapshot = world.snapshot();
  const events = [...world.events()];
  const thing = inspect(snapshot, events, ref);
  const objects = objectsOf(thing);
  const own = events.filter((event) => event.objects.some((object) => objects.includes(object)));
  const reason = reasonOf(thing, own);
  if (!reason) return [];
  const walked = await walkCauses(reason.event, async (id) => world.event(id) ?? null);
  const chain = thing.kind === 'task' ? withDecision(walked, own) : walked;
  const names = namesOf(snapshot);
  return [reason.question, ...withoutSmallSteps(chain, isTold).map((event: TraceEvent) => sentenceText(event, names))];
}

describe('why', () => {
  test('a node is Down, its tasks do not run, and others run in their place', async () => {
    const world = swarm();
    const [lost] = world.snapshot().tasks.filter((task) => task.machine === 'node4');
    world.fault({ kind: 'power-off', machine: 'node4' });
    expect(await why(world, 'machine:node4')).toEqual([
      'Why has node4 no power?',
      'You cut the power of node4.',
      'node4 has no power.',
    ]);
    world.advance(world.now + 30 * SECOND);
    const untilDown = [
      'You cut the power of node4.',
      'node4 has no power.',
      'node4 has been silent for three beats.',
      'node4 is Down. Heartbeat failure.',
    ];
    expect(await why(world, 'machine:node4')).toEqual(['Why is node4 Down?', ...untilDown]);
    expect(await why(world, `task:${lost!.id}`)).toEqual([
      `Why does web.${lost!.slot} not run?`,
      ...untilDown,
      `web.${lost!.slot} is wanted Shutdown. Node node4 is down.`,
    ]);
    const { successor } = world.snapshot().tasks.find((task) => task.id === lost!.id)!;
    const { machine } = world.snapshot().tasks.find((task) => task.id === successor)!;
    const name = `web.${lost!.slot}`;
    const answer = await why(world, `task:${successor}`);
    expect(answer.map((line) => line.replace(/(goes to \S+\.) .*/, '$1 ...'))).toEqual([
      `Why is ${name} on ${machine}?`,
      ...untilDown,
      `${name} is created. It replaces the one before: node node4 is down.`,
      `${name} goes to ${machine}. ...`,
      `${name} is wanted Running. Its delay is over and the task before it has stopped.`,
      `${name} starts on ${machine}.`,
      `${name} is Running on ${machine}.`,
    ]);
  });

  test('a manager leads', async () => {
    const world = swarm();
    world.fault({ kind: 'power-off', machine: 'node1' });
    world.advance(world.now + 25 * SECOND);
    const { leader } = world.snapshot().quorum!;
    const other = leader === 'node2' ? 'node3' : 'node2';
    const answer = await why(world, `machine:${leader}`);
    expect(answer.map((line) => line.replace(/\d+\.\d s/, 'N s'))).toEqual([
      `Why does ${leader} lead?`,
      'You cut the power of node1.',
      'node1 has no power.',
      `${leader} wants to lead, term 3. It has heard no leader for N s and asks for votes.`,
      `${other} says yes to ${leader}, term 3.`,
      `${leader} wins the election, term 3. 2 of 3 votes: ${leader}, ${other}.`,
      `${leader} leads now, term 3. Its scheduler and orchestrators start.`,
    ]);
  });

  test('a task waits for a node', async () => {
    const world = swarm();
    const body = {
      Name: 'big',
      TaskTemplate: {
        ContainerSpec: { Image: 'nginx:1.26' },
        Placement: { Constraints: ['node.labels.zone==b'] },
      },
      Mode: { Replicated: { Replicas: 1 } },
    };
    world.request('node1', { method: 'POST', path: '/services/create', body });
    world.advance(world.now + 3 * SECOND);
    const waiting = world.snapshot().tasks.find((task) => task.serviceName === 'big')!;
    expect(await why(world, `task:${waiting.id}`)).toEqual([
      'Why is big.1 on no node yet?',
      'You create a service.',
      'big is created. 1 task is wanted.',
      'big.1 is created. A replica is missing.',
      'No node fits big.1. No suitable node (scheduling constraints not satisfied on 5 nodes).',
    ]);
  });

  test('every chain ends in an input or in the beginning of the world', async () => {
    const world = swarm();
    world.fault({ kind: 'cable-cut', machine: 'node2' });
    world.advance(world.now + 20 * SECOND);
    world.fault({ kind: 'power-off', machine: 'node5' });
    world.advance(world.now + 30 * SECOND);
    for (const event of world.events()) {
      if (event.cause > 0) expect(event.cause).toBeLessThan(event.id);
      const [root] = await walkCauses(event, async (id) => world.event(id) ?? null);
      expect(root!.cause).toBe(0);
    }
  });
});
