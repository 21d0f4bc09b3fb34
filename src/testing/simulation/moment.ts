/**
 * A run as a session that the page opens: its inputs up to the moment at which a rule was broken. As a file for the page's `Open`,
 * or, if it is short enough, as the part of an address behind `#s=`.
 */
import { Cluster } from '../../engine/cluster.ts';
import { Replayer } from '../../worker/recording.ts';
import { encodeLink, positionOf, type SharedMoment } from '../../worker/session-link.ts';
import { ENGINE_ASSERTION, type SimulationResult } from '../simulation.ts';

/** Longer addresses are cut by chats and mail. */
const LONGEST_LINK = 16_000;

/** The moment of the broken rule; where the engine itself stopped, that of the last input before. */
export function momentOf({ violation, start, inputs, end, lastInput }: SimulationResult): SharedMoment {
  const place = violation?.invariant === ENGINE_ASSERTION ? lastInput : end;
  return { swarmscope: 1, start, inputs: [...inputs], ...place };
}

/** What goes behind the page's address, or null if it is too long for one. */
export async function linkOf(moment: SharedMoment): Promise<string | null> {
  const link = await encodeLink(moment);
  return link.length <= LONGEST_LINK ? `#s=${link}` : null;
}

/** Does the page come to the same moment. Not so where a profile changes what no input changes, such as how entries are sent. */
export function canBeOpened(moment: SharedMoment): boolean {
  const world = Cluster.create(moment.start);
  new Replayer(world, moment.inputs).playToPosition(positionOf(moment));
  return world.eventHash === moment.hash;
}
