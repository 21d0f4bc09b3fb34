/**
 * One page's world: takes the page's messages, lets virtual time pass at the pacer's rate, and sends pictures - never more than
 * the page has drawn. Knows the platform only through `SessionPlatform`, so that tests play it without a worker or a clock.
 */
import type { ApiRequest, ApiResponse } from '../protocol/api.ts';
import type { TraceEvent } from '../protocol/events.ts';
import type { Fault, FaultResult } from '../protocol/faults.ts';
import type { CallResult, ConnectCall, LoadOrder } from '../protocol/network-call.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { Start } from '../protocol/start.ts';
import type {
  AdvanceResult,
  PageCall,
  PageCallResult,
  PageMessage,
  RunResult,
  WorkerMessage,
} from '../protocol/worker-messages.ts';
import type { CommandRunner } from './command-runner.ts';
import { diffSnapshots, isOnlyLater } from './delta.ts';
import { moodOf, Pacer } from './pacer.ts';
import { PageNetwork } from './page-network.ts';
import { SessionRecording } from './recording.ts';
import type { TerminalSessions } from './terminal-sessions.ts';
import type { World } from './world.ts';
import { WorldDriver } from './world-driver.ts';

/** The wall: its clock, its event loop, the page at the other end. */
export interface SessionPlatform {
  /** Wall time in milliseconds; only differences count. */
  wallNow(): number;
  later(callback: () => void, ms: number): void;
  /** A turn of the event loop. */
  turn(): Promise<void>;
  post(message: WorkerMessage): void;
  createWorld(start: Start): World;
  startNamed(name: string): Start | null;
  /** What runs commands. It comes after the first picture, so that this one need not wait for it. */
  loadCommands(): Promise<CommandModule>;
}

/** The module `commands.ts`. */
export type CommandModule = typeof import('./commands.ts');

/** Shells and terminals of a world. */
interface Commands {
  runner: CommandRunner;
  terminals: TerminalSessions;
}

type TerminalMessage = Extract<PageMessage, { type: `terminal-${string}` }>;

const FRAME_MS = 1000 / 60;

/** A tick works at most so long, so that messages of the page are heard in between. */
const TICK_BUDGET_MS = 12;
const PLAY_SLICE = 250_000;

/** A picture that only says what time it is comes no oftener: the page's clock runs on by itself in between. */
const CLOCK_MS = 100;

/** Advancing by hand lets the page see something this often. */
const ADVANCE_BUDGET_MS = 100;
const ADVANCE_SLICE = 1_000_000;

/** A quiet swarm does nothing of note for hours; a step looks no further ahead than this. */
const STEP_LIMIT = 10_000_000;

/** A script's command gets Ctrl-C after so much virtual time. */
const RUN_SECONDS = 600;

/** While time stands still, a request may take this much of it: a look is over at once, a change may need the leader. */
const LOOK_LIMIT = 20_000;
const CHANGE_LIMIT = 30_000_000;

/** More events than this since the last picture are not sent; the page can ask for them. */
const MAX_EVENTS = 2_000;

const DEFAULT_COLUMNS = 120;

/** Everything that belongs to one world and goes with it. */
interface Loaded {
  start: Start;
  world: World;
  driver: WorldDriver;
  hosts: ReadonlySet<string>;
  /** Fetches what runs commands, once; it is asked for when the first terminal opens, which is after the first picture. */
  commands: () => Promise<Commands>;
  /** Null until `commands` have come; what is meant for terminals waits in `early`. */
  terminals: TerminalSessions | null;
  early: TerminalMessage[];
  recording: SessionRecording;
  /** Requests of the page's browser window, and its load generators. */
  network: PageNetwork;
  published: Snapshot;
  /** How much of the world that picture shows, and when (by the wall) it was looked for. */
  publishedAt: { executed: number; wall: number };
  /** Events not sent yet. */
  events: TraceEvent[];
  /** Called when another world takes the place of this one. */
  onGone: Set<() => void>;
}

