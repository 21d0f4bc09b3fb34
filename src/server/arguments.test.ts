import { describe, expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

const read = (line: string) => readArguments(line.split(' ').filter(Boolean), () => 'made-up');

describe('what is asked for', () => {
  test('nothing: the first swarm, on loopback', () =>
    expect(read('')).toMatchObject({
      ok: true,
      options: { start: { name: 'first-swarm' }, basePort: 23750, speed: 1, host: '127.0.0.1', token: null },
    }));

  test('blank hosts, ports, seed, speed', () => {
    const result = read('--nodes 3 --base-port=24000 --seed 7 --speed 2.5');
    expect(result).toMatchObject({
      ok: true,
      options: { basePort: 24000, speed: 2.5, start: { seed: 7, managers: 0 } },
    });
    if (result.ok) expect(result.options.start.hosts.map(({ name }) => name)).toEqual(['node1', 'node2', 'node3']);
  });

  test('beyond loopback there is a token, given or made up', () => {
    expect(read('--host 0.0.0.0')).toMatchObject({ options: { token: 'made-up' } });
    expect(read('--host 0.0.0.0 --token t')).toMatchObject({ options: { token: 't' } });
    expect(read('--host 127.0.0.1')).toMatchObject({ options: { token: null } });
  });
});

test.each([
  ['--nosuch', 'unknown argument: --nosuch'],
  ['x', 'unknown argument: x'],
  ['--nodes', '--nodes needs a value'],
  ['--nodes 0', '--nodes must be 1 to 50'],
  ['--nodes 51', '--nodes must be 1 to 50'],
  ['--nodes 2 --start 3+2', 'either --nodes or --start, not both'],
  ['--start nowhere', 'there is no start named "nowhere"'],
  ['--base-port 65535', '--base-port must leave room for 5 ports up to 65535'],
  ['--speed 0', '--speed must be 0.001 to 1000'],
  ['--seed -1', '--seed must be a whole number below 2^32'],
  ['--host example.org', '--host must be an IP address: example.org'],
  ['--token=', '--token must not be empty'],
])('%s: %s', (line, message) => {
  const result = read(line);
  expect(result.ok ? '' : result.message.split('\n')[0]).toBe(message);
});
