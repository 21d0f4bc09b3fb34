/**
 * Files of containers: `diff`, `cp`, `export`. `moby: daemon/archive.go`, `daemon/changes.go`.
 * Simplified: what images bring is not there, so an export holds only what was written.
 */
import { ARCHIVE_TYPE, type ArchiveEntry, FOLDER_BIT, isArchive, PATH_STAT_HEADER } from '../../../protocol/archive.ts';
import { encodeBase64, utf8Bytes } from '../../../protocol/base64.ts';
import type { Container } from '../../runtime/container.ts';
import type { ContainerFiles } from '../../runtime/container-files.ts';
import type { Dockerd } from '../dockerd.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';
import { findContainer } from './find-container.ts';

/** `C`, `A` and `D` of `docker diff`. */
const MODIFIED = 0;
const ADDED = 1;

export const containerChanges: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (container) daemon.reply(call, changesOf(container));
  },
};

/** What was written in the container's own layer, and the folders above it. */
function changesOf({ files }: Container): { Path: string; Kind: number }[] {
  const kinds = new Map<string, number>();
  for (const path of Object.keys(files)) {
    kinds.set(path, ADDED);
    for (let above = parentOf(path); above !== '/'; above = parentOf(above))
      if (!kinds.has(above)) kinds.set(above, above in files ? ADDED : MODIFIED);
  }
  const changes = [...kinds].map(([Path, Kind]) => ({ Path, Kind }));
  return changes.sort((a, b) => (a.Path < b.Path ? -1 : 1));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** `HEAD`: what is there; `GET`: it and all below it, as an archive. */
export const getArchive: Route = {
  start(daemon, call) {
    const found = findFiles(daemon, call);
    if (!found) return;
    const { files, path, container } = found;
    const node = files.stat(path);
    if (!node)
      return daemon.refuse(call, {
        status: 404,
        message: `Could not find the file ${path} in container ${call.params.id}`,
      });
    const name = nameOf(files.resolve(path));
    const isFolder = node.text === null;
    const stat = {
      name,
      size: isFolder ? 4096 : utf8Bytes(node.text!).length,
      mode: isFolder ? FOLDER_BIT + node.mode : node.mode,
      mtime: daemon.time(node.writtenAt),
      linkTarget: '',
    };
    const headers = { [PATH_STAT_HEADER]: encodeBase64(utf8Bytes(JSON.stringify(stat))) };
    if (call.request.method === 'HEAD') return daemon.reply(call, null, 200, headers);
    const entries = entriesOf(files, files.resolve(path), name);
    daemon.event({ type: 'container', action: 'archive-path', id: container.id, attributes: attributesOf(container) });
    daemon.reply(call, { entries }, 200, { ...headers, 'Content-Type': ARCHIVE_TYPE });
  },
};

function attributesOf({ config }: Container): Record<string, string> {
  return { ...config.labels, image: config.image, name: config.name };
}

function nameOf(path: string): string {
  return path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1);
}

function entriesOf(files: ContainerFiles, path: string, name: string): ArchiveEntry[] {
  const node = files.stat(path);
  if (!node) return [];
  const own: ArchiveEntry = { path: name, text: node.text, mode: node.mode };
  const below = (files.list(path) ?? []).flatMap((child) =>
    entriesOf(files, path === '/' ? `/${child}` : `${path}/${child}`, name === '/' ? child : `${name}/${child}`),
  );
  return name === '/' ? below : [own, ...below];
}

/** Puts an archive into a folder of a container. */
export const putArchive: Route = {
  body: 'archive',
  start(daemon, call) {
    const found = findFiles(daemon, call);
    if (!found) return;
    const { files, path, container } = found;
    if (!files.stat(path))
      return daemon.refuse(call, {
        status: 404,
        message: `Could not find the file ${path} in container ${call.params.id}`,
      });
    if (!files.isFolder(path))
      return daemon.refuse(call, { status: 400, message: 'extraction point is not a directory' });
    const { body } = call.request;
    const folder = files.resolve(path);
    for (const entry of isArchive(body) ? body.entries : []) {
      const target = files.resolve(`${folder === '/' ? '' : folder}/${entry.path}`);
      const written = entry.text === null ? files.makeFolder(target, true) : files.write(target, entry.text);
      if (!written.ok)
        return daemon.refuse(call, {
          status: written.message === 'Read-only file system' ? 403 : 400,
          message:
            written.message === 'Read-only file system' ? 'container rootfs is marked read-only' : written.message,
        });
    }
    daemon.event({
      type: 'container',
      action: 'extract-to-dir',
      id: container.id,
      attributes: attributesOf(container),
    });
    daemon.reply(call, null);
  },
};

export const exportContainer: Route = {
  start(daemon, call) {
    const container = findContainer(daemon, call);
    if (!container) return;
    const files = daemon.host.runtime.filesOf(container);
    daemon.event({ type: 'container', action: 'export', id: container.id, attributes: attributesOf(container) });
    daemon.reply(call, { entries: entriesOf(files, '/', '/') }, 200, { 'Content-Type': ARCHIVE_TYPE });
  },
};

function findFiles(
  daemon: Dockerd,
  call: Call,
): { container: Container; files: ContainerFiles; path: string } | undefined {
  const container = findContainer(daemon, call);
  if (!container) return undefined;
  const path = call.request.query?.path ?? '';
  if (path === '') {
    daemon.refuse(call, { status: 400, message: 'missing "path" parameter' });
    return undefined;
  }
  return { container, files: daemon.host.runtime.filesOf(container), path };
}
