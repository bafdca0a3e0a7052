// Rules on events and changes: what happened, over days and weeks. Times are days unless a name says otherwise.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import { type CompiledRule, compileRule, windowMs } from './compile.ts';
import { plain } from './fixture.ts';
import { pack } from './pack.ts';
import { type ChangeRule, type EventRule, isJudged, isLasting } from './rule.ts';
import { type TraceEntry, runTrace } from './trace.ts';
import { MISSING } from './window.ts';

const COUNTED = 'fettle.log.crash';
/** Two within 7 days, and five; over after 3 quiet days. */
const events: EventRule = {
  ...plain,
  id: 'events',
  kind: 'event',
  signal: { metric: COUNTED, by: 'fettle.log.class' },
  levels: [
    { severity: 'warning', count: 2, withinMs: 7 * DAY_MS },
    { severity: 'critical', count: 5, withinMs: 7 * DAY_MS },
  ],
  keepMs: 3 * DAY_MS,
};

const [A, B] = ['fettle.disk.sectors.pending', 'fettle.disk.errors.reported'] as const;
/** Risen by 3 within 7 days, or 20 and more; over after 3 steady days. */
const changes: ChangeRule = {
  ...plain,
  id: 'changes',
  kind: 'change',
  signal: { metric: A, by: 'hw.id' },
  levels: [
    {
      severity: 'warning',
      any: [
        { metric: A, rise: 3, withinMs: 7 * DAY_MS },
        { metric: B, rise: 3, withinMs: 7 * DAY_MS },
        { metric: A, atLeast: 20 },
      ],
    },
  ],
  keepMs: 3 * DAY_MS,
};

const EVERY_MS = HOUR_MS;
const at = (day: number, ...row: readonly number[]): TraceEntry => ({ at: day * DAY_MS, row });
const run = (rule: EventRule | ChangeRule, trace: Iterable<TraceEntry>) =>
  runTrace(compileRule(rule, 'server'), EVERY_MS, trace);
const told = (rule: EventRule | ChangeRule, ...trace: readonly TraceEntry[]) =>
  run(rule, trace).changes.map((change) => `${change.at / DAY_MS} ${change.change} ${change.level}`);

describe('events', () => {
  it.each<[name: string, trace: readonly TraceEntry[], expected: readonly string[]]>([
    ['none', [at(0, 0), at(1, 0), at(9, 0)], []],
    ['one', [at(0, 1), at(1, 0)], []],
    ['two at once', [at(0, 2), at(1, 0)], ['0 fire 0']],
    ['two within the time', [at(0, 1), at(6.9, 1)], ['6.9 fire 0']],
    ['two, the first of them just too long ago', [at(0, 1), at(7, 1)], []],
    ['more and more', [at(0, 2), at(1, 1), at(2, 2)], ['0 fire 0', '2 raise 1']],
    ['many at once', [at(0, 9)], ['0 fire 1']],
    ['quiet for long enough', [at(0, 2), at(2.9, 0), at(3, 0), at(4, 0)], ['0 fire 0', '3 resolve 0']],
    [
      'another before it was quiet for long enough',
      [at(0, 2), at(2.9, 1), at(5, 0), at(5.9, 0)],
      ['0 fire 0', '5.9 resolve 0'],
    ],
    [
      'one after the end: what was before it does not count',
      [at(0, 2), at(3, 0), at(4, 1)],
      ['0 fire 0', '3 resolve 0'],
    ],
    ['two after the end', [at(0, 2), at(3, 0), at(4, 2)], ['0 fire 0', '3 resolve 0', '4 fire 0']],
    ['nothing readable in between', [at(0, 1), at(1, MISSING), at(2, 1)], ['2 fire 0']],
  ])('%s', (_name, trace, expected) => {
    expect(told(events, ...trace)).toEqual(expected);
  });

  it('neither a gap, nor a boot, nor a collector that fails takes away what happened', () => {
    const between: readonly TraceEntry[] = [
      { at: 1 * DAY_MS, input: { kind: 'interrupted' } },
      { at: 2 * DAY_MS, input: { kind: 'nothing', reason: 'timeout' } },
    ];
    expect(told(events, at(0, 1), ...between, at(6, 1))).toEqual(['6 fire 0']);
    expect(told(events, at(0, 2), ...between, at(3, 0))).toEqual(['0 fire 0', '3 resolve 0']);
  });

  it('are clearing while nothing comes, and firing again with the next one', () => {
    expect(run(events, [at(0, 2), at(1, 0)]).state.phase).toBe('clearing');
    expect(run(events, [at(0, 2), at(1, 0), at(2, 1)]).state.phase).toBe('firing');
  });

  it('are over only by a reading: one that fails proves no quiet', () => {
    const failed: TraceEntry = { at: 9 * DAY_MS, input: { kind: 'nothing', reason: 'timeout' } };
    expect(run(events, [at(0, 2), failed]).state).toMatchObject({ phase: 'firing', stale: 'timeout' });
  });
});

