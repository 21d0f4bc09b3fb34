/**
 * The stage without eyes or mouse: a tree of machines with their tasks, and the services, each named in words. Moving in it moves the selection
 * and a ring on the canvas; Enter or the menu key opens the same menu as a right click. Out of sight until it has the focus
 * (or is asked to stay), never out of reach.
 */
import { type JSX, type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react';
import type { ObjectRef } from '../../protocol/events.ts';
import { useWorld } from '../store/world.ts';
import type { Scene } from './layout.ts';
import type { MachineMark, TaskMark } from './scene.ts';
import { taskSentence } from './task-facts.ts';

interface OutlineProps {
  scene: Scene | null;
  onFocusRef(ref: ObjectRef | null): void;
}

/** A line of the tree as it stands now. */
interface Line {
  ref: ObjectRef;
  parent: ObjectRef | null;
  level: 1 | 2 | 3;
  label: string;
  /** null = cannot be opened. */
  expanded: boolean | null;
  position: number;
  of: number;
}

/** Branches that are no things of the world. */
const MACHINES: ObjectRef = 'outline:machines';
const WAITING: ObjectRef = 'outline:waiting';
const SERVICES: ObjectRef = 'outline:services';

export function Outline({ scene, onFocusRef }: OutlineProps): JSX.Element | null {
  const [open, setOpen] = useState<ReadonlySet<ObjectRef>>(() => new Set([MACHINES, WAITING, SERVICES]));
  const [current, setCurrent] = useState<ObjectRef | null>(null);
  const [stays, setStays] = useState(false);
  const tree = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => (scene ? linesOf(scene, open) : []), [scene, open]);
  const active = lines.some((line) => line.ref === current) ? current : (lines[0]?.ref ?? null);

  const go = (ref: ObjectRef | undefined) => {
    if (ref === undefined) return;
    setCurrent(ref);
    tree.current?.querySelector<HTMLElement>(`[data-ref="${CSS.escape(ref)}"]`)?.focus();
  };
  const toggle = (ref: ObjectRef, wanted: boolean) => {
    const next = new Set(open);
    if (wanted) next.add(ref);
    else next.delete(ref);
    setOpen(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const index = lines.findIndex((line) => line.ref === active);
    const line = lines[index];
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAction(event, line, lines, index);
    if (act === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (act.kind === 'go') go(act.ref);
    else if (act.kind === 'toggle') toggle(line.ref, act.open);
    else openMenuAt(line.ref, tree.current?.querySelector(`[data-ref="${CSS.escape(line.ref)}"]`) ?? null);
  };
  const onFocus = (ref: ObjectRef) => {
    setCurrent(ref);
    const isThing = !ref.startsWith('outline:');
    onFocusRef(isThing ? ref : null);
    if (isThing) useWorld.getState().select(ref);
  };
  useEffect(() => () => onFocusRef(null), [onFocusRef]);

  const selection = useWorld((state) => state.selection);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another selection moves the current line, not each scene.
  useEffect(() => {
    if (!selection || !scene || tree.current?.contains(document.activeElement)) return;
    const host = scene.machines.find((mark) => tasksOf(mark).some((task) => task.ref === selection));
    if (host && !open.has(host.ref)) toggle(host.ref, true);
    setCurrent(selection);
  }, [selection]);

  if (!scene) return null;
  return (
    <nav
      aria-label="Outline of the stage"
      className={
        stays
          ? 'absolute top-2 bottom-2 left-2 w-80 max-w-[90%] overflow-auto border border-line2 bg-stage p-2'
          : 'sr-only focus-within:not-sr-only focus-within:absolute! focus-within:top-2 focus-within:left-2 focus-within:max-h-[calc(100%-16px)] focus-within:w-80 focus-within:max-w-[90%] focus-within:overflow-auto focus-within:border focus-within:border-line2 focus-within:bg-stage focus-within:p-2!'
      }
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onFocusRef(null);
      }}
    >
      <label className="flex min-h-6 items-center gap-2 pb-1 text-small">
        <input checked={stays} onChange={(event) => setStays(event.target.checked)} type="checkbox" />
        Keep the outline open
      </label>
      <div aria-label="Machines, tasks and services" onKeyDown={onKeyDown} ref={tree} role="tree">
        {lines.map((line) => (
          <OutlineLine
            active={line.ref === active}
            selected={line.ref === selection}
            expanded={line.expanded}
            key={`${line.parent} ${line.ref}`}
            label={line.label}
            level={line.level}
            of={line.of}
            onFocus={onFocus}
            position={line.position}
            itemRef={line.ref}
          />
        ))}
      </div>
    </nav>
  );
}

interface LineProps {
  itemRef: ObjectRef;
  label: string;
  level: 1 | 2 | 3;
  expanded: boolean | null;
  /** The line that the Tab key leads to. */
  active: boolean;
  selected: boolean;
  position: number;
  of: number;
  onFocus(ref: ObjectRef): void;
}

