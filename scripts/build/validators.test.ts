// The agent trusts generated validators, the server zod itself: both must take and refuse the same.
import { pack } from '@fettle/shared/rule/pack';
import { ruleSchema } from '@fettle/shared/rule/rule.schema';
import { enrollAnswer } from '@fettle/shared/wire/enroll.schema';
import { serverMessage } from '@fettle/shared/wire/server-message.schema';
import { build } from 'esbuild';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { generateValidator } from './validators.ts';

const RUNS = 3_000;
const ms = { fast: 1, minute: 1, slow: 1, daily: 1, batch: 1, digest: 1, reconnectSpread: 1 };
const welcome = {
  type: 'welcome',
  session: 'x',
  clock: 1_763_856_000_000,
  marks: { alerts: { epoch: 'e'.repeat(22), seq: 4, hash: '' }, metrics: null },
  window: 64,
  intervals: ms,
  ruleSet: { version: 'v1', rules: structuredClone(pack) },
};

const newer = { type: 'rules', ruleSet: { version: 'v2', rules: [{ id: 'x', kind: 'forecast', horizon: { ms: 1 } }] } };

/** A schema, and values that it takes. */
const subjects: readonly (readonly [name: string, schema: z.ZodType, values: readonly unknown[]])[] = [
  ['rule', ruleSchema, pack],
  ['server message', serverMessage, [welcome, newer, { type: 'live', everyMs: 1000, forMs: 60_000 }]],
  ['enrolment answer', enrollAnswer, [{ deviceId: `d_${'i'.repeat(22)}`, serverId: `s_${'i'.repeat(22)}`, site: 'é' }]],
];

const result = z.object({
  success: z.boolean(),
  error: z.object({ issues: z.array(z.object({ path: z.array(z.string()), message: z.string() })) }).optional(),
});
type Validate = (value: unknown) => z.infer<typeof result>;

/** As it comes to run in the agent's bundle. */
const load = async (schema: z.ZodType): Promise<Validate> => {
  const { outputFiles } = await build({
    stdin: { contents: generateValidator('subject', schema), resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    write: false,
  });
  const source = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  const module: unknown = await import(`data:text/javascript;base64,${source}`);
  const { subject } = z
    .object({ subject: z.object({ safeParse: z.custom<(value: unknown) => unknown>() }) })
    .parse(module);
  return (value) => result.parse(subject.safeParse(value));
};

const strange = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '',
    'x\u0000',
    'é'.repeat(300),
    '\ud800',
    '😀'.repeat(200),
    -1,
    0.5,
    2 ** 53,
    1e308,
    '__proto__',
    null,
  ),
);

type Mutation = { readonly at: readonly number[]; readonly do: 'replace' | 'drop' | 'add'; readonly with: unknown };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.array(fc.nat(20), { maxLength: 5 }),
  do: fc.constantFrom('replace', 'drop', 'add'),
  with: strange,
});

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Walks down by the numbers, and there does one wrong thing. */
const mutated = (value: unknown, change: Mutation, depth = 0): unknown => {
  const step = change.at[depth];
  if (step === undefined || !isObject(value)) return change.with;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)] ?? '';
  const isLast = depth === change.at.length - 1;
  const entries = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    if (name !== key) return [[name, inner]];
    if (isLast && change.do === 'drop') return [];
    return [[name, isLast && change.do === 'add' ? inner : mutated(inner, change, depth + 1)]];
  });
  if (isLast && change.do === 'add') entries.push(['extra', change.with]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
};

describe.each(subjects)('the validator of %s', (_name, schema, values) => {
  it('takes what the schema takes', async () => {
    const validate = await load(schema);
    for (const value of values) expect(validate(value)).toEqual({ success: true });
  });

  it('agrees with the schema about everything else', async () => {
    const validate = await load(schema);
    const verdicts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...values), fc.array(mutation, { minLength: 1, maxLength: 2 }), (value, changes) => {
        const text = JSON.stringify(changes.reduce((part, change) => mutated(part, change), value)) ?? 'null';
        const input: unknown = JSON.parse(text);
        const { success } = schema.safeParse(input);
        verdicts[success ? 'taken' : 'refused'] += 1;
        expect(validate(input).success, text).toBe(success);
      }),
      { numRuns: RUNS },
    );
    expect(verdicts.refused).toBeGreaterThan(RUNS / 4);
  });
});

it('a problem is named with its place', async () => {
  const validate = await load(serverMessage.options[1]);
  const at = (path: readonly string[]) => ({ success: false, error: { issues: [{ path }] } });
  expect(validate({ ...welcome, clock: 'now' })).toMatchObject(at(['clock']));
  expect(validate({ ...welcome, intervals: { ...ms, batch: -1 } })).toMatchObject(at(['intervals', 'batch']));
});
