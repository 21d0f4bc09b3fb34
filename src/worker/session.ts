/**
 * A world and the pages that look at it: takes their messages, lets virtual time pass at the pacer's rate, and sends each page
 * pictures - never more than it has drawn. In the browser there is one page; `npm run serve` has as many as come, and real docker
 * clients beside them. Knows the platform only through `SessionPlatform`, so that tests play it without a worker or a clock.
 */
import type { ApiChunk, ApiClient, ApiRequest, ApiResponse } from '../protocol/api.ts';
import type { EventId, Micros, TraceEvent } from '../protocol/events.ts';
import type { Fault, FaultResult } from '../protocol/faults.ts';
import type { CallResult, ConnectCall, LoadOrder } from '../protocol/network-call.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { Start } from '../protocol/start.ts';
import type {
  AdvanceResult,
  LookTarget,
  PageCall,
  PageCallResult,
  PageMessage,
  RunResult,
  TimeState,
  WorkerMessage,
} from '../protocol/worker-messages.ts';
import type { CommandRunner } from './command-runner.ts';
import { type OpenedSession, playMoment } from './open-session.ts';
import { moodOf, Pacer } from './pacer.ts';
import type { Inputs } from './page-network.ts';
import { PageView } from './page-view.ts';
import { BadSession, decodeLink, encodeLink, readMoment, type SharedMoment } from './session-link.ts';
import { parseStopCondition, type StopCondition, stopConditionForms } from './stop-conditions.ts';
import type { TerminalSessions } from './terminal-sessions.ts';
import { TimeTravel } from './time-travel.ts';
import type { AdvanceOptions, World, WorldCheckpoint } from './world.ts';
import { WorldDriver } from './world-driver.ts';

/** The wall: its clock, its event loop. */
export interface SessionPlatform {
  /** Wall time in milliseconds; only differences count. */
  wallNow(): number;
  later(callback: () => void, ms: number): void;
  /** A turn of the event loop. */
  turn(): Promise<void>;
  /** Unix time in milliseconds, if the hosts' clocks are to follow the wall's: real clients reckon ages by it. */
  unixNow?(): number;
  createWorld(start: Start): World;
  /** A world as it was when it was kept. */
  restoreWorld(checkpoint: WorldCheckpoint): World;
  startNamed(name: string): Start | null;
  /** What runs commands. It comes after the first picture, so that this one need not wait for it. */
  loadCommands(): Promise<CommandModule>;
  /** Another world has taken the place of the one before. */
  onLoaded?(start: Start): void;
}

