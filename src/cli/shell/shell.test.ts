import { describe, expect, test } from 'vitest';
import type { Program } from '../process.ts';
import { type Outcome, ShellFixture, settle } from './shell-fixture.ts';

/** Command, what it prints, and its exit status if that is not 0. Checked against GNU bash 5.2. */
type Row = [command: string, out: string, status?: number];

function table(name: string, rows: Row[]): void {
  describe(name, () => {
    test.each(rows)('%s', async (command, out, status = 0) => {
      const result = await new ShellFixture().run(command);
      expect({ out: result.out + result.err, status: result.status }).toEqual({ out, status });
    });
  });
}

table('lists and statuses', [
  ['echo a; echo b', 'a\nb\n'],
  ['false || echo no && echo yes', 'no\nyes\n'],
  ['true && false; echo $?', '1\n'],
  ['! true; echo $?', '1\n'],
  ['(exit 3); echo $?', '3\n'],
  ['nosuch', 'bash: nosuch: command not found\n', 127],
  ['./nosuch', 'bash: ./nosuch: No such file or directory\n', 127],
  ['set -e; false; echo no', '', 1],
  ['set -o pipefail; false | true', '', 1],
  ['false | true', ''],
  ['A=$(echo hi; exit 7); echo $? $A', '7 hi\n'],
  ['exit 4; echo no', '', 4],
]);

table('jobs', [
  ['true & wait $!; echo $?', '0\n'],
  ['(exit 3) & wait $!; echo $?', '3\n'],
  ['sleep 5 & sleep 1 && echo one; wait; echo all', 'one\nall\n'],
  ['for i in 3 1 2; do (sleep $i; echo $i) & done; wait', '1\n2\n3\n'],
  ['sleep 9 & jobs', '[1]+  Running                 sleep 9 &\n'],
  [
    'sleep 9 & sleep 8 | cat & jobs',
    '[1]-  Running                 sleep 9 &\n[2]+  Running                 sleep 8 | cat &\n',
  ],
  ['sleep 9 & kill %1; wait %1; echo $?', '143\n'],
  ['sleep 9 & kill -9 $!; wait $!; echo $?', '137\n'],
  ['sleep 9 & kill -0 %sleep && echo there', 'there\n'],
  ['kill %1', 'bash: kill: %1: no such job\n', 1],
  ['kill 77', 'bash: kill: (77) - No such process\n', 1],
  ['kill -FOO 1', 'bash: kill: FOO: invalid signal specification\n', 1],
  ['wait 99', 'bash: wait: pid 99 is not a child of this shell\n', 127],
  ['fg', 'bash: fg: no job control\n', 1],
  ['cat & wait; echo read nothing', 'read nothing\n'],
  ['A=1; (A=2; echo $A) & wait; echo $A', '2\n1\n'],
  ['echo hi > f & wait; cat f', 'hi\n'],
]);

table('syntax errors', [
  ['echo a | | b', "bash: syntax error near unexpected token `|'\n", 2],
  ['fi', "bash: syntax error near unexpected token `fi'\n", 2],
  ['echo "a', 'bash: unexpected EOF while looking for matching `"\'\n', 2],
  ['if true', 'bash: syntax error: unexpected end of file\n', 2],
  ['echo >', "bash: syntax error near unexpected token `newline'\n", 2],
]);

table('expansion', [
  ['A="a  b"; echo $A "$A"', 'a b a  b\n'],
  ['echo ${A:-none} ${A-x} ${A:=set} $A ${#A}', 'none x set set 3\n'],
  ['p=/a/b/c.txt; echo ${p##*/} ${p%/*} ${p#*/} ${p/b/x}', 'c.txt /a/b a/b/c.txt /a/x/c.txt\n'],
  ['A=hello; echo ${A:1:3} ${A^} ${A^^} ${A//l/L}', 'ell Hello HELLO heLLo\n'],
  ['echo {1..3} {a,b}c x{1,2}y', '1 2 3 ac bc x1y x2y\n'],
  ['touch a.txt b.txt; echo *.txt "*.txt" *.none', 'a.txt b.txt *.txt *.none\n'],
  ['echo ~ ~/x "~"', '/home/docker /home/docker/x ~\n'],
  ['echo $((7/2)) $((2**8)) $((0x10)) $((3>2?1:0))', '3 256 16 1\n'],
  ['echo `echo a\\`echo b\\`` $(echo $(echo deep))', 'ab deep\n'],
  ['set -- "a b" c; for i in "$@"; do echo "<$i>"; done', '<a b>\n<c>\n'],
  ['echo "${X:?must be set}"; echo after', 'bash: X: must be set\n', 1],
  ['readonly R=1; R=2', 'bash: R: readonly variable\n', 1],
  ['set -u; echo $NOPE', 'bash: NOPE: unbound variable\n', 1],
]);

