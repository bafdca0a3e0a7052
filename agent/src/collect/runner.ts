// Runs what is due, each within its deadline, and says of each what came of it. One that fails or hangs holds up no other.
import type { MetricName } from '@fettle/shared/metric/catalog';
import { type Sample, quantise } from '@fettle/shared/metric/sample';
import type { Clock } from '@fettle/shared/time';
import type { CapabilityReport, Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../host/host.ts';
import { type Capability, type Collector, type Reading, type Tier, reasonOf } from './collector.ts';
import { type Series, SeriesNames } from './series.ts';

/** A reading as it is judged, sent and stored. */
export type Measured = Series & { readonly integer: number };

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

/** Of one collector at once: more than any machine has for good reason. */
const SAMPLES_MAX = 2_000;

export class Runner {
  readonly #parts: Parts;
  readonly #names = new SeriesNames();
  readonly #working = new Set<Collector>();
  readonly #running = new Set<Collector>();
  /** Ends the wait for each answer that is still to come. */
  readonly #waits = new Set<(why: string) => void>();
  readonly #late: Outcome[] = [];
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Asks each collector whether it can work here; only those that can are run. */
  async probeAll(): Promise<CapabilityReport['collectors']> {
    const { collectors, host } = this.#parts;
    return Promise.all(
      collectors.map(async (collector) => {
        const result = await this.#within(collector.timeoutMs, () => attempt(() => collector.probe(host)));
        const capability: Capability = 'reason' in result ? { ok: false, reason: result.reason } : result.value;
        if (capability.ok) this.#working.add(collector);
        return { id: collector.id, ...capability };
      }),
    );
  }

  /** Runs the collectors of these tiers. Slow and daily ones come with a later call, when they are done. */
  async run(tiers: ReadonlySet<Tier>): Promise<readonly Outcome[]> {
    if (this.#isStopped) return [];
    const due = [...this.#working].filter((collector) => tiers.has(collector.tier) && !this.#running.has(collector));
    for (const collector of due.filter(isDetached)) void this.#runLate(collector);
    const done = await Promise.all(due.filter((collector) => !isDetached(collector)).map((one) => this.#runOne(one)));
    return [...done, ...this.#late.splice(0)];
  }

  /** Nobody waits for an answer any more. */
  stop(): void {
    this.#isStopped = true;
    for (const end of this.#waits) end('the agent is stopping');
  }

  async #runLate(collector: Collector): Promise<void> {
    this.#late.push(await this.#runOne(collector));
  }

  async #runOne(collector: Collector): Promise<Outcome> {
    const { host, clock } = this.#parts;
    const startedMs = clock.monoMs();
    this.#running.add(collector);
    const result = await this.#within(collector.timeoutMs, (signal) =>
      // it may never settle: then it stays in `running` and is not begun again
      attempt(() => collector.collect(host, { monoMs: startedMs, signal })).finally(() =>
        this.#running.delete(collector),
      ),
    );
    return this.#outcome(collector, result, (clock.monoMs() - startedMs) / 1000);
  }

  /** The answer, or why there is none: thrown, late, or stopped. */
  async #within<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<Attempt<T>>): Promise<Attempt<T>> {
    const { promise, resolve } = Promise.withResolvers<Attempt<T>>();
    const aborter = new AbortController();
    const end = (why: string) => {
      resolve({ reason: { code: 'timeout', detail: why } });
      aborter.abort(why);
    };
    this.#waits.add(end);
    const cancel = this.#parts.clock.after(timeoutMs, () => end(`no answer within ${timeoutMs / 1000} s`));
    void work(aborter.signal).then(resolve);
    const result = await promise;
    cancel();
    this.#waits.delete(end);
    return result;
  }

  #outcome({ id, tier, provides }: Collector, result: Attempt<Reading>, seconds: number): Outcome {
    const own = this.#measure([
      { metric: 'fettle.collector.duration', attributes: { 'fettle.collector': id }, value: seconds },
      {
        metric: 'fettle.collector.success',
        attributes: { 'fettle.collector': id },
        value: 'value' in result ? 1 : 0,
      },
    ]);
    const common = { collector: id, tier, provides };
    if ('reason' in result) return { ...common, measured: own, partial: [], failed: result.reason };
    const { samples, partial = [], sections } = result.value;
    const taken = samples.slice(0, SAMPLES_MAX);
    const measured = this.#measure(taken);
    return {
      ...common,
      measured: [...measured, ...own],
      partial: [
        ...partial,
        ...lost(taken.length - measured.length, 'values were outside what the catalogue allows'),
        ...lost(samples.length - taken.length, `values were too many: ${SAMPLES_MAX} are taken`),
      ],
      ...(sections && { sections }),
    };
  }

  #measure(samples: readonly Sample[]): readonly Measured[] {
    const measured: Measured[] = [];
    for (const { metric, attributes, value } of samples) {
      const integer = quantise(metric, value);
      if (integer !== undefined) measured.push({ ...this.#names.of(metric, attributes), integer });
    }
    return measured;
  }
}

const isDetached = ({ tier }: Collector): boolean => tier === 'slow' || tier === 'daily';

const lost = (count: number, why: string): readonly Reason[] =>
  count === 0 ? [] : [{ code: 'parse_error', detail: `${count} ${why}` }];

type Attempt<T> = { readonly value: T } | { readonly reason: Reason };

/** What a collector throws, at once or later, is its outcome and goes no further. */
const attempt = async <T>(work: () => Promise<T>): Promise<Attempt<T>> => {
  try {
    return { value: await work() };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
};
