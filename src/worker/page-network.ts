/**
 * What a page does in the simulated network: requests of its browser window, by a client outside the cluster, and load generators.
 * A channel is a number that the page gives a request, to hear what is pushed on a connection that stays, and to end it.
 */
import type { CallResult, ConnectCall, LoadOrder } from '../protocol/network-call.ts';
import type { WorkerMessage } from '../protocol/worker-messages.ts';
import type { SessionInput } from './recording.ts';
import type { WorldDriver } from './world-driver.ts';

/** A generator that sends more would keep the worker from everything else. */
const MAX_PER_SECOND = 1000;

type ChannelMessage = Extract<WorkerMessage, { type: `channel-${string}` }>;

/** How the page itself puts something into the world. */
export interface Inputs {
  /** Called before: the world may be another one afterwards (`WorldDriver.rebind`). */
  before(): void;
  note(input: SessionInput): void;
}

export class PageNetwork {
  readonly #driver: WorldDriver;
  readonly #inputs: Inputs;
  readonly #post: (message: ChannelMessage) => void;
  /** How to end what is open. */
  readonly #channels = new Map<number, () => void>();

  constructor(driver: WorldDriver, inputs: Inputs, post: (message: ChannelMessage) => void) {
    this.#driver = driver;
    this.#inputs = inputs;
    this.#post = post;
  }

  /** Asks from outside the cluster. Null: the page gave it up before there was an answer. */
  browse(channel: number, connect: ConnectCall): Promise<CallResult | null> {
    this.hangUp(channel);
    const { result, closed, close } = this.#driver
      .network('outside')
      .connect(connect, (body) => this.#post({ type: 'channel-pushed', channel, body }));
    const givenUp = new Promise<null>((resolve) => {
      const hangUp = (): void => {
        this.#channels.delete(channel);
        close();
        resolve(null);
      };
      this.#channels.set(channel, hangUp);
      void closed.then(() => {
        // What the page itself has given up is no longer listed.
        if (this.#channels.get(channel) !== hangUp) return;
        this.#channels.delete(channel);
        if (connect.hold) this.#post({ type: 'channel-closed', channel });
      });
    });
    return Promise.race([result, givenUp]);
  }

  /** The page gives up waiting, or has no use for a connection any more. */
  hangUp(channel: number): void {
    this.#channels.get(channel)?.();
  }

  /** The page is gone. */
  hangUpAll(): void {
    for (const hangUp of [...this.#channels.values()]) hangUp();
  }

  /** Begins to send requests; returns the generator's number. Null: it cannot be done as asked. */
  startLoad(order: LoadOrder): number | null {
    const { targets, perSecond, timeoutMs } = order;
    if (targets.length === 0 || !(perSecond >= 1 && perSecond <= MAX_PER_SECOND) || !(timeoutMs > 0)) return null;
    this.#inputs.before();
    const id = this.#driver.world.startLoad(order);
    this.#inputs.note({ kind: 'load-start', order });
    return id;
  }

  stopLoad(id: number): void {
    this.#inputs.before();
    this.#driver.world.stopLoad(id);
    this.#inputs.note({ kind: 'load-stop', id });
  }
}
