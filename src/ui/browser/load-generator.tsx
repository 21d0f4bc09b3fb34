/** The load generator beside the browser window: so many requests per second to one place, and what became of them. */
import { Play, Square } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import type { LoadView } from '../../protocol/network-view.ts';
import type { Snapshot, TaskView } from '../../protocol/snapshot.ts';
import { type Identity, serviceIdentity } from '../look/identity.ts';
import type { Theme } from '../look/palette.ts';
import { useThrottled } from '../store/hooks.ts';
import { startLoad, stopLoad } from '../store/page-network.ts';
import { serviceWithId, taskName } from '../store/rows.ts';
import { useWorld } from '../store/world.ts';
import { placeOf } from './address.ts';
import { useBrowser } from './browser-state.ts';
import { placesPublished } from './published.ts';

const MAX_PER_SECOND = 1000;
const TIMEOUT_MS = 5000;
/** More containers than this are counted, not listed. */
const MOST_ROWS = 60;
/** Counts are read, not watched: so often they are new. */
const COUNTS_MS = 200;

export function LoadGenerator() {
  const shown = useThrottled(useWorld.subscribe, shownLoad, COUNTS_MS);
  return (
    <section aria-label="Load generator" className="flex min-h-0 flex-col gap-2 text-small">
      <Controls running={shown?.running ? shown : null} />
      {shown && <Counts load={shown} />}
    </section>
  );
}

/** The load that runs, else the last one. */
function shownLoad(): LoadView | undefined {
  const loads = useWorld.getState().snapshot?.network?.loads ?? [];
  return loads.findLast(({ running }) => running) ?? loads.at(-1);
}

function Controls({ running }: { running: LoadView | null }) {
  const current = useBrowser((state) => state.page?.place ?? null);
  const first = useWorld((state) => (state.snapshot ? placesPublished(state.snapshot)[0]?.address : undefined));
  const [typed, setTyped] = useState<string | null>(null);
  const [perSecond, setPerSecond] = useState('50');
  const [everyMachine, setEveryMachine] = useState(false);
  const [problem, setProblem] = useState('');
  const usual = current ? `http://${current.host}:${current.port}/` : first?.replace(/\/\/[^:]+/, '//node1');
  const goal = running?.targets[0];
  // While it runs, what it was started with; the page beside it may be another by now.
  const target = goal ? `http://${goal.host}:${goal.port}/` : (typed ?? usual ?? 'http://node1:80/');
  const press = (event: FormEvent) => {
    event.preventDefault();
    setProblem('');
    const failed = (error: Error) => setProblem(error.message);
    if (running) {
      stopLoad(running.id).catch(failed);
      return;
    }
    const place = placeOf(target);
    const rate = Number(perSecond);
    if (!place) setProblem('The target is no address.');
    else if (!(rate >= 1 && rate <= MAX_PER_SECOND)) setProblem(`Between 1 and ${MAX_PER_SECOND} requests per second.`);
    else {
      const names = useWorld.getState().snapshot?.machines.map(({ name }) => name) ?? [];
      const targets = (everyMachine ? names : [place.host]).map((host) => ({ host, port: place.port }));
      startLoad({ targets, path: place.path, perSecond: rate, timeoutMs: TIMEOUT_MS }).catch(failed);
    }
  };
  const field =
    'h-8 max-[720px]:h-11 min-w-0 rounded-control border border-line2 bg-stage px-2 font-mono disabled:text-t2';
  return (
    <form onSubmit={press} className="flex flex-none flex-wrap items-center gap-x-2 gap-y-1">
      <input
        aria-label="Target of the load"
        value={target}
        disabled={running !== null}
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        className={`${field} w-full`}
      />
      <label className="flex items-center gap-1.5 text-t2">
        <input
          type="number"
          aria-label="Requests per second"
          min={1}
          max={MAX_PER_SECOND}
          value={running?.perSecond ?? perSecond}
          disabled={running !== null}
          onChange={(event) => setPerSecond(event.target.value)}
          className={`${field} w-16`}
        />
        /s
      </label>
      <label className="flex items-center gap-1.5 whitespace-nowrap text-t2">
        <input
          type="checkbox"
          checked={running ? running.targets.length > 1 : everyMachine}
          disabled={running !== null}
          onChange={(event) => setEveryMachine(event.target.checked)}
        />
        every machine in turn
      </label>
      <button
        type="submit"
        className="ml-auto inline-flex h-8 flex-none items-center gap-1.5 rounded-control border border-line2 px-3 max-[720px]:h-11 font-[650] hover:bg-raise"
      >
        {running ? <Square size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />}
        {running ? 'Stop' : 'Load'}
      </button>
      {problem !== '' && (
        <p role="alert" className="w-full">
          {problem}
        </p>
      )}
    </form>
  );
}

