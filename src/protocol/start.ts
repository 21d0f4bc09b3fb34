/** How a world begins: data, so that a link or a test can carry it. */

/** Constants of Raft and of the dispatcher: SwarmKit's own, or those of the Raft paper (elections of 150-300 ms). */
export type TimingProfile = 'docker' | 'paper';

/** A service that is there from the beginning. */
export interface StartService {
  name: string;
  image: string;
  replicas?: number;
  mode?: 'replicated' | 'global';
  publish?: { published: number; target: number }[];
}

/** A world to begin with: hosts, which of them form a swarm, and what runs on it. */
export interface Start {
  name: string;
  title: string;
  seed: number;
  profile: TimingProfile;
  hosts: { name: string; address: string }[];
  /** The first `managers` hosts are managers (the first one leads), the next `workers` hosts are workers; 0 = no swarm. */
  managers: number;
  workers: number;
  services: StartService[];
  /** Managers ask before an election whether it can be won (pre-vote, Raft thesis 9.6). Absent: off, as in Swarm. */
  preVote?: boolean;
  /** Files in the home of each host's shell, by name. */
  files?: Readonly<Record<string, string>>;
}
