/**
 * Web servers: nginx, httpd, whoami, elasticsearch, the visualizer, and whatever an unknown image may be.
 * Simplified: the real default pages of nginx and httpd name no container; here they do, and the image's tag, because that is
 * what one wants to see.
 */

import { hash64 } from '../registry.ts';
import {
  answering,
  escapeHtml,
  exposedPorts,
  html,
  httpDate,
  imageName,
  imageParts,
  json,
  logDate,
  pathOf,
  served,
  variable,
} from './http-server.ts';
import type { ProgramContext } from './program.ts';
import { type AppResponse, httpResponse, type IncomingRequest } from './sockets.ts';

/** Versions that tags stand for; any other tag is taken as it is. */
function version(tag: string, newest: string): string {
  return /^\d+(\.\d+)*/.exec(tag)?.[0] ?? newest;
}

// ---- nginx

export const nginx = answering(
  'nginx',
  (context) => {
    context.log('stdout', '/docker-entrypoint.sh: Configuration complete; ready for start up');
    context.log('stderr', `${logTime(context)} [notice] 1#1: nginx/${version(imageParts(context).tag, '1.27.4')}`);
    context.log('stderr', `${logTime(context)} [notice] 1#1: start worker processes`);
    context.sockets.listen(80);
  },
  (context, incoming) => {
    const { tag } = imageParts(context);
    const found = ['/', '/index.html'].includes(pathOf(incoming));
    const page = found
      ? page200('Welcome to nginx!', 'Welcome to nginx!', context)
      : `<html>\n<head><title>404 Not Found</title></head>\n<body>\n<center><h1>404 Not Found</h1></center>\n<hr><center>nginx/${version(tag, '1.27.4')}</center>\n</body>\n</html>\n`;
    accessLog(context, incoming, found ? 200 : 404, page.length);
    const headers = {
      'Content-Type': 'text/html',
      Connection: 'keep-alive',
      ...(found && { 'Accept-Ranges': 'bytes' }),
    };
    return served(context, `nginx/${version(tag, '1.27.4')}`, httpResponse(found ? 200 : 404, page, headers));
  },
);

/** A default page: which container it comes from stands at its end. */
function page200(title: string, heading: string, context: ProgramContext): string {
  return `<!DOCTYPE html>\n<html>\n<head>\n<title>${title}</title>\n</head>\n<body>\n<h1>${heading}</h1>\n<p>Container <code>${context.hostname}</code>, image <code>${escapeHtml(imageName(context))}</code></p>\n</body>\n</html>\n`;
}

function accessLog(context: ProgramContext, { request, peer }: IncomingRequest, status: number, size: number): void {
  const agent = request.headers['User-Agent'] ?? '-';
  context.log(
    'stdout',
    `${peer.address} - - [${logDate(context.now)}] "${request.method} ${request.path} HTTP/1.1" ${status} ${size} "-" "${agent}" "-"`,
  );
}

/** `2026/01/01 00:00:00` */
function logTime(context: ProgramContext): string {
  const [day, month, rest = ''] = logDate(context.now).split('/');
  const [year = '', ...clock] = rest.split(' ')[0]!.split(':');
  const number = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(month!) / 3 + 1;
  return `${year}/${String(number).padStart(2, '0')}/${day} ${clock.join(':')}`;
}

// ---- httpd

export const httpd = answering(
  'httpd',
  (context) => {
    context.log(
      'stderr',
      `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${context.hostname}`,
    );
    context.log(
      'stderr',
      `Apache/${version(imageParts(context).tag, '2.4.65')} (Unix) configured -- resuming normal operations`,
    );
    context.sockets.listen(80);
  },
  (context, incoming) => {
    const found = ['/', '/index.html'].includes(pathOf(incoming));
    const page = found
      ? page200('It works!', 'It works!', context)
      : '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n</body></html>\n';
    accessLog(context, incoming, found ? 200 : 404, page.length);
    const server = `Apache/${version(imageParts(context).tag, '2.4.65')} (Unix)`;
    return served(context, server, httpResponse(found ? 200 : 404, page, { 'Content-Type': 'text/html' }));
  },
);

// ---- any other image

/** A plain web server on the ports that the image exposes. It tells image, container and what was asked. */
export const plainWeb = answering(
  'web-server',
  (context) => {
    for (const port of exposedPorts(context)) {
      context.sockets.listen(port);
      context.log('stdout', `${imageName(context)}: listening on port ${port}`);
    }
  },
  (context, incoming) => {
    const { tag, repository } = imageParts(context);
    const text = [
      `${repository} ${tag}`,
      `container: ${context.hostname}`,
      ...context.network.interfaces.map(({ name, address }) => `${name}: ${address}`),
      `request: ${incoming.request.method} ${incoming.request.path}`,
      `from: ${incoming.peer.address}`,
      '',
    ].join('\n');
    return served(context, repository, httpResponse(200, text));
  },
);

// ---- traefik/whoami

