/** The browser window: an address bar, the page that a container answered with, who it was, and a load generator beside it. */
import { ArrowLeft, ArrowRight, RotateCw, X } from 'lucide-react';
import type { CallFailure, CallResult } from '../../protocol/network-call.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { IconButton } from '../components/icon-button.tsx';
import { taskName } from '../store/rows.ts';
import { useWorld } from '../store/world.ts';
import { type ShownPage, useBrowser } from './browser-state.ts';
import { LoadGenerator } from './load-generator.tsx';
import { PageView } from './page-view.tsx';
import { placesPublished } from './published.ts';

export default function BrowserWindow() {
  return (
    <div className="absolute inset-0 flex bg-stage max-[720px]:flex-col max-[720px]:overflow-y-auto">
      <section
        aria-label="Browser"
        className="flex min-h-0 min-w-0 flex-1 flex-col max-[720px]:min-h-64 max-[720px]:flex-none"
      >
        <AddressBar />
        <Content />
        <StatusLine />
      </section>
      <div className="flex w-88 flex-none flex-col border-l border-line px-4 py-2 max-[720px]:w-auto max-[720px]:border-t max-[720px]:border-l-0 max-[720px]:px-[14px]">
        <LoadGenerator />
      </div>
    </div>
  );
}

/** On a phone: a thumb's size. */
const iconSize = 'size-8 max-[720px]:size-11';

function AddressBar() {
  const address = useBrowser((state) => state.address);
  const canGoBack = useBrowser((state) => state.back.length > 0);
  const canGoForward = useBrowser((state) => state.forward.length > 0);
  const loading = useBrowser((state) => state.loading !== null);
  const { setAddress, go, goBack, goForward, reload, stop } = useBrowser.getState();
  return (
    <form
      className="flex flex-none items-center gap-1 border-b border-line px-2 py-1"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      {canGoBack && <IconButton icon={ArrowLeft} name="Back" onClick={goBack} className={iconSize} />}
      {canGoForward && <IconButton icon={ArrowRight} name="Forward" onClick={goForward} className={iconSize} />}
      {loading ? (
        <IconButton icon={X} name="Stop loading" onClick={stop} className={iconSize} />
      ) : (
        <IconButton icon={RotateCw} name="Load again" onClick={reload} className={iconSize} />
      )}
      <input
        aria-label="Address"
        value={address}
        placeholder="http://node1:80/"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => setAddress(event.target.value)}
        onFocus={(event) => event.target.select()}
        className="h-8 max-[720px]:h-11 min-w-0 flex-1 rounded-control border border-line2 bg-stage px-3 font-mono text-small"
      />
      <button
        type="submit"
        className="h-8 max-[720px]:h-11 rounded-control border border-line2 px-3 text-small font-[650] hover:bg-raise"
      >
        Go
      </button>
    </form>
  );
}

function Content() {
  const page = useBrowser((state) => state.page);
  const problem = useBrowser((state) => state.problem);
  // Another page begins at its top.
  return (
    <div key={page?.number} className="min-h-0 flex-1 overflow-y-auto px-5 py-3 max-[720px]:px-[14px]">
      {problem !== '' ? (
        <p role="alert">{problem}</p>
      ) : !page ? (
        <Offers />
      ) : page.result.ok ? (
        <PageView page={page} />
      ) : (
        <Failure page={page} result={page.result} />
      )}
    </div>
  );
}

