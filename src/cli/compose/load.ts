/**
 * Loads stack files: checks them, fills in variables, makes all forms the long ones, resolves paths and env files, merges.
 * Source: `cli: cli/compose/loader/loader.go`, `cli/compose/schema/schema.go`.
 */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { interpolate } from './interpolate.ts';
import { extrasOf, type LoadContext, type SourceFile } from './load-context.ts';
import { loadFileObjects, loadNetworks, loadVolumes } from './load-objects.ts';
import { loadService } from './load-service.ts';
import { forbiddenProperties } from './property-notes.ts';
import { newestVersion, rulesFor } from './rules.ts';
import { mapOf } from './shape.ts';
import {
  fileObjectsShape,
  networksShape,
  type ServiceConfig,
  type StackFile,
  serviceShape,
  volumesShape,
} from './stack-file.ts';
import { validate } from './validate.ts';
import { goText, isMapping, isOddMapping, type Mapping, type Value } from './value.ts';

export interface LoadOptions {
  skipInterpolation?: boolean;
}

/** All files as one; a message is the whole error, but for forbidden properties, which are named apart. */
export function loadStackFiles(
  files: readonly SourceFile[],
  context: LoadContext,
  options: LoadOptions = {},
): ParseResult<StackFile> {
  const version = versionOf(files[0]!.config);
  let merged: StackFile | null = null;
  for (const { config } of files) {
    const own = versionOf(config);
    if (own !== version) {
      return unparsable(`version mismatched between two composefiles : ${version} and ${own}`);
    }
    const loaded = loadStackFile(config, version, context, options);
    if (!loaded.ok) return loaded;
    merged = merged === null ? loaded.value : mergeFiles(merged, loaded.value);
  }
  return parsed(merged!);
}

/** `3` and none mean the newest version. */
function versionOf(config: Mapping): string {
  const version = config.get('version');
  const text = version === undefined ? '' : goText(version);
  return text === '' || text === '3' ? newestVersion : text;
}

function loadStackFile(
  config: Mapping,
  version: string,
  context: LoadContext,
  { skipInterpolation = false }: LoadOptions,
): ParseResult<StackFile> {
  if (forbiddenProperties([config]).size > 0) return unparsable('Configuration contains forbidden properties');
  const filled = skipInterpolation ? parsed(emptyListsAsNull(config) as Mapping) : interpolate(config, context.lookup);
  if (!filled.ok) return filled;
  const rules = rulesFor(version);
  if (!rules) return unparsable(`unsupported Compose file version: ${version}`);
  const problem = jsonProblem(filled.value) ?? validate(rules, filled.value);
  if (problem !== null) return unparsable(problem);
  return loadSections(filled.value, version, context);
}

/** The original's reader leaves null where a list is empty; only filling in variables makes a list of it again. */
function emptyListsAsNull(value: Value): Value {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(emptyListsAsNull);
  return isMapping(value) ? new Map([...value].map(([key, item]) => [key, emptyListsAsNull(item)])) : value;
}

/** The rules are checked on JSON, which cannot hold every YAML. */
function jsonProblem(value: Value): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return `json: unsupported value: ${goText(value)}`;
  if (isOddMapping(value)) return 'json: unsupported type: map[interface {}]interface {}';
  const parts = Array.isArray(value) ? value : isMapping(value) ? inOrder(value).map(([, item]) => item) : [];
  for (const part of parts) {
    const problem = jsonProblem(part);
    if (problem !== null) return problem;
  }
  return null;
}

/** Sections in the order in which the original loads them. */
function loadSections(config: Mapping, version: string, context: LoadContext): ParseResult<StackFile> {
  const services = new Map<string, ServiceConfig>();
  for (const [name, definition] of inOrder(section(config, 'services'))) {
    const service = loadService(definition as Mapping, context);
    if (!service.ok) return service;
    services.set(name, service.value);
  }
  const networks = loadNetworks(section(config, 'networks'), version, context);
  if (!networks.ok) return networks;
  const volumes = loadVolumes(section(config, 'volumes'), version, context);
  if (!volumes.ok) return volumes;
  const secrets = loadFileObjects('secret', section(config, 'secrets'), version, context);
  if (!secrets.ok) return secrets;
  const configs = loadFileObjects('config', section(config, 'configs'), version, context);
  if (!configs.ok) return configs;
  return parsed({
    version,
    services,
    networks: networks.value,
    volumes: volumes.value,
    secrets: secrets.value,
    configs: configs.value,
    extras: extrasOf(config),
  });
}

function section(config: Mapping, key: string): Mapping {
  const value = config.get(key);
  return isMapping(value) ? value : new Map();
}

/** By name: the original walks Go maps in no order, so that of several mistakes any can be named. */
function inOrder(mapping: Mapping): [string, Value][] {
  return [...mapping].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function mergeFiles(first: StackFile, second: StackFile): StackFile {
  const services = mapOf(serviceShape, serviceShape.merge);
  return {
    ...first,
    services: services.merge(first.services, second.services)!,
    networks: networksShape.merge(first.networks, second.networks)!,
    volumes: volumesShape.merge(first.volumes, second.volumes)!,
    secrets: fileObjectsShape.merge(first.secrets, second.secrets)!,
    configs: fileObjectsShape.merge(first.configs, second.configs)!,
  };
}
