/** Ctrl-K: one line to find everything by, and the keyboard's way to all of it. */
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { usePanels } from '../store/panels.ts';
import { eventsShown, useWorld } from '../store/world.ts';
import { type Entry, entriesOf, entriesOfQuery } from './entries.ts';
import { bestFits } from './match.ts';

const SHOWN = 40;

export default function PaletteDialog() {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const close = () => usePanels.getState().set({ dialog: null });
  // As the world was when the palette opened: what is offered does not move under the hand.
  const all = useMemo((): Entry[] => {
    const state = useWorld.getState();
    return state.snapshot ? entriesOf(state.snapshot, eventsShown(state)) : [];
  }, []);
  const found = useMemo(
    () => [...entriesOfQuery(query), ...bestFits(all, ({ group, text }) => `${group} ${text}`, query, SHOWN)],
    [all, query],
  );
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(found.length - 1, active + step));
      setActive(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(found[active]);
    }
  };
  return (
    <Dialog title="Find and do" onClose={close} width="w-[620px]">
      <input
        data-begin-here
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found.length > 0 ? `${list}-${active}` : undefined}
        aria-label="What to find or do"
        placeholder="node3, power off, docker service ls, 0:17, stop when task web.* failed"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full border border-line2 bg-stage px-3 text-body text-t1 placeholder:text-t3"
      />
      <div id={list} role="listbox" aria-label="Found" className="mt-2 h-[min(420px,50dvh)] overflow-y-auto">
        {found.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's.
          <div
            key={`${entry.group} ${entry.text}`}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onClick={() => choose(entry)}
            onPointerMove={() => setActive(index)}
            className="flex min-h-9 cursor-default items-baseline gap-3 px-3 py-[7px] aria-selected:bg-raise aria-selected:shadow-[inset_3px_0_0_var(--t1)]"
          >
            <span className="w-16 flex-none text-caption text-t3">{entry.group}</span>
            <span className={entry.group === 'Type' ? 'font-mono text-small' : ''}>{entry.text}</span>
          </div>
        ))}
        {found.length === 0 && <p className="px-3 py-2 text-t2">Nothing fits.</p>}
      </div>
    </Dialog>
  );
}
