/** The Engine API's JSON of the selected thing, asked of a daemon like anybody's; with the request it stands for. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../components/icon-button.tsx';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { call } from '../store/worker-client.ts';
import { useWorld } from '../store/world.ts';
import { type Inspected, jsonRequest } from './subject.ts';

interface Answer {
  status: number;
  text: string;
}

export function JsonView({ inspected }: { inspected: Inspected }) {
  const asked = useWorld((state) => (state.snapshot ? askText(jsonRequest(state.snapshot, inspected)) : ''));
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [again, setAgain] = useState(0);
  const [copied, setCopied] = useState(false);
  const [host = '', path = ''] = asked.startsWith('/') || !asked.includes(' ') ? [] : asked.split(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` asks once more.
  useEffect(() => {
    let current = true;
    setCopied(false);
    if (!path.startsWith('/')) {
      setAnswer(null);
      return;
    }
    const show = (status: number, text: string) => {
      if (current) setAnswer({ status, text });
    };
    call<'request'>({ call: 'request', host, request: { method: 'GET', path } }).then(
      ({ response }) => show(response.status, JSON.stringify(response.body, null, 2)),
      (error: Error) => show(0, error.message),
    );
    return () => {
      current = false;
    };
  }, [host, path, again]);
  if (!path.startsWith('/')) return <p className="text-t2">{asked}</p>;
  return (
    <>
      <div className="flex items-center gap-2 pb-2">
        <code className="min-w-0 flex-1 truncate text-caption text-t2" title={`GET ${path} on ${host}`}>
          GET {path}
        </code>
        <button
          type="button"
          onClick={() => setAgain(again + 1)}
          className="h-8 px-2 text-small text-t2 underline underline-offset-2 hover:text-t1"
        >
          Ask again
        </button>
        <IconButton
          icon={copied ? Check : Copy}
          name={copied ? 'Copied' : 'Copy the JSON'}
          onClick={() => void navigator.clipboard.writeText(answer?.text ?? '').then(() => setCopied(true))}
        />
      </div>
      {answer && answer.status !== 200 && (
        <p className="pb-2">{answer.status > 0 ? `Status ${answer.status}` : 'No answer'}</p>
      )}
      <ScrollRegion
        name={`JSON of ${path}, asked of ${host}`}
        className="overflow-auto border border-line bg-stage p-3 text-caption select-text"
      >
        <pre>{answer?.text ?? 'Asking …'}</pre>
      </ScrollRegion>
    </>
  );
}

/** `HOST PATH`, or the reason why nobody can be asked. One string, so that the store's pictures do not ask again and again. */
function askText(request: { host: string; path: string } | { none: string }): string {
  return 'none' in request ? request.none : `${request.host} ${request.path}`;
}
