// One request with a JSON body, and its JSON answer. Node's own client: the fetch that comes with Node costs the agent megabytes.
import { type RequestOptions, request as httpRequest } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';

const TIMEOUT_MS = 15_000;
const ANSWER_MAX_BYTES = 256 * 1024;

export type JsonAnswer = { readonly status: number; readonly body: unknown };
export type PostJson = (path: string, body: unknown) => Promise<JsonAnswer>;

/** To a server with TLS: `ca`, PEM of an own certificate authority, and an agent that knows a proxy. Undefined: as usual. */
export type Way = { readonly ca: string | undefined; readonly agent: Agent | undefined };

/** @param base of the server. The promise rejects when there is no answer. */
export const postJsonTo =
  (base: string, way?: Way): PostJson =>
  (path, body) => {
    const url = new URL(path, base);
    const { promise, resolve, reject } = Promise.withResolvers<JsonAnswer>();
    const content = JSON.stringify(body);
    const options: RequestOptions = {
      method: 'POST',
      timeout: TIMEOUT_MS,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) },
    };
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ...(way?.ca && { ca: way.ca }), ...(way?.agent && { agent: way.agent }) })
        : httpRequest(url, options);
    request.on('timeout', () =>
      request.destroy(new Error(`no answer from ${url.origin} within ${TIMEOUT_MS / 1000} s`)),
    );
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= ANSWER_MAX_BYTES) return;
        reject(new Error(`${url.origin} answered with more than ${ANSWER_MAX_BYTES} bytes`));
        request.destroy();
      });
      response.on('error', () => reject(new Error(`${url.origin} broke off its answer`)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks)) }));
    });
    request.end(content);
    return promise;
  };

const parse = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
};
