/**
 * Logs as a stream of lines: the flags, the query, and writing what comes to the stream it belongs to until it ends or Ctrl-C.
 * Source: `cli: cli/command/container/logs.go`, `moby: client/container_logs.go`, `pkg/stdcopy`.
 */
import { type ApiChunk, StreamError } from '../../../protocol/api.ts';
import type { Flag } from '../../flags/flag.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import { parseSince } from '../../opts/since.ts';
import type { OutputStream } from '../../process.ts';
import type { CommandContext } from '../command.ts';
import { interruptedStatus } from '../root.ts';

/** Flags of `docker logs` and `docker service logs`. */
export const logFlags = {
  follow: boolFlag({ name: 'follow', shorthand: 'f', description: 'Keep printing new lines' }),
  since: stringFlag({
    name: 'since',
    description: 'Begin at a time ("2013-01-02T13:23:37Z") or so long ago ("42m" for 42 minutes)',
  }),
  timestamps: boolFlag({ name: 'timestamps', shorthand: 't', description: 'Print when each line was written' }),
  details: boolFlag({ name: 'details', description: 'Print what else is known of each line' }),
  tail: stringFlag({ name: 'tail', shorthand: 'n', default: 'all', description: 'Print so many lines from the end' }),
};

/** The query for the flags given. `until` is the flag of `docker logs` alone. */
export function logQuery(
  { flags, process }: CommandContext,
  options: { withDetails: boolean; until?: Flag<string> },
): ParseResult<Record<string, string>> {
  const query: Record<string, string> = { stdout: '1', stderr: '1' };
  const times: [string, string][] = [['since', flags.get(logFlags.since)]];
  if (options.until) times.push(['until', flags.get(options.until)]);
  for (const [name, text] of times) {
    if (text === '') continue;
    const time = parseSince(text, process.host.clock.now());
    if (!time.ok) return unparsable(`invalid value for "${name}": ${time.message}`);
    query[name] = time.value;
  }
  if (flags.get(logFlags.timestamps)) query.timestamps = '1';
  if (options.withDetails) query.details = '1';
  if (flags.get(logFlags.follow)) query.follow = '1';
  return parsed({ ...query, tail: flags.get(logFlags.tail) });
}

/** Changes a line on its way, newline included. */
export type FormatLine = (line: string) => Promise<ParseResult<string>>;

/** Streams `path` to standard output and error; returns the exit status. */
export async function writeLogs(
  context: CommandContext,
  path: string,
  query: Record<string, string>,
  format?: FormatLine,
): Promise<number> {
  const writer = new LogWriter(context, format);
  const stream = await context.api.stream('GET', path, { query }, (chunk) => writer.take(chunk));
  const { signal } = context.process;
  const cancel = (): void => stream.cancel();
  writer.onProblem = cancel;
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    await stream.done;
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    await writer.finish();
    return context.fail(`error from daemon in stream: ${error.message}`);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  const problem = await writer.finish();
  if (signal.aborted) return interruptedStatus;
  return problem === null ? 0 : context.fail(problem);
}

/** Writes lines in the order they came, though formatting one may take requests. */
class LogWriter {
  readonly #context: CommandContext;
  readonly #format: FormatLine | undefined;
  #last: Promise<void> = Promise.resolve();
  #problem: string | null = null;
  #failure: unknown = null;
  /** Called when a line cannot be formatted: there is no use in further ones. */
  onProblem: () => void = () => undefined;

  constructor(context: CommandContext, format?: FormatLine) {
    this.#context = context;
    this.#format = format;
  }

  take(chunk: ApiChunk): void {
    if (!('stream' in chunk)) return;
    const { process } = this.#context;
    const output = chunk.stream === 'stdout' ? process.stdout : process.stderr;
    const format = this.#format;
    if (!format) return output.write(chunk.text);
    for (const line of chunk.text.split(/(?<=\n)/)) {
      this.#last = this.#last.then(() => this.#write(line, format, output));
    }
  }

  async #write(line: string, format: FormatLine, output: OutputStream): Promise<void> {
    if (this.#problem !== null || this.#failure !== null) return;
    try {
      const formatted = await format(line);
      if (formatted.ok) return output.write(formatted.value);
      this.#problem = formatted.message;
    } catch (error) {
      this.#failure = error;
    }
    this.onProblem();
  }

  /** All lines are written; what was wrong with one, or null. */
  async finish(): Promise<string | null> {
    await this.#last;
    if (this.#failure !== null) throw this.#failure;
    return this.#problem;
  }
}
