// What stands in the alerts lane: everything of a device that must take effect exactly once.
import { z } from 'zod';

import { severities } from '../alert/alert.ts';
import { count, seq, targetName, text, time } from './text.schema.ts';

const name = text(200);
const instance = text(512);
const severity = z.enum(severities);

const evidence = z
  .array(
    z.strictObject({
      metric: name,
      value: z.number(),
      mean: z.number().exactOptional(),
      threshold: z.number().exactOptional(),
      rise: z.number().exactOptional(),
      withinMs: count.exactOptional(),
    }),
  )
  .max(16);

const processes = z
  .array(
    z.strictObject({
      pid: count,
      name: text(64),
      cpu: z.number().min(0).exactOptional(),
      memoryBytes: count,
    }),
  )
  .max(10);

export const transition = z.strictObject({
  change: z.enum(['fire', 'raise', 'lower', 'resolve']),
  rule: name,
  ruleHash: text(64),
  instance,
  severity,
  at: time,
  since: time,
  reason: z.enum([
    'threshold',
    'recovered',
    'instance removed',
    'rule changed',
    'no data',
    'repaired by digest',
    'silent',
    'back',
  ]),
  evidence,
  processes: processes.exactOptional(),
  first: z.literal(true).exactOptional(),
});

const openAlert = z.strictObject({ rule: name, ruleHash: text(64), instance, severity, since: time, evidence });

const place = z.strictObject({ rule: name, instance });

/** All alerts that stand open on the agent, true as of this record's place in the lane. */
const digest = z.strictObject({
  kind: z.literal('digest'),
  at: time,
  /** Of what it speaks: see digest-range.ts. Absent: of everything. */
  range: z.strictObject({ after: place.exactOptional(), to: place.exactOptional() }).exactOptional(),
  open: z.array(openAlert).max(500),
  /** Rules that have come to a conclusion since the agent started: only their alerts may be missing from `open` for good. */
  judged: z.array(name).max(500),
  /** Instances of judged rules that are not decided yet. */
  undecided: z.array(place).max(500),
});

/** How the agent before ended: told to, or not. */
export const lastEnds = ['stopped', 'killed', 'unknown'] as const;

const start = z.strictObject({
  kind: z.literal('start'),
  at: time,
  bootId: text(64),
  uptimeMs: count,
  agentVersion: text(40),
  lastEnd: z.enum(lastEnds),
  /** All that it looks after from now on; absent for none. */
  targets: z.array(targetName).min(1).max(200).exactOptional(),
});

/** The clock ran on while the machine slept. */
const suspended = z.strictObject({ kind: z.literal('suspended'), at: time, forMs: count });

export const reasonCodes = [
  'no_hardware',
  'virtual',
  'tool_missing',
  'tool_too_old',
  'permission',
  'policy_blocked',
  'not_on_this_os',
  'timeout',
  'parse_error',
  'service_broken',
] as const;

export const reasonSchema = z.strictObject({
  code: z.enum(reasonCodes),
  detail: text(500),
  fix: text(500).exactOptional(),
});

/** What a collector has cost since the agent started, and how it last went. */
const ledger = z.strictObject({
  runs: count,
  failures: count,
  cpuMs: count,
  /** Programs started. */
  children: count,
  /** Read from them. */
  bytes: count,
  lastAt: time,
  /** Absent when the last reading succeeded. */
  lastReason: reasonSchema.exactOptional(),
  /** What was missing in the last reading, where the rest could be read. */
  partial: z.array(reasonSchema).max(5).exactOptional(),
});

/** What each collector can read here, or why it cannot. Sent at start, when it changes, and each hour for what it costs. */
const capabilities = z.strictObject({
  kind: z.literal('capabilities'),
  at: time,
  collectors: z
    .array(
      z.union([
        z.strictObject({ id: name, ok: z.literal(true), source: text(200), ledger: ledger.exactOptional() }),
        z.strictObject({ id: name, ok: z.literal(false), reason: reasonSchema, ledger: ledger.exactOptional() }),
      ]),
    )
    .max(100),
});

const labelled = z.strictObject({ label: text(100), value: text(500) });

export const sectionSchema = z.strictObject({
  id: name,
  title: text(100),
  facts: z.array(labelled).max(200),
  /** Where these are facts about a target, and not about the device itself. */
  target: targetName.exactOptional(),
});

/** Facts that change rarely, in sections of labelled values. A section replaces the one of the same id; one without facts removes it. */
const inventory = z.strictObject({ kind: z.literal('inventory'), at: time, sections: z.array(sectionSchema).max(40) });

/** In place of the records from `from` up to its own seq, which will never come. */
const gap = z.strictObject({
  kind: z.literal('gap'),
  at: time,
  from: seq,
  count,
  reason: z.enum(['queue_full', 'disk_full', 'corrupt', 'unknown_set', 'refused', 'forgotten']),
});

export const recordBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('transition'), transition }),
  digest,
  start,
  suspended,
  capabilities,
  inventory,
  gap,
]);

export type RecordBody = z.infer<typeof recordBody>;
export type Digest = z.infer<typeof digest>;
export type Reason = z.infer<typeof reasonSchema>;
export type ReasonCode = (typeof reasonCodes)[number];
export type Ledger = z.infer<typeof ledger>;
export type CapabilityReport = z.infer<typeof capabilities>;
export type Inventory = z.infer<typeof inventory>;
