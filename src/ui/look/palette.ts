/** The tokens of `tokens.css` for code that draws on a canvas. Roles, not shades: see the table of colours there. */

export type Theme = 'dark' | 'light';

export interface Palette {
  /** Ground of the map and of the terminal. */
  stage: string;
  /** Ground of bars and of the inspector. */
  chrome: string;
  /** Selected row. */
  raise: string;
  /** Separators. */
  line: string;
  /** Edges of controls, at least 3:1. */
  line2: string;
  /** Fill and edge of a machine. */
  node: string;
  nodeEdge: string;
  /** Hatching of what is dead. */
  ghost: string;
  /** Text, secondary text, captions. */
  t1: string;
  t2: string;
  t3: string;
  inverse: string;
  onInverse: string;
}

export const palettes: Readonly<Record<Theme, Palette>> = {
  dark: {
    stage: '#101214',
    chrome: '#171a1c',
    raise: '#22262a',
    line: '#2b3034',
    line2: '#656c74',
    node: '#171a1c',
    nodeEdge: '#6a727a',
    ghost: '#6e757c',
    t1: '#eceef0',
    t2: '#b6bcc2',
    t3: '#8f969d',
    inverse: '#eceef0',
    onInverse: '#101214',
  },
  light: {
    stage: '#ffffff',
    chrome: '#f3f4f5',
    raise: '#e6e8ea',
    line: '#d9dcdf',
    line2: '#868d94',
    node: '#fafafb',
    nodeEdge: '#7b838b',
    ghost: '#7b828a',
    t1: '#16191b',
    t2: '#454b51',
    t3: '#5f666d',
    inverse: '#16191b',
    onInverse: '#ffffff',
  },
};

/** Font families, as in `tokens.css`. */
export const fontUi = '"Atkinson Hyperlegible Next Variable", system-ui, sans-serif';
export const fontMono = '"JetBrains Mono Variable", ui-monospace, "DejaVu Sans Mono", monospace';
