/** What the loading of stack files shares: the files as read, and where they are loaded. */
import type { ParseResult } from '../flags/flag.ts';
import type { Lookup } from './substitute.ts';
import type { Mapping } from './value.ts';

/** A file as it was read. */
export interface SourceFile {
  /** As the user gave it. */
  name: string;
  config: Mapping;
}

/** Where stack files are loaded. */
export interface LoadContext {
  /** Paths in the files are relative to it. */
  workingDirectory: string;
  lookup: Lookup;
  readFile(path: string): ParseResult<string>;
  /** A line of warning, without its time and level. */
  warn(message: string): void;
}

/** `x-` fields. */
export function extrasOf(mapping: Mapping): Mapping {
  return new Map([...mapping].filter(([key]) => key.startsWith('x-')));
}
