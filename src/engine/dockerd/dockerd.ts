/**
 * The daemon of one host: answers Docker's Engine API. It does nothing by itself but keep requests until what they wait
 * for has come; what each request does stands in `routes/`, which one it is in `route-table.ts`.
 */
import { type Decoded, decode } from '../../go-types/decode.ts';
import type { ApiRequest } from '../../protocol/api.ts';
import { isArchive } from '../../protocol/archive.ts';
import type { EventMessage } from '../../protocol/engine-api.ts';
import type { Micros } from '../../protocol/events.ts';
import { seconds } from '../kernel/time.ts';
import type { ControlRequest, ControlResult } from '../manager/controlapi/control-request.ts';
import type { AttachResult } from '../network/attachments.ts';
import type { LogLine } from '../runtime/container.ts';
import type { RuntimeEvent, RuntimeResult } from '../runtime/runtime.ts';
import type { StoreEvent } from '../store/store.ts';
import { placeGot, startContainer } from './container-start.ts';
import { attachmentsOf } from './convert/endpoint.ts';
import { rfc3339 } from './convert/time.ts';
import { controlFailure, type Failure, noManager, runtimeFailure } from './errors.ts';
import { eventMatches, eventMessage, KEPT_EVENTS, type NewEvent } from './event-log.ts';
import type { DockerdHost, LogContext, Outcome } from './host.ts';
import { bodyOf } from './request.ts';
import { restartDelay, startsWithDaemon } from './restart-policy.ts';
import type { Route } from './route.ts';
import { findRoute, routeNamed } from './route-table.ts';
import { logText, swarmLogText } from './routes/log-text.ts';
import { type Call, type DockerdState, gatewayBridge } from './state.ts';
import { storeEventMessages } from './store-events.ts';
import { API_VERSION, ENGINE_VERSION } from './version.ts';

const HEADERS: Readonly<Record<string, string>> = {
  'Api-Version': API_VERSION,
  'Docker-Experimental': 'false',
  Ostype: 'linux',
  Server: `Docker/${ENGINE_VERSION} (linux)`,
};

/** What a streamed answer is made of: JSON messages, pieces of two streams, or a terminal's bytes. */
export type StreamForm = 'json' | 'streams' | 'terminal';

const STREAM_TYPES: Readonly<Record<StreamForm, string>> = {
  json: 'application/json',
  streams: 'application/vnd.docker.multiplexed-stream',
  terminal: 'application/vnd.docker.raw-stream',
};

function readBody({ body }: Route, request: ApiRequest): Decoded {
  if (body === 'archive') return { ok: true, value: isArchive(request.body) ? request.body : undefined };
  return body ? decode(body, request.body) : NO_BODY;
}

const NO_BODY: Decoded = { ok: true, value: undefined };

/** From joining a swarm to the ingress sandbox; as recorded (not yet there after 0.7 s, there after 1.6 s). */
const GATEWAY_TIME = seconds(1);

export class Dockerd {
  readonly host: DockerdHost;
  readonly state: DockerdState;

  constructor(host: DockerdHost, state: DockerdState) {
    this.host = host;
    this.state = state;
  }

  // ---- what comes in

  /** A request from a client. Answered through `host.reply(id, ...)`, now or later. */
  handle(id: number, request: ApiRequest): void {
    const found = findRoute(request.method, request.path);
    if (!found) {
      this.answer(id, 404, { message: 'page not found' });
      return;
    }
    const { name, route, params } = found;
    const body = readBody(route, request);
    if (!body.ok) return this.answer(id, 400, { message: `invalid JSON: ${body.message}` });
    const call: Call = { id, route: name, request: { ...request, body: body.value }, params, partial: null };
    this.state.calls.set(id, call);
    const refusal = route.needsManager ? noManager(this.host.swarm) : null;
    if (refusal) this.refuse(call, refusal);
    else route.start(this, call);
  }

  /** The client has gone away. */
  cancel(id: number): void {
    const attached = this.state.attachments.get(id);
    const container = attached?.stdin ? this.host.runtime.find(attached.container) : undefined;
    if (container?.config.stdinOnce) this.host.runtime.containerInput(container.id, null);
    this.forget(id);
  }

