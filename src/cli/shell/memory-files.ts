/**
 * The files a host's shell sees: a handful of text files in memory, as plain data, so that the world can be copied.
 * Simplified: no owners, permissions or links; everything belongs to the user `docker`.
 */
import type { FileSystem } from '../process.ts';
import { parentOf } from './paths.ts';

/** One file. `modifiedMs` is virtual Unix time. */
export interface MemoryFile {
  text: string;
  modifiedMs: number;
}

/** Everything a `MemoryFiles` knows; can be structured-cloned. */
export interface MemoryFilesData {
  files: Record<string, MemoryFile>;
  /** Path to the time it was made. */
  directories: Record<string, number>;
}

/** What a fresh host has on its disk. */
export function createHostFiles(host: string, address: string, nowMs: number): MemoryFilesData {
  const directories: Record<string, number> = {};
  for (const path of ['/', '/home', '/home/docker', '/tmp', '/etc', '/root', '/var', '/var/lib'])
    directories[path] = nowMs;
  return {
    directories,
    files: {
      '/etc/hostname': { text: `${host}\n`, modifiedMs: nowMs },
      '/etc/hosts': { text: `127.0.0.1\tlocalhost\n${address}\t${host}\n`, modifiedMs: nowMs },
    },
  };
}

/** A `FileSystem` over plain data. */
export class MemoryFiles implements FileSystem {
  readonly data: MemoryFilesData;
  #now: () => number;

  constructor(data: MemoryFilesData, now: () => number) {
    this.data = data;
    this.#now = now;
  }

  read(path: string): string | null {
    if (path === '/dev/null') return '';
    return this.data.files[path]?.text ?? null;
  }

  write(path: string, text: string): void {
    if (path === '/dev/null') return;
    if (this.isDirectory(path)) throw new Error(`a directory is no file: ${path}`);
    this.makeDirectory(parentOf(path));
    this.data.files[path] = { text, modifiedMs: this.#now() };
  }

  remove(path: string): boolean {
    if (path in this.data.files) {
      delete this.data.files[path];
      return true;
    }
    if (!(path in this.data.directories) || path === '/') return false;
    for (const other of Object.keys(this.data.files)) if (other.startsWith(`${path}/`)) delete this.data.files[other];
    for (const other of Object.keys(this.data.directories))
      if (other === path || other.startsWith(`${path}/`)) delete this.data.directories[other];
    return true;
  }

  isDirectory(path: string): boolean {
    return path in this.data.directories;
  }

  makeDirectory(path: string): void {
    if (path in this.data.directories) return;
    if (path !== '/') this.makeDirectory(parentOf(path));
    this.data.directories[path] = this.#now();
  }

  list(path: string): string[] | null {
    if (!this.isDirectory(path)) return null;
    const prefix = path === '/' ? '/' : `${path}/`;
    const names: string[] = [];
    for (const other of [...Object.keys(this.data.files), ...Object.keys(this.data.directories)]) {
      const name = other.slice(prefix.length);
      if (other.startsWith(prefix) && name !== '' && !name.includes('/')) names.push(name);
    }
    return names.sort();
  }

  modifiedAt(path: string): number | null {
    return this.data.files[path]?.modifiedMs ?? this.data.directories[path] ?? null;
  }
}

/** Why a file cannot be written there, in the words of `strerror`; null if it can. */
export function whyNotWritable(files: FileSystem, path: string): string | null {
  if (path === '/dev/null') return null;
  if (files.isDirectory(path)) return 'Is a directory';
  const parent = parentOf(path);
  if (files.isDirectory(parent)) return null;
  return files.read(parent) === null ? 'No such file or directory' : 'Not a directory';
}
