/**
 * What a program in a host's shell gets and gives: arguments, streams, a terminal, a daemon to talk to, virtual time.
 * The same shape as a Unix process, so that `docker`, `grep` and `sleep` are all just programs, and pipes connect any two.
 * Source of the convention: POSIX utilities; exit statuses as in `bash` (130 after Ctrl-C).
 */
import type { ApiClient, CancelSignal, VirtualClock } from '../protocol/api.ts';
import type { NetworkClient } from '../protocol/network-call.ts';

/** Where a program writes. `write` never blocks; a closed pipe makes `closed` true, and writers should then stop. */
export interface OutputStream {
  write(text: string): void;
  readonly closed: boolean;
  /** Columns and rows if this stream is the terminal itself; null for pipes and files. */
  readonly terminal: { columns: number; rows: number } | null;
}

/** Where a program reads. */
export interface InputStream {
  /** The next piece of text, or null at the end. Resolves to null at once when `signal` is aborted. */
  read(signal?: CancelSignal): Promise<string | null>;
  /** True if the terminal is behind it. */
  readonly isTerminal: boolean;
  /** Of a terminal: keys are read as they are typed, without echo, Ctrl-C among them; until it is set back or the program ends. */
  setRaw?(isRaw: boolean): void;
}

/** Files of one host's shell, kept with the host: absolute paths to text. */
export interface FileSystem {
  read(path: string): string | null;
  write(path: string, text: string): void;
  remove(path: string): boolean;
  isDirectory(path: string): boolean;
  makeDirectory(path: string): void;
  /** Names in a directory, sorted; null if there is none. */
  list(path: string): string[] | null;
  /** When it was last written, as Unix time in milliseconds; null if there is no such path. */
  modifiedAt?(path: string): number | null;
}

/** The host a shell runs on. */
export interface HostContext {
  name: string;
  address: string;
  api: ApiClient;
  clock: VirtualClock;
  files: FileSystem;
  network: NetworkClient;
  /** All machines of the world, this one among them: what `docker-machine` manages. Absent where a host stands alone. */
  machines?: readonly Machine[];
}

/** A machine as it is managed from outside: its switch, its daemon over TCP, a way in. */
export interface Machine {
  name: string;
  address: string;
  /** Its daemon's API as a client on another host finds it, whatever lies between. */
  api: ApiClient;
  state(): { power: boolean; daemon: 'running' | 'starting' | 'stopped'; cable: boolean };
  /** Acts on it; says why not, or null. */
  act(what: 'power-on' | 'power-off' | 'daemon-stop'): string | null;
  /** Runs a command line in a shell of its own there, as `ssh HOST COMMAND` does. */
  run(commandLine: string, streams: Pick<Process, 'stdin' | 'stdout' | 'stderr' | 'signal'>): Promise<number>;
  /** A prompt there, drawn by `write`; `left` resolves with an exit status. */
  logIn(write: (bytes: string) => void, size: { columns: number; rows: number }): RemoteTerminal;
}

/** The near end of a terminal on another machine. */
export interface RemoteTerminal {
  input(data: string): void;
  left: Promise<number>;
  close(): void;
}

/** A running program's world. */
export interface Process {
  /** Arguments without the program's own name. */
  args: string[];
  env: ReadonlyMap<string, string>;
  cwd: string;
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  /** Aborted by Ctrl-C, or when the reader of the pipe is gone. */
  signal: CancelSignal;
  host: HostContext;
}

/** A program: runs to its end and returns its exit status. It never throws for bad input; a throw is our own mistake. */
export type Program = (process: Process) => Promise<number>;

/** Completes a command line: the words before the cursor (the last one is being typed). Returns whole candidates for that last word. */
export type Completer = (words: string[], host: HostContext) => Promise<string[]>;
