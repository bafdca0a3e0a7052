import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { parseProcessStat, parseResidentBytes } from './process.parse.ts';

/** Of a real process, but for its name. */
const STAT =
  '4711 (node-MainThread) S 1 4711 4711 0 -1 4194304 25171 91 3 0 212 48 7 2 20 0 11 0 2390455 1118568448 25963 18446744073709551615 ' +
  '4202496 53837345 140723373911520 0 0 0 0 16781312 134300162 0 0 0 17 1 0 0 0 0 0 54951936 55041912 892362752 0 0 0 0 0\n';
const named = (name: string) => STAT.replace('node-MainThread', name);
const STATUS = 'Name:\tnode-MainThread\nUmask:\t0022\nVmPeak:\t 1092352 kB\nVmRSS:\t  103852 kB\nThreads:\t11\n';

describe('/proc/PID/stat', () => {
  it('has the CPU time of the process without that of its children, when it began, and its pages', () => {
    expect(parseProcessStat(STAT)).toEqual({
      name: 'node-MainThread',
      ticks: 260,
      startTicks: 2_390_455,
      residentPages: 25_963,
    });
  });

  it.each([
    ['(sd-pam)', '(sd-pam)'],
    ['a) S 1 1 (b', 'a) S 1 1 (b'],
    [') ', ') '],
    ['', ''],
    ['tmux: server', 'tmux: server'],
    ['a\nb\u0007', 'a\u{FFFD}b\u{FFFD}'],
    ['kworker/u16:3-events_unbound', 'kworker/u16:3-events_unbound'],
    ['x'.repeat(100), 'x'.repeat(64)],
  ])('a program may call itself %j', (name, expected) => {
    expect(parseProcessStat(named(name))).toMatchObject({ name: expected, ticks: 260, residentPages: 25_963 });
  });

  it.each([
    '',
    '4711',
    '4711 (a',
    '4711 )a( S',
    '4711 (a) S 1 2 3',
    STAT.replace(' 212 ', ' -212 '),
    STAT.replace(' 212 ', ' x '),
  ])('%j is none', (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });
});

describe('/proc/PID/status', () => {
  it('has what is in memory, where it says so', () => {
    expect(parseResidentBytes(STATUS)).toBe(103_852 * 1024);
    expect(parseResidentBytes('Name:\tkthreadd\nThreads:\t1\n')).toBeUndefined();
  });

  it.each(['VmRSS:\t-1 kB', 'VmRSS:\t1 MB', 'VmRSS:\tmuch kB', `VmRSS:\t${'9'.repeat(30)} kB`, 'xVmRSS:\t1 kB', ''])(
    '%j says nothing',
    (text) => {
      expect(parseResidentBytes(text)).toBeUndefined();
    },
  );
});

describe('whatever stands there', () => {
  const isSound = (text: string): boolean => {
    const { name: _, ...numbers } = parseProcessStat(text) ?? { name: '' };
    const all = [...Object.values(numbers), parseResidentBytes(text) ?? 0];
    return all.every((value) => Number.isFinite(value) && value >= 0);
  };

  it.each([...faultyTexts(STAT), ...faultyTexts(STATUS)])('gives clean numbers or none: $name', ({ text }) => {
    expect(isSound(text)).toBe(true);
  });

  it('gives clean numbers or none, of any bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 100 }).map((all) => String.fromCharCode(...all));
    fc.assert(
      fc.property(
        bytes,
        fc.nat(STAT.length),
        (junk, at) => isSound(junk) && isSound(STAT.slice(0, at) + junk + STAT.slice(at)) && isSound(`VmRSS:${junk}`),
      ),
    );
  });
});
