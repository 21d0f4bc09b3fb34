/** The small conversions as tables: times, spans, Go's empty values, filters, events of the swarm. */
import { describe, expect, it } from 'vitest';
import { seconds } from '../../kernel/time.ts';
import { parseFilters } from '../filters.ts';
import { humanDuration } from '../human-duration.ts';
import { macAddress } from './endpoint.ts';
import { filled, sortedMap, struct } from './go-json.ts';
import { mergeSwarmSpec, swarmSpecJson } from './swarm.ts';
import { parseMoment, rfc3339, unixSeconds } from './time.ts';

const minutes = (n: number) => seconds(60 * n);
const hours = (n: number) => minutes(60 * n);
/** 2026-11-21T00:00:00Z */
const EPOCH = 1_795_219_200_000;

describe('times', () => {
  it.each([
    [0, 0, '1970-01-01T00:00:00Z'],
    [EPOCH, 0, '2026-11-21T00:00:00Z'],
    [EPOCH, 1, '2026-11-21T00:00:00.000001Z'],
    [EPOCH, 1_500_000, '2026-11-21T00:00:01.5Z'],
    [EPOCH, 86_399_999_999, '2026-11-21T23:59:59.999999Z'],
    [951_782_400_000, 0, '2000-02-29T00:00:00Z'],
    [1_709_251_199_000, 0, '2024-02-29T23:59:59Z'],
    [EPOCH, 41 * 86_400_000_000, '2027-01-01T00:00:00Z'],
  ])('epoch %i and %i microseconds are %s', (epoch, at, expected) => {
    expect(rfc3339(epoch, at)).toBe(expected);
    expect(parseMoment(epoch, expected)).toBe(at);
  });

  it.each([
    ['1795219201', 1_000_000],
    ['1795219200.25', 250_000],
    ['2026-11-21T01:00:00+01:00', 0],
    ['2026-11-21', 0],
    ['yesterday', null],
  ])('%s is %i', (text, expected) => {
    expect(parseMoment(EPOCH, text)).toBe(expected);
  });

  it('in whole seconds are cut off', () => {
    expect(unixSeconds(EPOCH, 1_999_999)).toBe(1_795_219_201);
  });
});

describe('spans', () => {
  it.each([
    [0, 'Less than a second'],
    [seconds(1), '1 second'],
    [seconds(59), '59 seconds'],
    [seconds(60), 'About a minute'],
    [minutes(2), '2 minutes'],
    [minutes(60), 'About an hour'],
    [minutes(91), '2 hours'],
    [hours(47), '47 hours'],
    [hours(48), '2 days'],
    [hours(24 * 15), '2 weeks'],
    [hours(24 * 61), '2 months'],
    [hours(24 * 800), '2 years'],
  ])('%i microseconds are %s', (span, expected) => {
    expect(humanDuration(span)).toBe(expected);
  });
});

describe('Go', () => {
  it('leaves out what is empty', () => {
    expect(['', 0, false, null, [], {}].map(filled)).toEqual(Array(6).fill(undefined));
    expect(['a', 1, true, [0], { a: '' }].map(filled)).toEqual(['a', 1, true, [0], { a: '' }]);
  });

  it('writes fields in order of the struct and maps in order of their keys', () => {
    expect(JSON.stringify(struct({ b: 1, a: undefined, c: sortedMap({ z: 1, y: 2 }) }))).toBe(
      '{"b":1,"c":{"y":2,"z":1}}',
    );
  });
});

describe('filters', () => {
  it.each([
    [undefined, { ok: true, filters: {} }],
    ['', { ok: true, filters: {} }],
    ['{"name":["a","b"]}', { ok: true, filters: { name: ['a', 'b'] } }],
    ['{"name":{"a":true,"b":false}}', { ok: true, filters: { name: ['a'] } }],
    ['{"odd":["a"]}', { ok: false, failure: { status: 400, message: "Invalid filter 'odd'" } }],
    ['[1]', { ok: false, failure: { status: 400, message: 'invalid filter' } }],
    ['{', { ok: false, failure: { status: 400, message: 'invalid filter' } }],
  ])('%s', (text, expected) => {
    expect(parseFilters(text, ['name'])).toEqual(expected);
  });
});

it('a MAC address follows from the address', () => {
  expect(macAddress('10.0.1.3/24')).toBe('02:42:0a:00:01:03');
  expect(macAddress('')).toBe('');
});

describe('settings of the swarm', () => {
  it('go out and come back the same', () => {
    const spec = mergeSwarmSpec({
      Orchestration: { TaskHistoryRetentionLimit: 7 },
      Raft: { ElectionTick: 10, HeartbeatTick: 1, SnapshotInterval: 500 },
      CAConfig: { NodeCertExpiry: 3_600_000_000_000 },
      EncryptionConfig: { AutoLockManagers: true },
    });
    expect(mergeSwarmSpec(swarmSpecJson(spec))).toEqual(spec);
  });

  it('that are left out or zero stay as they are', () => {
    const spec = mergeSwarmSpec({ Dispatcher: { HeartbeatPeriod: 0 }, Orchestration: {} });
    expect([spec.dispatcherHeartbeat, spec.taskHistoryLimit]).toEqual([seconds(5), 5]);
  });
});
