/** Which thing a line of a terminal speaks of: so that hovering a row of a table shows it on the stage. */
import type { ObjectRef } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';

/** The most particular thing named in the line: a task (by id or `web.3`), a service's id, a machine. */
export function refInLine(line: string, snapshot: Snapshot): ObjectRef | null {
  const words = line.split(/[\s,"'=|]+/).filter((word) => word.length > 0);
  return (
    taskIn(words, snapshot) ?? containerIn(words, snapshot) ?? nodeIn(words, snapshot) ?? serviceIn(words, snapshot)
  );
}

const isIdPrefix = (word: string) => /^[0-9a-z]{12,25}$/.test(word);

function taskIn(words: string[], snapshot: Snapshot): ObjectRef | null {
  for (const word of words) {
    if (isIdPrefix(word)) {
      const byId = snapshot.tasks.find((task) => task.id.startsWith(word));
      if (byId) return `task:${byId.id}`;
    }
    const name = /^([A-Za-z0-9][\w-]*)\.(\d+)(?:\.([0-9a-z]{25}))?$/.exec(word);
    if (!name) continue;
    const slot = snapshot.tasks.filter((task) => task.serviceName === name[1] && task.slot === Number(name[2]));
    const task =
      slot.find((row) => row.id === name[3]) ?? slot.find((row) => row.desiredState === 'running') ?? slot.at(-1);
    if (task) return `task:${task.id}`;
  }
  return null;
}

function containerIn(words: string[], snapshot: Snapshot): ObjectRef | null {
  const ids = words.filter((word) => /^[0-9a-f]{12}$|^[0-9a-f]{64}$/.test(word));
  if (ids.length === 0) return null;
  for (const machine of snapshot.machines) {
    const found = machine.containers.find((container) => ids.some((id) => container.id.startsWith(id)));
    if (found) return found.taskId ? `task:${found.taskId}` : `container:${found.id}`;
  }
  return null;
}

function nodeIn(words: string[], snapshot: Snapshot): ObjectRef | null {
  for (const word of words) {
    const node = isIdPrefix(word) ? snapshot.nodes.find((row) => row.id.startsWith(word)) : undefined;
    const name = node?.machine ?? word;
    if (snapshot.machines.some((machine) => machine.name === name)) return `machine:${name}`;
  }
  return null;
}

function serviceIn(words: string[], snapshot: Snapshot): ObjectRef | null {
  const service = snapshot.services.find((row) =>
    words.some((word) => word === row.name || (isIdPrefix(word) && row.id.startsWith(word))),
  );
  return service ? `service:${service.id}` : null;
}
