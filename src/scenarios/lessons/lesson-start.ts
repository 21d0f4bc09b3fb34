/** The worlds in which lessons begin. */
import type { Start, StartService } from '../../protocol/start.ts';
import { hostsNamed } from '../starts.ts';

export interface LessonWorld {
  managers?: number;
  workers?: number;
  /** Hosts in no swarm. */
  blank?: number;
  seed?: number;
  profile?: Start['profile'];
  services?: StartService[];
  files?: Start['files'];
}

export function lessonStart(title: string, world: LessonWorld): Start {
  const { managers = 0, workers = 0, blank = 0, seed = 41, profile = 'docker', services = [], files } = world;
  return {
    name: 'lesson',
    title,
    seed,
    profile,
    hosts: hostsNamed(managers + workers + blank),
    managers,
    workers,
    services,
    ...(files && { files }),
  };
}

/** A web service behind port 80. */
export function web(replicas: number): StartService {
  return { name: 'web', image: 'nginx:1.26', replicas, mode: 'replicated', publish: [{ published: 80, target: 80 }] };
}