/** A page's end of the line. */
export interface PageLink {
  receive(message: PageMessage): void;
  /** The page has gone away. */
  close(): void;
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

/** Hosts' clocks that are this far off the wall's are set. */
const CLOCK_TOLERANCE_MS = 500;

const DEFAULT_COLUMNS = 120;

/** Of a branch's events no more are sent. */
const MAX_BRANCH_EVENTS = 20_000;

/** Everything that belongs to one world and goes with it. */
interface Loaded {
  start: Start;
  /** The world at all its moments. */
  travel: TimeTravel;
  /** Programs, in the world of the newest moment. */
  driver: WorldDriver;
  inputs: Inputs;
  hosts: ReadonlySet<string>;
  /** Fetches what runs commands, once; it is asked for when the first terminal opens, which is after the first picture. */
  commands: () => Promise<Commands>;
  /** Null until `commands` have come; what is meant for terminals waits in `early`. */
  terminals: TerminalSessions | null;
  early: TerminalMessage[];
  /** Was time running when an earlier moment was asked for? */
  wasPlaying: boolean;
  /** Called when another world takes the place of this one. */
  onGone: Set<() => void>;
}

export class Session {
  readonly #platform: SessionPlatform;
  readonly #pacer = new Pacer();
  readonly #pages = new Set<PageView>();
  #loaded: Loaded | null = null;
  /** Conditions at which time stops, and the one that has been met just now. */
  #stops: { condition: string; fits: StopCondition }[] = [];
  #stopped: { condition: string; event: TraceEvent } | null = null;
  #tickIsSet = false;
  #crashed: Extract<WorkerMessage, { type: 'crashed' }> | null = null;
  /** Part of a microsecond that is still to pass. */
  #fraction = 0;
  /** What is done with the world is done one after the other. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(platform: SessionPlatform) {
    this.#platform = platform;
  }

  /** A page comes; it is shown the world, if there is one. */
  attach(post: (message: WorkerMessage) => void): PageLink {
    const page = new PageView(post);
    this.#pages.add(page);
    if (this.#loaded) this.#show(page, this.#loaded, this.#loaded.travel.shown.snapshot());
    if (this.#crashed) post(this.#crashed);
    return {
      receive: (message) => this.#receive(page, message),
      close: () => {
        page.network?.hangUpAll();
        this.#pages.delete(page);
      },
    };
  }

  /** Begins a world. Null: there is no start with this name. */
  load(startOrName: Start | string): Promise<Snapshot | null> {
    const start = typeof startOrName === 'string' ? this.#platform.startNamed(startOrName) : startOrName;
    return this.#exclusive(async () => start && this.#load(start));
  }

  /** A request from outside to the daemon of a host; time passes for it as for a page's. */
  openStream(host: string, request: ApiRequest, onChunk: (chunk: ApiChunk) => void): ReturnType<ApiClient['stream']> {
    this.#lookNow();
    const { driver } = this.#current;
    const { world } = driver;
    this.#alignClock();
    const stream = driver.client(host).stream(request, onChunk);
    const limit = world.now + limitOf(request);
    if (this.#pacer.playing) this.#wake();
    else this.#exclusive(() => driver.settle(stream.response, limit)).catch((error: unknown) => this.crash(error));
    const touched =
      <Args extends unknown[]>(act: (...args: Args) => void) =>
      (...args: Args): void => {
        act(...args);
        driver.touch();
        this.#wake();
      };
    return { ...stream, cancel: touched(stream.cancel), send: touched(stream.send) };
  }

  #receive(page: PageView, message: PageMessage): void {
    if (this.#crashed && !(message.type === 'call' && ['load', 'open'].includes(message.call.call))) {
      if (message.type === 'call') fail(page, message.id, 'the world has stopped');
      return;
    }
    if (message.type === 'call') void this.#answer(page, message.id, message.call);
    else this.#guard(() => this.#handle(page, message));
  }

  /** An internal error: the world stops, and the pages get the session to report it. */
  crash(error: unknown): void {
    if (this.#crashed) return;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#crashed = { type: 'crashed', message, session: this.#loaded?.travel.branch.recording.text ?? '' };
    this.#postAll(this.#crashed);
  }

  #postAll(message: WorkerMessage): void {
    for (const page of this.#pages) page.post(message);
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.crash(error);
    }
  }

  #handle(page: PageView, message: Exclude<PageMessage, { type: 'call' }>): void {
    if (message.type === 'time') this.#setTime(message);
    else if (message.type === 'drawn') page.drawn = message.sequence;
    else if (message.type === 'channel-close') page.network?.hangUp(message.channel);
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

  #setTime({ playing, speed, autoSlow, watchPackets }: Extract<PageMessage, { type: 'time' }>): void {
    if (playing !== undefined) this.#pacer.playing = playing;
    if (speed !== undefined) this.#pacer.speed = speed;
    if (autoSlow !== undefined) this.#pacer.autoSlow = autoSlow;
    if (watchPackets !== undefined) this.#pacer.watchPackets = watchPackets;
    for (const page of this.#pages) page.timeChanged = true;
  }

  // --- calls ----------------------------------------------------------------------------------------------------------------

  async #answer(page: PageView, id: number, call: PageCall): Promise<void> {
    try {
      const result = await this.#call(page, call);
      this.#flushTerminals();
      page.post({ type: 'result', id, result });
      this.#wake();
    } catch (error) {
      if (error instanceof Refusal) fail(page, id, error.message);
      else {
        fail(page, id, error instanceof Error ? error.message : String(error));
        this.crash(error);
      }
    }
  }

  async #call(page: PageView, call: PageCall): Promise<PageCallResult> {
    switch (call.call) {
      case 'load': {
        const snapshot = await this.load(call.start);
        if (!snapshot) throw new Refusal(`there is no start named "${call.start}"`);
        return { call: 'load', snapshot };
      }
      case 'run':
        return { call: 'run', result: await this.#run(call.host, call.command, call.columns ?? DEFAULT_COLUMNS) };
      case 'request':
        return { call: 'request', response: await this.#request(call.host, call.request) };
      case 'fault':
        return { call: 'fault', result: this.#fault(call.fault) };
      case 'browse':
        return { call: 'browse', result: await this.#browse(page, call.channel, call.connect) };
      case 'load-start':
        return { call: 'load-start', id: startLoad(page, call.order) };
      case 'load-stop':
        page.network?.stopLoad(call.id);
        return { call: 'load-stop' };
      case 'snapshot':
        return { call: 'snapshot', snapshot: this.#current.travel.shown.snapshot() };
      case 'advance':
        return { call: 'advance', result: await this.#exclusive(() => this.#advance(call.seconds)) };
      case 'step':
        return { call: 'step', event: await this.#exclusive(() => this.#step()) };
      case 'look':
        return { call: 'look', at: await this.#exclusive(async () => this.#look(call.target)) };
      case 'branch':
        await this.#exclusive(async () => this.#switchTo(call.id));
        return { call: 'branch' };
      case 'stop-at':
        this.#stopAt(call.conditions);
        return { call: 'stop-at' };
      case 'events':
        return { call: 'events', events: this.#events(call) };
      case 'share':
        return this.#share(call.lens);
      case 'open':
        return this.#open(call);
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

  /** `opened`: a world that has been played to a moment already; time stands still there. */
  #load(start: Start, opened?: OpenedSession): Snapshot {
    for (const gone of this.#loaded?.onGone ?? []) gone();
    this.#crashed = null;
    this.#pacer.playing = opened === undefined;
    const world = opened?.world ?? this.#platform.createWorld(start);
    const travel =
      opened?.travel ?? new TimeTravel(start, world, (checkpoint) => this.#platform.restoreWorld(checkpoint));
    const inputs: Inputs = {
      before: () => this.#goOnFromHere(loaded),
      note: (input) => travel.branch.recording.note(travel.branch.world, input),
    };
    const driver = new WorldDriver(world, {
      turn: () => this.#platform.turn(),
      beforeInput: inputs.before,
      onInput: inputs.note,
    });
    const load = async (): Promise<Commands> => {
      const { CommandRunner, TerminalSessions } = await this.#platform.loadCommands();
      const runner = new CommandRunner(driver, start.hosts, start.files);
      const hasPower = (host: string) =>
        driver.world.snapshot().machines.find(({ name }) => name === host)?.power ?? false;
      const onCommand = (host: string, command: string) => this.#postAll({ type: 'ran', host, command });
      const terminals = new TerminalSessions(runner, { hasPower, onOutput: () => this.#wake(), onCommand });
      runner.onFault = () => terminals.powerMayHaveChanged();
      return { runner, terminals };
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
    const hosts = new Set(start.hosts.map(({ name }) => name));
    const loaded: Loaded = {
      start,
      travel,
      driver,
      inputs,
      hosts,
      commands,
      terminals: null,
      early: [],
      wasPlaying: true,
      onGone: new Set(),
    };
    this.#loaded = loaded;
    this.#alignClock();
    const snapshot = world.snapshot();
    // The first events go out with the first change.
    const events = world.takeEvents();
    this.#pacer.notice(moodOf(snapshot, this.#pacer.watchPackets));
    this.#pacer.tick(this.#platform.wallNow());
    for (const page of this.#pages) {
      this.#show(page, loaded, snapshot);
      page.note(events);
    }
    this.#platform.onLoaded?.(start);
    return snapshot;
  }

  // --- handing on -----------------------------------------------------------------------------------------------------------

  async #share(lens: string): Promise<Extract<PageCallResult, { call: 'share' }>> {
    const { travel, start } = this.#current;
    const { recording } = travel.branch;
    if (!recording.complete) throw new Refusal('so much has been done in this world that it cannot be handed on');
    const { at, executed, inputs } = travel.position;
    const hash = travel.shown.eventHash;
    const moment: SharedMoment = {
      swarmscope: 1,
      start,
      inputs: recording.inputs.slice(0, inputs),
      at,
      executed,
      hash,
      lens,
    };
    return { call: 'share', link: await encodeLink(moment), file: JSON.stringify(moment), at, inputs, hash };
  }

  /** The world that is there stays until the other one is at its moment. */
  #open({
    moment: from,
    otherwise,
  }: Extract<PageCall, { call: 'open' }>): Promise<Extract<PageCallResult, { call: 'open' }>> {
    return this.#exclusive(async () => {
      try {
        const moment = 'link' in from ? await decodeLink(from.link) : readMoment(from.file);
        const opened = await playMoment(moment, this.#platform, (share) => this.#postAll({ type: 'opening', share }));
        this.#load(moment.start, opened);
        // Whoever waited for an answer then is not here; nothing is noted when nobody did.
        const { travel } = opened;
        const { eventHash } = opened.world;
        opened.world.abandonClients();
        travel.branch.recording.note(opened.world, { kind: 'abandon' });
        return { call: 'open', failure: null, lens: moment.lens ?? null, hash: eventHash };
      } catch (error) {
        if (!(error instanceof BadSession)) throw error;
        if (!this.#loaded && otherwise) this.#load(otherwise);
        return { call: 'open', failure: error.message, lens: null, hash: '' };
      } finally {
        this.#postAll({ type: 'opening', share: null });
      }
    });
  }

  /** Shows a page a world that it does not know yet. */
  #show(page: PageView, { travel, driver, inputs, start, terminals }: Loaded, snapshot: Snapshot): void {
    page.begin(driver, inputs, snapshot, travel.shown.executed, this.#platform.wallNow());
    page.post({ type: 'world', snapshot, time: this.#timeState(travel), start });
    if (travel.views().length > 1) page.post(branches(travel, 0));
    for (const [host, data] of terminals?.screens() ?? []) page.post({ type: 'terminal-output', host, data });
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
    loaded.inputs.before();
    this.#postAll({ type: 'ran', host, command });
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
    const { driver, hosts, travel, inputs } = loaded;
    if (!hosts.has(host)) throw new Refusal(`no host is named "${host}"`);
    if (travel.isPast && isLook(request)) return this.#exclusive(() => this.#askPast(travel.shown, host, request));
    inputs.before();
    const { world } = driver;
    const answer = driver
      .client(host)
      .request(request)
      .catch((error: Error) => {
        throw new Refusal(error.message);
      });
    if (!this.#pacer.playing) await this.#exclusive(() => driver.settle(answer, world.now + limitOf(request)));
    else this.#wake();
    return this.#whileLoaded(loaded, answer);
  }

  /** Time that stands still stands still for the browser window, too: its request goes on with the clock. */
  #browse({ network }: PageView, channel: number, connect: ConnectCall): Promise<CallResult | null> {
    const loaded = this.#current;
    if (!network) throw new Refusal('no world has been loaded yet');
    const answer = network.browse(channel, connect);
    this.#wake();
    return this.#whileLoaded(loaded, answer);
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

  /** An answer of an earlier moment, from a copy of it: looking must not change what was. */
  async #askPast(past: World, host: string, request: ApiRequest): Promise<ApiResponse> {
    const copy = this.#platform.restoreWorld(past.checkpoint());
    const driver = new WorldDriver(copy, { turn: () => this.#platform.turn() });
    const answer = driver.client(host).request(request);
    await driver.settle(answer, copy.now + LOOK_LIMIT);
    return answer.catch((error: Error) => {
      throw new Refusal(error.message);
    });
  }

  #fault(fault: Fault): FaultResult {
    const { inputs, driver, terminals } = this.#current;
    inputs.before();
    const result = driver.world.fault(fault);
    if (result.ok) inputs.note({ kind: 'fault', fault });
    terminals?.powerMayHaveChanged();
    driver.touch();
    this.#lookAround();
    return result;
  }

  async #advance(seconds: number): Promise<AdvanceResult> {
    const { travel, driver } = this.#current;
    const startedAt = this.#platform.wallNow();
    const from = travel.shown.now;
    const until = from + Math.round(seconds * 1e6);
    let events = 0;
    while (travel.shown.now < until) {
      const pauseAt = this.#platform.wallNow() + ADVANCE_BUDGET_MS;
      const stopOn = this.#stopOn;
      driver.stopOn = stopOn;
      const isOver = (): boolean => this.#platform.wallNow() >= pauseAt || this.#stopped !== null;
      if (travel.isPast)
        travel.playPast(Math.min(until, travel.shown.now + ADVANCE_SLICE, driver.world.now), {
          ...(stopOn && { stopOn }),
        });
      else events += await driver.advance(until, isOver, ADVANCE_SLICE);
      driver.stopOn = undefined;
      const isStopped = this.#stopIfMet();
      this.#collectEvents();
      this.#publish();
      this.#flushTerminals();
      if (isStopped) break;
      if (travel.shown.now < until) await this.#platform.turn();
    }
    this.#pacer.tick(this.#platform.wallNow());
    return {
      virtualSeconds: (travel.shown.now - from) / 1e6,
      wallSeconds: (this.#platform.wallNow() - startedAt) / 1000,
      events,
    };
  }

  async #step(): Promise<TraceEvent | null> {
    const { travel, driver } = this.#current;
    const limit = travel.shown.now + STEP_LIMIT;
    if (travel.isPast) {
      const before = travel.shown.lastEventId;
      travel.playPast(Math.min(limit, driver.world.now), { toNextEvent: true });
      this.#movedInTime();
      return driver.world.event(before + 1) ?? null;
    }
    for (;;) {
      const next = Math.min(driver.world.nextEventAt ?? limit, limit);
      await driver.advance(next);
      const [event] = this.#collectEvents();
      if (event || driver.world.now >= limit) return event ?? null;
    }
  }

  // --- stops ---------------------------------------------------------------------------------------------------------------------

  #stopAt(texts: readonly string[]): void {
    this.#stops = texts.map((condition) => {
      const fits = parseStopCondition(condition);
      if (!fits) throw new Refusal(`"${condition}" is no condition; there are: ${stopConditionForms.join(', ')}`);
      return { condition, fits };
    });
  }

  /** Asked of every event while the world moves; undefined while there is no condition. */
  get #stopOn(): AdvanceOptions['stopOn'] {
    if (this.#stops.length === 0) return undefined;
    return (event) => {
      const stop = this.#stops.find(({ fits }) => fits(event));
      if (stop) this.#stopped ??= { condition: stop.condition, event };
      return stop !== undefined;
    };
  }

  /** Time stands still if a condition has been met; says whether it was. */
  #stopIfMet(): boolean {
    const stopped = this.#stopped;
    if (!stopped) return false;
    this.#stopped = null;
    this.#pacer.playing = false;
    for (const page of this.#pages) page.timeChanged = true;
    this.#postAll({ type: 'stopped', ...stopped });
    return true;
  }

  // --- moments --------------------------------------------------------------------------------------------------------------

  #look(target: LookTarget): Micros {
    const loaded = this.#current;
    const { travel } = loaded;
    if (target === 'now') this.#lookNow();
    else {
      if (!travel.isPast) loaded.wasPlaying = this.#pacer.playing;
      this.#pacer.playing = false;
      const { lastEventId } = travel.shown;
      if (target === 'back') travel.look({ before: lastEventId });
      else if (target === 'command') travel.look({ before: lastCommand(travel.branch.world, lastEventId) });
      else travel.look(target);
    }
    this.#movedInTime();
    this.#publish();
    return travel.shown.now;
  }

  /** Shows the newest moment again; time goes on there if it did before. */
  #lookNow(): void {
    const loaded = this.#current;
    if (!loaded.travel.isPast) return;
    loaded.travel.lookNow();
    this.#pacer.playing = loaded.wasPlaying;
    this.#movedInTime();
  }

  /** Somebody acts. At an earlier moment that begins a branch; programs are there then, and what they waited for is not. */
  #goOnFromHere({ travel, driver, terminals }: Loaded): void {
    if (!travel.isPast) return;
    const { lastEventId } = travel.shown;
    travel.shown.takeEvents();
    const { id, world } = travel.fork();
    driver.rebind(world);
    terminals?.powerMayHaveChanged();
    terminals?.noteAll(`time was turned back to ${(world.now / 1e6).toFixed(1)} s: from here on this is branch ${id}`);
    this.#movedInTime();
    this.#postAll(branches(travel, lastEventId));
  }

  #switchTo(id: number): void {
    const { travel, driver, terminals } = this.#current;
    const before = travel.branch;
    const branch = travel.switchTo(id);
    if (!branch) throw new Refusal(`there is no branch ${id}`);
    if (branch === before) return this.#movedInTime();
    driver.rebind(branch.world);
    terminals?.powerMayHaveChanged();
    terminals?.noteAll(`this is branch ${id} again, at ${(branch.world.now / 1e6).toFixed(1)} s`);
    this.#pacer.playing = false;
    this.#movedInTime();
    this.#postAll(branches(travel, travel.lastCommonEvent(before, branch)));
  }

  #movedInTime(): void {
    const { travel } = this.#current;
    travel.shown.takePassedMessages();
    this.#pacer.notice(moodOf(travel.shown.snapshot(), this.#pacer.watchPackets));
    this.#pacer.tick(this.#platform.wallNow());
    for (const page of this.#pages) page.timeChanged = true;
    this.#wake();
  }

  #timeState({ shown, isPast, branch }: TimeTravel): TimeState {
    return this.#pacer.state(shown.now, isPast ? branch.world.now : null);
  }

  #events({ from = 0, limit = 500, object }: Extract<PageCall, { call: 'events' }>): TraceEvent[] {
    const found: TraceEvent[] = [];
    const { branch, shown } = this.#current.travel;
    for (const event of branch.world.events()) {
      if (event.id > shown.lastEventId) break;
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
    this.#alignClock();
    await this.#play(loaded, this.#pacer.tick(startedAt), startedAt + TICK_BUDGET_MS);
    loaded.travel.keep(() => this.#platform.wallNow());
    this.#collectEvents();
    this.#flushTerminals();
    this.#publish();
    const spent = this.#platform.wallNow() - startedAt;
    // While time stands still there is a tick only when something comes from outside: a message, or `drawn`.
    if (this.#pacer.playing && !this.#tickIsSet) this.#setTick(Math.max(0, FRAME_MS - spent));
  }

  /** Plays `wallMs` of wall time, unless that takes longer than until `deadline`; what is missing then is let go. */
  async #play({ travel, driver }: Loaded, wallMs: number, deadline: number): Promise<void> {
    // Programs may have something to do at this very moment.
    await driver.advance(driver.world.now);
    let left = wallMs;
    while (left > 0 && this.#platform.wallNow() < deadline && this.#pacer.playing) {
      const { rate } = this.#pacer;
      const { now: from, nextEventAt, watchedMoves } = travel.shown;
      const until = from + this.#wholeMicros(this.#pacer.slice(left, from, nextEventAt));
      driver.stopOnHop = this.#pacer.watchPackets && this.#pacer.autoSlow;
      const hasMoved = (): boolean => driver.stopOnHop && travel.shown.watchedMoves !== watchedMoves;
      const stopOn = this.#stopOn;
      driver.stopOn = stopOn;
      const isOver = (): boolean => this.#platform.wallNow() >= deadline || hasMoved() || this.#stopped !== null;
      if (travel.isPast)
        travel.playPast(Math.min(until, from + PLAY_SLICE), { stopOnHop: driver.stopOnHop, ...(stopOn && { stopOn }) });
      else await driver.advance(until, isOver, PLAY_SLICE);
      driver.stopOnHop = false;
      driver.stopOn = undefined;
      if (this.#stopIfMet()) break;
      const { now } = travel.shown;
      left -= Math.max((now - from) / (1000 * rate), 1e-6);
      if (now === from) break;
      this.#lookAround();
    }
    this.#pacer.finish(wallMs, wallMs - Math.max(0, left));
  }

  /** Sets the hosts' clocks by the wall's after a pause, or where time runs faster or slower. */
  #alignClock(): void {
    const unixNow = this.#platform.unixNow?.();
    if (unixNow === undefined) return;
    const { world } = this.#current.driver;
    const epoch = Math.round(unixNow - world.now / 1000);
    if (Math.abs(epoch - world.epochMs) > CLOCK_TOLERANCE_MS) world.epochMs = epoch;
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
    const { travel } = this.#current;
    const fresh = travel.isPast ? travel.shown.takeEvents() : this.#collectEvents();
    if (this.#pacer.mood !== 'calm' || fresh.some(canChangeMood))
      this.#pacer.notice(moodOf(travel.shown.snapshot(), this.#pacer.watchPackets));
  }

  // --- pictures ---------------------------------------------------------------------------------------------------------------

  #collectEvents(): TraceEvent[] {
    const fresh = this.#current.driver.world.takeEvents();
    for (const page of this.#pages) page.note(fresh);
    return fresh;
  }

  /** Sends each page what changed, if it has drawn the last picture. */
  #publish(): void {
    const { travel } = this.#current;
    const world = travel.shown;
    const wall = this.#platform.wallNow();
    const waiting = [...this.#pages].filter((page) => page.wantsPicture(world, wall, this.#pacer.playing));
    if (waiting.length === 0) return;
    const snapshot = world.snapshot();
    const passed = world.takePassedMessages();
    for (const page of this.#pages) page.notePassed(passed);
    for (const page of waiting) page.publish(snapshot, world.executed, wall, this.#timeState(travel));
  }

  #flushTerminals(): void {
    for (const [host, data] of this.#loaded?.terminals?.take() ?? [])
      this.#postAll({ type: 'terminal-output', host, data });
  }
}

function fail(page: PageView, id: number, message: string): void {
  page.post({ type: 'failed', id, message });
}

function startLoad({ network }: PageView, order: LoadOrder): number {
  const id = network?.startLoad(order) ?? null;
  if (id === null) throw new Refusal('a load generator needs a target, 1 to 1000 requests per second and a time limit');
  return id;
}

/** The courses of a world, for a page that knows the events up to `keep`. */
function branches(travel: TimeTravel, keep: EventId): WorkerMessage {
  const events = [...travel.branch.world.events()].filter(({ id }) => id > keep).slice(-MAX_BRANCH_EVENTS);
  return { type: 'branches', branches: travel.views(), current: travel.branch.id, keep, events };
}

/** The last command, click or failure up to an event. */
function lastCommand(world: World, upTo: EventId): EventId {
  let last = 0;
  for (const { id, kind } of world.events()) if (id <= upTo && kind.startsWith('input.')) last = id;
  return last;
}

/** Does a request change nothing? */
function isLook({ method }: ApiRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** How much time may pass for a request while time stands still. */
function limitOf(request: ApiRequest): number {
  return isLook(request) ? LOOK_LIMIT : CHANGE_LIMIT;
}

/** Leaders come and go, and watched packets move, with these only. */
const moodKinds = ['raft.', 'manager.', 'machine.', 'daemon.', 'swarm.', 'input.fault', 'packet.'];
const canChangeMood = ({ kind }: TraceEvent): boolean => moodKinds.some((start) => kind.startsWith(start));

/** What the page asked for cannot be done; it is told why, and the world goes on. */
class Refusal extends Error {}