describe('changes', () => {
  it.each<[name: string, trace: readonly TraceEntry[], expected: readonly string[]]>([
    ['the first reading ever is no rise', [at(0, 19, 900)], []],
    ['the first reading may be too much', [at(0, 20, 0)], ['0 fire 0']],
    ['a rise by less', [at(0, 1, 0), at(1, 3, 0)], []],
    ['a rise by enough, at once', [at(0, 1, 0), at(1, 4, 0)], ['1 fire 0']],
    [
      'a rise by enough, step by step within the time',
      [at(0, 0, 0), at(3, 1, 0), at(5, 2, 0), at(7, 3, 0)],
      ['7 fire 0'],
    ],
    ['a rise by enough, but slower', [at(0, 0, 0), at(3, 1, 0), at(6, 2, 0), at(10.1, 3, 0), at(13.2, 4, 0)], []],
    ['of the other metric', [at(0, 0, 5), at(1, 0, 8)], ['1 fire 0']],
    ['of both together it is not enough', [at(0, 0, 0), at(1, 2, 2)], []],
    ['steady for long enough', [at(0, 0, 0), at(1, 3, 0), at(3.9, 3, 0), at(4, 3, 0)], ['1 fire 0', '4 resolve 0']],
    [
      'another before it was steady for long enough',
      [at(0, 0, 0), at(1, 3, 0), at(3, 4, 0), at(4, 4, 0), at(6, 4, 0)],
      ['1 fire 0', '6 resolve 0'],
    ],
    ['after the end it counts anew', [at(0, 0, 0), at(1, 3, 0), at(4, 3, 0), at(5, 5, 0)], ['1 fire 0', '4 resolve 0']],
    [
      'after the end, by enough',
      [at(0, 0, 0), at(1, 3, 0), at(4, 3, 0), at(5, 6, 0)],
      ['1 fire 0', '4 resolve 0', '5 fire 0'],
    ],
    ['steady, and still too much', [at(0, 21, 0), at(9, 21, 0), at(30, 21, 0)], ['0 fire 0']],
    [
      'no longer too much, and steady since',
      [at(0, 21, 0), at(1, 2, 0), at(3.9, 2, 0), at(4, 2, 0)],
      ['0 fire 0', '4 resolve 0'],
    ],
    ['a fall is a new beginning: another disk under the same name', [at(0, 12, 0), at(1, 0, 0), at(2, 2, 0)], []],
    ['a fall, and a rise since then', [at(0, 12, 0), at(1, 0, 0), at(2, 3, 0)], ['2 fire 0']],
    ['a fall below what it rises to', [at(0, 5, 0), at(1, 4, 0), at(2, 6, 0)], []],
    ['a fall of one is none of the other', [at(0, 9, 0), at(1, 0, 2), at(2, 0, 3)], ['2 fire 0']],
    ['a metric that gave nothing is as it was', [at(0, 0, 5), at(1, 1, MISSING), at(2, 1, 8)], ['2 fire 0']],
    ['a metric that comes later begins when it comes', [at(0, 0, MISSING), at(1, 0, 50), at(2, 0, 51)], []],
    ['to and fro', [at(0, 0, 0), at(1, 2, 0), at(2, 0, 0), at(3, 2, 0), at(4, 0, 0), at(5, 2, 0)], []],
  ])('%s', (_name, trace, expected) => {
    expect(told(changes, ...trace)).toEqual(expected);
  });

  it('neither a gap nor a boot takes away what it is compared with', () => {
    const boot: TraceEntry = { at: 4 * DAY_MS, input: { kind: 'interrupted' } };
    expect(told(changes, at(0, 0, 0), boot, at(6, 3, 0))).toEqual(['6 fire 0']);
  });

  it('more changes than are remembered make a rise look smaller, never larger', () => {
    const hourly = Array.from({ length: 2_000 }, (_, hour): TraceEntry => at(hour / 24, 0, hour % 2));
    expect(told(changes, ...hourly, at(90, 2, 0))).toEqual([]);
  });
});