function Counts({ load }: { load: LoadView }) {
  const tasks = useWorld((state) => state.snapshot?.tasks);
  const theme = useWorld((state) => state.theme);
  const byContainer = useMemo(() => new Map(tasks?.map((task) => [task.containerId, task])), [tasks]);
  const { snapshot } = useWorld.getState();
  if (!snapshot) return null;
  const all = Object.entries(load.byContainer);
  const rows = all
    .slice(0, MOST_ROWS)
    .map(([id, count]) => ({ id, count, ...whose(snapshot, byContainer.get(id), id, theme) }));
  const failures = gatheredFailures(load);
  const most = Math.max(1, ...rows.map(({ count }) => count), ...failures.map(({ count }) => count));
  const { sent, answered, failed } = load.lastSecond;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto pr-1">
      <p className="text-t2">
        {load.sent} sent, {load.answered} answered, {load.failed} failed
        {load.inFlight > 0 && `, ${load.inFlight} on the way`}
      </p>
      {load.running && (
        <p className="text-t2">
          in the last second: {sent} sent, {answered} answered, {failed} failed
        </p>
      )}
      <p className="mb-1 text-t2">
        latency: median {ms(load.latency.median)}, p95 {ms(load.latency.p95)}, most {ms(load.latency.most)}
      </p>
      <ul aria-label="Answers by container">
        {rows
          .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
          .map(({ id, name, title, identity, count }) => (
            <CountBar key={id} name={name} title={title} count={count} share={count / most} identity={identity} />
          ))}
        {all.length > MOST_ROWS && <li className="text-t2">and {all.length - MOST_ROWS} more</li>}
        {failures.map(({ words, count }) => (
          <li key={words} className="pt-0.5">
            <CountLine name="✕ failed" count={count} share={count / most} identity={null} />
            <p className="pl-3 text-caption text-t2">{words}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Failures by what happened to them, wherever that was, the most first. */
function gatheredFailures({ failures }: LoadView): { words: string; count: number }[] {
  const found = new Map<string, number>();
  for (const { reason, detail, count } of failures) {
    const words = detail ? `${reason}: ${detail}` : reason;
    found.set(words, (found.get(words) ?? 0) + count);
  }
  return [...found].map(([words, count]) => ({ words, count })).sort((a, b) => b.count - a.count);
}

function CountBar({ title, ...line }: LineProps & { title: string }) {
  return (
    <li title={title}>
      <CountLine {...line} />
    </li>
  );
}

interface LineProps {
  name: string;
  count: number;
  share: number;
  identity: Identity | null;
}

/** A failure has no hue: its bar is an outline. */
function CountLine({ name, count, share, identity }: LineProps) {
  const paint = identity
    ? { background: identity.fill, borderColor: identity.edge }
    : { background: 'transparent', borderColor: 'var(--t1)' };
  return (
    <div className="flex items-center gap-2">
      <span className="w-32 flex-none truncate">{name}</span>
      <span className="min-w-0 flex-1">
        <span className="block h-2.5 border" style={{ ...paint, width: `${Math.max(1, share * 100)}%` }} />
      </span>
      <span className="w-12 flex-none text-right">{count}</span>
    </div>
  );
}

/** The task that a container was made for, as long as it is known. */
function whose(
  snapshot: Snapshot,
  task: TaskView | undefined,
  id: string,
  theme: Theme,
): { name: string; title: string; identity: Identity | null } {
  const service = task && serviceWithId(snapshot, task.serviceId);
  if (!task) return { name: id.slice(0, 12) || 'a machine', title: `container ${id.slice(0, 12)}`, identity: null };
  return {
    name: taskName(task),
    title: `container ${id.slice(0, 12)} on ${task.machine ?? 'no node'}`,
    identity: service ? serviceIdentity(service.hueIndex, theme) : null,
  };
}

const ms = (micros: number) => `${(micros / 1000).toFixed(micros < 10_000 ? 2 : 1)} ms`;
