/**
 * The key that managers' disks are locked with when autolock is on. `swarmkit: manager/encryption/encryption.go`
 *
 * Simplified: nothing is encrypted; a disk remembers which key would open it.
 */
import { letters } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** 43 base64 digits hold 258 bits: of the last digit only four bits belong to a key of 256. */
const BASE64_LAST = 'AEIMQUYcgkosw048';
const UNLOCK_KEY = /^SWMKEY-1-[A-Za-z0-9+/]{43}$/;

/** A key of 256 bits. */
export function newUnlockKey(dice: Random): string {
  return `SWMKEY-1-${letters(dice, BASE64, 42)}${letters(dice, BASE64_LAST, 1)}`;
}

/** Does the text have the form of a key? */
export function isUnlockKey(text: string): boolean {
  return UNLOCK_KEY.test(text);
}
