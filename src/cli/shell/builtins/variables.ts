/** Builtins for variables and parameters: `export`, `unset`, `readonly`, `local`, `set`, `shift`, `printenv`. */
import type { ShellOptions } from '../shell-state.ts';
import { type Builtin, type BuiltinCall, complain } from './builtin.ts';

const namePattern = /^[A-Za-z_]\w*$/;

/** `name`, `name=value` or `name+=value`. */
function parseDeclaration(text: string): { name: string; value: string | null; append: boolean } | null {
  const match = /^([A-Za-z_]\w*)(?:(\+?)=([\s\S]*))?$/.exec(text);
  return match && { name: match[1]!, value: match[3] ?? null, append: match[2] === '+' };
}

/** Applies a declaration to each argument that is one. */
function declareEach(
  call: BuiltinCall,
  args: string[],
  apply: (name: string) => void,
  before?: (name: string) => void,
) {
  let status = 0;
  for (const argument of args) {
    const declaration = parseDeclaration(argument);
    if (!declaration) {
      status = complain(call, `\`${argument}': not a valid identifier`);
      continue;
    }
    before?.(declaration.name);
    if (declaration.value !== null && !call.shell.assign(declaration.name, declaration.value, declaration.append))
      status = complain(call, `${declaration.name}: readonly variable`);
    apply(declaration.name);
  }
  return status;
}

function quoted(value: string): string {
  return `"${value.replace(/["$`\\]/g, '\\$&')}"`;
}

export const exportVariables: Builtin = (call) => {
  const { variables } = call.shell.state;
  const remove = call.args[0] === '-n';
  const names = call.args.filter((argument) => argument !== '-p' && argument !== '-n');
  if (names.length === 0) {
    const exported = [...variables].filter(([, variable]) => variable.exported).sort(([a], [b]) => (a < b ? -1 : 1));
    call.io.stdout.write(exported.map(([name, { value }]) => `declare -x ${name}=${quoted(value)}\n`).join(''));
    return 0;
  }
  return declareEach(call, names, (name) => {
    const variable = variables.get(name);
    if (variable) variables.set(name, { ...variable, exported: !remove });
    else if (!remove) variables.set(name, { value: '', exported: true, readonly: false });
  });
};

export const readonly: Builtin = (call) =>
  declareEach(call, call.args, (name) => {
    const variable = call.shell.state.variables.get(name);
    call.shell.state.variables.set(name, { value: '', exported: false, ...variable, readonly: true });
  });

/** `local`, and `declare`, which is the same within a function. Simplified: its options are accepted, not obeyed. */
export const local: Builtin = (call) => {
  const { state } = call.shell;
  const layer = state.locals.at(-1);
  if (!layer && call.name === 'local') return complain(call, 'can only be used in a function');
  const names = call.args.filter((argument) => !argument.startsWith('-'));
  return declareEach(
    call,
    names,
    () => {},
    (name) => {
      if (layer && !layer.has(name)) {
        layer.set(name, state.variables.get(name) ?? null);
        state.variables.delete(name);
      }
    },
  );
};

export const unset: Builtin = (call) => {
  let status = 0;
  for (const name of call.args.filter((argument) => argument !== '-v' && argument !== '-f')) {
    if (!namePattern.test(name)) status = complain(call, `\`${name}': not a valid identifier`);
    else if (call.shell.state.variables.get(name)?.readonly)
      status = complain(call, `${name}: cannot unset: readonly variable`);
    else if (!call.shell.state.variables.delete(name)) call.shell.state.functions.delete(name);
  }
  return status;
};

export const shift: Builtin = (call) => {
  const { state } = call.shell;
  const count = Number(call.args[0] ?? '1');
  if (!Number.isInteger(count)) return complain(call, `${call.args[0]}: numeric argument required`);
  if (count < 0 || count > state.parameters.length) return 1;
  state.parameters = state.parameters.slice(count);
  return 0;
};

const optionLetters: Readonly<Record<string, keyof ShellOptions>> = { e: 'errexit', u: 'nounset', x: 'xtrace' };

export const set: Builtin = (call) => {
  const { state } = call.shell;
  if (call.args.length === 0) {
    const lines = [...state.variables]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { value }]) => `${name}=${value}\n`);
    call.io.stdout.write(lines.join(''));
    return 0;
  }
  const args = [...call.args];
  while (args.length > 0) {
    const argument = args[0]!;
    if (argument === '--' || !/^[-+]./.test(argument)) {
      state.parameters = argument === '--' ? args.slice(1) : args;
      return 0;
    }
    args.shift();
    const on = argument.startsWith('-');
    for (const letter of argument.slice(1)) {
      const option = letter === 'o' ? (args.shift() ?? '') : optionLetters[letter];
      if (option === undefined || !(option in state.options))
        return complain(call, letter === 'o' ? `${option}: invalid option name` : `-${letter}: invalid option`, 2);
      state.options[option as keyof ShellOptions] = on;
    }
  }
  return 0;
};

export const printenv: Builtin = (call) => {
  const environment = call.shell.state.environment();
  if (call.args.length === 0) {
    call.io.stdout.write([...environment].map(([name, value]) => `${name}=${value}\n`).join(''));
    return 0;
  }
  let status = 0;
  for (const name of call.args) {
    const value = environment.get(name);
    if (value === undefined) status = 1;
    else call.io.stdout.write(`${value}\n`);
  }
  return status;
};
