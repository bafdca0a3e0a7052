import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { parseJournal } from './journal.parse.ts';

const CURSOR = 's=c674b97e9d5a402fa07b60a90d42fab0;i=2;b=aaaa;m=1e8480;t=64437ba6f2480;x=2baa451e09027aa4';
const line = (fields: object) => `${JSON.stringify({ __CURSOR: CURSOR, PRIORITY: '3', ...fields })}\n`;
const entry = { cursor: CURSOR, isKernel: false, isCoredump: false };

describe('a line of the journal', () => {
  it.each<[string, object, object]>([
    ['names its program', { SYSLOG_IDENTIFIER: 'nginx', _COMM: 'nginx-worker' }, { program: 'nginx' }],
    ['names the command where there is nothing else', { _COMM: 'sh' }, { program: 'sh' }],
    ['may name none', {}, { program: 'unknown' }],
    ['may have a name that is no UTF-8', { SYSLOG_IDENTIFIER: [99, 97, 102, 233] }, { program: 'caf\u{FFFD}' }],
    ['may have two names', { SYSLOG_IDENTIFIER: ['big', 'twice'] }, { program: 'big' }],
    ['may have a name that was too long', { SYSLOG_IDENTIFIER: null, _COMM: 'sh' }, { program: 'sh' }],
    ['may have a name with a line break', { SYSLOG_IDENTIFIER: 'a\nb' }, { program: 'a\u{FFFD}b' }],
    ['may have an endless name', { SYSLOG_IDENTIFIER: 'x'.repeat(9_000) }, { program: 'x'.repeat(60) }],
    [
      'may be of the kernel',
      { _TRANSPORT: 'kernel', SYSLOG_IDENTIFIER: 'kernel' },
      { isKernel: true, program: 'kernel' },
    ],
    [
      'may tell of a crash',
      { MESSAGE_ID: 'fc2e22bc6ee647b6b90729ab34a250b1', SYSLOG_IDENTIFIER: 'systemd-coredump' },
      { isCoredump: true, program: 'systemd-coredump' },
    ],
  ])('%s', (_name, fields, expected) => {
    expect(parseJournal(line(fields))).toEqual({ entries: [{ ...entry, ...expected }], unreadable: 0 });
  });

  it.each([
    ['no JSON', 'Nov 23 07:44:01 host nginx[1]: failed\n'],
    ['half of one', line({}).slice(0, 40)],
    ['a list', '[]\n'],
    ['null', 'null\n'],
    ['without a place', '{"PRIORITY":"3"}\n'],
    ['with a place that is an option', line({ __CURSOR: '--help me' })],
    ['with an endless place', line({ __CURSOR: 's='.repeat(9_000) })],
  ])('%s is counted, not taken', (_name, text) => {
    expect(parseJournal(`${line({})}${text}`)).toMatchObject({ entries: [entry], unreadable: 1 });
  });

  it('that says there are none is none', () => {
    expect(parseJournal('-- No entries --\n')).toEqual({ entries: [], unreadable: 0 });
    expect(parseJournal('')).toEqual({ entries: [], unreadable: 0 });
  });
});

describe('whatever stands there', () => {
  const whole = [{ SYSLOG_IDENTIFIER: 'nginx' }, { SYSLOG_IDENTIFIER: [1, 2] }, { _TRANSPORT: 'kernel' }]
    .map(line)
    .join('');
  const isSound = (text: string): boolean => {
    const { entries, unreadable } = parseJournal(text);
    return unreadable >= 0 && entries.every(({ cursor, program }) => /^[\w=;-]+$/.test(cursor) && program !== '');
  };

  it.each(faultyTexts(whole))('gives entries or a count: $name', ({ text }) => {
    expect(isSound(text.slice(0, 2 ** 20))).toBe(true); // the host takes no more of a program
  });

  it('gives entries or a count, of any JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('__CURSOR', 'SYSLOG_IDENTIFIER', '_COMM', '_TRANSPORT'), fc.jsonValue()),
        (fields) => isSound(`${JSON.stringify(fields)}\n${line(fields)}`),
      ),
    );
  });
});
