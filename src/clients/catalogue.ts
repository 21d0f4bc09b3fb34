/** The clients by the name they are called by. */
import type { Client } from './client.ts';
import { curl } from './curl.ts';
import { dig } from './dig.ts';
import { mysql } from './mysql.ts';
import { nc } from './nc.ts';
import { nslookup } from './nslookup.ts';
import { ping } from './ping.ts';
import { pgIsReady, psql } from './psql.ts';
import { redisCli } from './redis-cli.ts';
import { wget } from './wget.ts';

const CLIENTS = new Map<string, Client>(
  ([curl, dig, mysql, nc, nslookup, pgIsReady, ping, psql, redisCli, wget] as readonly Client[]).map((client) => [
    client.name,
    client,
  ]),
);

export function clientNamed(name: string): Client | undefined {
  return CLIENTS.get(name);
}

export const clientNames: readonly string[] = [...CLIENTS.keys()];