/** Rendered again only when its words or its place changed. */
const OutlineLine = memo(
  function OutlineLine({
    itemRef,
    label,
    level,
    expanded,
    active,
    selected,
    position,
    of,
    onFocus,
  }: LineProps): JSX.Element {
    return (
      <div
        aria-expanded={expanded ?? undefined}
        aria-level={level}
        aria-posinset={position}
        aria-selected={selected}
        aria-setsize={of}
        className="cursor-default py-0.5 text-small aria-selected:font-[650]"
        data-ref={itemRef}
        onClick={(event) => event.currentTarget.focus()}
        onContextMenu={(event) => {
          event.preventDefault();
          openMenuAt(itemRef, event.currentTarget);
        }}
        onFocus={() => onFocus(itemRef)}
        onKeyDown={() => {}}
        role="treeitem"
        style={{ paddingLeft: (level - 1) * 14 + 2 }}
        tabIndex={active ? 0 : -1}
      >
        {label}
      </div>
    );
  },
  (a, b) =>
    a.label === b.label &&
    a.active === b.active &&
    a.selected === b.selected &&
    a.expanded === b.expanded &&
    a.position === b.position &&
    a.of === b.of &&
    a.itemRef === b.itemRef,
);

/** The tree from top to bottom, closed branches left out. */
export function linesOf(scene: Scene, open: ReadonlySet<ObjectRef>): Line[] {
  const lines: Line[] = [];
  const waiting = scene.tray;
  const branches = 2 + (waiting ? 1 : 0);
  const branch = (ref: ObjectRef, label: string) => {
    const position = lines.filter((line) => line.level === 1).length + 1;
    lines.push({ ref, parent: null, level: 1, label, expanded: open.has(ref), position, of: branches });
    return open.has(ref);
  };
  if (branch(MACHINES, `Machines, ${scene.machines.length}`)) {
    scene.machines.forEach((mark, index) => {
      const tasks = tasksOf(mark);
      const expanded = tasks.length > 0 ? open.has(mark.ref) : null;
      lines.push({
        ref: mark.ref,
        parent: MACHINES,
        level: 2,
        label: machineLabel(mark, tasks),
        expanded,
        position: index + 1,
        of: scene.machines.length,
      });
      if (expanded) addTasks(lines, tasks, mark.ref, scene);
    });
  }
  if (waiting && branch(WAITING, `Waiting for a machine, ${waiting.total}`))
    addTasks(lines, waiting.tasks, WAITING, scene, 2);
  if (branch(SERVICES, `Services, ${scene.from.services.length}`)) {
    scene.from.services.forEach((service, index) => {
      lines.push({
        ref: `service:${service.id}`,
        parent: SERVICES,
        level: 2,
        label: `${service.name}, ${service.mode}, ${service.running} of ${service.desired} running, ${service.image}`,
        expanded: null,
        position: index + 1,
        of: scene.from.services.length,
      });
    });
  }
  return lines;
}

function tasksOf(mark: MachineMark): TaskMark[] {
  return mark.groups.length > 0 ? mark.groups.flatMap((group) => group.marks) : mark.tasks;
}

function machineLabel(mark: MachineMark, tasks: TaskMark[]): string {
  return `${mark.facts.sentence}, ${tasks.length === 1 ? '1 task' : `${tasks.length} tasks`}`;
}

function addTasks(lines: Line[], tasks: TaskMark[], parent: ObjectRef, scene: Scene, level: 2 | 3 = 3): void {
  tasks.forEach((mark, index) => {
    const successor = mark.task.successor;
    const successorMachine =
      successor === null ? null : (scene.from.tasks.find((task) => task.id === successor)?.machine ?? null);
    lines.push({
      ref: mark.ref,
      parent,
      level,
      label: taskSentence(mark.task, mark.look, successorMachine),
      expanded: null,
      position: index + 1,
      of: tasks.length,
    });
  });
}

type Act = { kind: 'go'; ref: ObjectRef | undefined } | { kind: 'toggle'; open: boolean } | { kind: 'menu' };

/** The keys of a tree (WAI-ARIA): arrows move, right opens, left closes, Home and End jump, Enter or the menu key acts. */
export function keyAction(
  { key, shiftKey }: { key: string; shiftKey: boolean },
  line: Line,
  lines: readonly Line[],
  index: number,
): Act | null {
  switch (key) {
    case 'ArrowDown':
      return { kind: 'go', ref: lines[index + 1]?.ref };
    case 'ArrowUp':
      return { kind: 'go', ref: lines[index - 1]?.ref };
    case 'Home':
      return { kind: 'go', ref: lines[0]?.ref };
    case 'End':
      return { kind: 'go', ref: lines.at(-1)?.ref };
    case 'ArrowRight':
      if (line.expanded === false) return { kind: 'toggle', open: true };
      return line.expanded ? { kind: 'go', ref: lines[index + 1]?.ref } : null;
    case 'ArrowLeft':
      if (line.expanded) return { kind: 'toggle', open: false };
      return line.parent === null ? null : { kind: 'go', ref: line.parent };
    case 'Enter':
    case ' ':
      return line.ref.startsWith('outline:') ? { kind: 'toggle', open: !line.expanded } : { kind: 'menu' };
    case 'ContextMenu':
      return { kind: 'menu' };
    case 'F10':
      return shiftKey ? { kind: 'menu' } : null;
    default:
      return null;
  }
}

function openMenuAt(ref: ObjectRef, element: Element | null): void {
  if (ref.startsWith('outline:')) return;
  const box = element?.getBoundingClientRect();
  useWorld.getState().openMenu(ref, box ? box.left + 40 : 0, box ? box.bottom : 0);
}
