/**
 * xterm behind create/show/destroy: one per host, made when its tab is first shown and kept. Loaded after the first picture, so that
 * its 86 KB never stand in the way of it.
 */
import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { ObjectRef } from '../../protocol/events.ts';
import { fontsThere } from '../look/fonts.ts';
import { fontMono, palettes, type Theme } from '../look/palette.ts';
import { useWorld } from '../store/world.ts';
import { markSelected, refInRow } from './mark-selected.ts';
import { attachSink, resizeTerminal, sendInput } from './sessions.ts';

export interface TerminalView {
  element: HTMLElement;
  fit(): void;
  focus(): void;
  setTheme(theme: Theme): void;
  /** What a screen reader needs costs time, so it is made only when asked for. */
  setScreenReaderMode(on: boolean): void;
  dispose(): void;
}

/** Chrome has no hue: the colours a program may ask for are shades of ink, told apart by weight. */
function themeOf(theme: Theme): ITheme {
  const { stage, t1, t2, t3 } = palettes[theme];
  return {
    background: stage,
    foreground: t1,
    cursor: t1,
    cursorAccent: stage,
    selectionBackground: t1,
    selectionForeground: stage,
    selectionInactiveBackground: t3,
    black: stage,
    red: t1,
    green: t1,
    yellow: t1,
    blue: t1,
    magenta: t1,
    cyan: t1,
    white: t2,
    brightBlack: t3,
    brightRed: t1,
    brightGreen: t1,
    brightYellow: t1,
    brightBlue: t1,
    brightMagenta: t1,
    brightCyan: t1,
    brightWhite: t1,
  };
}

/** Makes the terminal of a host inside `parent`. The mono font must be there first: xterm measures its cells once. */
export async function createTerminalView(host: string, parent: HTMLElement, theme: Theme): Promise<TerminalView> {
  await fontIsThere();
  const element = document.createElement('div');
  element.className = 'absolute inset-0 px-4 py-1';
  parent.append(element);
  const terminal = new Terminal({
    fontFamily: fontMono,
    fontSize: 13,
    lineHeight: 1,
    letterSpacing: 0,
    fontWeight: 400,
    fontWeightBold: 700,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    scrollback: 2000,
    theme: themeOf(theme),
    minimumContrastRatio: 4.5,
    // For the marks of rows that name what is selected.
    allowProposedApi: true,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(element);
  terminal.textarea?.setAttribute('aria-label', `Terminal of ${host}. Shift+Escape leaves it.`);
  terminal.attachCustomKeyEventHandler((event) => keepForTerminal(event, terminal));
  terminal.onData((data) => sendInput(host, data));
  terminal.onResize(({ cols, rows }) => resizeTerminal(host, cols, rows));
  const stopHover = watchHover(terminal, element);
  const stopMarking = markSelected(terminal);
  const fitNow = () => {
    if (element.offsetParent !== null) fit.fit();
  };
  fitNow();
  const detach = attachSink(host, { write: (data) => terminal.write(data) });
  return {
    element,
    fit: fitNow,
    focus: () => terminal.focus(),
    setTheme: (wanted) => {
      terminal.options.theme = themeOf(wanted);
    },
    setScreenReaderMode: (on) => {
      terminal.options.screenReaderMode = on;
    },
    dispose: () => {
      detach();
      stopHover();
      stopMarking();
      terminal.dispose();
      element.remove();
    },
  };
}

/**
 * Tab belongs to the terminal (completion), so Shift+Escape is the way out for those without a mouse. Ctrl+V is left to the browser,
 * which pastes; so is Ctrl+C while text is selected, which then is copied; without a selection it interrupts.
 */
function keepForTerminal(event: KeyboardEvent, terminal: Terminal): boolean {
  if (event.type !== 'keydown') return true;
  if (event.key === 'Escape' && event.shiftKey) {
    document.getElementById('terminal-tabs')?.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
    return false;
  }
  if (!event.ctrlKey || event.altKey || event.metaKey) return true;
  if (event.key.toLowerCase() === 'v') return false;
  if (event.key.toLowerCase() !== 'c' || !terminal.hasSelection()) return true;
  // After the browser's copy, so that the next Ctrl+C interrupts.
  setTimeout(() => terminal.clearSelection());
  return false;
}

/** Waits for the mono font, but not for long: a terminal in another font is better than none. */
async function fontIsThere(): Promise<void> {
  await Promise.race([fontsThere, new Promise<void>((resolve) => setTimeout(resolve, 1500))]);
}

/** The row under the pointer: if it names a thing, that thing is shown on the stage. */
function watchHover(terminal: Terminal, element: HTMLElement): () => void {
  let row = -1;
  const hover = (ref: ObjectRef | null) => useWorld.getState().setHover(ref);
  const onMove = (event: MouseEvent) => {
    const screen = element.querySelector('.xterm-screen')?.getBoundingClientRect();
    if (!screen) return;
    const next = Math.floor(((event.clientY - screen.top) / screen.height) * terminal.rows);
    if (next === row) return;
    row = next;
    hover(refInRow(terminal, row));
  };
  const onLeave = () => {
    row = -1;
    hover(null);
  };
  element.addEventListener('mousemove', onMove);
  element.addEventListener('mouseleave', onLeave);
  return () => {
    element.removeEventListener('mousemove', onMove);
    element.removeEventListener('mouseleave', onLeave);
  };
}
