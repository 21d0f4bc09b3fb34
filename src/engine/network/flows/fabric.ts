/**
 * The packet engine of the world: carries every flow room by room and machine by machine, and remembers the way it took
 * (conntrack), so that answers come back and held connections stay with their task. What a packet meets is decided by
 * `explorer.ts`; wires are the hardware's, so that cuts, closed ports and losses apply to it.
 *
 * A traced flow makes one `packet.hop` event per room, each the cause of the next, some microseconds apart; an untraced one takes
 * the same decisions at once and is only counted. All state is plain data.
 *
 * Simplified: TCP is one packet for a question and one for the answer; a lost one is sent again after a second (later packets
 * of a connection: 200 ms), doubling; who gets no answer gives up at its own time-out.
 */
import type { Micros } from '../../../protocol/events.ts';
import type { DropReason, FlowView, Hop, LoadView, PacketHeader, Room } from '../../../protocol/network-view.ts';
import type { Envelope, Hardware } from '../../hardware/hardware.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Random } from '../../kernel/random.ts';
import type { Container } from '../../runtime/container.ts';
import type { ProcessMessage } from '../../runtime/programs/program.ts';
import type {
  AppRequest,
  AppResponse,
  FlowFailureReason,
  FlowResult,
  ResolveResult,
  Transport,
} from '../../runtime/programs/sockets.ts';
import type { FabricApi, FlowRequest, LoadRequest, ReplyHandler } from '../api.ts';
import type { NodeNetwork } from '../node-network.ts';
import type { Sandbox } from '../node-state.ts';
import { resolveName } from '../resolver.ts';
import { espSpi } from './esp.ts';
import { explore, type Go, type Ground, type HopFacts } from './explorer.ts';
import {
  type Cargo,
  endText,
  type FabricState,
  type Flow,
  type Leg,
  type Packet,
  type Path,
  type Walk,
  type Wire,
} from './flow-state.ts';
import { Loads } from './loads.ts';

/** Between two rooms of one machine, for flows that are watched. */
const HOP_TIME: Micros = 10;
/** One way between a client outside and a machine. */
const OUTSIDE_DELAY: Micros = 300;
/** RFC 6298: before the first packet of a connection is sent again; later ones after `RETRANSMIT`. */
const SYN_RETRANSMIT: Micros = 1_000_000;
const RETRANSMIT: Micros = 200_000;
const MAX_ATTEMPTS = 7;
/** Hops kept per flow, flows in flight, and ended flows remembered: the stated caps. */
const HOPS_KEPT = 200;
const FLOWS_KEPT = 20_000;
const RECENT_KEPT = 64;
const MINUTE: Micros = 60_000_000;

/** The rest of the world as the packets need it. */
export interface FabricHost {
  node(machine: string): NodeNetwork;
  machines(): readonly { readonly name: string; readonly address: string }[];
  /** Has something for the processes of a container. */
  tell(machine: string, container: string, message: ProcessMessage): void;
  /** The container, as far as packets go. */
  container(machine: string, id: string): Pick<Container, 'state' | 'listening'> | undefined;
}

export class Fabric implements FabricApi, Ground {
  readonly state: FabricState;
  /** What is done right now is part of a flow that is watched: so are the flows that it opens. */
  tracing = false;
  /** The watched flow that is being handled right now. */
  private handling: number | null = null;
  /** How often a watched flow has moved: for the picture, no part of the state. */
  moves = 0;
  private readonly kernel: Kernel;
  private readonly hardware: Hardware;
  private readonly host: FabricHost;
  private readonly handlers = new Map<string, ReplyHandler>();
  private readonly loadBook: Loads;
  /** Machines by name and by address: a world gets no new ones. */
  private readonly directory = new Map<string, { name: string; address: string }>();

  constructor(kernel: Kernel, hardware: Hardware, state: FabricState, host: FabricHost) {
    this.kernel = kernel;
    this.hardware = hardware;
    this.state = state;
    this.host = host;
    this.loadBook = new Loads(kernel, state, (request) => this.open(request));
    kernel.on('flow.step', ({ data }) => this.goOn(data as number));
    kernel.on('flow.timeout', ({ data }) => this.timedOut(data as number));
    kernel.on('flow.fail', ({ data }) => {
      const { flow, reason } = data as { flow: number; reason: FlowFailureReason };
      const failing = this.state.flows.get(flow);
      if (failing) this.failed(failing, reason);
    });
    kernel.on('flow.again', ({ data }) => this.sendAgain(data as number));
    kernel.on('flow.next', ({ data }) => {
      const { flow, tried } = data as { flow: number; tried: number };
      const waiting = this.state.flows.get(flow);
      if (waiting?.choice?.tried.length === tried) this.tryNext(waiting, 'timed out');
    });
    kernel.on('flow.outside', ({ data }) => this.crossedOutside(data as number));
    kernel.on('flow.load', ({ data }) => this.loadBook.tick(data as number));
    hardware.onDropped = (envelope) => this.dropped(envelope);
  }

