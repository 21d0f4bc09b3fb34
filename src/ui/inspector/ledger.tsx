/**
 * The hop ledger: one watched flow as a table, a row per room that its packet passed. It is the text of the Network lens: the row that is current is
 * the hop that the stage shows, and the arrow keys step through it.
 */
import { ChevronLeft, ChevronRight, Copy, Play, Square } from 'lucide-react';
import { type JSX, type KeyboardEvent, memo, useEffect, useRef, useState } from 'react';
import type { FlowView, Hop, NetworkView } from '../../protocol/network-view.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { stepToNextEvent } from '../actions/time-control.ts';
import { IconButton } from '../components/icon-button.tsx';
import { timeText } from '../narrator/time-text.ts';
import {
  changeText,
  endingText,
  goalText,
  hopTitle,
  ledgerText,
  machineText,
  originText,
  retryText,
  roomName,
  ruleText,
  seeForReal,
  sinceText,
} from '../stage/network/flow-words.ts';
import { flowRef, isOver, newestFirst, shownFlow, shownStep, useTrace } from '../stage/network/trace.ts';
import { useWorld } from '../store/world.ts';

/** The flow that stage, dock and inspector show, and the index of its hop. */
export function useShownFlow(): { flow: FlowView; step: number } | null {
  const flow = useWorld((state) => shownFlow(state.snapshot?.network, state.selection));
  const chosen = useTrace((state) => state.flow);
  const at = useTrace((state) => state.step);
  return flow ? { flow, step: shownStep(flow, { flow: chosen, step: at }) } : null;
}

/** The table's head stays over its rows. */
const HEAD_HEIGHT = 22;

const none: Pick<NetworkView, 'overlays'> = { overlays: [] };

/** In the dock, when the Network lens is open. */
export function LedgerPanel(): JSX.Element {
  const shown = useShownFlow();
  return (
    <section aria-label="Hop ledger" className="flex min-h-0 flex-1 flex-col border-t border-line bg-stage">
      {shown ? (
        <>
          <LedgerControls {...shown} />
          <LedgerTable {...shown} wide />
        </>
      ) : (
        <p className="px-5 py-3 text-body text-t2">
          Hop ledger: every room that a request passes will be a row here, with the rule that was applied and what it
          changed.
        </p>
      )}
    </section>
  );
}

/** Which flow, which hop, all of them one after the other, and a copy of it all. */
export function LedgerControls({ flow, step }: { flow: FlowView; step: number }): JSX.Element {
  const options = useWorld((state) => (state.snapshot ? flowLines(state.snapshot) : ''));
  const replaying = useTrace((state) => state.replaying && state.flow === flow.id);
  const [copied, setCopied] = useState('');
  const isLast = step >= flow.hops.length - 1;
  const copy = () => {
    const { snapshot } = useWorld.getState();
    if (snapshot) copyText(ledgerText(snapshot, flow)).then(setCopied);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was said of another flow or hop goes.
  useEffect(() => setCopied(''), [flow.id, step]);
  const icon = 'size-8 max-[720px]:size-11';
  return (
    <div className="flex min-h-9 flex-none items-center gap-2 px-4 max-[720px]:flex-wrap max-[720px]:px-[14px]">
      <select
        aria-label="Flow"
        value={flow.id}
        onChange={(event) => useWorld.getState().select(flowRef({ id: Number(event.target.value) }))}
        className="h-7 max-w-[640px] min-w-0 flex-1 truncate rounded-control border border-line2 bg-stage px-2 text-small max-[720px]:h-11 max-[720px]:basis-full"
      >
        {options.split('\n').map((line) => {
          const [id, text] = line.split('\t');
          return (
            <option key={id} value={id}>
              {text}
            </option>
          );
        })}
      </select>
      <IconButton icon={ChevronLeft} name="Hop before" onClick={() => stepFlow(flow, step, -1)} className={icon} />
      <span className="text-small text-t2 tabular-nums whitespace-nowrap">
        hop {step + 1} of {flow.hops.length}
      </span>
      <IconButton
        icon={ChevronRight}
        name={isLast && !isOver(flow) ? 'Next hop: let time pass to it' : 'Next hop'}
        onClick={() => stepFlow(flow, step, 1)}
        className={icon}
      />
      <IconButton
        icon={replaying ? Square : Play}
        name={replaying ? 'Stop' : 'Show the hops one after the other'}
        onClick={() => (replaying ? useTrace.getState().stop() : useTrace.getState().replay(flow))}
        className={icon}
      />
      <IconButton icon={Copy} name="Copy the ledger as text" onClick={copy} className={icon} />
      <span role="status" className="text-small text-t2">
        {copied}
        <span className="sr-only">{copied ? '' : spoken(flow, step)}</span>
      </span>
    </div>
  );
}

/** Remembered flows, a line each: number, tab, words. What programs asked in between stands under what they answered. */
function flowLines(snapshot: Snapshot): string {
  return newestFirst(snapshot.network?.flows ?? [])
    .slice(0, 40)
    .map((flow) => {
      const words = `${goalText(flow)} from ${originText(snapshot, flow)}: ${endingText(snapshot, flow)}`;
      return `${flow.id}\t${flow.within === null ? timeText(flow.openedAt, 3) : '↳'}  ${words}`;
    })
    .join('\n');
}

/** What became of copying, in words. */
export function copyText(text: string): Promise<string> {
  const write = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
  return write.then(
    () => 'Copied',
    () => 'This browser does not let the page copy',
  );
}

/** Some events may lie between two hops of one packet. */
const MOST_STEPS = 200;

/** One hop on or back; beyond the newest hop of a packet that travels, time passes until there is another. */
async function stepFlow(flow: FlowView, step: number, direction: 1 | -1): Promise<void> {
  const to = step + direction;
  useTrace.getState().choose(flow.id, Math.max(0, Math.min(flow.hops.length - 1, to)));
  if (to < flow.hops.length || isOver(flow)) return;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const event = await stepToNextEvent();
    if (event === null) return;
    if (event.data?.flow !== flow.id) continue;
    if (event.kind === 'packet.hop') useTrace.getState().choose(flow.id, to);
    return;
  }
}

