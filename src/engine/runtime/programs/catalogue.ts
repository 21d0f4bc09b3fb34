/** Which program an image runs when nothing else is asked for, and which one a command line is. */
import type { Image } from '../container.ts';
import { mysql, postgres } from './database.ts';
import { drupal } from './drupal.ts';
import { hello } from './hello.ts';
import type { Program } from './program.ts';
import { redis } from './redis.ts';
import { script } from './script.ts';
import { customers, gateway, invoices, products } from './shop.ts';
import { result, vote, worker } from './voting-app.ts';
import { elasticsearch, httpd, nginx, plainWeb, visualizer, whoami } from './web.ts';

const PROGRAMS: readonly Program[] = [
  customers,
  drupal,
  elasticsearch,
  gateway,
  hello,
  httpd,
  invoices,
  mysql,
  nginx,
  plainWeb,
  postgres,
  products,
  redis,
  result,
  script,
  visualizer,
  vote,
  whoami,
  worker,
] as readonly Program[];

/** Servers by the name of their executable. */
const SERVERS: Readonly<Record<string, Program>> = {
  nginx,
  'httpd-foreground': httpd,
  'apache2-foreground': httpd,
  httpd,
  hello,
  serve: plainWeb,
  elasticsearch,
  whoami,
  'redis-server': redis,
  postgres,
  mysqld: mysql,
  mariadbd: mysql,
} as Readonly<Record<string, Program>>;

/** Images whose executables say nothing (`npm start`): by the end of their repository. */
const APPS: readonly (readonly [RegExp, Program])[] = [
  [/(^|[/_-])vote$/, vote],
  [/(^|[/_-])result$/, result],
  [/votingapp[/_-]worker$|(^|\/)(vote|voting)[_-]?worker$|examplevotingapp_worker$/, worker],
  [/(^|\/)drupal$/, drupal],
  [/(^|[/_-])visualizer$/, visualizer],
  [/(^|[/_-])customers?$/, customers],
  [/(^|[/_-])products?$/, products],
  [/(^|[/_-])invoices?$/, invoices],
  [/(^|[/_-])(gateway|balancer)$/, gateway],
] as readonly (readonly [RegExp, Program])[];

/** Entry points that only prepare and then run their arguments. */
const WRAPPERS = /(^|\/)(docker-entrypoint\.sh|docker-php-entrypoint)$/;
/** Commands that a script knows. */
const TOOLS = /^(sh|bash|ash|dash|sleep|tail|ping|echo|true|false|cat|curl|wget)$/;

/** The program for a container of `image` with this entry point and command (empty: the image's own). */
export function programFor(
  image: Image,
  entrypoint: readonly string[],
  command: readonly string[],
): { program: Program; argv: string[] } {
  const own = entrypoint.length === 0;
  const argv = [...(own ? image.entrypoint : entrypoint), ...(command.length > 0 || !own ? command : image.command)];
  while (argv.length > 1 && WRAPPERS.test(argv[0]!)) argv.shift();
  const name = (argv[0] ?? '').slice((argv[0] ?? '').lastIndexOf('/') + 1);
  const app = own && command.length === 0 ? appOf(image) : undefined;
  // What was built here is somebody's own server, if it says on which port.
  const isOwnServer = own && command.length === 0 && image.history && image.exposed.length > 0 && !TOOLS.test(name);
  return {
    program: app ?? SERVERS[name] ?? ((isOwnServer ? plainWeb : script) as Program),
    argv,
  };
}

function appOf(image: Image): Program | undefined {
  const repository = (image.tags[0] ?? '').replace(/:[^/]*$/, '');
  return APPS.find(([pattern]) => pattern.test(repository))?.[1];
}

/** The program of a command that is run beside the main one (`docker exec`, a health check). */
export function commandFor(argv: readonly string[]): { program: Program; argv: readonly string[] } {
  return { program: script as Program, argv };
}

const BY_NAME = new Map(PROGRAMS.map((program) => [program.name, program]));

/** The program with this name, for a world that is put together again. */
export function programNamed(name: string): Program {
  const program = BY_NAME.get(name);
  if (!program) throw new Error(`runtime: no program ${name}`);
  return program;
}
