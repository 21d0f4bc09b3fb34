/** A builtin: a command that may look into and change the shell that runs it. */
import type { Interpreter } from '../interpreter.ts';
import type { Io } from '../io.ts';

export interface BuiltinCall {
  /** The name it was called by (`test` or `[`). */
  name: string;
  args: string[];
  io: Io;
  shell: Interpreter;
}

export type Builtin = (call: BuiltinCall) => Promise<number> | number;

/** Writes bash's complaint about a builtin and returns its status. */
export function complain(call: BuiltinCall, message: string, status = 1): number {
  call.io.stderr.write(`bash: ${call.name}: ${message}\n`);
  return status;
}
