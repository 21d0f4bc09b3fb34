/**
 * Which daemon a command line means: `--host`, `--context`, `DOCKER_HOST`, `DOCKER_CONTEXT`, the context in use, or this host's own.
 * Source: `cli: cli/command/cli.go` (`resolveContextName`, `resolveDockerEndpoint`).
 */
import type { ParsedFlags } from '../flags/flag-set.ts';
import type { Process } from '../process.ts';
import { currentContext, DEFAULT_CONTEXT, findContext, notFound } from './context/context-store.ts';
import { hostAt } from './endpoint.ts';
import { contextFlag, hostFlag, tlsCaFlag, tlsFlag, tlsVerifyFlag } from './root-flags.ts';

const FAILED = 'Failed to initialize: unable to resolve docker endpoint: ';

/** The process with the daemon it talks to; or why there is none. */
export function withDaemon(process: Process, flags: ParsedFlags): { process: Process } | { complaint: string } {
  const hosts = flags.get(hostFlag);
  if (hosts.length > 1) return { complaint: `${FAILED}Specify only one -H` };
  const named = flags.get(contextFlag);
  if (hosts.length === 1 && named !== '')
    return { complaint: 'conflicting options: cannot specify both --host and --context' };
  if ((flags.get(tlsFlag) || flags.get(tlsVerifyFlag)) && process.host.files.read(flags.get(tlsCaFlag)) === null)
    return { complaint: `${FAILED}open ${flags.get(tlsCaFlag)}: no such file or directory` };
  if (hosts.length === 1) return { process: talkingTo(process, hosts[0]!) };
  const name = named === '' ? currentContext(process) : named;
  const context = findContext(process, name);
  if (!context) return { complaint: FAILED + notFound(process, name) };
  const isEnvironment = name === DEFAULT_CONTEXT && named === '';
  return {
    process: talkingTo(process, isEnvironment ? (process.env.get('DOCKER_HOST') ?? '') : kept(context.host, name)),
  };
}

/** By its name the default context is this host's own daemon. */
function kept(host: string, name: string): string {
  return name === DEFAULT_CONTEXT ? '' : host;
}

function talkingTo(process: Process, address: string): Process {
  const isTls = (process.env.get('DOCKER_TLS_VERIFY') ?? '') !== '';
  return { ...process, host: hostAt(process.host, address, isTls) };
}
