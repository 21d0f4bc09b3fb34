/** Text as the Engine API carries bytes: base64 of its UTF-8. Source: RFC 4648, 4; Go `encoding/json` (`[]byte`). */

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The UTF-8 of a text. A surrogate without its partner becomes U+FFFD. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    pushCodePoint(bytes, code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
  }
  return bytes;
}

function pushCodePoint(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  else {
    bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f));
    bytes.push(0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
}

export function encodeBase64(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.slice(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    const group = [18, 12, 6, 0].map((shift) => digits[(bits >> shift) & 63]!).join('');
    const left = bytes.length - at;
    text += left >= 3 ? group : group.slice(0, left + 1).padEnd(4, '=');
  }
  return text;
}

/** The text whose UTF-8 is encoded; bytes that are no UTF-8 become U+FFFD. */
export function decodeBase64Text(base64: string): string {
  return utf8Text(decodeBase64(base64));
}

/** The bytes of a base64 text; what is no digit of it is skipped. */
export function decodeBase64(base64: string): number[] {
  const bytes: number[] = [];
  let [bits, count] = [0, 0];
  for (const digit of base64) {
    const value = digits.indexOf(digit);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return bytes;
}

function utf8Text(bytes: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    const rest = bytes.slice(at + 1, at + length);
    const isWhole = length > 0 && rest.length === length - 1 && rest.every((byte) => (byte & 0xc0) === 0x80);
    const code = rest.reduce(
      (sum, byte) => (sum << 6) | (byte & 0x3f),
      first & (length === 1 ? 0x7f : 0xff >> (length + 1)),
    );
    parts.push(isWhole && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');
    at += isWhole ? length : 1;
  }
  return parts.join('');
}
