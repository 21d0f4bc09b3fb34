/** Files that are no stacks: damaged, hostile, huge. Whatever is read, there is an answer, and nothing is thrown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsed, unparsable } from '../flags/flag.ts';
import { loadStackFiles } from './load.ts';
import { printStack } from './print-stack.ts';
import { readYaml } from './read-yaml.ts';
import { reference } from './testing/reference-stacks.ts';
import { isMapping } from './value.ts';

/** What `docker stack config` prints, or the complaint. */
function answerTo(text: string): string {
  const config = readYaml(text);
  if (!config.ok) return config.message;
  if (!isMapping(config.value)) return 'top-level object must be a mapping';
  const stack = loadStackFiles([{ name: 'a.yml', config: config.value }], {
    workingDirectory: '/w',
    lookup: (name) => (name === 'HOME' ? '/home/dev' : undefined),
    readFile: (path) =>
      path.endsWith('.vars') ? parsed('A=1\n') : unparsable(`open ${path}: no such file or directory`),
    warn: () => undefined,
  });
  return stack.ok ? printStack(stack.value) : stack.message;
}

describe('a damaged stack', () => {
  const signs = [...'\t\n :-[]{}\'"#&*!|>%@`,$?é1'];
  const damage = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), sign: fc.constantFrom('', ...signs) });

  it.each(['fleet', 'edge', 'observatory', 'vault'])('%s', (name) => {
    const text = reference(`${name}.yml`)!;
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 5 }), (damages) => {
        let broken = text;
        for (const { at, sign } of damages) {
          const place = Math.floor(at * broken.length);
          broken = broken.slice(0, place) + sign + broken.slice(place + 1);
        }
        expect(answerTo(broken)).not.toBe('');
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

const tooDeep = 'yaml: exceeded max depth of 10000';
const laughs = Array.from({ length: 12 }, (_, at) => `x-${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`);

it.each([
  ['brackets within brackets', `x-a: ${'['.repeat(100_000)}`, tooDeep],
  ['lists within lists', `x-a:\n  ${'- '.repeat(20_000)}a`, tooDeep],
  ['mappings within mappings', Array.from({ length: 600 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'), tooDeep],
  [
    'a billion laughs',
    ['x-0: &a0 [x,x,x,x,x,x,x,x,x]', ...laughs, 'services: {}'].join('\n'),
    'yaml: document contains excessive aliasing',
  ],
  ['an anchor within itself', 'x-a: &a [*a]\nservices: {}', "yaml: anchor 'a' value contains itself"],
  ['control characters', 'a\u0001: b', 'yaml: control characters are not allowed'],
])('%s', (_name, text, answer) => {
  expect(answerTo(text)).toBe(answer);
});

it('names that mean something to JavaScript', () => {
  const text = `services:
  __proto__:
    environment:
      __proto__: "1"
      constructor: "2"
      toString: null
    image: x
    labels:
      __proto__: a
networks:
  constructor: {}
  hasOwnProperty: {}
x-__proto__:
  __proto__: 5
`;
  expect(answerTo(text)).toBe(`version: "3.13"\n${text}`);
});