/** A hop as a sentence, for readers. */
function spoken(flow: FlowView, step: number): string {
  const hop = flow.hops[step];
  if (!hop) return '';
  return `Hop ${step + 1}, ${machineText(hop)}, ${roomName(hop.room)}: ${hopTitle(hop)}. ${ruleText(flow, hop)}`;
}

/** The table; in the inspector without the widest columns, which the current hop's own words have. */
export function LedgerTable({
  flow,
  step,
  wide = false,
}: {
  flow: FlowView;
  step: number;
  wide?: boolean;
}): JSX.Element {
  const region = useRef<HTMLDivElement>(null);
  const overlays = useWorld((state) => state.snapshot?.network?.overlays ?? none.overlays);
  useEffect(() => {
    // Only the table scrolls: the panel around it stays where it is.
    const row = region.current?.querySelector<HTMLElement>(`[data-step="${step}"]`);
    if (!row || !region.current) return;
    const { scrollTop, clientHeight } = region.current;
    const above = row.offsetTop - HEAD_HEIGHT;
    if (above < scrollTop) region.current.scrollTop = above;
    else if (row.offsetTop + row.offsetHeight > scrollTop + clientHeight)
      region.current.scrollTop = row.offsetTop + row.offsetHeight - clientHeight;
  }, [step]);
  const onKeyDown = (event: KeyboardEvent) => {
    const last = flow.hops.length - 1;
    const to = {
      ArrowDown: step + 1,
      ArrowRight: step + 1,
      ArrowUp: step - 1,
      ArrowLeft: step - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    useTrace.getState().choose(flow.id, Math.max(0, Math.min(last, to)));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: it scrolls, and its arrows step through the hops.
    <div
      ref={region}
      role="region"
      aria-label={`Hops of ${goalText(flow)}; arrow keys step`}
      data-own-arrows
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable.
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="relative min-h-0 flex-1 overflow-auto bg-stage"
    >
      <table className={`w-full border-collapse text-left text-small ${wide ? 'min-w-[1040px]' : ''}`}>
        <thead className="sticky top-0 z-10 bg-stage text-caption text-t3">
          <tr>
            <Head className="pl-5">hop</Head>
            {wide && <Head>ms</Head>}
            <Head>machine</Head>
            <Head>room</Head>
            {wide && <Head className="w-[38%]">rule</Head>}
            {wide && <Head>effect</Head>}
            {wide && <Head>before → after</Head>}
            {wide && <Head className="pr-5">see it for real</Head>}
            {!wide && <Head>what happens</Head>}
          </tr>
        </thead>
        <tbody>
          {flow.hops.map((hop, index) => (
            <LedgerRow
              key={`${hop.step} ${hop.event}`}
              flow={flow}
              hop={hop}
              index={index}
              current={index === step}
              overlays={overlays}
              wide={wide}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ children, className = '' }: { children: string; className?: string }): JSX.Element {
  return (
    <th scope="col" className={`py-[3px] pr-4 font-normal whitespace-nowrap ${className}`}>
      {children}
    </th>
  );
}

interface RowProps {
  flow: FlowView;
  hop: Hop;
  index: number;
  current: boolean;
  overlays: NetworkView['overlays'];
  wide: boolean;
}

const LedgerRow = memo(function LedgerRow({ flow, hop, index, current, overlays, wide }: RowProps): JSX.Element {
  const { effect, change } = changeText(hop);
  const look = current
    ? 'bg-inverse text-on-inverse font-semibold'
    : hop.way === 'back'
      ? 'text-t2 hover:bg-raise'
      : 'hover:bg-raise';
  const dropped = hop.result === 'dropped';
  const [command] = wide ? seeForReal(flow, hop, { overlays }) : [];
  return (
    <tr
      aria-current={current ? 'step' : undefined}
      data-step={index}
      className={`cursor-pointer border-t border-line align-top ${look}`}
      onClick={() => useTrace.getState().choose(flow.id, index)}
    >
      <td className="py-[1px] pr-3 pl-5 tabular-nums">{index + 1}</td>
      {wide && <td className="py-[1px] pr-4 font-mono text-caption">{sinceText(flow, hop)}</td>}
      <td className="py-[1px] pr-4 whitespace-nowrap">{machineText(hop)}</td>
      <td className="py-[1px] pr-4 whitespace-nowrap">
        {hop.way === 'back' && (
          <>
            <span aria-hidden="true">← </span>
            <span className="sr-only">way back, </span>
          </>
        )}
        {roomName(hop.room)}
      </td>
      {wide && <td className="py-[1px] pr-4">{ruleText(flow, hop)}</td>}
      {wide && (
        <td className="py-[1px] pr-4 whitespace-nowrap">
          {dropped ? '✕ ' : ''}
          {dropped ? hop.reason : retryText(flow, hop) ? 'again' : effect}
        </td>
      )}
      {wide && <td className="py-[1px] pr-4 font-mono text-caption whitespace-nowrap">{change}</td>}
      {wide && (
        <td className="py-[1px] pr-5 font-mono text-caption">
          <span className={current ? '' : 'block max-w-64 truncate'} title={command}>
            {command}
          </span>
        </td>
      )}
      {!wide && (
        <td className="py-[1px] pr-4">
          {dropped ? '✕ ' : ''}
          {hopTitle(hop)}
        </td>
      )}
    </tr>
  );
});
