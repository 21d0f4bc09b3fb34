/** `base64`, and of `openssl` what people use beside it: `rand`, `base64`, `version`. */
import { decodeBase64Text, encodeBase64, utf8Bytes } from '../../../protocol/base64.ts';
import { sha256 } from '../../../protocol/sha256.ts';
import type { HostContext, Process, Program } from '../../process.ts';
import { parseOptions } from '../options.ts';
import { fail, openInputs } from './tool-input.ts';

export const base64: Program = async (process) => {
  const parsed = parseOptions('base64', process.args, { short: 'diw:', long: { decode: 'd', wrap: 'w' } });
  if (!parsed.ok) return fail(process, 'base64', parsed.error.message);
  const { options } = parsed;
  if (options.operands.length > 1)
    return fail(process, 'base64', `extra operand ‘${options.operands[1]}’\nTry 'base64 --help' for more information.`);
  const width = Number(options.value('w') ?? 76);
  if (!Number.isInteger(width) || width < 0)
    return fail(process, 'base64', `invalid wrap size: ‘${options.value('w')}’`);
  let status = 0;
  const inputs = openInputs(process, options.operands, (name, reason) => {
    status = fail(process, 'base64', `${name}: ${reason}`);
  });
  for (const input of inputs) {
    const text = await input.text();
    if (!options.has('d')) process.stdout.write(wrapped(encodeBase64(utf8Bytes(text)), width));
    else {
      process.stdout.write(decodeBase64Text(text));
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll('\n', '')))
        status = fail(process, 'base64', 'invalid input');
    }
  }
  return status;
};

/** Without a width there is no line end either. */
function wrapped(text: string, width: number): string {
  if (width === 0) return text;
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += width) lines.push(`${text.slice(at, at + width)}\n`);
  return lines.join('');
}

const OPENSSL_WIDTH = 64;

export const openssl: Program = async (process) => {
  const [command, ...args] = process.args;
  if (command === 'rand') return rand(process, args);
  if (command === 'base64' || (command === 'enc' && (args[0] === '-base64' || args[0] === '-a')))
    return enc(process, args);
  if (command === 'version') {
    process.stdout.write('OpenSSL 3.0.17 1 Jul 2025 (Library: OpenSSL 3.0.17 1 Jul 2025)\n');
    return 0;
  }
  process.stderr.write(
    command === undefined
      ? 'openssl: here it knows rand, base64 and version\n'
      : `Invalid command '${command}'; type "help" for a list.\n`,
  );
  return 1;
};

async function enc(process: Process, args: readonly string[]): Promise<number> {
  const at = args.indexOf('-in');
  const [input] = openInputs(process, at < 0 ? [] : [args[at + 1] ?? ''], (name, reason) => {
    process.stderr.write(`Can't open "${name}" for reading, ${reason}\n`);
  });
  if (!input) return 1;
  const text = await input.text();
  const oneLine = args.includes('-A');
  process.stdout.write(
    args.includes('-d') ? decodeBase64Text(text) : wrapped(encodeBase64(utf8Bytes(text)), oneLine ? 0 : OPENSSL_WIDTH),
  );
  return 0;
}

const MAX_BYTES = 1_000_000;

function rand(process: Process, args: readonly string[]): number {
  const count = Number(args.find((word) => /^\d+$/.test(word)) ?? Number.NaN);
  const unknown = args.find((word) => word.startsWith('-') && !['-hex', '-base64'].includes(word));
  if (unknown !== undefined) {
    process.stderr.write(`rand: Unknown option: ${unknown.slice(1)}\nrand: Use -help for summary.\n`);
    return 1;
  }
  if (!(count > 0 && count <= MAX_BYTES)) {
    process.stderr.write('rand: Number of bytes must be given\nrand: Use -help for summary.\n');
    return 1;
  }
  const bytes = randomBytes(process.host, count);
  if (args.includes('-hex'))
    process.stdout.write(`${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}\n`);
  else if (args.includes('-base64')) process.stdout.write(wrapped(encodeBase64(bytes), OPENSSL_WIDTH));
  else process.stdout.write(String.fromCharCode(...bytes.map((byte) => byte & 0x7f)));
  return 0;
}

const drawn = new WeakMap<HostContext, number>();

/** Simplified: chance comes of the host, the moment and how often it was asked, so that a session plays again as it was. */
export function randomBytes(host: HostContext, count: number): number[] {
  const turn = (drawn.get(host) ?? 0) + 1;
  drawn.set(host, turn);
  const bytes: number[] = [];
  for (let block = 0; bytes.length < count; block++) {
    const digest = sha256(`${host.name} ${host.clock.now()} ${turn} ${block}`);
    for (let at = 0; at < digest.length; at += 2) bytes.push(Number.parseInt(digest.slice(at, at + 2), 16));
  }
  return bytes.slice(0, count);
}
