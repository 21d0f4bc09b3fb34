import { describe, expect, test } from 'vitest';
import { sha256 } from './sha256.ts';

describe('the digests of FIPS 180-4', () => {
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('of %.20j', (text, digest) => {
    expect(sha256(text)).toBe(digest);
  });

  test('of letters beyond ASCII: the bytes of UTF-8', () => {
    expect(sha256('ä€😀')).toBe('819fe77d1c7897c4c541e21c63d27154d46e12cc65074d8d9c874626a40a6074');
  });
});
