/** Programs by what they say and answer. */
import { describe, expect, it } from 'vitest';
import { sqlRequest } from './database.ts';
import { httpGet } from './sockets.ts';
import { Bench } from './testing-bench.ts';

describe('web servers', () => {
  it.each([
    ['nginx:1.26', 'Welcome to nginx!', 'nginx/1.26'],
    ['httpd', 'It works!', 'Apache/2.4.65 (Unix)'],
  ])('%s has its page, and names its container and image', (image, heading, server) => {
    const bench = new Bench();
    bench.run('web', image);
    const { status, body, headers } = bench.get('web');
    expect([status, headers.Server]).toEqual([200, server]);
    expect(body).toContain(`<h1>${heading}</h1>`);
    expect(body).toContain('0123456789ab');
    expect(body).toContain(image);
    expect(bench.get('web', '/nosuch').status).toBe(404);
  });

  it('lets tags of one image be told apart', () => {
    const bench = new Bench();
    bench.run('one', 'me/app:v1');
    bench.run('two', 'me/app:v2');
    expect(bench.get('one').body).toMatch(/^me\/app v1\n/);
    expect(bench.get('two').body).toMatch(/^me\/app v2\n/);
  });

  it('whoami answers with host, addresses and the request, as the original', () => {
    const bench = new Bench();
    bench.run('who', 'traefik/whoami');
    const request = httpGet('who', '/x', { 'User-Agent': 'curl/8.5.0', Accept: '*/*' });
    expect(bench.ask('who', 80, request)).toMatchObject({
      body: 'Hostname: 0123456789ab\nIP: 127.0.0.1\nIP: ::1\nIP: 10.0.1.3\nRemoteAddr: 10.0.1.9:40000\nGET /x HTTP/1.1\nHost: who\nAccept: */*\nUser-Agent: curl/8.5.0\n\n',
    });
  });

  it('elasticsearch 2 keeps the name of a hero for the life of its container', () => {
    const bench = new Bench();
    bench.run('es', 'elasticsearch:2', { id: 'a1'.padEnd(64, '0') });
    bench.run('other', 'elasticsearch:2', { id: 'b7'.padEnd(64, '3') });
    const name = (host: string): string => (JSON.parse(bench.get(host, '/', 9200).body) as { name: string }).name;
    expect(name('es')).toBe(name('es'));
    expect(name('es')).not.toBe(name('other'));
    expect(bench.get('es', '/', 9200).body).toContain('"tagline" : "You Know, for Search"');
  });

  it('ends in good order when it is told to', () => {
    const web = new Bench().run('web', 'nginx');
    web.signal('TERM');
    expect(web.exit).toBe(0);
  });
});

describe('redis', () => {
  it.each([
    ['PING', '+PONG\r\n'],
    ['SET a "b c"', '+OK\r\n'],
    ['GET nosuch', '$-1\r\n'],
    ['INCR n', ':1\r\n'],
    ['LPUSH', "-ERR wrong number of arguments for 'lpush' command\r\n"],
    ['FLY away', "-ERR unknown command 'FLY', with args beginning with: 'away' \r\n"],
  ])('%s', (command, answer) => {
    const bench = new Bench();
    bench.run('redis', 'redis:7');
    expect(bench.say('redis', 6379, command)).toBe(answer);
  });

  it('gives list elements in order, and saves what it has when it is stopped', () => {
    const bench = new Bench();
    const first = bench.run('redis', 'redis:7');
    bench.say('redis', 6379, 'RPUSH votes x y z');
    expect(bench.say('redis', 6379, 'LPOP votes')).toBe('$1\r\nx\r\n');
    first.signal('TERM');
    bench.run('redis', 'redis:7', { disk: first.disk });
    expect(bench.say('redis', 6379, 'LRANGE votes 0 -1')).toBe('*2\r\n$1\r\ny\r\n$1\r\nz\r\n');
  });

  it('lets a blocked client wait until there is something', () => {
    const bench = new Bench();
    bench.run('redis', 'redis:7');
    expect(bench.say('redis', 6379, 'BLPOP votes 3')).toBe('*-1\r\n');
  });
});

