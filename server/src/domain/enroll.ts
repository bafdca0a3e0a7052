// May this token make a device of this key? May this copy of a device?
import type { Device } from './device.ts';

export type TokenFacts = {
  readonly expiresMs: number;
  readonly maxUses: number;
  readonly uses: number;
  readonly site: string;
};

export type EnrollDecision =
  | { readonly is: 'new' }
  /** The answer was lost last time: the same key gets the same device. */
  | { readonly is: 'known'; readonly device: Device }
  | { readonly is: 'refused'; readonly code: string; readonly message: string };

/** @param device that has the key already */
export const decideEnroll = (
  token: TokenFacts | undefined,
  device: Device | undefined,
  nowMs: number,
): EnrollDecision => {
  if (!token) return refused('token_unknown', 'This enrolment token is not known here. Make a new one on the server.');
  if (nowMs > token.expiresMs)
    return refused('token_expired', 'This enrolment token has expired. Make a new one on the server.');
  if (device)
    return device.site === token.site
      ? { is: 'known', device }
      : refused('key_taken', 'This key is a device of another site already.');
  if (token.uses >= token.maxUses)
    return refused('token_used', 'This enrolment token has been used up. Make a new one on the server.');
  return { is: 'new' };
};

/** Of one device. A template that comes to life by the hundred is no fault of its machines; a stolen key is not to fill the server. */
const CLONES_MAX = 1_000;

/** @param known device that has the new key already; @param clones that there are of the original */
export const decideRekey = (original: Device, known: Device | undefined, clones: number): EnrollDecision => {
  if (known)
    return known.cloneOf === original.id
      ? { is: 'known', device: known }
      : refused('key_taken', 'This key is another device already.');
  if (clones >= CLONES_MAX)
    return refused(
      'too_many_clones',
      `There are ${CLONES_MAX} copies of this device: remove those that are gone, or enrol this machine with a token.`,
    );
  return { is: 'new' };
};

const refused = (code: string, message: string): EnrollDecision => ({ is: 'refused', code, message });
