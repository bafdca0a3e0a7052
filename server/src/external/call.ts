// One request to another system: a deadline, a bound on what comes back, and an error that says what was asked and what was wrong.
import { readFileSync } from 'node:fs';

import { messageOf } from '@fettle/shared/error';

const DEADLINE_MS = 10_000;
const ANSWER_MAX_BYTES = 1024 * 1024;

export type Call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<unknown>;

/** @param secretFile read each time, so that a new secret needs no restart: "user:password", or a token */
export const callerOf =
  (base: string, secretFile: string, stopped: AbortSignal): Call =>
  async (method, path, body) => {
    const what = `${method} ${base}${path.split('?')[0]}`;
    const headers = { authorization: authorizationIn(secretFile), accept: 'application/json' };
    const response = await fetch(`${base}${path}`, {
      method,
      redirect: 'error', // what was meant for this system is for no other
      signal: AbortSignal.any([stopped, AbortSignal.timeout(DEADLINE_MS)]),
      ...(body === undefined
        ? { headers }
        : { headers: { ...headers, 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new Error(
        `${what}: ${messageOf(error)}${error instanceof Error && error.cause ? ` (${messageOf(error.cause)})` : ''}`,
      );
    });
    const text = await bounded(response, what);
    if (!response.ok) throw new Error(`${what}: ${response.status} ${text.slice(0, 200)}`);
    return parse(text, what);
  };

const authorizationIn = (file: string): string => {
  const secret = readFileSync(file, 'utf8').trim();
  return secret.includes(':') ? `Basic ${Buffer.from(secret).toString('base64')}` : `token ${secret}`;
};

const bounded = async (response: Response, what: string): Promise<string> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > ANSWER_MAX_BYTES) throw new Error(`${what}: the answer is longer than ${ANSWER_MAX_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

const parse = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${what}: the answer is no JSON`);
  }
};
