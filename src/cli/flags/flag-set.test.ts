/** Command lines as pflag reads them. The error lines are those of the real client. */
import { describe, expect, it } from 'vitest';
import type { Flag } from './flag.ts';
import { parseCommandLine } from './flag-set.ts';
import {
  boolFlag,
  commaListFlag,
  durationFlag,
  filterFlag,
  intFlag,
  mapFlag,
  optionalUintFlag,
  stringFlag,
  stringListFlag,
  uint32Flag,
} from './flag-types.ts';

const detach = boolFlag({ name: 'detach', shorthand: 'd', description: '' });
const publish = stringListFlag({ name: 'publish', shorthand: 'p', description: '' });
const name = stringFlag({ name: 'name', description: '', default: 'none' });
const replicas = optionalUintFlag({ name: 'replicas', description: '' });
const last = intFlag({ name: 'last', shorthand: 'n', default: -1, description: '' });
const port = uint32Flag({ name: 'port', description: '' });
const delay = durationFlag({ name: 'delay', description: '' });
const subnet = commaListFlag({ name: 'subnet', description: '' });
const opt = mapFlag({ name: 'opt', shorthand: 'o', description: '' });
const filter = filterFlag();
const flags: Flag<unknown>[] = [detach, publish, name, replicas, last, port, delay, subnet, opt, filter];

/** Everything that was given, and the arguments. */
function read(line: string, interspersed = true): unknown {
  const words = line === '' ? [] : line.split(' ');
  const read = parseCommandLine(flags, words, { interspersed });
  if (!read.ok) return read.message;
  if (read.help) return 'help';
  const given = flags.filter((flag) => read.flags.changed(flag)).map((flag) => [flag.name, read.flags.get(flag)]);
  return { ...Object.fromEntries(given), args: read.args };
}

describe('flags are read', () => {
  it.each<[string, unknown]>([
    ['', { args: [] }],
    ['-dp 80:80 nginx', { detach: true, publish: ['80:80'], args: ['nginx'] }],
    ['-dp80:80', { detach: true, publish: ['80:80'], args: [] }],
    ['-dp=80:80', { detach: true, publish: ['80:80'], args: [] }],
    ['-p 80:80 -p=81:81 --publish 82:82 --publish=83:83', { publish: ['80:80', '81:81', '82:82', '83:83'], args: [] }],
    ['--name=web nginx sh', { name: 'web', args: ['nginx', 'sh'] }],
    ['nginx --name web sh', { name: 'web', args: ['nginx', 'sh'] }],
    ['--name= x', { name: '', args: ['x'] }],
    ['--name -x nginx', { name: '-x', args: ['nginx'] }],
    ['--name a --name b', { name: 'b', args: [] }],
    ['-d=false', { detach: false, args: [] }],
    ['--detach=true x', { detach: true, args: ['x'] }],
    ['--detach true', { detach: true, args: ['true'] }],
    ['-- -d --name', { args: ['-d', '--name'] }],
    ['a -- -d', { args: ['a', '-d'] }],
    ['a - b', { args: ['a', '-', 'b'] }],
    ['--replicas 0x10', { replicas: 16, args: [] }],
    ['--replicas 1_000', { replicas: 1000, args: [] }],
    ['--replicas 010', { replicas: 8, args: [] }],
    ['-n -2', { last: -2, args: [] }],
    ['-n2', { last: 2, args: [] }],
    ['--delay 1m30s', { delay: 90e9, args: [] }],
    ['--subnet a,b --subnet c', { subnet: ['a', 'b', 'c'], args: [] }],
    ['-o a=1 -o b --opt a=2', { opt: { a: '2', b: '' }, args: [] }],
    ['-f role=manager -f Name=a=b -f name=a=b', { filter: { role: ['manager'], name: ['a=b'] }, args: [] }],
    ['--help', 'help'],
    ['-h', 'help'],
    ['-dh x', 'help'],
    ['--help --name x', 'help'],
  ])('%s', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });
});

describe('flags after the first argument belong to it', () => {
  it.each<[string, unknown]>([
    ['-d nginx -d --name x', { detach: true, args: ['nginx', '-d', '--name', 'x'] }],
    ['nginx -- x', { args: ['nginx', '--', 'x'] }],
    ['-- -d', { args: ['-d'] }],
  ])('%s', (line, expected) => {
    expect(read(line, false)).toEqual(expected);
  });
});

describe('what cannot be read is named', () => {
  it.each([
    ['--bogus', 'unknown flag: --bogus'],
    ['--bogus=1', 'unknown flag: --bogus'],
    ['--he', 'unknown flag: --he'],
    ['-z', "unknown shorthand flag: 'z' in -z"],
    ['-dz', "unknown shorthand flag: 'z' in -z"],
    ['-dzq', "unknown shorthand flag: 'z' in -zq"],
    ['-d=', "unknown shorthand flag: '=' in -="],
    ['--name', 'flag needs an argument: --name'],
    ['-p', "flag needs an argument: 'p' in -p"],
    ['-dp', "flag needs an argument: 'p' in -p"],
    ['--=x', 'bad flag syntax: --=x'],
    ['---x', 'bad flag syntax: ---x'],
    ['--help --bogus', 'unknown flag: --bogus'],
    [
      '--replicas abc',
      'invalid argument "abc" for "--replicas" flag: strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    ['--replicas -1', 'invalid argument "-1" for "--replicas" flag: strconv.ParseUint: parsing "-1": invalid syntax'],
    [
      '--replicas 1__0',
      'invalid argument "1__0" for "--replicas" flag: strconv.ParseUint: parsing "1__0": invalid syntax',
    ],
    [
      '--replicas 99999999999999999999',
      'invalid argument "99999999999999999999" for "--replicas" flag: strconv.ParseUint: parsing "99999999999999999999": value out of range',
    ],
    [
      '--port 4294967296',
      'invalid argument "4294967296" for "--port" flag: strconv.ParseUint: parsing "4294967296": value out of range',
    ],
    ['-n x', 'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    ['-d=abc', 'invalid argument "abc" for "-d, --detach" flag: strconv.ParseBool: parsing "abc": invalid syntax'],
    ['--delay 5', 'invalid argument "5" for "--delay" flag: time: missing unit in duration "5"'],
    ['-f bogus', 'invalid argument "bogus" for "-f, --filter" flag: bad format of filter (expected name=value)'],
  ])('%s', (line, message) => {
    expect(read(line)).toBe(message);
  });
});

describe('flags that are not given', () => {
  it('have their defaults', () => {
    const line = parseCommandLine(flags, []);
    if (!line.ok) throw new Error(line.message);
    expect([name, replicas, last, publish, detach].map((flag) => line.flags.get<unknown>(flag))).toEqual([
      'none',
      null,
      -1,
      [],
      false,
    ]);
    expect(line.flags.count).toBe(0);
    expect(line.flags.changed('name')).toBe(false);
  });
});
