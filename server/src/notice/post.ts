// One HTTP request to whom somebody named: no redirects, no old connections, a short answer, a deadline for all of it.
import { type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';

import { messageOf } from '@fettle/shared/error';

import type { Attempted } from '../domain/notice/delivery.ts';
import { oneLine } from '../domain/notice/message.ts';
import { type AllowedHosts, InsideError, lookupFor } from './address.ts';

export type Posting = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type PostContext = { readonly allowed: AllowedHosts; readonly deadlineMs: number; readonly signal: AbortSignal };

/** More of an answer is not read. */
const REPLY_MAX_BYTES = 4_096;
const SHOWN_MAX = 300;

type Reply = { readonly status: number; readonly retryAfter: string | undefined; readonly text: string };

/** @param nowMs for an answer that names a time. Never throws */
export const post = async (posting: Posting, context: PostContext, nowMs: number): Promise<Attempted> => {
  const link = { isUp: false };
  try {
    return judge(await exchange(posting, context, link), nowMs);
  } catch (error) {
    const isLasting = error instanceof InsideError;
    return { is: 'failed', answer: reasonOf(error), mayHaveArrived: link.isUp, isLasting, retryAfterMs: null };
  }
};

const reasonOf = (error: unknown): string => {
  const name = error instanceof Error ? error.name : '';
  return name === 'TimeoutError' || name === 'AbortError'
    ? 'there was no answer in time'
    : oneLine(messageOf(error), SHOWN_MAX);
};

const exchange = async (
  { method, url: address, headers, body }: Posting,
  { allowed, deadlineMs, signal }: PostContext,
  link: { isUp: boolean },
): Promise<Reply> => {
  const url = new URL(address);
  const request = url.protocol === 'https:' ? secure : plain;
  const lookup = lookupFor(url, allowed);
  const until = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(url, { method, headers, lookup, agent: false, signal: until }, resolve);
  sent.on('socket', (socket) =>
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (link.isUp = true)),
  );
  sent.on('error', (error) => reject(until.aborted ? until.reason : error));
  sent.end(body);
  const response = await promise;
  const text = await read(response);
  sent.destroy();
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text };
};

/** What says itself in its first bytes; an answer that breaks off has been given all the same. */
const read = async (response: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      parts.push(part.subarray(0, REPLY_MAX_BYTES - bytes));
      bytes += part.length;
      if (bytes >= REPLY_MAX_BYTES) break;
    }
  } catch {
    // the status is what counts
  }
  return Buffer.concat(parts).toString('utf8');
};

/** To be asked again: https://www.rfc-editor.org/rfc/rfc9110#section-15 and 429 of RFC 6585. */
const PASSING: ReadonlySet<number> = new Set([408, 421, 425, 429]);

const judge = ({ status, retryAfter, text }: Reply, nowMs: number): Attempted => {
  const answer = oneLine(`${status} ${text}`, SHOWN_MAX);
  if (status >= 200 && status < 300) return { is: 'sent', answer };
  if (status >= 300 && status < 400)
    return failed(`${status}: redirects are not followed. Name the address that it leads to.`, true);
  const isLasting = status < 500 && !PASSING.has(status);
  // a server that failed, or a proxy that gave up, may have taken it
  const mayHaveArrived = status >= 500 && status !== 503;
  return { ...failed(answer, isLasting), mayHaveArrived, retryAfterMs: waitOf(retryAfter, nowMs) };
};

const failed = (answer: string, isLasting: boolean) =>
  ({ is: 'failed', answer, mayHaveArrived: false, isLasting, retryAfterMs: null }) as const;

/** Seconds, or a date. */
const waitOf = (text: string | undefined, nowMs: number): number | null => {
  if (text === undefined) return null;
  const ms = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
};
