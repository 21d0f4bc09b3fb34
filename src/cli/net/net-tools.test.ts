/** Clients of the network in a host's shell: what they ask, print, and end with. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ShellFixture } from '../shell/shell-fixture.ts';
import { netTools } from './net-tools.ts';
import { failure, page } from './testing-network.ts';

let shell: ShellFixture;
beforeEach(() => {
  shell = new ShellFixture(Object.fromEntries(netTools));
});

describe('curl', () => {
  it.each([
    ['curl -s localhost:8080', 0, 'hello\n', ''],
    ['curl -si localhost:8080', 0, 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello\n', ''],
    ['curl -sI localhost:8080', 0, 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n', ''],
    ["curl -s -o /dev/null -w '%{http_code} %{remote_ip}\\n' localhost:8080", 0, '200 127.0.0.1\n', ''],
    ['curl -sS nosuch', 6, '', 'curl: (6) Could not resolve host: nosuch\n'],
    ['curl -s nosuch', 6, '', ''],
    [
      'curl -sS localhost:81',
      7,
      '',
      "curl: (7) Failed to connect to localhost port 81 after 0 ms: Couldn't connect to server\n",
    ],
    ['curl -sSf localhost:82', 22, '', 'curl: (22) The requested URL returned error: 404\n'],
    ['curl -sSm 5 localhost:83', 28, '', 'curl: (28) Connection timed out after 5001 milliseconds\n'],
    [
      'curl -sSm 5 localhost:84',
      28,
      '',
      'curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received\n',
    ],
    [
      'curl -sS localhost:83',
      28,
      '',
      "curl: (28) Failed to connect to localhost port 83 after 5001 ms: Couldn't connect to server\n",
    ],
    ['curl -sL localhost:85', 0, 'hello\n', ''],
    ['curl', 2, '', "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
    [
      'curl --bogus x',
      2,
      '',
      "curl: option --bogus: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
    ['curl -s localhost:8080 | wc -l', 0, '1\n', ''],
    ['curl -s localhost:8080 -o f; cat f', 0, 'hello\n', ''],
  ])('%s', async (command, status, out, err) => {
    shell.network.answers = {
      'localhost:8080': [page(200, 'hello\n')],
      'localhost:81': [failure('connection refused')],
      'localhost:82': [page(404, 'no')],
      'localhost:83': [failure('timed out', { tookMs: 5001 })],
      'localhost:84': [failure('timed out', { tookMs: 5001, connected: true })],
      'localhost:85': [page(302, '', { Location: 'http://localhost:8080/' })],
    };
    expect(await shell.run(command)).toEqual({ status, out, err });
  });

  it('sends method, headers and data', async () => {
    shell.network.answers = { 'node2:80': [page(200, '')] };
    await shell.run("curl -s -H 'Host: shop' -d a=1 -d b=2 http://node2/x?y");
    expect(shell.network.calls[0]).toMatchObject({
      target: { host: 'node2', port: 80, protocol: 'tcp' },
      request: {
        method: 'POST',
        path: '/x?y',
        host: 'shop',
        body: 'a=1&b=2',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '7' },
      },
    });
  });

  it('tries again after one second, then two', async () => {
    const refused = failure('connection refused');
    shell.network.answers = { 'localhost:80': [refused, refused, page(200, 'up')] };
    const before = shell.clock.now();
    const { out, err } = await shell.run('curl --retry 3 --retry-connrefused localhost');
    expect(out).toBe('up');
    expect(err).toContain('Warning: Problem: connection refused. Will retry in 1 second. 3 retries left.\n');
    expect(err).toContain('Warning: Problem: connection refused. Will retry in 2 seconds. 2 retries left.\n');
    expect(shell.clock.now() - before).toBeGreaterThanOrEqual(3000);
  });

  it('ends with 130 on Ctrl-C, and gives its connection up', async () => {
    shell.network.answers = { 'localhost:80': ['never'] };
    const running = shell.start('curl -s localhost');
    await shell.clock.pass(1000);
    running.interrupt();
    expect([await running.ended, shell.network.closed]).toEqual([130, 1]);
  });

  it('shows what goes to and fro', async () => {
    shell.network.answers = { 'localhost:8080': [page(200, 'hi')] };
    const { err } = await shell.run('curl -sv localhost:8080');
    expect(err.split('\n').slice(3, 10)).toEqual([
      '*   Trying 127.0.0.1:8080...',
      '* Connected to localhost (127.0.0.1) port 8080',
      '> GET / HTTP/1.1',
      '> Host: localhost:8080',
      '> User-Agent: curl/8.5.0',
      '> Accept: */*',
      '> ',
    ]);
  });
});

