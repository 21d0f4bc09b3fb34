/**
 * Archives as bytes and back. Source: POSIX `pax` (ustar headers of 512 bytes, contents padded to 512, two empty blocks at the end); GNU and pax
 * headers for long names are understood. Simplified: files are texts, and links are left out.
 */
import type { Archive, ArchiveEntry } from '../protocol/archive.ts';

const BLOCK = 512;

export function encodeTar({ entries }: Archive): Buffer {
  const blocks = entries.flatMap(({ path, text, mode }) => {
    const content = Buffer.from(text ?? '');
    const name = text === null ? `${path}/` : path;
    return [...longName(name), header(name, mode, content.length, text === null ? '5' : '0'), padded(content)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** Names of more than 100 bytes come in an entry of their own before. */
function longName(name: string): Buffer[] {
  const bytes = Buffer.from(`${name}\0`);
  return bytes.length > 101 ? [header('././@LongLink', 0o644, bytes.length, 'L'), padded(bytes)] : [];
}

function header(name: string, mode: number, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  block.write(name, 0, 100, 'utf8');
  octal(mode & 0o7777, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

/** Null: these bytes are no archive. */
export function decodeTar(bytes: Buffer): Archive | null {
  const entries: ArchiveEntry[] = [];
  let name: string | null = null;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return { entries };
    const size = Number.parseInt(text(block, 124, 12), 8) || 0;
    if (at + BLOCK + size > bytes.length || text(block, 257, 5) !== 'ustar') return null;
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
    const type = String.fromCharCode(block[156] || 48);
    if (type === 'L') name = text(content, 0, size);
    else if (type === 'x') name = paxPath(content.toString('utf8')) ?? name;
    else {
      const prefix = text(block, 345, 155);
      const path = cleanPath(name ?? (prefix === '' ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`));
      name = null;
      const mode = Number.parseInt(text(block, 100, 8), 8) & 0o7777;
      if (path === '') continue;
      if (type === '0') entries.push({ path, text: content.toString('utf8'), mode });
      else if (type === '5') entries.push({ path, text: null, mode });
    }
  }
  return entries.length > 0 || bytes.length === 0 ? { entries } : null;
}

/** A field up to its first zero byte. */
function text(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field
    .subarray(0, end < 0 ? length : end)
    .toString('utf8')
    .trim();
}

/** Records `LENGTH key=value\n`. */
function paxPath(records: string): string | null {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1] ?? null;
}

/** Relative, and never above its root. */
function cleanPath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}
