/**
 * What one page has been shown of the world, and what it is still to be told: pictures go out as changes against the last one, and only
 * when that has been drawn. A slow page gets fewer pictures; it never keeps another page waiting.
 */
import type { TraceEvent } from '../protocol/events.ts';
import type { MessageView, Snapshot } from '../protocol/snapshot.ts';
import type { TimeState, WorkerMessage } from '../protocol/worker-messages.ts';
import { diffSnapshots, isOnlyLater } from './delta.ts';
import { type Inputs, PageNetwork } from './page-network.ts';
import type { World } from './world.ts';
import type { WorldDriver } from './world-driver.ts';

/** More events than this since the last picture are not sent; the page can ask for them. */
const MAX_EVENTS = 2_000;

/** Of messages that have arrived only the newest are shown. */
const MAX_PASSED = 4_000;

/** A picture that only says what time it is comes no oftener: the page's clock runs on by itself in between. */
const CLOCK_MS = 100;

export class PageView {
  readonly post: (message: WorkerMessage) => void;
  /** Requests of the page's browser window, and its load generators. Null before the first world. */
  network: PageNetwork | null = null;
  /** The last picture that the page says it has drawn. */
  drawn = 0;
  /** The page has not been told yet how time runs now. */
  timeChanged = false;
  #sequence = 0;
  #published: Snapshot | null = null;
  /** How much of the world that picture shows, and when (by the wall) it was looked for. */
  #publishedAt = { executed: 0, wall: 0 };
  /** Not sent yet. */
  #events: TraceEvent[] = [];
  #passed: MessageView[] = [];

  constructor(post: (message: WorkerMessage) => void) {
    this.post = post;
  }

  /** From now on the page looks at this world, and has this picture of it. */
  begin(driver: WorldDriver, inputs: Inputs, snapshot: Snapshot, executed: number, wall: number): void {
    const network = new PageNetwork(driver, inputs, (message) => {
      if (this.network === network) this.post(message);
    });
    this.network = network;
    this.drawn = this.#sequence;
    this.#published = snapshot;
    this.#publishedAt = { executed, wall };
    this.#events = [];
    this.#passed = [];
  }

  /** Events to go with the next picture. */
  note(events: readonly TraceEvent[]): void {
    this.#events.push(...events);
    if (this.#events.length > MAX_EVENTS) this.#events.splice(0, this.#events.length - MAX_EVENTS);
  }

  /** Messages that have arrived, for the next picture. */
  notePassed(messages: readonly MessageView[]): void {
    this.#passed.push(...messages);
    if (this.#passed.length > MAX_PASSED) this.#passed.splice(0, this.#passed.length - MAX_PASSED);
  }

  /** Can the page use another picture now, and may there be something new in it? */
  wantsPicture(world: World, wall: number, isPlaying: boolean): boolean {
    if (this.drawn < this.#sequence || !this.#published) return false;
    if (this.#isNews) return true;
    const isSame = world.executed === this.#publishedAt.executed;
    return !(isSame && (this.#canWait(wall, isPlaying) || world.now === this.#published.now));
  }

  /** Sends what changed, unless it is only the time and the last picture is not old. */
  publish(snapshot: Snapshot, executed: number, wall: number, time: TimeState): void {
    const next = { ...snapshot, messages: [...snapshot.messages, ...this.#passed] };
    const delta = diffSnapshots(this.#published!, next);
    this.#publishedAt.executed = executed;
    this.#passed = [];
    if (!this.#isNews && this.#canWait(wall, time.playing) && isOnlyLater(delta)) return;
    this.#publishedAt.wall = wall;
    this.#published = next;
    const events = this.#events;
    this.#events = [];
    this.timeChanged = false;
    this.#sequence++;
    this.post({ type: 'delta', sequence: this.#sequence, delta, events, time });
  }

  get #isNews(): boolean {
    return this.#events.length > 0 || this.timeChanged;
  }

  #canWait(wall: number, isPlaying: boolean): boolean {
    return isPlaying && wall - this.#publishedAt.wall < CLOCK_MS;
  }
}
