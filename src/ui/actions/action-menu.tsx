/** The context menu of a machine or a task: the same actions as the buttons, where the pointer is. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type OpenMenu, useWorld } from '../store/world.ts';
import { actionsFor, subjectName, subjectOf } from './actions.ts';
import { performAction } from './perform.ts';

export default function ActionMenu() {
  const menu = useWorld((state) => state.menu);
  return menu ? <Menu key={`${menu.ref} ${menu.x} ${menu.y}`} menu={menu} /> : null;
}

function Menu({ menu }: { menu: OpenMenu }) {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: menu.x, top: menu.y });
  const subject = subjectOf(useWorld.getState().snapshot, menu.ref);
  const close = () => useWorld.getState().closeMenu();

  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (!box) return;
    setPlace({
      left: Math.max(4, Math.min(menu.x, innerWidth - box.width - 4)),
      top: Math.max(4, Math.min(menu.y, innerHeight - box.height - 4)),
    });
  }, [menu]);

  useEffect(() => {
    const before = document.activeElement;
    ref.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const onPointerDown = (event: PointerEvent) => {
      if (!ref.current?.contains(event.target as Node)) useWorld.getState().closeMenu();
    };
    document.addEventListener('pointerdown', onPointerDown, true);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown, true);
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);

  if (!subject) return null;
  const onKeyDown = (event: KeyboardEvent) => {
    const items = [...(ref.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const index = items.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) items.at(next % items.length)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else {
      const action = actionsFor(subject).find((row) => row.key === event.key.toUpperCase());
      if (!action || event.ctrlKey || event.metaKey) return;
      performAction(action, menu.ref);
      close();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={ref}
      role="menu"
      tabIndex={-1}
      aria-label={subjectName(subject)}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
      style={place}
      className="fixed z-50 min-w-[232px] border border-line2 bg-chrome py-1 text-t1 shadow-[0_8px_24px_#0006]"
    >
      <div className="px-3 pt-1 pb-[6px] text-small font-[650]" aria-hidden="true">
        {subjectName(subject)}
      </div>
      {actionsFor(subject).map((action) => {
        const disabled = action.disabled(subject);
        return (
          <div
            key={action.id}
            role="menuitem"
            tabIndex={-1}
            aria-disabled={disabled ? true : undefined}
            aria-keyshortcuts={action.key}
            onClick={() => {
              if (disabled) return;
              performAction(action, menu.ref);
              close();
            }}
            onKeyDown={(event) => {
              if ((event.key !== 'Enter' && event.key !== ' ') || disabled) return;
              event.preventDefault();
              event.stopPropagation();
              performAction(action, menu.ref);
              close();
            }}
            className="flex min-h-8 items-center justify-between gap-6 px-3 hover:bg-raise focus:bg-raise aria-disabled:text-t3 max-[720px]:min-h-11"
          >
            <span>
              {action.label(subject)}
              {disabled && <span className="block text-caption text-t3">{disabled}</span>}
            </span>
            {action.key && (
              <span className="font-mono text-caption text-t3" aria-hidden="true">
                {action.key}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
