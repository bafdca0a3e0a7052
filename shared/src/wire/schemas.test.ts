// What comes in as text is taken only when it is exactly as the schema says. Each schema gets a value that it takes, and faults of it.
import { describe, expect, it } from 'vitest';

import { agentMessage } from './agent-message.schema.ts';
import { enrollAnswer } from './enroll.schema.ts';
import { hello, id, samples, throughJson, welcome } from './fixture.ts';
import { SEQ_MAX, TIME_MAX_MS } from './limits.ts';
import { recordBody } from './record.schema.ts';
import { serverMessage } from './server-message.schema.ts';
import { prose } from './text.schema.ts';

type Fault = { readonly what: string; readonly value: unknown };

/** The value with one thing wrong: a key too many, or a part of another type. */
const faultsOf = (value: unknown, path = ''): readonly Fault[] => {
  const here = [null, true, [], {}, 'x\u0000', -1, 0.5, '1e999']
    .filter((other) => JSON.stringify(other) !== JSON.stringify(value) && isOfAnotherType(value, other))
    .map((other) => ({ what: `${path}: ${JSON.stringify(other)}`, value: other }));
  if (typeof value !== 'object' || value === null) return here;
  const entries = Object.entries(value);
  const below = entries.flatMap(([key, inner]) =>
    faultsOf(inner, `${path}.${key}`).map(({ what, value: wrong }) => ({ what, value: put(value, key, wrong) })),
  );
  if (Array.isArray(value)) return [...here, ...below];
  const tooMany = ['extra', 'proto', 'constructor'].map((key) => ({
    what: `${path}: with ${key}`,
    value: { ...value, [key]: 1 },
  }));
  return [...here, ...below, ...tooMany];
};

const put = (value: object, key: string, wrong: unknown): unknown =>
  Array.isArray(value)
    ? value.map((item: unknown, index) => (String(index) === key ? wrong : item))
    : { ...value, [key]: wrong };

/** null and 1e999 fit nowhere; the others not where a value of their type stands. Times and shares have cases of their own. */
const isOfAnotherType = (value: unknown, other: unknown): boolean => {
  if (other === null || other === '1e999') return true;
  if (typeof value !== typeof other) return true;
  return typeof value === 'object' && Array.isArray(value) !== Array.isArray(other);
};

/** Where null is a value. */
const isNullable = (what: string): boolean => /(?:\.marks\.\w+|\.keepMs): null$/.test(what);

/** Within a rule of a message: an agent takes it, whatever a newer server put there, and looks at it when it adopts it. */
const isLoose = (what: string): boolean => /\.ruleSet\.rules\.\d+(?:\.(?!id:|kind:)|: with )/.test(what);

const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  welcome: ['ruleSet'],
  refuse: ['retryAfterMs'],
  'hello after a crash': ['run'],
  'start with targets': ['targets'],
  'digest of a range': ['range'],
  'enrolment with tags': ['tags'],
};

describe.each(samples)('%s', (name, schema, value) => {
  it('is taken as it should be, and comes out as it went in', () => {
    expect(schema.parse(throughJson(value))).toEqual(throughJson(value));
  });

  it('is refused with a key too many, or a part of another type', () => {
    const faults = faultsOf(value).filter(({ what }) => !isNullable(what) && !isLoose(what));
    expect(faults.length).toBeGreaterThan(8);
    const taken = faults.filter((fault) => schema.safeParse(throughJson(fault.value)).success);
    expect(taken.map(({ what }) => what)).toEqual([]);
  });

  it('is refused without any of its parts, but for those that are optional', () => {
    const taken = Object.keys(value).filter((key) => {
      const rest = Object.entries(value).filter(([kept]) => kept !== key);
      return schema.safeParse(throughJson(Object.fromEntries(rest))).success;
    });
    expect(taken).toEqual(OPTIONAL[name] ?? []);
  });
});

describe('taken', () => {
  it('the largest of everything', () => {
    expect(agentMessage.safeParse({ ...hello, clock: TIME_MAX_MS, hostname: 'é'.repeat(255) }).success).toBe(true);
    expect(recordBody.safeParse({ kind: 'gap', at: 0, from: SEQ_MAX, count: 0, reason: 'refused' }).success).toBe(true);
    expect(
      serverMessage.safeParse({ ...welcome, window: 10_000, marks: { alerts: null, metrics: null } }).success,
    ).toBe(true);
  });

  it('lengths are of characters, not of UTF-16 units', () => {
    const site = (text: string) => ({ deviceId: id('d'), serverId: id('s'), site: text });
    expect(enrollAnswer.safeParse(site('𝄞'.repeat(200))).success).toBe(true);
    expect(enrollAnswer.safeParse(site('𝄞'.repeat(201))).success).toBe(false);
  });

  it('prose may have lines and tabs, and nothing else that cannot be seen', () => {
    expect(prose(20).safeParse('one\n\ttwo 𝄞').success).toBe(true);
    expect(['\r', '\u0000', '\ud800', ' '.repeat(21)].filter((text) => prose(20).safeParse(text).success)).toEqual([]);
  });
});
