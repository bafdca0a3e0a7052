// May this token make a device of this key?
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

const refused = (code: string, message: string): EnrollDecision => ({ is: 'refused', code, message });
