/** The small tools by name. */
import type { Program } from '../../process.ts';
import { awk } from './awk.ts';
import { echo, printf } from './echo.ts';
import { base64, openssl } from './encoding.ts';
import { basename, cat, chmod, cp, dirname, ls, mkdir, mv, rm, rmdir, tee, touch } from './files.ts';
import { find } from './find.ts';
import { grep } from './grep.ts';
import { df, free, id, ps } from './host-facts.ts';
import { jq } from './jq.ts';
import { column, cut, head, nl, paste, rev, tac, tail, tr, uniq, wc } from './lines.ts';
import { man } from './man.ts';
import { sed } from './sed.ts';
import { sleep } from './sleep.ts';
import { sort } from './sort.ts';
import { clear, date, hostname, seq, uname, whoami, yes } from './system.ts';

export const tools: ReadonlyMap<string, Program> = new Map<string, Program>(
  Object.entries({
    awk,
    base64,
    df,
    find,
    free,
    id,
    jq,
    man,
    openssl,
    ps,
    rev,
    yes,
    basename,
    cat,
    chmod,
    clear,
    column,
    cp,
    cut,
    date,
    dirname,
    echo,
    grep,
    head,
    hostname,
    ls,
    mkdir,
    mv,
    nl,
    paste,
    printf,
    rm,
    rmdir,
    sed,
    seq,
    sleep,
    sort,
    tac,
    tail,
    tee,
    touch,
    tr,
    uname,
    uniq,
    wc,
    whoami,
  }),
);
