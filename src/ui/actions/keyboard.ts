/**
 * The page's keys. None of them acts while something that takes text has the focus (the terminal, a filter), and those without a
 * modifier can be turned off in the help.
 */
import type { ObjectRef } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { usePanels } from '../store/panels.ts';
import { machineNamed, splitRef, taskWithId } from '../store/rows.ts';
import { useWorld } from '../store/world.ts';
import { performKey } from './perform.ts';
import { changeSpeed, lookAt, lookNow, stepToNextEvent, togglePlaying } from './time-control.ts';

/** For the help: what is printed there and what happens is kept together. */
export interface KeyBinding {
  keys: string[];
  does: string;
  press(key: string): boolean;
}

const always = (act: () => void) => () => {
  act();
  return true;
};

export const keyBindings: readonly KeyBinding[] = [
  { keys: [' '], does: 'Pause, play', press: always(togglePlaying) },
  { keys: ['.'], does: 'Step to the next event', press: always(() => void stepToNextEvent()) },
  { keys: [','], does: 'Back to before the last event', press: always(() => void lookAt('back')) },
  { keys: ['<'], does: 'Back to before the last command or fault', press: always(() => void lookAt('command')) },
  { keys: ['n'], does: 'To the newest moment', press: always(() => void lookNow()) },
  {
    keys: ['[', ']'],
    does: 'Slower, faster',
    press: (key) => {
      changeSpeed(key === ']' ? 1 : -1);
      return true;
    },
  },
  { keys: ['1'], does: 'Lens: Cluster', press: always(() => useWorld.getState().setLens('cluster')) },
  { keys: ['2'], does: 'Lens: Raft', press: always(() => useWorld.getState().setLens('raft')) },
  { keys: ['3'], does: 'Lens: Network', press: always(() => useWorld.getState().setLens('network')) },
  { keys: ['4'], does: 'Lens: Orchestration', press: always(() => useWorld.getState().setLens('orchestration')) },
  {
    keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
    does: 'Select the machine before, after',
    press: (key) => {
      const { snapshot, selection, select } = useWorld.getState();
      const next = neighbourMachine(snapshot, selection, key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1);
      if (next) select(next);
      return next !== null;
    },
  },
  {
    keys: ['Escape'],
    does: 'Select nothing',
    press: () => {
      const { selection, select } = useWorld.getState();
      select(null);
      return selection !== null;
    },
  },
  { keys: ['k'], does: 'Power off or on; on a task: kill its container', press: () => performKey('K') },
  { keys: ['c'], does: 'Cut or mend the cable', press: () => performKey('C') },
  { keys: ['r'], does: 'Restart the daemon', press: () => performKey('R') },
  { keys: ['d'], does: 'Drain, activate', press: () => performKey('D') },
  { keys: ['p'], does: 'Promote, demote', press: () => performKey('P') },
  { keys: ['ContextMenu'], does: 'Menu of what is selected (also Shift+F10)', press: openMenuOfSelection },
  { keys: ['t'], does: 'To the terminal (Shift+Esc leaves it)', press: always(focusTerminal) },
  { keys: ['/'], does: 'Find and do anything (also Ctrl-K)', press: always(openPalette) },
  { keys: ['?'], does: 'This help', press: always(() => usePanels.getState().set({ dialog: 'help' })) },
];

function openPalette(): void {
  usePanels.getState().set({ dialog: 'palette' });
}

/** Ctrl-K (on a Mac: Command-K) works wherever the focus is, but for a terminal, where it cuts the rest of the line. */
function isPaletteKey(event: KeyboardEvent): boolean {
  if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
    return false;
  const isShell = event.ctrlKey && event.target instanceof HTMLElement && event.target.closest('.xterm') !== null;
  return !isShell && !document.querySelector('dialog[open]');
}

/** Listens on the whole page. Returns the way to stop. */
export function listenToKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (isPaletteKey(event)) {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!usePanels.getState().singleKeys || takesKeys(event.target, event.key)) return;
    const key =
      event.key === 'F10' && event.shiftKey
        ? 'ContextMenu'
        : event.key.length === 1
          ? event.key.toLowerCase()
          : event.key;
    const binding = keyBindings.find((row) => row.keys.includes(key));
    if (binding?.press(key)) event.preventDefault();
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}

/** Does the focused element need this key itself? */
function takesKeys(target: EventTarget | null, key: string): boolean {
  if (document.querySelector('dialog[open], [role="menu"]')) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable="true"]'))
    return true;
  if (key === ' ' || key === 'Enter')
    return target.closest('button, a, summary, input, [role="treeitem"], [role="option"]') !== null;
  if (key.startsWith('Arrow')) {
    return (
      target.closest(
        'input, [role="tablist"], [role="tree"], [role="grid"], [role="listbox"], [role="separator"], [data-own-arrows]',
      ) !== null || isScrollable(target)
    );
  }
  return false;
}

function isScrollable(element: HTMLElement): boolean {
  return element.scrollHeight > element.clientHeight + 1 && element.tabIndex === 0;
}

/** The machine before or after the one that is selected (or that the selected task is on), around the end. */
export function neighbourMachine(
  snapshot: Snapshot | null,
  selection: ObjectRef | null,
  direction: 1 | -1,
): ObjectRef | null {
  if (!snapshot || snapshot.machines.length === 0) return null;
  const { machines } = snapshot;
  const current = machineNamed(snapshot, selection && hostOfRef(snapshot, selection));
  if (!current) return `machine:${(direction > 0 ? machines[0] : machines.at(-1))?.name}`;
  const index = machines.indexOf(current) + direction;
  return `machine:${machines.at(index % machines.length)?.name}`;
}

/** The host a selected thing is on. */
export function hostOfRef(snapshot: Snapshot, ref: ObjectRef): string | null {
  const { kind, id } = splitRef(ref);
  if (kind === 'machine') return id;
  if (kind === 'task') return taskWithId(snapshot, id)?.machine ?? null;
  if (kind === 'node') return snapshot.nodes.find((node) => node.id === id)?.machine ?? null;
  return null;
}

/** For a selection made elsewhere than on the stage, whose outline opens the menu at the thing itself. */
function openMenuOfSelection(): boolean {
  const { selection, openMenu } = useWorld.getState();
  const box = document.getElementById('stage')?.getBoundingClientRect();
  if (!selection || !box) return false;
  openMenu(selection, box.left + box.width / 3, box.top + box.height / 3);
  return true;
}

/** Opens the terminal if it is folded, of the selected machine if one is selected, and puts the focus into it. */
export function focusTerminal(): void {
  const { snapshot, selection } = useWorld.getState();
  const panels = usePanels.getState();
  const host = snapshot && selection ? hostOfRef(snapshot, selection) : null;
  panels.set({ terminalFolded: false, sheet: 'terminal', sheetUp: true, ...(host ? { terminalHost: host } : {}) });
  document.dispatchEvent(new CustomEvent('swarmscope:focus-terminal'));
}
