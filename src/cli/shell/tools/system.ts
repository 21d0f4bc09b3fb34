/** Small tools that say something about the host, the time or nothing at all. */
import type { Program } from '../../process.ts';
import { formatDate } from '../date-format.ts';
import { parseOptions } from '../options.ts';
import { fail } from './tool-input.ts';

export const hostname: Program = async (process) => {
  const short = process.args[0];
  const text = short === '-i' || short === '-I' ? process.host.address : process.host.name;
  process.stdout.write(`${text}\n`);
  return 0;
};

export const whoami: Program = async (process) => {
  process.stdout.write(`${process.env.get('USER') ?? 'docker'}\n`);
  return 0;
};

/** `-I`, `-Iseconds`, `--iso-8601=seconds`: the value is part of the word. */
const ISO_FLAG = /^(?:-I|--iso-8601=?)(date|hours|minutes|seconds|ns|)$/;

const ISO_FORMATS: Readonly<Record<string, string>> = {
  hours: '%FT%H+00:00',
  minutes: '%FT%H:%M+00:00',
  seconds: '%FT%T+00:00',
  ns: '%FT%T,%N+00:00',
};

export const date: Program = async (process) => {
  const parsed = parseOptions(
    'date',
    process.args.filter((word) => !ISO_FLAG.test(word)),
    {
      short: 'uIRd:s',
      long: { utc: 'u', universal: 'u', 'rfc-email': 'R', date: 'd', iso: 'I' },
    },
  );
  if (!parsed.ok) return fail(process, 'date', parsed.error.message);
  const isoFlag = process.args.map((word) => ISO_FLAG.exec(word)?.[1]).find((word) => word !== undefined);
  const isoFormat = isoFlag === undefined ? null : (ISO_FORMATS[isoFlag] ?? '%F');
  const [format] = parsed.options.operands;
  if (format !== undefined && !format.startsWith('+')) return fail(process, 'date', `invalid date ‘${format}’`);
  const standard = parsed.options.has('R')
    ? '%a, %d %b %Y %T %z'
    : isoFormat !== null
      ? isoFormat
      : '%a %b %e %H:%M:%S %Z %Y';
  const given = parsed.options.value('d');
  const at = given === null ? process.host.clock.now() : momentOf(given, process.host.clock.now());
  if (at === null) return fail(process, 'date', `invalid date ‘${given}’`);
  process.stdout.write(`${formatDate(at, format?.slice(1) ?? standard)}\n`);
  return 0;
};

const STEPS: Readonly<Record<string, number>> = {
  second: 1000,
  sec: 1000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** Unix milliseconds of `@SECONDS`, an ISO date and time, `now`, `yesterday`, `2 hours ago` or a date with a step; null if unread. */
function momentOf(text: string, now: number): number | null {
  const seconds = /^@(-?\d+)(?:\.\d+)?$/.exec(text.trim());
  if (seconds) return Number(seconds[1]) * 1000;
  let rest = text.trim();
  let at = now;
  const iso =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|UTC|[-+]\d{2}:\d{2})?(?![\d:])/.exec(rest);
  if (iso) {
    at = Date.parse(`${iso[1]}T${iso[2] ?? '00:00'}${iso[3] === undefined || iso[3] === 'UTC' ? 'Z' : iso[3]}`);
    rest = rest.slice(iso[0].length).trim();
  }
  for (const word of rest.match(/[-+]?\s*\d+\s*[a-z]+(?:\s+ago)?|\S+/gi) ?? []) {
    const step = /^([-+]?)\s*(\d+)\s*([a-z]+?)s?(\s+ago)?$/i.exec(word);
    const named: Record<string, number> = { now: 0, today: 0, yesterday: -86_400_000, tomorrow: 86_400_000 };
    const length = step ? STEPS[step[3]!.toLowerCase()] : undefined;
    if (step && length !== undefined) at += Number(step[2]) * length * (step[1] === '-' ? -1 : 1) * (step[4] ? -1 : 1);
    else if (Object.hasOwn(named, word)) at += named[word]!;
    else return null;
  }
  return Number.isNaN(at) ? null : at;
}

export const clear: Program = async (process) => {
  process.stdout.write('\x1b[H\x1b[2J\x1b[3J');
  return 0;
};

export const uname: Program = async (process) => {
  const all = process.args.includes('-a');
  const parts = all
    ? ['Linux', process.host.name, 'x86_64', 'GNU/Linux']
    : [process.args[0] === '-n' ? process.host.name : process.args[0] === '-m' ? 'x86_64' : 'Linux'];
  process.stdout.write(`${parts.join(' ')}\n`);
  return 0;
};

/** `seq last`, `seq first last`, `seq first step last`; `-s` separator, `-w` equal width. */
export const seq: Program = async (process) => {
  const args = [...process.args];
  let separator = '\n';
  let equalWidth = false;
  while (/^-[sw]/.test(args[0] ?? '')) {
    const option = args.shift()!;
    if (option === '-w') equalWidth = true;
    else separator = option.length > 2 ? option.slice(2) : (args.shift() ?? '');
  }
  const hint = "\nTry 'seq --help' for more information.";
  if (args.length === 0) return fail(process, 'seq', `missing operand${hint}`);
  if (args.length > 3) return fail(process, 'seq', `extra operand ‘${args[3]}’${hint}`);
  const wrong = args.find((argument) => !/^[-+]?(\d+\.?\d*|\.\d+)$/.test(argument));
  if (wrong !== undefined) return fail(process, 'seq', `invalid floating point argument: ‘${wrong}’${hint}`);
  const numbers = args.map(Number);
  const last = numbers.at(-1)!;
  const first = numbers.length > 1 ? numbers[0]! : 1;
  const step = numbers.length > 2 ? numbers[1]! : 1;
  if (step === 0) return fail(process, 'seq', `invalid Zero increment value: ‘${args[1]}’${hint}`);
  const decimals = Math.max(
    ...args.slice(0, Math.max(1, args.length - 1)).map((text) => text.split('.')[1]?.length ?? 0),
  );
  const count = Math.min(Math.floor((last - first) / step + 1e-9) + 1, 1_000_000);
  const texts = Array.from({ length: Math.max(0, count) }, (_, i) =>
    (first + i * step).toFixed(args.length === 1 ? 0 : decimals),
  );
  const width = equalWidth ? Math.max(0, ...texts.map((text) => text.length)) : 0;
  if (texts.length > 0) process.stdout.write(`${texts.map((text) => text.padStart(width, '0')).join(separator)}\n`);
  return 0;
};

/** Simplified: without a reader that goes away it ends after many lines. */
export const yes: Program = async ({ args, stdout, signal, host }) => {
  const lines = `${args.join(' ') || 'y'}\n`.repeat(100);
  for (let round = 0; round < 10_000 && !stdout.closed && !signal.aborted; round++) {
    stdout.write(lines);
    await host.clock.sleep(1, signal);
  }
  return 0;
};
