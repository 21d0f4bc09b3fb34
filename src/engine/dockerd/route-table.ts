/** Every request that the daemon answers, on one screen. `moby: daemon/server/router` */
import type { ApiMethod } from '../../protocol/api.ts';
import type { Route } from './route.ts';
import { buildImage } from './routes/build.ts';
import * as files from './routes/container-files.ts';
import * as containers from './routes/containers.ts';
import { events } from './routes/events.ts';
import * as exec from './routes/exec.ts';
import * as images from './routes/images.ts';
import * as logs from './routes/logs.ts';
import * as networks from './routes/networks.ts';
import * as nodes from './routes/nodes.ts';
import * as secrets from './routes/secrets.ts';
import * as services from './routes/services.ts';
import { containerStats } from './routes/stats.ts';
import * as swarm from './routes/swarm.ts';
import * as system from './routes/system.ts';
import * as tasks from './routes/tasks.ts';
import * as volumes from './routes/volumes.ts';

/** `{x}` is one part of the path, `{x...}` any number of them. */
const TABLE: readonly (readonly [ApiMethod, string, Route])[] = [
  ['HEAD', '/_ping', system.ping],
  ['GET', '/_ping', system.ping],
  ['GET', '/version', system.version],
  ['GET', '/info', system.info],
  ['GET', '/events', events],
  ['GET', '/system/df', system.diskUsage],

  ['GET', '/swarm', swarm.inspectSwarm],
  ['POST', '/swarm/init', swarm.initSwarm],
  ['POST', '/swarm/join', swarm.joinSwarm],
  ['POST', '/swarm/leave', swarm.leaveSwarm],
  ['POST', '/swarm/update', swarm.updateSwarm],
  ['GET', '/swarm/unlockkey', swarm.unlockKey],
  ['POST', '/swarm/unlock', swarm.unlockSwarm],
  ['GET', '/nodes', nodes.listNodes],
  ['GET', '/nodes/{id}', nodes.inspectNode],
  ['POST', '/nodes/{id}/update', nodes.updateNode],
  ['DELETE', '/nodes/{id}', nodes.removeNode],
  ['GET', '/services', services.listServices],
  ['POST', '/services/create', services.createService],
  ['GET', '/services/{id}', services.inspectService],
  ['POST', '/services/{id}/update', services.updateService],
  ['DELETE', '/services/{id}', services.removeService],
  ['GET', '/services/{id}/logs', logs.serviceLogs],
  ['GET', '/tasks', tasks.listTasks],
  ['GET', '/tasks/{id}', tasks.inspectTask],
  ['GET', '/tasks/{id}/logs', logs.taskLogs],
  ['GET', '/secrets', secrets.listFiles('secret')],
  ['POST', '/secrets/create', secrets.createFile('secret')],
  ['GET', '/secrets/{id}', secrets.inspectFile('secret')],
  ['POST', '/secrets/{id}/update', secrets.updateFile('secret')],
  ['DELETE', '/secrets/{id}', secrets.removeFile('secret')],
  ['GET', '/configs', secrets.listFiles('config')],
  ['POST', '/configs/create', secrets.createFile('config')],
  ['GET', '/configs/{id}', secrets.inspectFile('config')],
  ['POST', '/configs/{id}/update', secrets.updateFile('config')],
  ['DELETE', '/configs/{id}', secrets.removeFile('config')],

  ['GET', '/networks', networks.listNetworks],
  ['POST', '/networks/create', networks.createNetwork],
  ['GET', '/networks/{id}', networks.inspectNetwork],
  ['POST', '/networks/prune', networks.pruneNetworks],
  ['DELETE', '/networks/{id}', networks.removeNetwork],
  ['POST', '/networks/{id}/connect', networks.connectNetwork],
  ['POST', '/networks/{id}/disconnect', networks.disconnectNetwork],

  ['GET', '/containers/json', containers.listContainers],
  ['POST', '/containers/prune', containers.pruneContainers],
  ['POST', '/containers/create', containers.createContainer],
  ['GET', '/containers/{id}/json', containers.inspectContainer],
  ['POST', '/containers/{id}/start', containers.startContainer],
  ['POST', '/containers/{id}/stop', containers.stopContainer],
  ['POST', '/containers/{id}/restart', containers.restartContainer],
  ['POST', '/containers/{id}/kill', containers.killContainer],
  ['POST', '/containers/{id}/pause', containers.pauseContainer(true)],
  ['POST', '/containers/{id}/unpause', containers.pauseContainer(false)],
  ['POST', '/containers/{id}/rename', containers.renameContainer],
  ['POST', '/containers/{id}/wait', containers.waitContainer],
  ['POST', '/containers/{id}/attach', containers.attachContainer],
  ['POST', '/containers/{id}/resize', exec.resize],
  ['POST', '/containers/{id}/update', containers.updateContainer],
  ['GET', '/containers/{id}/stats', containerStats],
  ['GET', '/containers/{id}/changes', files.containerChanges],
  ['HEAD', '/containers/{id}/archive', files.getArchive],
  ['GET', '/containers/{id}/archive', files.getArchive],
  ['PUT', '/containers/{id}/archive', files.putArchive],
  ['GET', '/containers/{id}/export', files.exportContainer],
  ['GET', '/containers/{id}/top', containers.topContainer],
  ['GET', '/containers/{id}/logs', logs.containerLogs],
  ['DELETE', '/containers/{id}', containers.removeContainer],
  ['POST', '/containers/{id}/exec', exec.createExec],
  ['POST', '/exec/{id}/start', exec.startExec],
  ['POST', '/exec/{id}/resize', exec.resize],
  ['GET', '/exec/{id}/json', exec.inspectExec],

  ['GET', '/images/json', images.listImages],
  ['POST', '/images/create', images.pullImage],
  ['POST', '/images/prune', images.pruneImages],
  ['GET', '/images/search', images.notModelled('search')],
  ['GET', '/images/get', images.notModelled('save')],
  ['POST', '/images/load', images.notModelled('load')],
  ['POST', '/commit', images.notModelled('commit')],
  ['GET', '/images/{name...}/json', images.inspectImage],
  ['GET', '/images/{name...}/history', images.imageHistory],
  ['POST', '/images/{name...}/tag', images.tagImage],
  ['POST', '/images/{name...}/push', images.pushImage],
  ['GET', '/images/{name...}/get', images.notModelled('save')],
  ['DELETE', '/images/{name...}', images.removeImage],
  ['POST', '/auth', images.login],
  ['POST', '/build', buildImage],
  ['POST', '/build/prune', system.pruneBuilds],
  ['GET', '/plugins', system.listPlugins],
  ['GET', '/distribution/{name...}/json', images.distribution],
  ['GET', '/volumes', volumes.listVolumes],
  ['POST', '/volumes/create', volumes.createVolume],
  ['POST', '/volumes/prune', volumes.pruneVolumes],
  ['GET', '/volumes/{name}', volumes.inspectVolume],
  ['DELETE', '/volumes/{name}', volumes.removeVolume],
];

