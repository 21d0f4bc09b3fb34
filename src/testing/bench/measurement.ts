/** What a section of `npm run bench` gives: numbers with their spread, beside what was aimed at and what others reach. */

export interface Measurement {
  what: string;
  unit: string;
  /** One value per run. */
  values: number[];
  /** Which direction is good; `none` for a fact without an aim. */
  better: 'more' | 'less' | 'none';
  aim?: number;
  /** What others reach, or what the figure should be held against, in words. */
  beside?: string;
}

/** A part of the benchmark that can be run by itself. */
export interface Section {
  name: string;
  title: string;
  run(): Measurement[] | Promise<Measurement[]>;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the fraction `q` of all lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? 0;
  return low + (high - low) * (place - Math.floor(place));
}

/** Wall milliseconds that `work` takes. */
export function milliseconds(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

/** Runs `work` once to warm up, then `runs` times. */
export function repeat<T>(runs: number, work: (run: number) => T): T[] {
  work(0);
  return Array.from({ length: runs }, (_, run) => work(run + 1));
}

/** Whether the median reaches the aim; null without one. */
export function reaches({ values, better, aim }: Measurement): boolean | null {
  if (aim === undefined || better === 'none') return null;
  return better === 'more' ? median(values) >= aim : median(values) <= aim;
}

/** Lines of a section, in columns. */
export function report(title: string, measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { what, unit, values, better, aim, beside } = measurement;
    const spread = values.length > 1 ? `${figure(Math.min(...values))}-${figure(Math.max(...values))}` : '';
    const mark = { true: 'reached', false: 'MISSED', null: '' }[
      String(reaches(measurement)) as 'true' | 'false' | 'null'
    ];
    const aimed = aim === undefined ? '' : `aim ${better === 'more' ? '>=' : '<='} ${figure(aim)} ${mark}`;
    return [what, `${figure(median(values))} ${unit}`, spread, aimed, beside ?? ''];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [`\n${title}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** Three significant digits, thousands set apart. */
function figure(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 4) });
}
