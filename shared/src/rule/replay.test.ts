// What a back-test passes over makes no difference: a column at once, and each of its readings on its own, tell the same.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MINUTE_MS, SECOND_MS } from '../time.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { plain } from './fixture.ts';
import { quietBand } from './quiet.ts';
import { type Told, Replay } from './replay.ts';
import type { Clause, ThresholdRule } from './rule.ts';
import { newestOf } from './window.ts';

const CPU = 'system.cpu.utilization';
const EVERY_MS = 10 * SECOND_MS;

const clause = (change: Partial<Clause> = {}): Clause => ({
  metric: CPU,
  beyond: 'above',
  fireAt: 0.6,
  clearAt: 0.5,
  ...change,
});

const ruleOf = (change: Partial<ThresholdRule>): CompiledRule =>
  compileRule(
    {
      ...plain,
      id: 'r',
      kind: 'threshold',
      signal: { metric: CPU },
      levels: [{ severity: 'warning', forMs: MINUTE_MS, any: [clause()] }],
      keepMs: MINUTE_MS,
      ...change,
    },
    'server',
  );

type Block = { readonly t0: number; readonly values: readonly number[] };

const toldBy = (rule: CompiledRule, feed: (replay: Replay) => void): readonly unknown[] => {
  const told: unknown[] = [];
  const tell = ({ window, ...one }: Told) =>
    told.push({ ...one, newest: newestOf(window, 0), rows: window.length, since: window.atOf(0) });
  feed(new Replay(rule, EVERY_MS, tell));
  return told;
};

const atOnce = (rule: CompiledRule, blocks: readonly Block[]) =>
  toldBy(rule, (replay) => {
    for (const { t0, values } of blocks) replay.readColumn('', { t0, stepMs: EVERY_MS }, values);
  });

const oneByOne = (rule: CompiledRule, blocks: readonly Block[]) =>
  toldBy(rule, (replay) => {
    for (const { t0, values } of blocks)
      for (const [index, value] of values.entries())
        if (!Number.isNaN(value)) replay.read(t0 + index * EVERY_MS, new Map([['', [value]]]));
  });

/** Long stretches on one side of the thresholds, so that rules fire and clear, with holes and pauses. */
const stretch = fc.record({
  level: fc.constantFrom(400, 520, 560, 601, 640, 720),
  noise: fc.constantFrom(0, 30, 120),
  steps: fc.integer({ min: 1, max: 30 }),
  pauseMs: fc.constantFrom(0, 0, 0, 7_000, 24_000, 26_000, 90_000, 30 * MINUTE_MS),
  missing: fc.constantFrom(0, 0, 0.2, 1),
});

const blocksOf = (
  stretches: readonly (typeof stretch extends fc.Arbitrary<infer S> ? S : never)[],
  draw: () => number,
) => {
  const blocks: Block[] = [];
  let t0 = 1_000_000;
  for (const { level, noise, steps, pauseMs, missing } of stretches) {
    t0 += pauseMs;
    for (let done = 0; done < steps; done += 6) {
      const count = Math.min(6, steps - done);
      const values = Array.from({ length: count }, () =>
        draw() < missing ? Number.NaN : Math.round(level + (draw() - 0.5) * noise),
      );
      blocks.push({ t0, values });
      t0 += count * EVERY_MS;
    }
  }
  return blocks;
};

const random = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const clauses = fc.array(
  fc.constantFrom(
    clause(),
    clause({ fireAt: 0.55, clearAt: 0.55 }),
    clause({ beyond: 'below', fireAt: 0.45, clearAt: 0.56 }),
    clause({ fireAt: 0.65, clearAt: 0.6, guards: [{ metric: CPU, below: 0.7 }] }),
  ),
  { minLength: 1, maxLength: 2 },
);
const level = fc.record({ forMs: fc.constantFrom(0, 50_000, 2 * MINUTE_MS), any: clauses });
const rules = fc
  .tuple(fc.array(level, { minLength: 1, maxLength: 2 }), fc.constantFrom(0, MINUTE_MS, 3 * MINUTE_MS, null))
  .map(([levels, keepMs]) =>
    ruleOf({
      levels: levels.map((one, index) => ({
        ...one,
        severity: index === 0 ? ('warning' as const) : ('critical' as const),
      })),
      keepMs,
    }),
  );

describe('a column at once', () => {
  it('tells what its readings tell one by one, whatever the rule and whatever they are', () => {
    let transitions = 0;
    fc.assert(
      fc.property(rules, fc.array(stretch, { maxLength: 12 }), fc.integer(), (rule, stretches, seed) => {
        const blocks = blocksOf(stretches, random(seed));
        const expected = oneByOne(rule, blocks);
        transitions += expected.length;
        expect(atOnce(rule, blocks)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
    expect(transitions).toBeGreaterThan(500); // or it would prove nothing
  });

  it('beside another instance counts what is missing there, as one by one', () => {
    const rule = ruleOf({ levels: [{ severity: 'warning', forMs: 0, any: [clause()] }] });
    const told = toldBy(rule, (replay) => {
      replay.read(
        0,
        new Map([
          ['other', [700]],
          ['', [100]],
        ]),
      );
      replay.readColumn('', { t0: EVERY_MS, stepMs: EVERY_MS }, [100, 100, 100]);
    });
    expect(told).toMatchObject([
      { change: 'fire', instance: 'other', at: 0 },
      { change: 'resolve', instance: 'other', at: 2 * EVERY_MS, reason: 'instance removed' },
    ]);
  });
});

describe('the values that a rule has nothing to say to', () => {
  it.each([
    ['above one threshold', ruleOf({}), { least: Number.NEGATIVE_INFINITY, most: 600 }],
    [
      'between the nearest of all levels',
      ruleOf({
        levels: [
          { severity: 'warning', forMs: 0, any: [clause(), clause({ fireAt: 0.55 })] },
          { severity: 'critical', forMs: 0, any: [clause({ beyond: 'below', fireAt: 0.1, clearAt: 0.2 })] },
        ],
      }),
      { least: 100, most: 550 },
    ],
    [
      'none where another metric has its say',
      ruleOf({
        levels: [
          {
            severity: 'warning',
            forMs: 0,
            any: [clause({ guards: [{ metric: 'system.memory.utilization', below: 0.5 }] })],
          },
        ],
      }),
      undefined,
    ],
  ])('are %s', (_, rule, band) => {
    expect(quietBand(rule)).toEqual(band);
  });
});