describe('databases', () => {
  const ask = (bench: Bench, sql: string, password = 'secret'): unknown =>
    JSON.parse(bench.say('db', 5432, sqlRequest('postgres', password, 'postgres', sql).body));

  it('postgres wants a password, and says so before it ends', () => {
    const db = new Bench().run('db', 'postgres:16');
    expect(db.exit).toBe(1);
    expect(db.err[0]).toBe('Error: Database is uninitialized and superuser password is not specified.\n');
  });

  it('is refused until its files are made, then takes queries', () => {
    const bench = new Bench();
    bench.run('db', 'postgres:16', { env: ['POSTGRES_PASSWORD=secret'] });
    expect(bench.ask('db', 5432, sqlRequest('postgres', 'secret', 'postgres', 'SELECT 1'))).toBe('connection refused');
    expect(ask(bench, 'SELECT 1')).toMatchObject({ ok: true, rows: [[1]] });
    expect(ask(bench, 'SELECT 1', 'wrong')).toMatchObject({ ok: false, severity: 'FATAL' });
  });

  it('keeps tables on its volume, and knows nothing of them on another', () => {
    const bench = new Bench();
    const env = ['POSTGRES_PASSWORD=secret'];
    const first = bench.run('db', 'postgres:16', { env });
    bench.pass(3);
    ask(bench, "CREATE TABLE t (id INT UNIQUE, name TEXT); INSERT INTO t VALUES (1, 'a')");
    first.signal('TERM');
    const again = bench.run('db', 'postgres:16', { env, disk: first.disk });
    bench.pass(3);
    expect(ask(bench, 'SELECT * FROM t')).toMatchObject({ rows: [[1, 'a']] });
    again.signal('TERM');
    bench.run('db', 'postgres:16', { env });
    bench.pass(3);
    expect(ask(bench, 'SELECT * FROM t')).toMatchObject({ ok: false, message: 'relation "t" does not exist' });
  });

  it('mysql wants to be told of its root password', () => {
    const bench = new Bench();
    expect(bench.run('db', 'mysql').exit).toBe(1);
    expect(bench.run('other', 'mysql', { env: ['MYSQL_ALLOW_EMPTY_PASSWORD=yes'] }).exit).toBeNull();
  });
});

describe('the voting app', () => {
  const TRUST = { env: ['POSTGRES_HOST_AUTH_METHOD=trust'] };

  function whole(): Bench {
    const bench = new Bench();
    bench.run('redis', 'redis:3.2');
    bench.run('db', 'postgres:9.4', TRUST);
    bench.run('vote', 'bretfisher/examplevotingapp_vote');
    bench.run('worker', 'bretfisher/examplevotingapp_worker:java');
    bench.run('result', 'bretfisher/examplevotingapp_result');
    bench.pass(5);
    return bench;
  }

  it('carries a vote from the form to the result', () => {
    const bench = whole();
    expect(bench.post('vote', '/', 'vote=a').body).toContain('aria-pressed="true" disabled>Cats');
    bench.post('vote', '/', 'vote=b');
    bench.pass(3);
    expect(bench.get('result').body).toContain('2 votes');
  });

  it('changes the vote of a voter who comes again', () => {
    const bench = whole();
    const vote = (body: string): void => {
      bench.ask('vote', 80, { ...httpGet('vote', '/', { Cookie: 'voter_id=me' }), method: 'POST', body });
    };
    vote('vote=a');
    vote('vote=b');
    bench.pass(3);
    expect(bench.get('result').body).toContain('1 vote<');
  });

  it('pushes changes to whoever holds a connection', () => {
    const bench = whole();
    bench.ask('result', 80, httpGet('result', '/socket.io/'), true);
    bench.post('vote', '/', 'vote=a');
    bench.pass(3);
    expect(bench.pushed.map((text) => JSON.parse(text) as object)).toMatchObject([{ a: 1, b: 0, aPercent: '100.0%' }]);
  });

  it('cannot take a vote without redis', () => {
    const bench = new Bench();
    const vote = bench.run('vote', 'bretfisher/examplevotingapp_vote');
    expect(bench.post('vote', '/', 'vote=a').status).toBe(500);
    expect(vote.err.join('')).toContain('Error -2 connecting to redis:6379. Name or service not known.');
  });

  it.each([
    ['bretfisher/examplevotingapp_worker', 0.1],
    ['bretfisher/examplevotingapp_worker:java', 16],
  ])('%s crashes when nobody is there', (image, seconds) => {
    const bench = new Bench();
    const worker = bench.run('worker', image);
    bench.pass(seconds - 0.05);
    expect(seconds < 1 || worker.exit === null || bench.now > 15e6).toBe(true);
    bench.pass(1);
    expect(worker.exit).toBe(1);
  });

  it('crashes when redis goes away under it', () => {
    const bench = whole();
    const worker = bench.run('worker2', 'bretfisher/examplevotingapp_worker:java');
    bench.pass(3);
    const redis = bench.run('redis', 'redis:3.2');
    redis.signal('TERM');
    expect(worker.exit).toBeNull();
  });
});