/** Layout of the answers: `traefik/whoami: app.go`. */
export const whoami = answering(
  'whoami',
  (context) => {
    const port = Number(variable(context, 'WHOAMI_PORT_NUMBER') ?? 80);
    context.log('stdout', `Starting up on port ${port}`);
    context.sockets.listen(port);
  },
  (context, incoming) => {
    const { request, peer } = incoming;
    const addresses = ['127.0.0.1', '::1', ...context.network.interfaces.map(({ address }) => address.split('/')[0]!)];
    const name = variable(context, 'WHOAMI_NAME');
    const path = pathOf(incoming);
    if (path === '/health')
      return { status: 200, headers: { Date: httpDate(context.now), 'Content-Length': '0' }, body: '' };
    if (path === '/api') {
      const { headers, method, path: url, host } = request;
      const listed = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value]]));
      return dated(
        context,
        json(200, {
          hostname: context.hostname,
          ip: addresses,
          headers: listed,
          url,
          host,
          method,
          name,
          remoteAddr: `${peer.address}:${peer.port}`,
        }),
      );
    }
    const lines = [
      ...(name ? [`Name: ${name}`] : []),
      `Hostname: ${context.hostname}`,
      ...addresses.map((address) => `IP: ${address}`),
      `RemoteAddr: ${peer.address}:${peer.port}`,
      `${request.method} ${request.path} HTTP/1.1`,
      `Host: ${request.host}`,
      ...Object.entries(request.headers)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}: ${value}`),
      '',
      '',
    ];
    return dated(context, httpResponse(200, lines.join('\n')));
  },
);

/** Go's server names itself nowhere. */
function dated(context: ProgramContext, response: AppResponse): AppResponse {
  return {
    ...response,
    headers: { Date: httpDate(context.now), 'Content-Length': String(response.body.length), ...response.headers },
  };
}

// ---- elasticsearch

/** Some of the names that elasticsearch 1 and 2 gave their nodes: heroes and villains of comics. */
const HEROES =
  'Abomination|Agent Zero|Apocalypse|Archangel|Baron Mordo|Beast|Bishop|Black Bolt|Black Knight|Blade|Blob|Box|Bullseye|Cable|Cannonball|Captain Britain|Carnage|Cloak|Colossus|Copycat|Crossbones|Crystal|Cyclops|Dagger|Daredevil|Darkhawk|Dazzler|Deadpool|Death Adder|Destiny|Doctor Strange|Domino|Doorman|Drax|Ego|Electro|Elektra|Falcon|Firebird|Firestar|Forge|Galactus|Gambit|Gamora|Ghost Rider|Goliath|Gorgon|Groot|Havok|Hawkeye|Hellcat|Hercules|Human Torch|Hyperion|Iceman|Iron Fist|Jack Flag|Jubilee|Juggernaut|Karma|Karnak|Kingpin|Kraven|Living Lightning|Lockjaw|Longshot|Luke Cage|Madrox|Magik|Magneto|Mandarin|Medusa|Mister Sinister|Mockingbird|Moonstar|Morbius|Multiple Man|Mystique|Namorita|Nightcrawler|Northstar|Nova|Omega Red|Polaris|Power Princess|Psylocke|Puck|Pyro|Quasar|Quicksilver|Rage|Rhino|Rogue|Sabretooth|Sasquatch|Scarlet Witch|Sentry|Shadowcat|Shang-Chi|She-Hulk|Silver Sable|Siryn|Snowbird|Speedball|Spidercide|Star-Lord|Sunfire|Taskmaster|Thunderbird|Toad|Ultron|Valkyrie|Venom|Vision|Warpath|Wasp|Winter Soldier|Wolfsbane|Wonder Man|X-Man|Yellowjacket|Zaladane'.split(
    '|',
  );

/** The name of the node in a container: it keeps it for life. */
function heroOf(containerId: string): string {
  return HEROES[Number.parseInt(containerId.slice(0, 8), 16) % HEROES.length]!;
}

export const elasticsearch = answering(
  'elasticsearch',
  (context) => {
    const name = nodeName(context);
    context.log(
      'stdout',
      `[INFO ][node                     ] [${name}] version[${version(imageParts(context).tag, '2.4.6')}], pid[1]`,
    );
    context.log('stdout', `[INFO ][http                     ] [${name}] publish_address {127.0.0.1:9200}`);
    context.log('stdout', `[INFO ][node                     ] [${name}] started`);
    context.sockets.listen(9200);
    context.sockets.listen(9300);
  },
  (context, incoming) => {
    const { tag } = imageParts(context);
    const number = tag === '2' || tag === 'latest' ? '2.4.6' : version(tag, '2.4.6');
    if (pathOf(incoming) !== '/') return httpResponse(404, '{"error":"no handler found","status":404}\n', JSON_TYPE);
    const body = {
      name: nodeName(context),
      cluster_name: 'elasticsearch',
      cluster_uuid: hash64(`cluster ${context.containerId}`).slice(0, 22),
      version: {
        number,
        build_hash: '5376dca9f70f3abef96a77f4bb22720ace8240fd',
        build_timestamp: '2017-07-18T12:17:44Z',
        build_snapshot: false,
        lucene_version: '5.5.4',
      },
      tagline: 'You Know, for Search',
    };
    const text = JSON.stringify(body, null, 2).replace(/": /g, '" : ');
    return httpResponse(200, `${text}\n`, { ...JSON_TYPE, 'content-length': String(text.length + 1) });
  },
);

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };

/** Since version 5 a node is called after its container. */
function nodeName(context: ProgramContext): string {
  const major = Number.parseInt(imageParts(context).tag, 10);
  return major >= 5 ? context.hostname : heroOf(context.containerId);
}

// ---- visualizer

/**
 * `dockersamples/visualizer`. It asks the daemon by its socket. Simplified: a program here cannot; whoever shows the page draws the
 * cluster into the element marked `data-swarm`.
 */
export const visualizer = answering(
  'visualizer',
  (context) => {
    context.log('stdout', 'Listening on 8080');
    context.sockets.listen(8080);
  },
  (context) => {
    const hasSocket = context.config.mounts.some(({ target }) => target === '/var/run/docker.sock');
    const inside = hasSocket
      ? '<main data-swarm="cluster"></main>'
      : '<p class="error">connect ENOENT /var/run/docker.sock</p>';
    return html(
      200,
      `<!DOCTYPE html>\n<html>\n<head><title>Visualizer</title></head>\n<body>\n<h1>Docker Swarm Visualizer</h1>\n${inside}\n</body>\n</html>\n`,
    );
  },
);
