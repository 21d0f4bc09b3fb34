/**
 * `ps`, `free`, `df`, `id`: what a host says of itself. Containers in `ps` are the daemon's own; the rest is what every such host runs.
 * Simplified: how much memory and disk is in use is not modelled; the figures are those of a host that has little to do.
 */
import type { Process, Program } from '../../process.ts';
import { parseOptions } from '../options.ts';
import { fail } from './tool-input.ts';

interface Row {
  pid: number;
  user: string;
  terminal: string;
  command: string;
}

const SHELL_PID = 1042;

export const ps: Program = async (process) => {
  const letters = process.args.join('').replaceAll('-', '');
  const isWide =
    /^[a-zA-Z]*$/.test(letters) && (letters.includes('e') || letters.includes('a') || letters.includes('x'));
  const own: Row[] = [
    { pid: SHELL_PID, user: 'docker', terminal: 'pts/0', command: 'bash' },
    { pid: SHELL_PID + 1, user: 'docker', terminal: 'pts/0', command: ['ps', ...process.args].join(' ') },
  ];
  if (!isWide) {
    const rows = own.map(
      ({ pid, terminal, command }) =>
        `${String(pid).padStart(7)} ${terminal.padEnd(8)} 00:00:00 ${command.split(' ')[0]}\n`,
    );
    process.stdout.write(`    PID TTY          TIME CMD\n${rows.join('')}`);
    return 0;
  }
  const rows = [...(await daemons(process)), ...own];
  const head = letters.includes('f')
    ? 'UID          PID    PPID  C STIME TTY          TIME CMD'
    : 'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND';
  const lines = rows.map(({ pid, user, terminal, command }) =>
    letters.includes('f')
      ? `${user.padEnd(8)} ${String(pid).padStart(7)} ${'1'.padStart(7)}  0 00:00 ${terminal.padEnd(8)} 00:00:00 ${command}`
      : `${user.padEnd(8)} ${String(pid).padStart(7)}  0.0  0.1      0     0 ${terminal.padEnd(8)} S    00:00   0:00 ${command}`,
  );
  process.stdout.write(`${[head, ...lines].join('\n')}\n`);
  return 0;
};

