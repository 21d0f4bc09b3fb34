import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { refInLine } from './find-in-line.ts';

const snapshot = {
  machines: [
    { name: 'node1', containers: [{ id: 'a1b2c3d4e5f6'.padEnd(64, '0'), taskId: 't2aaaaaaaaaaaaaaaaaaaaaaa' }] },
    { name: 'node2', containers: [] },
  ],
  nodes: [{ id: 'n1zzzzzzzzzzzzzzzzzzzzzzz', machine: 'node2' }],
  services: [{ id: 's1yyyyyyyyyyyyyyyyyyyyyyy', name: 'web' }],
  tasks: [
    { id: 't1aaaaaaaaaaaaaaaaaaaaaaa', serviceName: 'web', slot: 1, desiredState: 'shutdown' },
    { id: 't2aaaaaaaaaaaaaaaaaaaaaaa', serviceName: 'web', slot: 1, desiredState: 'running' },
  ],
} as unknown as Snapshot;

describe('what a line speaks of', () => {
  it.each([
    ['t1aaaaaaaaaa    \\_ web.1   nginx:1.26   node1   Shutdown', 'task:t1aaaaaaaaaaaaaaaaaaaaaaa'],
    ['web.1 on node1', 'task:t2aaaaaaaaaaaaaaaaaaaaaaa'],
    ['a1b2c3d4e5f6   nginx:1.26   "/docker-entrypoint"', 'task:t2aaaaaaaaaaaaaaaaaaaaaaa'],
    ['n1zzzzzzzzzz *   x   Ready   Active', 'machine:node2'],
    ['docker node update --availability drain node2', 'machine:node2'],
    ['s1yyyyyyyyyy   web   replicated   6/6', 'service:s1yyyyyyyyyyyyyyyyyyyyyyy'],
    ['ID   HOSTNAME   STATUS', null],
    ['', null],
  ])('%s', (line, ref) => {
    expect(refInLine(line, snapshot)).toBe(ref);
  });
});
