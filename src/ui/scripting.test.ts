import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../protocol/faults.ts';
import { startFromAddress } from './requested-start.ts';
import { faultFrom, splitPath } from './scripting.ts';

describe('faults by script', () => {
  it.each([
    ['power-off', 'node1', [], { kind: 'power-off', machine: 'node1' }],
    ['link-cut', 'node1', ['node2'], { kind: 'link-cut', from: 'node1', to: 'node2' }],
    ['link-quality', 'a', ['b', { delayMs: 90 }], { kind: 'link-quality', from: 'a', to: 'b', delayMs: 90 }],
    ['port-close', 'node1', [2377], { kind: 'port-close', machine: 'node1', port: 2377, protocol: 'tcp' }],
    [
      'container-crash',
      'node1',
      ['web.1'],
      { kind: 'container-crash', machine: 'node1', container: 'web.1', exitCode: 137 },
    ],
    [
      'container-crash',
      'node1',
      ['web.1', 1],
      { kind: 'container-crash', machine: 'node1', container: 'web.1', exitCode: 1 },
    ],
  ] as const)('%s %s %j', (kind, host, rest, fault) => {
    expect(faultFrom(kind, host, rest)).toEqual(fault);
  });
  it('says what is missing or wrong', () => {
    expect(() => faultFrom('link-cut', 'node1', [])).toThrow('link-cut needs the other host');
    expect(() => faultFrom('meteor' as FaultKind, 'node1', [])).toThrow('no such fault: meteor');
  });
});

describe('paths', () => {
  it.each([
    ['/nodes', { path: '/nodes' }],
    ['/tasks?filters=%7B%7D&a=b', { path: '/tasks', query: { filters: '{}', a: 'b' } }],
  ])('%s', (path, parts) => {
    expect(splitPath(path)).toEqual(parts);
  });
});

describe('the address', () => {
  it.each([
    ['', null],
    ['?other', null],
    ['?start=blank', 'blank'],
    ['?start=3+2', '3+2'],
    ['?start=50x1000', '50x1000'],
  ])('%s opens %s', (search, name) => {
    expect(startFromAddress(search)?.name ?? null).toBe(name);
  });
  it('says when there is no such start', () => {
    expect(() => startFromAddress('?start=atlantis')).toThrow('There is no start named "atlantis".');
  });
});