  // ---- what others ask for

  onReply(kind: string, handler: ReplyHandler): void {
    if (this.handlers.has(kind)) throw new Error(`network: two handlers for ${kind}`);
    this.handlers.set(kind, handler);
  }

  open(request: FlowRequest): number {
    const { state, kernel } = this;
    const { origin, target, payload, timeout, reply } = request;
    const id = state.nextFlow++;
    const flow: Flow = {
      id,
      origin,
      target,
      hold: request.hold ?? false,
      traced: request.traced,
      within: this.handling,
      load: request.load ?? null,
      reply,
      state: 'resolving',
      askedAt: kernel.now,
      openedAt: kernel.now,
      timeout,
      timer: kernel.schedule(timeout, 'flow.timeout', 'world', id),
      remote: null,
      local: null,
      choice: null,
      firstAddressOnly: request.firstAddressOnly ?? false,
      legs: [],
      server: null,
      hops: [],
      steps: 0,
      dropped: null,
      event: kernel.cause,
    };
    state.flows.set(id, flow);
    if (flow.traced)
      flow.event = kernel.emit('packet.opened', originMachine(flow), this.refs(flow), {
        flow: id,
        target: endText(target.protocol, target.host, target.port),
        from: origin.kind === 'container' ? origin.container.slice(0, 12) : origin.kind,
        what: payload.protocol === 'http' ? `${payload.method} ${payload.path}` : payload.body.slice(0, 80),
      });
    const path = pathFrom(flow, 'resolve', '');
    const walk = this.walk(flow, 'out', { kind: 'question', payload }, path);
    // Whoever opens gets the id before anything is told to it.
    kernel.schedule(0, 'flow.step', 'world', walk.id, flow.event);
    if (state.flows.size > FLOWS_KEPT) this.failed(state.flows.values().next().value!, 'timed out');
    return id;
  }

  send(id: number, payload: AppRequest, token: string): void {
    const flow = this.state.flows.get(id);
    if (!flow?.reply) return;
    flow.reply = { ...flow.reply, token };
    flow.askedAt = this.kernel.now;
    this.kernel.cancel(flow.timer);
    flow.timer = this.kernel.schedule(flow.timeout, 'flow.timeout', 'world', id);
    flow.state = 'out';
    this.kernel.schedule(0, 'flow.step', 'world', this.walk(flow, 'out', { kind: 'question', payload }, null).id);
  }

  close(id: number): void {
    const flow = this.state.flows.get(id);
    if (!flow) return;
    this.forget(flow, 'closed');
    if (flow.server) this.tellServer(flow, { kind: 'hung-up', connection: id });
  }

  resolve(machine: string, container: string | null, name: string, options: { hosts?: boolean } = {}): ResolveResult {
    const node = this.host.node(machine);
    const sandbox = container === null ? null : (node.state.sandboxes.get(container) ?? null);
    return resolveName(node, sandbox, name, {
      hosts: options.hosts ?? false,
      outside: (outer) => this.machineNamed(outer)?.address ?? null,
      dice: this.dice,
    });
  }

  startLoad(request: LoadRequest): number {
    return this.loadBook.start(request);
  }

  stopLoad(load: number): void {
    this.loadBook.stop(load);
  }

  loads(): readonly LoadView[] {
    return this.loadBook.views();
  }

  flows(): readonly FlowView[] {
    const live: FlowView[] = [];
    for (const flow of this.state.flows.values())
      if (flow.traced) live.push({ ...viewOf(flow, ''), hops: [...flow.hops] });
    return [...live, ...this.state.recent];
  }

  // ---- what servers do

  /** The answer to a question that was delivered. */
  respond(id: number, response: AppResponse): void {
    const flow = this.state.flows.get(id);
    if (flow?.state !== 'serving') return;
    flow.state = 'back';
    this.sendBack(flow, { kind: 'answer', response });
  }

  /** Something for the client of a held connection. */
  push(id: number, body: string): void {
    const flow = this.state.flows.get(id);
    if (flow?.hold && flow.server) this.sendBack(flow, { kind: 'push', body });
  }

