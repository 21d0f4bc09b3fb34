/** The small door: what each fault does to the world. Every fault that takes is an input, and the cause of what follows. */

import type { ObjectRef } from '../protocol/events.ts';
import type { Fault, FaultResult } from '../protocol/faults.ts';
import type { Cluster } from './cluster.ts';
import { isClockTrue, jumpClock, mendClock, setClockRate } from './hardware/clock.ts';
import { SYNC_TIME } from './hardware/disk.ts';
import { PROGRAM_EVENTS } from './hardware/hardware.ts';
import { milliseconds, seconds } from './kernel/time.ts';
import type { Machine } from './machine.ts';

/** Applies a fault now. Unknown machines and faults that change nothing are refused with a reason. */
export function applyFault(cluster: Cluster, fault: Fault): FaultResult {
  const names = 'machine' in fault ? [fault.machine] : [fault.from, fault.to];
  const machines: Machine[] = [];
  for (const name of names) {
    const machine = cluster.machine(name);
    if (!machine) return refused('not-found', `no machine named ${name}`);
    machines.push(machine);
  }
  const { kernel } = cluster;
  const objects: ObjectRef[] = names.map((name) => `machine:${name}` as const);
  const reason = wrongNumber(fault) ?? whyNot(cluster, fault, machines);
  if (reason) return refused('invalid', reason);
  const { kind, ...facts } = fault;
  kernel.begin('input.fault', names[0], objects, { ...facts, kind }, 0);
  perform(cluster, fault, machines[0]!);
  kernel.cause = 0;
  return { ok: true };
}

function refused(kind: 'not-found' | 'invalid', message: string): FaultResult {
  return { ok: false, error: { kind, message } };
}

/** Bounds of what a fault can be given. */
const BOUNDS: Readonly<Record<string, { least: number; most: number }>> = {
  rate: { least: 0.1, most: 10 },
  seconds: { least: -1e9, most: 1e9 },
  syncMs: { least: 0, most: 60_000 },
  delayMs: { least: 0, most: 600_000 },
  jitterMs: { least: 0, most: 600_000 },
  loss: { least: 0, most: 1 },
  duplication: { least: 0, most: 1 },
  reordering: { least: 0, most: 1 },
};

function wrongNumber(fault: Fault): string | null {
  for (const [name, value] of Object.entries(fault)) {
    const bounds = BOUNDS[name];
    if (bounds === undefined || value === undefined) continue;
    if (typeof value !== 'number' || !(value >= bounds.least && value <= bounds.most))
      return `${name} must be a number from ${bounds.least} to ${bounds.most}`;
  }
  return null;
}

function whyNot({ kernel, hardware }: Cluster, fault: Fault, [machine]: Machine[]): string | null {
  const { hardwareState, state, name } = machine!;
  const { disk, clock } = hardwareState;
  switch (fault.kind) {
    case 'power-off':
      return hardwareState.power ? null : `${name} has no power already`;
    case 'power-on':
      return hardwareState.power ? `${name} has power already` : null;
    case 'daemon-stop':
    case 'daemon-restart':
    case 'daemon-pause':
      if (kernel.isFrozen(name)) return `the daemon of ${name} is paused`;
      return state.daemon === 'running' ? null : `the daemon of ${name} does not run`;
    case 'daemon-resume':
      return kernel.isFrozen(name) ? null : `the daemon of ${name} is not paused`;
    case 'daemon-start':
      if (!hardwareState.power) return `${name} has no power`;
      return state.daemon === 'stopped' ? null : `the daemon of ${name} runs already`;
    case 'clock-rate':
      return clock.rate === fault.rate ? `the clock of ${name} runs so already` : null;
    case 'clock-jump':
      return fault.seconds === 0 ? 'a jump by nothing is none' : null;
    case 'clock-mend':
      return isClockTrue(clock) ? `the clock of ${name} is right` : null;
    case 'disk-slow':
      return null;
    case 'disk-full':
      return disk.full ? `the disk of ${name} is full already` : null;
    case 'disk-mend':
      return disk.full || disk.syncTime !== SYNC_TIME ? null : `the disk of ${name} is in order`;
    case 'disk-lost':
      if (fault.what !== 'everything' && fault.what !== 'raft') return "what is lost is 'everything' or 'raft'";
      return null;
    case 'cable-cut':
      return hardwareState.cable ? null : `the cable of ${name} is out already`;
    case 'cable-mend':
      return hardwareState.cable ? `the cable of ${name} is in already` : null;
    case 'link-clog':
    case 'link-unclog':
      if (fault.from === fault.to) return 'a link has two different ends';
      if (hardware.link(fault.from, fault.to).clogged !== (fault.kind === 'link-clog')) return null;
      return `the link from ${fault.from} to ${fault.to} is ${fault.kind === 'link-clog' ? 'clogged already' : 'free'}`;
    case 'link-cut':
    case 'link-mend':
    case 'link-quality':
      return fault.from === fault.to ? 'a link has two different ends' : null;
    case 'container-crash': {
      const container = machine!.runtime.find(fault.container);
      if (!container) return `no container ${fault.container} on ${name}`;
      return container.state === 'running' ? null : `container ${fault.container} does not run`;
    }
    case 'port-close':
    case 'port-open':
      return null;
  }
}