describe('drupal', () => {
  const form = (password: string, host = 'psql'): string =>
    `driver=pgsql&database=postgres&username=postgres&password=${password}&host=${host}`;

  it('goes on when it has reached its database, and only then', () => {
    const bench = new Bench();
    bench.run('drupal', 'drupal:8.8.10');
    bench.run('psql', 'postgres', { env: ['POSTGRES_PASSWORD=mypass'] });
    bench.pass(3);
    expect(bench.get('drupal').headers.Location).toBe('/core/install.php');
    const page = '/core/install.php';
    expect(bench.post('drupal', page, form('mypass', 'nosuch')).body).toContain('Name or service not known');
    expect(bench.post('drupal', page, form('wrong')).body).toContain('password authentication failed');
    expect(bench.post('drupal', page, form('mypass')).status).toBe(302);
    expect(bench.get('drupal').body).toContain('Welcome to Drupal');
  });
});

describe('the shop', () => {
  function shop(...without: string[]): Bench {
    const bench = new Bench();
    for (const name of ['customers', 'products', 'invoices', 'gateway'])
      if (!without.includes(name)) bench.run(name, `shop/${name}`);
    return bench;
  }

  it.each([
    ['/customers/2', 200, 'Alan Turing'],
    ['/products', 200, 'Slide rule'],
    ['/customers/99', 404, 'no customer 99'],
    ['/nowhere', 404, '404 Not Found'],
    ['/', 200, '<title>Shop</title>'],
  ])('the gateway routes %s', (path, status, text) => {
    const answer = shop().get('gateway', path);
    expect([answer.status, answer.body.includes(text)]).toEqual([status, true]);
  });

  it.each([
    [[], 'customer=1&product=2&quantity=3', 201, '"total":120'],
    [[], '{"customer":1,"product":9}', 422, 'no product 9'],
    [['products'], 'customer=1&product=2', 503, 'products cannot be asked: name not found'],
  ])('invoices hold each new one against customers and products (without %o)', (without, body, status, text) => {
    const answer = shop(...without).post('gateway', '/invoices', body);
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(text)]);
  });

  it('is a bad gateway in front of a service that is not there', () => {
    expect(shop('products').get('gateway', '/products').status).toBe(502);
  });
});

