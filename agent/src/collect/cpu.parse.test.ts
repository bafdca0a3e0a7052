// What the parser of CPU times makes of recorded and made-up counters.
import { readFileSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cpuShares, parseCpuTicks } from './cpu.parse.ts';

const recorded = (path: string): string =>
  readFileSync(new URL(`../../fixtures/linux/vm/${path}`, import.meta.url), 'utf8');

describe('/proc/stat', () => {
  const line = 'cpu  100 20 30 400 50 6 7 8 90 10';

  it('nice is user time, interrupts are system time, guests are in user already', () => {
    expect(parseCpuTicks(`${line}\ncpu1 1 2 3 4\nintr 9 9 9 9\ncpufreq 1 2 3 4\n`)).toEqual([
      { cpu: '', user: 120, system: 43, iowait: 50, steal: 8, idle: 400 },
      { cpu: '1', user: 3, system: 3, iowait: 0, steal: 0, idle: 4 },
    ]);
  });

  it.each(['cpu', 'cpu 1 2 3', 'cpu  1 2 3 x', 'cpu  1 2 3 -4', 'xcpu 1 2 3 4'])('"%s" is no CPU', (text) => {
    expect(parseCpuTicks(text)).toEqual([]);
  });

  it('has the machine and both of its CPUs', () => {
    expect(parseCpuTicks(recorded('0s/proc/stat')).map(({ cpu }) => cpu)).toEqual(['', '0', '1']);
  });
});

describe('shares of CPU time', () => {
  const zero = { cpu: '', user: 0, system: 0, iowait: 0, steal: 0, idle: 0 };

  it('waiting for a disk is not busy, time stolen by the hypervisor is', () => {
    expect(cpuShares(zero, { ...zero, user: 10, system: 20, iowait: 30, steal: 15, idle: 25 })).toEqual({
      busy: 0.45,
      modes: { user: 0.1, system: 0.2, iowait: 0.3, steal: 0.15 },
    });
  });

  it('one CPU of two was busy for nine of ten seconds', () => {
    const [before, after] = ['0s', '10s'].map((when) => parseCpuTicks(recorded(`${when}/proc/stat`))[0]);
    const shares = before && after && cpuShares(before, after);
    expect(shares?.busy).toBeGreaterThan(0.45);
    expect(shares?.busy).toBeLessThan(0.8);
  });

  it.each([
    ['no time passed', zero],
    ['a counter went back', { ...zero, user: -1, idle: 100 }],
    ['another went back', { ...zero, system: -1, idle: 100 }],
    ['a third went back', { ...zero, steal: -1, idle: 100 }],
  ])('there are none when %s', (_name, now) => {
    expect(cpuShares(zero, now)).toBeUndefined();
  });

  it('idle and waiting time that go back a little, as the kernel lets them, count as none', () => {
    const before = { ...zero, iowait: 5, idle: 5 };
    expect(cpuShares(before, { ...zero, iowait: 4, idle: 4, user: 10 })?.busy).toBe(1);
  });

  it('any two readings in order give shares that add up to at most one', () => {
    const ticks = fc.record({ user: fc.nat(), system: fc.nat(), iowait: fc.nat(), steal: fc.nat(), idle: fc.nat() });
    fc.assert(
      fc.property(ticks, ticks, (one, grown) => {
        const now = { ...zero, ...one };
        const later = Object.fromEntries(Object.entries(one).map(([k, v]) => [k, v + grown[k as keyof typeof grown]]));
        const shares = cpuShares(now, { ...now, ...later });
        const sum = Object.values(shares?.modes ?? {}).reduce((a, b) => a + b, 0);
        expect(sum).toBeLessThanOrEqual(1 + 1e-9);
        expect(shares?.busy ?? 0).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});
