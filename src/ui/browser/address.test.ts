import { describe, expect, test } from 'vitest';
import { addressOf, cookieFrom, follow, headerOf, placeOf } from './address.ts';

describe('an address', () => {
  test.each([
    ['node1', 'http://node1:80/'],
    [' node2:8080/a?b=c ', 'http://node2:8080/a?b=c'],
    ['http://192.168.99.101', 'http://192.168.99.101:80/'],
    ['HTTP://node1:80/x', 'http://node1:80/x'],
  ])('%j is %s', (typed, address) => {
    const place = placeOf(typed);
    expect(place && addressOf(place)).toBe(address);
  });

  test.each(['', 'https://node1', 'javascript:alert(1)//', 'file:///etc', 'http://', 'node1:99999', 'two words'])(
    '%j names no place',
    (typed) => expect(placeOf(typed)).toBeNull(),
  );
});

describe('a link on http://node1:5000/shop/', () => {
  const from = { host: 'node1', port: 5000, path: '/shop/' };
  test.each([
    ['/', 'http://node1:5000/'],
    ['cart?x=1', 'http://node1:5000/shop/cart?x=1'],
    ['http://node2/', 'http://node2:80/'],
  ])('%j leads to %s', (link, address) => {
    const place = follow(from, link);
    expect(place && addressOf(place)).toBe(address);
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'https://example.org/', 'mailto:a@b'])(
    '%j leads nowhere',
    (link) => expect(follow(from, link)).toBeNull(),
  );
});

test('cookies and headers', () => {
  expect(cookieFrom('voter_id=ab12; Path=/')).toEqual(['voter_id', 'ab12']);
  expect(cookieFrom('nothing')).toBeNull();
  expect(headerOf({ 'content-TYPE': 'text/html' }, 'content-type')).toBe('text/html');
});