table('redirections', [
  ['echo a > f; echo b >> f; cat f', 'a\nb\n'],
  ['cat < nofile', 'bash: nofile: No such file or directory\n', 1],
  ['echo hi > /none/x', 'bash: /none/x: No such file or directory\n', 1],
  ['nosuch 2>/dev/null || echo missing', 'missing\n'],
  ['{ echo a; echo b >&2; } 2>&1 | sort -r', 'b\na\n'],
  ['cat <<E\nhi $((1+2))\nE', 'hi 3\n'],
  ["cat <<'E'\nhi $A\nE", 'hi $A\n'],
  ['cat <<< "x y"', 'x y\n'],
  ['echo x &> f; cat f', 'x\n'],
]);

table('compound commands', [
  ['if [ -f none ]; then echo a; elif true; then echo b; fi', 'b\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done', '1\n3\n'],
  ['for ((i=0;i<3;i++)); do echo $i; done', '0\n1\n2\n'],
  ['until false; do echo once; break; done', 'once\n'],
  ['case abc in a*) echo yes;; *) echo no;; esac', 'yes\n'],
  ['f() { local x=1; echo $x $1; return 3; }; x=5; f a; echo $? $x', '1 a\n3 5\n'],
  ['[[ abc == a* && abc =~ b(c) ]] && echo m', 'm\n'],
  ['printf "1 2\\n3 4\\n" | while read a b; do echo $b; done', '2\n4\n'],
]);

table('tools', [
  ['printf "b\\na\\nb\\n" | sort | uniq -c', '      1 a\n      2 b\n'],
  ['printf "a b\\nc\\n" | wc', '      2       3       6\n'],
  ['printf "a b\\nc\\n" | wc -l', '2\n'],
  ['printf "a b\\nc\\n" > f; wc f', '2 3 6 f\n'],
  ["echo 'Leader Reachable' | sed 's/Leader\\|Reachable/UP/'", 'UP Reachable\n'],
  ["echo web.1.abc123 | sed 's/web\\.\\([0-9]\\)\\.[a-z0-9]*/web.\\1.ID/'", 'web.1.ID\n'],
  ["echo 'inet 10.0.1.2/24' | grep -o 'inet [0-9./]*'", 'inet 10.0.1.2/24\n'],
  ['echo hello | grep -o l | wc -l', '2\n'],
  ["seq 9 | sed -n '/2/,/4/p' | head -2", '2\n3\n'],
  ["printf 'Address: 1\\nAddress: 127.0.0.11\\n' | awk '/^Address/ && !/127.0.0.11/ {print $NF}'", '1\n'],
  ["printf 'a 1\\na 3\\n' | awk '{s[$1]+=$2} END {for (k in s) print k, s[k]}'", 'a 4\n'],
  ['echo a,b,c | cut -d, -f2-', 'b,c\n'],
  ["printf 'a 2\\nb 10\\n' | sort -k2,2nr", 'b 10\na 2\n'],
  ['seq 3 | xargs -I{} echo "<{}>"', '<1>\n<2>\n<3>\n'],
  ['echo aabb | tr -s a-z | tr a-z A-Z', 'AB\n'],
  ["printf '%5s|%-5s|%05d\\n' a b 42", '    a|b    |00042\n'],
  ['date +%FT%T', '2026-01-02T03:04:05\n'],
  ['hostname; whoami', 'node1\ndocker\n'],
  ['timeout 1 sleep 5', '', 124],
  ['test a = b', '', 1],
  ['[ 1 -eq x ]', 'bash: [: x: integer expression expected\n', 2],
  ['sleep x', "sleep: invalid time interval ‘x’\nTry 'sleep --help' for more information.\n", 1],
]);

