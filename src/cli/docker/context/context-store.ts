/**
 * Contexts: names for daemons, kept as files under `~/.docker/contexts/meta/<sha256 of the name>/meta.json`.
 * Source: `cli: cli/context/store/metadatastore.go, store.go`, `cli/command/defaultcontextstore.go`.
 */
import { sha256 } from '../../../protocol/sha256.ts';
import type { Process } from '../../process.ts';
import { readSettings, settingsFolder } from '../registry/credentials.ts';

/** The daemon of this host, unless `DOCKER_HOST` names another. */
export const DEFAULT_CONTEXT = 'default';
export const DEFAULT_SOCKET = 'unix:///var/run/docker.sock';

export interface DockerContext {
  name: string;
  description: string;
  /** `tcp://192.168.99.102:2376` */
  host: string;
  skipTlsVerify: boolean;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/;

/** What is wrong with a new context's name; null: nothing. */
export function complaintAboutName(name: string): string | null {
  if (name === '') return 'context name cannot be empty';
  if (name === DEFAULT_CONTEXT) return '"default" is a reserved context name';
  if (!NAME.test(name))
    return `context name "${name}" is invalid, names are validated against regexp "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"`;
  return null;
}

const folder = (process: Process): string => `${settingsFolder(process)}/contexts/meta`;
const pathOf = (process: Process, name: string): string => `${folder(process)}/${sha256(name)}/meta.json`;

/** As Go says that the file is not there. */
export function notFound(process: Process, name: string): string {
  return `context "${name}": context not found: open ${pathOf(process, name)}: no such file or directory`;
}

export function findContext(process: Process, name: string): DockerContext | null {
  if (name === DEFAULT_CONTEXT)
    return {
      name,
      description: 'Current DOCKER_HOST based configuration',
      host: process.env.get('DOCKER_HOST') || DEFAULT_SOCKET,
      skipTlsVerify: false,
    };
  return parse(process.host.files.read(pathOf(process, name)));
}

/** By name, without the default one. */
export function keptContexts(process: Process): DockerContext[] {
  const { files } = process.host;
  const found = (files.list(folder(process)) ?? []).flatMap(
    (id) => parse(files.read(`${folder(process)}/${id}/meta.json`)) ?? [],
  );
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function keepContext(process: Process, { name, description, host, skipTlsVerify }: DockerContext): void {
  const { files } = process.host;
  const path = pathOf(process, name);
  files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
  const json = {
    Name: name,
    Metadata: description === '' ? {} : { Description: description },
    Endpoints: { docker: { Host: host, SkipTLSVerify: skipTlsVerify } },
  };
  files.write(path, JSON.stringify(json));
}

export function removeContext(process: Process, name: string): void {
  const path = pathOf(process, name);
  process.host.files.remove(path);
  process.host.files.remove(path.slice(0, path.lastIndexOf('/')));
}

/** A file that is none of ours counts as absent. */
function parse(text: string | null): DockerContext | null {
  if (text === null) return null;
  try {
    const { Name, Metadata, Endpoints } = JSON.parse(text) as {
      Name: string;
      Metadata?: { Description?: string };
      Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
    };
    return {
      name: Name,
      description: Metadata?.Description ?? '',
      host: Endpoints?.docker?.Host ?? '',
      skipTlsVerify: Endpoints?.docker?.SkipTLSVerify ?? false,
    };
  } catch {
    return null;
  }
}

/** Which context commands use: named by a flag, overridden by `DOCKER_HOST`, by `DOCKER_CONTEXT`, or kept by `docker context use`. */
export function currentContext(process: Process): string {
  const { env } = process;
  if (env.get('DOCKER_HOST')) return DEFAULT_CONTEXT;
  return env.get('DOCKER_CONTEXT') || readSettings(process).currentContext || DEFAULT_CONTEXT;
}