export class Session {
  readonly #platform: SessionPlatform;
  readonly #pacer = new Pacer();
  #loaded: Loaded | null = null;
  #sequence = 0;
  #drawn = 0;
  #timeChanged = false;
  #tickIsSet = false;
  #crashed = false;
  /** Part of a microsecond that is still to pass. */
  #fraction = 0;
  /** What is done with the world is done one after the other. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(platform: SessionPlatform) {
    this.#platform = platform;
  }

  /** A message from the page. */
  receive(message: PageMessage): void {
    if (this.#crashed && !(message.type === 'call' && message.call.call === 'load')) {
      if (message.type === 'call') this.#fail(message.id, 'the world has stopped');
      return;
    }
    if (message.type === 'call') void this.#answer(message.id, message.call);
    else this.#guard(() => this.#handle(message));
  }

  /** An internal error: the world stops, and the page gets the session to report it. */
  crash(error: unknown): void {
    if (this.#crashed) return;
    this.#crashed = true;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#platform.post({ type: 'crashed', message, session: this.#loaded?.recording.text ?? '' });
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.crash(error);
    }
  }

  #handle(message: Exclude<PageMessage, { type: 'call' }>): void {
    if (message.type === 'time') this.#setTime(message);
    else if (message.type === 'drawn') this.#drawn = message.sequence;
    else if (message.type === 'channel-close') this.#loaded?.network.hangUp(message.channel);
    else this.#handleTerminal(message);
    this.#loaded?.driver.touch();
    this.#wake();
  }

  #handleTerminal(message: TerminalMessage): void {
    const loaded = this.#loaded;
    if (!loaded) return;
    if (!loaded.terminals) {
      loaded.early.push(message);
      void loaded.commands();
      return;
    }
    const sized = message.type === 'terminal-open' || message.type === 'terminal-resize';
    const terminal = loaded.terminals.open(message.host, sized ? message : undefined);
    if (message.type === 'terminal-input') terminal?.input(message.data);
    else if (message.type === 'terminal-type') terminal?.type(message.command);
    else if (message.type === 'terminal-note') terminal?.note(message.text);
  }

  #setTime({ playing, speed, autoSlow }: Extract<PageMessage, { type: 'time' }>): void {
    if (playing !== undefined) this.#pacer.playing = playing;
    if (speed !== undefined) this.#pacer.speed = speed;
    if (autoSlow !== undefined) this.#pacer.autoSlow = autoSlow;
    this.#timeChanged = true;
  }

  // --- calls ----------------------------------------------------------------------------------------------------------------

  async #answer(id: number, call: PageCall): Promise<void> {
    try {
      const result = await this.#call(call);
      this.#flushTerminals();
      this.#platform.post({ type: 'result', id, result });
      this.#wake();
    } catch (error) {
      if (error instanceof Refusal) this.#fail(id, error.message);
      else {
        this.#fail(id, error instanceof Error ? error.message : String(error));
        this.crash(error);
      }
    }
  }

  #fail(id: number, message: string): void {
    this.#platform.post({ type: 'failed', id, message });
  }

  async #call(call: PageCall): Promise<PageCallResult> {
    switch (call.call) {
      case 'load':
        return { call: 'load', snapshot: await this.#exclusive(async () => this.#load(call.start)) };
      case 'run':
        return { call: 'run', result: await this.#run(call.host, call.command, call.columns ?? DEFAULT_COLUMNS) };
      case 'request':
        return { call: 'request', response: await this.#request(call.host, call.request) };
      case 'fault':
        return { call: 'fault', result: this.#fault(call.fault) };
      case 'browse':
        return { call: 'browse', result: await this.#browse(call.channel, call.connect) };
      case 'load-start':
        return { call: 'load-start', id: this.#startLoad(call.order) };
      case 'load-stop':
        this.#current.network.stopLoad(call.id);
        return { call: 'load-stop' };
      case 'snapshot':
        return { call: 'snapshot', snapshot: this.#current.world.snapshot() };
      case 'advance':
        return { call: 'advance', result: await this.#exclusive(() => this.#advance(call.seconds)) };
      case 'step':
        return { call: 'step', event: await this.#exclusive(() => this.#step()) };
      case 'events':
        return { call: 'events', events: this.#events(call) };
    }
  }

  get #current(): Loaded {
    if (!this.#loaded) throw new Refusal('no world has been loaded yet');
    return this.#loaded;
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return result;
  }

  #load(startOrName: Start | string): Snapshot {
    const start = typeof startOrName === 'string' ? this.#platform.startNamed(startOrName) : startOrName;
    if (!start) throw new Refusal(`there is no start named "${startOrName}"`);
    for (const gone of this.#loaded?.onGone ?? []) gone();
    this.#crashed = false;
    this.#pacer.playing = true;
    const world = this.#platform.createWorld(start);
    const recording = new SessionRecording(start, world);
    const driver = new WorldDriver(world, {
      turn: () => this.#platform.turn(),
      onInput: (input) => recording.note(input),
    });
    const load = async (): Promise<Commands> => {
      const { CommandRunner, TerminalSessions } = await this.#platform.loadCommands();
      const runner = new CommandRunner(driver, start.hosts);
      const hasPower = (host: string) => world.snapshot().machines.find(({ name }) => name === host)?.power ?? false;
      return { runner, terminals: new TerminalSessions(runner, { hasPower, onOutput: () => this.#wake() }) };
    };
    let loading: Promise<Commands> | null = null;
    const commands = (): Promise<Commands> => {
      if (!loading) {
        loading = load();
        loading.then(
          ({ terminals }) => this.#guard(() => this.#commandsLoaded(loaded, terminals)),
          (error: unknown) => this.crash(error),
        );
      }
      return loading;
    };
    const published = world.snapshot();
    const events = world.takeEvents();
    const hosts = new Set(start.hosts.map(({ name }) => name));
    const loaded: Loaded = {
      start,
      world,
      driver,
      hosts,
      commands,
      terminals: null,
      early: [],
      recording,
      network: new PageNetwork(world, driver, recording, (message) => {
        if (this.#loaded === loaded) this.#platform.post(message);
      }),
      published,
      publishedAt: { executed: world.executed, wall: this.#platform.wallNow() },
      events,
      onGone: new Set(),
    };
    this.#loaded = loaded;
    this.#pacer.notice(moodOf(published));
    this.#pacer.tick(this.#platform.wallNow());
    this.#drawn = this.#sequence;
    this.#platform.post({ type: 'world', snapshot: published, time: this.#pacer.state(world.now), start });
    return published;
  }

  /** Terminals are there: what came for them meanwhile is done now. */
  #commandsLoaded(loaded: Loaded, terminals: TerminalSessions): void {
    loaded.terminals = terminals;
    if (this.#loaded !== loaded) return;
    for (const message of loaded.early.splice(0)) this.#handleTerminal(message);
    loaded.driver.touch();
    this.#wake();
  }

  async #run(host: string, command: string, columns: number): Promise<RunResult> {
    const loaded = this.#current;
    if (!loaded.hosts.has(host)) throw new Refusal(`no host is named "${host}"`);
    const { runner } = await this.#whileLoaded(loaded, loaded.commands());
    if (!this.#pacer.playing) {
      const { exit, screen } = await this.#exclusive(() => runner.run(host, command, columns, RUN_SECONDS));
      return { exit, screen: screen.join('\n') };
    }
    const running = runner.start(host, command, columns)!;
    this.#wake();
    const { exit, screen } = await this.#whileLoaded(loaded, running.ended);
    return { exit, screen: screen.join('\n') };
  }

  /** While time stands still, only as much of it passes as the answer needs. */
  async #request(host: string, request: ApiRequest): Promise<ApiResponse> {
    const loaded = this.#current;
    const { driver, hosts, world } = loaded;
    if (!hosts.has(host)) throw new Refusal(`no host is named "${host}"`);
    const answer = driver
      .client(host)
      .request(request)
      .catch((error: Error) => {
        throw new Refusal(error.message);
      });
    const limit = request.method === 'GET' || request.method === 'HEAD' ? LOOK_LIMIT : CHANGE_LIMIT;
    if (!this.#pacer.playing) await this.#exclusive(() => driver.settle(answer, world.now + limit));
    else this.#wake();
    return this.#whileLoaded(loaded, answer);
  }

  /** Time that stands still stands still for the browser window, too: its request goes on with the clock. */
  #browse(channel: number, connect: ConnectCall): Promise<CallResult | null> {
    const loaded = this.#current;
    const answer = loaded.network.browse(channel, connect);
    this.#wake();
    return this.#whileLoaded(loaded, answer);
  }

  #startLoad(order: LoadOrder): number {
    const id = this.#current.network.startLoad(order);
    if (id === null)
      throw new Refusal('a load generator needs a target, 1 to 1000 requests per second and a time limit');
    return id;
  }

  /** What a world that is gone can no longer answer is refused. */
  #whileLoaded<T>(loaded: Loaded, answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Refusal('another world has been loaded'));
      loaded.onGone.add(gone);
      const settled = answer.finally(() => loaded.onGone.delete(gone));
      settled.then((value) => (this.#loaded === loaded ? resolve(value) : gone()), reject);
    });
  }

  #fault(fault: Fault): FaultResult {
    const { world, recording, driver, terminals } = this.#current;
    const result = world.fault(fault);
    if (result.ok) recording.note({ kind: 'fault', fault });
    terminals?.powerMayHaveChanged();
    driver.touch();
    this.#lookAround();
    return result;
  }

  async #advance(seconds: number): Promise<AdvanceResult> {
    const { world, driver } = this.#current;
    const startedAt = this.#platform.wallNow();
    const from = world.now;
    const until = from + Math.round(seconds * 1e6);
    let events = 0;
    while (world.now < until) {
      const pauseAt = this.#platform.wallNow() + ADVANCE_BUDGET_MS;
      events += await driver.advance(until, () => this.#platform.wallNow() >= pauseAt, ADVANCE_SLICE);
      this.#collectEvents();
      this.#publish();
      this.#flushTerminals();
      if (world.now < until) await this.#platform.turn();
    }
    this.#pacer.tick(this.#platform.wallNow());
    return {
      virtualSeconds: (world.now - from) / 1e6,
      wallSeconds: (this.#platform.wallNow() - startedAt) / 1000,
      events,
    };
  }

  async #step(): Promise<TraceEvent | null> {
    const { world, driver } = this.#current;
    const limit = world.now + STEP_LIMIT;
    for (;;) {
      const next = Math.min(world.nextEventAt ?? limit, limit);
      await driver.advance(next);
      const [event] = this.#collectEvents();
      if (event || world.now >= limit) return event ?? null;
    }
  }

  #events({ from = 0, limit = 500, object }: Extract<PageCall, { call: 'events' }>): TraceEvent[] {
    const found: TraceEvent[] = [];
    for (const event of this.#current.world.events()) {
      if (event.id < from || (object !== undefined && !event.objects.some((ref) => ref === object))) continue;
      found.push(event);
      if (found.length >= limit) break;
    }
    return found;
  }

  // --- time -----------------------------------------------------------------------------------------------------------------

  #wake(): void {
    if (this.#tickIsSet || !this.#loaded || this.#crashed) return;
    this.#setTick(0);
  }

  #setTick(ms: number): void {
    this.#tickIsSet = true;
    this.#platform.later(() => {
      this.#tickIsSet = false;
      this.#exclusive(() => this.#tick()).catch((error: unknown) => this.crash(error));
    }, ms);
  }

  async #tick(): Promise<void> {
    const loaded = this.#loaded;
    if (!loaded || this.#crashed) return;
    const startedAt = this.#platform.wallNow();
    await this.#play(loaded, this.#pacer.tick(startedAt), startedAt + TICK_BUDGET_MS);
    this.#collectEvents();
    this.#flushTerminals();
    this.#publish();
    const spent = this.#platform.wallNow() - startedAt;
    // While time stands still there is a tick only when something comes from outside: a message, or `drawn`.
    if (this.#pacer.playing && !this.#tickIsSet) this.#setTick(Math.max(0, FRAME_MS - spent));
  }

  /** Plays `wallMs` of wall time, unless that takes longer than until `deadline`; what is missing then is let go. */
  async #play({ world, driver }: Loaded, wallMs: number, deadline: number): Promise<void> {
    // Programs may have something to do at this very moment.
    await driver.advance(world.now);
    let left = wallMs;
    while (left > 0 && this.#platform.wallNow() < deadline && this.#pacer.playing) {
      const { rate } = this.#pacer;
      const from = world.now;
      const slice = this.#wholeMicros(this.#pacer.slice(left, from, world.nextEventAt));
      await driver.advance(from + slice, () => this.#platform.wallNow() >= deadline, PLAY_SLICE);
      const passed = (world.now - from) / (1000 * rate);
      left -= Math.max(passed, 1e-6);
      if (world.now === from) break;
      this.#lookAround();
    }
    this.#pacer.finish(wallMs, wallMs - Math.max(0, left));
  }

  /** At slow rates a tick is worth less than a microsecond; fractions add up. */
  #wholeMicros(micros: number): number {
    const exact = micros + this.#fraction;
    const whole = Math.floor(exact);
    this.#fraction = exact - whole;
    return whole;
  }

  /** Looks at the mood again if something happened that can have changed it. */
  #lookAround(): void {
    const fresh = this.#collectEvents();
    if (this.#pacer.mood !== 'calm' || fresh.some(canChangeMood))
      this.#pacer.notice(moodOf(this.#current.world.snapshot()));
  }

  // --- pictures ---------------------------------------------------------------------------------------------------------------

  #collectEvents(): TraceEvent[] {
    const { world, events } = this.#current;
    const fresh = world.takeEvents();
    events.push(...fresh);
    if (events.length > MAX_EVENTS) events.splice(0, events.length - MAX_EVENTS);
    return fresh;
  }

  /** Sends what changed, if the page has drawn the last picture. */
  #publish(): void {
    if (this.#drawn < this.#sequence) return;
    const loaded = this.#current;
    const { published, publishedAt, world, events } = loaded;
    const wall = this.#platform.wallNow();
    const isNews = events.length > 0 || this.#timeChanged;
    const canWait = !isNews && this.#pacer.playing && wall - publishedAt.wall < CLOCK_MS;
    if (canWait && world.executed === publishedAt.executed) return;
    if (!isNews && world.now === published.now && world.executed === publishedAt.executed) return;
    publishedAt.executed = world.executed;
    const snapshot = world.snapshot();
    const next = { ...snapshot, messages: [...snapshot.messages, ...world.takePassedMessages()] };
    const delta = diffSnapshots(published, next);
    if (canWait && isOnlyLater(delta)) return;
    publishedAt.wall = wall;
    loaded.published = next;
    loaded.events = [];
    this.#timeChanged = false;
    this.#sequence++;
    this.#platform.post({ type: 'delta', sequence: this.#sequence, delta, events, time: this.#pacer.state(next.now) });
  }

  #flushTerminals(): void {
    for (const [host, data] of this.#loaded?.terminals?.take() ?? [])
      this.#platform.post({ type: 'terminal-output', host, data });
  }
}

/** Leaders come and go with these only. */
const moodKinds = ['raft.', 'manager.', 'machine.', 'daemon.', 'swarm.', 'input.fault'];
const canChangeMood = ({ kind }: TraceEvent): boolean => moodKinds.some((start) => kind.startsWith(start));

/** What the page asked for cannot be done; it is told why, and the world goes on. */
class Refusal extends Error {}
