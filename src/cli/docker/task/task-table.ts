/**
 * The table of tasks that `service ps`, `node ps` and `stack ps` print: tasks of one slot below each other, the newest
 * first, older ones with ` \_ ` before their name.
 * Source: `cli: cli/command/task/print.go`, `formatter.go`.
 */
import type { Task } from '../../../protocol/engine-api.ts';
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import { ellipsis } from '../../opts/ellipsis.ts';
import { ageMilliseconds, compareTimes, humanDuration } from '../../opts/human-duration.ts';
import { withoutDigest } from '../../opts/image-reference.ts';
import { truncateId } from '../../table/display-width.ts';
import { type Listing, renderListing } from '../../table/listing.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import { capitalize } from '../capitalize.ts';
import type { CommandContext } from '../command.ts';
import { IdResolver } from './id-resolver.ts';

/** Flags of all three commands beside `--filter`. */
export const taskTableFlags = {
  format: stringFlag({ name: 'format', description: 'Print what a Go template makes of each task' }),
  noResolve: boolFlag({ name: 'no-resolve', description: 'Print IDs instead of names' }),
  noTrunc: boolFlag({ name: 'no-trunc', description: 'Print IDs and texts in full' }),
  quiet: boolFlag({ name: 'quiet', shorthand: 'q', description: 'Print IDs of tasks alone' }),
};

/** A task with its display names. */
interface TaskRow {
  task: Task;
  name: string;
  node: string;
  isTruncated: boolean;
  now: number;
}

/** Errors longer than this are cut. */
const longestError = 30;

const taskListing: Listing<TaskRow> = {
  typeName: '*task.taskContext',
  fields: {
    ID: { header: 'ID', value: ({ task, isTruncated }) => (isTruncated ? truncateId(task.ID) : task.ID) },
    Name: { header: 'NAME', value: ({ name }) => name },
    Image: { header: 'IMAGE', value: imageOf },
    Node: { header: 'NODE', value: ({ node }) => node },
    DesiredState: { header: 'DESIRED STATE', value: ({ task }) => capitalize(task.DesiredState) },
    CurrentState: { header: 'CURRENT STATE', value: currentState },
    Error: { header: 'ERROR', value: errorOf },
    Ports: { header: 'PORTS', value: ({ task }) => portsOf(task) },
  },
  table: '{{.ID}}\t{{.Name}}\t{{.Image}}\t{{.Node}}\t{{.DesiredState}}\t{{.CurrentState}}\t{{.Error}}\t{{.Ports}}',
};

/** What differs between the commands. */
export interface PrintTasksOptions {
  /** `-q` prints IDs in full without `--no-trunc`: so does `service ps`, `node ps` does not. */
  quietIsFull?: boolean;
}

/** Prints the tasks as the command's flags say; returns the exit status. */
export async function printTasks(
  context: CommandContext,
  tasks: readonly Task[],
  { quietIsFull = true }: PrintTasksOptions = {},
): Promise<number> {
  const { api, flags, process } = context;
  const [format, quiet] = [flags.get(taskTableFlags.format), flags.get(taskTableFlags.quiet)];
  const resolver = new IdResolver(api, flags.get(taskTableFlags.noResolve));
  const isTable = format.startsWith('table') || (format === '' && !quiet);
  const rows: TaskRow[] = [];
  let previous = '';
  for (const { task, name } of await inOrder(tasks, resolver)) {
    rows.push({
      task,
      name: name === previous && isTable ? ` \\_ ${name}` : name,
      node: await resolver.node(task.NodeID ?? ''),
      isTruncated: !flags.get(taskTableFlags.noTrunc) && !(quiet && quietIsFull),
      now: process.host.clock.now(),
    });
    previous = name;
  }
  const text = renderListing(taskListing, rows, { format, quiet });
  if (!text.ok) return context.fail(text.message);
  context.out(text.value);
  return 0;
}

/** Tasks with their names (`web.1`; global: `web.NODEID`), by name, the newest of each first. */
async function inOrder(tasks: readonly Task[], resolver: IdResolver): Promise<{ task: Task; name: string }[]> {
  const named: { task: Task; name: string }[] = [];
  for (const task of tasks) {
    const service = await resolver.service(task.ServiceID ?? '');
    named.push({ task, name: `${service}.${task.Slot || (task.NodeID ?? '')}` });
  }
  return named.sort((a, b) =>
    a.name === b.name ? compareTimes(b.task.CreatedAt, a.task.CreatedAt) : compareNaturally(a.name, b.name),
  );
}

function imageOf({ task, isTruncated }: TaskRow): string {
  const image = task.Spec.ContainerSpec?.Image ?? '';
  return isTruncated ? withoutDigest(image) : image;
}

function currentState({ task, now }: TaskRow): string {
  const age = humanDuration(ageMilliseconds(task.Status.Timestamp, now)).toLowerCase();
  return `${capitalize(task.Status.State)} ${age} ago`;
}

function errorOf({ task, isTruncated }: TaskRow): string {
  const error = task.Status.Err ?? '';
  if (error === '') return '';
  return `"${isTruncated ? ellipsis(error, longestError) : error}"`;
}

/** Ports published on the task's own node (mode host). */
function portsOf({ Status }: Task): string {
  const ports = Status.PortStatus?.Ports ?? [];
  return ports.map((port) => `*:${port.PublishedPort ?? 0}->${port.TargetPort ?? 0}/${port.Protocol ?? ''}`).join(',');
}
