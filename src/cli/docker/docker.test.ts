/** The `docker` program as a whole: flags before the command, help, unknown commands, a daemon that is gone, Tab. */

import { describe, expect, it } from 'vitest';
import { type ApiClient, type ApiResponse, type CancelSignal, ConnectionError } from '../../protocol/api.ts';
import { TestNetwork } from '../net/testing-network.ts';
import type { HostContext, OutputStream } from '../process.ts';
import { completeDocker, docker, dockerCommands } from './docker.ts';
import { findCommand } from './root.ts';
import { commandHelp, groupHelp } from './usage.ts';

const nodes = [
  { ID: 'n1', Description: { Hostname: 'node1' } },
  { ID: 'n2', Description: { Hostname: 'node2' } },
];

/** A daemon that knows two nodes and a network; or none at all. */
function hostWith(daemon: 'up' | 'down' | 'silent'): HostContext {
  const answer = (path: string): ApiResponse => {
    const known: Record<string, unknown> = { '/nodes': nodes, '/networks': [{ Name: 'ingress' }] };
    return { status: path in known ? 200 : 404, headers: {}, body: known[path] ?? { message: `no ${path}` } };
  };
  const api: ApiClient = {
    request: async ({ path }) => {
      if (daemon === 'silent') return new Promise(() => undefined);
      if (daemon === 'down') throw new ConnectionError('no power');
      return answer(path);
    },
    stream: () => ({
      response: Promise.reject(new ConnectionError('no power')),
      done: Promise.resolve(),
      cancel: () => undefined,
      send: () => undefined,
    }),
  };
  const files = {
    read: () => null,
    write: () => undefined,
    remove: () => false,
    isDirectory: () => false,
    makeDirectory: () => undefined,
    list: () => null,
  };
  return {
    name: 'node1',
    address: '192.168.99.101',
    api,
    clock: { now: () => 0, sleep: async () => undefined },
    network: new TestNetwork(),
    files,
  };
}

/** A signal to press Ctrl-C with. */
class Interrupt implements CancelSignal {
  aborted = false;
  #listener: (() => void) | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = undefined;
  }

  press(): void {
    this.aborted = true;
    this.#listener?.();
  }
}

async function run(line: string, daemon: 'up' | 'down' | 'silent' = 'up', signal = new Interrupt()) {
  let [stdout, stderr] = ['', ''];
  const stream = (write: (text: string) => void): OutputStream => ({ write, closed: false, terminal: null });
  const exit = await docker({
    args: line === '' ? [] : line.split(' '),
    env: new Map(),
    cwd: '/',
    stdin: { read: async () => null, isTerminal: false },
    stdout: stream((text) => {
      stdout += text;
    }),
    stderr: stream((text) => {
      stderr += text;
    }),
    signal,
    host: hostWith(daemon),
  });
  return { stdout, stderr, exit };
}

describe('a command line that leads nowhere', () => {
  it.each([
    ['bogus', 1, "docker: unknown command: docker bogus\n\nRun 'docker --help' for more information\n"],
    [
      'node bogus',
      1,
      "docker: unknown command: docker node bogus\n\nUsage:  docker node\n\nRun 'docker node --help' for more information\n",
    ],
    [
      'service help ls',
      1,
      "docker: unknown command: docker service help\n\nUsage:  docker service\n\nRun 'docker service --help' for more information\n",
    ],
    ['help bogus', 1, 'unknown help topic: bogus\n'],
    ['help node bogus', 1, 'unknown help topic: bogus\n'],
    [
      '--bogus',
      125,
      "unknown flag: --bogus\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information\n",
    ],
    [
      '-z',
      125,
      "unknown shorthand flag: 'z' in -z\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information\n",
    ],
    [
      '-H',
      125,
      "flag needs an argument: 'H' in -H\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information\n",
    ],
    [
      'service --bogus',
      125,
      "unknown flag: --bogus\n\nUsage:  docker service\n\nRun 'docker service --help' for more information\n",
    ],
    [
      'node ls --bogus --help',
      125,
      "unknown flag: --bogus\n\nUsage:  docker node ls [OPTIONS]\n\nRun 'docker node ls --help' for more information\n",
    ],
    ['-l bogus info', 1, 'Unable to parse logging level: bogus\n'],
    [
      '-H tcp://node2:2375 node ls',
      1,
      'Cannot connect to the Docker daemon at tcp://node2:2375. Is the docker daemon running?\n',
    ],
    ['-H a -H b node ls', 1, 'Failed to initialize: unable to resolve docker endpoint: Specify only one -H\n'],
  ])('docker %s', async (line, exit, stderr) => {
    expect(await run(line)).toEqual({ stdout: '', stderr, exit });
  });
});

