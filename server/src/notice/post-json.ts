// JSON to whom somebody named, under a key by which they know what they have had before.
import type { Attempted } from '../domain/notice/delivery.ts';
import { type PostContext, post } from './post.ts';
import { signatureOf } from './sign.ts';

export type Json = { readonly payload: object; readonly headers: Readonly<Record<string, string>> };

type JsonContext = PostContext & { readonly nowMs: () => number };

/** Never throws: whatever happens is the answer. */
export const postJson = (
  url: string,
  key: string,
  { payload, headers }: Json,
  { allowed, deadlineMs, signal, nowMs }: JsonContext,
): Promise<Attempted> => {
  const body = JSON.stringify(payload);
  const own = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'User-Agent': 'Fettle',
    'Idempotency-Key': key,
  };
  const posting = { method: 'POST', url, body, headers: { ...own, ...headers } } as const;
  return post(posting, { allowed, deadlineMs, signal }, nowMs());
};

/** Of the body as `postJson` makes it. */
export const signatureHeaders = (secret: string, payload: object, nowMs: number): Json['headers'] => {
  const atSeconds = Math.floor(nowMs / 1000);
  const signature = signatureOf(secret, atSeconds, JSON.stringify(payload));
  return { 'Fettle-Timestamp': String(atSeconds), 'Fettle-Signature': signature };
};