/** Nothing has been asked for: what is published here. */
function Offers() {
  const offers = useWorld((state) =>
    state.snapshot
      ? placesPublished(state.snapshot)
          .map(({ service, address }) => `${service} ${address}`)
          .join('\n')
      : '',
  );
  const { setAddress, go } = useBrowser.getState();
  if (offers === '')
    return (
      <p className="text-t2">
        No service has a published port. Publish one: <code>docker service update --publish-add 8080:80 NAME</code>
      </p>
    );
  return (
    <>
      <p className="mb-1 text-t2">Published here; any machine answers for any of them:</p>
      <ul>
        {offers.split('\n').map((offer) => {
          const [service = '', address = ''] = offer.split(' ');
          return (
            <li key={offer} className="my-1">
              <button
                type="button"
                className="font-mono text-small underline underline-offset-2"
                onClick={() => {
                  setAddress(address);
                  go();
                }}
              >
                {address}
              </button>{' '}
              <span className="text-t2">{service}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
}

type Failed = Extract<CallResult, { ok: false }>;

/** A browser's words first, then what really happened, and where. */
function Failure({ page, result }: { page: ShownPage; result: Failed }) {
  const reason = useWorld((state) => realReason(state.snapshot, result.flow));
  const { host, port } = page.place;
  return (
    <div role="alert">
      <h1 className="mb-2 text-heading font-[650]">{failureWords(result, host)}</h1>
      <p className="mb-1">
        {failureDetail(result.reason, result.remote?.address ?? host, port)}{' '}
        <code className="font-mono text-small text-t2">{failureCode(result)}</code>
      </p>
      {reason && <p className="max-w-prose text-t2">{reason}</p>}
      <p className="mt-3">
        <button
          type="button"
          className="h-8 rounded-control border border-line2 px-3 text-small font-[650] hover:bg-raise max-[720px]:h-11"
          onClick={() => useBrowser.getState().reload()}
        >
          Try again
        </button>
      </p>
    </div>
  );
}

function failureWords({ reason, connected }: Failed, host: string): string {
  switch (reason) {
    case 'name not found':
      return `${host} can’t be found`;
    case 'connection refused':
      return `${host} refused to connect`;
    case 'timed out':
      return connected ? `${host} did not send an answer` : `${host} took too long to respond`;
    case 'connection reset':
      return `${host} closed the connection`;
    case 'host unreachable':
    case 'network unreachable':
      return `${host} can’t be reached`;
  }
}

/** The code that people search for, as Chromium has it. */
function failureCode({ reason, connected }: Failed): string {
  switch (reason) {
    case 'name not found':
      return 'ERR_NAME_NOT_RESOLVED';
    case 'connection refused':
      return 'ERR_CONNECTION_REFUSED';
    case 'timed out':
      return connected ? 'ERR_TIMED_OUT' : 'ERR_CONNECTION_TIMED_OUT';
    case 'connection reset':
      return 'ERR_CONNECTION_RESET';
    case 'host unreachable':
    case 'network unreachable':
      return 'ERR_ADDRESS_UNREACHABLE';
  }
}

function failureDetail(reason: CallFailure, address: string, port: number): string {
  return reason === 'name not found' ? `${address}: no such host` : `${address} port ${port}: ${reason}`;
}

/** Where the packet went no further, as its hops have it. */
function realReason(snapshot: Snapshot | null, flow: number): string {
  const hops = snapshot?.network?.flows.find(({ id }) => id === flow)?.hops ?? [];
  const hop = hops.findLast(({ result }) => result === 'dropped');
  return hop ? [hop.machine && `On ${hop.machine}:`, hop.detail ?? hop.rule].filter(Boolean).join(' ') : '';
}

/** Status, who answered, how long it took, and the way to its hops. */
function StatusLine() {
  const loading = useBrowser((state) => state.loading);
  const page = useBrowser((state) => state.page);
  const stands = useWorld((state) => !state.time.playing);
  const words = useWorld((state) => (page ? statusWords(state.snapshot, page.result) : ''));
  const flow = page?.result.flow ?? 0;
  return (
    <p
      role="status"
      aria-label="Answer"
      className="flex min-h-7 flex-none flex-wrap items-center gap-x-3 border-t border-line px-5 py-0.5 text-small text-t2 max-[720px]:px-[14px]"
    >
      {loading ? (
        <span>
          Waiting for {loading.host}:{loading.port}
          {stands && '; time stands still'}
        </span>
      ) : (
        <>
          <span>{words}</span>
          {flow > 0 && (
            <button
              type="button"
              className="text-t1 underline underline-offset-2"
              onClick={() => useWorld.getState().select(`flow:${flow}`)}
            >
              Follow the request
            </button>
          )}
        </>
      )}
    </p>
  );
}

function statusWords(snapshot: Snapshot | null, result: CallResult): string {
  const took = `${result.tookMs.toFixed(result.tookMs < 10 ? 2 : 0)} ms`;
  if (!result.ok) return `${result.reason} · ${took}`;
  const { servedBy, response } = result;
  const task = servedBy && snapshot?.tasks.find((row) => row.containerId === servedBy.container);
  const who = servedBy
    ? `${task ? `${taskName(task)}, ` : ''}container ${servedBy.container.slice(0, 12)} on ${servedBy.machine}`
    : '';
  return [response.status > 0 ? String(response.status) : 'text', who, took].filter(Boolean).join(' · ');
}
