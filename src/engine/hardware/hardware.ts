/**
 * Machines and the wires between them: power, disk, clock, cable, closed ports; links with delay, jitter, loss, duplication,
 * reordering, cuts and clogs. A message is sent once and arrives, or is dropped at a named place. What a machine does with a message,
 * and what starts when its power comes on, is decided by whoever listens (`onMessage`, `onRefused`); the hardware knows no Swarm.
 *
 * Simplified: TCP is a message that keeps its order on the pair and is sent again when lost (as later arrival); there are
 * no segments, windows or connections. A broken wire gives no error to the sender, as in reality before a time-out.
 *
 * What may arrive twice or out of order: datagrams, both. Bytes of a TCP connection, neither: dispatcher sessions, control calls and
 * log streams keep their order. Messages marked `unordered` are calls of their own on one connection (each raft message is a gRPC
 * stream), handled side by side where they arrive: one of them can be overtaken, none is doubled.
 */
import type { EventId, Micros } from '../../protocol/events.ts';
import type { MessageView } from '../../protocol/snapshot.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { milliseconds, seconds } from '../kernel/time.ts';
import { type ClockState, monotonicTime, trueClock, wallTime } from './clock.ts';
import { type DiskState, diskFlush, diskLosePower, diskSynced, diskWipe, emptyDisk } from './disk.ts';

/** What a machine is made of and the state it is in. */
export interface MachineHardware {
  name: string;
  address: string;
  power: boolean;
  downSince: Micros | null;
  cable: boolean;
  closedPorts: { port: number; protocol: 'tcp' | 'udp' }[];
  /** The event since which nothing is heard of the machine (power or daemon off, cable out); 0 while it can be heard. */
  silencedBy: EventId;
  /** Something listens on the machine's ports (its daemon runs). */
  listening: boolean;
  cpus: number;
  memoryBytes: number;
  disk: DiskState;
  clock: ClockState;
}

/** Quality of one direction of a pair of machines. Microseconds; loss, duplication and reordering are 0..1. */
export interface LinkQuality {
  cut: boolean;
  delay: Micros;
  jitter: Micros;
  loss: number;
  duplication: number;
  reordering: number;
  /** What is sent waits until the link is free again. */
  clogged: boolean;
}

/** A message between two machines. `payload` is immutable data. */
export interface Envelope {
  id: number;
  from: string;
  to: string;
  port: number;
  protocol: 'tcp' | 'udp';
  kind: string;
  payload: unknown;
  departs: Micros;
  arrives: Micros;
  cause: EventId;
  /** Set when it is known that it will not arrive. */
  dropped: { at: Micros; reason: string } | null;
  /** What the page shows of it besides its kind. */
  label: MessageLabel;
  /** Too frequent to be of note: its loss leaves no trace event, and the page does not draw it. */
  quiet?: true;
  /** Waits in a clogged link; `arrives` is not known yet. */
  waiting?: true;
}

/** What a sender tells of a message for the picture. */
export type MessageLabel = Pick<MessageView, 'term' | 'note' | 'ok'>;

/** What a sender gives. `quiet` messages (heartbeats) leave no trace event of their own. */
export interface Outgoing {
  from: string;
  to: string;
  port: number;
  protocol?: 'tcp' | 'udp';
  kind: string;
  payload: unknown;
  label?: MessageLabel;
  quiet?: boolean;
  /** Stream of dice for delay and loss, so that this traffic leaves the dice of other messages as they were. */
  dice?: string;
  /** A call of its own, which others may overtake. */
  unordered?: boolean;
}

export interface HardwareState {
  machines: Record<string, MachineHardware>;
  /** By sender, then receiver; absent means `DEFAULT_LINK`. */
  links: Record<string, Record<string, LinkQuality>>;
  inFlight: Map<number, Envelope>;
  nextMessage: number;
  /** Last arrival of TCP by sender, then receiver, so that order is kept. */
  lastArrival: Record<string, Record<string, Micros>>;
}

/** A switched local network: 0.2-0.4 ms one way. */
export const DEFAULT_LINK: LinkQuality = {
  cut: false,
  delay: 200,
  jitter: 200,
  loss: 0,
  duplication: 0,
  reordering: 0,
  clogged: false,
};

