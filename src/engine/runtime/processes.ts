/**
 * The processes in the containers of one machine: the main one and those that `docker exec` and health checks run beside it.
 * Each is a program with its state, both plain data in the container; here they are given their timers, their sockets and what
 * the network tells them, and their ends are told to the runtime.
 */
import type { Kernel } from '../kernel/kernel.ts';
import { milliseconds } from '../kernel/time.ts';
import type { Container, Image, ProcessState } from './container.ts';
import type { ContainerFiles } from './container-files.ts';
import { programNamed } from './programs/catalogue.ts';
import type { ProcessMessage, ProcessNetwork, Program, ProgramContext } from './programs/program.ts';
import { deadlyNumber } from './programs/signals.ts';
import type { IncomingRequest, Sockets } from './programs/sockets.ts';
import type { ExecOptions } from './runtime.ts';

/** How long a process takes to end after it has decided to. */
const EXIT_TIME = { least: milliseconds(50), most: milliseconds(150) };
/** The same for a short command that has run to its end. */
const COMMAND_EXIT_TIME = milliseconds(3);

/** What the runtime does for its processes. */
export interface ProcessesHost {
  find(container: string): Container | undefined;
  image(container: Container): Image | null;
  /** Where programs keep data below a path of the container. */
  storage(container: Container, path: string): Record<string, unknown>;
  files(container: Container): ContainerFiles;
  written(container: Container, process: ProcessState, stream: 'stdout' | 'stderr', text: string): void;
  ended(container: Container, process: ProcessState, code: number): void;
}

export class Processes {
  private readonly kernel: Kernel;
  private readonly machine: string;
  private readonly network: ProcessNetwork;
  private readonly host: ProcessesHost;

  constructor(kernel: Kernel, machine: string, network: ProcessNetwork, host: ProcessesHost) {
    this.kernel = kernel;
    this.machine = machine;
    this.network = network;
    this.host = host;
  }

  /** Starts a program in a running container; `token` null: as its main process. */
  start(
    container: Container,
    program: Program,
    argv: readonly string[],
    token: string | null,
    options: ExecOptions = ALONE,
  ): ProcessState {
    const number = token === null ? 0 : container.nextProcess++;
    const process: ProcessState = {
      number,
      program: { name: program.name, state: null },
      token,
      env: options.env,
      tty: token === null ? container.config.tty : options.tty,
      stdin: token === null ? container.config.openStdin : options.stdin,
      ending: false,
      connections: [],
    };
    container.processes.push(process);
    process.program.state = program.start(this.context(container, process), argv);
    return process;
  }

  /** The network has something for a process of a container. It may have ended meanwhile. */
  tell(id: string, message: ProcessMessage): void {
    const container = this.host.find(id);
    if (!container) return;
    if (message.kind === 'request') return this.request(container, message.incoming);
    if (message.kind === 'hung-up') {
      for (const process of [...container.processes])
        this.run(container, process, (program, context, state) => program.hungUp?.(context, state, message.connection));
      return;
    }
    const address = /^(\d+)\.(\d+)\/(.*)$/s.exec(message.token);
    if (!address || Number(address[1]) !== container.run) return;
    const process = container.processes.find(({ number }) => number === Number(address[2]));
    const token = address[3]!;
    this.run(container, process, (program, context, state) => {
      if (message.kind === 'answer') program.answer?.(context, state, token, message.result);
      else if (message.kind === 'resolved') program.resolved?.(context, state, token, message.answer);
      else if (message.kind === 'chunk') program.chunk?.(context, state, token, message.body);
      else program.closed?.(context, state, token);
    });
  }

  private request(container: Container, incoming: IncomingRequest): void {
    const { port, protocol } = incoming;
    const listener = container.listening.find((one) => one.port === port && one.protocol === protocol);
    const process = container.processes.find(({ number }) => number === listener?.process);
    this.run(container, process, (program, context, state) => program.request?.(context, state, incoming));
  }

  /** Lets a process act, unless it has ended. */
  private run(
    container: Container,
    process: ProcessState | undefined,
    act: (program: Program, context: ProgramContext, state: unknown) => void,
  ): void {
    if (!process || process.ending) return;
    act(programNamed(process.program.name), this.context(container, process), process.program.state);
  }

