/**
 * Both ways, same answer: each command line of a scene is sent through the real docker client and through ours, in forks of one world, and
 * what they leave on the screen, their exit codes and what they change in the cluster must be the same. The world then goes on as
 * ours has left it.
 */
import type { FileSystem } from '../cli/process.ts';
import { HOME } from '../cli/shell/shell.ts';
import type { Checkpoint } from '../engine/checkpoint.ts';
import { Cluster } from '../engine/cluster.ts';
import type { ApiRequest } from '../protocol/api.ts';
import { startNamed } from '../scenarios/starts.ts';
import { CommandRunner } from '../worker/command-runner.ts';
import { WorldDriver } from '../worker/world-driver.ts';
import { COLUMNS, type Played, RealClient } from './both-ways-client.ts';
import { helpShape, isHelp } from './both-ways-help.ts';
import type { Scene } from './both-ways-scene.ts';

/** A line that does not end alike both ways. */
export interface Difference {
  scene: string;
  line: number;
  command: string;
  why: string;
}

export interface SceneResult {
  lines: number;
  differences: Difference[];
}

/** A command that has not ended after so many virtual seconds gets Ctrl-C. */
const COMMAND_SECONDS = 600;

/** The client's clock is the wall's: an age of seconds may turn over between the two looks at it. */
const TRIES = 3;

/** From a client's start until it prints, usually, and at most. */
const CLIENT_START_MS = 60;
const LONGEST_START_MS = 900;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Plays a scene both ways. */
export async function playScene(scene: Scene): Promise<SceneResult> {
  const start = startNamed(scene.start);
  if (!start) throw new Error(`${scene.name}: there is no start named ${scene.start}`);
  const client = await RealClient.open(
    start.hosts.map(({ name }) => name),
    scene.files,
  );
  try {
    let world = Cluster.create(start);
    // The client has one home, whichever daemon it talks to.
    const files = new Map(Object.entries(scene.files));
    const result: SceneResult = { lines: 0, differences: [] };
    for (const step of scene.steps) {
      if ('wait' in step) {
        world.advance(world.now + step.wait * 1_000_000);
        continue;
      }
      result.lines++;
      let why: string | null = null;
      const before = world.checkpoint();
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const unixNow = Date.now();
        const theirs = forkAt(before, unixNow);
        const want = await client.run(theirs, step.on, step.command);
        // By now the real client's clock shows the time at which it printed.
        const ours = forkAt(before, unixNow, Math.min(want.tookMs, LONGEST_START_MS));
        const got = await runOurs(ours, files, step.on, step.command);
        world = ours;
        why = differenceOf(want, got, client.home, step.anyOrder || isOrderedByChance(step.command));
        if (why === null) break;
      }
      if (why !== null) result.differences.push({ scene: scene.name, line: step.line, command: step.command, why });
    }
    return result;
  } finally {
    client.close();
  }
}

/** A fork whose clocks show `unixNow`, and in which the time has passed that a client needs to start. */
function forkAt(checkpoint: Checkpoint, unixNow: number, startMs = CLIENT_START_MS): Cluster {
  const world = Cluster.restore(checkpoint);
  world.epochMs = Math.round(unixNow - world.now / 1000);
  world.advance(world.now + Math.round(startMs * 1000));
  return world;
}

async function runOurs(world: Cluster, home: Map<string, string>, host: string, command: string): Promise<Played> {
  const requests: Played['requests'] = [];
  const driver = new WorldDriver(world, {
    turn,
    onInput: (input) => {
      if (input.kind === 'request') requests.push({ host: input.host, request: input.request });
    },
  });
  const runner = new CommandRunner(driver, world.start.hosts);
  const { files } = runner.host(host)!;
  for (const [path, text] of home) {
    files.makeDirectory(`${HOME}/${path}`.replace(/\/[^/]*$/, ''));
    files.write(`${HOME}/${path}`, text);
  }
  const { exit, screen } = await runner.run(host, command, COLUMNS, COMMAND_SECONDS);
  for (const path of filesBelow(files, HOME)) home.set(path.slice(HOME.length + 1), files.read(path)!);
  return { exit, screen, requests, tookMs: 0 };
}

