/** Snippets that end otherwise here than in bash, by what is missing. The test holds that each still differs: what works is taken off. */
const missing: readonly { what: string; beginnings: readonly string[] }[] = [
  {
    what: 'arrays (`a=(...)`, `declare -A`, `BASH_REMATCH`, `PIPESTATUS`, `read -a`)',
    beginnings: [
      'false | true; echo $? ${PIPESTATUS[@]}',
      '[[ "v1.2.3" =~ ^v([0-9]+)\\.([0-9]+) ]] && echo "${BASH_REMAT',
      'a=(one two three); echo ${a[0]} ${a[2]} ${#a[@]} ${a[@]}',
      'a=(x y); a+=(z); a[5]=far; echo "${a[@]}" ${#a[@]} ${!a[@]}',
      'a=("a b" c); for i in "${a[@]}"; do echo "<$i>"; done; echo ',
      'declare -A m; m[k]=v; m[two]=2; echo ${m[k]} ${#m[@]}; unset',
      'a=(1 2 3 4 5); echo ${a[@]:1:3} ${a[-1]}; s=0; for n in ${a[',
      'nodes=($(seq -f \'node%g\' 3)); for i in "${!nodes[@]}"; do ec',
      'read -ra w <<< "p q r"; echo ${w[1]} ${#w[@]}; mapfile -t l ',
      'declare -A seen',
    ],
  },
  {
    what: 'process substitution `<( )`',
    beginnings: [
      'echo a | cat - <(echo b) 2>/dev/null',
      'while read l; do echo "> $l"; done < <(printf \'p\\nq\\n\')',
      "diff <(printf 'a\\nb\\n') <(printf 'a\\nc\\n'); echo $?",
      "printf 'a b\\nccc d\\n' | column -t; comm <(printf 'a\\nb\\n') <",
    ],
  },
  {
    what: 'rare forms of arithmetic, expansion and `export`',
    beginnings: [
      '[ 5 -eq 05 ] && echo eq; [[ 5 -eq 2+3 ]] && echo arith',
      'echo $((9223372036854775807)) $((1234567890*1000))',
      'x=Hello; echo ${x^^} ${x,,} ${x^} ${x,} ${x~~}',
      'stack=""',
    ],
  },
  {
    what: '`getopts`, `let`, `expr`, `bc`, `find`, `stat`, `du`, `realpath`',
    beginnings: [
      'let x=3*4 y=x+1; echo $x $y',
      "printf '%d\\n' $((10 / 3)); echo $((10 % 3 == 1)); expr 3 + 4",
      'mkdir -p t/u; touch t/a.txt t/u/b.txt t/c.log; find t -name ',
      'ln -s target link 2>/dev/null; expr length hello; expr 5 \\> ',
      'usage() { echo "usage: $0 [-v] [-n NUM] file" | sed \'s#[^ ]*',
    ],
  },
  {
    what: 'descriptors above 2 and `exec`',
    beginnings: [
      'exec 3>three; echo to three >&3; exec 3>&-; cat three',
      'exec 3<<< "x y"; read -u 3 a b; echo $b $a; exec 3<&-',
    ],
  },
  {
    what: '`trap`',
    beginnings: [
      "(set -e; false; echo no); echo $?; (trap 'echo bye' EXIT; ec",
      "trap 'echo cleaned up' EXIT; echo working",
    ],
  },
  {
    what: 'functions and `do` loops in awk',
    beginnings: [
      "printf 'a b c\\n' | awk '{for(i=NF;i>0;i--) printf \"%s%s\", $i",
      "awk 'function f(x) { return x*2 } BEGIN { print f(4) }'; pri",
    ],
  },
  {
    what: 'rare flags of tools and forms of dates',
    beginnings: [
      "printf '3\\n1\\n' > f; sort -o f f; cat f; printf ' b\\na\\n' | ",
      "printf 'a\\na\\nb\\na\\n' | uniq; printf 'a\\na\\nb\\n' | uniq -c; ",
      'seq 3; seq 2 4; seq 1 3 9; seq 3 -1 1; seq -s, 4; seq -w 8 1',
      "printf '%s-%s\\n' a b c; printf '%%|%c|%5s|%-5s|%.2s\\n' xyz a",
      "printf '%d\\n' abc 2>/dev/null; echo $?; printf '%s\\n'; print",
    ],
  },
];

/** What a snippet waits for; null if it is to do what it does in bash. */
export function notThereYet(source: string): string | null {
  return missing.find(({ beginnings }) => beginnings.some((text) => source.startsWith(text)))?.what ?? null;
}
