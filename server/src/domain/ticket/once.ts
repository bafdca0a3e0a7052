// The same request again makes nothing twice: as the header Idempotency-Key has it, https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
import { DAY_MS } from '@fettle/shared/time';

/** What somebody asks for under a key of their own. `asked`: a hash of it. */
export type Once = { readonly key: string; readonly asked: string };
export type KnownKey = { readonly asked: string; readonly ticket: string; readonly atMs: number };

/** After this the same key is a new one. */
export const ONCE_MS = DAY_MS;
/** Of one actor at a time. */
const KEYS_MAX = 10_000;

export type OnceVerdict =
  | { readonly is: 'new' }
  | { readonly is: 'known'; readonly ticket: string }
  | { readonly is: 'refused'; readonly code: string; readonly why: string };

/** @param known under this key of this actor. @param keys that this actor has at the moment */
export const decideOnce = (
  once: Once,
  known: KnownKey | undefined,
  { keys, nowMs }: { readonly keys: number; readonly nowMs: number },
): OnceVerdict => {
  if (known && nowMs - known.atMs < ONCE_MS) {
    if (known.asked === once.asked) return { is: 'known', ticket: known.ticket };
    return {
      is: 'refused',
      code: 'key_reused',
      why: 'This Idempotency-Key was used for another request within the last 24 hours. Take a new one for this.',
    };
  }
  if (keys < KEYS_MAX) return { is: 'new' };
  return {
    is: 'refused',
    code: 'too_many_keys',
    why: `You have used ${KEYS_MAX} values of Idempotency-Key within 24 hours. Try again later, or leave the header out.`,
  };
};
