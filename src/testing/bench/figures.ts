/**
 * What others reach and what is aimed at, as data: measured once on a machine of this kind (2 virtual cores, no GPU, Debian 12,
 * Node.js 20, headless Chromium), in ranges because machines are shared.
 */

/** Aims of the project. */
export const aims = {
  /** Five machines, every invariant checked after every event. */
  virtualSecondsPerSecond: 1000,
  /** 10,000 tasks on 1,000 machines, scheduler and store together. */
  placementMilliseconds: 100,
  /** Navigation to the first complete picture. */
  firstPictureMilliseconds: 1000,
  /** Navigation to a prompt that takes keys. */
  promptMilliseconds: 1500,
  /** Compressed, before the first picture. */
  firstPictureKilobytes: 170,
  /** Compressed, before the prompt. */
  promptKilobytes: 345,
  /** Five managers, messages flying. */
  framesPerSecond: 58,
  /** Work of the page's main thread, with five managers and messages flying. */
  mainThreadMillisecondsPerSecond: 150,
  /** Part of the frames that come within 17 ms, with 50 machines, 1,000 tasks, 200 messages in flight. */
  framesInTimePercent: 95,
  /** 1,000 requests per virtual second over 50 machines: virtual seconds per second. */
  realTime: 1,
} as const;

/** What others were measured at. */
export const others = {
  queue: 'plain JavaScript on a quiet machine: 5.3',
  simulation: 'RaftScope 6-12 for 5 servers; TigerBeetle states 1,000, FoundationDB about 10',
  placement: 'SwarmKit 1,070-1,250 ms (one by one, 1,000 nodes); a bare heap loop 1.2 ms',
  proposals: 'etcd/raft 80,000-116,000 per second (3 nodes in memory, pipelined, 8.6-12.5 us each)',
  snapshot: 'structured clone of 30,000 task objects 37 ms',
  heap: 'RaftScope grows 0.23-0.33 MB per second without end',
  firstPicture: 'docker-swarm-visualizer 350-420 ms at 5/50, 700-900 ms at 50/1,000; RaftScope 200-500 ms',
  bytes: 'RaftScope 101 KB, docker-swarm-visualizer 103 KB',
  frames: 'RaftScope 58-60 fps when undisturbed, 23-60 disturbed',
  mainThread: 'RaftScope 301-510 ms/s with 5 servers',
  framesOfMany: 'docker-swarm-visualizer, idle, 50/1,000: 50-51 fps, longest frame 233-567 ms',
} as const;
