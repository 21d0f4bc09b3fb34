/** `docker run --publish`, as the real client reads it. */
import { describe, expect, it } from 'vitest';
import { parseExposed, parsePortBindings } from './port-binding.ts';

const one = (key: string, HostPort: string, HostIp = '') => ({ [key]: [{ HostIp, HostPort }] });

describe('--publish', () => {
  it.each([
    ['80', one('80/tcp', '')],
    ['8080:80', one('80/tcp', '8080')],
    ['53:53/udp', one('53/udp', '53')],
    ['127.0.0.1:8080:80', one('80/tcp', '8080', '127.0.0.1')],
    ['127.0.0.1::80', one('80/tcp', '', '127.0.0.1')],
    ['published=8080,target=80', one('80/tcp', '8080')],
    ['8000-8002:80/udp', one('80/udp', '8000-8002')],
    ['8000-8001:80-81', { ...one('80/tcp', '8000'), ...one('81/tcp', '8001') }],
  ])('%s', (text, bindings) => {
    expect(parsePortBindings([text])).toEqual({ ok: true, value: bindings });
  });

  it.each([
    ['x', 'invalid containerPort: x'],
    ['80:90:100', 'invalid IP address: 80'],
    ['8080-8081:80-85', 'invalid ranges specified for container and host Ports: 80-85 and 8080-8081'],
  ])('%s: %s', (text, message) => {
    expect(parsePortBindings([text])).toEqual({ ok: false, message });
  });
});

it('reads ranges of exposed ports', () => {
  expect(parseExposed(['7000-7001/udp'])).toEqual({ ok: true, value: ['7000/udp', '7001/udp'] });
  expect(parseExposed(['x'])).toMatchObject({ ok: false });
});
