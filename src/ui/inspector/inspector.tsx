/** The panel at the side: the selected thing, or the live list of events when nothing is selected. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { ActionButtons } from '../actions/action-buttons.tsx';
import { MachineGlyph, TaskGlyph } from '../components/glyphs.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { TabList } from '../components/tabs.tsx';
import { serviceIdentity } from '../look/identity.ts';
import { namesOf } from '../narrator/facts.ts';
import { sentenceText } from '../narrator/sentences.ts';
import { timeText } from '../narrator/time-text.ts';
import { monogramsOf } from '../stage/monograms.ts';
import { type InspectorTab, usePanels } from '../store/panels.ts';
import { taskName } from '../store/rows.ts';
import { useWorld } from '../store/world.ts';
import { EventList, LiveEvents } from './event-list.tsx';
import { Facts } from './facts.tsx';
import { JsonView } from './json-view.tsx';
import { LedgerInspector } from './ledger-inspector.tsx';
import { Moments } from './moments.tsx';
import { type Inspected, inspect, machineStateText, objectsOf, taskStateText } from './subject.ts';
import { Why } from './why.tsx';

export default function Inspector() {
  const selection = useWorld((state) => state.selection);
  const inspected = useInspected();
  const isNetwork = useWorld((state) => state.lens === 'network');
  if (selection ? selection.startsWith('flow:') : isNetwork) return <LedgerInspector otherwise={<LiveEvents />} />;
  if (!selection || !inspected) return <LiveEvents />;
  return (
    <div
      className="flex min-h-0 flex-1 flex-col max-[720px]:min-h-fit max-[720px]:flex-none"
      data-selection={selection}
    >
      <Heading inspected={inspected} />
      {inspected.kind !== 'gone' && (
        <>
          <ActionButtons reference={selection} />
          <Moments inspected={inspected} />
          <Tabs key={inspected.kind} inspected={inspected} />
        </>
      )}
    </div>
  );
}

/** The selected thing's rows; a new object only when one of its rows is new. */
function useInspected(): Inspected | null {
  const selection = useWorld((state) => state.selection);
  // Rows are immutable, so what identifies the thing now is the row itself.
  useWorld((state) => {
    if (!selection || !state.snapshot) return null;
    const found = inspect(state.snapshot, state.events.list, selection);
    switch (found.kind) {
      case 'machine':
        return found.node ? rowPair(found.machine, found.node) : found.machine;
      case 'task':
        return found.task;
      case 'service':
        return found.service;
      case 'container':
        return found.container;
      case 'event':
        return found.event;
      default:
        return found.what;
    }
  });
  const { snapshot, events } = useWorld.getState();
  return selection && snapshot ? inspect(snapshot, events.list, selection) : null;
}

/** One object that stands for two rows, the same as long as both are. */
const pairs = new WeakMap<object, { other: object; pair: object }>();
function rowPair(row: object, other: object): object {
  const known = pairs.get(row);
  if (known?.other === other) return known.pair;
  const pair = {};
  pairs.set(row, { other, pair });
  return pair;
}

const tabs: readonly { id: InspectorTab; label: string }[] = [
  { id: 'why', label: 'Why' },
  { id: 'facts', label: 'Facts' },
  { id: 'events', label: 'Events' },
  { id: 'json', label: 'JSON' },
];

