/**
 * The files that a container sees: its own layer, the volumes and host folders that are mounted in it, and the secrets and
 * configs of its task. Sources: `moby: daemon/volumes_unix.go`, `daemon/container_operations_unix.go setupSecretFiles`; error words
 * of busybox.
 *
 * Simplified: files are texts with an owner and a mode that nothing enforces; what images bring is not there, but for folders.
 */
import type { Micros } from '../../protocol/events.ts';
import type { Container } from './container.ts';

/** A file, or a folder that was made by hand (`text` null). */
export interface FileNode {
  text: string | null;
  mode: number;
  uid: string;
  gid: string;
  writtenAt: Micros;
}

/** Files by path below the tree's own root, which is `/`. Folders above a file need no node. */
export type FileTree = Record<string, FileNode>;

/** A file that the daemon puts into a container: nobody can write to it. */
export interface MountedFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  readonly uid: string;
  readonly gid: string;
}

/** What an image brings at its root. */
export const ROOT_FOLDERS: readonly string[] = [
  'bin',
  'dev',
  'etc',
  'home',
  'lib',
  'media',
  'mnt',
  'opt',
  'proc',
  'root',
  'run',
  'sbin',
  'srv',
  'sys',
  'tmp',
  'usr',
  'var',
];

const FOLDER_MODE = 0o755;
const FILE_MODE = 0o644;

/** What is needed of a container. */
type FileOwner = Pick<Container, 'config' | 'files' | 'createdAt'>;

/** Where a path leads: a tree and the path in it. */
interface Place {
  readonly tree: FileTree;
  readonly path: string;
  readonly readOnly: boolean;
}

/** Where the trees of mounts are. */
export interface MountedTrees {
  volume(name: string): FileTree;
  /** A folder of the host. */
  bound(source: string): FileTree;
}

export type WriteResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

const READ_ONLY = 'Read-only file system';
const WRITTEN: WriteResult = { ok: true };

export class ContainerFiles {
  private readonly container: FileOwner;
  private readonly mounted: MountedTrees;
  private readonly now: Micros;

  constructor(container: FileOwner, mounted: MountedTrees, now: Micros) {
    this.container = container;
    this.mounted = mounted;
    this.now = now;
  }