  /** The client of an attached container or of a command writes; null: it will write nothing more. */
  input(id: number, text: string | null): void {
    const attached = this.state.attachments.get(id);
    if (attached) {
      const { config } = this.host.runtime.find(attached.container) ?? {};
      // A second client may come later: only the first one's end is the input's end.
      if (attached.stdin && (text !== null || config?.stdinOnce))
        this.host.runtime.containerInput(attached.container, text);
      return;
    }
    for (const [token, waiting] of this.state.waiting)
      if (waiting.call === id && waiting.stage === 'ended') this.host.runtime.execInput(token, text);
  }

  /** The host's clock was put forward: what the log remembers was as long ago as before. */
  clockSet(byMs: number): void {
    this.state.events = this.state.events.map((event) => {
      // Counted in microseconds, sums are exact.
      const micros = Math.round(event.timeNano / 1000) + byMs * 1000;
      return { ...event, timeNano: micros * 1000, time: Math.floor(micros / 1e6) };
    });
  }

  controlDone(token: string, result: ControlResult): void {
    this.resume(token, result.ok ? result : { ok: false, ...controlFailure(result.error) });
  }

  swarmDone(token: string, outcome: Outcome): void {
    this.resume(token, outcome);
  }

  runtimeDone(token: string, result: RuntimeResult<unknown>): void {
    this.resume(token, result.ok ? result : { ok: false, ...runtimeFailure(result.error) });
  }

  /** A container has got a place on a network of the swarm, or will not get one. */
  attached(token: string, result: AttachResult): void {
    if (placeGot(this, token, result)) return;
    this.resume(token, result.ok ? result : { ok: false, status: 500, message: result.message });
  }

  /** Is it this daemon that waits for the answer with this token? */
  awaits(token: string): boolean {
    return this.state.waiting.has(token);
  }

  /** A timer that was set with `later`. */
  timer(kind: string, data: unknown): void {
    if (kind === 'call') this.resume(data as string, { ok: true, value: null });
    else if (kind === 'gateway') this.makeGateway();
    else if (kind === 'restart') this.restart(data as string);
    else if (kind === 'auto-remove') this.host.runtime.remove(data as string, true, 'auto-remove', true);
    else throw new Error(`dockerd: no timer ${kind}`);
  }

  // ---- what a route does with its call

  /** Asks the control API; the route's stage `stage` goes on with the answer. */
  control(call: Call, stage: string, request: ControlRequest): void {
    this.host.control(this.token(call, stage), request);
  }

  /** A token by which stage `stage` of the call goes on. */
  token(call: Call, stage: string): string {
    const token = `dockerd:${this.host.machine}:${this.state.nextToken++}`;
    this.state.waiting.set(token, { call: call.id, stage });
    return token;
  }

  /** Goes on with stage `stage` after `delay`. */
  later(call: Call, stage: string, delay: Micros): void {
    this.host.schedule(delay, 'call', this.token(call, stage));
  }

  /** The final answer of a call. */
  reply(call: Call, body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): void {
    this.forget(call.id);
    this.answer(call.id, status, body, headers);
  }

  refuse(call: Call, { status, message }: Failure): void {
    this.reply(call, { message }, status);
  }

  /** The head of a streamed answer: `chunk`s and an `end` follow. */
  stream(call: Call, form: StreamForm = 'json'): void {
    const headers = { ...HEADERS, 'Content-Type': STREAM_TYPES[form] };
    this.host.reply(call.id, { status: 200, headers, body: null, streaming: true });
  }

  /** The end of a streamed answer. */
  endStream(call: Call, error?: string): void {
    this.forget(call.id);
    this.host.end(call.id, error);
  }

  /** The call's body as what it should be; all of Go's fields may be missing. */
  body<T extends object>(call: Call): Partial<T> {
    return bodyOf<T>(call.request);
  }

  /** A moment of virtual time as Docker writes it. */
  time(at: Micros): string {
    return rfc3339(this.host.epochMs, at);
  }

