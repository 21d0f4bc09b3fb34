/**
 * Redirections: `> >> < <> >| &> &>> 2>&1 <<EOF <<<`.
 * Simplified: only the descriptors 0, 1 and 2 exist.
 */
import type { Redirect, Redirection } from 'unbash';
import { type ExpansionScope, expandQuoted, expandText, expandWords } from './expansion.ts';
import type { Io } from './io.ts';
import { whyNotWritable } from './memory-files.ts';
import { resolvePath } from './paths.ts';
import { FileOutput, nowhere, TextInput } from './streams.ts';

type Opened = { ok: true; io: Io } | { ok: false; error: { kind: 'redirection'; message: string } };

/** Applies redirections from left to right, which is why `2>&1 >file` differs from `>file 2>&1`. */
export async function openRedirections(
  redirections: readonly Redirection[],
  io: Io,
  scope: ExpansionScope,
): Promise<Opened> {
  let current = io;
  for (const redirection of redirections) {
    const opened = await open(redirection, current, scope);
    if (!opened.ok) return opened;
    current = opened.io;
  }
  return { ok: true, io: current };
}

async function open(redirection: Redirection, io: Io, scope: ExpansionScope): Promise<Opened> {
  if (redirection.type === 'HereDoc') {
    const { body, operator } = redirection;
    const text = body.parts ? await expandQuoted(body.parts, scope) : body.text;
    return { ok: true, io: { ...io, stdin: new TextInput(operator === '<<-' ? text.replace(/^\t+/gm, '') : text) } };
  }
  if (redirection.type === 'HereString') {
    const text = redirection.target ? await expandText(redirection.target, scope) : '';
    return { ok: true, io: { ...io, stdin: new TextInput(`${text}\n`) } };
  }
  return openFile(redirection, io, scope);
}

async function openFile(redirect: Redirect, io: Io, scope: ExpansionScope): Promise<Opened> {
  const target = redirect.target ? await expandWords([redirect.target], scope) : [];
  if (target.length !== 1) return failed(`${redirect.target?.text ?? ''}: ambiguous redirect`);
  const reads = redirect.operator.startsWith('<');
  if (redirect.descriptor?.type === 'FileDescriptorVariable')
    return failed(`${redirect.descriptor.name}: not there yet`);
  const descriptor = redirect.descriptor?.value ?? (reads ? 0 : 1);
  if (descriptor > 2) return failed(`${descriptor}: Bad file descriptor`);
  const duplicates = redirect.operator === '>&' || redirect.operator === '<&';
  if (duplicates && /^(\d+|-)$/.test(target[0]!)) return duplicate(descriptor, target[0]!, io);
  return reads ? openForReading(target[0]!, io, scope) : openForWriting(redirect, descriptor, target[0]!, io, scope);
}

function failed(message: string): Opened {
  return { ok: false, error: { kind: 'redirection', message } };
}

function duplicate(descriptor: number, source: string, io: Io): Opened {
  if (source === '0' && descriptor === 0) return { ok: true, io };
  if (source === '-')
    return {
      ok: true,
      io: descriptor === 0 ? { ...io, stdin: new TextInput('') } : replaceOutput(descriptor, io, nowhere),
    };
  if ((source !== '1' && source !== '2') || descriptor === 0) return failed(`${source}: Bad file descriptor`);
  return { ok: true, io: replaceOutput(descriptor, io, source === '1' ? io.stdout : io.stderr) };
}

function replaceOutput(descriptor: number, io: Io, stream: Io['stdout']): Io {
  return descriptor === 2 ? { ...io, stderr: stream } : { ...io, stdout: stream };
}

function openForReading(target: string, io: Io, scope: ExpansionScope): Opened {
  if (target === '/dev/stdin' || target === '/dev/tty') return { ok: true, io };
  const path = resolvePath(scope.state.cwd, target);
  const text = scope.files.read(path);
  if (text === null)
    return failed(`${target}: ${scope.files.isDirectory(path) ? 'Is a directory' : 'No such file or directory'}`);
  return { ok: true, io: { ...io, stdin: new TextInput(text) } };
}

function openForWriting(redirect: Redirect, descriptor: number, target: string, io: Io, scope: ExpansionScope): Opened {
  const stream = outputStream(redirect, target, io, scope);
  if (typeof stream === 'string') return failed(`${target}: ${stream}`);
  const both = redirect.operator.startsWith('&>') || (redirect.operator === '>&' && !redirect.descriptor);
  return { ok: true, io: both ? { ...io, stdout: stream, stderr: stream } : replaceOutput(descriptor, io, stream) };
}

function outputStream(redirect: Redirect, target: string, io: Io, scope: ExpansionScope): Io['stdout'] | string {
  if (target === '/dev/null') return nowhere;
  if (target === '/dev/stdout' || target === '/dev/tty') return io.stdout;
  if (target === '/dev/stderr') return io.stderr;
  const path = resolvePath(scope.state.cwd, target);
  const reason = whyNotWritable(scope.files, path);
  return reason ?? new FileOutput(scope.files, path, redirect.operator.endsWith('>>'));
}
