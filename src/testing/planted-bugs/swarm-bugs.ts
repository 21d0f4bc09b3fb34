/** Bugs to plant in what stands on Raft: the managers' loops, the agents and the network. */
import type { PlantedBug } from './planted-bug.ts';

export const swarmBugs: readonly PlantedBug[] = [];