/** First retransmission of lost TCP data; doubles each time (RFC 6298 floor as in Linux). */
const RETRANSMIT: Micros = milliseconds(200);
/** A TCP message lost this often in a row is given up. */
const MAX_RETRANSMITS = 5;
/** What overtakes is ahead by up to so many of the link's own delays, and at most this much more. */
const OVERTAKING = { delays: 4, extra: milliseconds(20) };
/** A clogged link holds so many messages of one direction; the buffers in between are full then. */
const CLOG_CAPACITY = 4096;
/** What a clogged link has held leaves it one after the other. */
const CLOG_SPACING: Micros = 5;
/** Kinds of events that are not the daemon's doing: the programs in containers have their own timers. */
export const PROGRAM_EVENTS: readonly string[] = ['runtime.timer'];
/** How long a dropped message stays in the list, so that its end can be drawn. */
const GHOST_TIME: Micros = seconds(1);
/** Arrived messages kept for the next picture. */
const PASSED_KEPT = 100;

export function initialHardware(): HardwareState {
  return { machines: {}, links: {}, inFlight: new Map(), nextMessage: 1, lastArrival: {} };
}

export class Hardware {
  readonly kernel: Kernel;
  readonly state: HardwareState;
  /** A message has reached a listening machine. */
  onMessage: (envelope: Envelope) => void = () => {};
  /** A message found nobody listening; called for the sender one way later. */
  onRefused: (envelope: Envelope) => void = () => {};
  /** A message will not arrive: told when that is known, which the sender's software is not. */
  onDropped: (envelope: Envelope) => void = () => {};
  /** Messages that have arrived lately, for the picture; no part of the state. */
  private passed: Envelope[] = [];
  private readonly syncHandlers = new Map<string, (machine: string, token: unknown) => void>();

  constructor(kernel: Kernel, state: HardwareState) {
    this.kernel = kernel;
    this.state = state;
    kernel.on('net.arrive', (event) => this.arrive(event.data as number));
    kernel.on('net.deliver', (event) => this.deliver(event.data as Envelope));
    kernel.on('net.refused', (event) => this.refused(event.data as Envelope));
    kernel.on('net.forget', (event) => {
      this.state.inFlight.delete(event.data as number);
    });
    kernel.on('disk.synced', (event) => {
      const data = event.data as SyncEvent;
      diskSynced(this.machine(data.machine).disk, data.count);
      // A process that is held still hears of it when it goes on.
      if (kernel.isFrozen(data.machine)) kernel.schedule(0, 'disk.told', data.machine, data);
      else this.tellSynced(data);
    });
    kernel.on('disk.told', (event) => this.tellSynced(event.data as SyncEvent));
  }

  private tellSynced({ machine, handler, token }: SyncEvent): void {
    this.syncHandlers.get(handler)?.(machine, token);
  }

  /** The newest messages that have arrived since the last call. */
  takePassed(): Envelope[] {
    const { passed } = this;
    this.passed = [];
    return passed.slice(-PASSED_KEPT);
  }

  /** Adds a machine, without power. Throws if the name is taken. */
  addMachine(name: string, address: string, cpus = 2, memoryBytes = 25_275_801_600): MachineHardware {
    if (this.state.machines[name]) throw new Error(`hardware: two machines named ${name}`);
    const machine: MachineHardware = {
      name,
      address,
      power: false,
      downSince: null,
      cable: true,
      silencedBy: 0,
      closedPorts: [],
      listening: false,
      cpus,
      memoryBytes,
      disk: emptyDisk(),
      clock: trueClock(),
    };
    this.state.machines[name] = machine;
    return machine;
  }

  machine(name: string): MachineHardware {
    const machine = this.state.machines[name];
    if (!machine) throw new Error(`hardware: no machine ${name}`);
    return machine;
  }

  /** The machine with this address, or undefined. */
  machineAt(address: string): MachineHardware | undefined {
    for (const name in this.state.machines) {
      const machine = this.state.machines[name]!;
      if (machine.address === address) return machine;
    }
    return undefined;
  }

  /** Everything on the machine stops at once; of unsynced writes at most the first few have reached the disk. */
  powerOff(name: string): void {
    const machine = this.machine(name);
    machine.power = false;
    machine.listening = false;
    machine.downSince = this.kernel.now;
    const { pending } = machine.disk;
    if (pending.length > 0) {
      const dice = this.kernel.random('power-loss');
      diskLosePower(machine.disk, dice.int(pending.length + 1), dice.float());
    }
    this.endProcesses(name);
  }

  /** All that was due on the machine is void; nobody waits for its disk. */
  endProcesses(name: string): void {
    this.kernel.endLife(name);
    this.kernel.endLife(diskOwner(name));
    this.kernel.thaw(name);
  }

  /** A process has ended in good order: all that it wrote is durable, nobody waits for it. */
  flush(name: string): void {
    this.kernel.endLife(diskOwner(name));
    diskFlush(this.machine(name).disk);
  }

