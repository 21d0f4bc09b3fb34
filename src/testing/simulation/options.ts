/** What a seed stands for: size and length of the swarm, which faults and commands it gets, and what to type to see it again. */
import type { Start, TimingProfile } from '../../protocol/start.ts';

export interface SimulationOptions {
  seed: number;
  /** Virtual minutes, healing included. */
  minutes: number;
  managers: number;
  workers: number;
  /** `mixed` when absent. */
  profile?: FaultProfile;
  /** Leaves out the look at the disks, so that it can be seen what a broken promise leads to. */
  ignoreDisks?: boolean;
  /** Where the run tells how far it is, for who watches from another thread: virtual time, and the number of the event under way. */
  progress?: Float64Array;
}

/**
 * `mixed`: all commands, all faults, traffic, evenly over time. `services`: services are made, updated, scaled and rolled back
 * while machines fail rarely. `network`: networks, published ports and much traffic, closed ports and bad links. The rest are for the
 * raft group, see there: `elections`, `members`, `calm`.
 */
export type FaultProfile = 'mixed' | 'services' | 'network' | RaftProfile;
export type RaftProfile = 'elections' | 'members' | 'calm';
export const PROFILES: readonly FaultProfile[] = ['mixed', 'services', 'network', 'elections', 'members', 'calm'];

export function isRaftProfile(profile: FaultProfile | undefined): profile is RaftProfile {
  return profile === 'elections' || profile === 'members' || profile === 'calm';
}

/**
 * Size and length go by the seed: three or five managers, up to five workers, ten minutes. Storms of elections need five managers, and
 * have the fast timing of the paper or, every other one, swarm's own, in which a restart is shorter than a term.
 */
export function optionsOfSeed(seed: number, profile: FaultProfile = 'mixed'): SimulationOptions {
  if (profile === 'elections')
    return { seed, minutes: timingOf(seed, profile) === 'paper' ? 2 : 10, managers: 5, workers: 0, profile };
  if (profile === 'members') return { seed, minutes: 10, managers: 3 + (seed % 3), workers: 2, profile };
  if (profile === 'calm') return { seed, minutes: 15, managers: 3 + 2 * (seed % 2), workers: 1, profile };
  if (profile === 'network') return { seed, minutes: 6, managers: 3, workers: 2 + (seed % 3), profile };
  if (profile === 'services')
    return { seed, minutes: 8, managers: seed % 3 === 0 ? 3 : 1, workers: 3 + (seed % 3), profile };
  return { seed, minutes: 10, managers: seed % 2 === 0 ? 5 : 3, workers: seed % 6, profile };
}

export function timingOf(seed: number, profile: FaultProfile = 'mixed'): TimingProfile {
  return profile === 'elections' && seed % 2 === 1 ? 'paper' : 'docker';
}

/** What to type to see a run again. */
export function replayCommand({ seed, minutes, managers, workers, profile }: SimulationOptions): string {
  const size = `--minutes ${minutes} --managers ${managers} --workers ${workers}`;
  return `npm run simulate -- --from ${seed} --seeds 1 ${size}${profile ? ` --profile ${profile}` : ''}`;
}

/** The world that a run begins with. */
export function startOf({ seed, managers, workers, profile }: SimulationOptions): Start {
  const hosts = Array.from({ length: managers + workers }, (_, i) => ({
    name: `node${i + 1}`,
    address: `192.168.99.${101 + i}`,
  }));
  const isStorm = isRaftProfile(profile);
  return {
    name: `seed-${seed}`,
    title: 'simulation',
    seed,
    profile: timingOf(seed, profile),
    hosts,
    managers,
    workers,
    // Pre-vote, which swarm has not, in some storms.
    ...(isStorm && profile !== 'members' && seed % 3 !== 0 && { preVote: profile === 'calm' || seed % 3 === 2 }),
    services: [
      {
        name: 'web',
        image: 'nginx:1.26',
        replicas: 4,
        ...(!isStorm && { publish: [{ published: 8080, target: 80 }] }),
      },
    ],
  };
}
