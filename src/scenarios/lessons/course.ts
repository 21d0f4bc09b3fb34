/** The course: its chapters in their order. */
import { consensus } from './consensus.ts';
import type { Chapter } from './lesson.ts';
import { runningServices } from './running-services.ts';
import { whyASwarm } from './why-a-swarm.ts';

export const chapters: readonly Chapter[] = [whyASwarm, consensus, runningServices];
