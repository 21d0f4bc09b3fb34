/** `docker context create`, `docker context update`. Source: `cli: cli/command/context/create.go, update.go, options.go`. */

import { parseBool } from '../../../go-template/go-strconv.ts';
import { type Flag, parsed, unparsable } from '../../flags/flag.ts';
import { stringFlag } from '../../flags/flag-types.ts';
import { toRecord } from '../../opts/key-value.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { complaintAboutName, DEFAULT_CONTEXT, findContext, keepContext, notFound } from './context-store.ts';

const description = stringFlag({ name: 'description', description: 'What the context is for' });
/** pflag's map of texts: pairs separated by commas. */
const docker: Flag<Readonly<Record<string, string>>> = {
  name: 'docker',
  valueWord: 'stringToString',
  defaultText: '[]',
  default: {},
  description: 'Where its daemon is (host=..., ca=..., cert=..., key=..., skip-tls-verify=...)',
  accept(text, previous) {
    const pairs = text.split(',');
    const odd = pairs.find((pair) => !pair.includes('='));
    if (odd !== undefined) return unparsable(`${odd} must be formatted as key=value`);
    return parsed({ ...previous, ...toRecord(pairs) });
  },
};
const from = stringFlag({ name: 'from', description: 'Make it like this context' });

const KEYS = ['from', 'host', 'ca', 'cert', 'key', 'skip-tls-verify'];

export const contextCreate: Command = {
  kind: 'command',
  name: 'create',
  usage: '[OPTIONS] CONTEXT',
  description: 'Make a context',
  args: exactArgs(1),
  flags: [description, docker, from],
  run: createContext,
};

export const contextUpdate: Command = {
  kind: 'command',
  name: 'update',
  usage: '[OPTIONS] CONTEXT',
  description: 'Change a context',
  args: exactArgs(1),
  flags: [description, docker],
  run: updateContext,
};

async function createContext({ args, err, fail, flags, out, process }: CommandContext): Promise<number> {
  const name = args[0]!;
  const complaint = complaintAboutName(name);
  if (complaint !== null) return fail(complaint);
  if (findContext(process, name)) return fail(`context "${name}" already exists`);
  const source = flags.get(from) || (flags.get(docker).from ?? '');
  const original = source === '' ? null : findContext(process, source);
  if (source !== '' && !original) return fail(notFound(process, source));
  if (!original && !flags.changed(docker)) return fail('docker endpoint configuration is required');
  const endpoint = endpointOf(flags.get(docker), original?.host ?? '', original?.skipTlsVerify ?? false);
  if (typeof endpoint === 'string') return fail(endpoint);
  keepContext(process, { name, description: flags.get(description) || (original?.description ?? ''), ...endpoint });
  out(`${name}\n`);
  err(`Successfully created context "${name}"\n`);
  return 0;
}

async function updateContext({ args, err, fail, flags, out, process }: CommandContext): Promise<number> {
  const name = args[0]!;
  const context = name === DEFAULT_CONTEXT ? null : findContext(process, name);
  if (!context) return fail(name === DEFAULT_CONTEXT ? complaintAboutName(name)! : notFound(process, name));
  const endpoint = flags.changed(docker) ? endpointOf(flags.get(docker), '', false) : context;
  if (typeof endpoint === 'string') return fail(endpoint);
  const changed = flags.changed(description) ? flags.get(description) : context.description;
  keepContext(process, { name, host: endpoint.host, skipTlsVerify: endpoint.skipTlsVerify, description: changed });
  out(`${name}\n`);
  err(`Successfully updated context "${name}"\n`);
  return 0;
}

/** Where the daemon is; or what is wrong with what was given. */
function endpointOf(
  given: Readonly<Record<string, string>>,
  host: string,
  skip: boolean,
): { host: string; skipTlsVerify: boolean } | string {
  const odd = Object.keys(given).filter((key) => !KEYS.includes(key));
  if (odd.length > 0)
    return `unable to create docker endpoint config: ${odd.map((key) => `unrecognized config key: ${key}`).join('\n')}`;
  const address = given.host ?? host;
  if (address !== '' && !address.includes('://'))
    return `unable to create docker endpoint config: unable to parse docker host \`${address}\``;
  const skipTlsVerify = given['skip-tls-verify'] === undefined ? null : parseBool(given['skip-tls-verify']);
  if (skipTlsVerify && !skipTlsVerify.ok) return `unable to create docker endpoint config: ${skipTlsVerify.message}`;
  return { host: address, skipTlsVerify: skipTlsVerify?.ok ? skipTlsVerify.value : skip };
}
