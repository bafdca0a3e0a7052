// What comes in as text is taken only when it is exactly as the schema says. Each schema gets a value that it takes, and faults of it.
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';

import { pack } from '../rule/pack.ts';
import { ruleSchema } from '../rule/rule.schema.ts';
import { DAY_MS } from '../time.ts';
import { agentMessage } from './agent-message.schema.ts';
import { enrollAnswer, enrollChallenge, enrollRequest } from './enroll.schema.ts';
import { SEQ_MAX, TIME_MAX_MS } from './limits.ts';
import { recordBody } from './record.schema.ts';
import { serverMessage } from './server-message.schema.ts';
import { prose } from './text.schema.ts';

const AT = 1_763_856_000_000;
const NONCE = 'n'.repeat(43);
const EPOCH = 'e'.repeat(22);
const HASH = '0123456789abcdef';
const id = (letter: string) => `${letter}_${'i'.repeat(22)}`;
const spaces = (count: number) => ' '.repeat(count);
const list = (count: number, value: unknown) => Array.from({ length: count }, () => value);

const evidence = [{ metric: 'system.cpu.utilization', value: 0.95, mean: 0.93, threshold: 0.9 }];
const open = { rule: 'disk.space', ruleHash: HASH, instance: '/', severity: 'warning', since: AT, evidence };
const transition = { ...open, change: 'fire', at: AT, reason: 'threshold' };
const processes = [{ pid: 4711, name: 'node', cpu: 1.98, memoryBytes: 2 ** 27 }];
const record = (body: unknown) => ({ type: 'record', lane: 'alerts', epoch: EPOCH, seq: 1, body });
const ms = { fast: 1, minute: 1, slow: 1, daily: 1, batch: 1, digest: 1, reconnectSpread: 1 };
/** One rule of each kind. */
const kinds = new Map(pack.map((rule) => [rule.kind, rule]));
const ruleSet = { version: 'v1', rules: structuredClone([...kinds.values()]) };

const hello = {
  type: 'hello',
  deviceId: id('d'),
  signature: 's'.repeat(86),
  agentNonce: EPOCH,
  protocol: { min: 1, max: 1 },
  agentVersion: '0.1.0',
  bootId: 'b',
  clock: AT,
  hostname: 'pc',
  os: 'linux',
  class: 'server',
  lanes: { alerts: { epoch: EPOCH, next: 1 }, metrics: { epoch: EPOCH, next: 9 } },
  ruleSet: '',
};
const welcome = {
  type: 'welcome',
  session: 'x',
  clock: AT,
  marks: { alerts: { epoch: EPOCH, seq: 4 }, metrics: null },
  window: 64,
  intervals: ms,
  ruleSet,
};
const enrolment = {
  nonce: NONCE,
  token: `ft_${'t'.repeat(43)}`,
  publicKey: NONCE,
  proof: 'p'.repeat(86),
  hostname: 'pc',
  os: 'macos',
  class: 'laptop',
  agentVersion: '1',
};
const capability = { id: 'cpu', ok: true, source: '/proc/stat' };
const missing = { id: 'pressure', ok: false, reason: { code: 'tool_too_old', detail: 'no', fix: 'newer' } };
const section = { id: 'os', title: 'System', facts: [{ label: 'Name', value: 'Debian' }] };

/** One value of each shape that a schema takes. */
const samples: readonly (readonly [name: string, schema: z.ZodType, value: object])[] = [
  ['hello', agentMessage, hello],
  ['bye', agentMessage, { type: 'bye', reason: 'suspend' }],
  ['record', agentMessage, record({ kind: 'transition', transition })],
  ['transition', recordBody, { kind: 'transition', transition }],
  ['transition with processes', recordBody, { kind: 'transition', transition: { ...transition, processes } }],
  [
    'digest',
    recordBody,
    { kind: 'digest', at: AT, open: [open], judged: ['a'], undecided: [{ rule: 'a', instance: '' }] },
  ],
  ['start', recordBody, { kind: 'start', at: AT, bootId: '', uptimeMs: 0, agentVersion: '1', lastEnd: 'killed' }],
  [
    'start with targets',
    recordBody,
    { kind: 'start', at: AT, bootId: '', uptimeMs: 0, agentVersion: '1', lastEnd: 'killed', targets: ['switch 1'] },
  ],
  ['suspended', recordBody, { kind: 'suspended', at: AT, forMs: 5 }],
  ['capabilities', recordBody, { kind: 'capabilities', at: AT, collectors: [capability, missing] }],
  ['inventory', recordBody, { kind: 'inventory', at: AT, sections: [section] }],
  ['inventory of a target', recordBody, { kind: 'inventory', at: AT, sections: [{ ...section, target: 'switch 1' }] }],
  ['gap', recordBody, { kind: 'gap', at: AT, from: 1, count: 3, reason: 'queue_full' }],
  ['challenge', serverMessage, { type: 'challenge', nonce: NONCE, serverId: id('s') }],
  ['welcome', serverMessage, welcome],
  ['refuse', serverMessage, { type: 'refuse', code: 'revoked', message: 'no', retryAfterMs: 1 }],
  ['ack', serverMessage, { type: 'ack', lane: 'metrics', epoch: EPOCH, seq: 1 }],
  ['poison', serverMessage, { type: 'poison', lane: 'alerts', epoch: EPOCH, seq: 1, message: 'why' }],
  ['live', serverMessage, { type: 'live', everyMs: 1000, forMs: 1000 }],
  ['rules', serverMessage, { type: 'rules', ruleSet }],
  [
    'a rule of a newer server',
    serverMessage,
    { type: 'rules', ruleSet: { version: 'v', rules: [{ id: 'new', kind: 'forecast', horizon: [{ ms: 1 }] }] } },
  ],
  ['enrolment challenge', enrollChallenge, { nonce: NONCE, serverId: id('s') }],
  ['enrolment', enrollRequest, enrolment],
  ['enrolment answer', enrollAnswer, { deviceId: id('d'), serverId: id('s'), site: 'Home' }],
  ...pack.map((rule) => [`rule ${rule.id}`, ruleSchema, rule] as const),
];

