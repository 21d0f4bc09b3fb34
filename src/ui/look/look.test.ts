import { describe, expect, it } from 'vitest';
import { networkIdentity, serviceIdentity, termIdentity } from './identity.ts';
import { palettes } from './palette.ts';
import css from './tokens.css?raw';

/** Relative luminance and contrast as WCAG 2 has them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

describe.each(['dark', 'light'] as const)('the %s theme', (theme) => {
  const block = css.slice(css.indexOf(`[data-theme="${theme}"]`));
  const palette = palettes[theme];

  it('has the same colours on the canvas as in the style sheet', () => {
    for (const [role, colour] of Object.entries(palette)) {
      const variable = role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(block.slice(0, block.indexOf('}'))).toContain(`--${variable}: ${colour};`);
    }
  });

  it.each([
    ['t1', 'chrome', 7],
    ['t2', 'chrome', 7],
    ['t3', 'chrome', 4.5],
    ['t2', 'raise', 4.5],
    ['t3', 'stage', 4.5],
    ['line2', 'chrome', 3],
    ['onInverse', 'inverse', 7],
  ] as const)('%s on %s has at least %d:1', (ink, ground, least) => {
    expect(contrast(palette[ink], palette[ground])).toBeGreaterThanOrEqual(least);
  });

  it.each([0, 1, 2, 3, 4, 5])('service %d can be read on its fill and as text', (index) => {
    const { fill, edge, ink } = serviceIdentity(index, theme);
    expect(contrast(ink, fill)).toBeGreaterThanOrEqual(7);
    expect(contrast(edge, palette.stage)).toBeGreaterThanOrEqual(5.5);
  });
});

describe('identity', () => {
  it('gives services the hues 1 2 4 3 6 5, and stripes from the seventh on', () => {
    const fills = [0, 1, 2, 3, 4, 5].map((index) => serviceIdentity(index, 'dark').fill);
    expect(fills).toEqual(['#FBCB6B', '#93E3FC', '#D6A1CC', '#00B778', '#AA8BFE', '#FF7A1F']);
    expect(serviceIdentity(6, 'dark')).toMatchObject({ fill: '#FBCB6B', striped: true });
  });

  it('gives the first networks other hues than the first services', () => {
    expect([networkIdentity(0, 'dark').fill, networkIdentity(1, 'dark').fill]).toEqual(['#FF7A1F', '#AA8BFE']);
  });

  it('gives neighbouring terms different hues, the seventh that of the first', () => {
    const fills = [1, 2, 3, 4, 5, 6, 7].map((term) => termIdentity(term, 'dark').fill);
    expect(new Set(fills.slice(0, 6)).size).toBe(6);
    expect(fills[6]).toBe(fills[0]);
    expect(termIdentity(0, 'light').fill).toBe(fills[5]);
  });
});
