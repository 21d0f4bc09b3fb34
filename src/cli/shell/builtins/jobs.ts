/** Builtins for what runs in the background: `jobs`, `fg`, `bg`, `wait`, `kill`, `disown`. */
import { type Job, signalNames, signalNumber } from '../jobs.ts';
import { type Builtin, type BuiltinCall, complain } from './builtin.ts';

const INTERRUPTED = 130;
const NOT_FOUND = 127;

const tableOf = ({ shell }: BuiltinCall) => shell.services.jobs;

/** A job by what was given for it, or its complaint's status. */
function jobOf(call: BuiltinCall, spec: string | undefined): Job | null {
  const found = tableOf(call).find(
    spec === undefined ? '%%' : /^\d+$/.test(spec) && call.name !== 'kill' && call.name !== 'wait' ? `%${spec}` : spec,
  );
  return found ?? null;
}

export const jobs: Builtin = (call) => {
  const table = tableOf(call);
  const [option] = call.args;
  if (option !== undefined && !/^-[lp]$/.test(option) && option.startsWith('-'))
    return complain(
      call,
      `${option.slice(0, 2)}: invalid option\njobs: usage: jobs [-lnprs] [jobspec ...] or jobs -x command [args]`,
      2,
    );
  for (const job of table.jobs)
    call.io.stdout.write(option === '-p' ? `${job.pid}\n` : table.line(job, option === '-l'));
  table.takeEnded();
  return 0;
};

export const fg: Builtin = async (call) => {
  const table = tableOf(call);
  const [spec] = call.args;
  if (!table.isInteractive) return complain(call, 'no job control');
  const job = jobOf(call, spec);
  if (!job) return complain(call, `${spec ?? 'current'}: no such job`);
  call.io.stdout.write(`${job.text}\n`);
  let status = await table.wait(job, call.io.signal);
  if (status === null) {
    table.kill(job, 2);
    status = INTERRUPTED;
  }
  table.forget(job);
  return status;
};

export const bg: Builtin = (call) => {
  const table = tableOf(call);
  const [spec] = call.args;
  if (!table.isInteractive) return complain(call, 'no job control');
  const job = jobOf(call, spec);
  if (!job) return complain(call, `${spec ?? 'current'}: no such job`);
  return complain(call, `job ${job.id} already in background`, 0);
};

export const wait: Builtin = async (call) => {
  const table = tableOf(call);
  const specs = call.args.filter((arg) => !arg.startsWith('-'));
  const isAny = call.args.includes('-n');
  if (specs.length === 0) {
    const running = table.jobs.filter(({ status }) => status === null);
    if (isAny && running.length === 0) return NOT_FOUND;
    const all = isAny
      ? [Promise.race(running.map((job) => job.ended))]
      : running.map((job) => table.wait(job, call.io.signal));
    const statuses = await Promise.all(all);
    if (call.io.signal.aborted) return INTERRUPTED;
    if (!table.isInteractive) table.takeEnded();
    return isAny ? (statuses[0] ?? 0) : 0;
  }
  let result = 0;
  for (const spec of specs) {
    const job = table.find(spec);
    if (!job) {
      result = complain(
        call,
        spec.startsWith('%') ? `${spec}: no such job` : `pid ${spec} is not a child of this shell`,
        NOT_FOUND,
      );
      continue;
    }
    const status = await table.wait(job, call.io.signal);
    if (status === null) return INTERRUPTED;
    table.forget(job);
    result = status;
  }
  return result;
};

export const kill: Builtin = (call) => {
  const args = [...call.args];
  let signal = 15;
  if (args[0] === '-l') {
    call.io.stdout.write(`${signalNames.join('\t')}\n`);
    return 0;
  }
  const option = args[0]?.startsWith('-') && args[0] !== '--' ? args.shift()! : null;
  if (args[0] === '--') args.shift();
  if (option !== null) {
    const name = option === '-s' || option === '-n' ? (args.shift() ?? '') : option.slice(1);
    const number = signalNumber(name);
    if (number === null) return complain(call, `${name}: invalid signal specification`);
    signal = number;
  }
  if (args.length === 0) {
    call.io.stderr.write(
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
    );
    return 2;
  }
  let status = 0;
  for (const spec of args) {
    const job = tableOf(call).find(spec);
    if (job) tableOf(call).kill(job, signal);
    else if (spec.startsWith('%')) status = complain(call, `${spec}: no such job`);
    else if (/^\d+$/.test(spec)) status = complain(call, `(${spec}) - No such process`);
    else status = complain(call, `${spec}: arguments must be process or job IDs`);
  }
  return status;
};

export const disown: Builtin = (call) => {
  const table = tableOf(call);
  const specs = call.args.filter((arg) => !arg.startsWith('-'));
  const chosen = call.args.includes('-a')
    ? [...table.jobs]
    : (specs.length > 0 ? specs : ['%%']).map((spec) => table.find(spec));
  if (chosen.some((job) => job === undefined)) return complain(call, `${specs[0] ?? 'current'}: no such job`);
  for (const job of chosen) if (job) table.forget(job);
  return 0;
};
