/** Hands the moment on that is shown: as a link, or as a file; and opens the file of somebody else. */
import { Check, Copy, Download } from 'lucide-react';
import { type ChangeEvent, useEffect, useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { timeText } from '../narrator/time-text.ts';
import { usePanels } from '../store/panels.ts';
import { longestLink, openSession, type Shared, shareMoment } from './session.ts';

export default function ShareDialog() {
  const failure = usePanels((state) => state.sessionFailure);
  const [shared, setShared] = useState<Shared | string | null>(null);
  useEffect(() => {
    shareMoment().then(setShared, (error: Error) => setShared(error.message));
  }, []);
  const close = () => usePanels.getState().set({ dialog: null, sessionFailure: '' });
  return (
    <Dialog title={failure ? 'The session could not be opened' : 'Share this moment'} onClose={close} width="w-[560px]">
      {failure && (
        <p role="alert" className="mb-4 border-l-2 border-t1 pl-3 font-semibold">
          {failure}
        </p>
      )}
      {failure && (
        <p className="text-t2">
          The world behind this is another one: close this and play in it, or open the session from a file.
        </p>
      )}
      {!failure && typeof shared === 'string' && <p role="alert">This world cannot be handed on: {shared}.</p>}
      {!failure && shared !== null && typeof shared !== 'string' && <Moment shared={shared} />}
      <OpenFile onOpened={close} />
    </Dialog>
  );
}

function Moment({ shared }: { shared: Shared }) {
  const { address, file, at } = shared;
  const isLong = address.length > longestLink;
  return (
    <>
      <p className="mb-3 text-t2">
        Whoever opens it sees the world as it is at <b className="font-mono text-t1">{timeText(at, 1)}</b>, can look
        back, and can go on from there. The session itself is in the link: nothing is stored anywhere.
      </p>
      {isLong ? (
        <p className="mb-3">
          So much has been done here that the link would have {Math.round(address.length / 1000)} thousand characters,
          more than chats and mail let through. Hand on the file.
        </p>
      ) : (
        <LinkLine address={address} />
      )}
      <a
        href={`data:application/json;charset=utf-8,${encodeURIComponent(file)}`}
        download={`swarmscope-${Math.round(at / 1e6)}s.json`}
        className={`inline-flex h-9 items-center gap-2 rounded-control px-4 max-[720px]:h-11 ${
          isLong
            ? 'bg-inverse font-semibold text-on-inverse focus-visible:outline-offset-2'
            : 'border border-line2 hover:bg-raise'
        }`}
      >
        <Download size={18} strokeWidth={1.75} aria-hidden="true" />
        Download as a file
      </a>
    </>
  );
}

function LinkLine({ address }: { address: string }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const copy = () => {
    // Without permission, or on a page without https, it is left to the reader's own keys.
    const done = navigator.clipboard?.writeText(address) ?? Promise.reject(new Error('no clipboard'));
    done.then(
      () => setCopied('yes'),
      () => setCopied('failed'),
    );
  };
  return (
    <div className="mb-4">
      <div className="flex gap-2">
        <input
          readOnly
          data-begin-here
          aria-label="Link to this moment"
          value={address}
          onFocus={(event) => event.target.select()}
          className="h-9 min-w-0 flex-1 rounded-control border border-line2 bg-stage px-2 font-mono text-small text-t1 max-[720px]:h-11"
        />
        <button
          type="button"
          onClick={copy}
          className="inline-flex h-9 items-center gap-2 rounded-control bg-inverse px-4 font-semibold text-on-inverse focus-visible:outline-offset-2 max-[720px]:h-11"
        >
          {copied === 'yes' ? (
            <Check size={18} strokeWidth={1.75} aria-hidden="true" />
          ) : (
            <Copy size={18} strokeWidth={1.75} aria-hidden="true" />
          )}
          Copy
        </button>
      </div>
      <p role="status" className="mt-1 min-h-[18px] text-small text-t2">
        {copied === 'yes' && 'The link is in the clipboard.'}
        {copied === 'failed' && 'The browser does not let pages copy here: the link is selected, press Ctrl-C.'}
        {copied === 'no' && `${address.length.toLocaleString('en')} characters`}
      </p>
    </div>
  );
}

function OpenFile({ onOpened }: { onOpened: () => void }) {
  const open = async (event: ChangeEvent<HTMLInputElement>) => {
    const { target } = event;
    const file = target.files?.[0];
    if (!file) return;
    usePanels.getState().set({ sessionFailure: '' });
    const text = await file.text();
    target.value = '';
    if (await openSession({ file: text })) onOpened();
  };
  return (
    <div className="mt-5 border-t border-line pt-4">
      <label className="block">
        <span className="mb-1 block text-t2">Open a session that came as a file</span>
        <input
          type="file"
          accept="application/json,.json"
          onChange={(event) => void open(event)}
          className="block w-full text-small text-t2 file:mr-3 file:h-9 file:rounded-control file:border file:border-solid file:border-line2 file:bg-transparent file:px-3 file:text-t1 max-[720px]:file:h-11"
        />
      </label>
    </div>
  );
}
