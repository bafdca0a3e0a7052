// Runs what is due, each within its deadline, and says of each what came of it. One that fails or hangs holds up no other.
import type { MetricName } from '@fettle/shared/metric/catalog';
import { type Attributes, quantise, seriesKey } from '@fettle/shared/metric/sample';
import type { Clock } from '@fettle/shared/time';
import { cleanText } from '@fettle/shared/wire/bytes';
import type { CapabilityReport, Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../host/host.ts';
import { type Capability, type Collector, type Reading, type Tier, reasonOf } from './collector.ts';

/** A reading as it is judged, sent and stored. */
export type Measured = {
  readonly key: string;
  readonly metric: MetricName;
  readonly attributes: Attributes;
  readonly integer: number;
};

export type Outcome = {
  readonly collector: string;
  readonly tier: Tier;
  readonly provides: readonly MetricName[];
  readonly measured: readonly Measured[];
  /** Why it failed; absent when it gave what it has. */
  readonly failed?: Reason;
  readonly partial: readonly Reason[];
  readonly sections?: Reading['sections'];
};

type Parts = { readonly collectors: readonly Collector[]; readonly host: Host; readonly clock: Clock };

export class Runner {
  readonly #parts: Parts;
  readonly #stopped = new AbortController();
  readonly #working = new Set<Collector>();
  readonly #running = new Set<Collector>();
  readonly #late: Outcome[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Asks each collector whether it can work here; only those that can are run. */
  async probeAll(): Promise<CapabilityReport['collectors']> {
    const { collectors, host, clock } = this.#parts;
    return Promise.all(
      collectors.map(async (collector) => {
        const capability = await probeOne(collector, host, clock);
        if (capability.ok) this.#working.add(collector);
        return { id: collector.id, ...capability };
      }),
    );
  }

  /** Runs the collectors of these tiers. Slow and daily ones come with a later call, when they are done. */
  async run(tiers: ReadonlySet<Tier>): Promise<readonly Outcome[]> {
    const due = [...this.#working].filter((collector) => tiers.has(collector.tier) && !this.#running.has(collector));
    for (const collector of due.filter(isDetached)) void this.#runLate(collector);
    const done = await Promise.all(due.filter((collector) => !isDetached(collector)).map((one) => this.#runOne(one)));
    return [...done, ...this.#late.splice(0)];
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #runLate(collector: Collector): Promise<void> {
    this.#late.push(await this.#runOne(collector));
  }

  async #runOne(collector: Collector): Promise<Outcome> {
    const { host, clock } = this.#parts;
    const startedMs = clock.monoMs();
    const aborter = new AbortController();
    const moment = { monoMs: startedMs, signal: AbortSignal.any([aborter.signal, this.#stopped.signal]) };
    this.#running.add(collector);
    // it may never settle: then it stays in `running` and is not begun again
    const reading = attempt(() => collector.collect(host, moment)).finally(() => this.#running.delete(collector));
    const result = await within(reading, collector.timeoutMs, clock);
    aborter.abort();
    return outcome(collector, result, (clock.monoMs() - startedMs) / 1000);
  }
}

const isDetached = ({ tier }: Collector): boolean => tier === 'slow' || tier === 'daily';

const probeOne = async (collector: Collector, host: Host, clock: Clock): Promise<Capability> => {
  const result = await within(
    attempt(() => collector.probe(host)),
    collector.timeoutMs,
    clock,
  );
  return 'reason' in result ? { ok: false, reason: result.reason } : result.value;
};

type Attempt<T> = { readonly value: T } | { readonly reason: Reason };

/** What a collector throws, at once or later, is its outcome and goes no further. */
const attempt = async <T>(work: () => Promise<T>): Promise<Attempt<T>> => {
  try {
    return { value: await work() };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
};

const within = <T>(work: Promise<Attempt<T>>, timeoutMs: number, clock: Clock): Promise<Attempt<T>> => {
  const { promise, resolve } = Promise.withResolvers<Attempt<T>>();
  const reason: Reason = { code: 'timeout', detail: `no answer within ${timeoutMs / 1000} s` };
  const cancel = clock.after(timeoutMs, () => resolve({ reason }));
  void work.then((done) => {
    cancel();
    resolve(done);
  });
  return promise;
};

const outcome = (collector: Collector, result: Attempt<Reading>, seconds: number): Outcome => {
  const { id, tier, provides } = collector;
  const self = (metric: MetricName, value: number) =>
    measure({ metric, attributes: { 'fettle.collector': id }, value });
  const own = [self('fettle.collector.duration', seconds), self('fettle.collector.success', 'value' in result ? 1 : 0)];
  const measured = 'value' in result ? result.value.samples.map(measure) : [];
  const usable = measured.filter((one) => one !== undefined);
  const partial = [
    ...(('value' in result && result.value.partial) || []),
    ...unusable(measured.length - usable.length),
  ];
  return {
    collector: id,
    tier,
    provides,
    measured: [...usable, ...own.filter((one) => one !== undefined)],
    partial,
    ...('reason' in result ? { failed: result.reason } : {}),
    ...('value' in result && result.value.sections ? { sections: result.value.sections } : {}),
  };
};

const unusable = (count: number): readonly Reason[] =>
  count === 0 ? [] : [{ code: 'parse_error', detail: `${count} values were outside what the catalogue allows` }];

const measure = ({ metric, attributes, value }: Reading['samples'][number]): Measured | undefined => {
  const integer = quantise(metric, value);
  if (integer === undefined) return undefined;
  const clean = cleanAttributes(attributes);
  return { key: seriesKey(metric, clean), metric, attributes: clean, integer };
};

/** Names come from the machine (a mount point may hold a line break); from here on they are as the wire takes them. */
const cleanAttributes = (attributes: Attributes): Attributes => {
  const dirty = Object.entries(attributes).filter(([, text]) => cleanText(text) !== text);
  return dirty.length === 0
    ? attributes
    : { ...attributes, ...Object.fromEntries(dirty.map(([key, text]) => [key, cleanText(text)] as const)) };
};
