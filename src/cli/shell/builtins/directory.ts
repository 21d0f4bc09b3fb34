/** `cd` and `pwd`. */
import { resolvePath } from '../paths.ts';
import { type Builtin, complain } from './builtin.ts';

export const cd: Builtin = (call) => {
  const { state, services } = call.shell;
  if (call.args.length > 1) return complain(call, 'too many arguments');
  const back = call.args[0] === '-';
  const target = back ? state.get('OLDPWD') : (call.args[0] ?? state.get('HOME'));
  if (target === undefined) return complain(call, back ? 'OLDPWD not set' : 'HOME not set');
  const path = resolvePath(state.cwd, target);
  if (!services.host.files.isDirectory(path)) {
    const exists = services.host.files.read(path) !== null;
    return complain(call, `${target}: ${exists ? 'Not a directory' : 'No such file or directory'}`);
  }
  state.set('OLDPWD', state.cwd);
  state.cwd = path;
  state.set('PWD', path);
  if (back) call.io.stdout.write(`${path}\n`);
  return 0;
};

export const pwd: Builtin = (call) => {
  call.io.stdout.write(`${call.shell.state.cwd}\n`);
  return 0;
};