interface Row {
  readonly name: string;
  readonly method: ApiMethod;
  readonly pattern: RegExp;
  readonly parameters: readonly string[];
  readonly route: Route;
}

const ROWS: readonly Row[] = TABLE.map(([method, path, route]) => {
  const parameters = [...path.matchAll(/\{(\w+)(\.\.\.)?\}/g)].map(([, name]) => name!);
  const pattern = path.replace(/\{\w+\.\.\.\}/g, '(.+)').replace(/\{\w+\}/g, '([^/]+)');
  return { name: `${method} ${path}`, method, pattern: new RegExp(`^${pattern}$`), parameters, route };
});

const BY_NAME = new Map(ROWS.map(({ name, route }) => [name, route]));

/** A version in front of the path says which JSON the client expects; this daemon has only one. */
const VERSION_PREFIX = /^\/v\d+\.\d+(?=\/)/;

/** The row that answers a request, with what its path says; null if none does. */
export function findRoute(
  method: ApiMethod,
  path: string,
): { readonly name: string; readonly route: Route; readonly params: Record<string, string> } | null {
  const plain = path.replace(VERSION_PREFIX, '');
  for (const { name, method: own, pattern, parameters, route } of ROWS) {
    const match = own === method ? pattern.exec(plain) : null;
    if (!match) continue;
    const params: Record<string, string> = {};
    parameters.forEach((parameter, i) => {
      params[parameter] = unescapePath(match[i + 1]!);
    });
    return { name, route, params };
  }
  return null;
}

/** The row with this name: a call's `route`. */
export function routeNamed(name: string): Route {
  const route = BY_NAME.get(name);
  if (!route) throw new Error(`dockerd: no route ${name}`);
  return route;
}

/** What is no escape of UTF-8 (a lone `%`, half a character) is taken as it is. */
function unescapePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