async function daemons({ host }: Process): Promise<Row[]> {
  const always: Row[] = [
    { pid: 1, user: 'root', terminal: '?', command: '/sbin/init' },
    { pid: 612, user: 'root', terminal: '?', command: 'sshd: /usr/sbin/sshd -D' },
  ];
  const answer = await host.api.request({ method: 'GET', path: '/containers/json' }).catch(() => null);
  if (answer === null) return always;
  const dockerd: Row = { pid: 871, user: 'root', terminal: '?', command: '/usr/bin/dockerd' };
  const containers = Array.isArray(answer.body) ? (answer.body as { Id: string }[]) : [];
  const rows = await Promise.all(
    containers.map(async ({ Id }): Promise<Row[]> => {
      const found = await host.api.request({ method: 'GET', path: `/containers/${Id}/json` });
      const body = found.body as { Path?: string; Args?: string[]; State?: { Pid?: number } };
      const pid = body.State?.Pid ?? 0;
      return pid > 0
        ? [{ pid, user: 'root', terminal: '?', command: [body.Path, ...(body.Args ?? [])].join(' ') }]
        : [];
    }),
  );
  return [...always, dockerd, ...rows.flat().sort((a, b) => a.pid - b.pid)];
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

export const free: Program = async (process) => {
  const parsed = parseOptions('free', process.args, {
    short: 'bkmghtw',
    long: { human: 'h', mega: 'm', giga: 'g', bytes: 'b' },
  });
  if (!parsed.ok) return fail(process, 'free', parsed.error.message);
  const { options } = parsed;
  const total = await memoryBytes(process);
  const used = Math.round(total * 0.12);
  const cache = Math.round(total * 0.2);
  const unit = options.has('b') ? 1 : options.has('m') ? MIB : options.has('g') ? GIB : KIB;
  const cell = (bytes: number): string =>
    (options.has('h') ? human(bytes, 'i') : String(Math.floor(bytes / unit))).padStart(12);
  const row = (label: string, cells: number[]): string =>
    `${label.padEnd(8)}${cells.map(cell).join('')}\n`.replace(/^(.{8}) {0}/, '$1');
  const head = `${' '.repeat(8)}${['total', 'used', 'free', 'shared', 'buff/cache', 'available'].map((word) => word.padStart(12)).join('')}\n`;
  process.stdout.write(
    head + row('Mem:', [total, used, total - used - cache, MIB, cache, total - used]) + row('Swap:', [0, 0, 0]),
  );
  return 0;
};

async function memoryBytes({ host }: Process): Promise<number> {
  const answer = await host.api.request({ method: 'GET', path: '/info' }).catch(() => null);
  return (answer?.body as { MemTotal?: number } | null)?.MemTotal ?? 2 * GIB;
}

const DISK = 20 * GIB;

export const df: Program = async (process) => {
  const parsed = parseOptions('df', process.args, { short: 'hkmTaPH', long: { 'human-readable': 'h' } });
  if (!parsed.ok) return fail(process, 'df', parsed.error.message);
  const { options } = parsed;
  const missing = options.operands.find((name) => !name.startsWith('/'));
  if (
    missing !== undefined &&
    process.host.files.read(missing) === null &&
    !process.host.files.isDirectory(missing) &&
    missing !== '.'
  )
    return fail(process, 'df', `${missing}: No such file or directory`);
  const used = await layersBytes(process);
  const cell = (bytes: number): string =>
    options.has('h') ? human(bytes, '') : String(Math.ceil(bytes / (options.has('m') ? MIB : KIB)));
  const disks: [string, number, number, string][] = [['/dev/sda1', DISK, used, '/']];
  if (options.operands.length === 0) disks.push(['tmpfs', 64 * MIB, 0, '/run']);
  const rows = disks.map(([name, size, taken, mount]) => [
    name,
    cell(size),
    cell(taken),
    cell(size - taken),
    `${Math.ceil((taken / size) * 100)}%`,
    mount,
  ]);
  const head = [
    'Filesystem',
    options.has('h') ? 'Size' : options.has('m') ? '1M-blocks' : '1K-blocks',
    'Used',
    options.has('h') ? 'Avail' : 'Available',
    'Use%',
    'Mounted on',
  ];
  const widths = head.map((word, i) =>
    Math.max(word.length, ...rows.map((row) => row[i]!.length), i === 0 ? 14 : i < 4 ? 5 : 0),
  );
  const line = (cells: string[]): string =>
    `${cells.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : i === 5 ? text : text.padStart(widths[i]!))).join(' ')}\n`;
  process.stdout.write([head, ...rows].map(line).join(''));
  return 0;
};

/** What images take is known; a system on the disk takes the rest. */
async function layersBytes({ host }: Process): Promise<number> {
  const answer = await host.api.request({ method: 'GET', path: '/system/df' }).catch(() => null);
  return 2 * GIB + ((answer?.body as { LayersSize?: number } | null)?.LayersSize ?? 0);
}

function human(bytes: number, suffix: string): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = value < 10 && unit > 0 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  return `${text}${units[unit]}${unit > 0 || suffix === '' ? suffix : 'B'}`;
}

export const id: Program = async (process) => {
  const letters = process.args.join('');
  const text = /u/.test(letters)
    ? letters.includes('n')
      ? 'docker'
      : '1000'
    : /g/i.test(letters)
      ? letters.includes('n')
        ? 'docker'
        : '1000'
      : 'uid=1000(docker) gid=1000(docker) groups=1000(docker)';
  process.stdout.write(`${text}\n`);
  return 0;
};
