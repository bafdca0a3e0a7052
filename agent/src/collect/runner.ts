// Runs what is due, each within its deadline, and says of each what came of it. One that fails or hangs holds up no other.
import type { MetricName } from '@fettle/shared/metric/catalog';
import { type Sample, quantise } from '@fettle/shared/metric/sample';
import type { Tier } from '@fettle/shared/metric/source';
import type { Clock } from '@fettle/shared/time';
import type { CapabilityReport, Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../host/host.ts';
import { type Capability, type Collector, type Reading, available } from './collector.ts';
import { type Answer, Deadlines } from './deadlines.ts';
import { Ledger } from './ledger.ts';
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
const FREE = { cpuMs: 0, children: 0, bytes: 0 } as const;

export class Runner {
  readonly #parts: Parts;
  readonly #names = new SeriesNames();
  readonly #ledger = new Ledger();
  readonly #capabilities = new Map<Collector, Capability>();
  readonly #running = new Set<Collector>();
  readonly #deadlines: Deadlines;
  readonly #late: Outcome[] = [];
  /** When the agent was last asked about itself, and what it had spent. */
  #spent: { readonly monoMs: number; readonly cpuMs: number } | undefined;
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#deadlines = new Deadlines(parts.clock);
  }

  /** CPU time of this process and of what it started. */
  get cpuMs(): number {
    return this.#parts.host.cpuMs() + this.#ledger.childCpuMs;
  }

  /** Asks each collector whether it can work here; only those that can are run. */
  async probeAll(): Promise<void> {
    await Promise.all(this.#parts.collectors.map((collector) => this.#probe(collector)));
  }

  /** What each can read here, what it has cost, and how it last went. */
  report(): CapabilityReport['collectors'] {
    return this.#parts.collectors.flatMap((collector) => {
      const capability = this.#capabilities.get(collector);
      const ledger = this.#ledger.accountOf(collector.id);
      return capability ? [{ id: collector.id, ...capability, ...(ledger && { ledger }) }] : [];
    });
  }

  /** Runs the collectors of these tiers. Slow and daily ones come with a later call, when they are done. */
  async run(tiers: ReadonlySet<Tier>): Promise<readonly Outcome[]> {
    if (this.#isStopped) return [];
    if (tiers.has('daily')) await this.#probeAgain();
    const due = this.#working().filter((collector) => tiers.has(collector.tier) && !this.#running.has(collector));
    for (const collector of due.filter(isDetached)) void this.#runLate(collector);
    const done = await Promise.all(due.filter((collector) => !isDetached(collector)).map((one) => this.#runOne(one)));
    return [...done, ...this.#late.splice(0), ...(tiers.has('minute') ? [this.#own()] : [])];
  }

  /** Runs one collector beside the rhythm, because it said that something changed; undefined while it is at work. */
  async runNow(id: string): Promise<Outcome | undefined> {
    const collector = this.#working().find((candidate) => candidate.id === id);
    if (!collector || this.#isStopped || this.#running.has(collector)) return undefined;
    return this.#runOne(collector);
  }

  /** @param onChange is told which collector would read something else now */
  watch(onChange: (id: string) => void): void {
    for (const { id, watch } of this.#parts.collectors) watch?.(() => onChange(id));
  }

  /** Nobody waits for an answer any more. */
  stop(): void {
    this.#isStopped = true;
    this.#deadlines.endAll('the agent is stopping');
    for (const { close } of this.#parts.collectors) close?.();
  }

  #working(): readonly Collector[] {
    return this.#parts.collectors.filter((collector) => this.#capabilities.get(collector)?.ok);
  }

  async #probe(collector: Collector): Promise<void> {
    const { host } = this.#parts;
    const result = await this.#deadlines.within(collector.timeoutMs, () => collector.probe(host));
    this.#capabilities.set(collector, 'reason' in result ? { ok: false, reason: result.reason } : result.value);
  }

  /** A tool may have been installed since, a battery plugged in. */
  async #probeAgain(): Promise<void> {
    const missing = this.#parts.collectors.filter((collector) => this.#capabilities.get(collector)?.ok === false);
    await Promise.all(missing.map((collector) => this.#probe(collector)));
  }

  async #runLate(collector: Collector): Promise<void> {
    this.#late.push(await this.#runOne(collector));
  }

  async #runOne(collector: Collector): Promise<Outcome> {
    const { host, clock } = this.#parts;
    const startedMs = clock.monoMs();
    const paused = this.#ledger.pausedBy(collector.id, startedMs);
    if (paused) return outcomeOf(collector, { failed: paused });
    this.#running.add(collector);
    const cpuMs = host.cpuMs();
    let ownMs = 0;
    const result = await this.#deadlines.within(collector.timeoutMs, async (signal) => {
      try {
        const work = collector.collect(host, { monoMs: startedMs, signal });
        ownMs = host.cpuMs() - cpuMs; // of what it did at once, which is nearly all: others take turns with the rest
        return await work;
      } finally {
        this.#running.delete(collector); // it may never come to this: then it is not begun again
      }
    });
    const seconds = (clock.monoMs() - startedMs) / 1000;
    return this.#note(collector, result, { seconds, ownMs });
  }

  #note(
    collector: Collector,
    result: Answer<Reading>,
    { seconds, ownMs }: { seconds: number; ownMs: number },
  ): Outcome {
    const { host, clock } = this.#parts;
    const reading = 'value' in result ? result.value : { samples: [], failed: result.reason };
    if ('isUnavailable' in result && result.isUnavailable) {
      this.#capabilities.set(collector, { ok: false, reason: result.reason });
      return outcomeOf(collector, { failed: result.reason }); // nothing to read is no failure
    }
    if (reading.source !== undefined) this.#capabilities.set(collector, available(reading.source));
    const { failed, cost = FREE } = reading;
    const shaped = this.#shape(reading);
    this.#ledger.note(collector.id, {
      monoMs: clock.monoMs(),
      wallMs: host.wallMs(),
      seconds,
      cost: { ...cost, cpuMs: cost.cpuMs + ownMs },
      ...(failed && { failed }),
      partial: shaped.partial,
    });
    return outcomeOf(collector, shaped);
  }

  #shape({ samples, partial = [], sections, failed }: Reading): Partial<Outcome> & Pick<Outcome, 'partial'> {
    const taken = samples.slice(0, SAMPLES_MAX);
    const measured = this.#measure(taken);
    return {
      measured,
      partial: [
        ...partial,
        ...lost(taken.length - measured.length, 'values were outside what the catalogue allows'),
        ...lost(samples.length - taken.length, `values were too many: ${SAMPLES_MAX} are taken`),
      ],
      ...(sections && { sections }),
      ...(failed && { failed }),
    };
  }

  /** The agent about itself. */
  #own(): Outcome {
    const { host, clock } = this.#parts;
    const monoMs = clock.monoMs();
    const own: Sample[] = [{ metric: 'fettle.agent.memory.usage', attributes: {}, value: host.memoryBytes() }];
    const [last, now] = [this.#spent, { monoMs, cpuMs: this.cpuMs }];
    this.#spent = now;
    if (last && monoMs > last.monoMs) {
      const value = (now.cpuMs - last.cpuMs) / (monoMs - last.monoMs);
      own.push({ metric: 'fettle.agent.cpu.utilization', attributes: {}, value });
    }
    return outcomeOf(OWN, {
      measured: this.#measure([...own, ...this.#ledger.samples(monoMs)]),
      partial: this.#unproven(),
    });
  }

  /** One that may still work has an age that is not known yet. One that cannot work here has none, and says so itself. */
  #unproven(): readonly Reason[] {
    return this.#working()
      .filter(({ id }) => !this.#ledger.hasWorked(id))
      .map(({ id }) => ({ code: 'service_broken', detail: `${id} has not worked since the start` }));
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

/** What the runner knows without any collector. */
export const OWN: Pick<Collector, 'id' | 'tier' | 'provides'> = {
  id: 'agent',
  tier: 'minute',
  provides: [
    'fettle.agent.cpu.utilization',
    'fettle.agent.memory.usage',
    'fettle.collector.duration',
    'fettle.collector.success',
    'fettle.collector.age',
  ],
};

const outcomeOf = ({ id, tier, provides }: typeof OWN, rest: Partial<Outcome>): Outcome => ({
  collector: id,
  tier,
  provides,
  measured: [],
  partial: [],
  ...rest,
});

const isDetached = ({ tier }: Collector): boolean => tier === 'slow' || tier === 'daily';

const lost = (count: number, why: string): readonly Reason[] =>
  count === 0 ? [] : [{ code: 'parse_error', detail: `${count} ${why}` }];
