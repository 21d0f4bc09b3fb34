import { describe, expect, test } from 'vitest';
import { testNode } from '../testing-objects.ts';
import { nodeMatches, parseConstraints } from './constraint.ts';

describe('parsing', () => {
  test.each([
    ['node.role==manager', 'node.role', '==', 'manager'],
    ['  node.labels.disk   !=  ssd  ', 'node.labels.disk', '!=', 'ssd'],
    ['engine.labels.os==ubuntu 22.04', 'engine.labels.os', '==', 'ubuntu 22.04'],
    ['node.ip==10.0.0.0/8', 'node.ip', '==', '10.0.0.0/8'],
  ])('%s', (text, key, operator, value) => {
    expect(parseConstraints([text])).toEqual({ ok: true, constraints: [{ key, operator, value }] });
  });

  test.each([
    ['node.role', 'constraint expected one operator from ==, !='],
    ['node.role=manager', 'constraint expected one operator from ==, !='],
    ['node.cpu>2', 'constraint expected one operator from ==, !='],
    ['==manager', "key '' is invalid"],
    ['1node==x', "key '1node' is invalid"],
    ['node role==x', "key 'node role' is invalid"],
    ['node.role==', "value '' is invalid"],
    ['node.labels.a==b,c', "value 'b,c' is invalid"],
    ['node.labels.a===b', "value '=b' is invalid"],
  ])('%s is refused: %s', (text, message) => {
    expect(parseConstraints(['node.id==x', text])).toEqual({ ok: false, error: { kind: 'invalid', message } });
  });
});

describe('matching', () => {
  const node = testNode('node-1', {
    role: 'manager',
    address: '192.168.7.11',
    labels: { disk: 'SSD', Zone: 'east' },
    engineLabels: { gpu: 'yes' },
  });
  test.each([
    ['node.id==NODE-1', true],
    ['node.hostname!=node-1', false],
    ['node.role==Manager', true],
    ['NODE.ROLE==manager', true],
    ['node.platform.os==linux', true],
    ['node.platform.arch==arm64', false],
    ['node.labels.disk==ssd', true],
    ['NODE.LABELS.disk==ssd', true],
    ['node.labels.DISK==ssd', false],
    ['node.labels.zone==east', false],
    ['node.labels.missing!=x', true],
    ['node.labels.missing==x', false],
    ['engine.labels.gpu==yes', true],
    ['node.ip==192.168.7.11', true],
    ['node.ip==192.168.0.0/16', true],
    ['node.ip!=192.168.7.0/24', false],
    ['node.ip==10.0.0.0/8', false],
    ['node.ip!=nonsense', false],
    ['node.colour==red', false],
    ['node.colour!=red', false],
  ])('%s: %s', (text, expected) => {
    const parsed = parseConstraints([text]);
    expect(parsed.ok && nodeMatches(parsed.constraints, node)).toBe(expected);
  });

  test('all must match', () => {
    const parsed = parseConstraints(['node.role==manager', 'node.labels.disk==hdd']);
    expect(parsed.ok && nodeMatches(parsed.constraints, node)).toBe(false);
  });

  test('a node that never told of itself has no hostname, platform and engine labels', () => {
    const parsed = parseConstraints(['node.hostname!=x', 'node.platform.os!=linux', 'engine.labels.a!=b']);
    expect(parsed.ok && nodeMatches(parsed.constraints, { ...node, description: null })).toBe(true);
  });
});
