/** Tasks as Docker's JSON. `moby: daemon/cluster/convert/task.go`, `api/types/swarm/task.go` */
import type * as api from '../../../protocol/engine-api.ts';
import { type Network, type Task, type TaskStatus, taskStateName } from '../../store/objects.ts';
import { filled, list, struct } from './go-json.ts';
import { annotationsJson, head } from './meta.ts';
import { swarmNetworkJson } from './network.ts';
import { genericJson } from './node.ts';
import { portJson, taskSpecJson } from './service.ts';
import { type EpochMs, rfc3339 } from './time.ts';

/** `networks` holds those that the task is attached to. */
export function taskJson(task: Task, networks: ReadonlyMap<string, Network>, epochMs: EpochMs): api.Task {
  return struct({
    ...head(task, epochMs),
    ...annotationsJson(task.annotations),
    Spec: taskSpecJson(task.spec),
    ServiceID: filled(task.serviceId),
    Slot: filled(task.slot),
    NodeID: filled(task.nodeId),
    Status: statusJson(task.status, epochMs),
    DesiredState: taskStateName(task.desiredState),
    NetworksAttachments: filled(
      task.networks.flatMap(({ networkId, addresses }) => {
        const network = networks.get(networkId);
        return network
          ? [struct({ Network: swarmNetworkJson(network, epochMs), Addresses: filled(list(addresses)) })]
          : [];
      }),
    ),
    GenericResources: filled(task.assignedGeneric.map(genericJson)),
    JobIteration: task.jobIteration === null ? undefined : { Index: task.jobIteration },
    Volumes: null,
  });
}

function statusJson(status: TaskStatus, epochMs: EpochMs): api.TaskStatus {
  const { container } = status;
  return struct({
    Timestamp: rfc3339(epochMs, status.timestamp),
    State: taskStateName(status.state),
    Message: filled(status.message),
    Err: filled(status.err),
    ContainerStatus: container
      ? { ContainerID: container.id, PID: container.pid, ExitCode: container.exitCode }
      : undefined,
    PortStatus: struct({ Ports: filled(status.ports.map(portJson)) }),
  });
}
