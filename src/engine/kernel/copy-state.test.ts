import { describe, expect, it } from 'vitest';
import { copyState } from './copy-state.ts';

describe('copyState', () => {
  it.each([
    ['values', { a: 1, b: 'x', c: null, d: undefined, e: true, f: Number.NaN, g: -0 }],
    ['lists in lists', [[1], [[2, undefined]], []]],
    ['maps and sets', { map: new Map([['a', new Set([1, 2])]]), keys: new Map([[{ k: 1 }, 'x']]) }],
    ['typed arrays', { bytes: new Uint8Array([1, 2, 3]), words: new Uint32Array([7]) }],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 })],
    ['a name that others give to prototypes', JSON.parse('{"__proto__x":1,"constructor":2}')],
  ])('copies %s', (_, state) => {
    const { copy } = copyState(state);
    expect(copy).toEqual(state);
    expect(copy).not.toBe(state);
  });

  it('keeps what is one thing one thing, also in circles', () => {
    const member = { id: 'm1', self: null as unknown };
    member.self = member;
    const { copy } = copyState({ first: member, second: member, by: new Map([['m1', member]]) });
    expect(copy.first).not.toBe(member);
    expect(copy.second).toBe(copy.first);
    expect(copy.by.get('m1')).toBe(copy.first);
    expect(copy.first.self).toBe(copy.first);
  });

  it('keeps the order of keys and entries', () => {
    const state = {
      z: 1,
      a: 2,
      map: new Map([
        ['z', 1],
        ['a', 2],
      ]),
    };
    const { copy } = copyState(state);
    expect(Object.keys(copy)).toEqual(['z', 'a', 'map']);
    expect([...copy.map.keys()]).toEqual(['z', 'a']);
  });

  it('shares what it is told to share, wherever it is', () => {
    const entry = { data: { deep: [1] } };
    const { copy, weight } = copyState({ log: [entry], applied: { last: entry } }, new Set([entry]));
    expect(weight).toBe(3);
    expect(copy.log[0]).toBe(entry);
    expect(copy.applied.last).toBe(entry);
  });

  it.each([
    ['a function', { f: () => 1 }, 'function'],
    ['an object of a class', { d: new Date(0) }, 'class Date'],
  ])('refuses %s', (_, state, word) => {
    expect(() => copyState(state)).toThrow(word);
  });
});
