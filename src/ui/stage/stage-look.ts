/**
 * Everything the drawing functions need beside the thing they draw: colours of the theme, hues of identities, typefaces, and the
 * pattern of dead machines. Made once per theme and per device pixel ratio.
 */
import { type Identity, serviceIdentity, termIdentity } from '../look/identity.ts';
import { fontMono, fontUi, type Palette, palettes, type Theme } from '../look/palette.ts';
import type { Measure } from './layout.ts';

export type Brush = CanvasRenderingContext2D;
/** What a bitmap that is made beforehand is painted with. */
export type Pen = Brush | OffscreenCanvasRenderingContext2D;

/** Colours of a message's shape: the term's hue in the Raft lens, ink elsewhere. */
export interface ShapeInk {
  fill: string;
  /** On the fill. */
  on: string;
  /** Outline that keeps a pale hue apart from light ground. */
  edge?: string;
}

export interface StageLook {
  theme: Theme;
  palette: Palette;
  service(hueIndex: number): Identity;
  term(term: number): Identity;
  /** The same object for the same term; null = plain ink. */
  ink(term: number | null): ShapeInk;
  /** Diagonal hatch of what is dead. */
  hatch: CanvasPattern | string;
}

export function createLook(theme: Theme, brush: Brush): StageLook {
  const palette = palettes[theme];
  const services = new Map<number, Identity>();
  const plain: ShapeInk = { fill: palette.t1, on: palette.onInverse };
  const terms = Array.from({ length: 6 }, (_, term): ShapeInk => {
    const { fill, ink, edge } = termIdentity(term, theme);
    return { fill, on: ink, edge };
  });
  return {
    theme,
    palette,
    service(hueIndex) {
      let identity = services.get(hueIndex);
      if (!identity) {
        identity = serviceIdentity(hueIndex, theme);
        services.set(hueIndex, identity);
      }
      return identity;
    },
    term: (term) => termIdentity(term, theme),
    ink: (term) => (term === null ? plain : terms[term % 6]!),
    hatch: hatchPattern(brush, palette) ?? palette.ghost,
  };
}

/** Lines at 45 degrees, 7 px apart, in a tile that repeats without a seam. */
function hatchPattern(brush: Brush, palette: Palette): CanvasPattern | null {
  const side = 10;
  const density = 2;
  const tile = document.createElement('canvas');
  tile.width = side * density;
  tile.height = side * density;
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.scale(density, density);
  pen.strokeStyle = palette.ghost;
  pen.globalAlpha = 0.5;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 2, side + 2);
    pen.lineTo(shift + side + 2, -2);
  }
  pen.stroke();
  const pattern = brush.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / density));
  return pattern;
}

export type Family = 'ui' | 'mono';

/** Font string as a canvas wants it. */
export function fontOf(size: number, weight: number, family: Family = 'ui'): string {
  return `${weight} ${Math.round(size * 10) / 10}px ${family === 'ui' ? fontUi : fontMono}`;
}

export interface TextStyle {
  size: number;
  weight?: number;
  color: string;
  align?: CanvasTextAlign;
  family?: Family;
  /** Colour of a rim that keeps the text apart from what is under it. */
  halo?: string;
}

/** Draws one line of text on its base line. */
export function drawText(brush: Brush, text: string, x: number, y: number, style: TextStyle): void {
  if (text === '') return;
  const font = fontOf(style.size, style.weight ?? 400, style.family);
  if (lastFont.get(brush) !== font) {
    brush.font = font;
    lastFont.set(brush, font);
  }
  brush.textAlign = style.align ?? 'left';
  if (style.halo) {
    brush.strokeStyle = style.halo;
    brush.lineWidth = 5;
    brush.lineJoin = 'round';
    brush.strokeText(text, x, y);
  }
  brush.fillStyle = style.color;
  brush.fillText(text, x, y);
}

/** Setting the font costs more than looking up which is set. Cleared when a canvas is resized or restored. */
const lastFont = new WeakMap<Brush, string>();

/** After `restore()` or a resize the canvas has another font than we last set. */
export function forgetFont(brush: Brush): void {
  lastFont.delete(brush);
}

/** Measures text with a canvas of its own; widths grow evenly with size, so one width per text and weight is kept. */
export function createMeasure(): { measure: Measure; forget(): void } {
  const pen = document.createElement('canvas').getContext('2d');
  const known = new Map<string, number>();
  const sample = 40;
  return {
    measure(text, size, weight) {
      const key = `${weight}|${text}`;
      let width = known.get(key);
      if (width === undefined) {
        if (!pen) return text.length * size * 0.56;
        pen.font = fontOf(sample, weight);
        width = pen.measureText(text).width / sample;
        if (known.size > 5000) known.clear();
        known.set(key, width);
      }
      return width * size;
    },
    forget: () => known.clear(),
  };
}