  /** Another disk is put in: empty, or without what `isLost` names. */
  wipeDisk(name: string, isLost: (key: string) => boolean = () => true): void {
    diskWipe(this.machine(name).disk, isLost);
  }

  /** What the machine's clock shows: true time, unless the clock goes wrong or was set wrong. */
  wallClock(name: string): Micros {
    return wallTime(this.machine(name).clock, this.kernel.now);
  }

  /** Time as the machine measures it for its own timers: it never jumps. */
  monotonicClock(name: string): Micros {
    return monotonicTime(this.machine(name).clock, this.kernel.now);
  }

  powerOn(name: string): void {
    const machine = this.machine(name);
    machine.power = true;
    machine.downSince = null;
  }

  /**
   * Tells since which event a machine is silent, or that it can be heard again (0). Only for the trace: so that what others
   * conclude from silence has its true cause. Nobody acts on it.
   */
  silence(name: string, event: EventId): void {
    this.machine(name).silencedBy = event;
  }

  /** The event that made one of two machines silent to the other, or 0. */
  silenceBetween(a: string, b: string): EventId {
    return this.state.machines[a]?.silencedBy || this.state.machines[b]?.silencedBy || 0;
  }

  /** Registers what runs when a `sync` asked for under this name has ended. */
  onSynced(handler: string, run: (machine: string, token: unknown) => void): void {
    this.syncHandlers.set(handler, run);
  }

  /** Makes all writes so far durable; when done (after the disk's time) calls the handler with `token`. Syncs end in order. */
  sync(name: string, handler: string, token: unknown): void {
    const { disk } = this.machine(name);
    const count = disk.pending.length - disk.covered;
    disk.covered += count;
    const data: SyncEvent = { machine: name, count, handler, token };
    const now = this.kernel.now;
    disk.busyUntil = Math.max(disk.busyUntil, now + disk.syncTime);
    this.kernel.schedule(disk.busyUntil - now, 'disk.synced', diskOwner(name), data);
  }

  /** The link from one machine to another as it is now. */
  link(from: string, to: string): LinkQuality {
    return this.state.links[from]?.[to] ?? DEFAULT_LINK;
  }

  /** Changes one direction of a link. */
  setLink(from: string, to: string, change: Partial<LinkQuality>): void {
    const changed = { ...this.link(from, to), ...change };
    (this.state.links[from] ??= {})[to] = changed;
    if (!changed.clogged) this.release(from, to);
  }

  /** What waited in a clogged link goes on: all late, now at once, in its order. */
  private release(from: string, to: string): void {
    let ahead = 0;
    for (const envelope of this.state.inFlight.values()) {
      if (!envelope.waiting || envelope.from !== from || envelope.to !== to) continue;
      delete envelope.waiting;
      const travel = this.link(from, to).delay + ahead++ * CLOG_SPACING;
      envelope.arrives = this.kernel.now + travel;
      if (envelope.protocol === 'tcp') this.noteArrival(envelope);
      this.kernel.schedule(travel, 'net.arrive', 'world', envelope.id, envelope.cause);
    }
  }

  private noteArrival({ from, to, arrives }: Envelope): void {
    const last = (this.state.lastArrival[from] ??= {});
    last[to] = Math.max(last[to] ?? 0, arrives);
  }

  /** Why a message would not get through right now, or null. */
  blocked(from: string, to: string, port: number, protocol: 'tcp' | 'udp'): string | null {
    if (from === to) return null;
    const sender = this.machine(from);
    const receiver = this.machine(to);
    if (!sender.cable) return `cable of ${from} is out`;
    if (!receiver.cable) return `cable of ${to} is out`;
    if (this.link(from, to).cut) return `link from ${from} to ${to} is cut`;
    if (!receiver.power) return `${to} has no power`;
    if (receiver.closedPorts.some((closed) => closed.port === port && closed.protocol === protocol))
      return `port ${port}/${protocol} is closed on ${to}`;
    return null;
  }

