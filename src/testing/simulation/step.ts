/**
 * What is done to a simulated swarm, and when: data, drawn from dice once, so that a run can be cut down, written out, and played
 * again without them.
 */
import type { Micros } from '../../protocol/events.ts';
import type { Fault } from '../../protocol/faults.ts';
import type { Command } from './commands.ts';

/** One thing done at one moment. */
export interface Step {
  at: Micros;
  /** After so many events of that very microsecond; absent: after all of them. */
  turn?: number;
  act: Act;
}

export type Act =
  | { kind: 'fault'; fault: Fault }
  /** The main process of the machine's n-th running container ends. */
  | { kind: 'crash'; machine: string; nth: number; exitCode: number }
  | { kind: 'command'; host: string; command: Command }
  | { kind: 'ask'; from: Asker; target: { host: string; port: number }; path: string };

/** Who asks over the network: a client outside, a shell on a machine, or the n-th running container of a machine. */
export type Asker =
  | { kind: 'outside' }
  | { kind: 'host'; machine: string }
  | { kind: 'container'; machine: string; nth: number };

/** A step in one line, as a reader wants it. */
export function describeStep({ at, act }: Step): string {
  return `${(at / 1e6).toFixed(6).padStart(11)} s  ${describeAct(act)}`;
}

export function describeAct(act: Act): string {
  switch (act.kind) {
    case 'fault': {
      const { kind, ...facts } = act.fault;
      return `fault ${kind} ${Object.entries(facts)
        .map(([name, value]) => (name === 'machine' ? String(value) : `${name}=${JSON.stringify(value)}`))
        .join(' ')}`;
    }
    case 'crash':
      return `fault container-crash: running container ${act.nth} of ${act.machine} exits with ${act.exitCode}`;
    case 'command': {
      const { op, ...facts } = act.command;
      return `${act.host}: ${op} ${JSON.stringify(facts)}`;
    }
    case 'ask': {
      const { from, target, path } = act;
      const who =
        from.kind === 'outside'
          ? 'a client'
          : from.kind === 'host'
            ? from.machine
            : `container ${from.nth} of ${from.machine}`;
      return `${who} asks ${target.host}:${target.port}${path}`;
    }
  }
}