function Tabs({ inspected }: { inspected: Inspected }) {
  const tab = usePanels((state) => state.inspectorTab);
  const offered = inspected.kind === 'event' ? tabs.filter(({ id }) => id === 'why' || id === 'facts') : tabs;
  const active = offered.some(({ id }) => id === tab) ? tab : 'why';
  return (
    <>
      <TabList
        name="About it"
        controls="inspector-tab"
        className="mt-3 flex gap-[18px] border-b border-line px-5"
        tabs={offered}
        active={active}
        onChange={(id) => usePanels.getState().set({ inspectorTab: id })}
        tabClass={(isActive) =>
          `pt-[6px] pb-2 text-body max-[720px]:min-h-11 ${
            isActive ? 'font-[650] text-t1 shadow-[inset_0_-2px_0_var(--t1)]' : 'text-t2 hover:text-t1'
          }`
        }
      />
      <div
        id="inspector-tab"
        role="tabpanel"
        aria-labelledby={`inspector-tab-tab-${active}`}
        tabIndex={active === 'events' ? undefined : 0}
        className={`flex min-h-0 flex-1 flex-col max-[720px]:min-h-fit max-[720px]:flex-none max-[720px]:overflow-visible ${active === 'events' ? 'pt-2' : 'block overflow-y-auto px-5 py-[14px]'}`}
      >
        {active === 'why' && <Why inspected={inspected} />}
        {active === 'facts' && <Facts inspected={inspected} />}
        {active === 'events' && <EventList objects={objectsOf(inspected)} />}
        {active === 'json' && <JsonView inspected={inspected} />}
      </div>
    </>
  );
}

function Heading({ inspected }: { inspected: Inspected }) {
  const { glyph, title, id, state } = headingOf(
    inspected,
    useWorld((world) => world.theme),
  );
  return (
    <div className="flex items-start gap-3 px-5 pt-4 max-[720px]:px-[14px] max-[720px]:pt-0">
      {glyph}
      <div className="min-w-0 flex-1">
        <h2 className="flex flex-wrap items-baseline gap-x-2 text-heading font-[650]">
          {title}
          {id && <span className="font-mono text-caption font-normal text-t3">{id}</span>}
        </h2>
        <p className="text-body text-t2">{state}</p>
      </div>
      <IconButton
        icon={X}
        name="Select nothing"
        shortcut="Escape"
        onClick={() => useWorld.getState().select(null)}
        className="-mt-1 -mr-2 size-8 max-[720px]:size-11 max-[720px]:-mt-2"
      />
    </div>
  );
}

/** The service's letters in the squares of the stage. */
function letters(serviceId: string | null): string {
  const services = useWorld.getState().snapshot?.services ?? [];
  return (serviceId && monogramsOf(services).get(serviceId)) || '?';
}

function headingOf(
  inspected: Inspected,
  theme: 'dark' | 'light',
): { glyph?: ReactNode; title: string; id?: string; state: string } {
  switch (inspected.kind) {
    case 'machine': {
      const { machine, node } = inspected;
      return {
        glyph: <MachineGlyph manager={machine.role === 'manager'} leader={machine.isLeader} dead={!machine.power} />,
        title: machine.name,
        id: node?.id.slice(0, 12),
        state: machineStateText(machine, node),
      };
    }
    case 'task': {
      const { task, service } = inspected;
      const hue = serviceIdentity(service?.hueIndex ?? 0, theme);
      const hollow = task.state !== 'running';
      return {
        glyph: (
          <TaskGlyph {...hue} text={`${letters(task.serviceId)}${task.slot > 0 ? task.slot : ''}`} hollow={hollow} />
        ),
        title: task.slot > 0 ? `${taskName(task)}${task.machine ? ` on ${task.machine}` : ''}` : taskName(task),
        id: task.id.slice(0, 12),
        state: taskStateText(task),
      };
    }
    case 'service': {
      const { service } = inspected;
      const hue = serviceIdentity(service.hueIndex, theme);
      return {
        glyph: <TaskGlyph {...hue} text={letters(service.id)} />,
        title: service.name,
        id: service.id.slice(0, 12),
        state: `${service.running} of ${service.desired} running`,
      };
    }
    case 'container':
      return {
        title: inspected.container.name,
        id: inspected.container.id.slice(0, 12),
        state: `${inspected.container.state} on ${inspected.machine.name}`,
      };
    case 'event':
      return {
        title: sentenceText(inspected.event, namesOf(useWorld.getState().snapshot)),
        state: `${inspected.event.kind} at ${timeText(inspected.event.at, 4)}`,
      };
    default:
      return { title: inspected.what, state: 'It is gone. The events still tell of it.' };
  }
}
