/** `printf` as awk has it: values are already there as text and as number. */

export interface PrintfValue {
  text: string;
  number: number;
}

/** Formats values; a missing one is empty. */
export function formatPrintf(format: string, values: PrintfValue[]): string {
  let next = 0;
  const take = (): PrintfValue => values[next++] ?? { text: '', number: 0 };
  return format.replace(
    /%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?([diouxXeEfgGsc%])/g,
    (_all, flags, width, precision, kind) => {
      if (kind === '%') return '%';
      const size = width === '*' ? take().number : Number(width ?? 0);
      const digits = precision === undefined ? null : precision === '*' ? take().number : Number(precision);
      const text = convert(kind, take(), digits, flags);
      if (flags.includes('-')) return text.padEnd(size);
      return text.padStart(size, flags.includes('0') && !'sc'.includes(kind) ? '0' : ' ');
    },
  );
}

function convert(kind: string, value: PrintfValue, precision: number | null, flags: string): string {
  const plus = flags.includes('+') && value.number >= 0 ? '+' : '';
  switch (kind) {
    case 's':
      return precision === null ? value.text : value.text.slice(0, precision);
    case 'c':
      return value.text.slice(0, 1);
    case 'x':
      return Math.trunc(value.number).toString(16);
    case 'X':
      return Math.trunc(value.number).toString(16).toUpperCase();
    case 'o':
      return Math.trunc(value.number).toString(8);
    case 'f':
      return plus + value.number.toFixed(precision ?? 6);
    case 'e':
    case 'E':
      return plus + value.number.toExponential(precision ?? 6).replace(/e([-+])(\d)$/, 'e$10$2');
    case 'g':
    case 'G':
      return plus + String(Number(value.number.toPrecision(precision || 6)));
    default:
      return plus + String(Math.trunc(value.number));
  }
}
