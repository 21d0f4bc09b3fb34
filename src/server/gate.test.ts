import { describe, expect, test } from 'vitest';
import { createGate, isLoopbackName } from './gate.ts';

describe('on loopback', () => {
  const gate = createGate(null);

  test.each([
    ['docker', { host: '127.0.0.1:23751' }],
    ['the page', { host: 'localhost:23750', origin: 'http://localhost:23750' }],
    ['IPv6', { host: '[::1]:23750' }],
  ])('%s comes in', (_, headers) => expect(gate.refusal(headers, '/')).toBeNull());

  test.each([
    ['a page of somebody else', { host: '127.0.0.1:23751', origin: 'http://elsewhere.example' }],
    ['a page of another port', { host: '127.0.0.1:23751', origin: 'http://127.0.0.1:8080' }],
    ['a sandboxed page', { host: '127.0.0.1:23751', origin: 'null' }],
    ['a name that leads here', { host: 'rebound.example:23751' }],
    ['nobody in particular', {}],
  ])('%s does not', (_, headers) => expect(gate.refusal(headers, '/')?.status).toBe(403));
});

describe('beyond loopback', () => {
  const gate = createGate('secret');
  const host = '192.168.1.5:23750';

  test.each([
    ['link', { host }, '/?token=secret'],
    ['cookie', { host, cookie: 'a=b; swarmscope-token=secret' }, '/session'],
    ["docker's header", { host, 'x-swarmscope-token': 'secret' }, '/v1.50/info'],
  ])('the token comes by %s', (_, headers, url) => expect(gate.refusal(headers, url)).toBeNull());

  test.each([
    ['no token', { host }, '/'],
    ['another token', { host }, '/?token=secrets'],
    ['another cookie', { host, cookie: 'swarmscope-token=' }, '/'],
  ])('%s is turned away', (_, headers, url) => expect(gate.refusal(headers, url)?.status).toBe(401));

  test('a page of somebody else is turned away even with it', () =>
    expect(gate.refusal({ host, origin: 'http://elsewhere.example' }, '/?token=secret')?.status).toBe(403));
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['127.0.0.1.example', false],
])('%s is loopback: %s', (name, expected) => expect(isLoopbackName(name)).toBe(expected));
