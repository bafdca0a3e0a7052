// What tools say of backups: recorded answers, and answers gone wrong.
import { readFileSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { parseCommand } from './command.parse.ts';
import { type Made, outcomeOf } from './outcome.ts';
import { parseArchives, parseSnapshots } from './repository.parse.ts';
import { parseRestoreTests } from './restore-test.parse.ts';
import { parseUnitRun } from './unit.parse.ts';

const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/${path}`, import.meta.url), 'utf8');
const at = (time: string): number => Date.parse(time);
const SNAPSHOTS = recorded('restic/one/snapshots.json');
const ARCHIVES = recorded('borg/one/list.json');
const GOOD_UNIT = recorded('systemctl-show/backup-good/show.txt');
const TESTS = '2026-10-01T10:00:00Z ok\n2026-11-01T10:00:00+01:00 ok\n2026-11-20T10:00:00Z failed: no space\n';

describe('restic', () => {
  it.each<[string, string, readonly Made[] | undefined]>([
    ['one snapshot, of a version that knows no size', SNAPSHOTS, [{ atMs: at('2026-11-23T07:26:14.370Z') }]],
    [
      'two groups, with sizes and an offset from UTC',
      recorded('restic/summary/snapshots.json'),
      [
        { atMs: at('2026-11-20T02:00:04.100Z'), bytes: 3_000_000 },
        { atMs: at('2026-11-22T02:00:03.900Z'), bytes: 120 },
      ],
    ],
    ['none', recorded('restic/empty/snapshots.json'), []],
    ['one of two without a time: it may be the newest', SNAPSHOTS.replace('[', '[{"time":"gestern"},'), undefined],
    ['no list', '{"time":"2026-11-23T07:26:14Z"}', undefined],
    ['a message', 'Fatal: wrong password', undefined],
  ])('%s', (_what, text, expected) => expect(parseSnapshots(text)).toEqual(expected));
});

describe('borg', () => {
  it.each<[string, string, readonly Made[] | undefined]>([
    ['one archive, its time without a zone', ARCHIVES, [{ atMs: at('2026-11-23T07:26:16Z') }]],
    ['with an offset', ARCHIVES.replaceAll('16.000000"', '16.000000-02:00"'), [{ atMs: at('2026-11-23T09:26:16Z') }]],
    ['none', '{"archives": []}', []],
    ['no archives', '{}', undefined],
    ['a list', '[]', undefined],
  ])('%s', (_what, text, expected) => expect(parseArchives(text)).toEqual(expected));
});

describe('a unit of systemd', () => {
  it.each<[string, ReturnType<typeof parseUnitRun>]>([
    ['backup-good', { kind: 'ended', atMs: at('2026-11-23T02:04:11Z'), isGood: true }],
    ['backup-failed', { kind: 'ended', atMs: at('2026-11-23T02:04:11Z'), isGood: false }],
    ['backup-not-yet', { kind: 'not yet' }],
    ['backup-timer', { kind: 'timer', unit: 'backup.service' }],
    ['backup-missing', { kind: 'unknown', why: 'there is no such unit' }],
  ])('%s', (name, expected) => expect(parseUnitRun(recorded(`systemctl-show/${name}/show.txt`))).toEqual(expected));

  it('a time in another zone is not guessed at', () => {
    expect(parseUnitRun(GOOD_UNIT.replace('UTC', 'CET'))).toEqual({ kind: 'not yet' });
  });
});

describe('a program of one’s own', () => {
  it.each<[string, number, string, ReturnType<typeof parseCommand>]>([
    ['only an exit code', 0, '', { state: 'ok' }],
    ['a bad exit code, whatever it prints', 3, '{"ok": true}', { state: 'failed' }],
    ['no, in JSON', 0, '{"ok": false, "time": 1}', { state: 'failed' }],
    [
      'seconds since 1970',
      0,
      '{"time": 1795418771, "size": 10}',
      { state: 'ok', goodMs: 1_795_418_771_000, bytes: 10 },
    ],
    ['a text', 0, '{"time": "2026-11-23T07:26:11Z"}', { state: 'ok', goodMs: at('2026-11-23T07:26:11Z') }],
    ['ms, which are no seconds', 0, '{"time": 1795418771000}', { state: 'ok' }],
    ['too little', 0, '{"size": 4}', { state: 'too small' }],
    ['nonsense in place of numbers', 0, '{"time": [], "size": -1}', { state: 'ok' }],
  ])('%s', (_what, code, text, expected) => expect(parseCommand(code, text, 5)).toEqual(expected));
});

describe('tests of a restore', () => {
  it.each<[string, string, number | undefined]>([
    ['the newest that worked', TESTS, at('2026-11-01T09:00:00Z')],
    ['only ones that failed', '2026-11-20T10:00:00Z failed', undefined],
    ['days', '2026-11-20 restored /etc', at('2026-11-20T00:00:00Z')],
    ['a file that is only touched', '', 42],
    ['a file that only says it failed', 'FAILED', undefined],
    ['Windows line ends', TESTS.replaceAll('\n', '\r\n'), at('2026-11-01T09:00:00Z')],
  ])('%s', (_what, text, expected) => expect(parseRestoreTests(text, 42)).toBe(expected));
});

describe('what came of a backup', () => {
  it.each<[string, readonly Made[], ReturnType<typeof outcomeOf>]>([
    ['none', [], { state: 'never' }],
    [
      'good, in any order',
      [
        { atMs: 1, bytes: 9 },
        { atMs: 2, bytes: 8 },
      ],
      { state: 'ok', goodMs: 2, bytes: 8 },
    ],
    [
      'the newest is too small',
      [
        { atMs: 1, bytes: 9 },
        { atMs: 2, bytes: 0 },
      ],
      { state: 'too small', goodMs: 1, bytes: 9 },
    ],
    ['all are too small', [{ atMs: 1, bytes: 1 }], { state: 'too small' }],
    ['without a size', [{ atMs: 1 }], { state: 'ok', goodMs: 1 }],
  ])('%s', (_what, made, expected) => expect(outcomeOf(made, 5)).toEqual(expected));
});

const numbersIn = (value: unknown): readonly number[] => {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

describe.each([
  { name: 'restic', parse: parseSnapshots, text: SNAPSHOTS },
  { name: 'borg', parse: parseArchives, text: ARCHIVES },
  { name: 'systemd', parse: parseUnitRun, text: GOOD_UNIT },
  { name: 'a command', parse: (text: string) => parseCommand(0, text), text: '{"time": 1795418771, "size": 10}' },
  { name: 'restore tests', parse: (text: string) => parseRestoreTests(text, 42), text: TESTS },
])('the parser of $name', ({ parse, text }) => {
  it.each(faultyTexts(text))('$name: clean numbers or none', ({ text: faulty }) => {
    for (const number of numbersIn(parse(faulty))) expect(Number.isFinite(number)).toBe(true);
  });

  it('anything in place of a part of it: clean numbers or none', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(30), fc.oneof(fc.string(), fc.json()), (from, length, part) => {
        const mutated = text.slice(0, from) + part + text.slice(from + length);
        return numbersIn(parse(mutated)).every(Number.isFinite);
      }),
    );
  });
});
