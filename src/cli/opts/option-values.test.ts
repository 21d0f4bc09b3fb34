/**
 * Every parser of an option's value against the real client 28.2.2: `testdata/refused-values.json` holds, for each flag of
 * `service create`, values and what it answered (null = taken). Then what the good ones become.
 */
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, parsePositiveDuration } from '../../go-template/go-duration.ts';
import { parseUint } from '../../go-template/go-strconv.ts';
import { type Parse, parsed } from '../flags/flag.ts';
import { newCapabilities, updatedCapabilities } from './capability.ts';
import { parseCredentialSpec } from './credential-spec.ts';
import { parseFileReference } from './file-reference.ts';
import { checkGenericResource, parseGenericResources } from './generic-resource.ts';
import { parseFloat32 } from './go-number.ts';
import { parseDnsSearch, parseExtraHost, parseIpAddress } from './host-entry.ts';
import { epochMilliseconds, humanDuration } from './human-duration.ts';
import { familiarString, parseImageReference, withDefaultTag, withDigest, withoutDigest } from './image-reference.ts';
import { canonicalIp } from './ip-address.ts';
import { parseEnv, parseEnvFile, parseLabel, toRecord, withInheritedValue } from './key-value.ts';
import { formatBinarySize, formatDecimalSize, parseMemoryBytes } from './memory-bytes.ts';
import { parseMount, withAbsoluteSource } from './mount.ts';
import { parseNanoCpus } from './nano-cpus.ts';
import { parseNetworkAttachment } from './network-attachment.ts';
import { parsePlacementPreference } from './placement-preference.ts';
import { parsePorts } from './port.ts';
import { splitWords } from './shell-words.ts';
import { parseSince } from './since.ts';
import recorded from './testdata/refused-values.json';
import { parseUlimit } from './ulimit.ts';

const parsers: Record<keyof typeof recorded, Parse<unknown>> = {
  '--mount': parseMount,
  '--update-delay': parseDuration,
  '--health-interval': parsePositiveDuration,
  '--limit-cpu': parseNanoCpus,
  '--limit-memory': parseMemoryBytes,
  '--publish': parsePorts,
  '--network': parseNetworkAttachment,
  '--secret': (text) => parseFileReference(text, 'secret'),
  '--config': (text) => parseFileReference(text, 'config'),
  '--env': parseEnv,
  '--label': parseLabel,
  '--placement-pref': parsePlacementPreference,
  '--ulimit': parseUlimit,
  '--dns': parseIpAddress,
  '--dns-search': parseDnsSearch,
  '--host': parseExtraHost,
  '--generic-resource': (text) => {
    const checked = checkGenericResource(text);
    return checked.ok ? parseGenericResources([text]) : checked;
  },
  '--credential-spec': parseCredentialSpec,
  '--replicas': (text) => parseUint(text),
  '--update-max-failure-ratio': parseFloat32,
  '--entrypoint': splitWords,
};

describe.each(Object.entries(recorded))('%s', (flag, rows) => {
  it.each(rows)('%j: %s', (value, message) => {
    const result = parsers[flag as keyof typeof recorded](value!);
    expect(result.ok ? null : result.message).toBe(message);
  });
});