  // ---- what happens on the host

  /** Something happened that `GET /events` tells of. */
  event(event: NewEvent): void {
    this.publish(eventMessage(event, this.host));
  }

  /** A change of the swarm, as this host's manager has applied it. */
  storeChanged(events: readonly StoreEvent[]): void {
    for (const message of storeEventMessages(events, this.host)) this.publish(message);
  }

  private publish(message: EventMessage): void {
    const { events, eventStreams } = this.state;
    events.push(message);
    if (events.length > KEPT_EVENTS) events.shift();
    for (const [id, stream] of eventStreams) {
      if (eventMatches(message, stream.filters)) this.host.chunk(id, { json: message });
    }
  }

  /** Something happened to a container, an image or a volume. */
  runtimeEvent(event: RuntimeEvent): void {
    if (event.type === 'container' && event.action === 'start') this.attachmentEvents(event.id, 'connect');
    this.event(event);
    if (event.type !== 'container') return;
    if (event.action === 'die') this.attachmentEvents(event.id, 'disconnect');
    if (event.action === 'die') this.containerDied(event.id);
    if (event.action === 'destroy') this.containerGone(event.id);
  }

  /** A container comes to its networks as it starts, and leaves them as it ends. */
  private attachmentEvents(container: string, action: 'connect' | 'disconnect'): void {
    const found = this.host.runtime.state.containers.get(container);
    if (!found) return;
    for (const { id, name } of attachmentsOf(found)) {
      const local = this.state.disk.networks.find((network) => network.id === id || network.name === id);
      const ofSwarm = this.host.swarm.networks.find((network) => network.id === id);
      const type = local?.driver ?? ofSwarm?.spec.driver ?? 'overlay';
      const known = local?.name ?? ofSwarm?.spec.annotations.name ?? name;
      this.event({ type: 'network', action, id: local?.id ?? id, attributes: { container, name: known, type } });
    }
  }

  private containerDied(id: string): void {
    const exitCode = this.host.runtime.state.containers.get(id)?.exitCode ?? 0;
    for (const [call, wait] of [...this.state.waits]) {
      if (wait.container !== id) continue;
      if (wait.condition === 'removed') wait.exitCode = exitCode;
      else this.endWait(call, exitCode);
    }
    for (const [call, stream] of [...this.state.logStreams]) if (stream.container === id) this.endLog(call);
    for (const [call, stream] of [...this.state.attachments]) if (stream.container === id) this.endLog(call);
    this.afterDeath(id);
  }

  private afterDeath(id: string): void {
    const container = this.host.runtime.state.containers.get(id);
    if (!container || container.taskId !== null) return;
    if (container.config.autoRemove) return void this.host.schedule(0, 'auto-remove', id);
    const delay = restartDelay(container);
    if (delay === null) return;
    container.state = 'restarting';
    this.host.schedule(delay, 'restart', id);
  }

  /** The daemon has come up: containers that are to run run again. */
  begin(): void {
    for (const container of this.host.runtime.state.containers.values())
      if (startsWithDaemon(container)) startContainer(this, container, 'restart');
  }

  private restart(id: string): void {
    const container = this.host.runtime.state.containers.get(id);
    if (container?.state !== 'restarting') return;
    container.restarts++;
    startContainer(this, container, 'restart');
  }

  private containerGone(id: string): void {
    for (const [call, wait] of [...this.state.waits]) if (wait.container === id) this.endWait(call, wait.exitCode);
    for (const [call, stream] of [...this.state.logStreams]) if (stream.container === id) this.endLog(call);
    for (const [exec, { container }] of [...this.state.execs]) if (container === id) this.state.execs.delete(exec);
  }

  /** What `POST /containers/{id}/wait` waits for has come. */
  endWait(id: number, exitCode: number): void {
    this.forget(id);
    this.host.chunk(id, { json: { StatusCode: exitCode } });
    this.host.end(id);
  }

  private endLog(id: number): void {
    this.forget(id);
    this.host.end(id);
  }