function filesBelow(files: FileSystem, folder: string): string[] {
  return (files.list(folder) ?? []).flatMap((name) => {
    const path = `${folder}/${name}`;
    return files.isDirectory(path) ? filesBelow(files, path) : [path];
  });
}

/** The real client goes through the networks and services of a stack file in an order of chance (a Go map's). */
function isOrderedByChance(command: string): boolean {
  return /\bdocker stack (deploy|up|rm|remove|down)\b/.test(command);
}

function differenceOf(want: Played, got: Played, home: string, anyOrder: boolean): string | null {
  const hasNewIds = makes(want);
  const [wanted, shown] = [linesOf(want, home), linesOf(got, home)];
  if (anyOrder) for (const lines of [wanted, shown]) lines.sort();
  for (let i = 0; i < Math.max(wanted.length, shown.length); i++)
    if (!isSameLine(wanted[i], shown[i], hasNewIds))
      return `line ${i + 1}\n  docker: ${wanted[i] ?? '-'}\n  ours:   ${shown[i] ?? '-'}`;
  if (want.exit !== got.exit) return `exit code ${got.exit}, docker's is ${want.exit}`;
  // The real client asks for several objects at once.
  const [asked, sent] = [changesOf(want).sort(), changesOf(got).sort()];
  for (let i = 0; i < Math.max(asked.length, sent.length); i++)
    if (!isSameLine(asked[i], sent[i], hasNewIds))
      return `request ${i + 1}\n  docker: ${asked[i] ?? '-'}\n  ours:   ${sent[i] ?? '-'}`;
  return null;
}

/** Two clients look at two moments: ages may differ by so many seconds. */
const AGE_TOLERANCE = 2;

const AGE = /Less than a second|About a minute|\b\d+ seconds?\b/g;

/** Ids, whole and short. */
const ID = /\b(?:[0-9a-z]{25}|[0-9a-f]{64}|(?=[0-9a-z]*\d)[0-9a-z]{12})\b/g;

/**
 * The same, but for ages of a few seconds and the blanks that stand around them; and, where something new was made, for its id: the moment of
 * a request decides which one it gets, when other things happen at that time.
 */
function isSameLine(a: string | undefined, b: string | undefined, hasNewIds: boolean): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const plain = (line: string): string => {
    const ageless = line.replace(AGE, 'AGE').replace(/ {2,}/g, '  ');
    return hasNewIds ? ageless.replace(ID, 'ID') : ageless;
  };
  if (plain(a) !== plain(b)) return false;
  const [agesA, agesB] = [agesOf(a), agesOf(b)];
  return agesA.every((age, i) => Math.abs(age - agesB[i]!) <= AGE_TOLERANCE);
}

/** Did the command make something? */
function makes({ requests }: Played): boolean {
  return requests.some(({ request: { method, path } }) => method === 'POST' && /\/(create|init|build)$/.test(path));
}

function agesOf(line: string): number[] {
  return (line.match(AGE) ?? []).map((age) =>
    /^\d/.test(age) ? Number.parseInt(age, 10) : age.startsWith('L') ? 0 : 60,
  );
}

/** Blanks at the ends of lines are not seen; descriptions in help pages are our own. */
function linesOf({ screen }: Played, home: string): string[] {
  const lines = screen.map((line) => line.trimEnd().replaceAll(home, HOME));
  while (lines.at(-1) === '') lines.pop();
  return isHelp(lines) ? helpShape(lines) : lines;
}

/** What was asked to be changed, each as one line. */
function changesOf({ requests }: Played): string[] {
  return requests
    .filter(({ request }) => !LOOKS.has(request.method))
    .map(({ host, request }) => `${host} ${textOf(request)}`);
}

const LOOKS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function textOf({ method, path, query, body }: ApiRequest): string {
  return `${method} ${path} ${JSON.stringify(inOrder(query ?? {}))} ${JSON.stringify(inOrder(body ?? null))}`;
}

/** Keys in one order. What is null, false, zero or empty says the same as nothing, as Go reads it. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]): [string, unknown] => [key, inOrder(inner)])
    .filter(([, inner]) => !isNothing(inner));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isNothing(value: unknown): boolean {
  if (value === null || value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.keys(value as object).length === 0;
}
