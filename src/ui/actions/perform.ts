/** Carries out an action's effects: commands through a terminal, faults through their own door; both print themselves. */
import type { ObjectRef } from '../../protocol/events.ts';
import { usePanels } from '../store/panels.ts';
import { causeFault } from '../store/worker-client.ts';
import { useWorld } from '../store/world.ts';
import { printNote, typeCommand } from '../terminal/sessions.ts';
import { type Action, actionForKey, commandHost, type Effect, subjectOf } from './actions.ts';

/** Does it to the thing, if it can be done. */
export function performAction(action: Action, ref: ObjectRef): void {
  const subject = subjectOf(useWorld.getState().snapshot, ref);
  if (!subject || action.disabled(subject) !== null) return;
  for (const effect of action.effects(subject)) carryOut(effect);
}

/** Does what a key stands for on the selected thing. False when it stands for nothing there. */
export function performKey(key: string): boolean {
  const { snapshot, selection } = useWorld.getState();
  const action = actionForKey(subjectOf(snapshot, selection), key);
  if (!action || !selection) return false;
  performAction(action, selection);
  return true;
}

function carryOut(effect: Effect): void {
  const { snapshot } = useWorld.getState();
  const panels = usePanels.getState();
  if (!snapshot) return;
  if (effect.type === 'command') {
    const host = effect.host ?? commandHost(snapshot, panels.terminalHost);
    if (!host) {
      note('no manager answers: a docker command would need one');
      return;
    }
    panels.set({ terminalHost: host });
    typeCommand(host, effect.command);
    return;
  }
  note(effect.note);
  void causeFault(effect.fault).then((result) => {
    if (!result.ok) note(result.error.message);
  });
}

/** Prints a line in the terminal that is on screen. */
function note(text: string): void {
  const host = usePanels.getState().terminalHost ?? useWorld.getState().snapshot?.machines[0]?.name;
  if (host) printNote(host, text);
}