/** As it would come in: through JSON, which knows `__proto__` as a key, and 1e999 as a number. */
const throughJson = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('"1e999"', '1e999').replaceAll('"proto"', '"__proto__"'));

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
  'start with targets': ['targets'],
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

/** What the types alone would let through. */
const faults: readonly (readonly [name: string, schema: z.ZodType, value: unknown])[] = [
  ['an id of another kind', agentMessage, { ...hello, deviceId: id('s') }],
  ['an id that is too short', agentMessage, { ...hello, deviceId: id('d').slice(0, -1) }],
  ['an id that is too long', agentMessage, { ...hello, deviceId: `${id('d')}i` }],
  ['an id with a line after it', agentMessage, { ...hello, deviceId: `${id('d')}\n` }],
  ['a signature of 63 bytes', agentMessage, { ...hello, signature: 's'.repeat(84) }],
  ['a signature with padding', agentMessage, { ...hello, signature: `${'s'.repeat(86)}==` }],
  ['base64 that is not base64url', agentMessage, { ...hello, agentNonce: '+'.repeat(22) }],
  ['a version that is too long', agentMessage, { ...hello, agentVersion: spaces(41) }],
  ['a host name that is too long', agentMessage, { ...hello, hostname: spaces(256) }],
  ['a host name with a line break', agentMessage, { ...hello, hostname: 'a\nb' }],
  ['a host name with half a character', agentMessage, { ...hello, hostname: 'a\ud800' }],
  ['a system that does not exist', agentMessage, { ...hello, os: 'plan9' }],
  ['protocol 0', agentMessage, { ...hello, protocol: { min: 0, max: 1 } }],
  ['a clock before 1970', agentMessage, { ...hello, clock: -1 }],
  ['a clock after 9999', agentMessage, { ...hello, clock: TIME_MAX_MS + 1 }],
  ['a clock between two milliseconds', agentMessage, { ...hello, clock: 0.5 }],
  ['a lane that begins at 0', agentMessage, { ...hello, lanes: { ...hello.lanes, alerts: { epoch: EPOCH, next: 0 } } }],
  ['seq 0', agentMessage, { ...record({ kind: 'suspended', at: AT, forMs: 1 }), seq: 0 }],
  ['a negative seq', agentMessage, { ...record({ kind: 'suspended', at: AT, forMs: 1 }), seq: -1 }],
  ['a seq beyond all', agentMessage, { ...record({ kind: 'suspended', at: AT, forMs: 1 }), seq: SEQ_MAX + 1 }],
  ['a lane that does not exist', agentMessage, { ...record({ kind: 'suspended', at: AT, forMs: 1 }), lane: 'logs' }],
  ['a record of no kind', agentMessage, record({ kind: 'joke', at: AT })],
  ['a negative length of sleep', recordBody, { kind: 'suspended', at: AT, forMs: -1 }],
  [
    'an uptime beyond exact numbers',
    recordBody,
    { kind: 'start', at: AT, bootId: '', uptimeMs: 2 ** 53, agentVersion: '1', lastEnd: 'killed' },
  ],
  ...[[], ['a/b'], [''], list(201, 'a'), ['x'.repeat(61)]].map(
    (targets) =>
      [
        `targets that cannot be: ${JSON.stringify(targets).slice(0, 20)}`,
        recordBody,
        { kind: 'start', at: AT, bootId: '', uptimeMs: 0, agentVersion: '1', lastEnd: 'killed', targets },
      ] as const,
  ),
  ['a gap from 0', recordBody, { kind: 'gap', at: AT, from: 0, count: 1, reason: 'corrupt' }],
  ['a gap without a known reason', recordBody, { kind: 'gap', at: AT, from: 1, count: 1, reason: 'boredom' }],
  [
    'too much evidence',
    recordBody,
    { kind: 'transition', transition: { ...transition, evidence: list(17, evidence[0]) } },
  ],
  [
    'too many processes',
    recordBody,
    { kind: 'transition', transition: { ...transition, processes: list(11, processes[0]) } },
  ],
  [
    'a process that used less than no CPU',
    recordBody,
    { kind: 'transition', transition: { ...transition, processes: [{ ...processes[0], cpu: -0.1 }] } },
  ],
  [
    'a process with a line break in its name',
    recordBody,
    { kind: 'transition', transition: { ...transition, processes: [{ ...processes[0], name: 'a\nb' }] } },
  ],
  [
    'an instance that is too long',
    recordBody,
    { kind: 'transition', transition: { ...transition, instance: spaces(513) } },
  ],
  [
    'an instance with a control character',
    recordBody,
    { kind: 'transition', transition: { ...transition, instance: '\u0007' } },
  ],
  [
    'an instance with half a character',
    recordBody,
    { kind: 'transition', transition: { ...transition, instance: '\udc00' } },
  ],
  ['a hash that is too long', recordBody, { kind: 'transition', transition: { ...transition, ruleHash: spaces(65) } }],
  [
    'a digest with too many alerts',
    recordBody,
    { kind: 'digest', at: AT, open: list(501, open), judged: [], undecided: [] },
  ],
  [
    'a digest with too many rules',
    recordBody,
    { kind: 'digest', at: AT, open: [], judged: list(501, 'a'), undecided: [] },
  ],
  [
    'a capability that is both',
    recordBody,
    { kind: 'capabilities', at: AT, collectors: [{ ...capability, ...missing }] },
  ],
  ['too many capabilities', recordBody, { kind: 'capabilities', at: AT, collectors: list(101, capability) }],
  [
    'a reason that is too long',
    recordBody,
    { kind: 'capabilities', at: AT, collectors: [{ ...missing, reason: { code: 'timeout', detail: spaces(501) } }] },
  ],
  ['too many sections', recordBody, { kind: 'inventory', at: AT, sections: list(41, section) }],
  [
    'too many facts',
    recordBody,
    { kind: 'inventory', at: AT, sections: [{ ...section, facts: list(201, section.facts[0]) }] },
  ],
  [
    'a fact that is too long',
    recordBody,
    { kind: 'inventory', at: AT, sections: [{ ...section, facts: [{ label: 'a', value: spaces(501) }] }] },
  ],
  ['a nonce that is too short', serverMessage, { type: 'challenge', nonce: NONCE.slice(1), serverId: id('s') }],
  ['a window of 0', serverMessage, { ...welcome, window: 0 }],
  ['a window without end', serverMessage, { ...welcome, window: 10_001 }],
  ['an interval of 0', serverMessage, { ...welcome, intervals: { ...ms, fast: 0 } }],
  ['an interval of more than a week', serverMessage, { ...welcome, intervals: { ...ms, daily: 7 * DAY_MS + 1 } }],
  ['a mark at 0', serverMessage, { ...welcome, marks: { alerts: { epoch: EPOCH, seq: 0 }, metrics: null } }],
  ['too many rules', serverMessage, { type: 'rules', ruleSet: { version: 'v', rules: list(501, pack[0]) } }],
  ...[{ kind: 'state' }, { id: 'new' }, { id: '', kind: 'state' }, { id: 1, kind: 'state' }, 'state', null].map(
    (rule) =>
      [
        'a rule without a name or a kind',
        serverMessage,
        { type: 'rules', ruleSet: { version: 'v', rules: [rule] } },
      ] as const,
  ),
  ['a refusal of no kind', serverMessage, { type: 'refuse', code: 'mood', message: '' }],
  [
    'a message that is too long',
    serverMessage,
    { type: 'poison', lane: 'alerts', epoch: EPOCH, seq: 1, message: spaces(501) },
  ],
  ['a token of another kind', enrollRequest, { ...enrolment, token: `fl_${'t'.repeat(43)}` }],
  ['a token that is too short', enrollRequest, { ...enrolment, token: 'ft_short' }],
  ['a key of 31 bytes', enrollRequest, { ...enrolment, publicKey: 'k'.repeat(42) }],
  ['a site that is too long', enrollAnswer, { deviceId: id('d'), serverId: id('s'), site: spaces(201) }],
  ['a rule without a name', ruleSchema, { ...pack[0], id: '' }],
  ['a rule without levels', ruleSchema, { ...pack[0], levels: [] }],
  ['a rule with five levels', ruleSchema, { ...pack[0], levels: list(5, pack[0]?.levels[0]) }],
  ['a rule that looks back two years', ruleSchema, { ...pack[0], keepMs: 731 * DAY_MS }],
  ['a rule with a grace below 0', ruleSchema, { ...pack[0], graceMs: -1 }],
  ['a rule of another kind', ruleSchema, { ...pack[0], kind: 'state' }],
  ['a rule for a class that does not exist', ruleSchema, { ...pack[0], scope: { classes: ['toaster'] } }],
];

describe('refused', () => {
  it.each(faults)('%s', (_name, schema, value) => {
    expect(schema.safeParse(throughJson(value)).success).toBe(false);
  });

  it.each(samples.map(([name, schema]) => [name, schema] as const))(
    'what is no object, by the schema of %s',
    (_name, schema) => {
      expect(
        [null, undefined, 0, '', 'x', [], [{}], {}, true].filter((value) => schema.safeParse(value).success),
      ).toEqual([]);
    },
  );
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