  /** A container has written a line. */
  containerOutput(id: string, line: LogLine): void {
    for (const [call, stream] of this.state.logStreams) {
      if (stream.container === id && stream[line.stream])
        this.host.chunk(call, { stream: line.stream, text: logText(line, stream, this.host.epochMs) });
    }
  }

  /** A container's main process has written something: those who are attached see it as it is. */
  containerWrote(id: string, stream: 'stdout' | 'stderr', text: string): void {
    for (const [call, attached] of this.state.attachments)
      if (attached.container === id && attached[stream]) this.host.chunk(call, { stream, text });
  }

  /** A command in a container has written something; with a terminal there is only one stream. */
  commandOutput(token: string, stream: 'stdout' | 'stderr', text: string): void {
    const waiting = this.state.waiting.get(token);
    const call = waiting && this.state.calls.get(waiting.call);
    if (!call) return;
    const { exec, isDetached } = call.partial as { exec: string; isDetached: boolean };
    const hasTerminal = this.state.execs.get(exec)?.tty ?? false;
    if (!isDetached) this.host.chunk(call.id, { stream: hasTerminal ? 'stdout' : stream, text });
  }

  /** A line of a swarm log that a call waits for. */
  logLine(token: string, context: LogContext, line: LogLine): void {
    const waiting = this.state.waiting.get(token);
    const call = waiting && this.state.calls.get(waiting.call);
    if (call)
      this.host.chunk(call.id, {
        stream: line.stream,
        text: swarmLogText(line, context, call.request.query ?? {}, this.host.epochMs),
      });
  }

  /** There are no more lines; `error` tells why some could not be had. */
  logsEnd(token: string, error: string | null): void {
    const waiting = this.state.waiting.get(token);
    const call = waiting && this.state.calls.get(waiting.call);
    if (!call) return;
    this.endStream(call, error === null ? undefined : `Error grabbing logs: ${error}`);
  }

  /** The host takes part in a swarm now. When the routing mesh's sandbox is made, a bridge to the outside is made with it. */
  swarmJoined(): void {
    this.host.schedule(GATEWAY_TIME, 'gateway', null);
  }

  private makeGateway(): void {
    const { disk } = this.state;
    if (disk.networks.some(({ name }) => name === 'docker_gwbridge')) return;
    const network = gatewayBridge(this.host.random('ids'), this.host.now);
    disk.networks.push(network);
    const ingress = this.host.swarm.networks.find(({ spec }) => spec.ingress);
    if (!ingress) return;
    const attributes = { name: ingress.spec.annotations.name, type: 'overlay' };
    this.event({ type: 'network', action: 'create', id: ingress.id, attributes });
  }

  // ---- inside

  private resume(token: string, outcome: Outcome): void {
    const waiting = this.state.waiting.get(token);
    if (!waiting) return; // The client went away meanwhile.
    this.state.waiting.delete(token);
    const call = this.state.calls.get(waiting.call);
    if (!call) return;
    const route: Route = routeNamed(call.route);
    if (outcome.ok) {
      const stage = route.stages?.[waiting.stage];
      if (!stage) throw new Error(`dockerd: ${call.route} has no stage ${waiting.stage}`);
      stage(this, call, outcome.value as never);
      return;
    }
    const failed = route.failed?.[waiting.stage];
    if (failed) failed(this, call, outcome);
    else this.refuse(call, outcome);
  }

  private answer(id: number, status: number, body: unknown, more: Readonly<Record<string, string>> = {}): void {
    const headers = { ...HEADERS, ...(body === null ? {} : { 'Content-Type': 'application/json' }), ...more };
    this.host.reply(id, { status, headers, body });
  }

  private forget(id: number): void {
    const { state } = this;
    state.calls.delete(id);
    state.eventStreams.delete(id);
    state.logStreams.delete(id);
    state.attachments.delete(id);
    state.waits.delete(id);
    for (const [token, waiting] of [...state.waiting]) {
      if (waiting.call !== id) continue;
      state.waiting.delete(token);
      if (waiting.stage === 'lines') this.host.logs.unsubscribe(token);
      if (waiting.stage === 'ended') this.host.runtime.endExec(token);
    }
  }
}
