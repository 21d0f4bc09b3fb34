/**
 * A bench to try programs on without a network: they run against named hosts that the test plays, in time that the test moves.
 * A connection goes to another program on the bench if one is known by that name, else nobody knows the name.
 */
import type { Micros } from '../../../protocol/events.ts';
import { Random, seedStream } from '../../kernel/random.ts';
import type { ContainerConfig, Image } from '../container.ts';
import { ContainerFiles } from '../container-files.ts';
import { imageOf, parseReference } from '../registry.ts';
import { commandFor, programFor } from './catalogue.ts';
import type { Program, ProgramContext } from './program.ts';
import { type AppRequest, type AppResponse, type FlowResult, httpGet, textRequest } from './sockets.ts';

interface Options {
  env?: readonly string[];
  command?: readonly string[];
  /** Where it keeps its data, to be given to the next one. */
  disk?: Record<string, Record<string, unknown>>;
  id?: string;
}

/** A program in a pretended container. */
export class BenchProcess {
  readonly name: string;
  readonly out: string[] = [];
  readonly err: string[] = [];
  exit: number | null = null;
  readonly disk: Record<string, Record<string, unknown>>;
  readonly listening = new Set<number>();
  private readonly bench: Bench;
  private readonly program: Program;
  private readonly image: Image;
  private readonly config: ContainerConfig;
  private readonly id: string;
  private state: unknown;
  private readonly files: ConstructorParameters<typeof ContainerFiles>[0];
  private readonly dice = new Random(seedStream(1, 'bench'));

  constructor(bench: Bench, name: string, image: string, argv: readonly string[] | null, options: Options) {
    this.bench = bench;
    this.name = name;
    this.id = options.id ?? '0123456789ab'.padEnd(64, '0');
    this.disk = options.disk ?? {};
    this.image = imageOf(parseReference(image)!);
    this.config = {
      ...NO_CONFIG,
      name,
      image,
      hostname: this.id.slice(0, 12),
      env: options.env ?? [],
      command: options.command ?? [],
    };
    this.files = { config: this.config, files: {}, createdAt: 0 };
    const { program, argv: words } = argv === null ? programFor(this.image, [], this.config.command) : commandFor(argv);
    this.program = program;
    this.state = program.start(this.context(), words);
  }

  act(act: (program: Program, context: ProgramContext, state: unknown) => void): void {
    if (this.exit === null) act(this.program, this.context(), this.state);
  }

  signal(name: string): void {
    this.act((program, context, state) => void program.signal(context, state, name));
  }

  private context(): ProgramContext {
    const { bench } = this;
    const write = (stream: 'stdout' | 'stderr', text: string): void =>
      void (stream === 'stdout' ? this.out : this.err).push(text);
    return {
      config: this.config,
      containerId: this.id,
      hostname: this.config.hostname,
      image: this.image,
      tty: this.config.tty,
      stdin: this.config.openStdin,
      now: bench.now,
      write,
      log: (stream, line) => write(stream, `${line}\n`),
      schedule: (delay, kind) =>
        bench.later(delay, () => this.act((program, context, state) => program.timer?.(context, state, kind))),
      exit: (code) => {
        if (this.exit !== null) return;
        this.exit = code;
        this.listening.clear();
        bench.broken(this);
      },
      sockets: bench.sockets(this),
      network: {
        interfaces: [
          { name: 'eth0', address: '10.0.1.3/24', mac: '02:42:0a:00:01:03', mtu: 1450, network: 'app', gateway: null },
        ],
        nameserver: '127.0.0.11',
      },
      random: () => this.dice,
      storage: (path) => (this.disk[path] ??= {}),
      files: new ContainerFiles(this.files, { volume: () => ({}), bound: () => ({}) }, bench.now),
    };
  }
}

interface Connection {
  client: BenchProcess | null;
  server: BenchProcess;
  token: string;
  hold: boolean;
  done(result: FlowResult): void;
}

export class Bench {
  now: Micros = 0;
  private readonly processes: BenchProcess[] = [];
  private pending: { at: Micros; order: number; run(): void }[] = [];
  private readonly connections = new Map<number, Connection>();
  private next = 1;
  private order = 0;
  /** What was pushed to clients outside, by connection. */
  readonly pushed: string[] = [];

  /** Runs an image's own program under a name. */
  run(name: string, image: string, options: Options = {}): BenchProcess {
    const process = new BenchProcess(this, name, image, null, options);
    this.processes.push(process);
    return process;
  }

  /** Runs a command, as `docker exec` does. */
  exec(argv: readonly string[], options: Options = {}): BenchProcess {
    return new BenchProcess(this, 'exec', 'alpine', argv, options);
  }

  pass(seconds: number): void {
    const until = this.now + seconds * 1_000_000;
    for (;;) {
      const [first] = this.pending.sort((a, b) => a.at - b.at || a.order - b.order);
      if (!first || first.at > until) break;
      this.pending.shift();
      this.now = first.at;
      first.run();
    }
    this.now = until;
  }