  /** The server ends the connection. */
  hangUp(id: number): void {
    const flow = this.state.flows.get(id);
    if (flow?.server) this.breakOff(flow);
  }

  /** A container has ended: what it served breaks off, what it had asked for is given up. */
  containerGone(machine: string, container: string): void {
    for (const flow of [...this.state.flows.values()]) {
      const { origin, server } = flow;
      if (origin.kind === 'container' && origin.machine === machine && origin.container === container)
        this.close(flow.id);
      else if (server?.machine === machine && server.container === container) this.breakOff(flow);
    }
  }

  private breakOff(flow: Flow): void {
    flow.server = null;
    const waiting = flow.state === 'serving' || flow.state === 'out';
    this.sendBack(flow, waiting ? { kind: 'refusal', reason: 'connection reset' } : { kind: 'close' });
  }

  /** The machine has no power: nothing of its own goes on, what it served is never answered. */
  machineGone(machine: string): void {
    for (const flow of [...this.state.flows.values()]) {
      if (originMachine(flow) === machine) this.forget(flow, 'gone');
      else if (flow.server?.machine === machine) {
        flow.server = null;
        this.noteDrop(flow, machine, 'app', 'node unreachable', `${machine} has no power`);
      }
    }
  }

  // ---- packets

  private walk(flow: Flow, way: Walk['way'], cargo: Cargo, path: Path | null): Walk {
    const at = way === 'out' ? 0 : flow.legs.length - 1;
    const id = this.state.nextWalk++;
    const walk: Walk = {
      id,
      flow: flow.id,
      way,
      path,
      at,
      cargo,
      cause: path ? flow.event : this.kernel.cause,
      attempts: 0,
    };
    this.state.walks.set(id, walk);
    return walk;
  }

  private sendBack(flow: Flow, cargo: Cargo): void {
    this.kernel.schedule(0, 'flow.step', 'world', this.walk(flow, 'back', cargo, null).id);
  }

  /** Moves a packet on until it waits for a wire or is at its end. */
  private goOn(id: number): void {
    const { walks, flows } = this.state;
    for (;;) {
      const walk = walks.get(id);
      const flow = walk && flows.get(walk.flow);
      if (!walk || !flow) {
        walks.delete(id);
        return;
      }
      const go = walk.path ? explore(this, flow, walk, walk.path) : this.follow(flow, walk);
      if (go === 'end') walks.delete(id);
      if (go !== 'on') return;
      if (flow.traced) {
        this.kernel.schedule(HOP_TIME, 'flow.step', 'world', id, walk.cause);
        return;
      }
    }
  }

  /** One leg of the way that the connection has taken before. */
  private follow(flow: Flow, walk: Walk): Go {
    const leg = flow.legs[walk.at];
    if (!leg) return walk.way === 'out' ? this.arrivedAgain(flow, walk) : this.arrivedBack(flow, walk);
    this.passedBy(flow, walk, leg);
    if (leg.wire) return this.transmit(flow, walk, this.onWay(leg.wire, walk.way));
    walk.at += walk.way === 'out' ? 1 : -1;
    return 'on';
  }

  private passedBy(flow: Flow, walk: Walk, leg: Leg): void {
    if (!flow.traced) return;
    const back = walk.way === 'back';
    if (back && leg.back === null) return;
    const wire = leg.wire && this.onWay(leg.wire, walk.way);
    const [before, after] = back ? [turned(leg.after), turned(leg.before)] : [leg.before, leg.after];
    const facts: HopFacts = {
      room: leg.room,
      rule: back ? leg.back! : `as the connection before: ${leg.rule}`,
      ...(leg.network !== null && { network: leg.network }),
      ...(wire?.encapsulation && { encapsulation: wire.encapsulation }),
    };
    const machine = back && leg.wire ? leg.wire.to : leg.machine;
    this.record(flow, walk, machine, header(before), header(after), facts);
  }

  transmit(flow: Flow, walk: Walk, wire: Wire): Go {
    if (wire.from === '' || wire.to === '') {
      this.kernel.schedule(OUTSIDE_DELAY, 'flow.outside', 'world', walk.id, walk.cause);
      return 'wait';
    }
    this.kernel.because(walk.cause, () =>
      this.hardware.send({
        from: wire.from,
        to: wire.to,
        port: wire.port,
        protocol: wire.protocol,
        kind: wire.encapsulation ? 'packet.vxlan' : `packet.${wire.protocol}`,
        payload: walk.id,
        quiet: !flow.traced,
        dice: 'packet-wires',
        label: { note: noteOf(flow, walk) },
      }),
    );
    return 'wait';
  }

