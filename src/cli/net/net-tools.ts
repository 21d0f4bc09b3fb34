/** Programs of a host's shell that use or show the network, by name. */
import { clientNamed, clientNames } from '../../clients/catalogue.ts';
import type { Program } from '../process.ts';
import { ip } from './ip.ts';
import { programOf } from './run-client.ts';
import { netstat, ss } from './sockets.ts';

export const netTools: readonly (readonly [string, Program])[] = [
  ...clientNames.map((name) => [name, programOf(clientNamed(name)!)] as const),
  ['ip', ip],
  ['netstat', netstat],
  ['ss', ss],
];
