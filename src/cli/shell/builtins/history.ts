/** `history`: the lines typed so far. */
import { type Builtin, complain } from './builtin.ts';

export const history: Builtin = (call) => {
  const lines = call.shell.state.history;
  const [argument] = call.args;
  if (argument === '-c') {
    lines.length = 0;
    return 0;
  }
  if (argument !== undefined && !/^\d+$/.test(argument))
    return complain(call, `${argument}: numeric argument required`);
  const first = argument === undefined ? 0 : Math.max(0, lines.length - Number(argument));
  call.io.stdout.write(
    lines
      .map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`)
      .slice(first)
      .join(''),
  );
  return 0;
};