  /** A packet has come over a wire. */
  receive(envelope: Envelope): void {
    this.crossed(envelope.payload as number);
  }

  private crossed(id: number): void {
    const walk = this.state.walks.get(id);
    if (!walk || !this.isDecrypted(walk)) return;
    walk.attempts = 0;
    if (!walk.path) walk.at += walk.way === 'out' ? 1 : -1;
    this.goOn(id);
  }

  /** What came encrypted is dropped by who has not the key: it has missed the changes of keys that made it. */
  private isDecrypted(walk: Walk): boolean {
    const flow = this.state.flows.get(walk.flow);
    const wire = flow && this.wireOf(flow, walk);
    const key = wire?.encapsulation?.encrypted?.key;
    if (!flow || !wire || key === undefined || this.node(wire.to).canDecrypt(key)) return true;
    const keys = this.node(wire.to).state.keys.filter(({ subsystem }) => subsystem === 'networking:ipsec');
    const known = keys.map(({ lamportTime }) => lamportTime).join(', ');
    this.lost(flow, walk, wire, 'not decrypted', `${wire.from} sends with key ${key}, ${wire.to} knows ${known}`);
    return false;
  }

  /** Between a machine and the client outside there is no wire of ours, only the machine's own state. */
  private crossedOutside(id: number): void {
    const walk = this.state.walks.get(id);
    const flow = walk && this.state.flows.get(walk.flow);
    if (!walk || !flow) return;
    const wire = this.wireOf(flow, walk);
    const machine = this.hardware.machine(wire.from || wire.to);
    const closed =
      wire.from === '' &&
      machine.closedPorts.some(({ port, protocol }) => port === wire.port && protocol === wire.protocol);
    if (!machine.power) this.lost(flow, walk, wire, 'node unreachable', `${machine.name} has no power`);
    else if (!machine.cable) this.lost(flow, walk, wire, 'node unreachable', `cable of ${machine.name} is out`);
    else if (closed)
      this.lost(flow, walk, wire, 'port closed', `port ${wire.port}/${wire.protocol} is closed on ${machine.name}`);
    else if (wire.from === '' && !machine.listening) this.unheard(flow, walk, machine.name);
    else this.crossed(id);
  }

  /** Nobody listens on the machine: its daemon is not there, and so are none of its rules. */
  refused(envelope: Envelope): void {
    const walk = this.state.walks.get(envelope.payload as number);
    const flow = walk && this.state.flows.get(walk.flow);
    if (!walk || !flow) return;
    const wire = this.wireOf(flow, walk);
    if (wire.encapsulation)
      this.lost(flow, walk, wire, 'network not here', `the daemon of ${envelope.to} does not run`);
    else this.unheard(flow, walk, envelope.to);
  }

  private unheard(flow: Flow, walk: Walk, machine: string): void {
    const detail = `the daemon of ${machine} does not run`;
    this.noteDrop(flow, machine, 'eth0', 'connection refused', detail);
    const arrived = walk.path ? header(walk.path.packet) : EMPTY;
    if (flow.traced && walk.way === 'out')
      this.record(flow, walk, machine, arrived, arrived, {
        room: 'eth0',
        rule: 'nothing listens on this machine',
        result: 'dropped',
        reason: 'connection refused',
        detail,
      });
    this.failed(flow, 'connection refused');
  }

  private dropped(envelope: Envelope): void {
    if (!envelope.kind.startsWith('packet.')) return;
    const walk = this.state.walks.get(envelope.payload as number);
    const flow = walk && this.state.flows.get(walk.flow);
    if (!walk || !flow) return;
    const detail = envelope.dropped!.reason;
    const reason: DropReason = /^port /.test(detail)
      ? 'port closed'
      : /^lost/.test(detail)
        ? 'lost on the way'
        : 'node unreachable';
    this.lost(flow, walk, this.wireOf(flow, walk), reason, detail);
  }

  /** A packet is gone; what TCP carries is sent again. */
  private lost(flow: Flow, walk: Walk, wire: Wire, reason: DropReason, detail: string): void {
    flow.dropped = { machine: wire.from || wire.to, room: 'wire', reason, detail };
    const legAt = walk.path ? flow.legs.at(-1) : flow.legs[walk.at];
    if (flow.traced) {
      const packet = legAt ? header(walk.way === 'out' ? legAt.after : turned(legAt.after)) : EMPTY;
      this.record(flow, walk, wire.from || wire.to, packet, packet, {
        room: 'wire',
        rule: `lost between ${wire.from || 'the client'} and ${wire.to || 'the client'}: ${detail}`,
        result: 'dropped',
        reason,
        detail,
        ...(wire.encapsulation && { encapsulation: wire.encapsulation }),
      });
    }
    if (flow.target.protocol !== 'tcp' || ++walk.attempts >= MAX_ATTEMPTS) {
      this.state.walks.delete(walk.id);
      return;
    }
    const base = walk.path ? SYN_RETRANSMIT : RETRANSMIT;
    this.kernel.schedule(base * 2 ** (walk.attempts - 1), 'flow.again', 'world', walk.id, walk.cause);
  }