  /** Sends a message. It arrives later, or is dropped where the wire is broken. Returns its id. */
  send(outgoing: Outgoing): number {
    const { kernel } = this;
    const { from, to } = outgoing;
    const protocol = outgoing.protocol ?? 'tcp';
    const departs = kernel.now;
    const link = this.link(from, to);
    const dice = kernel.random(outgoing.dice ?? 'network');
    let travel = from === to ? 20 : link.delay + (link.jitter > 0 ? dice.int(link.jitter + 1) : 0);
    let reason = this.blocked(from, to, outgoing.port, protocol);
    if (!reason && from !== to && link.loss > 0) {
      let lost = 0;
      while (lost <= MAX_RETRANSMITS && dice.chance(link.loss)) lost++;
      if (protocol === 'udp' ? lost > 0 : lost > MAX_RETRANSMITS) reason = 'lost on the way';
      else for (let i = 0; i < lost; i++) travel += RETRANSMIT << i;
    }
    const canOvertake = protocol === 'udp' || outgoing.unordered === true;
    const isOvertaken = canOvertake && from !== to && link.reordering > 0 && dice.chance(link.reordering);
    if (isOvertaken) travel += dice.int(OVERTAKING.delays * (link.delay + link.jitter) + OVERTAKING.extra);
    const envelope = this.envelope(outgoing, departs, departs + travel);
    if (protocol === 'tcp' && !isOvertaken) {
      const last = this.state.lastArrival[from]?.[to] ?? 0;
      envelope.arrives = Math.max(envelope.arrives, last + 1);
      if (!reason && !link.clogged) this.noteArrival(envelope);
    }
    if (reason) this.drop(envelope, reason, departs + Math.round(travel / 2));
    else if (link.clogged && from !== to) this.wait(envelope);
    else kernel.schedule(envelope.arrives - departs, 'net.arrive', 'world', envelope.id);
    if (protocol === 'udp' && from !== to && !reason && link.duplication > 0 && dice.chance(link.duplication)) {
      const again = this.envelope(outgoing, departs, envelope.arrives + 1 + dice.int(link.jitter + milliseconds(1)));
      if (link.clogged) this.wait(again);
      else kernel.schedule(again.arrives - departs, 'net.arrive', 'world', again.id);
    }
    return envelope.id;
  }

  private envelope(outgoing: Outgoing, departs: Micros, arrives: Micros): Envelope {
    const { state } = this;
    const envelope: Envelope = {
      id: state.nextMessage++,
      from: outgoing.from,
      to: outgoing.to,
      port: outgoing.port,
      protocol: outgoing.protocol ?? 'tcp',
      kind: outgoing.kind,
      payload: outgoing.payload,
      departs,
      arrives,
      cause: this.kernel.cause,
      dropped: null,
      label: outgoing.label ?? {},
    };
    if (outgoing.quiet) envelope.quiet = true;
    state.inFlight.set(envelope.id, envelope);
    return envelope;
  }

  /** Into a clogged link; no further than to its buffers, which end. */
  private wait(envelope: Envelope): void {
    const { from, to } = envelope;
    let waiting = 0;
    for (const other of this.state.inFlight.values())
      if (other.waiting && other.from === from && other.to === to) waiting++;
    if (waiting >= CLOG_CAPACITY) return this.drop(envelope, `link from ${from} to ${to} is clogged`, envelope.arrives);
    envelope.waiting = true;
  }

  private arrive(id: number): void {
    const envelope = this.state.inFlight.get(id);
    if (!envelope) return;
    const { from, to } = envelope;
    const reason = this.blocked(from, to, envelope.port, envelope.protocol);
    if (reason) {
      this.drop(envelope, reason, this.kernel.now);
      return;
    }
    this.state.inFlight.delete(id);
    if (from !== to && !envelope.quiet) this.passed.push(envelope);
    if (this.passed.length > 2 * PASSED_KEPT) this.passed.splice(0, PASSED_KEPT);
    // The system's buffers keep for a process that is held still what is meant for it; packets between containers pass it by.
    if (this.kernel.isFrozen(to) && !envelope.kind.startsWith('packet.'))
      this.kernel.schedule(0, 'net.deliver', to, envelope);
    else this.deliver(envelope);
  }

  private deliver(envelope: Envelope): void {
    const { from, to } = envelope;
    if (this.machine(to).listening) this.onMessage(envelope);
    else this.kernel.schedule(this.link(to, from).delay, 'net.refused', from, envelope);
  }

  private refused(envelope: Envelope): void {
    if (this.blocked(envelope.to, envelope.from, 0, 'tcp') === null) this.onRefused(envelope);
  }

  private drop(envelope: Envelope, reason: string, at: Micros): void {
    envelope.dropped = { at, reason };
    if (!envelope.quiet)
      this.kernel.emit('net.dropped', envelope.from, [`machine:${envelope.from}`, `machine:${envelope.to}`], {
        message: envelope.kind,
        to: envelope.to,
        reason,
      });
    this.kernel.schedule(at - this.kernel.now + GHOST_TIME, 'net.forget', 'world', envelope.id);
    this.onDropped(envelope);
  }
}

interface SyncEvent {
  machine: string;
  count: number;
  handler: string;
  token: unknown;
}

/** The disk is no process of the machine's system: neither its clock nor a stop of the daemon makes it faster or slower. */
function diskOwner(machine: string): string {
  return `disk:${machine}`;
}
