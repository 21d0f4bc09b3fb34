/**
 * Moving freely in time. A world's course is kept as moments and inputs, so any earlier moment can be shown; whoever acts there begins a
 * branch, and the course that was remains. What is shown is either the newest moment of a branch, where time goes on, or an earlier one,
 * where what was is played again.
 */
import type { EventId, Micros } from '../protocol/events.ts';
import type { Start } from '../protocol/start.ts';
import type { BranchView } from '../protocol/worker-messages.ts';
import { History, type Kept } from './history.ts';
import { type Position, type RecordedInput, Replayer, SessionRecording } from './recording.ts';
import type { AdvanceOptions, World, WorldCheckpoint } from './world.ts';

/** One course of the world. */
export interface Branch {
  readonly id: number;
  /** The branch it began from, and where. Null: from the start. */
  readonly from: { readonly branch: number; readonly at: Micros; readonly lastEvent: EventId } | null;
  /** At its newest moment. */
  readonly world: World;
  readonly recording: SessionRecording;
  readonly history: History;
}

/** Which moment. `before`: the last one at which this event had not happened yet. */
export type Target = { at: Micros } | { event: EventId } | { before: EventId };

/** How far what was is played. */
export interface PlayOptions extends Pick<AdvanceOptions, 'stopOnHop' | 'stopOn'> {
  /** To right after the next event of note. */
  toNextEvent?: boolean;
}

/** A world at an earlier moment of a branch. */
interface Past {
  readonly replayer: Replayer;
}

export class TimeTravel {
  readonly #restore: (checkpoint: WorldCheckpoint) => World;
  readonly #branches: Branch[];
  #current: Branch;
  #past: Past | null = null;

  /** `inputs`: what is put into the world right after this, by a `Replayer`. */
  constructor(
    start: Start,
    world: World,
    restore: (checkpoint: WorldCheckpoint) => World,
    inputs: readonly RecordedInput[] = [],
  ) {
    this.#restore = restore;
    const recording = new SessionRecording(start, inputs);
    const history = new History();
    history.keep(world, 0, () => 0);
    this.#current = { id: 1, from: null, world, recording, history };
    this.#branches = [this.#current];
  }

  /** The branch that is shown. */
  get branch(): Branch {
    return this.#current;
  }

  /** The world that is shown. */
  get shown(): World {
    return this.#past?.replayer.world ?? this.#current.world;
  }

  /** An earlier moment is shown, not the newest. */
  get isPast(): boolean {
    return this.#past !== null;
  }

  /** The moment that is shown. */
  get position(): Position {
    const { world, recording } = this.#current;
    return (
      this.#past?.replayer.position ?? { at: world.now, executed: world.executed, inputs: recording.inputs.length }
    );
  }

  views(): BranchView[] {
    return this.#branches.map(({ id, from, world }) => ({
      id,
      from: from && { branch: from.branch, at: from.at },
      end: world.now,
    }));
  }

  /** Keeps the newest moment, if it is time to. */
  keep(wallNow: () => number): void {
    const { history, recording, world } = this.#current;
    if (recording.complete) history.keep(world, recording.inputs.length, wallNow);
  }

  /** Shows a moment. What is not earlier than the newest is the newest. */
  look(target: Target): void {
    const { world, history } = this.#current;
    if ('at' in target) {
      if (target.at >= world.now) return this.lookNow();
      return this.#from(history.before(target.at), target.at).playTo(Math.max(target.at, history.first.at));
    }
    if ('event' in target) {
      if (target.event >= world.lastEventId) return this.lookNow();
      return this.#from(history.beforeEvent(target.event + 1), null).playToEvent(target.event, world.now);
    }
    const position = this.#lastBefore(target.before);
    this.#from(history.beforeEvent(target.before), null).playToPosition(position);
  }

  /** Shows the newest moment. */
  lookNow(): void {
    this.#past = null;
  }

  /** Lets what was go on to `until`, or to right after its next event of note; ends at the newest moment, where time itself goes on. */
  playPast(until: Micros, { toNextEvent = false, ...stops }: PlayOptions = {}): void {
    const { world } = this.#current;
    const replayer = this.#past?.replayer;
    if (!replayer) return;
    if (toNextEvent) replayer.playToEvent(replayer.world.lastEventId + 1, until);
    else replayer.playTo(until, stops);
    if (replayer.world.executed >= world.executed && replayer.world.now >= world.now) this.lookNow();
  }

  /** What is shown becomes the newest moment of a branch of its own. */
  fork(): Branch {
    const past = this.#past;
    if (!past) return this.#current;
    const { world, position } = past.replayer;
    const parent = this.#current;
    const branch: Branch = {
      id: this.#branches.length + 1,
      from: { branch: parent.id, at: world.now, lastEvent: world.lastEventId },
      world,
      recording: parent.recording.fork(position.inputs),
      history: parent.history.upTo(position),
    };
    world.abandonClients();
    branch.recording.note(world, { kind: 'abandon' });
    this.#branches.push(branch);
    this.#current = branch;
    this.#past = null;
    return branch;
  }

  /** Shows the newest moment of another branch; null if there is none with this number. */
  switchTo(id: number): Branch | null {
    const branch = this.#branches.find((one) => one.id === id);
    if (!branch) return null;
    this.#current = branch;
    this.#past = null;
    return branch;
  }

  /** The newest event that two branches have in common. */
  lastCommonEvent(a: Branch, b: Branch): EventId {
    const lineA = this.#line(a);
    const lineB = this.#line(b);
    for (const [id, last] of lineA) {
      const other = lineB.get(id);
      if (other !== undefined) return Math.min(last, other);
    }
    return 0;
  }

  /** The branches that one comes from, itself first, each with its last event that belongs to it. */
  #line(branch: Branch): Map<number, EventId> {
    const line = new Map<number, EventId>();
    let last = Number.POSITIVE_INFINITY;
    for (
      let next: Branch | undefined = branch;
      next;
      next = this.#branches.find(({ id }) => id === next?.from?.branch)
    ) {
      line.set(next.id, last);
      last = Math.min(last, next.from?.lastEvent ?? last);
    }
    return line;
  }

  /** A world to play on from: the one that is shown, if it is on the way to `at`, else a kept one. */
  #from(kept: Kept, at: Micros | null): Replayer {
    const shown = this.#past?.replayer;
    if (shown && at !== null && shown.world.now <= at && shown.world.now >= kept.at) return shown;
    const replayer = new Replayer(this.#restore(kept.checkpoint), this.#current.recording.inputs, kept.inputs);
    this.#past = { replayer };
    return replayer;
  }

  /** Where the world stood right before an event: several events may come of one thing. */
  #lastBefore(event: EventId): Position {
    const { world, history, recording } = this.#current;
    const kept = history.beforeEvent(event);
    const replayer = new Replayer(this.#restore(kept.checkpoint), recording.inputs, kept.inputs);
    let { position } = replayer;
    while (replayer.step(world.now)) {
      if (replayer.world.lastEventId >= event) break;
      position = replayer.position;
    }
    return position;
  }
}