describe('whatever comes', () => {
  const steps = fc.array(
    fc.record({
      hours: fc.integer({ min: 1, max: 100 }),
      row: fc.tuple(fc.constantFrom(0, 0, 0, 1, 2, 7, 25, MISSING), fc.constantFrom(0, 0, 1, 4, 9, MISSING)),
      input: fc.constantFrom('row', 'row', 'row', 'interrupted', 'nothing'),
    }),
    { maxLength: 60 },
  );
  type Step = { readonly hours: number; readonly row: readonly number[]; readonly input: string };
  const traceOf = (all: readonly Step[]): readonly TraceEntry[] => {
    let now = 0;
    return all.map(({ hours, row, input }): TraceEntry => {
      now += hours * HOUR_MS;
      if (input === 'nothing') return { at: now, input: { kind: 'nothing', reason: 'timeout' } };
      return input === 'interrupted' ? { at: now, input: { kind: 'interrupted' } } : { at: now, row };
    });
  };

  const rowsIn = (trace: readonly TraceEntry[], from: number, to: number) =>
    trace.flatMap((entry) => ('row' in entry && entry.at > from && entry.at <= to ? [entry.row] : []));

  it.each([events, changes])('$id: fire and end take turns, and each has its time', (rule) => {
    fc.assert(
      fc.property(steps, (all) => {
        const { changes: seen } = run(rule, traceOf(all));
        const kinds = seen.map(({ change }) => change).filter((change) => change === 'fire' || change === 'resolve');
        expect(kinds).toEqual(kinds.map((_, index) => (index % 2 === 0 ? 'fire' : 'resolve')));
        for (const [index, { change, at: now }] of seen.entries()) {
          if (change !== 'resolve') continue;
          expect(now - (seen[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(rule.keepMs ?? 0);
        }
      }),
    );
  });

  it('events: nothing fires that did not happen within the time', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const trace = traceOf(all);
        for (const { change, at: now } of run(events, trace).changes) {
          if (change !== 'fire') continue;
          const sum = rowsIn(trace, now - 7 * DAY_MS, now).reduce(
            (total, [value = 0]) => total + Math.max(0, value),
            0,
          );
          expect(sum).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });

  it('changes: nothing fires without a value that is higher than one before', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const trace = traceOf(all);
        for (const { change, at: now } of run(changes, trace).changes) {
          if (change !== 'fire') continue;
          const rows = rowsIn(trace, -1, now);
          const newest = rows.findLast(([value]) => value !== MISSING)?.[0] ?? 0;
          const hasRisen = [0, 1].some((column) => {
            const known = rows.map((row) => row[column] ?? MISSING).filter((value) => value !== MISSING);
            return (known.at(-1) ?? 0) - Math.min(...known) >= 3;
          });
          expect(newest >= 20 || hasRisen).toBe(true);
        }
      }),
    );
  });
});

const compiled = (id: string): CompiledRule => {
  const found = pack.filter(isJudged).find((rule) => rule.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return compileRule(found, 'server');
};

/** One reading each `everyMs` for so many days. */
function* over(days: number, everyMs: number, rowAt: (now: number) => readonly number[]): Iterable<TraceEntry> {
  for (let now = 0; now <= days * DAY_MS; now += everyMs) yield { at: now, row: rowAt(now) };
}
const summary = (id: string, everyMs: number, trace: Iterable<TraceEntry>) => {
  const { changes: seen, openMs } = runTrace(compiled(id), everyMs, trace);
  return { told: seen.map(({ change }) => change), openDays: Math.round(openMs / DAY_MS) };
};

describe('weeks of the pack', () => {
  const isAt = (now: number, everyMs: number) => now % everyMs === 0;

  it.each([
    ['a disk error every 23 hours for four weeks is one alert, open all the time', 23, ['fire'], 28],
    [
      'one every two days is told each time: it was quiet for a day',
      48,
      Array.from({ length: 14 }, () => ['fire', 'resolve'])
        .flat()
        .concat('fire'),
      14,
    ],
  ])('%s', (_name, hours, expected, openDays) => {
    const trace = over(28, MINUTE_MS, (now) => [isAt(now, hours * HOUR_MS) ? 1 : 0]);
    expect(summary('log.hardware', MINUTE_MS, trace)).toEqual({ told: expected, openDays });
  });

  it.each([
    ['nine cable errors a week never fire', (now: number) => Math.floor((now * 9) / (7 * DAY_MS)), [], 0],
    [
      'twelve in an hour fire once, and are over after a week',
      (now: number) => (now >= DAY_MS ? 12 : 0),
      ['fire', 'resolve'],
      7,
    ],
    ['two a day fire once and stay', (now: number) => Math.floor(now / (DAY_MS / 2)), ['fire'], 55],
  ])('%s', (_name, countAt, expected, openDays) => {
    const trace = over(60, HOUR_MS, (now) => [countAt(now)]);
    expect(summary('disk.link', HOUR_MS, trace)).toEqual({ told: expected, openDays });
  });

  it('a pending sector that comes and goes each day is one alert for as long as it does so', () => {
    const trace = over(40, HOUR_MS, (now) => [Math.floor(now / DAY_MS) % 2, 0, 0]);
    expect(summary('smart.pending', HOUR_MS, trace)).toEqual({ told: ['fire'], openDays: 39 });
  });

  it('a service that is restarted once an hour does not flap; one that is each four minutes does', () => {
    const restarts = (everyMs: number) => over(7, MINUTE_MS, (now) => [Math.floor(now / everyMs)]);
    expect(summary('service.flapping', MINUTE_MS, restarts(HOUR_MS)).told).toEqual([]);
    expect(summary('service.flapping', MINUTE_MS, restarts(4 * MINUTE_MS)).told).toEqual(['fire']);
  });

  it.each(pack.filter(isJudged).filter(isLasting))('$id: a year without anything tells nothing', (rule) => {
    const quiet = over(365, 6 * HOUR_MS, () => (rule.kind === 'event' ? [0] : compiled(rule.id).metrics.map(() => 5)));
    expect(summary(rule.id, 6 * HOUR_MS, quiet)).toEqual({ told: [], openDays: 0 });
    expect(windowMs(compiled(rule.id))).toBeLessThanOrEqual(30 * DAY_MS);
  });
});
