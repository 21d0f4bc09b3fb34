/** The course: its chapters in their order. */
import { consensus } from './consensus.ts';
import type { Chapter } from './lesson.ts';
import { microservices } from './microservices.ts';
import { networking } from './networking.ts';
import { runningServices } from './running-services.ts';
import { shipping } from './shipping.ts';
import { votingApp } from './voting-app.ts';
import { whyASwarm } from './why-a-swarm.ts';

export const chapters: readonly Chapter[] = [
  whyASwarm,
  consensus,
  runningServices,
  networking,
  shipping,
  votingApp,
  microservices,
];
