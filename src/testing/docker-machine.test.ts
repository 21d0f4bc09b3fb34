import { beforeAll, describe, expect, test } from 'vitest';
import { ShellWorld } from './shell-world.ts';

describe('docker-machine', () => {
  let world: ShellWorld;
  beforeAll(() => {
    world = new ShellWorld({ machines: 3, managers: 1 });
  });

  /** Command lines on node1 and what they print, one after the other. */
  const rows: [command: string, screen: string][] = [
    [
      'docker-machine ls',
      `NAME    ACTIVE   DRIVER       STATE     URL                         SWARM   DOCKER    ERRORS
node1   -        virtualbox   Running   tcp://192.168.99.101:2376           v28.2.2
node2   -        virtualbox   Running   tcp://192.168.99.102:2376           v28.2.2
node3   -        virtualbox   Running   tcp://192.168.99.103:2376           v28.2.2`,
    ],
    ['docker-machine ls -q --filter name=node2', 'node2'],
    ["docker-machine ls --format '{{.Name}}: {{.State}}' | tail -1", 'node3: Running'],
    ['docker-machine ls --filter colour=red', "Unsupported filter key 'colour'\nexit 1"],
    ['docker-machine ip node2 node3', '192.168.99.102\n192.168.99.103'],
    ['docker-machine url node2', 'tcp://192.168.99.102:2376'],
    ['docker-machine status node2', 'Running'],
    ["docker-machine inspect -f '{{.Driver.IPAddress}}' node2", '192.168.99.102'],
    ['docker-machine active', 'No active host found\nexit 1'],
    [
      'docker-machine ip m1',
      'Docker machine "m1" does not exist. Use "docker-machine ls" to list machines. Use "docker-machine create" to add a new one.\nexit 1',
    ],
    ['docker-machine create -d virtualbox node2', 'Docker machine "node2" already exists\nexit 1'],
    [
      'docker-machine create -d virtualbox --virtualbox-memory 512 m1',
      'Error with pre-create check: "the machines of this world are there from the beginning (node1, node2, node3), and no others can be created"\nexit 1',
    ],
    [
      'docker-machine frob',
      "docker-machine: 'frob' is not a docker-machine command. See 'docker-machine --help'.\nexit 1",
    ],
    [
      'docker-machine env node2',
      `export DOCKER_TLS_VERIFY="1"
export DOCKER_HOST="tcp://192.168.99.102:2376"
export DOCKER_CERT_PATH="/home/docker/.docker/machine/machines/node2"
export DOCKER_MACHINE_NAME="node2"
# Run this command to configure your shell:
# eval $(docker-machine env node2)`,
    ],
    ['docker-machine ssh node2 hostname', 'node2'],
    ['docker-machine ssh node3 "cd /tmp && pwd; exit 3"', '/tmp\nexit status 3\nexit 1'],
    ['docker-machine ssh node2 docker info --format "{{.Name}}"', 'node2'],
    ["docker -H tcp://192.168.99.102:2376 info --format '{{.Name}}'", 'node2'],
    ["docker -H ssh://docker@node3 info --format '{{.Name}}'", 'node3'],
    [
      'docker -H tcp://192.168.99.109:2375 ps',
      'Cannot connect to the Docker daemon at tcp://192.168.99.109:2375. Is the docker daemon running?\nexit 1',
    ],
    ["eval $(docker-machine env node2); docker info --format '{{.Name}}'; docker-machine active", 'node2\nnode2'],
    ['docker-machine ls --filter name=node2 | tail -1 | cut -c 9', '*'],
    ['eval "$(docker-machine env -u)"; docker info --format \'{{.Name}}\'; echo $DOCKER_HOST', 'node1'],
    ['docker-machine stop node3', 'Stopping "node3"...\nMachine "node3" was stopped.'],
    ['docker-machine status node3', 'Stopped'],
    ['docker-machine ip node3', 'Host is not running\nexit 1'],
    ['docker-machine env node3', 'Error checking TLS connection: Host is not running\nexit 1'],
    [
      'docker-machine ls | tail -1',
      'node3   -        virtualbox   Stopped                                       Unknown',
    ],
    [
      'docker -H tcp://192.168.99.103:2376 ps',
      'Cannot connect to the Docker daemon at tcp://192.168.99.103:2376. Is the docker daemon running?\nexit 1',
    ],
    ['docker-machine ssh node3 ls', 'Error: Cannot run SSH command: Host "node3" is not running\nexit 1'],
    [
      'docker-machine start node3',
      `Starting "node3"...
(node3) Waiting for an IP...
Machine "node3" was started.
Waiting for SSH to be available...
Detecting the provisioner...
Started machines may have new IP addresses. You may need to re-run the \`docker-machine env\` command.`,
    ],
    ['docker-machine kill node3', 'Killing "node3"...\nMachine "node3" was killed.'],
    ['docker-machine kill node3', 'Killing "node3"...\nMachine "node3" is already stopped.'],
    ['docker-machine version', 'docker-machine version 0.16.2, build bd45ab13'],
  ];

  test('says and does what the real one does', async () => {
    const seen: [string, string][] = [];
    for (const [command] of rows) seen.push([command, (await world.run('node1', command)).replace(/ +$/gm, '')]);
    expect(seen).toEqual(rows);
  });

  test('gives a terminal on another machine, with its own prompt, until it is left', async () => {
    const terminal = world.terminal('node1');
    await terminal.type('docker-machine ssh node2\r');
    await terminal.type('hostname\r');
    await terminal.type('sleep 100\r');
    await terminal.type('\x03');
    await terminal.type('exit\r');
    await terminal.type('hostname\r');
    expect(terminal.lines()).toEqual([
      'docker@node1:~$ docker-machine ssh node2',
      'docker@node2:~$ hostname',
      'node2',
      'docker@node2:~$ sleep 100',
      '^C',
      'docker@node2:~$ exit',
      'logout',
      'exit status 130',
      'docker@node1:~$ hostname',
      'node1',
      'docker@node1:~$',
    ]);
  });

  test('turns docker to a machine whose cable is out in vain', async () => {
    world.fault({ kind: 'cable-cut', machine: 'node2' });
    const screen = await world.run('node1', 'docker -H tcp://node2:2376 ps');
    expect(screen).toBe(
      'Cannot connect to the Docker daemon at tcp://node2:2376. Is the docker daemon running?\nexit 1',
    );
    world.fault({ kind: 'cable-mend', machine: 'node2' });
  });
});
