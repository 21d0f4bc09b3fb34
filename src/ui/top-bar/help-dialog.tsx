/** What this is, and the keys. */
import { keyBindings } from '../actions/keyboard.ts';
import { Dialog } from '../components/dialog.tsx';
import { usePanels } from '../store/panels.ts';
import { ThemeButton } from './top-bar.tsx';

const keyNames: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ContextMenu: 'Menu',
};

const spokenKeys: Readonly<Record<string, string>> = { '←': 'left', '→': 'right', '↑': 'up', '↓': 'down' };

export default function HelpDialog() {
  const singleKeys = usePanels((state) => state.singleKeys);
  const set = usePanels((state) => state.set);
  return (
    <Dialog title="A Docker Swarm in this tab" onClose={() => set({ dialog: null })}>
      <div className="space-y-2 text-t2">
        <p>
          Every machine on the stage is simulated down to its daemon: the managers really run Raft, the scheduler really
          decides, the agents really report. The terminals take docker commands. Nothing leaves this browser.
        </p>
        <p>
          Click a machine or a task: the panel at the side says what it is and why it is so. The buttons there, the menu
          (right click, long press, Shift+F10) and the keys do the same things, and print the command or the fault they
          stand for.
        </p>
        <p>
          Time is virtual: pause it, step from event to event, run it a thousand times slower or faster, and go back:
          pull the timeline to any earlier moment and act there, which begins another course of the same world. By
          itself time runs slower while there is no leader, so that an election can be watched.
        </p>
        <p>
          <button
            type="button"
            onClick={() => set({ dialog: 'palette' })}
            className="inline-flex h-8 items-center rounded-control border border-line2 px-3 text-t1 hover:bg-raise max-[720px]:h-11"
          >
            Find and do anything
          </button>{' '}
          <button
            type="button"
            onClick={() => set({ dialog: 'share', sessionFailure: '' })}
            className="inline-flex h-8 items-center rounded-control border border-line2 px-3 text-t1 hover:bg-raise max-[720px]:h-11"
          >
            Share this moment
          </button>
        </p>
      </div>
      <h3 className="mt-5 mb-2 font-[650]">Keys</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-[6px] sm:grid-cols-[auto_1fr_auto_1fr]">
        {keyBindings.map((binding) => (
          <div key={binding.does} className="contents">
            <dt className="flex gap-1">
              {binding.keys.map((key) => {
                const name = keyNames[key] ?? key.toUpperCase();
                return (
                  <kbd
                    key={key}
                    aria-label={spokenKeys[name]}
                    className="inline-block h-[22px] min-w-[22px] rounded-[3px] border border-line2 px-[5px] text-center text-caption leading-5"
                  >
                    {name}
                  </kbd>
                );
              })}
            </dt>
            <dd className="text-t2">{binding.does}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 flex items-center gap-2">
        <ThemeButton className="size-11 border border-line2" /> Dark or light: the system decides until you do.
      </p>
      <label className="mt-4 flex items-center gap-2">
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={(event) => set({ singleKeys: event.target.checked })}
          className="size-4 accent-(--t1)"
        />
        Keys act (turn off for speech input)
      </label>
      <p className="mt-3 text-small text-t3">
        Keys rest while you type in a terminal or a field. Shift+Esc leaves a terminal.
      </p>
    </Dialog>
  );
}
