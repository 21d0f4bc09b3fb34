/** What the commands of `docker-machine` share: a call of one of them, the machines, and how they are called. */
import type { Machine, Process } from '../process.ts';
import type { ParsedOptions } from '../shell/options.ts';
import { compareNaturally } from '../table/natural-order.ts';

export interface MachineCall {
  process: Process;
  options: ParsedOptions;
  /** Writes a line of the answer. */
  out(line: string): void;
  /** Writes a line about what is being done. */
  note(line: string): void;
  /** Writes a complaint; the exit status. */
  fail(line: string): number;
}

/** All machines, in the order of their names. */
export function machinesOf({ host }: Process): Machine[] {
  return [...(host.machines ?? [])].sort((a, b) => compareNaturally(a.name, b.name));
}

export function findMachine(process: Process, name: string): Machine | undefined {
  return machinesOf(process).find((machine) => machine.name === name);
}

export function describeMissing(name: string): string {
  return `Docker machine "${name}" does not exist. Use "docker-machine ls" to list machines. Use "docker-machine create" to add a new one.`;
}

/** Where its daemon listens. */
export function urlOf({ address }: Machine): string {
  return `tcp://${address}:2376`;
}
