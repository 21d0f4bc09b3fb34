/** Builtins that tell what a name means: `type`, `which`, `command`. */
import { type Builtin, type BuiltinCall, complain } from './builtin.ts';

/** Commands that are files on a real host; the other builtins exist only in the shell. */
const files = new Set([
  'bash',
  'env',
  'printenv',
  'sh',
  'timeout',
  'watch',
  'which',
  'xargs',
  'true',
  'false',
  'test',
  '[',
  'pwd',
]);
const onlyFiles = new Set(['bash', 'env', 'printenv', 'sh', 'timeout', 'watch', 'which', 'xargs']);
/** Tools here that bash has built in. */
const alsoBuiltIn = new Set(['echo', 'printf']);
const keywords = new Set(
  'if then elif else fi for while until do done case esac in function time { } ! [[ ]]'.split(' '),
);

function pathOf(call: BuiltinCall, name: string): string | null {
  if (!call.shell.services.programs.has(name) && !files.has(name)) return null;
  return name === 'docker' ? '/usr/local/bin/docker' : `/usr/bin/${name}`;
}

function isBuiltIn(call: BuiltinCall, name: string): boolean {
  return alsoBuiltIn.has(name) || (call.shell.services.builtins.has(name) && !onlyFiles.has(name));
}

function describe(call: BuiltinCall, name: string): string | null {
  const { state } = call.shell;
  if (keywords.has(name)) return `${name} is a shell keyword`;
  if (state.functions.has(name)) return `${name} is a function`;
  if (isBuiltIn(call, name)) return `${name} is a shell builtin`;
  const path = pathOf(call, name);
  return path && `${name} is ${path}`;
}

export const type: Builtin = (call) => {
  let status = 0;
  for (const name of call.args) {
    const text = describe(call, name);
    if (text) call.io.stdout.write(`${text}\n`);
    else status = complain(call, `${name}: not found`);
  }
  return status;
};

export const which: Builtin = (call) => {
  let status = call.args.length === 0 ? 1 : 0;
  for (const name of call.args) {
    const path = pathOf(call, name);
    if (path) call.io.stdout.write(`${path}\n`);
    else status = 1;
  }
  return status;
};

/** `command -v name` tells what would run; `command name ...` runs it past functions. */
export const commandBuiltin: Builtin = (call) => {
  if (call.args[0] !== '-v') return call.shell.runArguments(call.args, call.io, true);
  const name = call.args[1] ?? '';
  const { state } = call.shell;
  const inShell = state.functions.has(name) || isBuiltIn(call, name);
  const answer = keywords.has(name) || inShell ? name : pathOf(call, name);
  if (answer === null) return 1;
  call.io.stdout.write(`${answer}\n`);
  return 0;
};
