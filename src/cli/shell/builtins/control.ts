/** Builtins that steer what runs next: `exit`, `return`, `break`, `continue`, `eval`, `source`. */
import { resolvePath } from '../paths.ts';
import { type Builtin, type BuiltinCall, complain } from './builtin.ts';

export const colon: Builtin = () => 0;

export const falseCommand: Builtin = () => 1;

/** The status a command names, or the last one; null if it is no number. */
function statusArgument(call: BuiltinCall): number | null {
  const [text] = call.args;
  if (text === undefined) return call.shell.state.lastStatus;
  return /^[-+]?\d+$/.test(text) ? ((Number(text) % 256) + 256) % 256 : null;
}

function leave(call: BuiltinCall, kind: 'exit' | 'return'): number {
  const status = statusArgument(call);
  if (status === null) complain(call, `${call.args[0]}: numeric argument required`);
  else if (call.args.length > 1) return complain(call, 'too many arguments');
  call.shell.unwind({ kind });
  call.shell.state.lastStatus = status ?? 2;
  return call.shell.state.lastStatus;
}

export const exit: Builtin = (call) => leave(call, 'exit');

export const returnFrom: Builtin = (call) => {
  if (!call.shell.isInFunction) return complain(call, "can only `return' from a function or sourced script", 2);
  return leave(call, 'return');
};

function leaveLoop(call: BuiltinCall, kind: 'break' | 'continue'): number {
  const levels = Number(call.args[0] ?? '1');
  if (!Number.isInteger(levels)) return complain(call, `${call.args[0]}: numeric argument required`, 128);
  if (levels < 1) return complain(call, `${call.args[0]}: loop count out of range`);
  call.shell.unwind({ kind, levels });
  return 0;
}

export const breakLoop: Builtin = (call) => leaveLoop(call, 'break');

export const continueLoop: Builtin = (call) => leaveLoop(call, 'continue');

export const evaluate: Builtin = (call) => call.shell.runSource(call.args.join(' '), call.io);

export const source: Builtin = async (call) => {
  const [name, ...parameters] = call.args;
  if (name === undefined) return complain(call, 'filename argument required', 2);
  const text = call.shell.services.host.files.read(resolvePath(call.shell.state.cwd, name));
  if (text === null) {
    call.io.stderr.write(`bash: ${name}: No such file or directory\n`);
    return 1;
  }
  const { state } = call.shell;
  const outer = state.parameters;
  if (parameters.length > 0) state.parameters = parameters;
  const status = await call.shell.runSource(text, call.io);
  state.parameters = outer;
  return status;
};