  private sendAgain(id: number): void {
    const walk = this.state.walks.get(id);
    const flow = walk && this.state.flows.get(walk.flow);
    if (!walk || !flow) {
      this.state.walks.delete(id);
      return;
    }
    const wire = this.wireOf(flow, walk);
    const leg = walk.path ? flow.legs.at(-1) : flow.legs[walk.at];
    if (flow.traced && leg) {
      const packet = header(walk.way === 'out' ? leg.after : turned(leg.after));
      this.record(flow, walk, wire.from || wire.to, packet, packet, {
        room: 'wire',
        rule: `sent again (${walk.attempts + 1}. time)`,
      });
    }
    this.transmit(flow, walk, wire);
  }

  private wireOf(flow: Flow, walk: Walk): Wire {
    const { wire } = (walk.path ? flow.legs.at(-1) : flow.legs[walk.at]) ?? {};
    if (!wire) throw new Error(`network: packet ${walk.id} of flow ${flow.id} is on no wire`);
    return this.onWay(wire, walk.way);
  }

  /** A wire in the direction of a packet; what is encrypted is so with the key that its sender uses now. */
  private onWay(wire: Wire, way: Walk['way']): Wire {
    const there = way === 'out' ? wire : reversed(wire);
    const { encapsulation, from } = there;
    if (!encapsulation?.encrypted) return there;
    const key = this.node(from).espKey;
    const spi = espSpi(encapsulation.outerSrc, key, encapsulation.outerDst);
    return { ...there, encapsulation: { ...encapsulation, encrypted: { spi, key } } };
  }

  // ---- ends of a way

  deliver(flow: Flow, walk: Walk, path: Path, sandbox: Sandbox | null): Go {
    const isPing = flow.target.protocol === 'icmp';
    this.hop(flow, walk, path, {
      room: sandbox ? 'app' : path.service ? 'lb' : 'eth0',
      rule: isPing
        ? sandbox
          ? `${sandbox.name} answers the ping`
          : path.service
            ? 'the load balancer itself answers the ping: that says nothing about tasks'
            : `${path.machine} answers the ping`
        : `${sandbox?.name ?? path.machine} takes the connection`,
      back: sandbox ? `${sandbox.name} answers` : 'answers',
      result: 'delivered',
      ...(sandbox && { container: sandbox.container }),
      ...(sandbox?.task && { task: sandbox.task }),
    });
    walk.path = null;
    const { src, srcPort, dstPort } = path.packet;
    if (sandbox)
      flow.server = {
        machine: path.machine,
        container: sandbox.container,
        task: sandbox.task,
        port: dstPort,
        peer: { address: src, port: srcPort },
      };
    if (isPing || !sandbox) {
      flow.state = 'back';
      this.kernel.because(walk.cause, () =>
        this.sendBack(flow, { kind: 'answer', response: { status: 0, headers: {}, body: '' } }),
      );
      return 'end';
    }
    this.ask(flow, walk);
    return 'end';
  }

  private arrivedAgain(flow: Flow, walk: Walk): Go {
    if (walk.cargo.kind === 'question') {
      if (flow.server) this.ask(flow, walk);
      else this.kernel.because(walk.cause, () => this.sendBack(flow, { kind: 'refusal', reason: 'connection reset' }));
    }
    return 'end';
  }

  private ask(flow: Flow, walk: Walk): void {
    if (walk.cargo.kind !== 'question' || !flow.server) return;
    const { port, peer } = flow.server;
    const { protocol } = flow.target;
    flow.state = 'serving';
    const incoming = { connection: flow.id, request: walk.cargo.payload, port, protocol, peer, hold: flow.hold };
    this.kernel.because(walk.cause, () => this.tellServer(flow, { kind: 'request', incoming }));
  }

  private tellServer(flow: Flow, message: ProcessMessage): void {
    const { server } = flow;
    if (!server) return;
    this.watched(flow, () => this.host.tell(server.machine, server.container, message));
  }

