/**
 * Placement constraints: `key == value` and `key != value`, all of which a node must satisfy.
 * Source: `swarmkit: manager/constraint/constraint.go`. Values compare ignoring case; label keys do not.
 */
import type { Node } from '../../store/objects.ts';

export interface Constraint {
  readonly key: string;
  readonly operator: '==' | '!=';
  readonly value: string;
}

export type ParsedConstraints =
  | { readonly ok: true; readonly constraints: readonly Constraint[] }
  | { readonly ok: false; readonly error: { readonly kind: 'invalid'; readonly message: string } };

/** Where constraints and spread preferences on labels begin. */
export const NODE_LABEL_PREFIX = 'node.labels.';
export const ENGINE_LABEL_PREFIX = 'engine.labels.';

const KEY = /^[a-z_][a-z0-9\-_.]+$/i;
const VALUE = /^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i;
const OPERATORS = ['==', '!='] as const;

/** Reads a list of expressions; the first wrong one decides the error. */
export function parseConstraints(expressions: readonly string[]): ParsedConstraints {
  const constraints: Constraint[] = [];
  for (const expression of expressions) {
    const operator = OPERATORS.find((candidate) => expression.includes(candidate));
    if (!operator) return invalid(`constraint expected one operator from ${OPERATORS.join(', ')}`);
    const at = expression.indexOf(operator);
    const key = expression.slice(0, at).trim();
    const value = expression.slice(at + operator.length).trim();
    if (!KEY.test(key)) return invalid(`key '${key}' is invalid`);
    if (!VALUE.test(value)) return invalid(`value '${value}' is invalid`);
    constraints.push({ key, operator, value });
  }
  return { ok: true, constraints };
}

/** Constraints of an accepted spec: it was checked by the control API, so what cannot be read does not constrain. */
export function acceptedConstraints(expressions: readonly string[]): readonly Constraint[] {
  const parsed = parseConstraints(expressions);
  return parsed.ok ? parsed.constraints : [];
}

/** Does the node satisfy all constraints. An unknown key is never satisfied. */
export function nodeMatches(constraints: readonly Constraint[], node: Node): boolean {
  return constraints.every((constraint) => satisfies(constraint, node));
}

/** What a label descriptor (`node.labels.zone`) stands for on a node: "" if missing, undefined if it is no such descriptor. */
export function labelValue(descriptor: string, node: Node): string | undefined {
  if (startsWith(descriptor, NODE_LABEL_PREFIX))
    return node.spec.annotations.labels[descriptor.slice(NODE_LABEL_PREFIX.length)] ?? '';
  if (startsWith(descriptor, ENGINE_LABEL_PREFIX))
    return node.description?.engineLabels[descriptor.slice(ENGINE_LABEL_PREFIX.length)] ?? '';
  return undefined;
}

function satisfies(constraint: Constraint, node: Node): boolean {
  switch (constraint.key.toLowerCase()) {
    case 'node.id':
      return matches(constraint, node.id);
    case 'node.hostname':
      return matches(constraint, node.description?.hostname ?? '');
    case 'node.ip':
      return matchesAddress(constraint, node.status.address);
    case 'node.role':
      return matches(constraint, node.role);
    case 'node.platform.os':
      return matches(constraint, node.description?.platform.os ?? '');
    case 'node.platform.arch':
      return matches(constraint, node.description?.platform.architecture ?? '');
    default: {
      const value = labelValue(constraint.key, node);
      return value !== undefined && matches(constraint, value);
    }
  }
}

function matches({ operator, value }: Constraint, actual: string): boolean {
  return (value.toLowerCase() === actual.toLowerCase()) === (operator === '==');
}

/** Simplified: IPv4 only, as the simulated machines have no IPv6 addresses. */
function matchesAddress({ operator, value }: Constraint, address: string): boolean {
  const [base, length] = value.split('/');
  const wanted = ipv4(base!);
  const bits = length === undefined ? 32 : /^\d{1,2}$/.test(length) ? Number(length) : 33;
  if (wanted === undefined || bits > 32) return false;
  const actual = ipv4(address);
  const size = 2 ** (32 - bits);
  const within = actual !== undefined && Math.floor(actual / size) === Math.floor(wanted / size);
  return within === (operator === '==');
}

function ipv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function startsWith(descriptor: string, prefix: string): boolean {
  return descriptor.length > prefix.length && descriptor.slice(0, prefix.length).toLowerCase() === prefix;
}

function invalid(message: string): ParsedConstraints {
  return { ok: false, error: { kind: 'invalid', message } };
}
