/**
 * The part of SQL that the simulated databases know: tables of texts and numbers, with one column that may be unique.
 * Tables are plain data and lie where their database keeps its files.
 *
 * Simplified: no joins, types, transactions or indexes; a `WHERE` is one comparison for equality.
 */
import type { SqlAnswer } from '../../../clients/psql.ts';

export interface Table {
  columns: string[];
  /** Name of the column that is unique, or empty. */
  unique: string;
  rows: (string | number | null)[][];
}

export type Tables = Record<string, Table>;

type Cell = string | number | null;

/** Runs statements that `;` separates; the answer is the last one's, or that of the first that fails. */
export function runSql(tables: Tables, text: string): SqlAnswer {
  let answer: SqlAnswer = { ok: true, tag: '', columns: [], rows: [] };
  for (const statement of text.split(';').map((one) => one.trim())) {
    if (statement === '') continue;
    answer = runStatement(tables, statement.replace(/\s+/g, ' '));
    if (!answer.ok) return answer;
  }
  return answer;
}

function runStatement(tables: Tables, text: string): SqlAnswer {
  for (const [pattern, run] of STATEMENTS) {
    const match = pattern.exec(text);
    if (match) return run(tables, match);
  }
  return failed(`syntax error at or near "${text.split(' ')[0]}"`);
}

const NAME = '"?([\\w.]+)"?';

const STATEMENTS: readonly (readonly [RegExp, (tables: Tables, match: RegExpExecArray) => SqlAnswer])[] = [
  [new RegExp(`^CREATE TABLE (IF NOT EXISTS )?${NAME} ?\\((.*)\\)$`, 'i'), createTable],
  [new RegExp(`^DROP TABLE (?:IF EXISTS )?${NAME}$`, 'i'), dropTable],
  [new RegExp(`^INSERT INTO ${NAME} ?(?:\\(([^)]*)\\))? ?VALUES ?\\((.*?)\\)( ON CONFLICT.*)?$`, 'i'), insert],
  [new RegExp(`^UPDATE ${NAME} SET (.+?)(?: WHERE (.+))?$`, 'i'), update],
  [new RegExp(`^DELETE FROM ${NAME}(?: WHERE (.+))?$`, 'i'), remove],
  [
    new RegExp(`^SELECT (.+?) FROM ${NAME}(?: WHERE (.+?))?(?: GROUP BY (\\w+))?(?: ORDER BY (\\w+)( DESC)?)?$`, 'i'),
    select,
  ],
  [/^SELECT (.+)$/i, selectValues],
  [/^\\dt$/i, listTables],
];

function done(tag: string): SqlAnswer {
  return { ok: true, tag, columns: [], rows: [] };
}

function failed(message: string): SqlAnswer {
  return { ok: false, severity: 'ERROR', message };
}

function absent(name: string): SqlAnswer {
  return failed(`relation "${name}" does not exist`);
}

