/**
 * Loads networks, volumes, secrets and configs: names of those that are made elsewhere, paths of files.
 * Source: `cli: cli/compose/loader/loader.go` (`LoadNetworks` and the following).
 */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { extrasOf, type LoadContext } from './load-context.ts';
import { absolutePath } from './paths.ts';
import { decode } from './shape.ts';
import {
  type FileObjectConfig,
  fileObjectsShape,
  type NetworkConfig,
  networksShape,
  type VolumeConfig,
  volumesShape,
} from './stack-file.ts';
import { isMapping, type Mapping } from './value.ts';

export function loadNetworks(
  source: Mapping,
  version: string,
  context: LoadContext,
): ParseResult<ReadonlyMap<string, NetworkConfig>> {
  const networks = decode(networksShape, source);
  if (!networks.ok) return networks;
  return mapObjects(networks.value, (name, network) => {
    if (!network.external.external) return parsed(network);
    const named = nameExternal('network', name, network, isAtLeast(version, 5), context);
    return named.ok ? parsed({ ...named.value, extras: extrasIn(source, name) }) : named;
  });
}

export function loadVolumes(
  source: Mapping,
  version: string,
  context: LoadContext,
): ParseResult<ReadonlyMap<string, VolumeConfig>> {
  const volumes = decode(volumesShape, source);
  if (!volumes.ok) return volumes;
  return mapObjects(volumes.value, (name, volume) => {
    if (!volume.external.external) return parsed(volume);
    const conflict =
      volume.driver !== ''
        ? 'driver'
        : volume.driver_opts?.size
          ? 'driver_opts'
          : volume.labels?.size
            ? 'labels'
            : null;
    if (conflict !== null) {
      return unparsable(`conflicting parameters "external" and "${conflict}" specified for volume "${name}"`);
    }
    const named = nameExternal('volume', name, volume, isAtLeast(version, 4), context);
    return named.ok ? parsed({ ...named.value, extras: extrasIn(source, name) }) : named;
  });
}

/** Secrets or configs. */
export function loadFileObjects(
  kind: 'secret' | 'config',
  source: Mapping,
  version: string,
  context: LoadContext,
): ParseResult<ReadonlyMap<string, FileObjectConfig>> {
  const objects = decode(fileObjectsShape, source);
  if (!objects.ok) return objects;
  return mapObjects(objects.value, (name, object) => {
    const loaded = loadFileObject(kind, name, object, version, context);
    return loaded.ok ? parsed({ ...loaded.value, extras: extrasIn(source, name) }) : loaded;
  });
}

function loadFileObject(
  kind: 'secret' | 'config',
  name: string,
  object: FileObjectConfig,
  version: string,
  context: LoadContext,
): ParseResult<FileObjectConfig> {
  if (object.external.external) return nameExternal(kind, name, object, isAtLeast(version, 5), context);
  if (object.driver === '') return parsed({ ...object, file: absolutePath(context.workingDirectory, object.file) });
  if (object.file === '') return parsed(object);
  return unparsable(`${kind} ${name}: ${kind}.driver and ${kind}.file conflict; only use ${kind}.driver`);
}

interface External {
  name: string;
  external: NetworkConfig['external'];
}

/** What is made elsewhere is called as it is here, unless a name is given; `external.name` is the old way to. */
function nameExternal<T extends External>(
  kind: string,
  key: string,
  object: T,
  warns: boolean,
  context: LoadContext,
): ParseResult<T> {
  const { external, name } = object;
  if (external.name === '') return parsed({ ...object, name: name || key });
  if (name !== '') {
    return unparsable(`${kind} ${key}: ${kind}.external.name and ${kind}.name conflict; only use ${kind}.name`);
  }
  if (warns) context.warn(`${kind} ${key}: ${kind}.external.name is deprecated in favor of ${kind}.name`);
  return parsed({ ...object, name: external.name, external: { ...external, name: '' } });
}

/** By name, as the original has no order. */
function mapObjects<T>(
  objects: ReadonlyMap<string, T> | null,
  load: (name: string, object: T) => ParseResult<T>,
): ParseResult<ReadonlyMap<string, T>> {
  const loaded = new Map<string, T>();
  for (const name of [...(objects?.keys() ?? [])].sort()) {
    const object = load(name, objects!.get(name)!);
    if (!object.ok) return object;
    loaded.set(name, object.value);
  }
  return parsed(loaded);
}

function extrasIn(source: Mapping, name: string): Mapping {
  const definition = source.get(name);
  return isMapping(definition) ? extrasOf(definition) : new Map();
}

/** Is it version 3.`minor` or newer? */
function isAtLeast(version: string, minor: number): boolean {
  return Number(version.split('.')[1] ?? '0') >= minor;
}
