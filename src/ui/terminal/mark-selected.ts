/** Rows of a terminal that name the selected thing lie on the ground of selected rows: the other way of finding a row on the map. */
import type { IDecoration, Terminal } from '@xterm/xterm';
import type { ObjectRef } from '../../protocol/events.ts';
import { palettes } from '../look/palette.ts';
import { nodeWithId, splitRef } from '../store/rows.ts';
import { useWorld } from '../store/world.ts';
import { refInLine } from './find-in-line.ts';

/** Output comes in floods; what is marked may be this much behind. */
const REFRESH_MS = 150;

/** What a row of the terminal names; its prompt names its host in every line and does not count. */
export function refInRow(terminal: Terminal, row: number): ObjectRef | null {
  const { snapshot } = useWorld.getState();
  const { active } = terminal.buffer;
  const line = active.getLine(active.viewportY + row)?.translateToString(true) ?? '';
  return snapshot && refInLine(line.replace(/^docker@\S+:~\$ ?/, ''), snapshot);
}

/** Keeps the marks. Returns the way to stop. */
export function markSelected(terminal: Terminal): () => void {
  let marks: IDecoration[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  const refresh = () => {
    timer = null;
    for (const mark of marks) mark.marker.dispose();
    marks = [];
    const selection = machineOfNode(useWorld.getState().selection);
    // A program that fills the screen itself draws it anew all the time.
    if (!selection || terminal.buffer.active.type === 'alternate') return;
    const rows = Array.from({ length: terminal.rows }, (_, row) => row);
    marks = rows.filter((row) => refInRow(terminal, row) === selection).flatMap((row) => markRow(terminal, row));
  };
  const later = () => {
    if (useWorld.getState().selection || marks.length > 0) timer ??= setTimeout(refresh, REFRESH_MS);
  };
  const stops = [terminal.onWriteParsed(later), terminal.onScroll(later), terminal.onResize(later)];
  const forget = useWorld.subscribe((state, before) => {
    if (state.selection !== before.selection || state.theme !== before.theme) later();
  });
  later();
  return () => {
    forget();
    for (const stop of stops) stop.dispose();
    if (timer !== null) clearTimeout(timer);
  };
}

function markRow(terminal: Terminal, row: number): IDecoration[] {
  const { viewportY, baseY, cursorY } = terminal.buffer.active;
  const marker = terminal.registerMarker(viewportY + row - baseY - cursorY);
  const backgroundColor = palettes[useWorld.getState().theme].raise;
  const mark = terminal.registerDecoration({ marker, width: terminal.cols, backgroundColor });
  return mark ? [mark] : [];
}

/** Rows speak of machines where the selection may be a node. */
function machineOfNode(selection: ObjectRef | null): ObjectRef | null {
  if (!selection) return null;
  const { kind, id } = splitRef(selection);
  const machine = kind === 'node' ? nodeWithId(useWorld.getState().snapshot, id)?.machine : undefined;
  return machine ? `machine:${machine}` : selection;
}
