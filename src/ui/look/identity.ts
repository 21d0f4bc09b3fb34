/**
 * Hue is identity: which service, which network, which Raft term. Six fills carry the same dark ink in both themes (at least 7:1);
 * the light theme adds an edge of the same hue, which is also that hue as text (at least 5.5:1). Hue is never the only sign:
 * a name, a monogram or a number always stands beside it.
 */
import type { Theme } from './palette.ts';

export interface Identity {
  fill: string;
  /** Outline; also the hue as text. On dark ground the same as the fill. */
  edge: string;
  /** Text on the fill. */
  ink: string;
  /** All six hues are taken: the same fill, with a diagonal stripe. */
  striped: boolean;
}

const fills = ['#FBCB6B', '#93E3FC', '#00B778', '#D6A1CC', '#FF7A1F', '#AA8BFE'] as const;
const lightEdges = ['#7A5300', '#00627F', '#006442', '#8A3F7D', '#A84300', '#5A35C4'] as const;
/** Text on any of the fills. */
export const inkOnFill = '#101214';

/** Hues by order of creation: services and networks start at different ends, so that the first of each differ. */
const serviceHues = [1, 2, 4, 3, 6, 5] as const;
const networkHues = [5, 6, 1, 2, 4, 3] as const;

function identity(hue: number, striped: boolean, theme: Theme): Identity {
  const fill = fills[hue - 1] as string;
  return { fill, edge: theme === 'dark' ? fill : (lightEdges[hue - 1] as string), ink: inkOnFill, striped };
}

/** Hue of a service by `ServiceView.hueIndex`. */
export function serviceIdentity(hueIndex: number, theme: Theme): Identity {
  return identity(serviceHues[hueIndex % 6] as number, hueIndex >= 6, theme);
}

/** Hue of a network by its order of creation. */
export function networkIdentity(index: number, theme: Theme): Identity {
  return identity(networkHues[index % 6] as number, index >= 6, theme);
}

/** Hue of a Raft term: neighbours always differ, so stripes are not needed. Term 0 (before any election) has the hue of 6. */
export function termIdentity(term: number, theme: Theme): Identity {
  return identity(((((term - 1) % 6) + 6) % 6) + 1, false, theme);
}
