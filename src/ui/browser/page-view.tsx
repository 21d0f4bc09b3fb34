/**
 * A page that a simulated program answered with, as elements of our own: only tags of a list, none of their attributes but those
 * read here, so that no script, style or foreign address can come with it. Links and forms go back into the simulated network.
 * `data-live` names an address whose connection is held; `data-field` and `data-width` say where what comes on it goes.
 */
import { createElement, type FormEvent, type ReactNode, useEffect, useMemo } from 'react';
import { serviceIdentity } from '../look/identity.ts';
import { serviceWithId, taskName } from '../store/rows.ts';
import { useWorld } from '../store/world.ts';
import { follow, headerOf } from './address.ts';
import { type ShownPage, useBrowser } from './browser-state.ts';

type Fields = Readonly<Record<string, string>>;

/** Tags that may be on a page, and how they look. */
const looks: Readonly<Record<string, string>> = {
  h1: 'mb-2 text-narrator font-[650]',
  h2: 'mt-3 mb-1 text-heading font-[650]',
  h3: 'mt-2 mb-1 text-lens font-[650]',
  h4: 'mt-2 text-body font-[650]',
  p: 'my-1.5',
  ul: 'my-1.5 list-disc pl-5',
  ol: 'my-1.5 list-decimal pl-5',
  li: '',
  table: 'my-1.5 border-collapse',
  thead: '',
  tbody: '',
  tr: '',
  th: 'border-b border-line2 py-0.5 pr-4 text-left font-[650]',
  td: 'border-b border-line py-0.5 pr-4 text-left',
  pre: 'my-1.5 font-mono text-small whitespace-pre-wrap',
  code: 'font-mono text-small',
  strong: '',
  b: '',
  em: 'italic',
  small: 'text-small text-t2',
  label: 'mr-3 my-1 inline-flex items-center gap-1.5',
  section: 'my-1.5',
  // News in columns, so that a low window shows them all.
  main: 'flex flex-wrap gap-x-8 [&>p]:w-full [&>section]:max-w-110 [&>section]:min-w-40 [&>section]:flex-1',
  div: '',
  span: '',
  center: 'text-center',
  footer: 'mt-3 text-small text-t2',
};

/** In these, white space between tags is no text. */
const spaceless = new Set(['TABLE', 'THEAD', 'TBODY', 'TR', 'UL', 'OL', 'SELECT']);
const inputTypes = new Set(['text', 'number', 'password', 'radio', 'checkbox', 'hidden', 'email', 'search']);
const control = 'h-8 rounded-control border border-line2 bg-stage px-2 text-body';

export function PageView({ page }: { page: ShownPage }) {
  const { result } = page;
  if (!result.ok) return null;
  const { body, headers, status } = result.response;
  const isHtml = /html/.test(headerOf(headers, 'content-type') ?? (body.trimStart().startsWith('<') ? 'html' : ''));
  if (isHtml) return <HtmlPage key={page.number} page={page} html={body} />;
  return (
    <pre className="font-mono text-small break-words whitespace-pre-wrap">
      {body === '' ? `An empty answer (${status}).` : body}
    </pre>
  );
}

function HtmlPage({ page, html }: { page: ShownPage; html: string }) {
  // A parsed document is inert: nothing in it runs or is fetched.
  const parsed = useMemo(() => new DOMParser().parseFromString(html, 'text/html'), [html]);
  const live = useBrowser((state) => state.live);
  const livePath = parsed.querySelector('[data-live]')?.getAttribute('data-live') ?? null;
  useEffect(() => {
    const place = livePath === null ? null : follow(page.place, livePath);
    return place ? useBrowser.getState().holdLive(place) : undefined;
  }, [livePath, page.place]);
  return (
    <article aria-label={parsed.title || 'Page'} className="text-body">
      {childrenOf(parsed.body, live?.fields ?? {})}
      {live?.state === 'lost' && (
        <p className="mt-2 text-small text-t2">The connection for news has ended; trying again.</p>
      )}
    </article>
  );
}

function childrenOf(parent: Element, fields: Fields): ReactNode[] {
  return [...parent.childNodes].map((node, index) => {
    if (node.nodeType === Node.TEXT_NODE)
      return spaceless.has(parent.tagName) && !node.textContent?.trim() ? null : node.textContent;
    return node.nodeType === Node.ELEMENT_NODE ? elementOf(node as Element, fields, index) : null;
  });
}