describe('the others', () => {
  beforeEach(() => {
    shell.network.names = { web: ['10.0.0.5'] };
    shell.network.answers = {
      '10.0.0.5:0': [page(0, '')],
      '10.0.0.9:0': [failure('timed out')],
      'web:80': [page(200, 'hi')],
      'web:81': [failure('connection refused', { remote: { address: '10.0.0.5', port: 81 } })],
    };
  });

  it.each([
    ['wget -qO- web', 0, 'hi', ''],
    ['wget -qO- nosuch', 4, '', ''],
    ['nc -zv web 81', 1, '', 'nc: connect to web (10.0.0.5) port 81 (tcp) failed: Connection refused\n'],
    ['nc -z web 80', 0, '', ''],
    ['dig +short web', 0, '10.0.0.5\n', ''],
    ['dig +short nosuch', 0, '', ''],
    [
      'nslookup web',
      0,
      'Server:\t\t192.168.99.1\nAddress:\t192.168.99.1#53\n\nNon-authoritative answer:\nName:\tweb\nAddress: 10.0.0.5\n\n',
      '',
    ],
    [
      'nslookup nosuch',
      1,
      "Server:\t\t192.168.99.1\nAddress:\t192.168.99.1#53\n\n** server can't find nosuch: NXDOMAIN\n\n",
      '',
    ],
    ['ping -c 1 nosuch', 2, '', 'ping: nosuch: Name or service not known\n'],
    [
      'ping -c 1 web',
      0,
      'PING web (10.0.0.5) 56(84) bytes of data.\n64 bytes from web (10.0.0.5): icmp_seq=1 ttl=64 time=0.500 ms\n\n--- web ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 0.500/0.500/0.500/0.000 ms\n',
      '',
    ],
    [
      'ping -c 1 10.0.0.9',
      1,
      'PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.\n\n--- 10.0.0.9 ping statistics ---\n1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n',
      '',
    ],
    [
      'ip route',
      0,
      'default via 192.168.99.1 dev eth0 \n192.168.99.0/24 dev eth0 proto kernel scope link src 192.168.99.101 \n',
      '',
    ],
    [
      'ip -br addr',
      0,
      'lo               UNKNOWN        127.0.0.1/8 \neth0             UP             192.168.99.101/24 \n',
      '',
    ],
    ['ip addr show eth9', 1, '', 'Device "eth9" does not exist.\n'],
  ])('%s', async (command, status, out, err) => {
    expect(await shell.run(command)).toEqual({ status, out, err });
  });

  it('ping counts what it has when it is interrupted', async () => {
    const running = shell.start('ping web');
    await shell.clock.pass(2500);
    running.interrupt();
    await running.ended;
    expect(running.stdout.text).toContain('3 packets transmitted, 3 received, 0% packet loss');
  });

  it('ss and netstat show what listens', async () => {
    shell.network.hostFacts = {
      ...shell.network.hostFacts,
      listening: [{ protocol: 'tcp', address: '*', port: 8080, process: 'dockerd' }],
    };
    expect((await shell.run('ss -ltn')).out).toBe(
      'State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nLISTEN 0      4096               *:8080               *:*\n',
    );
    expect((await shell.run('netstat -ltn')).out.split('\n')[2]).toBe(
      'tcp        0      0 0.0.0.0:8080            0.0.0.0:*               LISTEN     ',
    );
  });
});
