/**
 * The snippets of `snippets.txt`, and what the shell of a real host makes of them: bash in an empty folder, which is its home.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Snippet {
  topic: string;
  source: string;
}

export interface Answer {
  stdout: string;
  status: number;
}

const HOME = '/home/docker';
const SECONDS = 10;

/** The snippets of a text, in their order. */
export function parseSnippets(text: string): Snippet[] {
  return text
    .split(/^--- /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { topic: part.slice(0, end), source: part.slice(end + 1).trimEnd() };
    });
}

/** Is there a bash? */
export function hasBash(): boolean {
  return spawnSync('bash', ['--version']).status === 0;
}

/** What it says; its folder is called as the home of our hosts. */
export function runInBash(source: string): Answer {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'snippet-')));
  try {
    const { PATH = '/usr/local/bin:/usr/bin:/bin' } = process.env;
    const { stdout, status } = spawnSync('bash', ['-c', source, 'bash'], {
      cwd: folder,
      env: { PATH, HOME: folder, LC_ALL: 'C.UTF-8', TZ: 'UTC', TERM: 'dumb' },
      input: '',
      encoding: 'utf8',
      timeout: SECONDS * 1000,
    });
    return { stdout: stdout.replaceAll(folder, HOME), status: status ?? -1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