  /** Runs `work`; flows that it opens are watched if this one is. */
  private watched(flow: Flow, work: () => void): void {
    const outer = [this.tracing, this.handling] as const;
    this.tracing = flow.traced;
    this.handling = flow.traced ? flow.id : null;
    try {
      work();
    } finally {
      [this.tracing, this.handling] = outer;
    }
  }

  private arrivedBack(flow: Flow, { cargo, cause }: Walk): Go {
    this.kernel.because(cause, () => {
      if (cargo.kind === 'answer') this.answered(flow, cargo.response);
      else if (cargo.kind === 'refusal') this.failed(flow, cargo.reason);
      else if (cargo.kind === 'push')
        this.tellClient(flow, (handler, { machine, token }) => handler.chunk?.(machine, token, cargo.body));
      else if (cargo.kind === 'close') {
        const { reply } = flow;
        this.forget(flow, 'closed by the server');
        if (reply) this.watched(flow, () => this.handlers.get(reply.kind)?.closed?.(reply.machine, reply.token));
      }
    });
    return 'end';
  }

  private tellClient(flow: Flow, tell: (handler: ReplyHandler, reply: NonNullable<Flow['reply']>) => void): void {
    const { reply } = flow;
    if (!reply) return;
    const handler = this.handlers.get(reply.kind);
    if (!handler) throw new Error(`network: no handler for replies of kind ${reply.kind}`);
    this.watched(flow, () => tell(handler, reply));
  }

  private answered(flow: Flow, response: AppResponse): void {
    const { server } = flow;
    const took = this.kernel.now - flow.askedAt;
    if (flow.traced)
      flow.event = this.kernel.emit('packet.answered', originMachine(flow), this.refs(flow), {
        flow: flow.id,
        status: response.status,
        took,
        by: server?.container ?? '',
      });
    const result: FlowResult = {
      ok: true,
      flow: flow.id,
      response,
      remote: flow.remote!,
      local: flow.local!,
      servedBy: server && { machine: server.machine, container: server.container, task: server.task },
      took,
      event: flow.event,
      ...(flow.choice?.tried.length && { tried: flow.choice.tried }),
    };
    if (flow.hold && server) {
      this.kernel.cancel(flow.timer);
      flow.state = 'held';
    } else this.forget(flow, server ? `answered by ${server.container.slice(0, 12)}` : 'answered');
    this.finish(flow, result);
  }

  // ---- names with several addresses

  resolved(flow: Flow, walk: Walk, addresses: readonly string[]): void {
    if (addresses.length < 2 || flow.target.protocol !== 'tcp' || flow.firstAddressOnly) return;
    if (walk.cargo.kind !== 'question') return;
    const question = walk.cargo.payload;
    flow.choice = { question, left: addresses.slice(1), since: this.kernel.now, tried: [] };
    this.limitTry(flow);
  }

  /** An address with others behind it gets half of the time that is left. `curl: lib/connect.c timeleft_per_addr` */
  private limitTry(flow: Flow): void {
    const { choice, id } = flow;
    if (!choice || choice.left.length === 0) return;
    const left = flow.openedAt + flow.timeout - this.kernel.now;
    const data = { flow: id, tried: choice.tried.length };
    this.kernel.schedule(Math.floor(left / 2), 'flow.next', 'world', data, flow.event);
  }

  /** The client takes the next address of the name. False: there is none, or the connection was made. */
  private tryNext(flow: Flow, reason: FlowFailureReason): boolean {
    const { choice, remote } = flow;
    const [address, ...left] = choice?.left ?? [];
    if (!choice || !remote || address === undefined || flow.server || !UNREACHED.has(reason)) return false;
    for (const [id, walk] of this.state.walks) if (walk.flow === flow.id) this.state.walks.delete(id);
    choice.tried.push({ address: remote.address, reason, took: this.kernel.now - choice.since });
    choice.left = left;
    choice.since = this.kernel.now;
    flow.legs = [];
    flow.dropped = null;
    flow.state = 'out';
    flow.remote = { address, port: remote.port };
    const path = pathFrom(flow, 'leave', address);
    const walk = this.walk(flow, 'out', { kind: 'question', payload: choice.question }, path);
    if (flow.traced) {
      const packet = header(path.packet);
      const rule = `${remote.address}: ${reason}; the client takes the next address of ${flow.target.host}: ${address}`;
      this.record(flow, walk, path.machine, packet, packet, { room: 'client', rule });
    }
    this.kernel.schedule(0, 'flow.step', 'world', walk.id, walk.cause);
    this.limitTry(flow);
    return true;
  }

