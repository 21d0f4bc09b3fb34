/**
 * Commands in containers that are done at once: those that look at the container, and filters for pipes. Outputs as busybox
 * prints them.
 *
 * Simplified: every image has all of them, also where the real one has no shell at all.
 */
import { cat, cp, ls, mkdir, mv, readFile, rm, tee, testFile, touch } from './file-commands.ts';
import type { ProgramContext } from './program.ts';

export interface Output {
  code: number;
  out: string;
  err: string;
}

type SmallCommand = (context: ProgramContext, args: readonly string[], stdin: string) => Output;

const good = (out = ''): Output => ({ code: 0, out, err: '' });
const bad = (code: number, err = ''): Output => ({ code, out: '', err });

/** The command with this name; undefined if it is none of these. */
export function smallCommand(name: string): SmallCommand | undefined {
  return COMMANDS[name];
}

const COMMANDS: Readonly<Record<string, SmallCommand>> = {
  ':': () => good(),
  true: () => good(),
  false: () => bad(1),
  set: () => good(),
  cd: () => good(),
  mkdir,
  touch,
  rm,
  cp,
  mv,
  tee,
  ls,
  chmod: () => good(),
  chown: () => good(),
  echo: (_, args) => {
    const [first, ...rest] = args;
    return first === '-n' ? good(rest.join(' ')) : good(`${args.join(' ')}\n`);
  },
  printf: (_, [format = '', ...args]) => {
    let next = 0;
    const text = format.replace(/%[sd]/g, () => args[next++] ?? '');
    return good(text.replace(/\\n/g, '\n').replace(/\\t/g, '\t'));
  },
  hostname: (context, args) =>
    args[0] === '-i'
      ? good(`${context.network.interfaces[0]?.address.split('/')[0] ?? '127.0.0.1'}\n`)
      : args[0] === '-I'
        ? good(`${context.network.interfaces.map(({ address }) => address.split('/')[0]).join(' ')} \n`)
        : good(`${context.hostname}\n`),
  env: (context) => good(environment(context)),
  printenv: (context, [name]) => {
    if (name === undefined) return good(environment(context));
    const line = environment(context)
      .split('\n')
      .find((entry) => entry.startsWith(`${name}=`));
    return line === undefined ? bad(1) : good(`${line.slice(name.length + 1)}\n`);
  },
  whoami: (context) => good(`${context.config.user || 'root'}\n`),
  id: () => good('uid=0(root) gid=0(root) groups=0(root)\n'),
  pwd: (context) => good(`${context.config.workingDir || '/'}\n`),
  uname: (context, args) =>
    good(
      args.includes('-a')
        ? `Linux ${context.hostname} x86_64 GNU/Linux\n`
        : args[0] === '-n'
          ? `${context.hostname}\n`
          : 'Linux\n',
    ),
  which: (_, args) => good(args.map((name) => `/usr/bin/${name}\n`).join('')),
  ps: (context) => good(`PID   USER     TIME  COMMAND\n    1 root      0:00 ${mainCommand(context)}\n`),
  test: (context, args) => ({ code: isTrue(context, args) ? 0 : 1, out: '', err: '' }),
  '[': (context, args) => ({ code: isTrue(context, args.slice(0, -1)) ? 0 : 1, out: '', err: '' }),
  cat: (context, args, stdin) => (args.length === 0 ? good(stdin) : cat(context, args)),
  ip: (context, args) => ipCommand(context, args),
  ifconfig: (context) => good(context.network.interfaces.map(ifconfigText).join('')),
  route: (context) => good(routeTable(context)),
  grep: filter('grep', (args, text) => grep(args, text), 1),
  wc: filter('wc', (args, text) =>
    good(`${args[0] === '-l' ? text.split('\n').length - 1 : args[0] === '-c' ? text.length : words(text).length}\n`),
  ),
  head: filter('head', (args, text) => good(linesOf(text).slice(0, countOf(args)).join(''))),
  tail: filter('tail', (args, text) => good(linesOf(text).slice(-countOf(args)).join(''))),
  sort: filter('sort', (args, text) => {
    const sorted = linesOf(text).sort();
    return good((args.includes('-u') ? [...new Set(sorted)] : sorted).join(''));
  }),
  uniq: filter('uniq', (_, text) =>
    good(
      linesOf(text)
        .filter((line, i, all) => line !== all[i - 1])
        .join(''),
    ),
  ),
};

/** A command that reads the files it is given, else its input. Its first `words` words are no files. */
function filter(name: string, act: (args: readonly string[], text: string) => Output, words = 0): SmallCommand {
  return (context, args, stdin) => {
    const plain = args.flatMap((word, i) => (word.startsWith('-') || /^-[nc]$/.test(args[i - 1] ?? '') ? [] : [i]));
    const files = plain.slice(words);
    if (files.length === 0) return act(args, stdin);
    let text = '';
    for (const i of files) {
      const read = readFile(context, args[i]!);
      if (read === null) return bad(name === 'grep' ? 2 : 1, `${name}: ${args[i]}: No such file or directory\n`);
      text += read;
    }
    const rest = args.filter((_, i) => !files.includes(i));
    return act(rest, text);
  };
}

function environment(context: ProgramContext): string {
  const lines = [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `HOSTNAME=${context.hostname}`,
    ...context.config.env,
    'HOME=/root',
  ];
  return `${lines.join('\n')}\n`;
}

