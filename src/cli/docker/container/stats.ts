/**
 * `docker stats`: what containers use, drawn again twice a second. Source: `cli: cli/command/container/stats.go, stats_helpers.go,
 * formatter_stats.go`.
 */
import type { ApiChunk } from '../../../protocol/api.ts';
import type { ContainerSummary } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { formatBinarySize, formatDecimalSize } from '../../opts/memory-bytes.ts';
import { type Listing, renderListing } from '../../table/listing.ts';
import { describeError } from '../client.ts';
import { anyArgs, type Command, type CommandContext } from '../command.ts';
import { completeContainers } from '../completion.ts';
import { listFormatFlag, noTruncFlag } from '../format-flag.ts';
import { interruptedStatus } from '../root.ts';

const all = boolFlag({ name: 'all', shorthand: 'a', description: 'Show those that do not run, too' });
const noStream = boolFlag({ name: 'no-stream', description: 'Show it once' });

const PERIOD_MS = 500;

export const statsCommand: Command = {
  kind: 'command',
  name: 'stats',
  aliasLine: 'docker container stats, docker stats',
  usage: '[OPTIONS] [CONTAINER...]',
  description: 'Show what containers use, as it changes',
  args: anyArgs,
  flags: [all, listFormatFlag, noStream, noTruncFlag],
  run: showStats,
  complete: completeContainers,
};

/** What the daemon measures, as far as it is shown. */
interface Reading {
  name: string;
  id: string;
  pids_stats: { current?: number };
  blkio_stats: { io_service_bytes_recursive?: { op: string; value: number }[] | null };
  cpu_stats: Cpu;
  precpu_stats: Cpu;
  memory_stats: { usage?: number; limit?: number; stats?: Record<string, number> };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }>;
}

interface Cpu {
  cpu_usage: { total_usage: number };
  system_cpu_usage?: number;
  online_cpus?: number;
}

/** One container; `reading` null: nothing is known. */
interface StatsRow {
  container: string;
  reading: Reading | null;
  isTruncated: boolean;
}

const known =
  (show: (reading: Reading) => string, unknown = '--') =>
  ({ reading }: StatsRow): string =>
    reading === null ? unknown : show(reading);

const statsListing: Listing<StatsRow> = {
  typeName: '*container.statsContext',
  fields: {
    BlockIO: {
      header: 'BLOCK I/O',
      value: known((reading) => pair(blockBytes(reading, 'read'), blockBytes(reading, 'write'))),
    },
    CPUPerc: { header: 'CPU %', value: known((reading) => `${cpuPercent(reading).toFixed(2)}%`) },
    Container: { header: 'CONTAINER', value: ({ container }) => container },
    ID: {
      header: 'CONTAINER ID',
      value: ({ reading, isTruncated }) => (isTruncated ? (reading?.id ?? '').slice(0, 12) : (reading?.id ?? '')),
    },
    MemPerc: { header: 'MEM %', value: known((reading) => `${memoryPercent(reading).toFixed(2)}%`) },
    MemUsage: { header: 'MEM USAGE / LIMIT', value: known(memoryText, '-- / --') },
    Name: { header: 'NAME', value: known(({ name }) => name.slice(1)) },
    NetIO: {
      header: 'NET I/O',
      value: known((reading) => pair(netBytes(reading, 'rx_bytes'), netBytes(reading, 'tx_bytes'))),
    },
    PIDs: { header: 'PIDS', value: known((reading) => String(reading.pids_stats.current ?? 0)) },
  },
  table: '{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}',
};

const pair = (first: number, second: number): string =>
  `${formatDecimalSize(first, 3)} / ${formatDecimalSize(second, 3)}`;

function memoryText({ memory_stats: { usage = 0, limit = 0, stats = {} } }: Reading): string {
  return `${formatBinarySize(usage - (stats.inactive_file ?? 0))} / ${formatBinarySize(limit)}`;
}

function memoryPercent({ memory_stats: { usage = 0, limit = 0, stats = {} } }: Reading): number {
  return limit === 0 ? 0 : ((usage - (stats.inactive_file ?? 0)) / limit) * 100;
}

function cpuPercent({ cpu_stats: now, precpu_stats: before }: Reading): number {
  const own = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const whole = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  return own > 0 && whole > 0 ? (own / whole) * (now.online_cpus ?? 1) * 100 : 0;
}

function blockBytes({ blkio_stats }: Reading, operation: string): number {
  const entries = blkio_stats.io_service_bytes_recursive ?? [];
  return entries.filter(({ op }) => op.toLowerCase() === operation).reduce((sum, { value }) => sum + value, 0);
}

function netBytes({ networks = {} }: Reading, key: 'rx_bytes' | 'tx_bytes'): number {
  return Object.values(networks).reduce((sum, network) => sum + network[key], 0);
}

async function showStats(context: CommandContext): Promise<number> {
  const { api, args, flags, process } = context;
  const view = new Readings(context);
  if (args.length > 0) for (const name of args) await view.follow(name);
  else {
    const query = { all: flags.get(all) ? '1' : undefined };
    const containers = await api.get<ContainerSummary[]>('/containers/json', query);
    for (const { Id } of containers) await view.follow(Id);
  }
  if (view.failure !== null) {
    view.close();
    return context.fail(view.failure);
  }
  if (flags.get(noStream)) {
    await view.complete();
    return view.print();
  }
  while (!process.signal.aborted) {
    await process.host.clock.sleep(PERIOD_MS, process.signal);
    if (process.stdout.terminal) context.out('\x1b[H');
    const status = view.print('\x1b[K');
    if (status !== 0) return status;
    if (process.stdout.terminal) context.out('\x1b[J');
  }
  view.close();
  return interruptedStatus;
}

/** The newest reading of each container. */
class Readings {
  /** What the daemon says of the first one that it does not know. */
  failure: string | null = null;
  readonly #context: CommandContext;
  readonly #rows: StatsRow[] = [];
  readonly #streams: { cancel(): void; done: Promise<void> }[] = [];

  constructor(context: CommandContext) {
    this.#context = context;
  }

  async follow(container: string): Promise<void> {
    const { api, flags } = this.#context;
    const row: StatsRow = { container, reading: null, isTruncated: !flags.get(noTruncFlag) };
    this.#rows.push(row);
    const take = (chunk: ApiChunk): void => {
      if ('json' in chunk) row.reading = chunk.json as Reading;
    };
    const query = { stream: flags.get(noStream) ? '0' : '1' };
    try {
      const stream = await api.stream('GET', `/containers/${container}/stats`, { query }, take);
      stream.done.catch(() => undefined);
      this.#streams.push(stream);
    } catch (error) {
      this.failure ??= describeError(error);
      if (this.failure === null) throw error;
    }
  }

  /** Resolves when each has said all it has to say. */
  async complete(): Promise<void> {
    for (const { done } of this.#streams) await done;
  }

  /** `lineEnd`: what erases the rest of a line that was longer before. */
  print(lineEnd = ''): number {
    const text = renderListing(statsListing, this.#rows, { format: this.#context.flags.get(listFormatFlag) });
    if (!text.ok) return this.#context.fail(text.message);
    const isTerminal = this.#context.process.stdout.terminal !== null;
    this.#context.out(isTerminal ? text.value.replaceAll('\n', `${lineEnd}\n`) : text.value);
    return 0;
  }

  close(): void {
    for (const stream of this.#streams) stream.cancel();
  }
}
