/**
 * Nothing is answered before it is durable (Raft 5.1, figure 2): each raft message that leaves a machine is held against what
 * that machine's disk would still have after a power cut in the same instant. Terms, granted votes, acknowledged entries.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Envelope } from '../../engine/hardware/hardware.ts';
import type { Entry, HardState, Message, Snapshot } from '../../engine/raft/types.ts';
import { Violation } from './violation.ts';

export class DurabilityChecker {
  private readonly cluster: Cluster;
  private nextMessage: number;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.nextMessage = cluster.hardware.state.nextMessage;
  }

  /** To be called after every event. Throws `Violation`. */
  observe(): void {
    const { state } = this.cluster.hardware;
    for (; this.nextMessage < state.nextMessage; this.nextMessage++) {
      const envelope = state.inFlight.get(this.nextMessage);
      if (envelope?.kind.startsWith('raft.')) this.check(envelope);
    }
  }

  private check({ from, payload }: Envelope): void {
    const { message } = payload as { message?: Message };
    // Joins are asked for by `raft.` messages too; a pre-vote promises nothing.
    if (!message || message.type === 'pre-vote-request' || message.type === 'pre-vote-reply') return;
    const { durable } = this.cluster.hardware.machine(from).disk;
    const hard = durable['raft.hard-state'] as HardState | undefined;
    if ((hard?.term ?? 0) < message.term && message.type !== 'member-removed')
      throw violation(from, message, `a ${message.type} of term ${message.term}`, `term ${hard?.term ?? 0}`);
    if (message.type === 'vote-reply' && message.granted && hard?.term === message.term && hard.vote !== message.to)
      throw violation(from, message, `a vote for ${message.to}`, `a vote for ${hard.vote}`);
    if (message.type === 'append-reply' && message.ok) {
      const last = lastDurable(durable);
      if (message.index > last)
        throw violation(from, message, `an acknowledgement up to ${message.index}`, `entries up to ${last}`);
    }
  }
}

function lastDurable(durable: Readonly<Record<string, unknown>>): number {
  const entries = durable['raft.log'] as readonly Entry[] | undefined;
  const snapshot = durable['raft.snapshot'] as Snapshot | undefined;
  return Math.max(entries?.[entries.length - 1]?.index ?? 0, snapshot?.index ?? 0);
}

function violation(machine: string, { term }: Message, sent: string, held: string): Violation {
  return new Violation('durable before answered', `${machine} sent ${sent} in term ${term}, its disk has ${held}`);
}