function createTable(tables: Tables, match: RegExpExecArray): SqlAnswer {
  const [, lenient, name = '', body = ''] = match;
  if (tables[name]) return lenient ? done('CREATE TABLE') : failed(`relation "${name}" already exists`);
  const columns = split(body).map((column) => ({
    name: column.split(' ')[0]!.replace(/"/g, ''),
    unique: /UNIQUE|PRIMARY KEY/i.test(column),
  }));
  tables[name] = {
    columns: columns.map((column) => column.name),
    unique: columns.find((column) => column.unique)?.name ?? '',
    rows: [],
  };
  return done('CREATE TABLE');
}

function dropTable(tables: Tables, [, name = '']: RegExpExecArray): SqlAnswer {
  if (!tables[name]) return failed(`table "${name}" does not exist`);
  delete tables[name];
  return done('DROP TABLE');
}

function insert(tables: Tables, match: RegExpExecArray): SqlAnswer {
  const [, name = '', names, values = '', conflict] = match;
  const table = tables[name];
  if (!table) return absent(name);
  const columns = names === undefined ? table.columns : split(names).map((one) => one.replace(/"/g, ''));
  const given = split(values).map(cellOf);
  const row = table.columns.map((column): Cell => given[columns.indexOf(column)] ?? null);
  const place = table.columns.indexOf(table.unique);
  const same = place < 0 ? -1 : table.rows.findIndex((other) => other[place] === row[place]);
  if (same >= 0 && !conflict)
    return failed(`duplicate key value violates unique constraint "${name}_${table.unique}_key"`);
  if (same >= 0) {
    if (!/DO NOTHING/i.test(conflict!)) table.rows[same] = row;
    return done(`INSERT 0 ${/DO NOTHING/i.test(conflict!) ? 0 : 1}`);
  }
  table.rows.push(row);
  return done('INSERT 0 1');
}

function update(tables: Tables, match: RegExpExecArray): SqlAnswer {
  const [, name = '', changes = '', condition] = match;
  const table = tables[name];
  if (!table) return absent(name);
  const rows = matching(table, condition);
  for (const change of split(changes)) {
    const [column = '', ...value] = change.split('=').map((part) => part.trim());
    const place = table.columns.indexOf(column);
    if (place < 0) return failed(`column "${column}" of relation "${name}" does not exist`);
    for (const row of rows) row[place] = cellOf(value.join('='));
  }
  return done(`UPDATE ${rows.length}`);
}

function remove(tables: Tables, [, name = '', condition]: RegExpExecArray): SqlAnswer {
  const table = tables[name];
  if (!table) return absent(name);
  const gone = new Set(matching(table, condition));
  table.rows = table.rows.filter((row) => !gone.has(row));
  return done(`DELETE ${gone.size}`);
}

function select(tables: Tables, match: RegExpExecArray): SqlAnswer {
  const [, wanted = '', name = '', condition, group, order, descending] = match;
  const table = tables[name];
  if (!table) return absent(name);
  const rows = matching(table, condition);
  const columns = wanted.trim() === '*' ? table.columns : split(wanted);
  const groups = group === undefined ? null : groupBy(rows, table.columns.indexOf(group));
  const isCount = columns.some((column) => /^COUNT ?\(/i.test(column));
  const sets = groups ? [...groups.values()] : isCount ? [rows] : rows.map((row) => [row]);
  const names = columns.map((column) => / AS (\w+)$/i.exec(column)?.[1] ?? (/^COUNT/i.test(column) ? 'count' : column));
  const missing = columns.find(
    (column) => !/^COUNT ?\(/i.test(column) && !table.columns.includes(column.split(' ')[0]!),
  );
  if (missing !== undefined) return failed(`column "${missing}" does not exist`);
  const out = sets.map((set) =>
    columns.map(
      (column): Cell =>
        /^COUNT ?\(/i.test(column) ? set.length : (set[0]?.[table.columns.indexOf(column.split(' ')[0]!)] ?? null),
    ),
  );
  if (order !== undefined) sortBy(out, names.indexOf(order), descending !== undefined);
  return { ok: true, tag: `SELECT ${out.length}`, columns: names, rows: out };
}

function groupBy(rows: readonly Cell[][], place: number): Map<Cell, Cell[][]> {
  const groups = new Map<Cell, Cell[][]>();
  for (const row of rows) {
    const key = row[place] ?? null;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

function sortBy(rows: Cell[][], place: number, descending: boolean): void {
  rows.sort((a, b) => {
    const [x, y] = [a[place] ?? '', b[place] ?? ''];
    return (x < y ? -1 : x > y ? 1 : 0) * (descending ? -1 : 1);
  });
}

/** `SELECT 1` */
function selectValues(_tables: Tables, [, text = '']: RegExpExecArray): SqlAnswer {
  const values = split(text);
  return { ok: true, tag: 'SELECT 1', columns: values.map(() => '?column?'), rows: [values.map(cellOf)] };
}

function listTables(tables: Tables): SqlAnswer {
  const rows = Object.keys(tables)
    .sort()
    .map((name): Cell[] => ['public', name, 'table', 'postgres']);
  return { ok: true, tag: '', columns: ['Schema', 'Name', 'Type', 'Owner'], rows };
}

function matching(table: Table, condition: string | undefined): Cell[][] {
  if (condition === undefined) return table.rows;
  const [column = '', ...value] = condition.split('=').map((part) => part.trim());
  const place = table.columns.indexOf(column);
  const wanted = cellOf(value.join('='));
  return table.rows.filter((row) => row[place] === wanted);
}

/** Splits at commas outside quotes and parentheses. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let current = '';
  for (const c of text) {
    if (c === "'") quoted = !quoted;
    else if (!quoted && c === '(') depth++;
    else if (!quoted && c === ')') depth--;
    if (c === ',' && depth === 0 && !quoted) {
      parts.push(current.trim());
      current = '';
    } else current += c;
  }
  if (current.trim() !== '') parts.push(current.trim());
  return parts;
}

function cellOf(text: string): Cell {
  const trimmed = text.trim();
  if (/^null$/i.test(trimmed)) return null;
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  return trimmed.replace(/^'|'$/g, '').replace(/''/g, "'");
}

/** A text as a literal. */
export function quote(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
