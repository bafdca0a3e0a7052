// Text frames from the agent to the server.
import { z } from 'zod';

import { deviceClasses, operatingSystems } from '../rule/scope.ts';
import { lastEnds, recordBody } from './record.schema.ts';
import { base64url, count, epoch, id, lane, seq, text, time } from './text.schema.ts';

/** What ended an agent that nobody had told to end, by the host that had started it: `stuck` when that killed it for its silence. */
export const crashKinds = ['exit', 'signal', 'stuck'] as const;
export const crash = z.strictObject({
  at: time,
  how: z.enum(crashKinds),
  /** Exit code, or the signal's number. */
  code: z.int().min(0).max(0xff_ff_ff_ff),
});

/** How long the machine and its agent have run, by which the server tells what kept the device away. */
const run = z.strictObject({
  /** Since the boot, sleep included. */
  uptimeMs: count,
  /** Since this agent was started, sleep included. */
  agentMs: count,
  /** Of the time since the last welcome, or since the start where there was none: the machine slept. */
  asleepMs: count,
  /** Of the agent before this one. */
  lastEnd: z.enum(lastEnds),
  /** Until it was told. Absent: it did not crash, or nothing watched it. */
  crash: crash.exactOptional(),
});

const laneState = z.strictObject({ epoch, next: seq });

export const hello = z.strictObject({
  type: z.literal('hello'),
  deviceId: id('d'),
  /** Over `helloProof` of signing.ts, with the device's Ed25519 key. */
  signature: base64url(64),
  agentNonce: base64url(16),
  protocol: z.strictObject({ min: z.int().min(1).max(1_000), max: z.int().min(1).max(1_000) }),
  agentVersion: text(40),
  bootId: text(64),
  clock: time,
  hostname: text(255),
  os: z.enum(operatingSystems),
  class: z.enum(deviceClasses),
  lanes: z.strictObject({ alerts: laneState, metrics: laneState }),
  /** Version of the rule set in force, "" before the first. */
  ruleSet: text(64),
  /** Absent: not known, as with older agents. */
  run: run.exactOptional(),
});

/** In place of a hello, by a copy of a machine whose original is there too: from now on it is a device of its own. */
export const rekey = z.strictObject({
  type: z.literal('rekey'),
  /** Of the original. */
  deviceId: id('d'),
  /** The raw 32 bytes of the new Ed25519 public key. */
  publicKey: base64url(32),
  /** Over `rekeyProof` of signing.ts, with the key of the original; and with the new one. */
  signature: base64url(64),
  proof: base64url(64),
  agentVersion: text(40),
  hostname: text(255),
  os: z.enum(operatingSystems),
  class: z.enum(deviceClasses),
});

/** One record of a lane. In the metrics lane only gaps come as text, batches are binary. */
export const record = z.strictObject({ type: z.literal('record'), lane, epoch, seq, body: recordBody });

export const byeReasons = ['stop', 'suspend', 'shutdown', 'reboot', 'update', 'uninstall'] as const;
export const bye = z.strictObject({ type: z.literal('bye'), reason: z.enum(byeReasons) });

export const agentMessage = z.discriminatedUnion('type', [hello, rekey, record, bye]);

export type Hello = z.infer<typeof hello>;
export type Crash = z.infer<typeof crash>;
export type Run = z.infer<typeof run>;
export type Rekey = z.infer<typeof rekey>;
export type RecordMessage = z.infer<typeof record>;
export type ByeReason = (typeof byeReasons)[number];
export type AgentMessage = z.infer<typeof agentMessage>;