describe('help', () => {
  it('goes to standard error where there is nothing to do', async () => {
    const bare = await run('');
    expect(bare).toMatchObject({ stdout: '', exit: 0 });
    expect(bare.stderr).toBe((await run('--help')).stdout);
    expect((await run('node')).stderr).toBe((await run('node --help')).stdout);
  });

  it('is asked for in many ways', async () => {
    const page = (await run('node ls --help')).stdout;
    expect(page).toMatch(/^Usage: {2}docker node ls \[OPTIONS\]\n/);
    for (const line of ['help node ls', '--help node ls', 'node --help ls', 'node ls x --help', 'node list --help']) {
      expect((await run(line)).stdout).toBe(page);
    }
    expect((await run('node ls -h')).stdout).toBe(`Flag shorthand -h has been deprecated, use --help\n${page}`);
  });

  it('of every command here', async () => {
    const pages: string[] = [];
    for (const name of ['swarm', 'node', 'network', 'system']) {
      const group = findCommand(dockerCommands, name);
      if (group?.kind !== 'group') throw new Error(`no group ${name}`);
      pages.push(groupHelp({ command: group, path: `docker ${name}` }, null));
      for (const command of group.commands) {
        if (command.kind === 'command')
          pages.push(commandHelp({ command, path: `docker ${name} ${command.name}` }, 80));
      }
    }
    for (const name of ['inspect', 'info', 'version']) {
      const command = findCommand(dockerCommands, name);
      if (command?.kind === 'command') pages.push(commandHelp({ command, path: `docker ${name}` }, 80));
    }
    await expect(pages.join('\n----\n\n')).toMatchFileSnapshot('testdata/help.txt');
  });
});

describe('the daemon', () => {
  it('may not be running', async () => {
    const gone = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n';
    expect(await run('node ls', 'down')).toEqual({ stdout: '', stderr: gone, exit: 1 });
    expect(await run('-D node ls', 'down')).toEqual({ stdout: '', stderr: gone, exit: 1 });
    expect(await run('node inspect a b', 'down')).toEqual({ stdout: '[]\n', stderr: gone + gone, exit: 1 });
    expect(await run('info', 'down')).toEqual({
      stdout: 'Client:\n Version:    28.2.2\n Context:    default\n Debug Mode: false\n\nServer:\n',
      stderr: gone,
      exit: 1,
    });
    expect((await run('info -f {{.Name', 'down')).stderr).toBe(
      `${gone}template parsing error: template: :1: unclosed action\n`,
    );
    expect(await run('version -f {{.Client.Version}}', 'down')).toEqual({ stdout: '28.2.2\n', stderr: gone, exit: 1 });
  });

  it('is not asked for the version of the command line', async () => {
    expect(await run('-v', 'down')).toEqual({ stdout: 'Docker version 28.2.2, build e6534b4\n', stderr: '', exit: 0 });
    expect(await run('--version x', 'up')).toMatchObject({ exit: 1 });
  });

  it('is waited for until Ctrl-C', async () => {
    const signal = new Interrupt();
    const running = run('node ls', 'silent', signal);
    signal.press();
    expect(await running).toEqual({ stdout: '', stderr: '', exit: 130 });
  });
});

describe('an empty name', () => {
  it.each([
    ['node inspect ', { stdout: '[]\n', stderr: 'invalid node name or ID: value is empty\n', exit: 1 }],
    ['node promote ', { stdout: '', stderr: 'invalid node name or ID: value is empty\n', exit: 1 }],
    ['network inspect ', { stdout: '[]\n', stderr: 'invalid network name or ID: value is empty\n', exit: 1 }],
    ['inspect ', { stdout: '[]\n', stderr: 'invalid container name or ID: value is empty\n', exit: 1 }],
  ])('docker %s', async (line, outcome) => {
    expect(await run(line)).toEqual(outcome);
  });
});

describe('what is not modelled', () => {
  it.each([
    ['plugin enable it', 'docker plugin enable is not modelled here\n'],
    ['trust sign nginx:1', 'docker trust sign is not modelled here\n'],
    ['image push --all-tags mine', 'docker push --all-tags is not modelled here\n'],
    ['context export default', 'docker context export is not modelled here\n'],
    ['volume create --group g v', 'docker volume create --group is not modelled here: there are no cluster volumes\n'],
    [
      'compose up -d',
      'docker compose runs containers on one host; here a compose file becomes a stack: docker stack deploy -c FILE NAME\n',
    ],
  ])('docker %s says so', async (line, stderr) => {
    expect(await run(line)).toMatchObject({ exit: 1, stdout: '', stderr });
  });

  it('has a help page all the same', async () => {
    const { exit, stdout } = await run('cp --help');
    expect({ exit, usage: stdout.split('\n')[0] }).toEqual({
      exit: 0,
      usage: 'Usage:  docker cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-',
    });
  });
});

describe('Tab offers', () => {
  it.each([
    ['docker n', ['network', 'node']],
    ['docker node p', ['promote', 'ps']],
    ['docker -D node d', ['demote']],
    ['docker help swarm un', ['unlock', 'unlock-key']],
    ['docker node inspect n', ['node1', 'node2']],
    ['docker node inspect node1 s', ['self']],
    ['docker network inspect i', ['ingress']],
    ['docker node ls --f', ['--filter', '--format']],
    ['docker node update --av', ['--availability']],
    ['docker node update --availability d', ['drain']],
    ['docker node update --availability=p', ['--availability=pause']],
    ['docker node update --availability drain node2', ['node2']],
    ['docker swarm join-token m', ['manager']],
    ['docker bogus x', []],
  ])('%s', async (line, expected) => {
    const words = line.split(' ');
    const candidates = await completeDocker(words, hostWith('up'));
    expect(candidates.filter((candidate) => candidate.startsWith(words.at(-1)!)).sort()).toEqual(expected);
  });

  it('nothing about objects while the daemon is down', async () => {
    expect(await completeDocker(['docker', 'node', 'rm', ''], hostWith('down'))).toEqual([]);
  });
});