  private failed(flow: Flow, reason: FlowFailureReason): void {
    if (reason !== 'timed out' && this.tryNext(flow, reason)) return;
    const took = this.kernel.now - flow.askedAt;
    const { dropped, remote } = flow;
    if (flow.traced)
      flow.event = this.kernel.emit('packet.failed', originMachine(flow), this.refs(flow), {
        flow: flow.id,
        reason,
        ...(dropped && { where: `${dropped.machine} ${dropped.room}`, why: dropped.reason, detail: dropped.detail }),
      });
    this.forget(flow, reason);
    const { tried } = flow.choice ?? {};
    this.finish(flow, {
      ok: false,
      flow: flow.id,
      reason,
      remote,
      dropped,
      took,
      event: flow.event,
      ...(tried?.length && { tried }),
    });
  }

  private finish(flow: Flow, result: FlowResult): void {
    if (flow.load !== null) this.loadBook.ended(flow.load, result);
    this.kernel.because(flow.event, () =>
      this.tellClient(flow, (handler, { machine, token }) => handler.done(machine, token, result)),
    );
  }

  private timedOut(id: number): void {
    const flow = this.state.flows.get(id);
    if (!flow) return;
    if (!flow.dropped) this.placeSilence(flow);
    this.kernel.because(flow.event, () => this.failed(flow, 'timed out'));
  }

  /** Nothing was lost that anybody knows of, and no answer has come: the place is where the packet was seen last. */
  private placeSilence(flow: Flow): void {
    const { server } = flow;
    const last = flow.legs.at(-1);
    if (server)
      this.noteDrop(flow, server.machine, 'app', 'does not answer', 'it has the request, and has said nothing');
    else if (last) this.noteDrop(flow, last.wire?.to || last.machine, last.room, 'timed out', 'nothing has come back');
    else this.noteDrop(flow, originMachine(flow) ?? '', 'client', 'timed out', 'nothing has been sent');
  }

  private forget(flow: Flow, outcome: string): void {
    this.kernel.cancel(flow.timer);
    if (!this.state.flows.delete(flow.id) || !flow.traced) return;
    const { recent } = this.state;
    this.moves++;
    flow.state = outcome.startsWith('answered') ? 'done' : 'failed';
    recent.push(viewOf(flow, outcome));
    if (recent.length > RECENT_KEPT) recent.shift();
  }

  // ---- the ground that exploring packets walk on

  get now(): Micros {
    return this.kernel.now;
  }

  get dice(): Random {
    return this.kernel.random('packets');
  }

  node(machine: string): NodeNetwork {
    return this.host.node(machine);
  }

  machineNamed(nameOrAddress: string): { name: string; address: string } | null {
    if (this.directory.size === 0)
      for (const { name, address } of this.host.machines()) {
        this.directory.set(name.toLowerCase(), { name, address });
        this.directory.set(address, { name, address });
      }
    return this.directory.get(nameOrAddress.toLowerCase()) ?? null;
  }

  isListening(machine: string, container: string, port: number, protocol: Transport): boolean {
    const { listening = [] } = this.host.container(machine, container) ?? {};
    return listening.some((one) => one.port === port && one.protocol === protocol);
  }

  isFrozen(machine: string, container: string): boolean {
    return this.host.container(machine, container)?.state === 'paused';
  }

  outsidePort(): number {
    const port = this.state.outsidePort;
    this.state.outsidePort = port >= 60_999 ? 40_000 : port + 1;
    return port;
  }

  hop(flow: Flow, walk: Walk, path: Path, facts: HopFacts): void {
    const before = path.packet;
    const after = facts.change ? { ...before, ...facts.change } : before;
    path.packet = after;
    if (flow.state === 'resolving') flow.state = 'out';
    if (flow.traced || facts.wire)
      flow.legs.push({
        machine: path.machine,
        room: facts.room,
        rule: facts.rule,
        back: facts.back ?? null,
        before,
        after,
        network: facts.network ?? null,
        wire: facts.wire ?? null,
      });
    if (flow.traced) this.record(flow, walk, path.machine, header(before), header(after), facts);
    if (facts.result === 'dropped')
      this.noteDrop(flow, path.machine, facts.room, facts.reason ?? 'timed out', facts.detail ?? '');
  }

  private noteDrop(flow: Flow, machine: string, room: Room, reason: DropReason, detail: string): void {
    flow.dropped = { machine, room, reason, detail };
  }

