/** Paths in stack files. Source: Go `path/filepath` (`Join`, `Clean`). */
import { resolvePath } from '../shell/paths.ts';

/** The path seen from a directory; one that is absolute stays as it is. */
export function absolutePath(directory: string, path: string): string {
  return path.startsWith('/') ? path : resolvePath(directory, path);
}
