/** A row of tabs with one stop for the Tab key and arrows between them. */
import type { KeyboardEvent, ReactNode } from 'react';

export interface Tab<Id extends string> {
  id: Id;
  label: ReactNode;
  /** For readers, when the label says less than they need. */
  name?: string;
  shortcut?: string;
}

export function TabList<Id extends string>(props: {
  name: string;
  tabs: readonly Tab<Id>[];
  active: Id;
  onChange: (id: Id) => void;
  /** Id of the element that the tabs switch. */
  controls: string;
  className?: string;
  tabClass: (active: boolean) => string;
}) {
  const { name, tabs, active, onChange, controls, className, tabClass } = props;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const index = tabs.findIndex((tab) => tab.id === active);
    const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length];
    if (!tab) return;
    onChange(tab.id);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[(next + tabs.length) % tabs.length]?.focus();
  };
  return (
    <div role="tablist" aria-label={name} className={className} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${controls}-tab-${tab.id}`}
          aria-controls={controls}
          aria-selected={tab.id === active}
          aria-label={tab.name}
          aria-keyshortcuts={tab.shortcut}
          tabIndex={tab.id === active ? 0 : -1}
          onClick={() => onChange(tab.id)}
          className={tabClass(tab.id === active)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}
