import { Terminal } from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import type { Completer, Program } from '../process.ts';
import { Screen } from './screen.ts';
import { ShellFixture, settle } from './shell-fixture.ts';
import { TerminalSession } from './terminal-session.ts';

const LEFT = '\x1b[D';
const RIGHT = '\x1b[C';
const UP = '\x1b[A';
const DOWN = '\x1b[B';
const HOME = '\x1b[H';
const ALT_B = '\x1bb';
const ALT_D = '\x1bd';
const ALT_BACKSPACE = '\x1b\x7f';
const ctrl = (letter: string): string => String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 64);

const completeDocker: Completer = async (words) => {
  const last = words.at(-1)!;
  const candidates = words.length === 2 ? ['node', 'network', 'service'] : ['--name', '--network', 'web', 'web-db'];
  return candidates.filter((candidate) => candidate.startsWith(last));
};

/** A terminal in front of a session, with a person typing. */
class Typist {
  readonly fixture: ShellFixture;
  readonly screen: Screen;
  readonly session: TerminalSession;

  constructor(programs: Record<string, Program> = {}, columns = 60) {
    const docker: Program = async ({ args, stdout }) => {
      stdout.write(`docker ${args.join(' ')}\n`);
      return 0;
    };
    this.fixture = new ShellFixture({ docker, ...programs });
    this.screen = new Screen(columns, 20);
    const completers = new Map([['docker', completeDocker]]);
    const write = (bytes: string): void => this.screen.write(bytes);
    this.session = new TerminalSession(this.fixture.shell, completers, write, columns, 20);
  }

  async type(...pieces: string[]): Promise<void> {
    for (const piece of pieces) {
      this.session.input(piece);
      await settle();
    }
  }

  /** Lines on the screen, without the host's part of the prompt. */
  get lines(): string[] {
    return this.screen.rows().map((line) => line.replace('docker@node1:~$', '$'));
  }
}

