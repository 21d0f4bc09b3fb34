/** The small door: what each fault does to the world. Every fault that takes is an input, and the cause of what follows. */

import type { ObjectRef } from '../protocol/events.ts';
import type { Fault, FaultResult } from '../protocol/faults.ts';
import type { Cluster } from './cluster.ts';
import { milliseconds } from './kernel/time.ts';
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
  const reason = whyNot(fault, machines);
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

function whyNot(fault: Fault, [machine]: Machine[]): string | null {
  const { hardwareState, state, name } = machine!;
  switch (fault.kind) {
    case 'power-off':
      return hardwareState.power ? null : `${name} has no power already`;
    case 'power-on':
      return hardwareState.power ? `${name} has power already` : null;
    case 'daemon-stop':
    case 'daemon-restart':
      return state.daemon === 'running' ? null : `the daemon of ${name} does not run`;
    case 'daemon-start':
      if (!hardwareState.power) return `${name} has no power`;
      return state.daemon === 'stopped' ? null : `the daemon of ${name} runs already`;
    case 'cable-cut':
      return hardwareState.cable ? null : `the cable of ${name} is out already`;
    case 'cable-mend':
      return hardwareState.cable ? `the cable of ${name} is in already` : null;
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
    case 'cable-cut':
    case 'cable-mend':
      machine.hardwareState.cable = fault.kind === 'cable-mend';
      if (machine.answers) hardware.silence(machine.name, fault.kind === 'cable-cut' ? cluster.kernel.cause : 0);
      return;
    case 'link-cut':
    case 'link-mend':
      return hardware.setLink(fault.from, fault.to, { cut: fault.kind === 'link-cut' });
    case 'link-quality':
      for (const [from, to] of [
        [fault.from, fault.to],
        [fault.to, fault.from],
      ] as const) {
        hardware.setLink(from, to, {
          ...(fault.delayMs !== undefined && { delay: milliseconds(fault.delayMs) }),
          ...(fault.jitterMs !== undefined && { jitter: milliseconds(fault.jitterMs) }),
          ...(fault.loss !== undefined && { loss: Math.min(1, Math.max(0, fault.loss)) }),
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
