/** Placement preferences: `spread=node.labels.zone`. Source: `cli: cli/command/service/opts.go`. */
import type { Placement } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { cut } from './cut.ts';

/** One entry of a placement's `Preferences`. */
export type PlacementPreference = NonNullable<Placement['Preferences']>[number];

/** Reads one `--placement-pref`; spreading is the only strategy there is. */
export function parsePlacementPreference(text: string): ParseResult<PlacementPreference> {
  const { head: strategy, rest: descriptor } = cut(text, '=');
  if (descriptor === null || strategy === '') {
    return unparsable('placement preference must be of the format "<strategy>=<arg>"');
  }
  if (strategy !== 'spread') {
    return unparsable(`unsupported placement preference ${strategy} (only spread is supported)`);
  }
  return parsed({ Spread: { SpreadDescriptor: descriptor } });
}
