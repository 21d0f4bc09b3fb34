/**
 * Splittable seeded randomness with a plain, serialisable state.
 * Generator: xoshiro128** (Blackman and Vigna); seeding: splitmix32 over the seed and the stream's name.
 * Streams are split by purpose (elections, latency, placement ...), so that one more die rolled in one of them
 * leaves the dice of all others as they were.
 */

/** Four 32-bit words; never all zero. */
export type RandomState = [number, number, number, number];

/** One stream of dice. It works on `state` in place, so a copy of the state is a copy of the stream. */
export class Random {
  readonly state: RandomState;

  constructor(state: RandomState) {
    this.state = state;
  }

  /** 32 random bits, as an unsigned integer. */
  next(): number {
    const s = this.state;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** A number in [0, 1). */
  float(): number {
    return this.next() / 0x1_0000_0000;
  }

  /** A whole number in [0, n). `n` must be at least 1. */
  int(n: number): number {
    return Math.floor(this.float() * n);
  }

  /** A whole number in [low, high], both included. */
  between(low: number, high: number): number {
    return low + this.int(high - low + 1);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return probability > 0 && this.float() < probability;
  }
}

/** The first state of the stream called `name` of the world with this seed. */
export function seedStream(seed: number, name: string): RandomState {
  let h = (seed ^ 0x9e3779b9) >>> 0;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193) >>> 0;
  const word = (): number => {
    h = (h + 0x9e3779b9) >>> 0;
    let z = h;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return [word(), word(), word(), word() | 1];
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}