function elementOf(element: Element, fields: Fields, key: number): ReactNode {
  const tag = element.tagName.toLowerCase();
  const children = () => childrenOf(element, fields);
  switch (tag) {
    case 'a':
      return (
        <button
          key={key}
          type="button"
          className="underline underline-offset-2"
          onClick={() => useBrowser.getState().followLink(element.getAttribute('href') ?? '')}
        >
          {children()}
        </button>
      );
    case 'form':
      return (
        <form key={key} onSubmit={(event) => submit(event, element)} className="my-2 flex flex-wrap items-center gap-2">
          {children()}
        </form>
      );
    case 'button':
      return (
        <button
          key={key}
          type={element.getAttribute('type') === 'button' ? 'button' : 'submit'}
          name={element.getAttribute('name') ?? undefined}
          value={element.getAttribute('value') ?? undefined}
          disabled={element.hasAttribute('disabled')}
          aria-pressed={element.getAttribute('aria-pressed') === 'true' || undefined}
          className="h-8 max-[720px]:h-11 min-w-24 rounded-control border border-line2 bg-raise px-4 font-[650] enabled:hover:border-t1 disabled:border-t1"
        >
          {children()}
        </button>
      );
    case 'input':
      return inputOf(element, key);
    case 'select':
      return (
        <select
          key={key}
          name={element.getAttribute('name') ?? undefined}
          defaultValue={element.querySelector('option[selected]')?.getAttribute('value') ?? undefined}
          className={control}
        >
          {[...element.querySelectorAll('option')].map((option) => (
            <option key={option.value} value={option.value}>
              {option.textContent}
            </option>
          ))}
        </select>
      );
    case 'br':
    case 'hr':
      return createElement(tag, { key });
  }
  const look = looks[tag];
  // What is not on the list is left out with all that is in it: script, style, img, iframe, svg.
  if (look === undefined) return null;
  if (element.hasAttribute('data-swarm')) return <SwarmDrawing key={key} />;
  const width = element.getAttribute('data-width');
  if (width !== null) return <Bar key={key} width={fields[width] ?? widthIn(element.getAttribute('style'))} />;
  const field = element.getAttribute('data-field');
  const isError = element.classList.contains('error');
  return createElement(
    tag,
    { key, className: `${look} ${isError ? 'border-l-2 border-t1 pl-2 font-[650]' : ''}` },
    ...(field !== null && fields[field] !== undefined ? [fields[field]] : children()),
  );
}

function inputOf(element: Element, key: number): ReactNode {
  const given = element.getAttribute('type') ?? 'text';
  if (!inputTypes.has(given)) return null;
  const isTick = given === 'radio' || given === 'checkbox';
  const value = element.getAttribute('value') ?? undefined;
  return (
    <input
      key={key}
      type={given}
      name={element.getAttribute('name') ?? undefined}
      autoComplete="off"
      {...(isTick ? { value, defaultChecked: element.hasAttribute('checked') } : { defaultValue: value })}
      className={isTick ? '' : `${control} w-40`}
    />
  );
}

function submit(event: FormEvent<HTMLFormElement>, form: Element): void {
  event.preventDefault();
  const { submitter } = event.nativeEvent as SubmitEvent;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(event.currentTarget, submitter))
    if (typeof value === 'string') fields.append(name, value);
  const action = form.getAttribute('action') ?? '';
  const { followLink } = useBrowser.getState();
  if (form.getAttribute('method')?.toUpperCase() === 'POST')
    followLink(action, { method: 'POST', body: fields.toString() });
  else followLink(`${action.split('?')[0]}?${fields}`);
}

/** `width: 52.5%` */
function widthIn(style: string | null): string {
  return /width:\s*(\d+(?:\.\d+)?%)/.exec(style ?? '')?.[1] ?? '0%';
}

function Bar({ width }: { width: string }) {
  const safe = /^\d+(\.\d+)?%$/.test(width) ? width : '0%';
  return (
    <div className="h-4 w-full max-w-110 border border-line2">
      <div className="h-full bg-t1 transition-[width] duration-200 ease-chrome" style={{ width: safe }} />
    </div>
  );
}

/** What the visualizer draws: a column per node, a box per task on it. */
function SwarmDrawing() {
  const snapshot = useWorld((state) => state.snapshot);
  const theme = useWorld((state) => state.theme);
  if (!snapshot) return null;
  return (
    <div className="flex flex-wrap gap-3">
      {snapshot.nodes.map((node) => (
        <section key={node.id} className="min-w-32 border border-line2 p-2">
          <h3 className="text-body font-[650]">{node.machine}</h3>
          <p className="mb-1 text-small text-t2">
            {node.role}, {node.state}
          </p>
          {snapshot.tasks
            .filter((task) => task.machine === node.machine && task.state === 'running')
            .map((task) => {
              const { fill, ink } = serviceIdentity(serviceWithId(snapshot, task.serviceId)?.hueIndex ?? 0, theme);
              return (
                <p key={task.id} className="my-0.5 px-1.5 text-small" style={{ background: fill, color: ink }}>
                  {taskName(task)}
                </p>
              );
            })}
        </section>
      ))}
    </div>
  );
}
