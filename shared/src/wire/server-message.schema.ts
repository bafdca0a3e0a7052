// Text frames from the server to the agent.
import { z } from 'zod';

import { DAY_MS } from '../time.ts';
import { base64url, epoch, id, lane, recordHash, seq, text, time } from './text.schema.ts';

const ms = z
  .int()
  .min(1)
  .max(7 * DAY_MS);

export const challenge = z.strictObject({ type: z.literal('challenge'), nonce: base64url(32), serverId: id('s') });

/** The rhythm that the server asks for, all in ms. */
export const intervals = z.strictObject({
  fast: ms,
  minute: ms,
  slow: ms,
  daily: ms,
  batch: ms,
  digest: ms,
  /** A reconnect after a lost link waits a random time up to this, so that a fleet does not come back as one. */
  reconnectSpread: ms,
});

const name = text(200).min(1);

/** Looser than ruleSchema: a newer server may send rules that an agent does not know, and the others must arrive. */
const sentRule = z.looseObject({ id: name, kind: name });
const ruleSet = z.strictObject({ version: text(64), rules: z.array(sentRule).max(500) });

/** The last record of a lane that is durable here. */
const mark = z.strictObject({ epoch, seq, hash: recordHash });

export const welcome = z.strictObject({
  type: z.literal('welcome'),
  session: text(64),
  clock: time,
  marks: z.strictObject({ alerts: mark.nullable(), metrics: mark.nullable() }),
  /** How many records of a lane may be on the way at once. */
  window: z.int().min(1).max(10_000),
  intervals,
  /** Present when it differs from what the agent said it has. */
  ruleSet: ruleSet.exactOptional(),
});

export const refuseCodes = [
  'unknown_device',
  'revoked',
  'bad_signature',
  'protocol_too_old',
  'protocol_too_new',
  'malformed',
  'too_many_requests',
  'already_connected',
  'clone',
  'shutting_down',
] as const;

export const refuse = z.strictObject({
  type: z.literal('refuse'),
  code: z.enum(refuseCodes),
  message: text(500),
  retryAfterMs: ms.exactOptional(),
});

/** The answer to a rekey, and the end of the connection: with its new key the agent is this device. */
export const rekeyed = z.strictObject({ type: z.literal('rekeyed'), deviceId: id('d'), site: text(200) });

/** Everything of the lane up to `seq` is on the server's disk. */
export const ack = z.strictObject({ type: z.literal('ack'), lane, epoch, seq });

/** A record that the server cannot read: kept aside by the agent, the lane goes on. */
export const poison = z.strictObject({ type: z.literal('poison'), lane, epoch, seq, message: text(500) });

/** Someone looks at this device: send readings each `everyMs` for `forMs`. */
export const live = z.strictObject({ type: z.literal('live'), everyMs: ms, forMs: ms });

export const rules = z.strictObject({ type: z.literal('rules'), ruleSet });

export const serverMessage = z.discriminatedUnion('type', [
  challenge,
  welcome,
  refuse,
  rekeyed,
  ack,
  poison,
  live,
  rules,
]);

export type Welcome = z.infer<typeof welcome>;
export type Intervals = z.infer<typeof intervals>;
/** Whoever adopts one checks it against ruleSchema. */
export type SentRule = Readonly<z.infer<typeof sentRule>>;
export type SentRules = { readonly version: string; readonly rules: readonly SentRule[] };
export type RefuseCode = (typeof refuseCodes)[number];
export type ServerMessage = z.infer<typeof serverMessage>;