  /** A path as it is used: absolute, without `.`, `..` and double slashes. */
  resolve(path: string): string {
    const { workingDir } = this.container.config;
    const parts: string[] = [];
    for (const part of (path.startsWith('/') ? path : `${workingDir || ''}/${path}`).split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    return `/${parts.join('/')}`;
  }

  /** A file's text; null if there is no such file. */
  read(path: string): string | null {
    return this.stat(path)?.text ?? null;
  }

  /** The file or the folder; null if there is neither. */
  stat(path: string): FileNode | null {
    const full = this.resolve(path);
    const given = this.givenFile(full);
    if (given) return { ...given, writtenAt: this.container.createdAt };
    const { tree, path: inside } = this.place(full);
    const node = Object.hasOwn(tree, inside) ? tree[inside]! : null;
    if (node) return node;
    return this.hasFolder(full) ? folder(this.container.createdAt) : null;
  }

  isFolder(path: string): boolean {
    const node = this.stat(path);
    return node !== null && node.text === null;
  }

  /** Names in a folder, sorted; null if there is no such folder. */
  list(path: string): string[] | null {
    if (!this.isFolder(path)) return null;
    const full = this.resolve(path);
    const names = new Set<string>();
    const take = (candidate: string): void => {
      const rest = below(full, candidate);
      if (rest) names.add(rest.split('/')[0]!);
    };
    if (full === '/') for (const name of ROOT_FOLDERS) names.add(name);
    for (const mount of this.container.config.mounts) take(mount.target);
    for (const { path: given } of this.given()) take(given);
    const { tree, path: inside } = this.place(full);
    for (const name in tree) {
      const rest = below(inside, name);
      if (rest) names.add(rest.split('/')[0]!);
    }
    return [...names].sort();
  }

  /** Writes a file, or more at its end. */
  write(path: string, text: string, append = false): WriteResult {
    const full = this.resolve(path);
    if (this.isFolder(full)) return refused('Is a directory');
    if (!this.isFolder(parentOf(full))) return refused('nonexistent directory');
    const place = this.writable(full);
    if (!place) return refused(READ_ONLY);
    const before = append ? (place.tree[place.path]?.text ?? '') : '';
    const node = place.tree[place.path] ?? { mode: FILE_MODE, uid: '0', gid: '0' };
    place.tree[place.path] = { ...node, text: before + text, writtenAt: this.now };
    return WRITTEN;
  }

  /** Makes a folder; with `parents` also those above it, and none needs to be new. */
  makeFolder(path: string, parents: boolean): WriteResult {
    const full = this.resolve(path);
    if (this.stat(full)) return parents && this.isFolder(full) ? WRITTEN : refused('File exists');
    if (!this.isFolder(parentOf(full))) {
      if (!parents) return refused('No such file or directory');
      const above = this.makeFolder(parentOf(full), true);
      if (!above.ok) return above;
    }
    const place = this.writable(full);
    if (!place) return refused(READ_ONLY);
    place.tree[place.path] = folder(this.now);
    return WRITTEN;
  }

  /** Removes a file, or a folder with all that is in it. */
  remove(path: string, recursive: boolean): WriteResult {
    const full = this.resolve(path);
    if (!this.stat(full)) return refused('No such file or directory');
    if (this.isFolder(full) && !recursive) return refused('is a directory');
    const place = this.writable(full);
    if (!place) return refused(READ_ONLY);
    if (this.container.config.mounts.some(({ target }) => target === full)) return refused('Resource busy');
    for (const name of Object.keys(place.tree))
      if (name === place.path || below(place.path, name)) delete place.tree[name];
    return WRITTEN;
  }

  // ---- where things are

  private given(): readonly MountedFile[] {
    return this.container.config.files ?? [];
  }

  private givenFile(full: string): MountedFile | undefined {
    return this.given().find(({ path }) => path === full);
  }

  /** The longest mount above a path decides; else it is in the container's own layer. */
  private place(full: string): Place {
    let found: Container['config']['mounts'][number] | undefined;
    for (const mount of this.container.config.mounts) {
      const isAbove = full === mount.target || below(mount.target, full) !== null;
      if (isAbove && (!found || mount.target.length > found.target.length)) found = mount;
    }
    const { files } = this.container;
    if (!found || found.type === 'tmpfs') return { tree: files, path: full, readOnly: false };
    const tree = found.type === 'bind' ? this.mounted.bound(found.source) : this.mounted.volume(found.source);
    const rest = full === found.target ? '' : below(found.target, full)!;
    return { tree, path: `/${rest}`, readOnly: found.readOnly };
  }

  private writable(full: string): Place | null {
    const place = this.place(full);
    return this.givenFile(full) || full === '/run/secrets' || place.readOnly ? null : place;
  }

  /** Folders of the image, of mounts, and those above a file. */
  private hasFolder(full: string): boolean {
    if (full === '/') return true;
    const [first = ''] = full.slice(1).split('/');
    const { mounts } = this.container.config;
    const isAbove = (path: string): boolean => path === full || below(full, path) !== null;
    if (mounts.some(({ target }) => isAbove(target)) || this.given().some(({ path }) => isAbove(path))) return true;
    const { tree, path } = this.place(full);
    if (path === '/' || Object.keys(tree).some((name) => below(path, name) !== null)) return true;
    // What an image has below its first folders is not known: it is taken to be there.
    return tree === this.container.files && ROOT_FOLDERS.includes(first) && IMAGE_FOLDERS.test(full);
  }
}

/** Folders that images are likely to have. */
const IMAGE_FOLDERS =
  /^\/(?:bin|dev|etc|home|lib|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var|etc\/[a-z.-]+|usr\/(?:bin|sbin|lib|local|share)(?:\/[a-z.-]+)*|var\/(?:cache|lib|log|run|tmp|www)(?:\/[a-z.-]+)?)$/;

/** What follows a folder in a path; null if the path is not below it. */
function below(folderPath: string, path: string): string | null {
  const prefix = folderPath === '/' ? '/' : `${folderPath}/`;
  return path.startsWith(prefix) && path.length > prefix.length ? path.slice(prefix.length) : null;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function folder(writtenAt: Micros): FileNode {
  return { text: null, mode: FOLDER_MODE, uid: '0', gid: '0', writtenAt };
}

function refused(message: string): WriteResult {
  return { ok: false, message };
}
