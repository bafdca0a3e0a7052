// Every error of the API: a stable code, a status, and a sentence that says what to do (RFC 9457).
import { STATUS_CODES } from 'node:http';

import type { Problem } from '@fettle/shared/api/common.schema';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** What a handler throws to answer with a problem. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export const notFound = (what: string): HttpProblem => new HttpProblem(404, 'not_found', `There is no such ${what}.`);

export const problemOf = (status: number, code: string, detail: string): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  code,
  detail,
});

/** Codes of Fastify and its plugins, under our names. */
const KNOWN: Readonly<Record<string, string>> = {
  FST_ERR_VALIDATION: 'invalid_request',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
};

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply.code(problem.status).type('application/problem+json').serializer(JSON.stringify).send(problem);

export const onError = (error: FastifyError | HttpProblem, request: FastifyRequest, reply: FastifyReply): void => {
  if (error instanceof HttpProblem) {
    void sendProblem(reply, problemOf(error.status, error.code, error.message));
    return;
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) {
    request.log.error({ err: error }, 'a request failed');
    void sendProblem(reply, problemOf(500, 'internal', 'The server could not do this. Its log says why.'));
    return;
  }
  // the rate limit has no code of its own
  const code = status === 429 ? 'too_many_requests' : (KNOWN[error.code] ?? 'invalid_request');
  void sendProblem(reply, problemOf(status, code, error.message));
};

/** What the writer refused, as an answer. */
const REFUSALS: Readonly<Record<string, number>> = {
  not_found: 404,
  forbidden: 403,
  version_conflict: 409,
  ticket_closed: 409,
  alert_resolved: 409,
  time_passed: 400,
  bad_window: 400,
  too_many_windows: 409,
  name_taken: 409,
  too_many: 409,
  same_ticket: 400,
  date_past: 400,
  date_missing: 400,
  reason_missing: 400,
  category_unknown: 400,
  terms_invalid: 400,
  rule_invalid: 422,
  login_link_used: 401,
  token_unknown: 401,
  token_expired: 401,
  token_used: 401,
  key_taken: 409,
  nonce_expired: 401,
  bad_proof: 401,
  notice_not_dead: 409,
  setting_unknown: 400,
  setting_used: 409,
  too_many_settings: 409,
  escalation_circle: 400,
  site_unknown: 400,
  ingest_token_unknown: 401,
  key_reused: 422,
  too_many_keys: 429,
  assignee_unknown: 422,
};

/** @returns what to throw: a code without a status is our own fault, and not for the one who asked to read */
export const refusalOf = (code: string, message: string): Error => {
  const status = REFUSALS[code];
  return status === undefined ? new Error(`${code}: ${message}`) : new HttpProblem(status, code, message);
};

export const unavailable = (): HttpProblem =>
  new HttpProblem(
    503,
    'unavailable',
    'Nothing can be written at the moment. Try again in a while; the server log says why.',
  );
