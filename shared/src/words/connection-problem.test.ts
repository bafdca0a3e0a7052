import { describe, expect, it } from 'vitest';

import { connectionProblem } from './connection-problem.ts';

const failure = (message: string, code: string) => Object.assign(new Error(message), { code });

describe('connectionProblem', () => {
  it.each([
    ['self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'server.ca_file'],
    ['unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'server.ca_file'],
    ['certificate has expired', 'CERT_HAS_EXPIRED', 'renew'],
    ['connect ECONNREFUSED 127.0.0.1:9', 'ECONNREFUSED', 'server.url'],
  ])('%s: what to do stands behind it', (message, code, advice) => {
    expect(connectionProblem(failure(message, code))).toMatch(new RegExp(`^${message} \\(.*${advice}.*\\)$`));
  });

  it.each([
    [
      'unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      /^unable to verify the first certificate \(/,
    ],
    [
      'write EPROTO 40B37EDC787F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../a.c:78:\n',
      'EPROTO',
      /^write EPROTO \(the other side speaks no TLS/,
    ],
  ])('%s: without what is for programmers', (message, code, expected) => {
    expect(connectionProblem(failure(message, code))).toMatch(expected);
  });

  it('what nobody knows better stays as it is', () => {
    expect(connectionProblem(failure('socket hang up', 'ECONNRESET'))).toBe('socket hang up');
    expect(connectionProblem(new Error('no answer'))).toBe('no answer');
    expect(connectionProblem('text')).toBe('text');
  });

  it('an error of several addresses has no message but theirs', () => {
    const error = Object.assign(
      new AggregateError([
        failure('connect ECONNREFUSED ::1:9', 'ECONNREFUSED'),
        failure('connect ECONNREFUSED 127.0.0.1:9', 'ECONNREFUSED'),
      ]),
      { code: 'ECONNREFUSED' },
    );
    expect(connectionProblem(error)).toBe(
      'connect ECONNREFUSED ::1:9, connect ECONNREFUSED 127.0.0.1:9 (check server.url, and that the server runs)',
    );
  });

  it('an error without any words is its code or its kind, never nothing', () => {
    expect(connectionProblem(failure('', 'EPIPE'))).toBe('EPIPE');
    expect(connectionProblem(new RangeError(''))).toBe('RangeError');
    expect(connectionProblem(new AggregateError([]))).toBe('AggregateError');
  });
});