describe('what good values become', () => {
  it.each<[Parse<unknown>, string, unknown]>([
    [parseDuration, '1h2m3.5s', 3_723_500_000_000],
    [parseDuration, '-1.5ms', -1_500_000],
    [parseNanoCpus, '1/2', 500_000_000],
    [parseNanoCpus, '1.25', 1_250_000_000],
    [parseMemoryBytes, '1.5g', 1_610_612_736],
    [parseMemoryBytes, '1 KiB', 1024],
    [
      parseFileReference as Parse<unknown>,
      'pw',
      { source: 'pw', file: { Name: 'pw', UID: '0', GID: '0', Mode: 0o444 } },
    ],
    [
      (text) => parseFileReference(text, 'secret'),
      'source=a,target=b,uid=1,gid=2,mode=0400',
      { source: 'a', file: { Name: 'b', UID: '1', GID: '2', Mode: 0o400 } },
    ],
    [
      parseNetworkAttachment,
      'name=Back,alias=db,alias=sql,driver-opt=a=b',
      { Target: 'back', Aliases: ['db', 'sql'], DriverOpts: { a: 'b' } },
    ],
    [parseUlimit, 'nofile=1:2', { Name: 'nofile', Soft: 1, Hard: 2 }],
    [parseIpAddress, ' 0:0:0:0:0:0:0:1 ', '::1'],
    [parseExtraHost, 'a=[::1]', 'a:::1'],
    [splitWords, `sh -c 'echo "hi"' a\\ b # no`, ['sh', '-c', 'echo "hi"', 'a b']],
    [
      parseMount,
      'type=bind,src=/a,dst=/b,readonly,bind-propagation=shared',
      { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true, BindOptions: { Propagation: 'shared' } },
    ],
    [
      parseMount,
      'target=/d,volume-label=a=b,volume-opt=o=x',
      {
        Type: 'volume',
        Target: '/d',
        VolumeOptions: { Labels: { a: 'b' }, DriverConfig: { Options: { o: 'x' } } },
      },
    ],
    [
      parseMount,
      'type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1777',
      { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1_048_576, Mode: 0o1777 } },
    ],
  ])('%# %j', (parse, text, value) => {
    expect(parse(text)).toEqual(parsed(value));
  });

  it.each([
    ['80', '0:80/tcp/ingress'],
    ['8080:80/udp', '8080:80/udp/ingress'],
    ['8000-8002:80-82', '8000:80/tcp/ingress 8001:81/tcp/ingress 8002:82/tcp/ingress'],
    ['8000-8001:80', '8000:80/tcp/ingress 8001:80/tcp/ingress'],
    ['80-81', '0:80/tcp/ingress 0:81/tcp/ingress'],
    ['mode=host,target=80,published=8080', '8080:80/tcp/host'],
  ])('publishes %s', (text, ports) => {
    const result = parsePorts(text);
    const shown = result.ok
      ? result.value.map((p) => `${p.PublishedPort ?? 0}:${p.TargetPort}/${p.Protocol}/${p.PublishMode}`)
      : [];
    expect(shown.join(' ')).toBe(ports);
  });
});

it.each([
  [0, '0s'],
  [1, '1ns'],
  [1_500, '1.5µs'],
  [2_500_000, '2.5ms'],
  [5e9, '5s'],
  [60e9, '1m0s'],
  [3_723_500_000_000, '1h2m3.5s'],
  [-90e9, '-1m30s'],
])('prints %d nanoseconds as %s', (nanos, text) => {
  expect(formatDuration(nanos)).toBe(text);
});

it.each([
  [0.9, 'Less than a second'],
  [1.9, '1 second'],
  [59, '59 seconds'],
  [61, 'About a minute'],
  [119, 'About a minute'],
  [120, '2 minutes'],
  [3599, '59 minutes'],
  [3600, 'About an hour'],
  [5400, '2 hours'],
  [47 * 3600, '47 hours'],
  [48 * 3600, '2 days'],
  [14 * 86400, '2 weeks'],
  [60 * 86400, '2 months'],
  [800 * 86400, '2 years'],
])('calls %d seconds "%s"', (seconds, words) => {
  expect(humanDuration(seconds * 1000)).toBe(words);
});

it.each([
  ['1970-01-01T00:00:01.5Z', 1500],
  ['2024-02-29T12:00:00.123456789Z', 1709208000123],
  ['2024-02-29T13:00:00+01:00', 1709208000000],
  ['0001-01-01T00:00:00Z', Number.NaN],
])('reads the time %s', (text, milliseconds) => {
  expect(epochMilliseconds(text)).toBe(milliseconds);
});

it.each([
  [0, '0B', '0B'],
  [1023, '1023B', '1.023kB'],
  [1024, '1KiB', '1.024kB'],
  [1_610_612_736, '1.5GiB', '1.611GB'],
  [123_456_789, '117.7MiB', '123.5MB'],
])('shows %d bytes as %s or %s', (bytes, binary, decimal) => {
  expect([formatBinarySize(bytes), formatDecimalSize(bytes)]).toEqual([binary, decimal]);
});

