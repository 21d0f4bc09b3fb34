/**
 * `docker-machine ssh NAME [COMMAND...]`: a command in a shell of its own on that machine, or a terminal there.
 * Simplified: the way there is there or it is not; a connection that stands outlives a cable that is cut.
 */
import { describeMissing, findMachine, type MachineCall } from './machine-call.ts';

/** What ssh ends with when it does not get there. */
const NO_WAY = 255;

export async function ssh(call: MachineCall): Promise<number> {
  const { process, options } = call;
  const [name, ...command] = options.operands;
  if (name === undefined) return call.fail('Error: No machine name(s) specified and no "default" machine exists');
  const machine = findMachine(process, name);
  if (!machine) return call.fail(describeMissing(name));
  const state = machine.state();
  if (!state.power) return call.fail(`Error: Cannot run SSH command: Host "${name}" is not running`);
  const own = findMachine(process, process.host.name);
  if (own !== machine && !(own?.state().cable && state.cable)) {
    call.fail(`ssh: connect to host ${machine.address} port 22: No route to host\nexit status ${NO_WAY}`);
    return 1;
  }
  if (command[0] === '--') command.shift();
  if (command.length > 0) return endOf(call, await machine.run(command.join(' '), process));
  const size = process.stdout.terminal;
  // Without a terminal the shell over there reads its commands from the pipe.
  if (!size || !process.stdin.isTerminal) return endOf(call, await machine.run(await allOf(call), process));
  process.stdin.setRaw?.(true);
  const terminal = machine.logIn((bytes) => process.stdout.write(bytes), size);
  const left = terminal.left.then((status) => ({ status }));
  try {
    for (;;) {
      const next = await Promise.race([left, process.stdin.read(process.signal)]);
      if (next === null) break;
      if (typeof next === 'object') return endOf(call, next.status);
      if (!machine.state().power) {
        process.stderr.write(`client_loop: send disconnect: Broken pipe\n`);
        return endOf(call, NO_WAY);
      }
      terminal.input(next);
    }
    return NO_WAY;
  } finally {
    terminal.close();
    process.stdin.setRaw?.(false);
  }
}

async function allOf({ process }: MachineCall): Promise<string> {
  let text = '';
  for (let next = await process.stdin.read(); next !== null; next = await process.stdin.read()) text += next;
  return text;
}

/** docker-machine says how the command over there ended, and ends with 1 itself. */
function endOf(call: MachineCall, status: number): number {
  return status === 0 ? 0 : call.fail(`exit status ${status}`);
}
