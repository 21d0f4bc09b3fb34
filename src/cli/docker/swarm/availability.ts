/** `--availability` of `swarm init` and `swarm join`: three words, checked by the client. */

import { quote } from '../../../go-template/go-strconv.ts';
import type { NodeAvailability } from '../../../protocol/engine-api.ts';
import type { ParsedFlags } from '../../flags/flag-set.ts';
import { stringFlag } from '../../flags/flag-types.ts';

const availabilities: readonly string[] = ['active', 'pause', 'drain'];

export const availabilityFlag = stringFlag({
  name: 'availability',
  default: 'active',
  description: 'What the node may be given to do ("active", "pause", "drain")',
  values: availabilities,
});

/** The value to send, empty if the flag was not given; or the line that refuses it. */
export function chosenAvailability(
  flags: ParsedFlags,
): { ok: true; value: NodeAvailability | '' } | { ok: false; line: string } {
  if (!flags.changed(availabilityFlag)) return { ok: true, value: '' };
  const written = flags.get(availabilityFlag);
  const word = written.toLowerCase();
  if (availabilities.includes(word)) return { ok: true, value: word as NodeAvailability };
  return { ok: false, line: `invalid availability ${quote(written)}, only active, pause and drain are supported` };
}
