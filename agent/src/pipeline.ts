// What becomes of readings, top to bottom: collect, judge, keep. It knows no server: what is kept waits in the spool.
import type { Transition } from '@fettle/shared/alert/alert';
import type { Clock } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import type { Intervals } from '@fettle/shared/wire/server-message.schema';

import type { Beat } from './collect/beat.ts';
import type { Collector } from './collect/collector.ts';
import { Latest } from './collect/latest.ts';
import { type Measured, type Outcome, Runner } from './collect/runner.ts';
import type { Fs } from './host/fs.ts';
import type { Host } from './host/host.ts';
import type { Self } from './link/hello.ts';
import { Evaluator } from './rules/evaluator.ts';
import { type RuleSet, loadRules, saveRules } from './rules/saved-rules.ts';
import { type StatePlace, loadState, saveState } from './rules/saved-state.ts';
import { Batcher } from './spool/batcher.ts';
import type { SeriesSets } from './spool/series-sets.ts';
import type { Spool } from './spool/spool.ts';

export type PipelineParts = {
  readonly clock: Clock;
  readonly fs: Fs;
  readonly host: Host;
  readonly spool: Spool;
  readonly sets: SeriesSets;
  readonly collectors: () => readonly Collector[];
  readonly self: Self;
  readonly files: { readonly state: string; readonly rules: string };
  readonly onTransition: (transition: Transition) => void;
  readonly onFailure: (error: unknown) => void;
};

export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #runner: Runner;
  readonly #evaluator: Evaluator;
  readonly #latest = new Latest();
  readonly #place: StatePlace;
  #intervals = INTERVALS;
  #batcher: Batcher;
  #ruleSet: RuleSet = { version: '', rules: [] };

  constructor(parts: PipelineParts) {
    const { collectors, host, clock, self, sets, fs, files } = parts;
    this.#parts = parts;
    this.#place = { fs, path: files.state, bootId: self.bootId };
    this.#runner = new Runner({ collectors: collectors(), host, clock });
    this.#evaluator = new Evaluator(self.device);
    this.#batcher = new Batcher(sets, this.#intervals);
  }

  get ruleSet(): string {
    return this.#ruleSet.version;
  }

  /** The newest of everything. */
  get readings(): readonly Measured[] {
    return this.#latest.readings();
  }

  get dropped() {
    return { instances: this.#evaluator.dropped, readings: this.#batcher.dropped };
  }

  /** Rules and alerts as they were at the last end, before anything is judged or told. */
  async start(): Promise<void> {
    const { fs, files, self, host, clock, onFailure } = this.#parts;
    this.#ruleSet = await loadRules(fs, files.rules);
    const loaded = await loadState(this.#place, { rules: this.#ruleSet.rules, device: self.device }, this.#now());
    if (loaded.problem !== undefined) onFailure(loaded.problem);
    this.#evaluator.adopt(loaded.entries);
    const transitions = this.#evaluator.setRules(this.#ruleSet.rules, this.#now());
    await this.#saveState(); // in any case: from here on an end that is not told of is a kill
    await this.#tell(transitions);
    const at = clock.wallMs();
    const { bootId, agentVersion } = self;
    const uptimeMs = Math.round(host.uptimeMs());
    await this.#record({ kind: 'start', at, bootId, uptimeMs, agentVersion, lastEnd: loaded.lastEnd });
    await this.#record({ kind: 'capabilities', at, collectors: await this.#runner.probeAll() });
  }

  async onBeat(beat: Beat): Promise<void> {
    if (beat.sleptMs > 0) {
      this.#evaluator.interrupt(beat);
      await this.#record({ kind: 'suspended', at: beat.wallMs, forMs: beat.sleptMs });
    }
    const outcomes = await this.#runner.run(beat.tiers);
    this.#latest.note(outcomes);
    await this.#judge(outcomes, beat);
    const measured = outcomes.flatMap((outcome) => outcome.measured);
    await this.#keep(this.#batcher.add(beat.wallMs, measured));
    for (const { sections } of outcomes) {
      if (sections) await this.#record({ kind: 'inventory', at: beat.wallMs, sections: [...sections] });
    }
  }

  /** What stands at the moment: it mends what the server may have missed. */
  digest() {
    return this.#evaluator.digest(this.#parts.clock.wallMs());
  }

  keepDigest(): Promise<void> {
    return this.#record(this.digest());
  }

  async setIntervals(intervals: Intervals): Promise<void> {
    this.#intervals = intervals;
    await this.flush();
    this.#batcher = new Batcher(this.#parts.sets, intervals);
  }

  async setRules(ruleSet: RuleSet): Promise<void> {
    const { fs, files, onFailure } = this.#parts;
    this.#ruleSet = ruleSet;
    await saveRules(fs, files.rules, ruleSet).catch(onFailure);
    await this.#keepAlerts(this.#evaluator.setRules(ruleSet.rules, this.#now()));
  }

  /** Readings that wait for a full batch, as a batch now. */
  async flush(): Promise<void> {
    await this.#keep(this.#batcher.flush());
  }

  stopCollecting(): void {
    this.#runner.stop();
  }

  /** The end was meant: the next start will say so. */
  saveEnd(): Promise<void> {
    return saveState(this.#place, this.#evaluator.entries, true);
  }

  #judge(outcomes: readonly Outcome[], beat: Beat): Promise<void> {
    const seen = outcomes.map((outcome) => observationOf(outcome, this.#intervals));
    return this.#keepAlerts(this.#evaluator.judge(seen, beat, this.#parts.host.uptimeMs()));
  }

  /** On the disk before in the lane: what a kill takes from the lane, the digest brings back. */
  async #keepAlerts(transitions: readonly Transition[]): Promise<void> {
    if (transitions.length === 0) return;
    await this.#saveState();
    await this.#tell(transitions);
  }

  async #saveState(): Promise<void> {
    await saveState(this.#place, this.#evaluator.entries, false).catch(this.#parts.onFailure);
  }

  async #tell(transitions: readonly Transition[]): Promise<void> {
    for (const transition of transitions) {
      this.#parts.onTransition(transition);
      await this.#record({ kind: 'transition', transition: { ...transition, evidence: [...transition.evidence] } });
    }
  }

  async #record(body: RecordBody): Promise<void> {
    const { spool, clock } = this.#parts;
    await spool.append('alerts', Buffer.from(JSON.stringify(body)), clock.wallMs());
  }

  async #keep(batches: readonly Uint8Array[]): Promise<void> {
    for (const batch of batches) await this.#parts.spool.append('metrics', batch, this.#parts.clock.wallMs());
  }

  #now() {
    const { clock } = this.#parts;
    return { monoMs: clock.monoMs(), wallMs: clock.wallMs() };
  }
}

const observationOf = ({ provides, measured, failed, partial, tier }: Outcome, intervals: Intervals) => ({
  provides,
  measured,
  everyMs: intervals[tier],
  isPartial: partial.length > 0,
  ...(failed === undefined ? {} : { failed }),
});
