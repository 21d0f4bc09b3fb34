/**
 * A tar archive as data: what `docker cp`, `docker export` and `docker build` send and get. On the wire the server makes bytes of it; between
 * programs here it travels as it is. Source: `moby: api/swagger.yaml` (`/containers/{id}/archive`, `/build`).
 */

/** Content type of bodies that are archives. */
export const ARCHIVE_TYPE = 'application/x-tar';

/** A file, or a folder (`text` null). Paths are relative, without `./`. */
export interface ArchiveEntry {
  path: string;
  text: string | null;
  mode: number;
}

export interface Archive {
  entries: ArchiveEntry[];
}

/** Is a body an archive? */
export function isArchive(body: unknown): body is Archive {
  if (typeof body !== 'object' || body === null || !('entries' in body) || !Array.isArray(body.entries)) return false;
  return body.entries.every(isEntry);
}

function isEntry(entry: unknown): entry is ArchiveEntry {
  const { path, text, mode } = (typeof entry === 'object' && entry !== null ? entry : {}) as Partial<ArchiveEntry>;
  return typeof path === 'string' && (text === null || typeof text === 'string') && typeof mode === 'number';
}

/** Header with which the daemon describes what a path in a container is: JSON in base64. */
export const PATH_STAT_HEADER = 'X-Docker-Container-Path-Stat';

/** What stands in it. `mode` is Go's: the highest bit marks a folder. */
export interface PathStat {
  name: string;
  size: number;
  mode: number;
  mtime: string;
  linkTarget: string;
}

/** Go's `os.ModeDir`. */
export const FOLDER_BIT = 0x80000000;
