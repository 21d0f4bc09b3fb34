/** `docker history`. Source: `cli: cli/command/image/history.go, formatter_history.go`. */
import { flagLines } from '../../flags/flag-lines.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { clockOf, dateOf } from '../../opts/calendar.ts';
import { humanDuration } from '../../opts/human-duration.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { type Listing, renderListing } from '../../table/listing.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeImages } from '../completion.ts';
import { listFormatFlag, noTruncFlag, quietFlag } from '../format-flag.ts';

const human = boolFlag({
  name: 'human',
  shorthand: 'H',
  default: true,
  description: 'Print sizes and times for people',
});
const quiet = quietFlag('Print IDs alone');
const ignored = flagLines(`
  --platform string  Show the variant for this platform ("os[/arch[/variant]]")
`);

export const historyCommand: Command = {
  kind: 'command',
  name: 'history',
  aliasLine: 'docker image history, docker history',
  usage: '[OPTIONS] IMAGE',
  description: 'Show what an image was made of',
  args: exactArgs(1),
  flags: [listFormatFlag, human, noTruncFlag, quiet, ...ignored],
  run: showHistory,
  complete: completeImages,
};

interface Step {
  Id: string;
  Created: number;
  CreatedBy: string;
  Size: number;
  Comment: string;
}

interface HistoryRow {
  step: Step;
  isTruncated: boolean;
  isHuman: boolean;
  now: number;
}

const MISSING = '<missing>';

const historyListing: Listing<HistoryRow> = {
  typeName: '*image.historyContext',
  fields: {
    Comment: { header: 'COMMENT', value: ({ step }) => step.Comment },
    CreatedAt: { header: 'CREATED AT', value: ({ step }) => timeText(step.Created) },
    CreatedBy: { header: 'CREATED BY', value: ({ step, isTruncated }) => command(step.CreatedBy, isTruncated) },
    CreatedSince: {
      header: 'CREATED',
      value: ({ step, isHuman, now }) =>
        isHuman ? `${humanDuration(now - step.Created * 1000)} ago` : timeText(step.Created),
    },
    ID: {
      header: 'IMAGE',
      value: ({ step: { Id }, isTruncated }) =>
        isTruncated && Id !== MISSING ? Id.replace('sha256:', '').slice(0, 12) : Id,
    },
    Size: {
      header: 'SIZE',
      value: ({ step, isHuman }) => (isHuman ? formatDecimalSize(step.Size, 3) : String(step.Size)),
    },
  },
  table: '{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}',
};

/** RFC 3339. */
const timeText = (seconds: number): string => `${dateOf(seconds)}T${clockOf(seconds)}Z`;

function command(text: string, isTruncated: boolean): string {
  const line = text.replaceAll('\t', ' ');
  return isTruncated && line.length > 45 ? `${line.slice(0, 44)}…` : line;
}

async function showHistory({ api, args, fail, flags, out, process }: CommandContext): Promise<number> {
  const steps = await api.get<Step[]>(`/images/${args[0]}/history`);
  const view = { isTruncated: !flags.get(noTruncFlag), isHuman: flags.get(human), now: process.host.clock.now() };
  const rows = steps.map((step) => ({ ...view, step }));
  const text = renderListing(historyListing, rows, { format: flags.get(listFormatFlag), quiet: flags.get(quiet) });
  if (!text.ok) return fail(text.message);
  out(text.value);
  return 0;
}
