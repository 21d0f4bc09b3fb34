/**
 * Runs a client of the network (`src/clients`) as a program of a host's shell: its connections go through the host's network, its
 * pauses are virtual time, Ctrl-C ends it.
 */
import type { Client, ClientIo } from '../../clients/client.ts';
import type { Process, Program } from '../process.ts';
import { resolvePath } from '../shell/paths.ts';

/** Exit status after Ctrl-C. */
const INTERRUPTED = 130;

export function programOf(client: Client): Program {
  return async (process) => new ClientRun(client, process, await inputFor(client, process)).ended;
}

/** Only what reads its input may take it: a `curl` in a loop over lines must leave them alone. */
async function inputFor({ name }: Client, { args, stdin }: Process): Promise<string> {
  const reads = name === 'curl' ? args.some((word) => word.endsWith('@-')) : ['nc', 'psql', 'redis-cli'].includes(name);
  if (!reads || stdin.isTerminal) return '';
  let text = '';
  for (let piece = await stdin.read(); piece !== null; piece = await stdin.read()) text += piece;
  return text;
}

class ClientRun {
  readonly ended: Promise<number>;
  readonly #client: Client;
  readonly #process: Process;
  readonly #input: string;
  readonly #connections = new Map<string, { close(): void }>();
  #state: unknown = null;
  #over = false;
  #finish: (code: number) => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(client: Client, process: Process, input: string) {
    this.#client = client;
    this.#process = process;
    this.#input = input;
    this.ended = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    process.signal.addEventListener('abort', this.#interrupt);
    this.#act((io) => {
      this.#state = client.start(io, process.args);
    });
    if (process.signal.aborted) this.#interrupt();
  }

  readonly #interrupt = (): void => {
    this.#act((io) => {
      if (this.#client.interrupted) this.#client.interrupted(io, this.#state);
      if (!this.#over) this.#end(INTERRUPTED);
    });
  };

  /** Lets the client act, unless it is over. Its mistakes are ours: they end the program with a throw. */
  #act(act: (io: ClientIo) => void): void {
    if (this.#over) return;
    try {
      act(this.#io());
    } catch (error) {
      this.#over = true;
      this.#fail(error);
    }
  }

  #end(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#process.signal.removeEventListener('abort', this.#interrupt);
    for (const connection of this.#connections.values()) connection.close();
    this.#finish(code);
  }

  #io(): ClientIo {
    const { host, stdout, stderr, env, cwd } = this.#process;
    return {
      flavour: 'debian',
      nowMs: host.clock.now(),
      hostname: host.name,
      facts: host.network.facts(),
      stdin: this.#input,
      isTerminal: stdout.terminal !== null,
      env: Object.fromEntries(env),
      write: (stream, text) => (stream === 'stdout' ? stdout : stderr).write(text),
      readFile: (path) => host.files.read(resolvePath(cwd, path)),
      writeFile: (path, text) => host.files.write(resolvePath(cwd, path), text),
      connect: (token, call) => {
        const connection = host.network.connect(call, (body) =>
          this.#act((io) => this.#client.pushed?.(io, this.#state, token, body)),
        );
        this.#connections.set(token, connection);
        void connection.result.then((result) => {
          if (!call.hold || !result.ok) this.#connections.delete(token);
          this.#act((io) => this.#client.answered?.(io, this.#state, token, result));
        });
        if (call.hold)
          void connection.closed.then(() => {
            this.#connections.delete(token);
            this.#act((io) => this.#client.closed?.(io, this.#state, token));
          });
      },
      close: (token) => {
        this.#connections.get(token)?.close();
        this.#connections.delete(token);
      },
      lookUp: (token, name) => {
        void host.network.lookUp(name).then((result) => {
          this.#act((io) => this.#client.resolved?.(io, this.#state, token, result));
        });
      },
      wait: (ms, token) => {
        void host.clock.sleep(ms, this.#process.signal).then(() => {
          this.#act((io) => this.#client.woke?.(io, this.#state, token));
        });
      },
      exit: (code) => this.#end(code),
    };
  }
}