  private record(
    flow: Flow,
    walk: Walk,
    machine: string,
    before: PacketHeader,
    after: PacketHeader,
    facts: HopFacts,
  ): void {
    this.moves++;
    const { change: _change, wire: _wire, back: _back, ...told } = facts;
    const step = ++flow.steps;
    const hop: Omit<Hop, 'event'> = {
      result: 'passed',
      ...told,
      flow: flow.id,
      step,
      at: this.kernel.now,
      way: walk.way,
      machine,
      before,
      after,
    };
    const event = this.kernel.emit(
      'packet.hop',
      machine === '' ? undefined : machine,
      this.refs(flow, hop),
      { ...hop },
      walk.cause,
    );
    walk.cause = event;
    flow.event = event;
    if (flow.hops.length < HOPS_KEPT) flow.hops.push({ ...hop, event });
  }

  vanish(flow: Flow, walk: Walk, path: Path, room: Room, rule: string, reason: DropReason, detail: string): Go {
    this.hop(flow, walk, path, { room, rule, result: 'dropped', reason, ...(detail !== '' && { detail }) });
    return 'end';
  }

  refuse(
    flow: Flow,
    walk: Walk,
    path: Path,
    room: Room,
    rule: string,
    reason: DropReason,
    refusal: FlowFailureReason,
  ): Go {
    this.hop(flow, walk, path, { room, rule, result: 'dropped', reason });
    this.kernel.because(walk.cause, () => this.sendBack(flow, { kind: 'refusal', reason: refusal }));
    return 'end';
  }

  fail(flow: Flow, walk: Walk, after: Micros, reason: FlowFailureReason): Go {
    if (after === 0) this.kernel.because(walk.cause, () => this.failed(flow, reason));
    else this.kernel.schedule(after, 'flow.fail', 'world', { flow: flow.id, reason }, walk.cause);
    return 'end';
  }

  private refs(flow: Flow, hop?: Pick<Hop, 'container' | 'task'>): `${string}:${string}`[] {
    const refs: `${string}:${string}`[] = [`flow:${flow.id}`];
    const machine = originMachine(flow);
    if (machine) refs.push(`machine:${machine}`);
    if (hop?.container) refs.push(`container:${hop.container}`);
    if (hop?.task) refs.push(`task:${hop.task}`);
    return refs;
  }
}

/** Failures after which a client takes the next address. */
const UNREACHED: ReadonlySet<FlowFailureReason> = new Set([
  'connection refused',
  'host unreachable',
  'network unreachable',
  'timed out',
]);

/** The beginning of a way to an address (or, before it is known, to none). */
function pathFrom(flow: Flow, stage: 'resolve' | 'leave', address: string): Path {
  const { protocol, port } = flow.target;
  return {
    stage,
    machine: originMachine(flow) ?? '',
    packet: { protocol, src: '', srcPort: 0, dst: address, dstPort: port },
    network: null,
    service: null,
    mesh: false,
    container: null,
  };
}

/** A connection attempt of a program that says no time. */
export const DEFAULT_TIMEOUT: Micros = MINUTE;

function originMachine(flow: Flow): string | undefined {
  return flow.origin.kind === 'outside' ? undefined : flow.origin.machine;
}

function header({ protocol, src, srcPort, dst, dstPort }: Packet): PacketHeader {
  return { protocol, src: endText(protocol, src, srcPort), dst: endText(protocol, dst, dstPort) };
}
const EMPTY: PacketHeader = { protocol: 'tcp', src: '', dst: '' };

/** The answer to a packet at the same place. */
function turned({ protocol, src, srcPort, dst, dstPort }: Packet): Packet {
  return { protocol, src: dst, srcPort: dstPort, dst: src, dstPort: srcPort };
}

/** The way back over a wire. Answers are let through a closed port; a tunnel has its own port both ways. */
function reversed({ from, to, encapsulation, protocol }: Wire): Wire {
  const back = encapsulation && {
    ...encapsulation,
    outerSrc: encapsulation.outerDst,
    outerDst: encapsulation.outerSrc,
  };
  return { from: to, to: from, port: encapsulation?.port ?? 0, protocol, encapsulation: back };
}

function noteOf(flow: Flow, walk: Walk): string {
  const { cargo, way } = walk;
  if (cargo.kind === 'question') return `${cargo.payload.method} ${cargo.payload.path}`.trim() || 'request';
  return way === 'back' && cargo.kind === 'answer' ? `answer to ${flow.target.host}` : cargo.kind;
}

function viewOf({ id, origin, target, within, openedAt, state, hops }: Flow, outcome: string): FlowView {
  return { id, origin, target, within, openedAt, state, hops, outcome };
}
