/** `docker-machine ls`. Source: `docker/machine: commands/ls.go`. */
import { fromJson } from '../../go-template/go-value.ts';
import { createTemplate } from '../../go-template/template.ts';
import type { Machine, Process } from '../process.ts';
import { alignTabs } from '../table/tab-writer.ts';
import { type MachineCall, machinesOf, urlOf } from './machine-call.ts';

const COLUMNS = {
  Name: 'NAME',
  Active: 'ACTIVE',
  DriverName: 'DRIVER',
  State: 'STATE',
  URL: 'URL',
  Swarm: 'SWARM',
  DockerVersion: 'DOCKER',
  Error: 'ERRORS',
} as const;

type Row = Record<keyof typeof COLUMNS, string>;

export async function list(call: MachineCall): Promise<number> {
  const { options, process } = call;
  const filters = options.values('F').map((text) => text.split(/=(.*)/s));
  const unread = filters.find(([key, value]) => value === undefined || !(key! in filterFields));
  if (unread)
    return call.fail(unread[1] === undefined ? 'Unsupported filter syntax.' : `Unsupported filter key '${unread[0]}'`);
  const rows = (await Promise.all(machinesOf(process).map((machine) => rowOf(machine, process)))).filter((row) =>
    filters.every(([key, value]) => matches(row, key!, value!)),
  );
  if (options.has('q')) {
    for (const row of rows) call.out(row.Name);
    return 0;
  }
  const format = options.value('f');
  if (format !== null) return printFormatted(call, format, rows);
  const lines = [Object.values<string>(COLUMNS), ...rows.map((row) => fields.map((field) => row[field]))];
  call.out(alignTabs(lines.map((cells) => cells.join('\t')).join('\n'), { minimum: 5, padding: 3 }));
  return 0;
}

const fields = Object.keys(COLUMNS) as (keyof Row)[];

const filterFields: Readonly<Record<string, keyof Row>> = {
  name: 'Name',
  driver: 'DriverName',
  state: 'State',
  swarm: 'Swarm',
};

function matches(row: Row, key: string, value: string): boolean {
  const text = row[filterFields[key]!];
  return key === 'name' ? text.includes(value.replace(/^\^|\$$/g, '')) : text.toLowerCase() === value.toLowerCase();
}

async function rowOf(machine: Machine, process: Process): Promise<Row> {
  const isRunning = machine.state().power;
  const url = isRunning ? urlOf(machine) : '';
  const version = isRunning ? await versionOf(machine) : 'Unknown';
  return {
    Name: machine.name,
    Active: isRunning && process.env.get('DOCKER_HOST') === url ? '*' : '-',
    DriverName: 'virtualbox',
    State: isRunning ? 'Running' : 'Stopped',
    URL: url,
    Swarm: '',
    DockerVersion: version ?? 'Unknown',
    Error: version === null ? 'Unable to query docker version: Cannot connect to the docker engine endpoint' : '',
  };
}

async function versionOf(machine: Machine): Promise<string | null> {
  const state = machine.state();
  if (!state.cable || state.daemon !== 'running') return null;
  const answer = await machine.api.request({ method: 'GET', path: '/version' }).catch(() => null);
  const body = answer?.body as { Version?: string } | null | undefined;
  return body?.Version === undefined ? null : `v${body.Version}`;
}

function printFormatted(call: MachineCall, format: string, rows: readonly Row[]): number {
  const isTable = format.startsWith('table ');
  const source = (isTable ? format.slice(6) : format).replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  const parsed = createTemplate(source);
  if (!parsed.ok) return call.fail(`Template parsing error: ${parsed.message}`);
  const lines: string[] = [];
  for (const row of isTable ? [COLUMNS, ...rows] : rows) {
    const done = parsed.template.execute(fromJson(row));
    if (!done.ok) return call.fail(`Template parsing error: ${done.message}`);
    lines.push(done.text);
  }
  if (lines.length > 0) call.out(isTable ? alignTabs(lines.join('\n'), { minimum: 5, padding: 3 }) : lines.join('\n'));
  return 0;
}
