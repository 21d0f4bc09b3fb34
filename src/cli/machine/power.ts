/**
 * `docker-machine start`, `stop`, `kill`, `restart`: a machine's power. `stop` lets the daemon end first, as a shutdown does; `kill` is
 * the power cut. Source: `docker/machine: libmachine/host/host.go`.
 */
import type { Machine } from '../process.ts';
import { describeMissing, findMachine, type MachineCall } from './machine-call.ts';

/** How often a shutdown is looked at, and for how long at most, before the power is taken. */
const LOOK_MS = 250;
const SHUTDOWN_MS = 90_000;

export const start = (call: MachineCall): Promise<number> => forEach(call, switchOn);
export const stop = (call: MachineCall): Promise<number> => forEach(call, shutDown);
export const kill = (call: MachineCall): Promise<number> => forEach(call, cut);

export const restart = (call: MachineCall): Promise<number> =>
  forEach(call, async (machine) => {
    call.note(`Restarting "${machine.name}"...`);
    const why = machine.state().power ? ((await endDaemon(call, machine)) ?? machine.act('power-off')) : null;
    if (why !== null) return call.fail(why);
    const status = complain(call, machine.act('power-on'));
    if (status === 0) sayNewAddresses(call, 'Restarted');
    return status;
  });

async function switchOn(machine: Machine, call: MachineCall): Promise<number> {
  call.note(`Starting "${machine.name}"...`);
  if (machine.state().power) {
    call.note(`Machine "${machine.name}" is already running.`);
    return 0;
  }
  const status = complain(call, machine.act('power-on'));
  if (status !== 0) return status;
  call.note(`(${machine.name}) Waiting for an IP...`);
  call.note(`Machine "${machine.name}" was started.`);
  call.note('Waiting for SSH to be available...\nDetecting the provisioner...');
  sayNewAddresses(call, 'Started');
  return 0;
}

async function shutDown(machine: Machine, call: MachineCall): Promise<number> {
  call.note(`Stopping "${machine.name}"...`);
  if (!machine.state().power) return isAlreadyOff(machine, call);
  const status = complain(call, (await endDaemon(call, machine)) ?? machine.act('power-off'));
  if (status === 0) call.note(`Machine "${machine.name}" was stopped.`);
  return status;
}

async function cut(machine: Machine, call: MachineCall): Promise<number> {
  call.note(`Killing "${machine.name}"...`);
  if (!machine.state().power) return isAlreadyOff(machine, call);
  const status = complain(call, machine.act('power-off'));
  if (status === 0) call.note(`Machine "${machine.name}" was killed.`);
  return status;
}

function isAlreadyOff(machine: Machine, call: MachineCall): number {
  call.note(`Machine "${machine.name}" is already stopped.`);
  return 0;
}

/** Stops the daemon and waits until it has ended; says why that cannot be. */
async function endDaemon({ process }: MachineCall, machine: Machine): Promise<string | null> {
  if (machine.state().daemon === 'stopped') return null;
  const why = machine.act('daemon-stop');
  const { clock } = process.host;
  const end = clock.now() + SHUTDOWN_MS;
  while (machine.state().daemon !== 'stopped' && clock.now() < end && !process.signal.aborted)
    await clock.sleep(LOOK_MS, process.signal);
  return why;
}

function complain(call: MachineCall, why: string | null): number {
  return why === null ? 0 : call.fail(why);
}

function sayNewAddresses(call: MachineCall, what: string): void {
  call.note(`${what} machines may have new IP addresses. You may need to re-run the \`docker-machine env\` command.`);
}

async function forEach(
  call: MachineCall,
  run: (machine: Machine, call: MachineCall) => Promise<number>,
): Promise<number> {
  const names = call.options.operands;
  if (names.length === 0) return call.fail('Error: No machine name(s) specified and no "default" machine exists');
  const machines = names.map((name) => findMachine(call.process, name));
  const missing = names.find((_, index) => !machines[index]);
  if (missing !== undefined) return call.fail(describeMissing(missing));
  let status = 0;
  for (const machine of machines) status = (await run(machine!, call)) || status;
  return status;
}
