// One GET, and the certificate that was shown: also where it has expired or nobody vouches for it, since that is what is asked.
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';

import { networkError } from './connect.ts';
import { HostError, type HttpAnswer, type PeerCertificate } from './host.ts';

type Options = { readonly timeoutMs: number; readonly bodyMaxBytes: number };

/** @throws HostError */
export const request = async (url: string, { timeoutMs, bodyMaxBytes }: Options): Promise<HttpAnswer> => {
  const startedMs = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { agent: false, headers: { 'user-agent': 'fettle-agent', accept: '*/*' } };
  const sent = url.startsWith('https:')
    ? httpsRequest(url, { ...options, rejectUnauthorized: false }, resolve)
    : httpRequest(url, options, resolve);
  const late = new HostError('timeout', `no answer within ${timeoutMs / 1000} s`);
  const timer = setTimeout(() => sent.destroy(late), timeoutMs);
  sent.on('error', (error) => reject(error instanceof HostError ? error : networkError(error)));
  sent.end();
  try {
    const answer = await promise;
    const ms = performance.now() - startedMs;
    const certificate = answer.socket instanceof TLSSocket ? certificateOf(answer.socket) : undefined;
    const body = await beginning(answer, bodyMaxBytes);
    return { status: answer.statusCode ?? 0, ms, body, ...(certificate && { certificate }) };
  } finally {
    clearTimeout(timer);
    sent.destroy();
  }
};

const certificateOf = (socket: TLSSocket): PeerCertificate | undefined => {
  const { valid_to: validTo, issuer } = socket.getPeerCertificate();
  const validToMs = Date.parse(validTo);
  if (!Number.isFinite(validToMs)) return undefined;
  const name = issuer.CN ?? issuer.O ?? '';
  // Node says null of a socket whose peer it trusts, whatever the types say
  const problem: unknown = socket.authorizationError;
  return {
    validToMs,
    issuer: typeof name === 'string' ? name : name.join(),
    ...(socket.authorized ? {} : { problem: problem instanceof Error ? problem.message : String(problem) }),
  };
};

const beginning = async (answer: IncomingMessage, maxBytes: number): Promise<string> => {
  if (maxBytes === 0) return '';
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxBytes) break;
    }
  } catch (error) {
    throw error instanceof HostError || !(error instanceof Error) ? error : networkError(error);
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
};