it.each([
  ['nginx', 'nginx:latest', 'nginx'],
  ['nginx:1.26', 'nginx:1.26', 'nginx:1.26'],
  ['docker.io/library/nginx:1', 'nginx:1', 'nginx:1'],
  ['me/app', 'me/app:latest', 'me/app'],
  ['localhost/app:2', 'localhost/app:2', 'localhost/app:2'],
  ['reg:5000/team/app', 'reg:5000/team/app:latest', 'reg:5000/team/app'],
  ['NGINX', 'NGINX', null],
  ['a b', 'a b', null],
  ['', '', null],
])('names the image %j %j', (text, tagged, familiar) => {
  const reference = parseImageReference(text);
  expect([withDefaultTag(text), reference && familiarString(reference)]).toEqual([tagged, familiar]);
});

it('pins an image to its digest, and hides the digest again', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  expect(withDigest('nginx:1.26', digest)).toBe(`nginx:1.26@${digest}`);
  expect(withDigest(`nginx@${digest}`, `sha256:${'0'.repeat(64)}`)).toBe(`nginx@${digest}`);
  expect(withoutDigest(`nginx:1.26@${digest}`)).toBe('nginx:1.26');
  expect(withoutDigest(`nginx@${digest}`)).toBe(`nginx@${digest}`);
  expect(withDefaultTag(`nginx@${digest}`)).toBe(`nginx@${digest}`);
});

it('reads addresses of both versions', () => {
  expect(
    ['1.2.3.4', '::', '2001:DB8::1', '1:0:0:2:0:0:0:3', '1:2:3:4:5:6:7:8', '1.2.3.256', '1:2'].map(canonicalIp),
  ).toEqual(['1.2.3.4', '::', '2001:db8::1', '1:0:0:2::3', '1:2:3:4:5:6:7:8', null, null]);
});

it('fills variables from the environment and from files', () => {
  const env = new Map([['HOME', '/root']]);
  expect(['HOME', 'HOME=/x', 'NONE'].map((variable) => withInheritedValue(variable, env))).toEqual([
    'HOME=/root',
    'HOME=/x',
    'NONE',
  ]);
  expect(parseEnvFile('f', '# no\n\n  A=1 \nHOME\nNONE\nB=\r\n', env)).toEqual(parsed(['A=1 ', 'HOME=/root', 'B=']));
  expect(parseEnvFile('f', 'a b=1', env)).toEqual({
    ok: false,
    message: "invalid env file (f): variable 'a b' contains whitespaces",
  });
  expect(toRecord(['b=1', 'a', 'b=2'])).toEqual({ a: '', b: '2' });
});

it('adds and drops capabilities', () => {
  expect(newCapabilities(['net_admin', 'CAP_CHOWN'], ['chown', 'kill'])).toEqual({
    add: ['CAP_CHOWN', 'CAP_NET_ADMIN'],
    drop: ['CAP_KILL'],
  });
  const now = { add: ['CAP_CHOWN'], drop: ['CAP_KILL'] };
  expect(updatedCapabilities(now, ['kill'], [])).toEqual({ add: ['CAP_CHOWN'], drop: [] });
  expect(updatedCapabilities(now, ['reset', 'all'], ['chown'])).toEqual({
    add: ['ALL'],
    drop: ['CAP_CHOWN', 'CAP_KILL'],
  });
});

it.each([
  ['42m', '1751368680'],
  ['1751371200.5', '1751371200.5'],
  ['2025-07-01', '1751328000.000000000'],
  ['2025-07-01T12:00:00.5Z', '1751371200.500000000'],
  ['2025-07-01T14:00+02:00', '1751371200.000000000'],
  ['2025-13-01', 'parsing time "2025-13-01": month out of range'],
  ['2025-02-29', 'parsing time "2025-02-29": day out of range'],
  ['bogus', 'failed to parse value as time or duration: "bogus"'],
])('reads --since %s', (text, outcome) => {
  const since = parseSince(text, 1_751_371_200_000);
  expect(since.ok ? since.value : since.message).toBe(outcome);
});

it('takes a mount source from the working directory', () => {
  expect(withAbsoluteSource({ Source: '../a/./b' }, '/home/docker').Source).toBe('/home/a/b');
  expect(withAbsoluteSource({ Source: 'data' }, '/home/docker').Source).toBe('data');
});
