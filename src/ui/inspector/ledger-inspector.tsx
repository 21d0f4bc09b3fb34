/** The inspector for a watched flow: the hop that is shown, in words; whom the balancer could choose; the commands that show the same on a real host. */
import { Copy, X } from 'lucide-react';
import { type JSX, type ReactNode, useState } from 'react';
import type { FlowView, Hop } from '../../protocol/network-view.ts';
import { IconButton } from '../components/icon-button.tsx';
import { TabList } from '../components/tabs.tsx';
import { layCapsule } from '../stage/network/building-layout.ts';
import { ExampleList } from '../stage/network/example-list.tsx';
import {
  changeText,
  dropText,
  endingText,
  goalText,
  hopTitle,
  machineText,
  originText,
  roomName,
  ruleText,
  seeForReal,
  sinceText,
  spanText,
  withoutIds,
} from '../stage/network/flow-words.ts';
import { useMedia } from '../store/hooks.ts';
import { useWorld } from '../store/world.ts';
import { copyText, LedgerControls, LedgerTable, useShownFlow } from './ledger.tsx';

/** What stands in the inspector when a flow is selected, or nothing is and the Network lens is open. */
export function LedgerInspector({ otherwise }: { otherwise: JSX.Element }): JSX.Element {
  const shown = useShownFlow();
  const selection = useWorld((state) => state.selection);
  const lens = useWorld((state) => state.lens);
  const phone = useMedia('(max-width: 720px)');
  const [part, setPart] = useState<Part>('hop');
  const hop = shown?.flow.hops[shown.step];
  if (!shown || !hop) return lens === 'network' ? <BeforeAnyFlow otherwise={otherwise} /> : otherwise;
  const { flow, step } = shown;
  // The dock has the table already, under the Network lens of a wide page.
  const table = phone || lens !== 'network';
  return (
    <div
      className="flex min-h-0 flex-1 flex-col max-[720px]:min-h-fit max-[720px]:flex-none"
      data-selection={selection}
    >
      <div className="flex items-start gap-3 px-5 pt-4 max-[720px]:px-[14px] max-[720px]:pt-0">
        <div className="min-w-0 flex-1">
          <h2 className="text-heading font-[650]">
            Hop {step + 1}: {hopTitle(hop)}
          </h2>
          <p className="text-body text-t2">
            {machineText(hop)}, {roomName(hop.room)}, {sinceText(flow, hop)} ms after it was sent
          </p>
        </div>
        {selection !== null && (
          <IconButton
            icon={X}
            name="Select nothing"
            shortcut="Escape"
            onClick={() => useWorld.getState().select(null)}
            className="-mt-1 -mr-2 size-8 max-[720px]:size-11 max-[720px]:-mt-2"
          />
        )}
      </div>
      {table && (
        <div className="pt-2">
          <LedgerControls flow={flow} step={step} />
        </div>
      )}
      {lens === 'network' && <Parts part={part} onChange={setPart} />}
      <div
        id="ledger-part"
        {...(lens === 'network' && { role: 'tabpanel', 'aria-labelledby': `ledger-part-tab-${part}` })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable.
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-5 py-3 max-[720px]:flex-none max-[720px]:overflow-visible max-[720px]:px-[14px]"
      >
        {part === 'hop' || lens !== 'network' ? <HopWords flow={flow} hop={hop} step={step} /> : <ExampleList />}
      </div>
      {table && (
        <div className="flex max-h-[45%] min-h-40 flex-none flex-col border-t border-line max-[720px]:max-h-none">
          <LedgerTable flow={flow} step={step} />
        </div>
      )}
    </div>
  );
}

type Part = 'hop' | 'try';

const parts: readonly { id: Part; label: string }[] = [
  { id: 'hop', label: 'This hop' },
  { id: 'try', label: 'Try and compare' },
];

/** What the inspector shows beside the Network lens: the hop, or what else there is to see. */
function Parts({ part, onChange }: { part: Part; onChange(part: Part): void }): JSX.Element {
  return (
    <TabList
      name="Beside the network"
      controls="ledger-part"
      className="mt-2 flex flex-none gap-[18px] border-b border-line px-5"
      tabs={parts}
      active={part}
      onChange={onChange}
      tabClass={(isActive) =>
        `pt-[6px] pb-2 text-body max-[720px]:min-h-11 ${
          isActive ? 'font-[650] text-t1 shadow-[inset_0_-2px_0_var(--t1)]' : 'text-t2 hover:text-t1'
        }`
      }
    />
  );
}

/** No packet has been watched: what to try, over the list of what happens. */
function BeforeAnyFlow({ otherwise }: { otherwise: JSX.Element }): JSX.Element {
  return (
    <>
      <div className="max-h-[55%] flex-none overflow-y-auto border-b border-line px-5 py-3 max-[720px]:hidden">
        <h2 className="pb-1 text-heading font-[650]">Try and compare</h2>
        <ExampleList />
      </div>
      {otherwise}
    </>
  );
}

function HopWords({ flow, hop, step }: { flow: FlowView; hop: Hop; step: number }): JSX.Element {
  const snapshot = useWorld((state) => state.snapshot);
  if (!snapshot) return <p />;
  const capsule = layCapsule(flow, step, { x: 0, y: 0, w: 0, h: 0 });
  const { effect, change } = changeText(hop);
  const replaced = flow.hops.findIndex(
    (one) => one.room === 'snat' && one.way === 'out' && one.before.src !== one.after.src,
  );
  return (
    <>
      <p className="text-lens">{ruleText(flow, hop)}</p>
      {hop.result === 'dropped' && (
        <p className="pt-2 text-lens">
          <b className="font-[650]">It goes no further: {hop.reason}.</b> {dropText(snapshot, flow, hop)}
        </p>
      )}
      <dl className="grid grid-cols-[84px_1fr] gap-x-3 gap-y-1 pt-3 text-small">
        <Pair name="Request">
          {goalText(flow)} from {originText(snapshot, flow)}
        </Pair>
        <Pair name="Outcome">
          {endingText(snapshot, flow)}, {spanText(flow)}
        </Pair>
        <Pair name="Packet">
          <span className="font-mono">
            {capsule.from} → {capsule.to}
          </span>{' '}
          {capsule.protocol}
        </Pair>
        <Pair name="Effect">
          {effect} <span className="font-mono">{change}</span>
        </Pair>
        {capsule.outer && (
          <Pair name="Capsule">
            <span className="font-mono">{capsule.outer.left}</span> {capsule.outer.right}
          </Pair>
        )}
      </dl>
      {hop.candidates && <Candidates hop={hop} />}
      {replaced >= 0 && step >= replaced && hop.way === 'out' && (
        <>
          <h3 className="pt-4 text-lens font-[650]">Where did the client’s address go?</h3>
          <p className="pt-1 text-body">
            Hop {replaced + 1} replaced it: the task sees{' '}
            <b className="font-mono text-small">{flow.hops[replaced]!.after.src.replace(/:\d+$/, '')}</b>, the load
            balancer of {machineText(flow.hops[replaced]!)}, so that the answer comes back through it.
          </p>
        </>
      )}
      <h3 className="pt-4 text-lens font-[650]">See it on a real host</h3>
      {seeForReal(flow, hop, snapshot.network ?? { overlays: [] }).map((command) => (
        <RealCommand key={command} command={command} />
      ))}
      <p className="pt-3">
        <button
          type="button"
          className="text-small underline decoration-line2 underline-offset-2 hover:decoration-t1"
          onClick={() => useWorld.getState().select(`event:${hop.event}`)}
        >
          Why: the chain of causes of this hop
        </button>
      </p>
    </>
  );
}

/** A command for a real host, with a button that copies it. */
function RealCommand({ command }: { command: string }): JSX.Element {
  const [said, setSaid] = useState('');
  return (
    <div className="mt-[6px] flex items-start border border-line bg-stage">
      <pre className="min-w-0 flex-1 px-[10px] py-[6px] text-caption break-all whitespace-pre-wrap">{command}</pre>
      <span role="status" className="py-[6px] text-caption text-t2">
        {said}
      </span>
      <IconButton
        icon={Copy}
        name={`Copy ${command}`}
        onClick={() => void copyText(command).then(setSaid)}
        className="size-7 max-[720px]:size-11"
      />
    </div>
  );
}

/** Whom the balancer could choose, in the order in which its pointer goes. */
function Candidates({ hop }: { hop: Hop }): JSX.Element {
  return (
    <>
      <h3 className="pt-4 text-lens font-[650]">Whom could it choose?</h3>
      <ul className="pt-1 text-small">
        {hop.candidates!.map((one) => (
          <li key={one.endpoint} className="flex gap-2 py-px">
            <span aria-hidden="true" className="w-4 flex-none font-bold">
              {one.endpoint === hop.choice ? '→' : ''}
            </span>
            <span
              className={`min-w-0 flex-1 truncate ${one.endpoint === hop.choice ? 'font-[650]' : ''}`}
              title={one.name}
            >
              {withoutIds(one.name)}
              {one.endpoint === hop.choice && <span className="sr-only">, chosen</span>}
            </span>
            <span className="font-mono text-caption text-t2">
              {one.address} weight {one.weight}
            </span>
          </li>
        ))}
      </ul>
      <p className="pt-1 text-body text-t2">Round robin, one turn per connection. Each machine keeps its own turn.</p>
    </>
  );
}

function Pair({ name, children }: { name: string; children: ReactNode }): JSX.Element {
  return (
    <>
      <dt className="text-t3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
