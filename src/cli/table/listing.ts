/**
 * Listings: rows through a template, as a table with headers, as JSON, or as a template says (`--format`, `-q`).
 * A listing says which fields a row has, with their headers; templates see a row as docker's own type of that name.
 * Source: `docker/cli: cli/command/formatter/formatter.go, reflect.go`.
 */

import { jsonString } from '../../go-template/go-json.ts';
import {
  boolValue,
  type GoMethod,
  type GoStruct,
  type GoType,
  type GoValue,
  goString,
  intValue,
  stringValue,
} from '../../go-template/go-value.ts';
import { createTemplate } from '../../go-template/template.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { alignTabs } from './tab-writer.ts';

/** One thing a template can ask of a row. */
export interface ListingField<Row> {
  /** Name above its column; absent where docker has none. */
  header?: string;
  value(row: Row): string | boolean | number;
}

/** A kind of listing. */
export interface Listing<Row> {
  /** Go's type of a row, as error lines name it: `*service.serviceContext`. */
  typeName: string;
  /** By the name templates use. */
  fields: Readonly<Record<string, ListingField<Row>>>;
  /** `{{.Label "name"}}`: fields that take one argument. */
  lookups?: Readonly<Record<string, (row: Row, argument: string) => string>>;
  /** What `table` alone stands for; fields separated by real tabs. */
  table: string;
  /** What `-q` stands for. */
  quiet?: string;
  /** What `--format raw` stands for, several lines; `-q` leaves the first. */
  raw?: string;
}

/** The user's wishes. */
export interface ListingOptions {
  /** `--format`; empty = table. */
  format?: string;
  quiet?: boolean;
}

/** The whole output; the message begins with `template parsing error: `. */
export function renderListing<Row>(
  listing: Listing<Row>,
  rows: readonly Row[],
  options: ListingOptions = {},
): ParseResult<string> {
  const format = resolveFormat(listing, options);
  const template = createTemplate(format.template);
  if (!template.ok) return unparsable(`template parsing error: ${template.message}`);
  const type = rowType(listing);
  let text = '';
  for (const row of rows) {
    const line = template.template.execute({ type, value: row });
    if (!line.ok) return unparsable(`template parsing error: ${line.message}`);
    text += `${line.text}\n`;
  }
  if (!format.isTable) return parsed(text);
  // What goes wrong in the header goes unsaid, as docker has it.
  const header = template.template.execute(headerValue(listing), { header: true });
  return parsed(alignTabs(`${header.text}\n${text}`));
}

function resolveFormat<Row>(
  listing: Listing<Row>,
  { format = '', quiet }: ListingOptions,
): { template: string; isTable: boolean } {
  if (format === '' || format === 'table') {
    return quiet
      ? { template: listing.quiet ?? '{{.ID}}', isTable: false }
      : { template: listing.table, isTable: true };
  }
  if (format === 'raw' && listing.raw !== undefined) {
    return { template: quiet ? listing.raw.split('\n')[0]! : listing.raw, isTable: false };
  }
  if (format === 'json') return { template: '{{json .}}', isTable: false };
  const isTable = format.startsWith('table');
  const body = (isTable ? format.slice('table'.length) : format).replace(/^ +| +$/g, '');
  return { template: body.replaceAll('\\t', '\t').replaceAll('\\n', '\n'), isTable };
}

function rowType<Row>(listing: Listing<Row>): GoStruct {
  const methods: Record<string, GoMethod> = {};
  for (const [name, field] of Object.entries(listing.fields)) {
    methods[name] = { parameters: 0, call: (row) => toGoValue(field.value(row as Row)) };
  }
  for (const [name, lookup] of Object.entries(listing.lookups ?? {})) {
    methods[name] = { parameters: 1, call: (row, [argument = '']) => stringValue(lookup(row as Row, argument)) };
  }
  return { kind: 'struct', name: listing.typeName, fields: [], methods, json: (row) => rowJson(listing, row as Row) };
}

function rowJson<Row>(listing: Listing<Row>, row: Row): string {
  const members = Object.keys(listing.fields)
    .sort()
    .map((name) => {
      const value = listing.fields[name]!.value(row);
      return `${jsonString(name)}:${typeof value === 'string' ? jsonString(value, true) : String(value)}`;
    });
  return `{${members.join(',')}}`;
}

function headerValue<Row>(listing: Listing<Row>): GoValue {
  const headers: Record<string, string> = {};
  for (const [name, field] of Object.entries(listing.fields))
    if (field.header !== undefined) headers[name] = field.header;
  const lookups = Object.keys(listing.lookups ?? {});
  const label: GoMethod = { parameters: 1, call: (_row, [name = '']) => stringValue(labelHeader(name)) };
  const type: GoType = {
    kind: 'map',
    element: goString,
    methods: Object.fromEntries(lookups.map((name) => [name, label])),
  };
  return { type, value: headers };
}

/** The header of a label's column: what follows its last dot, as words. */
function labelHeader(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).replace(/[-_]/g, ' ');
}

function toGoValue(value: string | boolean | number): GoValue {
  if (typeof value === 'boolean') return boolValue(value);
  return typeof value === 'number' ? intValue(value) : stringValue(value);
}
