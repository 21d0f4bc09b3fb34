/**
 * The first record of a comma-separated text, as the long forms of `--mount`, `--publish`, `--secret`, `--network` are written.
 * Source: Go `encoding/csv` with its defaults: fields may be quoted, `""` is a quote within quotes; columns count bytes.
 */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';

const BARE_QUOTE = 'bare " in non-quoted-field';
const STRAY_QUOTE = 'extraneous or missing " in quoted-field';

/** Fields of the first line that is not empty; `EOF` if there is none. */
export function parseCsv(text: string): ParseResult<string[]> {
  const record = text.replace(/^(\r?\n)+/, '');
  if (record === '') return unparsable('EOF');
  const firstLine = text.slice(0, text.length - record.length).split('\n').length;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = record[at] === '"' ? quotedField(record, at, firstLine) : plainField(record, at, firstLine);
    if (!field.ok) return field;
    fields.push(field.value.text);
    if (field.value.next === null) return parsed(fields);
    at = field.value.next;
  }
}

/** A field and where the next one starts; null after the last. */
interface Field {
  text: string;
  next: number | null;
}

function plainField(record: string, start: number, line: number): ParseResult<Field> {
  const end = /[,\n]|\r\n/.exec(record.slice(start));
  const text = end ? record.slice(start, start + end.index) : record.slice(start);
  const quote = text.indexOf('"');
  if (quote >= 0) return fault(record, start + quote, line, BARE_QUOTE);
  return parsed({ text, next: end?.[0] === ',' ? start + end.index + 1 : null });
}

function quotedField(record: string, start: number, line: number): ParseResult<Field> {
  let text = '';
  let at = start + 1;
  for (;;) {
    const quote = record.indexOf('"', at);
    if (quote < 0) return fault(record, record.length, line, STRAY_QUOTE);
    text += record.slice(at, quote);
    const after = record[quote + 1];
    if (after === undefined || after === '\n' || record.startsWith('\r\n', quote + 1))
      return parsed({ text, next: null });
    if (after === ',') return parsed({ text, next: quote + 2 });
    if (after !== '"') return fault(record, quote, line, STRAY_QUOTE);
    text += '"';
    at = quote + 2;
  }
}

function fault(record: string, at: number, firstLine: number, what: string): { ok: false; message: string } {
  const before = record.slice(0, at).split('\n');
  const line = firstLine + before.length - 1;
  const column = utf8Length(before[before.length - 1]!) + 1;
  const record1 = line === firstLine ? '' : `record on line ${firstLine}; `;
  return unparsable(`${record1}parse error on line ${line}, column ${column}: ${what}`);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
