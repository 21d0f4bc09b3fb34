/**
 * Commands run beside the main program of a container (`docker exec`, health checks): they look at the container and answer
 * at once. Simplified: a small set of commands; no state is changed and no time passes.
 */
import type { Container } from '../container.ts';

interface Output {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const good = (stdout = ''): Output => ({ exitCode: 0, stdout, stderr: '' });

export function runOnce(container: Container, argv: readonly string[]): Output {
  const [path = '', ...args] = argv;
  const name = path.slice(path.lastIndexOf('/') + 1);
  switch (name) {
    case 'sh':
    case 'bash':
    case 'ash':
      return args[0] === '-c' ? runText(container, args[1] ?? '') : good();
    case 'hostname':
      return good(`${container.config.hostname}\n`);
    case 'echo':
      return good(`${args.join(' ')}\n`);
    case 'env':
    case 'printenv':
      return good(environment(container));
    case 'whoami':
      return good(`${container.config.user || 'root'}\n`);
    case 'pwd':
      return good(`${container.config.workingDir || '/'}\n`);
    case 'true':
    case ':':
    case 'sleep':
    case 'curl':
    case 'wget':
    case 'pg_isready':
      return good();
    case 'redis-cli':
      return good('PONG\n');
    case 'false':
      return { exitCode: 1, stdout: '', stderr: '' };
    case 'exit':
      return { exitCode: Number.parseInt(args[0] ?? '0', 10) & 255, stdout: '', stderr: '' };
    default:
      return {
        exitCode: 127,
        stdout: '',
        stderr: `OCI runtime exec failed: exec failed: unable to start container process: exec: "${path}": executable file not found in $PATH: unknown`,
      };
  }
}

/** `a && b || c ; d`: statuses decide, outputs add up. */
function runText(container: Container, text: string): Output {
  const total = good();
  let skip = false;
  for (const part of text.split(/(&&|\|\||;|\n)/)) {
    const word = part.trim();
    if (word === '&&') skip = total.exitCode !== 0;
    else if (word === '||') skip = total.exitCode === 0;
    else if (word === ';' || part === '\n') skip = false;
    else if (word !== '' && !skip) {
      const words = word.split(/\s+/).map((w) => w.replace(/^["']|["']$/g, ''));
      const one = runOnce(container, words);
      total.stdout += one.stdout;
      total.stderr += one.stderr;
      total.exitCode = one.exitCode;
      if (words[0] === 'exit') break;
    }
  }
  return total;
}

function environment(container: Container): string {
  const lines = [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `HOSTNAME=${container.config.hostname}`,
    ...container.config.env,
    'HOME=/root',
  ];
  return `${lines.join('\n')}\n`;
}
