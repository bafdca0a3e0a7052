import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { parseShow } from './show.parse.ts';
import { type Unit, readingOf, unitName } from './unit.parse.ts';

/** As systemd 252 writes it: its own order of the properties, lists with spaces between. */
const block = (name: string, changes: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    Type: 'notify',
    RemainAfterExit: 'no',
    NRestarts: '0',
    Id: name,
    Names: name,
    WantedBy: 'multi-user.target',
    LoadState: 'loaded',
    ActiveState: 'active',
    UnitFileState: 'enabled',
    ConditionResult: 'yes',
    ...changes,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

const shown = (...blocks: readonly string[]): string => blocks.join('\n');
const NOTHING = { 'services.watch': [], 'services.ignore': [] };
const TEXT = shown(
  block('nginx.service', { NRestarts: '12', ActiveState: 'failed' }),
  block('ssh.service', { Names: 'ssh.service sshd.service', TriggeredBy: 'ssh.socket', NRestarts: '' }),
  block(String.raw`systemd-cryptsetup@luks\x2d1.service`, { Type: 'oneshot', RemainAfterExit: 'yes', WantedBy: '' }),
  block('gone.service', { LoadState: 'not-found', ActiveState: 'inactive' }),
);

describe('what systemctl shows', () => {
  it('is each service that is there, with what it is', () => {
    const { units, broken } = parseShow(TEXT);
    expect(broken).toBe(0);
    expect(units.map(({ name }) => name)).toEqual([
      'nginx.service',
      'ssh.service',
      String.raw`systemd-cryptsetup@luks\x2d1.service`,
    ]);
    expect(units[0]).toMatchObject({ activeState: 'failed', restarts: 12, isWanted: true, isConditionMet: true });
    expect(units[1]).toMatchObject({ isTriggered: true, restarts: undefined });
    expect(units[1]?.names).toContain('sshd.service');
    expect(units[2]).toMatchObject({ type: 'oneshot', remainsAfterExit: true, isWanted: false });
  });

  it('that ends in the middle of a line loses the service that it was about, and no number is half of one', () => {
    const text = `Type=simple\nId=a.service\nActiveState=active\nNRestarts=12\n`;
    expect(parseShow(text)).toMatchObject({ units: [{ restarts: 12 }], broken: 0 });
    expect(parseShow(text.slice(0, -2))).toEqual({ units: [], broken: 1 });
  });

  it('of which one block is not as it should be loses that one', () => {
    const { units, broken } = parseShow(shown(block('a.service', { ActiveState: '' }), 'noise\n', block('b.service')));
    expect(units.map(({ name }) => name)).toEqual(['b.service']);
    expect(broken).toBe(2);
  });

  it.each(faultyTexts(TEXT))('with $name gives no wrong state and no wrong number', ({ text }) => {
    const { units } = parseShow(text);
    for (const { restarts } of units) if (restarts !== undefined) expect([0, 12]).toContain(restarts);
    for (const { value } of readingOf(units, NOTHING).samples) expect([0, 1, 4, 12]).toContain(value);
  });

  it('never throws and never gives what is no number', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...TEXT.split('\n')))), (lines) => {
        for (const { value } of readingOf(parseShow(lines.join('\n')).units, NOTHING).samples) {
          expect(Number.isFinite(value) && value >= 0).toBe(true);
        }
      }),
    );
  });
});

const unit = (changes: Partial<Unit> = {}): Unit => ({
  name: 'x.service',
  names: ['x.service'],
  activeState: 'active',
  unitFileState: 'enabled',
  type: 'simple',
  remainsAfterExit: false,
  isWanted: true,
  isTriggered: false,
  isConditionMet: true,
  restarts: 3,
  ...changes,
});

describe('the state of a service', () => {
  it.each([
    ['active', 1],
    ['reloading', 1],
    ['refreshing', 1],
    ['activating', 2],
    ['deactivating', 3],
    ['failed', 4],
    ['inactive', 0],
    ['maintenance', 0],
  ])('%s is %i', (activeState, value) => {
    const { samples, partial } = readingOf([unit({ activeState })], NOTHING);
    expect(samples.map((sample) => sample.value)).toEqual([value, 3]);
    expect(partial).toEqual([]);
  });

  it('that nobody knows yet is none, and is told', () => {
    const { samples, partial } = readingOf([unit({ activeState: 'dreaming' })], NOTHING);
    expect(samples).toEqual([]);
    expect(partial[0]?.code).toBe('parse_error');
    expect(partial[0]?.detail).toContain('dreaming');
  });

  it('of a declared one that works and ends: it rests, and only a failure is bad', () => {
    const names = { ...NOTHING, 'services.watch': ['x'] };
    const values = (activeState: string) =>
      readingOf([unit({ type: 'oneshot', activeState, restarts: undefined })], names).samples.map(({ value }) => value);
    expect([values('inactive'), values('activating'), values('failed')]).toEqual([[], [2], [4]]);
  });

  it('without restarts that could be read is a state alone', () => {
    expect(readingOf([unit({ restarts: undefined })], NOTHING).samples).toHaveLength(1);
  });
});

it.each([
  ['enabled', true],
  ['enabled-runtime', true],
  ['generated', true],
  ['disabled', false],
  ['static', false],
  ['masked', false],
  ['indirect', false],
  ['', false],
])('a service whose file is "%s" is watched: %s', (unitFileState, isWatched) => {
  expect(readingOf([unit({ unitFileState })], NOTHING).samples.length > 0).toBe(isWatched);
});

it.each([
  ['nginx', 'nginx.service'],
  ['nginx.service', 'nginx.service'],
  ['my.app', 'my.app.service'],
  ['postgresql@15-main', 'postgresql@15-main.service'],
  [String.raw`a\x2db`, String.raw`a\x2db.service`],
  ['getty@', undefined],
  ['@x', undefined],
  ['', undefined],
  ['-rf x', undefined],
  ['../x', undefined],
  ['*', undefined],
  ['x'.repeat(300), undefined],
])('"%s" names %s', (text, name) => {
  expect(unitName(text)).toBe(name);
});
