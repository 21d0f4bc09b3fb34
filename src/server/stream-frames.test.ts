import { describe, expect, test } from 'vitest';
import { encodeChunk, encodeFailure, framingOf } from './stream-frames.ts';

describe('output of two streams', () => {
  test('is framed: stream, three zeros, length, text', () => {
    expect([...encodeChunk({ stream: 'stderr', text: 'é\n' }, 'multiplexed')]).toEqual([
      2, 0, 0, 0, 0, 0, 0, 3, 0xc3, 0xa9, 0x0a,
    ]);
  });

  test('ends with a frame of its own when it fails', () => {
    expect(encodeFailure('no', 'multiplexed')?.toString('latin1')).toBe('\x03\0\0\0\0\0\0\x02no');
  });
});

test("a terminal's bytes go as they are, and its failures unsaid", () => {
  expect(encodeChunk({ stream: 'stdout', text: 'a\r\n' }, 'raw').toString()).toBe('a\r\n');
  expect(encodeFailure('no', 'raw')).toBeNull();
});

describe('messages', () => {
  test('are lines of JSON', () => {
    expect(encodeChunk({ json: { status: 'x' } }, 'json').toString()).toBe('{"status":"x"}\r\n');
    expect(encodeFailure('no', 'json')?.toString()).toBe('{"errorDetail":{"message":"no"},"error":"no"}\r\n');
  });

  test('have whole microseconds, where a double has not', () => {
    const json = { timeNano: 1_795_242_212_842_509_000 };
    expect(encodeChunk({ json }, 'json').toString()).toBe('{"timeNano":1795242212842509000}\r\n');
  });
});

test.each([
  ['application/vnd.docker.multiplexed-stream', 'multiplexed'],
  ['application/vnd.docker.raw-stream', 'raw'],
  ['application/json', 'json'],
  [undefined, 'json'],
])('%s means %s', (type, framing) => expect(framingOf(type)).toBe(framing));
