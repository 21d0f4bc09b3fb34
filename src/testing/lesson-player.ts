/** Plays a lesson in a world of its own, as "show me" does: commands through the CLI, faults through their door, time by the clock. */
import { Cluster } from '../engine/cluster.ts';
import type { TraceEvent } from '../protocol/events.ts';
import { joinTokens, type Lesson, type Move, moveOf, type Step } from '../scenarios/lessons/lesson.ts';
import { type StepState, StepWatch } from '../scenarios/lessons/watch.ts';
import { CommandRunner } from '../worker/command-runner.ts';
import { WorldDriver } from '../worker/world-driver.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A command gets Ctrl-C after so many virtual seconds. */
const COMMAND_SECONDS = 90;
/** Pictures come as often as this; what is asked of events is exact all the same. */
const PICTURE = 200_000;

export class LessonPlayer {
  readonly world: Cluster;
  readonly #driver: WorldDriver;
  readonly #runner: CommandRunner;
  #watch: StepWatch | null = null;
  /** What commands printed, for a test that fails. */
  readonly log: string[] = [];

  private constructor(lesson: Lesson) {
    this.world = Cluster.create(lesson.start);
    this.#driver = new WorldDriver(this.world, { turn });
    this.#runner = new CommandRunner(this.#driver, lesson.start.hosts, lesson.start.files);
  }

  /** The world in which the learner begins. */
  static async begin(lesson: Lesson): Promise<LessonPlayer> {
    const player = new LessonPlayer(lesson);
    for (const text of lesson.setup ?? []) await player.play(moveOf(text));
    return player;
  }

  watch(step: Step): StepState {
    this.world.takeEvents();
    this.#watch = new StepWatch(step, this.world.snapshot());
    return this.#watch.state;
  }

  get state(): StepState {
    if (!this.#watch) throw new Error('no step is watched');
    return this.#observe();
  }

  async play(move: Move): Promise<void> {
    if (move.kind === 'wait') return this.pass(move.seconds);
    if (move.kind === 'fault') {
      const result = this.world.fault(move.fault);
      if (!result.ok) throw new Error(`${move.words}: ${result.error.message}`);
      this.#driver.touch();
      return this.pass(0.1);
    }
    let isOver = false;
    const command = await this.#withTokens(move.command);
    this.#watch?.noteCommand(move.host, command);
    const running = this.#runner.run(move.host, command, 120, COMMAND_SECONDS).then(({ exit, screen }) => {
      isOver = true;
      this.log.push(`${move.host}$ ${move.command}  (${exit})`, ...screen);
    });
    while (!isOver) {
      await turn();
      this.#observe();
    }
    await running;
    return this.pass(0.1);
  }

  /** Tokens are the swarm's own: its leader tells them. */
  async #withTokens(command: string): Promise<string> {
    let told = command;
    for (const [mark, role] of Object.entries(joinTokens)) {
      if (!command.includes(mark)) continue;
      const leader = this.world.snapshot().quorum?.leader;
      if (!leader) throw new Error('nobody leads: there is no token');
      const ask = `docker swarm join-token -q ${role.toLowerCase()}`;
      const { screen } = await this.#runner.run(leader, ask, 120, COMMAND_SECONDS);
      told = told.replaceAll(mark, screen[0] ?? '');
    }
    return told;
  }

  async pass(seconds: number): Promise<void> {
    const until = this.world.now + Math.round(seconds * 1e6);
    while (this.world.now < until) {
      await this.#driver.advance(Math.min(until, this.world.now + PICTURE));
      this.#observe();
    }
  }

  /** Lets time pass until the step is done. */
  async passUntilDone(limitSeconds: number): Promise<boolean> {
    for (let passed = 0; passed < limitSeconds && !this.state.done; passed++) await this.pass(1);
    return this.state.done;
  }

  #observe(): StepState {
    const events: TraceEvent[] = this.world.takeEvents();
    return this.#watch
      ? this.#watch.observe(this.world.snapshot(), events)
      : { goals: [], broken: [], done: false, hint: null };
  }
}