  /** A timer set by a process: `NUMBER/KIND`, or the end of one, `NUMBER/exit/CODE`. */
  timer(id: string, run: number, kind: string): void {
    const [number = '', ...rest] = kind.split('/');
    const container = this.host.find(id);
    if (!container || container.run !== run) return;
    const process = container.processes.find((one) => one.number === Number(number));
    if (!process) return;
    if (process.ending) {
      if (rest[0] === EXIT) this.end(container, process, Number(rest[1]));
      return;
    }
    this.run(container, process, (program, context, state) => program.timer?.(context, state, rest.join('/')));
  }

  /** A signal other than KILL, for the main process. Behind an init process it ends what does nothing about it. */
  signal(container: Container, signal: string): void {
    this.run(container, container.processes[0], (program, context, state) => {
      const number = deadlyNumber(signal);
      const isTaken = program.signal(context, state, signal);
      if (!isTaken && container.config.init && number !== undefined) context.exit(128 + number);
    });
  }

  /** Somebody writes to a process; null: nothing more will be written. */
  input(container: Container, process: ProcessState, text: string | null): void {
    if (process.stdin) this.run(container, process, (program, context, state) => program.input?.(context, state, text));
  }

  /** Ends one process at once. */
  end(container: Container, process: ProcessState, code: number): void {
    const sockets = this.network.sockets(container);
    for (const connection of process.connections) sockets.hangUp(connection);
    container.listening = container.listening.filter((one) => one.process !== process.number);
    container.processes = container.processes.filter((other) => other !== process);
    this.host.ended(container, process, code);
  }

  /** The container has ended, and all its processes with it. Those beside the main one are told as killed. */
  endAll(container: Container): void {
    const { processes } = container;
    container.processes = [];
    container.listening = [];
    for (const process of processes) if (process.token !== null) this.host.ended(container, process, 137);
  }

  private context(container: Container, process: ProcessState): ProgramContext {
    const { kernel, network, host, machine } = this;
    const { id, run } = container;
    const later = (delay: number, kind: string): void => {
      kernel.schedule(delay, 'runtime.timer', machine, { machine, id, run, kind: `${process.number}/${kind}` });
    };
    return {
      config:
        process.env.length > 0
          ? { ...container.config, env: [...container.config.env, ...process.env] }
          : container.config,
      containerId: id,
      hostname: container.config.hostname,
      image: host.image(container),
      now: kernel.now,
      tty: process.tty,
      stdin: process.stdin,
      // A terminal moves to the beginning of the next line.
      write: (stream, text) =>
        host.written(container, process, stream, process.tty ? text.replace(/\r?\n/g, '\r\n') : text),
      log: (stream, line) => host.written(container, process, stream, `${line}\n`),
      schedule: later,
      exit: (code) => {
        if (process.ending) return;
        process.ending = true;
        const { least, most } = EXIT_TIME;
        const delay = process.token === null ? kernel.random('runtime').between(least, most) : COMMAND_EXIT_TIME;
        later(delay, `${EXIT}/${code}`);
      },
      sockets: this.sockets(container, process),
      get network() {
        return network.facts(container);
      },
      random: (purpose) => kernel.random(purpose),
      storage: (path) => host.storage(container, path),
      get files() {
        return host.files(container);
      },
    };
  }

  /** Tokens carry life and process, so that an answer finds who asked. */
  private sockets(container: Container, process: ProcessState): Sockets {
    const { network } = this;
    const own = (token: string): string => `${container.run}.${process.number}/${token}`;
    return {
      listen: (port, protocol = 'tcp') => {
        container.listening = [...container.listening, { port, protocol, process: process.number }];
      },
      unlisten: (port, protocol = 'tcp') => {
        container.listening = container.listening.filter((one) => one.port !== port || one.protocol !== protocol);
      },
      respond: (connection, response) => network.sockets(container).respond(connection, response),
      push: (connection, body) => network.sockets(container).push(connection, body),
      hangUp: (connection) => {
        process.connections = process.connections.filter((one) => one !== connection);
        network.sockets(container).hangUp(connection);
      },
      connect: (token, target, request, options) => {
        const connection = network.sockets(container).connect(own(token), target, request, options);
        if (options?.hold || process.token !== null) process.connections.push(connection);
        return connection;
      },
      send: (connection, token, request) => network.sockets(container).send(connection, own(token), request),
      resolve: (token, name) => network.sockets(container).resolve(own(token), name),
    };
  }
}

/** Nobody sees it or writes to it. */
const ALONE: ExecOptions = { env: [], tty: false, stdin: false };

/** Kind of the timer by which a process ends. */
const EXIT = 'exit';
