import { describe, expect, it } from 'vitest';

import { MINUTE_MS, SECOND_MS } from '../time.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { pack } from './pack.ts';
import { type JudgedRule, isJudged } from './rule.ts';
import { type TraceEntry, runTrace } from './trace.ts';
import { MISSING } from './window.ts';

const EVERY_MS = 10 * SECOND_MS;
const PER_MINUTE = 6;
const PER_HOUR = 60 * PER_MINUTE;
const PER_WEEK = 7 * 24 * PER_HOUR;

const rule = (id: string): CompiledRule => {
  const found = pack.find((candidate): candidate is JudgedRule => isJudged(candidate) && candidate.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return compileRule(found, 'server');
};

/** A small generator with a seed (mulberry32), so that a failing trace can be run again. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** Percent of CPU per reading. */
function* cpu(count: number, percentAt: (index: number) => number): Iterable<TraceEntry> {
  for (let index = 0; index < count; index += 1)
    yield { at: index * EVERY_MS, row: [Math.round(percentAt(index) * 10)] };
}

const GIB = 2 ** 30;
/** Used share of a volume of `sizeGib`, and what is free of it, each `everyMs`. */
function* disk(
  sizeGib: number,
  everyMs: number,
  count: number,
  usedAt: (index: number) => number,
): Iterable<TraceEntry> {
  for (let index = 0; index < count; index += 1) {
    const used = usedAt(index);
    yield { at: index * everyMs, row: [Math.round(used * 1000), Math.round(((1 - used) * sizeGib * GIB) / 4096)] };
  }
}

const fires = (result: ReturnType<typeof runTrace>) => result.changes.filter((change) => change.change === 'fire');

describe('the traces of the design', () => {
  it('CPU 88±6 around 90 for a week: at most 15 fires', () => {
    const next = random(7);
    let deviation = 0;
    const result = runTrace(
      rule('cpu.sustained'),
      EVERY_MS,
      cpu(PER_WEEK, () => {
        // AR(1) with a standard deviation of 6, as measured machines wander
        deviation = 0.9 * deviation + (next() + next() + next() - 1.5) * 2 * 6 * Math.sqrt(1 - 0.81);
        return Math.min(100, Math.max(0, 88 + deviation));
      }),
    );
    expect(fires(result).length).toBeLessThanOrEqual(15);
  });

  it('disk saw-tooth 84.7 to 85.3 for a week: at most 1 fire', () => {
    const everyMs = MINUTE_MS;
    const result = runTrace(
      rule('disk.space'),
      everyMs,
      disk(500, everyMs, 7 * 24 * 60, (index) => 0.847 + 0.006 * ((index % 30) / 29)),
    );
    expect(fires(result).length).toBeLessThanOrEqual(1);
  });

  it('a saturation of two hours is found within `for` and over after it', () => {
    const start = 3 * PER_HOUR;
    const result = runTrace(
      rule('cpu.sustained'),
      EVERY_MS,
      cpu(24 * PER_HOUR, (index) => (index >= start && index < start + 2 * PER_HOUR ? 99 : 20)),
    );
    expect(result.changes.map((change) => change.change)).toEqual(['fire', 'resolve']);
    const [fired, resolved] = result.changes;
    expect((fired?.at ?? 0) - start * EVERY_MS).toBeLessThanOrEqual(10 * MINUTE_MS);
    expect((resolved?.at ?? 0) - (start + 2 * PER_HOUR) * EVERY_MS).toBeLessThanOrEqual(10 * MINUTE_MS);
    expect(result.openMs).toBeGreaterThan(115 * MINUTE_MS);
    expect(result.openMs).toBeLessThan(135 * MINUTE_MS);
  });

  it('a pulsed load, 50 s at 100 and 10 s at 60 for eight hours, is found and is one alert', () => {
    const result = runTrace(
      rule('cpu.sustained'),
      EVERY_MS,
      cpu(8 * PER_HOUR, (index) => (index % 6 === 5 ? 60 : 100)),
    );
    expect(result.changes.map((change) => change.change)).toEqual(['fire']);
  });

  it('40 % with a spike each five minutes clears within 20 minutes of a saturation', () => {
    const saturated = PER_HOUR;
    const result = runTrace(
      rule('cpu.sustained'),
      EVERY_MS,
      cpu(3 * PER_HOUR, (index) => (index < saturated || index % 30 === 0 ? 99 : 40)),
    );
    expect(result.changes.map((change) => change.change)).toEqual(['fire', 'resolve']);
    expect((result.changes[1]?.at ?? Infinity) - saturated * EVERY_MS).toBeLessThanOrEqual(20 * MINUTE_MS);
  });
});

describe('levels of disk.space', () => {
  const every = MINUTE_MS;
  const stages = (sizeGib: number, ...used: readonly number[]) =>
    runTrace(
      rule('disk.space'),
      every,
      disk(sizeGib, every, used.length * 30, (index) => used[Math.floor(index / 30)] ?? 0),
    );

  it('warns above 85 %, raises above 95 % with little free, lowers and resolves only through keep', () => {
    const result = stages(100, 0.5, 0.9, 0.96, 0.9, 0.5);
    expect(result.changes.map(({ change, level }) => [change, level])).toEqual([
      ['fire', 0],
      ['raise', 1],
      ['lower', 0],
      ['resolve', 0],
    ]);
  });

  it('does not raise at 96 % of a large volume that does not fill up, but does at 98.5 %', () => {
    expect(stages(4000, 0.96, 0.96).changes.map(({ change }) => change)).toEqual(['fire']);
    expect(stages(4000, 0.985, 0.985).changes.map(({ level }) => level)).toEqual([1]);
  });

  it('raises at 96 % of a large volume that will be full within a day', () => {
    const result = runTrace(
      rule('disk.space'),
      every,
      disk(4000, every, 60, (index) => 0.955 + index * 0.0002),
    );
    expect(result.changes.at(-1)).toMatchObject({ level: 1 });
  });

  it('holds between 80 and 85 %: neither fires nor clears', () => {
    expect(stages(100, 0.9, 0.83, 0.83, 0.83).changes.map(({ change }) => change)).toEqual(['fire']);
    expect(stages(100, 0.83, 0.83).changes).toEqual([]);
  });
});

describe('what interrupts', () => {
  const busy = (from: number, count: number): TraceEntry[] =>
    [...cpu(count, () => 99)].map((entry) => ({ ...entry, at: entry.at + from }));

  it('a gap makes pending start again and leaves firing as it is', () => {
    const almost = busy(0, 40);
    const afterGap = busy(40 * EVERY_MS + 30 * MINUTE_MS, 40);
    expect(runTrace(rule('cpu.sustained'), EVERY_MS, [...almost, ...afterGap]).changes).toEqual([]);
    const fired = busy(0, 70);
    const later = busy(70 * EVERY_MS + 30 * MINUTE_MS, 70);
    const result = runTrace(rule('cpu.sustained'), EVERY_MS, [...fired, ...later]);
    expect(result.changes.map(({ change }) => change)).toEqual(['fire']);
    expect(result.state.phase).toBe('firing');
  });

  it('a boot or resume in the middle does the same', () => {
    const interruption: TraceEntry = { at: 40 * EVERY_MS, input: { kind: 'interrupted' } };
    const result = runTrace(rule('cpu.sustained'), EVERY_MS, [
      ...busy(0, 40),
      interruption,
      ...busy(41 * EVERY_MS, 40),
    ]);
    expect(result.changes).toEqual([]);
  });

  it('a failing collector freezes the state and marks it stale; the next reading clears the mark', () => {
    const failed: TraceEntry = { at: 70 * EVERY_MS, input: { kind: 'nothing', reason: 'timeout' } };
    const frozen = runTrace(rule('cpu.sustained'), EVERY_MS, [...busy(0, 70), failed]);
    expect(frozen.state).toMatchObject({ phase: 'firing', stale: 'timeout' });
    const back = runTrace(rule('cpu.sustained'), EVERY_MS, [...busy(0, 70), failed, ...busy(71 * EVERY_MS, 1)]);
    expect(back.state).not.toHaveProperty('stale');
  });

  it('an instance that is gone is resolved, and only once', () => {
    const gone: TraceEntry = { at: 70 * EVERY_MS, input: { kind: 'gone' } };
    const result = runTrace(rule('cpu.sustained'), EVERY_MS, [...busy(0, 70), gone, { ...gone, at: 71 * EVERY_MS }]);
    expect(result.changes.map(({ change, reason }) => [change, reason])).toEqual([
      ['fire', 'threshold'],
      ['resolve', 'instance removed'],
    ]);
  });

  it('a missing sibling says nothing; a missing signal neither fires nor clears', () => {
    const rows = (row: readonly number[]) => Array.from({ length: 120 }, (_, index) => ({ at: index * EVERY_MS, row }));
    expect(runTrace(rule('memory.pressure'), EVERY_MS, rows([970, MISSING, MISSING])).changes).toHaveLength(1);
    expect(runTrace(rule('memory.pressure'), EVERY_MS, rows([MISSING, MISSING, MISSING])).changes).toEqual([]);
    const lost = [
      ...rows([970, MISSING, MISSING]),
      ...rows([MISSING, MISSING, MISSING]).map((e) => ({ ...e, at: e.at + 120 * EVERY_MS })),
    ];
    expect(runTrace(rule('memory.pressure'), EVERY_MS, lost).state.phase).toBe('firing');
  });
});

describe('state rules', () => {
  const at = (minute: number, value: number): TraceEntry => ({ at: minute * MINUTE_MS, row: [value] });

  it('a service stopped unbroken for two minutes fires, and resolves after two minutes of running', () => {
    const trace = [at(0, 1), at(1, 0), at(2, 0), at(3, 0), at(4, 1), at(5, 1), at(6, 1)];
    const result = runTrace(rule('service.stopped'), MINUTE_MS, trace);
    expect(result.changes.map((change) => [change.change, change.at / MINUTE_MS])).toEqual([
      ['fire', 3],
      ['resolve', 6],
    ]);
  });

  it('one good reading in between starts it again', () => {
    const trace = [at(0, 0), at(1, 0), at(2, 1), at(3, 0), at(4, 0)];
    expect(runTrace(rule('service.stopped'), MINUTE_MS, trace).changes).toEqual([]);
  });

  it('a SMART verdict must fail twice, and no later verdict clears it', () => {
    const hour = (h: number, value: number): TraceEntry => at(h * 60, value);
    expect(runTrace(rule('smart.failed'), 60 * MINUTE_MS, [hour(0, 1), hour(1, 0)]).changes).toEqual([]);
    const result = runTrace(rule('smart.failed'), 60 * MINUTE_MS, [hour(0, 1), hour(1, 1), hour(2, 0), hour(3, 0)]);
    expect(result.changes.map(({ change }) => change)).toEqual(['fire']);
  });
});
