// A value of each shape that comes in as text, for the tests of what is taken and what is not.
import type { z } from 'zod';

import { pack } from '../rule/pack.ts';
import { ruleSchema } from '../rule/rule.schema.ts';
import { agentMessage } from './agent-message.schema.ts';
import { enrollAnswer, enrollChallenge, enrollRequest } from './enroll.schema.ts';
import { recordBody } from './record.schema.ts';
import { serverMessage } from './server-message.schema.ts';

export const AT = 1_763_856_000_000;
export const NONCE = 'n'.repeat(43);
export const EPOCH = 'e'.repeat(22);
const HASH = '0123456789abcdef';
export const id = (letter: string) => `${letter}_${'i'.repeat(22)}`;

export const evidence = [{ metric: 'system.cpu.utilization', value: 0.95, mean: 0.93, threshold: 0.9 }];
export const open = { rule: 'disk.space', ruleHash: HASH, instance: '/', severity: 'warning', since: AT, evidence };
export const transition = { ...open, change: 'fire', at: AT, reason: 'threshold' };
export const processes = [{ pid: 4711, name: 'node', cpu: 1.98, memoryBytes: 2 ** 27 }];
export const record = (body: unknown) => ({ type: 'record', lane: 'alerts', epoch: EPOCH, seq: 1, body });
const ms = { fast: 1, minute: 1, slow: 1, daily: 1, batch: 1, digest: 1, reconnectSpread: 1 };
/** One rule of each kind. */
const kinds = new Map(pack.map((rule) => [rule.kind, rule]));
const ruleSet = { version: 'v1', rules: structuredClone([...kinds.values()]) };

export const hello = {
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
const rekey = {
  type: 'rekey',
  deviceId: id('d'),
  publicKey: NONCE,
  signature: 's'.repeat(86),
  proof: 'p'.repeat(86),
  agentVersion: '0.1.0',
  hostname: 'pc',
  os: 'linux',
  class: 'server',
};
export const welcome = {
  type: 'welcome',
  session: 'x',
  clock: AT,
  marks: { alerts: { epoch: EPOCH, seq: 4, hash: HASH }, metrics: null },
  window: 64,
  intervals: ms,
  ruleSet,
};
export const enrolment = {
  nonce: NONCE,
  token: `ft_${'t'.repeat(43)}`,
  publicKey: NONCE,
  proof: 'p'.repeat(86),
  hostname: 'pc',
  os: 'macos',
  class: 'laptop',
  agentVersion: '1',
};
export const capability = { id: 'cpu', ok: true, source: '/proc/stat' };
export const missing = { id: 'pressure', ok: false, reason: { code: 'tool_too_old', detail: 'no', fix: 'newer' } };
export const section = { id: 'os', title: 'System', facts: [{ label: 'Name', value: 'Debian' }] };

/** One value of each shape that a schema takes. */
export const samples: readonly (readonly [name: string, schema: z.ZodType, value: object])[] = [
  ['hello', agentMessage, hello],
  [
    'hello after a crash',
    agentMessage,
    {
      ...hello,
      run: { uptimeMs: 9, agentMs: 5, asleepMs: 0, lastEnd: 'killed', crash: { at: AT, how: 'signal', code: 11 } },
    },
  ],
  ['rekey', agentMessage, rekey],
  ['bye', agentMessage, { type: 'bye', reason: 'suspend' }],
  ['record', agentMessage, record({ kind: 'transition', transition })],
  ['transition', recordBody, { kind: 'transition', transition }],
  ['transition with processes', recordBody, { kind: 'transition', transition: { ...transition, processes } }],
  [
    'digest',
    recordBody,
    { kind: 'digest', at: AT, open: [open], judged: ['a'], undecided: [{ rule: 'a', instance: '' }] },
  ],
  [
    'digest of a range',
    recordBody,
    {
      kind: 'digest',
      at: AT,
      range: { after: { rule: 'a', instance: '/' }, to: { rule: 'b', instance: '' } },
      open: [],
      judged: [],
      undecided: [],
    },
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
  ['rekeyed', serverMessage, { type: 'rekeyed', deviceId: id('d'), site: 'Home' }],
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
export const throughJson = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('"1e999"', '1e999').replaceAll('"proto"', '"__proto__"'));
