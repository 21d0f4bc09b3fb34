/**
 * Shares of CPUs as exact fractions: `0.5`, `1/2`, `5e-1`, in billionths of a CPU.
 * Source: `cli: opts/opts.go` (`ParseCPUs`), Go `math/big.Rat.SetString`; errors checked against the real client.
 */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';

interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

/** Reads a number of CPUs into billionths. */
export function parseNanoCpus(text: string): ParseResult<number> {
  const fraction = text.includes('/') ? readQuotient(text) : readDecimal(text);
  if (fraction === null || fraction.denominator === 0n)
    return unparsable(`failed to parse ${text} as a rational number`);
  const nanos = fraction.numerator * 1_000_000_000n;
  if (nanos % fraction.denominator !== 0n) return unparsable('value is too precise');
  return parsed(Number(BigInt.asIntN(64, nanos / fraction.denominator)));
}

function readQuotient(text: string): Fraction | null {
  const match = /^([+-]?)(\w+)\/(\w+)$/.exec(text);
  const [numerator, denominator] = [readInteger(match?.[2]), readInteger(match?.[3])];
  if (!match || numerator === null || denominator === null) return null;
  return { numerator: match[1] === '-' ? -numerator : numerator, denominator };
}

function readInteger(text: string | undefined): bigint | null {
  return text !== undefined && /^(0x[0-9a-f]+|0o[0-7]+|0b[01]+|\d+)$/i.test(text) ? BigInt(text.toLowerCase()) : null;
}

/** Exponents beyond these make numbers of no use here, and would only cost time. */
const LARGEST_EXPONENT = 1000;

function readDecimal(text: string): Fraction | null {
  const plain = text.replace(/(?<=\d)_(?=\d)/g, '');
  const hexadecimal = /^([+-]?)(0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/i.exec(plain);
  if (hexadecimal) {
    const value = BigInt(hexadecimal[2]!.toLowerCase());
    return { numerator: hexadecimal[1] === '-' ? -value : value, denominator: 1n };
  }
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(plain);
  if (!match || (match[2] ?? '') + (match[3] ?? '') === '') return null;
  const exponent = Number(match[4] ?? '0') - (match[3]?.length ?? 0);
  if (Math.abs(exponent) > LARGEST_EXPONENT) return null;
  const digits = BigInt(`${match[2] ?? ''}${match[3] ?? ''}`) * (match[1] === '-' ? -1n : 1n);
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? { numerator: digits, denominator: power } : { numerator: digits * power, denominator: 1n };
}
