/** Which program an image runs when nothing else is asked for, and which one a command line is. */
import type { Image } from '../container.ts';
import type { Program } from './program.ts';
import { script } from './script.ts';
import { mysql, postgres, redis, webServer } from './server.ts';

const PROGRAMS: readonly Program[] = [webServer, redis, postgres, mysql, script] as readonly Program[];

const SERVERS: Readonly<Record<string, Program>> = {
  nginx: webServer as Program,
  'httpd-foreground': webServer as Program,
  httpd: webServer as Program,
  'apache2-foreground': webServer as Program,
  serve: webServer as Program,
  elasticsearch: webServer as Program,
  whoami: webServer as Program,
  'redis-server': redis as Program,
  postgres: postgres as Program,
  mysqld: mysql as Program,
};

/** Entry points that only prepare and then run their arguments. */
const WRAPPERS = /(^|\/)(docker-entrypoint\.sh|docker-php-entrypoint)$/;

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
  return { program: SERVERS[name] ?? (script as Program), argv };
}

/** The program with this name, for a world that is put together again. */
export function programNamed(name: string): Program {
  const program = PROGRAMS.find((candidate) => candidate.name === name);
  if (!program) throw new Error(`runtime: no program ${name}`);
  return program;
}

/** The program of a command that is run beside the main one (`docker exec`, a health check). */
export function commandFor(argv: readonly string[]): { program: Program; argv: readonly string[] } {
  return { program: script as Program, argv };
}
