// What each collector costs and how it goes. One that fails again and again is left alone for a while, longer each time.
import type { Sample } from '@fettle/shared/metric/sample';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import type { Ledger as Account, Reason } from '@fettle/shared/wire/record.schema';

import type { Cost } from './collector.ts';
import { sample } from './samples.ts';

/** Failures in a row before the pauses begin. */
const PATIENCE = 3;
const PAUSE_MS = MINUTE_MS;
const PAUSE_MAX_MS = 6 * HOUR_MS;

export type Run = {
  readonly monoMs: number;
  readonly wallMs: number;
  readonly seconds: number;
  readonly cost: Cost;
  readonly failed?: Reason;
  readonly partial: readonly Reason[];
};

type Entry = {
  readonly account: Account;
  readonly seconds: number;
  readonly inARow: number;
  readonly notBeforeMs: number;
  /** When it last succeeded, if it ever did since the start. */
  readonly goodMs: number | undefined;
};

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  #childCpuMs = 0;

  /** CPU time that children took. */
  get childCpuMs(): number {
    return this.#childCpuMs;
  }

  note(id: string, run: Run): void {
    const { monoMs, seconds, failed, cost } = run;
    const known = this.#entries.get(id);
    const inARow = failed ? (known?.inARow ?? 0) + 1 : 0;
    if (cost.children > 0) this.#childCpuMs += cost.cpuMs;
    this.#entries.set(id, {
      account: add(known?.account ?? NOTHING, run),
      seconds,
      inARow,
      notBeforeMs: inARow < PATIENCE ? 0 : monoMs + Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** (inARow - PATIENCE)),
      goodMs: failed ? known?.goodMs : monoMs,
    });
  }

  /** Why it is left alone at the moment, if it is. */
  pausedBy(id: string, monoMs: number): Reason | undefined {
    const entry = this.#entries.get(id);
    return entry && monoMs < entry.notBeforeMs ? entry.account.lastReason : undefined;
  }

  accountOf(id: string): Account | undefined {
    const account = this.#entries.get(id)?.account;
    return account && { ...account, cpuMs: Math.round(account.cpuMs) };
  }

  /** Since the start. Of one that has not, nobody knows how old its last good reading is. */
  hasWorked(id: string): boolean {
    return this.#entries.get(id)?.goodMs !== undefined;
  }

  samples(monoMs: number): readonly Sample[] {
    return [...this.#entries].flatMap(([id, { seconds, inARow, goodMs }]): readonly Sample[] => {
      const attributes = { 'fettle.collector': id };
      return [
        { metric: 'fettle.collector.duration', attributes, value: seconds },
        { metric: 'fettle.collector.success', attributes, value: inARow === 0 ? 1 : 0 },
        ...sample(
          'fettle.collector.age',
          attributes,
          goodMs === undefined ? undefined : Math.max(0, monoMs - goodMs) / 1000,
        ),
      ];
    });
  }
}

const NOTHING: Account = { runs: 0, failures: 0, cpuMs: 0, children: 0, bytes: 0, lastAt: 0 };

/** Reasons told of one reading: more than these say no more. */
const PARTIAL_MAX = 5;

const add = (known: Account, { wallMs, cost, failed, partial }: Run): Account => ({
  runs: known.runs + 1,
  failures: known.failures + (failed ? 1 : 0),
  cpuMs: known.cpuMs + cost.cpuMs,
  children: known.children + cost.children,
  bytes: known.bytes + cost.bytes,
  lastAt: wallMs,
  ...(failed && { lastReason: failed }),
  ...(partial.length > 0 && { partial: partial.slice(0, PARTIAL_MAX) }),
});
