/** What `npm run serve -- ...` was asked for. */
import { isIP } from 'node:net';
import type { Start } from '../protocol/start.ts';
import { defaultStart, hostsNamed, maxMachines, startNamed } from '../scenarios/starts.ts';
import { MAX_SPEED, MIN_SPEED } from '../worker/pacer.ts';
import { isLoopbackName } from './gate.ts';

export interface ServeOptions {
  start: Start;
  /** The page is here, host i at `basePort + i`. */
  basePort: number;
  /** Virtual seconds per second. */
  speed: number;
  /** Address to listen on. */
  host: string;
  /** Asked of everybody, unless only loopback is listened on. */
  token: string | null;
}

export type ReadOptions = { ok: true; options: ServeOptions } | { ok: false; message: string };

export const USAGE = `usage: npm run serve -- [--nodes N | --start NAME] [--base-port 23750] [--seed S] [--speed X] [--host H --token T]

  --nodes N       N hosts in no swarm (1 to ${maxMachines})
  --start NAME    a world to begin with: first-swarm, blank, 3+2, 10x200 ... (default ${defaultStart})
  --base-port P   the page is at port P, host i's Engine API at P + i (default 23750)
  --seed S        the dice of the world (default: the start's own)
  --speed X       virtual seconds per second (default 1)
  --host H        listen on this address instead of loopback; a token is then asked
  --token T       the token; made up and printed when missing`;

const KNOWN = ['nodes', 'start', 'base-port', 'seed', 'speed', 'host', 'token'];

/** `randomToken` is asked when a token is needed and none was given. */
export function readArguments(argv: readonly string[], randomToken: () => string): ReadOptions {
  const given = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(argv[i]!);
    const name = match?.[1] ?? '';
    if (!KNOWN.includes(name)) return wrong(`unknown argument: ${argv[i]}`);
    const value = match?.[2] ?? argv[++i];
    if (value === undefined) return wrong(`--${name} needs a value`);
    given.set(name, value);
  }
  const start = startOf(given);
  if (typeof start === 'string') return wrong(start);
  const basePort = wholeNumber(given.get('base-port') ?? '23750');
  if (basePort === null || basePort < 1 || basePort + start.hosts.length > 65_535)
    return wrong(`--base-port must leave room for ${start.hosts.length} ports up to 65535`);
  const speed = Number(given.get('speed') ?? 1);
  if (!(speed >= MIN_SPEED && speed <= MAX_SPEED)) return wrong(`--speed must be ${MIN_SPEED} to ${MAX_SPEED}`);
  const host = given.get('host') ?? '127.0.0.1';
  if (host !== 'localhost' && isIP(host) === 0) return wrong(`--host must be an IP address: ${host}`);
  const token = given.get('token') ?? null;
  if (token === '') return wrong('--token must not be empty');
  return {
    ok: true,
    options: { start, basePort, speed, host, token: token ?? (isLoopbackName(host) ? null : randomToken()) },
  };
}

function wrong(message: string): ReadOptions {
  return { ok: false, message: `${message}\n\n${USAGE}` };
}

/** The start, or what is wrong with what was asked for. */
function startOf(given: ReadonlyMap<string, string>): Start | string {
  const [nodes, name, seed] = [given.get('nodes'), given.get('start'), given.get('seed')];
  if (nodes !== undefined && name !== undefined) return 'either --nodes or --start, not both';
  const found = nodes === undefined ? startNamed(name ?? defaultStart) : blankHosts(wholeNumber(nodes));
  if (!found) return nodes === undefined ? `there is no start named "${name}"` : `--nodes must be 1 to ${maxMachines}`;
  if (seed === undefined) return found;
  const number = wholeNumber(seed);
  return number === null || number > 0xffff_ffff
    ? '--seed must be a whole number below 2^32'
    : { ...found, seed: number };
}

function blankHosts(count: number | null): Start | null {
  const blank = startNamed('blank');
  if (!blank || count === null || count < 1 || count > maxMachines) return null;
  return { ...blank, name: `${count} hosts`, title: `${count} blank hosts`, hosts: hostsNamed(count) };
}

function wholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
