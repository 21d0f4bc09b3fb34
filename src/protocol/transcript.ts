/** Recorded sessions on a real swarm (or on the simulator): the format of `transcripts/*.json`. */

/** A host of the recording, in no swarm unless `Transcript.swarm` says so. */
export interface TranscriptNode {
  name: string;
  address: string;
}

/** Seconds of the recording are in `at` and `took`. */
export interface TranscriptStep {
  at?: number;
  on?: string;
  run?: string;
  exit?: number;
  screen?: string[];
  took?: number;
  /** Keep the screen's text under this name; later commands use `{{save:NAME}}`. */
  save?: string;
  compare?: 'shape' | 'none';
  nodes?: 'any';
  order?: 'any';
  /** The command was repeated about every 0.4 s until its screen matched `matches` (flag `s`). */
  until?: string;
  matches?: string;
  gaveUp?: boolean;
  fault?: 'kill' | 'start' | 'cut' | 'heal' | 'stop';
  node?: string;
  /** Seconds to let pass. */
  wait?: number;
}

export interface Transcript {
  name: string;
  about: string;
  source: { engine: string; cli: string };
  columns: number;
  nodes: TranscriptNode[];
  swarm?: { managers: number };
  files?: Record<string, string>;
  steps: TranscriptStep[];
}
