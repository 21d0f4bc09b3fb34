/** Loads one service: its environment with that of its env files, the paths it mounts. Source: `cli: cli/compose/loader/loader.go` (`LoadService`). */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { cut } from '../opts/cut.ts';
import { parseEnvFile } from '../opts/key-value.ts';
import { extrasOf, type LoadContext } from './load-context.ts';
import { isWindowsAbsolute } from './mount-spec.ts';
import { absolutePath } from './paths.ts';
import { portAddressWarnings } from './port-addresses.ts';
import { decode } from './shape.ts';
import { type MountConfig, type ServiceConfig, serviceShape } from './stack-file.ts';
import type { Lookup } from './substitute.ts';
import type { Mapping } from './value.ts';

export function loadService(definition: Mapping, context: LoadContext): ParseResult<ServiceConfig> {
  const service = decode(serviceShape, definition);
  if (!service.ok) return service;
  for (const warning of portAddressWarnings(definition)) context.warn(warning);
  const environment = resolveEnvironment(service.value, context);
  if (!environment.ok) return environment;
  const volumes = resolveMounts(service.value.volumes, context);
  if (!volumes.ok) return volumes;
  return parsed({
    ...service.value,
    environment: environment.value,
    volumes: volumes.value,
    extras: extrasOf(definition),
  });
}

type Variables = ReadonlyMap<string, string | null>;

/** Env files first, in their order, then the file's own variables. */
function resolveEnvironment(service: ServiceConfig, context: LoadContext): ParseResult<Variables> {
  const fromFiles = new Map<string, string | null>();
  for (const name of service.env_file ?? []) {
    const path = absolutePath(context.workingDirectory, name);
    const text = context.readFile(path);
    if (!text.ok) return text;
    const lines = parseEnvFile(path, text.value, environmentOf(context.lookup, text.value));
    if (!lines.ok) return lines;
    for (const line of lines.value) {
      const { head, rest } = cut(line, '=');
      fromFiles.set(head, rest);
    }
  }
  const environment = new Map<string, string | null>();
  addVariables(environment, fromFiles, context.lookup);
  addVariables(environment, service.environment ?? new Map(), context.lookup);
  return parsed(environment);
}

/** Variables of the shell that lines of an env file name. */
function environmentOf(lookup: Lookup, text: string): ReadonlyMap<string, string> {
  const names = text.split('\n').map((line) => line.trim());
  return new Map(names.flatMap((name): [string, string][] => entryOf(name, lookup(name))));
}

function entryOf(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

/** A variable that is empty or has no value takes the shell's, if that has one. */
function addVariables(environment: Map<string, string | null>, variables: Variables, lookup: Lookup): void {
  for (const [name, value] of variables) {
    environment.set(name, value === null || value === '' ? (lookup(name) ?? value) : value);
  }
}

function resolveMounts(mounts: MountConfig[] | null, context: LoadContext): ParseResult<MountConfig[] | null> {
  const resolved: MountConfig[] = [];
  for (const mount of mounts ?? []) {
    if (mount.type !== 'bind') {
      resolved.push(mount);
      continue;
    }
    if (mount.source === '') {
      return unparsable('invalid mount config for type "bind": field Source must not be empty');
    }
    const source = expandUser(mount.source, context);
    const isAbsolute = source.startsWith('/') || isWindowsAbsolute(source);
    resolved.push({ ...mount, source: isAbsolute ? source : absolutePath(context.workingDirectory, source) });
  }
  return parsed(mounts === null ? null : resolved);
}

/** `~` is the home directory, if there is one. */
function expandUser(path: string, { lookup, warn }: LoadContext): string {
  if (!path.startsWith('~')) return path;
  const home = lookup('HOME');
  if (home !== undefined) return home + path.slice(1);
  warn("cannot expand '~', because the environment lacks HOME");
  return path;
}
