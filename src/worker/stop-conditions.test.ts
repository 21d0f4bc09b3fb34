import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../protocol/events.ts';
import { parseStopCondition } from './stop-conditions.ts';

const event = (kind: string, data: TraceEvent['data'] = {}): TraceEvent => ({
  id: 1,
  at: 0,
  kind,
  cause: 0,
  objects: [],
  data,
});
const failed = event('task.state', { service: 'web', slot: 2, hostname: 'node1', state: 'failed' });
const down = event('node.state', { hostname: 'node3', state: 'down' });

describe('a condition to stop at', () => {
  it.each([
    ['leader changes', event('manager.leader.started'), true],
    ['  leader   changes ', event('manager.leader.started'), true],
    ['leader changes', event('raft.leader'), false],
    ['task web.* failed', failed, true],
    ['task web.2 failed', failed, true],
    ['task * failed', failed, true],
    ['task web.2 running', failed, false],
    ['task web failed', failed, false],
    ['task w.b.2 failed', failed, false],
    ['node node3 down', down, true],
    ['node node? down', down, false],
    ['update web paused', event('service.update-status', { service: 'web', state: 'paused' }), true],
    ['no backend', event('packet.failed', { reason: 'timed out', why: 'no backend' }), true],
    ['request fails', event('packet.failed', { reason: 'timed out' }), true],
    ['event raft.*', event('raft.term'), true],
    ['event raft.*', event('task.state'), false],
  ])('%s', (text, given, expected) => {
    expect(parseStopCondition(text)!(given)).toBe(expected);
  });

  it.each(['', 'leader', 'task web.1', 'task web.1 broken', 'node down', 'when it rains', '__proto__'])(
    '%s is none',
    (text) => {
      expect(parseStopCondition(text)).toBeNull();
    },
  );
});
