/** Rules for names. Source: `swarmkit: manager/controlapi/common.go`. */
import type { Annotations } from '../../store/objects.ts';
import { invalid, type Refusal } from './refusal.ts';

const DNS_NAME = /^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*$/;
const FILE_NAME = /^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/;

/** Names of services and networks. */
export function validateAnnotations({ name }: Annotations): Refusal | null {
  if (name === '') return invalid('meta: name must be provided');
  if (!DNS_NAME.test(name)) return invalid('name must be valid as a DNS name component');
  if (name.length > 63) return invalid('name must be 63 characters or fewer');
  return null;
}

/** Names of secrets and configs. */
export function validateFileAnnotations({ name }: Annotations): Refusal | null {
  if (name === '') return invalid('name must be provided');
  if (name.length > 64 || !FILE_NAME.test(name))
    return invalid(
      'invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]',
    );
  return null;
}
