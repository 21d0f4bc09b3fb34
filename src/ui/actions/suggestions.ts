/** Commands worth offering where typing is hard. */
import type { ObjectRef } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { splitRef, taskWithId } from '../store/rows.ts';

/** What one would type next, with the selected thing first. */
export function suggestions(snapshot: Snapshot, selection: ObjectRef | null): string[] {
  if (!snapshot.quorum)
    return [`docker swarm init --advertise-addr ${snapshot.machines[0]?.address ?? ''}`, 'docker info'];
  const { kind, id } = selection ? splitRef(selection) : { kind: '', id: '' };
  const task = kind === 'task' ? taskWithId(snapshot, id) : undefined;
  const machine = kind === 'machine' ? id : task?.machine;
  const service = snapshot.services[0];
  return [
    ...(machine ? [`docker node ps ${machine}`] : []),
    ...(service ? [`docker service ps ${task?.serviceName || service.name}`] : []),
    'docker node ls',
    'docker service ls',
    ...(service
      ? [`docker service scale ${service.name}=${service.desired + 2}`]
      : ['docker service create --name web --replicas 4 -p 80:80 nginx:1.26']),
  ];
}
