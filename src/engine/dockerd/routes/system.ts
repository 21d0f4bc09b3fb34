/** `/_ping`, `/version`, `/info`, `/system/df`. `moby: daemon/info.go`, `daemon/cluster/swarm.go Info` */
import type { ControlInfo } from '../../manager/controlapi/control-request.ts';
import { containerSummary, sizesOf } from '../convert/container.ts';
import { imageSummary, namedImages } from '../convert/image.ts';
import { infoJson, swarmInfoJson } from '../convert/info.ts';
import { volumeJson } from '../convert/volume.ts';
import type { Route } from '../route.ts';
import { API_VERSION, ENGINE_VERSION, KERNEL_VERSION, MIN_API_VERSION } from '../version.ts';

/** Says what this daemon is before anything is asked of it: its headers carry versions and its place in the swarm. */
export const ping: Route = {
  start(daemon, call) {
    const { localState, isManager } = daemon.host.swarm;
    const role = localState !== 'active' ? '' : isManager ? '/manager' : '/worker';
    daemon.reply(call, call.request.method === 'HEAD' ? null : 'OK', 200, {
      'Builder-Version': '2',
      'Cache-Control': 'no-cache, no-store, must-revalidate',
      'Content-Type': 'text/plain; charset=utf-8',
      Pragma: 'no-cache',
      Swarm: `${localState}${role}`,
    });
  },
};

export const version: Route = {
  start(daemon, call) {
    const built = '2025-05-30T12:07:16.000000000+00:00';
    daemon.reply(call, {
      Platform: { Name: 'Docker Engine - Community' },
      Components: [
        {
          Name: 'Engine',
          Version: ENGINE_VERSION,
          Details: {
            ApiVersion: API_VERSION,
            Arch: 'amd64',
            BuildTime: built,
            Experimental: 'false',
            GitCommit: '45873be',
            GoVersion: 'go1.24.3',
            KernelVersion: KERNEL_VERSION,
            MinAPIVersion: MIN_API_VERSION,
            Os: 'linux',
          },
        },
      ],
      Version: ENGINE_VERSION,
      ApiVersion: API_VERSION,
      MinAPIVersion: MIN_API_VERSION,
      GitCommit: '45873be',
      GoVersion: 'go1.24.3',
      Os: 'linux',
      Arch: 'amd64',
      KernelVersion: KERNEL_VERSION,
      BuildTime: built,
    });
  },
};

/** Answers also while the swarm does not: then it says why. */
export const info: Route = {
  start(daemon, call) {
    if (daemon.host.swarm.controlAvailable) return daemon.control(call, 'swarm', { op: 'info' });
    daemon.reply(call, infoJson(daemon, swarmInfoJson(daemon.host, null, '')));
  },
  stages: {
    swarm: (daemon, call, swarm: ControlInfo) =>
      daemon.reply(call, infoJson(daemon, swarmInfoJson(daemon.host, swarm, ''))),
  },
  failed: {
    swarm: (daemon, call, { message }) =>
      daemon.reply(call, infoJson(daemon, swarmInfoJson(daemon.host, null, message))),
  },
};

export const diskUsage: Route = {
  start(daemon, call) {
    const { runtime, epochMs } = daemon.host;
    const images = namedImages(runtime);
    const containers = [...runtime.state.containers.values()];
    daemon.reply(call, {
      LayersSize: images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      Images: images.map((image) => ({
        ...imageSummary(image, runtime, epochMs),
        SharedSize: 0,
        Containers: containers.filter(({ imageId }) => imageId === image.id).length,
      })),
      Containers: containers.map((container) => ({
        ...containerSummary(container, daemon),
        ...sizesOf(container, daemon),
      })),
      Volumes: [...runtime.state.volumes.values()].map((volume) => ({
        ...volumeJson(volume, epochMs),
        UsageData: {
          RefCount: containers.filter(({ config }) => config.mounts.some(({ source }) => source === volume.name))
            .length,
          Size: 0,
        },
      })),
      BuildCache: [],
    });
  },
};

/** Nothing of builds is kept. */
export const pruneBuilds: Route = {
  start: (daemon, call) => daemon.reply(call, { CachesDeleted: null, SpaceReclaimed: 0 }),
};

export const listPlugins: Route = { start: (daemon, call) => daemon.reply(call, []) };