describe('programs', () => {
  const argv: Program = async ({ args, stdout }) => {
    stdout.write(`${args.map((word) => `<${word}>`).join('')}\n`);
    return 0;
  };

  test('get their words as the shell made them', async () => {
    const { out } = await new ShellFixture({ argv }).run('argv "a b" $NONE "" \'{{.Name}}\' x=$((1+1))');
    expect(out).toBe('<a b><><{{.Name}}><x=2>\n');
  });

  test('run at the same time in a pipeline, and a closed pipe ends the writer', async () => {
    let written = 0;
    const ticker: Program = async ({ stdout, signal, host }) => {
      while (!signal.aborted) {
        stdout.write(`tick ${++written}\n`);
        await host.clock.sleep(1000, signal);
      }
      return 0;
    };
    const { out, status } = await new ShellFixture({ ticker }).run('ticker | head -n 2');
    expect(out).toBe('tick 1\ntick 2\n');
    expect(status).toBe(0);
    expect(written).toBe(3);
  });

  test('stream: each line arrives when it is written, not at the end', async () => {
    const fixture = new ShellFixture();
    const running = fixture.start('for i in 1 2 3; do echo $i; sleep 1; done | grep -v 2');
    await fixture.clock.pass(500);
    expect(running.stdout.text).toBe('1\n');
    await fixture.clock.pass(2000);
    expect(running.stdout.text).toBe('1\n3\n');
  });
});

describe('Ctrl-C', () => {
  async function interrupt(command: string, programs: Record<string, Program> = {}): Promise<Outcome> {
    const fixture = new ShellFixture(programs);
    const running = fixture.start(command);
    await fixture.clock.pass(1500);
    running.interrupt();
    return { status: await running.ended, out: running.stdout.text, err: running.stderr.text };
  }

  test('ends the command and the line', async () => {
    expect(await interrupt('echo a; sleep 5; echo b')).toEqual({ status: 130, out: 'a\n', err: '' });
  });

  test('ends loops, also those that never wait', async () => {
    expect((await interrupt('while true; do sleep 1; done')).status).toBe(130);
    expect((await interrupt('while true; do :; done')).status).toBe(130);
  });

  test('ends a program that does not listen, which is then heard no more', async () => {
    let speak = (): void => {};
    const deaf: Program = ({ stdout }) =>
      new Promise(() => {
        speak = () => stdout.write('still here\n');
      });
    const outcome = await interrupt('deaf', { deaf });
    speak();
    await settle();
    expect(outcome).toEqual({ status: 130, out: '', err: '' });
  });

  test('lets a program that listens say its last words', async () => {
    const polite: Program = async ({ stdout, signal, host }) => {
      await host.clock.sleep(60_000, signal);
      stdout.write('bye\n');
      return 0;
    };
    expect((await interrupt('polite', { polite })).out).toBe('bye\n');
  });
});

describe('watch', () => {
  test('shows the command again and again until Ctrl-C', async () => {
    const fixture = new ShellFixture();
    const running = fixture.start('watch -n 1 date +%S', '', { columns: 60, rows: 10 });
    await fixture.clock.pass(2500);
    running.interrupt();
    expect(await running.ended).toBe(130);
    const shown = running.stdout.text.split('\x1b[H').slice(1);
    expect(shown.map((picture) => /^\d\d(?=\x1b)/m.exec(picture)?.[0])).toEqual(['05', '06', '07']);
    expect(shown[0]).toMatch(/^Every 1\.0s: date \+%S {9}node1: Fri Jan {2}2 03:04:05 2026/);
  });
});

describe('state', () => {
  test('stays from one line to the next', async () => {
    const fixture = new ShellFixture();
    await fixture.run('A=1; cd /tmp; f() { echo from f; }');
    expect((await fixture.run('echo $A; pwd; f')).out).toBe('1\n/tmp\nfrom f\n');
  });

  test('of a subshell is lost', async () => {
    expect((await new ShellFixture().run('A=1; (A=2; cd /); echo x | A=3; echo $A $PWD')).out).toBe('1 /home/docker\n');
  });

  test('keeps the history', async () => {
    const fixture = new ShellFixture();
    fixture.shell.history.push('echo a', 'history');
    expect((await fixture.run('history')).out).toBe('    1  echo a\n    2  history\n');
  });
});
