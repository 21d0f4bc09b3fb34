/**
 * Plays a transcript in the simulated world: the same hosts, the same commands, with as much time between them as in the
 * recording. The result is the same document with what was seen here.
 */

import { HOME } from '../cli/shell/shell.ts';
import type { FaultKind } from '../protocol/faults.ts';
import type { Start } from '../protocol/start.ts';
import type { Transcript, TranscriptStep } from '../protocol/transcript.ts';
import { CommandRunner } from '../worker/command-runner.ts';
import type { World } from '../worker/world.ts';
import { WorldDriver } from '../worker/world-driver.ts';

/** `until` repeats its command after so many seconds, and gives up after so many. */
const POLL_SECONDS = 0.4;
const PATIENCE_SECONDS = 120;

/** One turn of Node's event loop: promises that could go on have gone on. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Times of a recording are rounded to tenths; between two commands there was at least the time a client takes to start. */
const CLIENT_START_SECONDS = 0.03;

/** A command that has not ended after so many virtual seconds gets Ctrl-C. */
const COMMAND_SECONDS = 600;

/** The world a transcript begins in. */
export function startOf(transcript: Transcript, seed = 1): Start {
  const managers = transcript.swarm?.managers ?? 0;
  return {
    name: transcript.name,
    title: transcript.about,
    seed,
    profile: 'docker',
    hosts: transcript.nodes,
    managers,
    workers: transcript.swarm ? transcript.nodes.length - managers : 0,
    services: [],
  };
}

/** Replays all steps in a world made by `createWorld`. */
export async function replayTranscript(
  transcript: Transcript,
  createWorld: (start: Start) => World,
): Promise<Transcript> {
  const world = createWorld(startOf(transcript));
  return new TranscriptReplayer(transcript, world).replay();
}

class TranscriptReplayer {
  readonly #transcript: Transcript;
  readonly #world: World;
  readonly #driver: WorldDriver;
  readonly #runner: CommandRunner;
  readonly #startedAt: number;
  readonly #saved = new Map<string, string>();

  constructor(transcript: Transcript, world: World) {
    this.#transcript = transcript;
    this.#world = world;
    this.#startedAt = world.now;
    this.#driver = new WorldDriver(world, { turn });
    this.#runner = new CommandRunner(this.#driver, transcript.nodes);
    for (const { name } of transcript.nodes)
      for (const [file, text] of Object.entries(transcript.files ?? {}))
        this.#runner.host(name)?.files.write(`${HOME}/${file}`, text);
  }

  async replay(): Promise<Transcript> {
    const steps: TranscriptStep[] = [];
    let recordedEnd = 0;
    for (const step of this.#transcript.steps) {
      if (step.at !== undefined) await this.#pass(Math.max(step.at - recordedEnd, CLIENT_START_SECONDS));
      recordedEnd = (step.at ?? recordedEnd) + (step.took ?? 0) + (step.wait ?? 0);
      steps.push(await this.#play(step));
    }
    return { ...this.#transcript, source: { engine: 'swarmscope', cli: 'swarmscope' }, steps };
  }

  /** Seconds since the transcript began. */
  get #now(): number {
    return (this.#world.now - this.#startedAt) / 1e6;
  }

  async #pass(seconds: number): Promise<void> {
    if (seconds > 0) await this.#driver.advance(this.#world.now + Math.round(seconds * 1e6));
  }

  async #play(step: TranscriptStep): Promise<TranscriptStep> {
    const at = rounded(this.#now);
    if (step.wait !== undefined) {
      await this.#pass(step.wait);
      return step;
    }
    if (step.fault !== undefined) {
      this.#cause(step.fault, step.node ?? '');
      return { ...step, at };
    }
    return step.until === undefined ? this.#run(step, at) : this.#repeat(step, at);
  }

  async #run(step: TranscriptStep, at: number): Promise<TranscriptStep> {
    const { exit, screen, took } = await this.#command(step.on ?? '', step.run ?? '');
    if (step.save !== undefined) this.#saved.set(step.save, screen.join('\n'));
    return { ...step, at, exit, screen, took };
  }

  async #repeat(step: TranscriptStep, at: number): Promise<TranscriptStep> {
    const pattern = new RegExp(step.matches ?? '', 's');
    const startedAt = this.#now;
    for (;;) {
      const { screen } = await this.#command(step.on ?? '', step.until ?? '');
      const took = rounded(this.#now - startedAt);
      const { gaveUp: _gaveUp, ...rest } = step;
      if (pattern.test(screen.join('\n'))) return { ...rest, at, took };
      if (took >= PATIENCE_SECONDS) return { ...rest, at, took, gaveUp: true };
      await this.#pass(POLL_SECONDS);
    }
  }

  async #command(host: string, command: string): Promise<{ exit: number; screen: string[]; took: number }> {
    const startedAt = this.#now;
    const text = command.replace(/\{\{save:(\w+)\}\}/g, (_, name: string) => this.#saved.get(name) ?? '');
    const result = await this.#runner.run(host, text, this.#transcript.columns, COMMAND_SECONDS);
    return { ...result, took: rounded(this.#now - startedAt) };
  }

  #cause(fault: NonNullable<TranscriptStep['fault']>, machine: string): void {
    const kind = this.#faultKind(fault, machine);
    const result = this.#world.fault({ kind, machine });
    if (!result.ok) throw new Error(`${this.#transcript.name}: ${fault} ${machine}: ${result.error.message}`);
    this.#driver.touch();
  }

  #faultKind(
    fault: NonNullable<TranscriptStep['fault']>,
    name: string,
  ): Extract<FaultKind, 'power-off' | 'power-on' | 'cable-cut' | 'cable-mend' | 'daemon-stop' | 'daemon-start'> {
    switch (fault) {
      case 'kill':
        return 'power-off';
      case 'cut':
        return 'cable-cut';
      case 'heal':
        return 'cable-mend';
      case 'stop':
        return 'daemon-stop';
      case 'start': {
        const machine = this.#world.snapshot().machines.find((each) => each.name === name);
        return machine?.power ? 'daemon-start' : 'power-on';
      }
    }
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