function mainCommand({ config, image }: ProgramContext): string {
  const entrypoint = config.entrypoint.length > 0 ? config.entrypoint : (image?.entrypoint ?? []);
  const command = config.command.length > 0 || config.entrypoint.length > 0 ? config.command : (image?.command ?? []);
  return [...entrypoint, ...command].join(' ');
}

// ---- ip

type Interface = ProgramContext['network']['interfaces'][number];

function ipCommand(context: ProgramContext, args: readonly string[]): Output {
  const [object = '', ...rest] = args.filter((word) => !/^-(4|o|br|brief|c)/.test(word));
  const { interfaces } = context.network;
  if ('route'.startsWith(object) && object !== '') return good(routes(context));
  if (!'address'.startsWith(object) || object === '') return bad(1, `ip: invalid argument '${object}'\n`);
  const name = rest.find((word) => !['show', 'list', 'ls', 'dev', 's', 'l', 'sh'].includes(word));
  const shown = interfaces.filter((one) => name === undefined || one.name === name);
  if (name !== undefined && name !== 'lo' && shown.length === 0) return bad(1, `ip: can't find device '${name}'\n`);
  const texts = shown.map((one) => addressText(one, interfaces.indexOf(one)));
  return good([...(name === undefined || name === 'lo' ? [LOOPBACK] : []), ...texts].join(''));
}

const LOOPBACK =
  '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n';

/** Numbers of the two ends of the cable are the kernel's own: here they follow from the place. */
function addressText({ name, address, mac, mtu }: Interface, place: number): string {
  const index = 10 + place * 2;
  return [
    `${index}: ${name}@if${index + 1}: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu ${mtu} qdisc noqueue state UP `,
    `    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`,
    `    inet ${address} brd ${broadcast(address)} scope global ${name}`,
    '       valid_lft forever preferred_lft forever',
    '',
  ].join('\n');
}

function routes({ network }: ProgramContext): string {
  const out = network.interfaces.find(({ gateway }) => gateway !== null);
  const lines = out ? [`default via ${out.gateway} dev ${out.name} `] : [];
  for (const { name, address } of network.interfaces)
    lines.push(`${subnetOf(address)} dev ${name} scope link  src ${address.split('/')[0]} `);
  return lines.map((line) => `${line}\n`).join('');
}

function routeTable({ network }: ProgramContext): string {
  const lines = [
    'Kernel IP routing table',
    'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface',
  ];
  for (const { name, gateway } of network.interfaces)
    if (gateway) lines.push(`default         ${gateway.padEnd(15)} 0.0.0.0         UG    0      0        0 ${name}`);
  for (const { name, address } of network.interfaces)
    lines.push(
      `${subnetOf(address).split('/')[0]!.padEnd(15)} *               255.255.255.0   U     0      0        0 ${name}`,
    );
  return `${lines.join('\n')}\n`;
}

function ifconfigText({ name, address, mac, mtu }: Interface): string {
  return `${name.padEnd(10)}Link encap:Ethernet  HWaddr ${mac.toUpperCase()}\n          inet addr:${address.split('/')[0]}  Bcast:${broadcast(address)}\n          UP BROADCAST RUNNING MULTICAST  MTU:${mtu}  Metric:1\n\n`;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

function subnetOf(cidr: string): string {
  const [address = '', bits = '24'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return `${toText(Math.floor(toNumber(address) / size) * size)}/${bits}`;
}

function broadcast(cidr: string): string {
  const [address = '', bits = '24'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return toText(Math.floor(toNumber(address) / size) * size + size - 1);
}

// ---- filters

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== '');
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** `-n 3`, `-n3`, `-3`; ten without. */
function countOf(args: readonly string[]): number {
  const text = args.join(' ');
  return Number(/-n\s*(\d+)|-(\d+)/.exec(text)?.slice(1).find(Boolean) ?? 10);
}

function grep(args: readonly string[], stdin: string): Output {
  const flags = args.filter((word) => word.startsWith('-')).join('');
  const pattern = args.find((word) => !word.startsWith('-')) ?? '';
  let regex: RegExp;
  try {
    regex = new RegExp(pattern, flags.includes('i') ? 'i' : '');
  } catch {
    return bad(2, `grep: bad regex '${pattern}'\n`);
  }
  const found = linesOf(stdin).filter((line) => regex.test(line.trimEnd()) !== flags.includes('v'));
  const code = found.length > 0 ? 0 : 1;
  if (flags.includes('q')) return { code, out: '', err: '' };
  if (flags.includes('c')) return { code, out: `${found.length}\n`, err: '' };
  if (flags.includes('o'))
    return { code, out: found.map((line) => `${regex.exec(line)?.[0] ?? ''}\n`).join(''), err: '' };
  return { code, out: found.join(''), err: '' };
}

function isTrue(context: ProgramContext, args: readonly string[]): boolean {
  if (args[0] === '!') return !isTrue(context, args.slice(1));
  const [a = '', operator = '', b = ''] = args;
  if (args.length === 0) return false;
  if (args.length === 1) return a !== '';
  if (args.length === 2)
    return a === '-n'
      ? operator !== ''
      : a === '-z'
        ? operator === ''
        : (testFile(context.files, a, operator) ?? false);
  switch (operator) {
    case '=':
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '-eq':
      return Number(a) === Number(b);
    case '-ne':
      return Number(a) !== Number(b);
    case '-lt':
      return Number(a) < Number(b);
    case '-le':
      return Number(a) <= Number(b);
    case '-gt':
      return Number(a) > Number(b);
    case '-ge':
      return Number(a) >= Number(b);
    default:
      return false;
  }
}
