/**
 * Flags before the command: `docker -D node ls`. Which daemon they choose: `endpoint.ts`.
 * Simplified: `--debug`, `--config` and TLS flags are read and change nothing.
 * Source: `docker/cli: cli/flags/options.go`.
 */
import type { Flag } from '../flags/flag.ts';
import type { ParsedFlags } from '../flags/flag-set.ts';
import { boolFlag, stringFlag, stringListFlag } from '../flags/flag-types.ts';

export const configFlag = stringFlag({
  name: 'config',
  default: '/home/docker/.docker',
  description: "Where the command line's settings are",
});
export const contextFlag = stringFlag({
  name: 'context',
  shorthand: 'c',
  description: 'Which daemon to talk to, by the name of a context',
});
const debug = boolFlag({ name: 'debug', shorthand: 'D', description: 'Say more' });
export const hostFlag = stringListFlag({
  name: 'host',
  shorthand: 'H',
  description: 'Which daemon to talk to, by its socket',
});
const logLevel = stringFlag({
  name: 'log-level',
  shorthand: 'l',
  default: 'info',
  description: 'How much to log ("debug", "info", "warn", "error", "fatal")',
});
export const tlsFlag = boolFlag({ name: 'tls', description: 'Use TLS; --tlsverify implies it' });
export const tlsCaFlag = stringFlag({
  name: 'tlscacert',
  default: '/home/docker/.docker/ca.pem',
  description: 'Trust only what this authority has signed',
});
const tlsCert = stringFlag({
  name: 'tlscert',
  default: '/home/docker/.docker/cert.pem',
  description: 'Certificate for TLS',
});
const tlsKey = stringFlag({ name: 'tlskey', default: '/home/docker/.docker/key.pem', description: 'Key for TLS' });
export const tlsVerifyFlag = boolFlag({ name: 'tlsverify', description: "Use TLS and check the daemon's certificate" });
const version = boolFlag({ name: 'version', shorthand: 'v', description: 'Print the version and end' });

export const rootFlags: readonly Flag<unknown>[] = [
  configFlag,
  contextFlag,
  debug,
  hostFlag,
  logLevel,
  tlsFlag,
  tlsCaFlag,
  tlsCert,
  tlsKey,
  tlsVerifyFlag,
  version,
];

/** Was `--version` given? */
export function wantsVersion(flags: ParsedFlags): boolean {
  return flags.get(version);
}

const logLevels = ['panic', 'fatal', 'error', 'warn', 'warning', 'info', 'debug', 'trace'];

/** Why no command can be run with these flags; null if it can. */
export function rootFlagsComplaint(flags: ParsedFlags): string | null {
  const level = flags.get(logLevel);
  return logLevels.includes(level.toLowerCase()) ? null : `Unable to parse logging level: ${level}`;
}
