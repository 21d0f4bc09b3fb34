/**
 * Flags before the command: `docker -D node ls`.
 * Simplified: `--debug`, `--config` and TLS flags are read and change nothing; there is no context but `default`.
 * Source: `docker/cli: cli/flags/options.go`.
 */
import type { Flag } from '../flags/flag.ts';
import type { ParsedFlags } from '../flags/flag-set.ts';
import { boolFlag, stringFlag, stringListFlag } from '../flags/flag-types.ts';

const config = stringFlag({
  name: 'config',
  default: '/home/docker/.docker',
  description: "Where the command line's settings are",
});
const context = stringFlag({
  name: 'context',
  shorthand: 'c',
  description: 'Which daemon to talk to, by the name of a context',
});
const debug = boolFlag({ name: 'debug', shorthand: 'D', description: 'Say more' });
const host = stringListFlag({ name: 'host', shorthand: 'H', description: 'Which daemon to talk to, by its socket' });
const logLevel = stringFlag({
  name: 'log-level',
  shorthand: 'l',
  default: 'info',
  description: 'How much to log ("debug", "info", "warn", "error", "fatal")',
});
const tls = boolFlag({ name: 'tls', description: 'Use TLS; --tlsverify implies it' });
const tlsCaCert = stringFlag({
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
const tlsVerify = boolFlag({ name: 'tlsverify', description: "Use TLS and check the daemon's certificate" });
const version = boolFlag({ name: 'version', shorthand: 'v', description: 'Print the version and end' });

export const rootFlags: readonly Flag<unknown>[] = [
  config,
  context,
  debug,
  host,
  logLevel,
  tls,
  tlsCaCert,
  tlsCert,
  tlsKey,
  tlsVerify,
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
  if (!logLevels.includes(level.toLowerCase())) return `Unable to parse logging level: ${level}`;
  const hosts = flags.get(host);
  if (hosts.length > 1) return 'Failed to initialize: unable to resolve docker endpoint: Specify only one -H';
  const name = flags.get(context);
  if (name !== '' && name !== 'default') {
    return `Failed to initialize: unable to resolve docker endpoint: context "${name}": context not found`;
  }
  if (name !== '' && hosts.length > 0) return 'Conflicting options: cannot specify both --host and --context';
  return null;
}

/** The daemon to talk to: what `--host` says, or else the environment; empty for the host's own. */
export function givenEndpoint(flags: ParsedFlags, env: ReadonlyMap<string, string>): string {
  return flags.get(host)[0] ?? (flags.get(context) === '' ? env.get('DOCKER_HOST') : undefined) ?? '';
}
