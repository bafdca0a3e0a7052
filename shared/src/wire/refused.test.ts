// What the types alone would let through, and the schemas refuse: lengths, bounds, names and shapes that cannot be.
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';

import { pack } from '../rule/pack.ts';
import { ruleSchema } from '../rule/rule.schema.ts';
import { DAY_MS } from '../time.ts';
import { agentMessage } from './agent-message.schema.ts';
import { enrollAnswer, enrollRequest } from './enroll.schema.ts';
import {
  AT,
  EPOCH,
  NONCE,
  capability,
  enrolment,
  evidence,
  hello,
  id,
  missing,
  open,
  processes,
  record,
  samples,
  section,
  throughJson,
  transition,
  welcome,
} from './fixture.ts';
import { SEQ_MAX, TIME_MAX_MS } from './limits.ts';
import { recordBody } from './record.schema.ts';
import { serverMessage } from './server-message.schema.ts';

const spaces = (count: number) => ' '.repeat(count);
const list = (count: number, value: unknown) => Array.from({ length: count }, () => value);

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
  ['an interval of 0', serverMessage, { ...welcome, intervals: { ...welcome.intervals, fast: 0 } }],
  [
    'an interval of more than a week',
    serverMessage,
    { ...welcome, intervals: { ...welcome.intervals, daily: 7 * DAY_MS + 1 } },
  ],
  ...[{ seq: 0 }, { hash: '0123456789abcde' }, { hash: '0123456789ABCDEF' }, { hash: undefined }].map(
    (change) =>
      [
        `a mark with ${JSON.stringify(change)}`,
        serverMessage,
        { ...welcome, marks: { ...welcome.marks, alerts: { ...welcome.marks.alerts, ...change } } },
      ] as const,
  ),
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
