/** The flags every listing and every `inspect` shares: `--format`, `--quiet`, `--no-trunc`. */
import { boolFlag, stringFlag } from '../flags/flag-types.ts';

/** `--format` of listings. */
export const listFormatFlag = stringFlag({
  name: 'format',
  description: [
    'How to print:',
    "'table':            A table with headers (default)",
    "'table TEMPLATE':   A table of what the Go template names",
    "'json':             A JSON object for each row",
    "'TEMPLATE':         What the Go template makes of each row",
  ].join('\n'),
});

/** `--format` of `inspect`, `info` and `version`. */
export const inspectFormatFlag = stringFlag({
  name: 'format',
  shorthand: 'f',
  description: [
    'How to print:',
    "'json':             As JSON on one line",
    "'TEMPLATE':         What the Go template makes of it",
  ].join('\n'),
});

/** `--quiet` of listings. */
export function quietFlag(description: string) {
  return boolFlag({ name: 'quiet', shorthand: 'q', description });
}

/** `--no-trunc`. */
export const noTruncFlag = boolFlag({ name: 'no-trunc', description: 'Print IDs and texts in full' });