describe('editing a line', () => {
  const word = 'one two-three';
  test.each<[string, string[], string]>([
    ['typing', [word], 'one two-three'],
    ['left and right', ['ac', LEFT, 'b', RIGHT, 'd'], 'abcd'],
    ['Home and End', ['b', HOME, 'a', ctrl('e'), 'c'], 'abc'],
    ['Ctrl-A and Ctrl-F', ['ac', ctrl('a'), ctrl('f'), 'b'], 'abc'],
    ['Backspace', ['abx', '\x7f', 'c'], 'abc'],
    ['Delete', ['xabc', HOME, '\x1b[3~'], 'abc'],
    ['Ctrl-D in a line', ['xabc', ctrl('a'), ctrl('d')], 'abc'],
    ['Alt-B', [word, ALT_B, '_'], 'one two-_three'],
    ['Ctrl-Left', [word, '\x1b[1;5D', '\x1b[1;5D', '_'], 'one _two-three'],
    ['Alt-F', [word, HOME, '\x1bf', '_'], 'one_ two-three'],
    ['Alt-Backspace', [word, ALT_BACKSPACE], 'one two-'],
    ['Ctrl-W', [word, ctrl('w')], 'one'],
    ['Alt-D', [word, HOME, ALT_D], ' two-three'],
    ['Ctrl-K', [word, ALT_B, ctrl('k')], 'one two-'],
    ['Ctrl-U', [word, ALT_B, ctrl('u')], 'three'],
    ['Ctrl-Y after two kills', [word, ctrl('w'), ctrl('w'), 'x ', ctrl('y')], 'x one two-three'],
    ['Ctrl-T', ['ba', ctrl('t')], 'ab'],
    ['a wide character', ['漢字', LEFT, 'x'], '漢x字'],
    ['an unknown sequence, which does nothing', ['a', '\x1b[24~', 'b'], 'ab'],
    ['a sequence in pieces', ['ac', '\x1b', '[D', 'b'], 'abc'],
  ])('%s', async (_name, pieces, expected) => {
    const typist = new Typist();
    await typist.type(...pieces);
    expect(typist.lines).toEqual([`$ ${expected}`.trimEnd()]);
  });

  test('a line longer than the terminal wraps, and stays editable', async () => {
    const typist = new Typist({}, 30);
    await typist.type('abcdefghijklmnopqrstuvwxyz0123456789', ctrl('a'), '>', ctrl('e'), '<');
    expect(typist.screen.rows()).toEqual(['docker@node1:~$ >abcdefghijklm', 'nopqrstuvwxyz0123456789<']);
    await typist.type(ctrl('u'), 'short');
    expect(typist.screen.rows()).toEqual(['docker@node1:~$ short']);
  });

  test('a line that ends exactly at the margin puts the cursor on the next row', async () => {
    const typist = new Typist({}, 20);
    await typist.type('abcd', 'e', LEFT, LEFT, 'X');
    expect(typist.screen.rows()).toEqual(['docker@node1:~$ abcX', 'de']);
  });

  test.each([30, 60])('a terminal that becomes %i columns wide shows the line once', async (columns) => {
    const terminal = new Terminal({ cols: 40, rows: 8, allowProposedApi: true });
    const { shell } = new ShellFixture();
    const session = new TerminalSession(shell, new Map(), (bytes) => terminal.write(bytes), 40, 8);
    session.input('echo abcdefghijklmnopqrstuvwxyz 0123456789');
    await new Promise<void>((resolve) => terminal.write('', resolve));
    terminal.resize(columns, 8);
    session.resize(columns, 8);
    session.input('!');
    await new Promise<void>((resolve) => terminal.write('', resolve));
    const rows = Array.from(
      { length: 8 },
      (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
    );
    expect(rows.join('')).toBe('docker@node1:~$ echo abcdefghijklmnopqrstuvwxyz 0123456789!');
  });
});

describe('running commands', () => {
  test('Enter runs the line and a new prompt follows', async () => {
    const typist = new Typist();
    await typist.type('echo hi\r');
    expect(typist.lines).toEqual(['$ echo hi', 'hi', '$']);
  });

  test('the directory is in the prompt', async () => {
    const typist = new Typist();
    await typist.type('cd /tmp\r');
    expect(typist.screen.rows().at(-1)).toBe('docker@node1:/tmp$');
  });

  test('an open quote asks for more', async () => {
    const typist = new Typist();
    await typist.type('echo "a\r', 'b"\r');
    expect(typist.lines).toEqual(['$ echo "a', '> b"', 'a', 'b', '$']);
  });

  test('several lines pasted plainly run one after the other', async () => {
    const typist = new Typist();
    await typist.type('echo a\recho b\recho c');
    expect(typist.lines).toEqual(['$ echo a', 'a', '$ echo b', 'b', '$ echo c']);
  });

  test('several lines pasted in brackets wait for Enter', async () => {
    const typist = new Typist();
    await typist.type('\x1b[200~echo a\recho b\x1b[201~');
    expect(typist.lines).toEqual(['$ echo a', 'echo b']);
    await typist.type('\r');
    expect(typist.lines).toEqual(['$ echo a', 'echo b', 'a', 'b', '$']);
  });

  test('what is typed while a command runs comes after it', async () => {
    const typist = new Typist();
    await typist.type('sleep 5\r', 'echo later\r', 'half');
    expect(typist.lines).toEqual(['$ sleep 5']);
    await typist.fixture.clock.pass(5000);
    expect(typist.lines).toEqual(['$ sleep 5', '$ echo later', 'later', '$ half']);
  });

  test('a program that reads gets lines, with echo and Backspace', async () => {
    const typist = new Typist();
    await typist.type('cat\r', 'ab\x7fc\r', ctrl('d'));
    expect(typist.lines).toEqual(['$ cat', 'ac', 'ac', '$']);
  });

  test('Ctrl-C ends the running command', async () => {
    const typist = new Typist();
    await typist.type('sleep 100; echo no\r', ctrl('c'));
    await typist.type('echo $?\r');
    expect(typist.lines).toEqual(['$ sleep 100; echo no', '^C', '$ echo $?', '130', '$']);
  });

  test('Ctrl-C at the prompt gives a fresh one', async () => {
    const typist = new Typist();
    await typist.type('half a line', LEFT, ctrl('c'));
    expect(typist.lines).toEqual(['$ half a line^C', '$']);
  });

  test('Ctrl-L clears the screen and keeps the line', async () => {
    const typist = new Typist();
    await typist.type('echo a\r', 'half', ctrl('l'));
    expect(typist.lines).toEqual(['$ half']);
  });

  test('watch takes the whole screen and gives it back', async () => {
    const typist = new Typist();
    await typist.type('watch -n 1 echo now\r');
    expect(typist.lines).toContain('now');
    await typist.type(ctrl('c'));
    expect(typist.lines[0]).toBe('$ watch -n 1 echo now');
    expect(typist.lines.at(-1)).toBe('$');
  });
});

describe('history', () => {
  async function withHistory(...pieces: string[]): Promise<Typist> {
    const typist = new Typist();
    await typist.type('echo one\r', 'echo two\r', 'echo two\r', ...pieces);
    return typist;
  }

  test.each<[string, string[], string]>([
    ['up', [UP], 'echo two'],
    ['up, repeated lines count once', [UP, UP], 'echo one'],
    ['up and down back to what was typed', ['half', UP, DOWN], 'half'],
    ['Ctrl-R finds the newest line with the text', [ctrl('r'), 'o t', '\x1b[C'], 'echo two'],
    ['Ctrl-R again goes further back', [ctrl('r'), 'echo', ctrl('r'), ctrl('e'), '!'], 'echo one!'],
    ['Ctrl-R and Ctrl-G comes back', ['half', ctrl('r'), 'one', ctrl('g')], 'half'],
  ])('%s', async (_name, pieces, expected) => {
    expect((await withHistory(...pieces)).lines.at(-1)).toBe(`$ ${expected}`);
  });

  test('Ctrl-R shows what it looks for', async () => {
    expect((await withHistory(ctrl('r'), 'one')).lines.at(-1)).toBe("(reverse-i-search)`one': echo one");
    expect((await withHistory(ctrl('r'), 'zzz')).lines.at(-1)).toBe("(failed reverse-i-search)`zzz':");
  });

  test('Enter runs what Ctrl-R found', async () => {
    expect((await withHistory(ctrl('r'), 'one', '\r')).lines.slice(-3)).toEqual(['$ echo one', 'one', '$']);
  });

  test('!! is the last line', async () => {
    expect((await withHistory('!! three\r')).lines.slice(-4)).toEqual([
      '$ !! three',
      'echo two three',
      'two three',
      '$',
    ]);
  });
});

describe('Tab', () => {
  test.each<[string, string[], string]>([
    ['completes a command', ['hostn\t'], 'hostname '],
    ['completes as far as it is clear', ['docker n\t'], 'docker n'],
    ['completes a word of docker', ['docker s\t'], 'docker service '],
    ['completes a flag', ['docker service create --na\t'], 'docker service create --name '],
    ['completes the common part', ['docker service ps w\t'], 'docker service ps web'],
    ['completes after a pipe', ['docker node ls | gre\t'], 'docker node ls | grep '],
    ['completes for watch', ['watch docker s\t'], 'watch docker service '],
    ['completes a file', ['cat /etc/hostn\t'], 'cat /etc/hostname '],
    ['completes a directory without a blank', ['cd /ho\t'], 'cd /home/'],
    ['completes in the middle', ['docker s x', LEFT, LEFT, '\t'], 'docker service  x'],
    ['completes a variable', ['echo $HOSTN\t'], 'echo $HOSTNAME '],
  ])('%s', async (_name, pieces, expected) => {
    const typist = new Typist();
    await typist.type(...pieces);
    expect(typist.lines).toEqual([`$ ${expected}`.trimEnd()]);
    await typist.type(ctrl('e'), '|');
    expect(typist.lines).toEqual([`$ ${expected}|`]);
  });

  test('twice lists what is possible', async () => {
    const typist = new Typist();
    await typist.type('docker n', '\t', '\t');
    expect(typist.lines).toEqual(['$ docker n', 'network  node', '$ docker n']);
  });
});

describe('the page', () => {
  test('types a command without losing what the user has typed', async () => {
    const typist = new Typist();
    await typist.type('half', LEFT);
    typist.session.type('docker node ls');
    await settle();
    expect(typist.lines).toEqual(['$ docker node ls', 'docker node ls', '$ half']);
    await typist.type('X');
    expect(typist.lines.at(-1)).toBe('$ halXf');
  });

  test('types a command after the running one has ended', async () => {
    const typist = new Typist();
    await typist.type('sleep 3\r');
    typist.session.type('echo a');
    typist.session.type('echo b');
    await typist.fixture.clock.pass(3000);
    expect(typist.lines).toEqual(['$ sleep 3', '$ echo a', 'a', '$ echo b', 'b', '$']);
  });

  test('prints a note above the prompt', async () => {
    const typist = new Typist();
    await typist.type('half');
    typist.session.note('# power off: node2');
    expect(typist.lines).toEqual(['# power off: node2', '$ half']);
  });

  test('prints a note after the running command', async () => {
    const typist = new Typist();
    await typist.type('sleep 1\r');
    typist.session.note('# power off: node2');
    await typist.fixture.clock.pass(1000);
    expect(typist.lines).toEqual(['$ sleep 1', '# power off: node2', '$']);
  });
});

describe('jobs', () => {
  test('begin and end with a line, and print above what is being typed', async () => {
    const typist = new Typist();
    await typist.type('(sleep 2; echo out) &\r', 'half a li');
    expect(typist.lines).toEqual(['$ (sleep 2; echo out) &', '[1] 2001', '$ half a li']);
    await typist.fixture.clock.pass(2000);
    await settle();
    expect(typist.lines).toEqual(['$ (sleep 2; echo out) &', '[1] 2001', 'out', '$ half a li']);
    await typist.type(ctrl('c'), '\r');
    expect(typist.lines.slice(-2)).toEqual(['[1]+  Done                    (sleep 2; echo out)', '$']);
  });

  test('come to the foreground, where Ctrl-C ends them', async () => {
    const typist = new Typist();
    await typist.type('sleep 100 &\r', 'fg\r');
    expect(typist.lines.slice(-2)).toEqual(['$ fg', 'sleep 100']);
    await typist.type(ctrl('c'));
    await settle();
    await typist.type('jobs\r', 'echo $?\r');
    expect(typist.lines.slice(-4)).toEqual(['$ jobs', '$ echo $?', '0', '$']);
  });
});
