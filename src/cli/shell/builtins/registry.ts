/** All builtins by name. */
import type { Builtin } from './builtin.ts';
import { breakLoop, colon, continueLoop, evaluate, exit, falseCommand, returnFrom, source } from './control.ts';
import { cd, pwd } from './directory.ts';
import { history } from './history.ts';
import { bg, disown, fg, jobs, kill, wait } from './jobs.ts';
import { commandBuiltin, type, which } from './lookup.ts';
import { read } from './read.ts';
import { env, shellProgram, time, timeout, watch, xargs } from './running.ts';
import { test } from './test.ts';
import { exportVariables, local, printenv, readonly, set, shift, unset } from './variables.ts';

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['.', source],
  [':', colon],
  ['[', test],
  ['bash', shellProgram],
  ['bg', bg],
  ['break', breakLoop],
  ['cd', cd],
  ['command', commandBuiltin],
  ['continue', continueLoop],
  ['declare', local],
  ['disown', disown],
  ['env', env],
  ['eval', evaluate],
  ['exit', exit],
  ['export', exportVariables],
  ['false', falseCommand],
  ['fg', fg],
  ['history', history],
  ['jobs', jobs],
  ['kill', kill],
  ['local', local],
  ['logout', exit],
  ['printenv', printenv],
  ['pwd', pwd],
  ['read', read],
  ['readonly', readonly],
  ['return', returnFrom],
  ['set', set],
  ['sh', shellProgram],
  ['shift', shift],
  ['source', source],
  ['test', test],
  ['time', time],
  ['timeout', timeout],
  ['true', colon],
  ['type', type],
  ['unset', unset],
  ['wait', wait],
  ['watch', watch],
  ['which', which],
  ['xargs', xargs],
]);
