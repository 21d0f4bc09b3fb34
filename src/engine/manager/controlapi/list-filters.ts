/**
 * Docker's list filters: prefixes, and labels as `key` or `key=value`. Values of one key are alternatives, labels must
 * all match, keys must all match. Source: `swarmkit: manager/controlapi/common.go`, `moby: daemon/cluster/filters.go`.
 */
import type { Labels } from '../../store/objects.ts';
import type { Filters } from './control-request.ts';

/** Is `value` among those asked for, or nothing asked for? */
export function among(filters: Filters, key: string, value: string): boolean {
  const wanted = filters[key];
  return !wanted?.length || wanted.includes(value);
}

/** Does `value` start with one of those asked for, or nothing asked for? */
export function startsWith(filters: Filters, key: string, value: string): boolean {
  const wanted = filters[key];
  return !wanted?.length || wanted.some((prefix) => value.startsWith(prefix));
}

/** Does the object have all labels asked for? A label without a value asks for its key only. */
export function hasLabels(filters: Filters, key: string, labels: Labels): boolean {
  return (filters[key] ?? []).every((wanted) => {
    const at = wanted.indexOf('=');
    const name = at < 0 ? wanted : wanted.slice(0, at);
    const value = at < 0 ? '' : wanted.slice(at + 1);
    const own = labels[name];
    return own !== undefined && (value === '' || value === own);
  });
}
