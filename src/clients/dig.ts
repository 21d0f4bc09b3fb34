/** `dig`: asks the resolver and prints the answer as a message of DNS. Source of the layout: BIND 9.18. */
import type { LookUpResult } from '../protocol/network-call.ts';
import { type Client, type ClientIo, refuse } from './client.ts';
import { reverseName } from './nslookup.ts';

interface DigState {
  name: string;
  type: string;
  short: boolean;
  startedMs: number;
}

/** Docker's resolver gives every answer this many seconds. */
const TTL = 600;
const TYPES = ['A', 'AAAA', 'PTR', 'ANY', 'SRV', 'TXT', 'MX'];

export const dig: Client<DigState | null> = {
  name: 'dig',
  start(io, args) {
    const state: DigState = { name: '', type: 'A', short: args.includes('+short'), startedMs: io.nowMs };
    for (let i = 0; i < args.length; i++) {
      const word = args[i]!;
      if (word === '-x') {
        state.name = args[++i] ?? '';
        state.type = 'PTR';
      } else if (word === '-t') state.type = (args[++i] ?? 'A').toUpperCase();
      else if (TYPES.includes(word.toUpperCase()) && state.name !== '') state.type = word.toUpperCase();
      else if (!/^[+@-]/.test(word)) state.name = word;
    }
    if (state.name === '') return refuse(io, 'dig: no name given', 1);
    io.lookUp('name', state.name);
    return state;
  },
  resolved(io, state, _token, result) {
    if (!state) return;
    const noServer = !result.ok && result.reason === 'no answer';
    if (noServer) {
      io.write('stdout', ';; communications error: timed out\n;; no servers could be reached\n');
      return io.exit(9);
    }
    const answers = answersOf(state, result);
    if (state.short) io.write('stdout', answers.map((value) => `${value}\n`).join(''));
    else io.write('stdout', message(io, state, result.ok ? 'NOERROR' : 'NXDOMAIN', answers));
    io.exit(0);
  },
};

function answersOf({ type }: DigState, result: LookUpResult): string[] {
  if (!result.ok) return [];
  if (type === 'PTR') return result.pointer === null ? [] : [`${result.pointer}.`];
  return type === 'A' || type === 'ANY' ? [...result.addresses] : [];
}

function message(
  io: ClientIo,
  { name, type, startedMs }: DigState,
  status: string,
  answers: readonly string[],
): string {
  const asked = type === 'PTR' ? `${reverseName(name)}.` : `${name}.`;
  const id = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_536, 7);
  return [
    '',
    `; <<>> DiG 9.18.24 <<>> ${type === 'PTR' ? '-x ' : ''}${name}`,
    ';; global options: +cmd',
    ';; Got answer:',
    `;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: ${id}`,
    `;; flags: qr rd ra; QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: 0, ADDITIONAL: 0`,
    '',
    ';; QUESTION SECTION:',
    `;${asked}\t\t\t\tIN\t${type}`,
    '',
    ...(answers.length > 0
      ? [';; ANSWER SECTION:', ...answers.map((value) => `${asked}\t\t\t${TTL}\tIN\t${type}\t${value}`), '']
      : []),
    `;; Query time: ${Math.round(io.nowMs - startedMs)} msec`,
    `;; SERVER: ${io.facts.nameserver}#53(${io.facts.nameserver}) (UDP)`,
    '',
    '',
  ].join('\n');
}