  later(delay: Micros, run: () => void): void {
    this.pending.push({ at: this.now + delay, order: this.order++, run });
  }

  /** Asks a program by name; the answer, or why there is none. */
  ask(name: string, port: number, request: AppRequest, hold = false): AppResponse | string {
    let came: FlowResult | null = null;
    this.open(null, '', name, port, request, hold, (result) => {
      came = result;
    });
    this.pass(20);
    const result = came as FlowResult | null;
    return result === null ? 'no answer' : result.ok ? result.response : result.reason;
  }

  get(name: string, path = '/', port = 80): AppResponse {
    return this.ask(name, port, httpGet(name, path)) as AppResponse;
  }

  post(name: string, path: string, body: string): AppResponse {
    return this.ask(name, 80, { ...httpGet(name, path), method: 'POST', body }) as AppResponse;
  }

  /** The answer of a text protocol. */
  say(name: string, port: number, text: string): string {
    const answer = this.ask(name, port, textRequest(text));
    return typeof answer === 'string' ? answer : answer.body;
  }

  /** A process is gone: what it held breaks. */
  broken(process: BenchProcess): void {
    for (const [id, connection] of this.connections) {
      if (connection.server !== process) continue;
      this.connections.delete(id);
      const { client, token } = connection;
      if (client) this.later(1, () => client.act((program, context, state) => program.closed?.(context, state, token)));
    }
  }

  sockets(own: BenchProcess): ProgramContext['sockets'] {
    return {
      listen: (port) => void own.listening.add(port),
      unlisten: (port) => void own.listening.delete(port),
      respond: (id, response) => {
        const connection = this.connections.get(id);
        if (!connection) return;
        if (!connection.hold) this.connections.delete(id);
        connection.done(answerOf(id, response));
      },
      push: (_id, body) => void this.pushed.push(body),
      hangUp: (id) => void this.connections.delete(id),
      connect: (token, target, request, options) =>
        this.open(own, token, target.host, target.port, request, options?.hold ?? false, (result) =>
          this.later(1, () => own.act((program, context, state) => program.answer?.(context, state, token, result))),
        ),
      send: (id, token, request) => {
        const connection = this.connections.get(id);
        const tell = (result: FlowResult): void =>
          this.later(1, () => own.act((program, context, state) => program.answer?.(context, state, token, result)));
        if (!connection) return tell(failureOf('connection reset'));
        connection.done = tell;
        this.deliver(id, connection, request, 6379);
      },
      resolve: (token, name) =>
        this.later(1, () =>
          own.act((program, context, state) => {
            const known = this.processes.some((one) => one.name === name);
            program.resolved?.(
              context,
              state,
              token,
              known
                ? { ok: true, name, addresses: ['10.0.1.2'], source: 'network', network: 'app', pointer: null }
                : { ok: false, name, reason: 'name not found' },
            );
          }),
        ),
    };
  }

  private open(
    client: BenchProcess | null,
    token: string,
    host: string,
    port: number,
    request: AppRequest,
    hold: boolean,
    done: (result: FlowResult) => void,
  ): number {
    const id = this.next++;
    const isThere = (one: BenchProcess): boolean => one.exit === null && (one.name === host || host === '10.0.1.2');
    const server = this.processes.findLast(isThere);
    if (!server) this.later(1, () => done(failureOf('name not found')));
    else if (port !== 0 && !server.listening.has(port)) this.later(1, () => done(failureOf('connection refused')));
    else if (port === 0) this.later(300, () => done(answerOf(id, { status: 0, headers: {}, body: '' })));
    else {
      const connection: Connection = { client, server, token, hold, done };
      this.connections.set(id, connection);
      this.deliver(id, connection, request, port);
    }
    return id;
  }

  private deliver(id: number, { server, hold, client }: Connection, request: AppRequest, port: number): void {
    const peer = { address: client?.name === 'exec' ? '127.0.0.1' : '10.0.1.9', port: 40_000 };
    this.later(1, () =>
      server.act((program, context, state) =>
        program.request?.(context, state, { connection: id, request, port, protocol: 'tcp', peer, hold }),
      ),
    );
  }
}

function answerOf(flow: number, response: AppResponse): FlowResult {
  const end = { address: '10.0.1.2', port: 80 };
  return { ok: true, flow, response, remote: end, local: end, servedBy: null, took: 300, event: 0 };
}

function failureOf(reason: Extract<FlowResult, { ok: false }>['reason']): FlowResult {
  const remote = reason === 'name not found' ? null : { address: '10.0.1.2', port: 80 };
  return { ok: false, flow: 0, reason, remote, dropped: null, took: 300, event: 0 };
}

const NO_CONFIG: ContainerConfig = {
  name: '',
  image: '',
  entrypoint: [],
  command: [],
  env: [],
  hostname: '',
  labels: {},
  workingDir: '',
  user: '',
  tty: false,
  openStdin: false,
  stopSignal: '',
  stopGrace: 0,
  health: null,
  mounts: [],
  networks: [],
  ports: [],
  autoRemove: false,
  restart: 'no',
  memoryBytes: 0,
  nanoCpus: 0,
};