function perform(cluster: Cluster, fault: Fault, machine: Machine): void {
  const { hardware } = cluster;
  switch (fault.kind) {
    case 'power-off':
      return machine.powerOff();
    case 'power-on':
      return machine.powerOn();
    case 'daemon-stop':
      return machine.stopDaemon();
    case 'daemon-start':
      return machine.startDaemon();
    case 'daemon-restart':
      machine.stopDaemon();
      return machine.startDaemon();
    case 'daemon-pause':
      return machine.pauseDaemon();
    case 'daemon-resume':
      return machine.resumeDaemon();
    case 'clock-rate':
      setClockRate(machine.hardwareState.clock, fault.rate, cluster.now);
      return cluster.kernel.setRate(machine.name, fault.rate, PROGRAM_EVENTS);
    case 'clock-jump':
      return jumpClock(machine.hardwareState.clock, seconds(fault.seconds));
    case 'clock-mend':
      mendClock(machine.hardwareState.clock, cluster.now);
      return cluster.kernel.setRate(machine.name, 1, PROGRAM_EVENTS);
    case 'disk-slow':
      machine.hardwareState.disk.syncTime = milliseconds(fault.syncMs);
      return;
    case 'disk-full':
      machine.hardwareState.disk.full = true;
      return;
    case 'disk-mend':
      Object.assign(machine.hardwareState.disk, { full: false, syncTime: SYNC_TIME });
      return;
    case 'disk-lost':
      return machine.loseDisk(fault.what);
    case 'cable-cut':
    case 'cable-mend':
      machine.hardwareState.cable = fault.kind === 'cable-mend';
      if (machine.answers) hardware.silence(machine.name, fault.kind === 'cable-cut' ? cluster.kernel.cause : 0);
      return;
    case 'link-cut':
    case 'link-mend':
      return hardware.setLink(fault.from, fault.to, { cut: fault.kind === 'link-cut' });
    case 'link-clog':
    case 'link-unclog':
      return hardware.setLink(fault.from, fault.to, { clogged: fault.kind === 'link-clog' });
    case 'link-quality':
      for (const [from, to] of [
        [fault.from, fault.to],
        [fault.to, fault.from],
      ] as const) {
        hardware.setLink(from, to, {
          ...(fault.delayMs !== undefined && { delay: milliseconds(fault.delayMs) }),
          ...(fault.jitterMs !== undefined && { jitter: milliseconds(fault.jitterMs) }),
          ...(fault.loss !== undefined && { loss: fault.loss }),
          ...(fault.duplication !== undefined && { duplication: fault.duplication }),
          ...(fault.reordering !== undefined && { reordering: fault.reordering }),
        });
      }
      return;
    case 'port-close':
    case 'port-open': {
      const others = machine.hardwareState.closedPorts.filter(
        ({ port, protocol }) => port !== fault.port || protocol !== fault.protocol,
      );
      machine.hardwareState.closedPorts =
        fault.kind === 'port-close' ? [...others, { port: fault.port, protocol: fault.protocol }] : others;
      return;
    }
    case 'container-crash':
      machine.runtime.crash(machine.runtime.find(fault.container)!.id, fault.exitCode);
  }
}