describe('commands in containers', () => {
  const run = (text: string, seconds = 5): [number | null, string, string] => {
    const bench = new Bench();
    bench.run('web', 'nginx');
    bench.run('redis', 'redis');
    const process = bench.exec(['sh', '-c', text]);
    bench.pass(seconds);
    return [process.exit, process.out.join(''), process.err.join('')];
  };

  it.each([
    ['echo a; echo b', 0, 'a\nb\n'],
    ['true && echo yes || echo no', 0, 'yes\n'],
    ['false && echo yes || echo no', 0, 'no\n'],
    ['for i in 1 2; do echo $i; done', 0, '1\n2\n'],
    ['X=5; echo "v$X" \'$X\'', 0, 'v5 $X\n'],
    ['if false; then echo a; else echo b; fi', 0, 'b\n'],
    ['i=0; while [ "$i" != xx ]; do i=${i}x; i=xx; echo $i; done', 0, 'xx\n'],
    ['echo $(hostname)', 0, '0123456789ab\n'],
    ['cat /etc/hosts | grep -c 10.0.1.3', 0, '1\n'],
    ['nosuch; echo $?', 0, '127\n'],
    ['exit 3', 3, ''],
    ['curl -s web | grep -o Welcome', 0, 'Welcome\nWelcome\n'],
    ['curl -sf nosuch || exit 1', 1, ''],
    ['wget -q --spider web && echo up', 0, 'up\n'],
    ['nslookup web >/dev/null 2>&1; echo $?', 0, '0\n'],
    ['redis-cli -h redis ping', 0, 'PONG\n'],
    ['nc -z web 81 || echo closed', 0, 'closed\n'],
  ])('%s', (text, exit, out) => {
    expect(run(text).slice(0, 2)).toEqual([exit, out]);
  });

  it('says what busybox says of a name that is not there', () => {
    expect(run('nslookup nosuch')).toEqual([
      1,
      "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\n** server can't find nosuch: NXDOMAIN\n\n",
      '',
    ]);
    expect(run('ping -c 1 nosuch')[2]).toBe("ping: bad address 'nosuch'\n");
    expect(run('wget -qO- nosuch')[2]).toBe("wget: bad address 'nosuch'\n");
  });

  it('pings once a second and counts', () => {
    const [exit, out] = run('ping -c 2 web');
    expect(exit).toBe(0);
    expect(out).toContain('PING web (10.0.1.2): 56 data bytes\n64 bytes from 10.0.1.2: seq=0 ttl=64 time=0.300 ms\n');
    expect(out).toContain('2 packets transmitted, 2 packets received, 0% packet loss\n');
  });
});

describe('signals', () => {
  /** Exit and output of a script that gets these signals after two seconds, `seconds` later. */
  const signalled = (text: string, signals: readonly string[], seconds = 5): [number | null, string] => {
    const bench = new Bench();
    const process = bench.exec(['sh', '-c', text]);
    bench.pass(2);
    for (const signal of signals) process.signal(signal);
    bench.pass(seconds);
    return [process.exit, process.out.join('')];
  };
  const LOOP = 'while true; do sleep 1; done';

  it.each([
    ['without a trap nothing', LOOP, ['TERM', 'INT'], null, ''],
    ['what the trap says', `trap 'echo bye; exit 3' TERM; ${LOOP}`, ['TERM'], 3, 'bye\n'],
    ['of a signal by any name', `trap 'exit 4' SIGUSR1 2; ${LOOP}`, ['USR1'], 4, ''],
    ['nor of another', `trap 'exit 4' INT; ${LOOP}`, ['TERM'], null, ''],
    ['and goes on', `trap 'echo reload' HUP; ${LOOP}`, ['HUP', 'HUP'], null, 'reload\nreload\n'],
    ['nothing if it is ignored', `trap '' TERM; ${LOOP}`, ['TERM'], null, ''],
    ['nothing once the trap is taken back', `trap 'exit 4' TERM; trap - TERM; ${LOOP}`, ['TERM'], null, ''],
    ['not before the command that runs is done', "trap 'exit 5' TERM; sleep 60", ['TERM'], null, ''],
    ['at once while it waits for one in the background', "trap 'exit 5' TERM; sleep 60 & wait", ['TERM'], 5, ''],
    ['at the end', "trap 'echo end' EXIT; trap 'exit 6' TERM; sleep 60 & wait", ['TERM'], 6, 'end\n'],
  ] as const)('%s', (_, text, signals, exit, out) => {
    expect(signalled(text, signals)).toEqual([exit, out]);
  });

  it('waits for what runs in the background', () => {
    expect(signalled('sleep 4 & echo a; wait; echo b', [], 1)).toEqual([null, 'a\n']);
    expect(signalled('sleep 4 & echo a; wait; echo b', [], 3)).toEqual([0, 'a\nb\n']);
    expect(signalled('wait; echo b', [])).toEqual([0, 'b\n']);
  });

  it('ends with what its trap for the end says', () => {
    expect(signalled("trap 'echo end' EXIT; exit 2", [])).toEqual([2, 'end\n']);
    expect(signalled("trap 'echo end' 0; false", [])).toEqual([1, 'end\n']);
  });
});
