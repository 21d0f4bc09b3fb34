/**
 * Plays a shared moment into a world of its own, in slices, so that pages hear how far it is and nothing else has to wait; gives up
 * when it takes too long, when an input does not fit, and when the course turns out to be another one than was shared.
 */
import { Replayer } from './recording.ts';
import type { SessionPlatform } from './session.ts';
import { BadSession, positionOf, type SharedMoment } from './session-link.ts';
import { TimeTravel } from './time-travel.ts';
import type { World } from './world.ts';

/** A world at the moment that was shared. */
export interface OpenedSession {
  world: World;
  travel: TimeTravel;
}

/** By the wall. */
const MAX_MS = 60_000;
const SLICE_MS = 40;
/** Virtual time between two looks at the clock. */
const SLICE = 250_000;

type Platform = Pick<SessionPlatform, 'wallNow' | 'turn' | 'createWorld' | 'restoreWorld'>;

/** Throws `BadSession` with the reason in words. */
export async function playMoment(
  moment: SharedMoment,
  platform: Platform,
  onProgress: (share: number) => void,
): Promise<OpenedSession> {
  const startedAt = platform.wallNow();
  const opened = await played(moment, platform, (share) => {
    if (platform.wallNow() - startedAt > MAX_MS)
      throw new BadSession(`This session is too long: after ${MAX_MS / 1000} s of playing it was not at its moment.`);
    onProgress(share);
  });
  if (opened.world.eventHash !== moment.hash) throw new BadSession(otherCourse);
  return opened;
}

async function played(
  moment: SharedMoment,
  platform: Platform,
  onSlice: (share: number) => void,
): Promise<OpenedSession> {
  const { start, inputs } = moment;
  const target = positionOf(moment);
  try {
    const world = platform.createWorld(start);
    const travel = new TimeTravel(start, world, (checkpoint) => platform.restoreWorld(checkpoint), inputs);
    const replayer = new Replayer(world, inputs);
    let pauseAt = platform.wallNow() + SLICE_MS;
    while (world.now + SLICE < target.at) {
      replayer.playTo(world.now + SLICE);
      travel.branch.history.keep(world, replayer.position.inputs, () => platform.wallNow());
      if (platform.wallNow() < pauseAt) continue;
      onSlice(world.now / target.at);
      await platform.turn();
      pauseAt = platform.wallNow() + SLICE_MS;
    }
    replayer.playToPosition(target);
    const { executed } = replayer.position;
    if (executed !== target.executed || world.now !== target.at) throw new BadSession(otherCourse);
    return { world, travel };
  } catch (error) {
    if (error instanceof BadSession) throw error;
    // What a healthy session never does: an input that the engine refuses to take.
    throw new BadSession(`This session cannot be played: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const otherCourse =
  'This session was made with another version of Swarmscope: the same inputs lead to another course here, so its moment cannot be shown.';
