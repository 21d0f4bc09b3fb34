/** How the page's own panels stand: which terminal shows, what is folded, how wide; kept in the browser where it helps. */
import { create } from 'zustand';
import type { EventLane } from '../../protocol/events.ts';

export type InspectorTab = 'why' | 'facts' | 'events' | 'json';

/** Which dialog is open. */
export type OpenDialog = 'help' | 'starts' | 'palette' | 'share' | 'lessons' | null;

export interface PanelState {
  terminalHost: string | null;
  terminalFolded: boolean;
  /** The browser window shows in place of the terminals (on a phone: in place of the terminal, in the sheet). */
  browserOpen: boolean;
  /** The terminals keep their text where a screen reader finds it. */
  readerMode: boolean;
  /** Pixels; null = as the grid has it. */
  terminalHeight: number | null;
  inspectorWidth: number | null;
  inspectorTab: InspectorTab;
  dialog: OpenDialog;
  /** The lesson being taken, by its id. */
  lesson: string | null;
  /** A session is being played again: so much of it has been done. */
  opening: number | null;
  /** Why a session could not be opened. */
  sessionFailure: string;
  /** What the chooser of starts has to say when it opens: the address asked for one that does not exist. */
  startFailure: string;
  /** Phone: the sheet under the stage shows the inspector or the terminal, and may be pulled up. */
  sheet: 'inspector' | 'terminal' | 'lesson';
  sheetUp: boolean;
  /** Keys without modifiers act (can be turned off, for speech input and the like). */
  singleKeys: boolean;
  /** Filter of the event list. */
  eventText: string;
  eventLane: EventLane | 'all';
  set(change: Partial<Omit<PanelState, 'set'>>): void;
}

const keysSetting = 'swarmscope.single-keys';

export const usePanels = create<PanelState>()((set) => ({
  terminalHost: null,
  terminalFolded: false,
  browserOpen: false,
  readerMode: false,
  terminalHeight: null,
  inspectorWidth: null,
  inspectorTab: 'why',
  dialog: null,
  lesson: null,
  opening: null,
  sessionFailure: '',
  startFailure: '',
  sheet: 'inspector',
  sheetUp: false,
  singleKeys: readSetting(keysSetting) !== 'off',
  eventText: '',
  eventLane: 'all',
  set: (change) => {
    if (change.singleKeys !== undefined) writeSetting(keysSetting, change.singleKeys ? 'on' : 'off');
    // Whoever wants a terminal wants to see it.
    const isTerminal = change.terminalHost !== undefined || change.sheet === 'terminal';
    set(isTerminal ? { browserOpen: false, ...change } : change);
  },
}));

/** A setting kept in the browser; null where storage is not allowed. */
export function readSetting(name: string): string | null {
  try {
    return globalThis.localStorage?.getItem(name) ?? null;
  } catch {
    // Storage may be forbidden (private mode, file://): settings then last as long as the page.
    return null;
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    globalThis.localStorage?.setItem(name, value);
  } catch {
    // See `readSetting`.
  }
}
