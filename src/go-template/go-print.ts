/**
 * How Go's `fmt` prints values with `%v`, `%+v` and `%s`: `map[a:b]`, `[a b]`, `{web 3}`, `<nil>`.
 * Source: Go `fmt: print.go` (`printValue`).
 */
import { elementsOf, entriesOf, fieldValue, fromJson, type GoValue, isNil, type MaybeValue } from './go-value.ts';

/** Where pointers inside structures would be printed as addresses: there are none here, so all show one. */
const address = '0xc000012345';

/** Options of the verb. */
export interface PrintOptions {
  /** `%+v`: names before fields of structs. */
  fieldNames?: boolean;
}

/** `fmt.Sprint` of one value. */
export function printValue(value: MaybeValue, options: PrintOptions = {}, depth = 0): string {
  if (!value) return '<nil>';
  const { type } = value;
  switch (type.kind) {
    case 'string':
    case 'bool':
    case 'int':
    case 'uint':
    case 'float':
      return type.print ? type.print(value.value) : printBasic(value.value, type.kind === 'float');
    case 'interface':
      return printValue(fromJson(value.value), options, depth);
    case 'slice':
      return `[${elementsOf(value)
        .map((element) => printValue(element, options, depth + 1))
        .join(' ')}]`;
    case 'map':
      return `map[${entriesOf(value)
        .map((entry) => `${entry.key}:${printValue(entry.value, options, depth + 1)}`)
        .join(' ')}]`;
    case 'pointer':
      return printPointer(value, options, depth);
    case 'struct':
      return type.print ? type.print(value.value) : printStruct(value, options, depth);
  }
}

/** `fmt.Sprint` of several: blanks between two that are both no strings. */
export function sprint(values: readonly MaybeValue[]): string {
  let text = '';
  values.forEach((value, index) => {
    const before = values[index - 1];
    if (index > 0 && !isString(value) && !isString(before ?? null)) text += ' ';
    text += printValue(value);
  });
  return text;
}

/** `%v` of a floating-point number: shortest digits, an exponent from 1e21 on and below 1e-4. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  return String(value);
}

function printBasic(value: unknown, isFloat: boolean): string {
  return isFloat ? printFloat(Number(value)) : String(value);
}

function printPointer(value: GoValue, options: PrintOptions, depth: number): string {
  if (value.type.kind !== 'pointer' || isNil(value)) return '<nil>';
  const target = { type: value.type.to, value: value.value };
  const { kind } = target.type;
  const printer = 'print' in target.type && target.type.print;
  if (printer) return printer(target.value);
  if (depth > 0) return address;
  return kind === 'struct' || kind === 'map' || kind === 'slice' ? `&${printValue(target, options, 1)}` : address;
}

function printStruct(value: GoValue, options: PrintOptions, depth: number): string {
  if (value.type.kind !== 'struct') return '';
  const fields = value.type.fields.map((field) => {
    const text = printValue(fieldValue(value, field), options, depth + 1);
    return options.fieldNames ? `${field.name}:${text}` : text;
  });
  return `{${fields.join(' ')}}`;
}

function isString(value: MaybeValue): boolean {
  return value?.type.kind === 'string';
}
