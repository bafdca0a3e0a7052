import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { launchctlPrint } from './fixture.ts';
import { isLabel, parseLaunchctlPrint } from './launchctl.parse.ts';

describe('what launchctl says of a job', () => {
  it.each([
    ['runs', launchctlPrint('a.b', { pid: 417 }), { state: 'running', pid: 417, runs: 1 }],
    [
      'rests',
      launchctlPrint('a.b', { state: 'not running', exitCode: '0' }),
      { state: 'not running', exitCode: 0, runs: 1 },
    ],
    [
      'failed, in words',
      launchctlPrint('a.b', { state: 'not running', exitCode: '78: EX_CONFIG', runs: 9 }),
      { state: 'not running', exitCode: 78, runs: 9 },
    ],
    [
      'was killed',
      'x = {\n\tstate = spawn scheduled\n\tlast terminating signal = Killed: 9\n}\n',
      { state: 'spawn scheduled', signal: 'Killed: 9' },
    ],
    [
      'with ends of lines of Windows',
      launchctlPrint('a.b', { pid: 7 }).replaceAll('\n', '\r\n'),
      { state: 'running', pid: 7, runs: 1 },
    ],
  ])('that %s', (_, text, job) => {
    expect(parseLaunchctlPrint(text)).toEqual(job);
  });

  it.each([
    ['nothing', ''],
    ['an error', 'Could not find service "a.b" in domain for system\n'],
    ['a state of something within', 'x = {\n\t\tstate = running\n}\n'],
    ['a state without a word', 'x = {\n\tstate = \n}\n'],
  ])('is none in %s', (_, text) => {
    expect(parseLaunchctlPrint(text)).toBeUndefined();
  });

  it('never has numbers that are none, wherever it is cut and whatever it is', () => {
    const whole = launchctlPrint('a.b', { pid: 417, exitCode: '1' });
    const texts = fc.oneof(
      fc.string(),
      fc.nat(whole.length).map((length) => whole.slice(0, length)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { pid = 1, runs = 1, exitCode = 0 } = parseLaunchctlPrint(text) ?? {};
        expect([pid, runs, exitCode].every((value) => Number.isSafeInteger(value))).toBe(true);
      }),
    );
  });
});

it.each([
  ['com.fettle.agent', true],
  ['application.com.apple.Safari.1234_x-y', true],
  ['-k', false],
  ['../../user/501/a', false],
  ['a b', false],
  ['', false],
])('%j is a label: %s', (text, is) => {
  expect(isLabel(text)).toBe(is);
});
