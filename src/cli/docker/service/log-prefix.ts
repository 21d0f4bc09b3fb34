/**
 * The prefix of each line of `service logs`: `web.1.icha7g64rf9b@node1    | `, as wide for all replicas.
 * The daemon sends who wrote a line before it: `com.docker.swarm.node.id=...,com.docker.swarm.service.id=...,... text`.
 * Source: `cli: cli/command/service/logs.go` (`taskFormatter`, `logWriter`), `internal/logdetails/parse_logs.go`.
 */
import type { Task } from '../../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import { cut } from '../../opts/cut.ts';
import { truncateId } from '../../table/display-width.ts';
import type { DockerClient } from '../client.ts';
import { IdResolver } from '../task/id-resolver.ts';

/** The user's wishes. */
export interface PrefixOptions {
  noResolve: boolean;
  noTrunc: boolean;
  noTaskIds: boolean;
  timestamps: boolean;
  details: boolean;
  /** Digits of the highest slot. */
  slotDigits: number;
}

const context = 'com.docker.swarm.';

export class LogPrefixer {
  readonly #api: DockerClient;
  readonly #options: PrefixOptions;
  readonly #resolver: IdResolver;
  /** Prefixes by task. */
  readonly #prefixes = new Map<string, string>();

  constructor(api: DockerClient, options: PrefixOptions) {
    this.#api = api;
    this.#options = options;
    this.#resolver = new IdResolver(api, options.noResolve);
  }

  /** One line, newline included, as it is shown. */
  async format(line: string): Promise<ParseResult<string>> {
    const stamp = this.#options.timestamps ? cut(line, ' ') : { head: '', rest: line };
    const { head: details, rest: message } = cut(stamp.rest ?? '', ' ');
    if (message === null) return unparsable(`invalid context in log message: ${line}`);
    const attributes = parseDetails(details);
    if (attributes === null) return unparsable('invalid details format');
    for (const part of ['node', 'service', 'task']) {
      if (!attributes.has(`${context}${part}.id`))
        return unparsable(`missing ${part} id in details: ${printMap(attributes)}`);
    }
    const prefix = await this.#prefix(attributes);
    const others = [...attributes].filter(([key]) => !key.startsWith(context)).map(([key, value]) => `${key}=${value}`);
    const shown = this.#options.details ? `${others.sort().join(',')} ` : '';
    return parsed(`${stamp.head === '' ? '' : `${stamp.head} `}${prefix}    | ${shown}${message}`);
  }

  async #prefix(attributes: ReadonlyMap<string, string>): Promise<string> {
    const id = attributes.get(`${context}task.id`)!;
    const known = this.#prefixes.get(id);
    if (known !== undefined) return known;
    const node = await this.#resolver.node(attributes.get(`${context}node.id`)!);
    const service = await this.#resolver.service(attributes.get(`${context}service.id`)!);
    const { Slot = 0, ID } = await this.#api.get<Task>(`/tasks/${id}`);
    const { noTaskIds, noTrunc, slotDigits } = this.#options;
    const task = noTaskIds ? '' : `.${noTrunc ? ID : truncateId(ID)}`;
    const padding = ' '.repeat(Math.max(0, slotDigits - String(Slot).length));
    const prefix = `${service}.${Slot}${task}@${node}${padding}`;
    this.#prefixes.set(id, prefix);
    return prefix;
  }
}

/** As Go prints maps. */
function printMap(map: ReadonlyMap<string, string>): string {
  return `map[${[...map]
    .map(([key, value]) => `${key}:${value}`)
    .sort()
    .join(' ')}]`;
}

/** `a=b,c=d`, both sides in query encoding. */
function parseDetails(text: string): Map<string, string> | null {
  const attributes = new Map<string, string>();
  for (const pair of text.split(',')) {
    const { head, rest } = cut(pair, '=');
    if (rest === null) return null;
    attributes.set(decode(head), decode(rest));
  }
  return attributes;
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
