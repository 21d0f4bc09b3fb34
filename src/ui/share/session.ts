/** Sessions that come and go: opens one from the address, a link or a file, and makes a link of the moment that is shown. */
import { addressWith, sessionInAddress } from '../requested-session.ts';
import { usePanels } from '../store/panels.ts';
import { call, onSession } from '../store/worker-client.ts';
import { type Lens, useWorld } from '../store/world.ts';

/** Chats and mail cut longer addresses; browsers themselves take far longer ones. */
export const longestLink = 16_000;

const lenses: readonly string[] = ['cluster', 'raft', 'network', 'orchestration'] satisfies Lens[];

/** Called once, before the page is on the line: the session of the address may have been opened already. */
export function startSharing(): void {
  onSession(({ failure, lens }) => {
    if (failure !== null) usePanels.getState().set({ dialog: 'share', sessionFailure: failure });
    else if (lens !== null && lenses.includes(lens)) useWorld.getState().setLens(lens as Lens);
  });
  addEventListener('hashchange', () => {
    const session = sessionInAddress(location.hash);
    if (session !== null) void openSession({ link: session });
  });
}

/** Plays a session to its moment. True: it is shown now; else the dialog says why not. */
export async function openSession(moment: { link: string } | { file: string }): Promise<boolean> {
  const { failure } = await call<'open'>({ call: 'open', moment });
  return failure === null;
}

/** The moment that is shown, to be handed on. */
export interface Shared {
  address: string;
  file: string;
  at: number;
  hash: string;
}

export async function shareMoment(): Promise<Shared> {
  const { lens } = useWorld.getState();
  const { link, file, at, hash } = await call<'share'>({ call: 'share', lens });
  return { address: addressWith(link, location.href), file, at, hash };
}
