/** What runs on the leader only, in the order in which it is started. `swarmkit: manager/manager.go becomeLeader` */
import { CaServer } from './ca-server.ts';
import { ControlApi, type ControlApiState } from './controlapi/control-api.ts';
import { Dispatcher } from './dispatcher/dispatcher.ts';
import { LogBroker } from './logbroker/log-broker.ts';
import type { ManagerContext } from './manager.ts';
import { ResourceApi } from './resourceapi/resource-api.ts';
import { RoleManager } from './role-manager.ts';
import type { Subsystem } from './subsystem.ts';
import { orchestrationSubsystems } from './subsystems.ts';

export const leaderSubsystems: readonly {
  readonly name: string;
  create(context: ManagerContext, state?: unknown): Subsystem;
}[] = [
  { name: 'controlapi', create: (context, state) => new ControlApi(context, state as ControlApiState | undefined) },
  { name: 'dispatcher', create: (context, state) => new Dispatcher(context, state) },
  { name: 'ca', create: (context, state) => new CaServer(context, state) },
  { name: 'resourceapi', create: (context, state) => new ResourceApi(context, state) },
  { name: 'logbroker', create: (context, state) => new LogBroker(context, state) },
  ...orchestrationSubsystems,
  { name: 'role-manager', create: (context, state) => new RoleManager(context, state) },
];
