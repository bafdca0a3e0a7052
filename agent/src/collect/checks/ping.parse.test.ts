// Real summaries of ping, and everything that is none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { parsePing, pingProblem } from './ping.parse.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/linux/ping');
const textOf = (path: string): string => readFileSync(join(fixtures, path), 'utf8');
const whole = textOf('made/one-of-three.txt');

describe('the summary of ping', () => {
  it.each([
    ['iputils-20221126/answers.txt', { sent: 2, received: 2, meanMs: 0.039 }],
    ['iputils-20221126/unreachable.txt', { sent: 2, received: 0, meanMs: undefined }],
    ['busybox-1.35/answers.txt', { sent: 2, received: 2, meanMs: expect.any(Number) as number }],
    ['made/one-of-three.txt', { sent: 3, received: 1, meanMs: 12.5 }],
    ['made/twice.txt', { sent: 1, received: 1, meanMs: 1.375 }],
    ['made/busybox-silence.txt', { sent: 3, received: 0, meanMs: undefined }],
  ])('%s', (path, summary) => {
    expect(parsePing(textOf(path))).toEqual(summary);
  });

  it.each(faultyTexts(whole))('$name: no wrong number', ({ text }) => {
    const summary = parsePing(text);
    if (summary === undefined) return;
    expect([1, 2, 3]).toContain(summary.sent);
    expect([0, 1]).toContain(summary.received);
    expect([undefined, 12.5]).toContain(summary.meanMs);
  });

  it('never throws, and is never more than was sent, whatever is read', () => {
    const mutated = fc
      .tuple(fc.nat(whole.length), fc.string())
      .map(([at, text]) => whole.slice(0, at) + text + whole.slice(at));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (text) => {
        const summary = parsePing(text);
        if (!summary) return;
        expect(summary.received).toBeLessThanOrEqual(summary.sent);
        expect(summary.received).toBeGreaterThanOrEqual(0);
        expect(summary.meanMs ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('what it says when it did not try is one line', () => {
    expect(pingProblem('ping: nowhere.invalid: Name or service not known\nmore\n')).toBe(
      'nowhere.invalid: Name or service not known',
    );
    expect(pingProblem('')).toBe('');
  });
});
