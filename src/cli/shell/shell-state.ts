/**
 * What a shell remembers between commands: variables, functions, the working directory, the last exit status.
 * A subshell - a stage of a pipeline, `( )`, `$( )` - works on a copy, so that nothing it changes comes back.
 */
import type { CompoundCommand, CompoundList, Redirected } from 'unbash';

/** A shell variable; exported ones are the environment of programs. */
export interface Variable {
  value: string;
  exported: boolean;
  readonly: boolean;
}

export interface ShellOptions {
  /** `set -e`: end at the first command that fails. */
  errexit: boolean;
  /** `set -u`: an unset variable is an error. */
  nounset: boolean;
  /** `set -x`: show each command before it runs. */
  xtrace: boolean;
  /** `set -o pipefail`: a pipeline fails if any of its stages fails. */
  pipefail: boolean;
}

export type FunctionBody = CompoundCommand | Redirected | CompoundList;

export class ShellState {
  variables = new Map<string, Variable>();
  functions = new Map<string, FunctionBody>();
  /** `$0` */
  name = 'bash';
  /** `$1`, `$2`, ... */
  parameters: string[] = [];
  cwd: string;
  lastStatus = 0;
  /** `$!` */
  lastJobPid: number | null = null;
  options: ShellOptions = { errexit: false, nounset: false, xtrace: false, pipefail: false };
  /** Lines typed so far, oldest first; one list for the shell and its subshells. */
  history: string[];
  /** Values that `local` hides, one layer per function call. */
  locals: Map<string, Variable | null>[] = [];

  constructor(cwd: string, history: string[] = []) {
    this.cwd = cwd;
    this.history = history;
  }

  fork(): ShellState {
    const copy = new ShellState(this.cwd, this.history);
    copy.variables = new Map([...this.variables].map(([name, variable]) => [name, { ...variable }]));
    copy.functions = new Map(this.functions);
    copy.name = this.name;
    copy.parameters = [...this.parameters];
    copy.lastStatus = this.lastStatus;
    copy.lastJobPid = this.lastJobPid;
    copy.options = { ...this.options };
    copy.locals = this.locals.map((layer) => new Map(layer));
    return copy;
  }

  /** What a new shell has of the one that starts it. */
  keepOnlyEnvironment(): void {
    this.variables = new Map([...this.variables].filter(([, variable]) => variable.exported));
    this.functions = new Map();
    this.options = { errexit: false, nounset: false, xtrace: false, pipefail: false };
    this.locals = [];
  }

  get(name: string): string | undefined {
    return this.variables.get(name)?.value;
  }

  /** False if the variable is read-only. */
  set(name: string, value: string, exported?: boolean): boolean {
    const old = this.variables.get(name);
    if (old?.readonly) return false;
    this.variables.set(name, { value, exported: exported ?? old?.exported ?? false, readonly: false });
    return true;
  }

  /** Puts a remembered variable (or its absence) back. */
  restore(name: string, variable: Variable | null | undefined): void {
    if (variable) this.variables.set(name, variable);
    else this.variables.delete(name);
  }

  environment(): Map<string, string> {
    const exported = [...this.variables].filter(([, variable]) => variable.exported);
    return new Map(exported.map(([name, variable]) => [name, variable.value]));
  }
}
