// What a collector is. One file per thing measured: a pure parse, and a thin `collect` that asks the host for what to parse.
import { codeOf, messageOf } from '@fettle/shared/error';
import type { Sample } from '@fettle/shared/metric/sample';
import type { Source } from '@fettle/shared/metric/source';
import { cleanText } from '@fettle/shared/wire/bytes';
import type { Inventory, Reason, ReasonCode } from '@fettle/shared/wire/record.schema';

import { type Host, HostError } from '../host/host.ts';

/** `H` is what it may do: only those that run in a short-lived child get a `ChildHost`. */
export type Collector<H extends Host = Host> = Source & {
  readonly id: string;
  readonly timeoutMs: number;
  /** Can it read anything here, and from where? Asked at start, daily where it could not, and by a child each time. */
  readonly probe: (host: H) => Promise<Capability>;
  /** @throws when nothing could be read; what is missing only in part is told in `partial` */
  readonly collect: (host: H, moment: Moment) => Promise<Reading>;
  /** From now on it tells when a reading would be another than the last, where that can be known: at any time, often. */
  readonly watch?: (onChange: () => void) => void;
  /** Lets go of what it holds open between readings. */
  readonly close?: () => void;
};

/** `monoMs` is when the reading was begun; `signal` tells when nobody waits for it any more. */
export type Moment = { readonly monoMs: number; readonly signal: AbortSignal };

export type Capability =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly reason: Reason };

export type Reading = {
  readonly samples: readonly Sample[];
  /** What is missing and why, where the rest could be read. */
  readonly partial?: readonly Reason[];
  readonly sections?: readonly Section[];
  /** Why there is no more than this. */
  readonly failed?: Reason;
  /** Where it came from and what it took, when only a child knows. */
  readonly source?: string;
  readonly cost?: Cost;
};

/** Facts for people, labelled. A section replaces what was known under its id. */
export type Section = Inventory['sections'][number];

/** What a reading took beside the CPU time of this process. */
export type Cost = { readonly cpuMs: number; readonly children: number; readonly bytes: number };

/** Thrown by a collector that finds only while reading that it can read nothing here. */
export class UnavailableError extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason.detail);
    this.name = 'UnavailableError';
    this.reason = reason;
  }
}

export const available = (source: string): Capability => ({ ok: true, source });

export const unavailable = (code: ReasonCode, detail: string, fix?: string): Capability => ({
  ok: false,
  reason: { code, detail, ...(fix === undefined ? {} : { fix }) },
});

/** A source that is one file of the kernel: there and readable, or why not. */
export const probeKernelFile = async (
  host: Host,
  path: string,
  missing = unavailable('not_on_this_os', `${path} is missing`),
): Promise<Capability> => {
  try {
    host.readKernel(path);
    return available(path);
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? missing : { ok: false, reason: reasonOf(error) };
  }
};

/** What the detail of a reason may have: wire/record.schema.ts. */
export const DETAIL_MAX_BYTES = 500;

/** What went wrong, in the words of a capability. */
export const reasonOf = (error: unknown): Reason => {
  // messages name files and quote programs: here they become fit for a record
  const detail = cleanText(messageOf(error), DETAIL_MAX_BYTES);
  if (error instanceof UnavailableError) return error.reason;
  if (error instanceof HostError) {
    return { code: error.code, detail, ...(error.fix === undefined ? {} : { fix: error.fix }) };
  }
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return { code: 'permission', detail };
  if (code === 'ENOENT' || code === 'EOPNOTSUPP') return { code: 'no_hardware', detail };
  return { code: error instanceof SyntaxError ? 'parse_error' : 'service_broken', detail };
};

/** Of a file of the kernel: its device was taken away, perhaps while it was read. */
export const isGone = (error: unknown): boolean => ['ENOENT', 'ENODEV'].includes(codeOf(error));
