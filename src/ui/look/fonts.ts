/** The two typefaces, fetched after the first picture, which is there sooner in whatever typeface the machine has. */
import { firstPicture } from '../store/first-picture.ts';
import { fontMono, fontUi } from './palette.ts';

/** Weights that a canvas or a terminal needs before anybody has asked for them. */
const wanted = [`400 16px ${fontUi}`, `700 16px ${fontUi}`, `400 13px ${fontMono}`, `700 13px ${fontMono}`];

/** Resolves when the typefaces are there, or cannot be had: without them everything works, too. */
export const fontsThere: Promise<void> = (async () => {
  await firstPicture;
  await import('./fonts.css');
  await Promise.all(wanted.map((font) => document.fonts.load(font)));
})().catch(() => undefined);
