// The HTTP API of the server that this page came from. Errors are told as RFC 9457 problems.
import type { Problem } from '@fettle/shared/api/common.schema';

import { trusted } from './trusted.ts';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0: no answer at all. */
  readonly status: number;
  readonly code: string;

  constructor({ status, code, detail }: Pick<Problem, 'status' | 'code' | 'detail'>) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

type Call = { readonly method: 'GET' | 'POST' | 'DELETE'; readonly body?: unknown; readonly signal?: AbortSignal };

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'status' in body;

const problemOf = async (response: Response): Promise<ApiError> => {
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return new ApiError(body);
  return new ApiError({ status: response.status, code: 'unknown', detail: `The server answered ${response.status}.` });
};

const unreachable = (): never => {
  throw new ApiError({ status: 0, code: 'unreachable', detail: 'The server cannot be reached.' });
};

const call = async (path: string, { method, body, signal }: Call): Promise<Response> => {
  const response = await fetch(`/api/v1${path}`, {
    method,
    signal: signal ?? null,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }).catch((error: unknown) => (signal?.aborted === true ? Promise.reject(error) : unreachable()));
  if (!response.ok) throw await problemOf(response);
  return response;
};

const textOf = async (path: string, asked: Call): Promise<string> => (await call(path, asked)).text();

export const getJson = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  trusted<T>(await textOf(path, { method: 'GET', ...(signal ? { signal } : {}) }));

export const postJson = async <T>(path: string, body?: unknown): Promise<T> =>
  trusted<T>(await textOf(path, { method: 'POST', body }));

export const remove = async (path: string): Promise<void> => {
  await call(path, { method: 'DELETE' });
};

export const signIn = async (token: string): Promise<void> => {
  await call('/session', { method: 'POST', body: { token } });
};

export const signOut = async (): Promise<void> => {
  await call('/session', { method: 'DELETE' });
};

export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;
export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.status === 409;

/** Whether the request itself was refused, so that the same again would be too. */
export const isRefused = (error: unknown): boolean =>
  error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;

/** A refusal names the field first, for programs: people see which one it is. */
const withoutField = (detail: string): string =>
  detail.replace(/^[a-z][\w.]*: (.)/, (_whole, first: string) => first.toUpperCase());

/** What went wrong and what to do, for people. */
export const explain = (error: unknown): string => {
  if (!(error instanceof ApiError)) return 'Something went wrong in this page. Reload it.';
  if (error.status === 0) return `${error.message} Check that it runs, then try again.`;
  if (error.status === 429) return 'Too many requests. Wait a moment, then try again.';
  return error.status >= 500
    ? `${error.message} Look into the server's log, then try again.`
    : withoutField(error.message);
};

/** Whether the same request may succeed in a moment. */
export const isWorthRetrying = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500);
