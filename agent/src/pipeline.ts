// What becomes of readings, top to bottom: collect, judge, keep. It knows no server: what is kept waits in the spool.
import type { Transition } from '@fettle/shared/alert/alert';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import type { CapabilityReport } from '@fettle/shared/wire/record.schema';
import type { Intervals, SentRules } from '@fettle/shared/wire/server-message.schema';

import type { Beat } from './collect/beat.ts';
import { Changes } from './collect/changes.ts';
import type { Collector } from './collect/collector.ts';
import { Latest } from './collect/latest.ts';
import { EXPLAINED, Snapshots } from './collect/processes/snapshots.ts';
import { Budget, type Stretch, stretchOf } from './collect/rhythm.ts';
import { type Measured, type Outcome, Runner } from './collect/runner.ts';
import type { Fs } from './host/fs.ts';
import type { Host } from './host/host.ts';
import type { Self } from './link/hello.ts';
import { type RecordParts, Records } from './records.ts';
import { digestParts } from './rules/digest-parts.ts';
import type { Moment } from './rules/entry.ts';
import { Evaluator } from './rules/evaluator.ts';
import type { LeftOut } from './rules/judged-rules.ts';
import type { Observation } from './rules/observation.ts';
import { type RuleSet, adopted } from './rules/rule-set.ts';
import { SaveSchedule } from './rules/save-schedule.ts';
import { loadRules, saveRules } from './rules/saved-rules.ts';
import { type LoadedState, type StatePlace, loadState, saveState } from './rules/saved-state.ts';
import { Batcher } from './spool/batcher.ts';
import type { SeriesSets } from './spool/series-sets.ts';

export type PipelineParts = RecordParts & {
  readonly fs: Fs;
  readonly host: Host;
  readonly sets: SeriesSets;
  readonly collectors: () => readonly Collector[];
  readonly self: Self;
  readonly files: { readonly state: string; readonly rules: string };
  /** What changed between two beats, for who watches. */
  readonly onNews: (atMs: number, readings: readonly Measured[]) => void;
  readonly onFailure: (error: unknown) => void;
};

export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #runner: Runner;
  readonly #evaluator: Evaluator;
  readonly #latest = new Latest();
  readonly #records: Records;
  readonly #snapshots: Snapshots;
  readonly #place: StatePlace;
  readonly #schedule = new SaveSchedule();
  readonly #changes: Changes;
  /** The beat that is being read and judged: what is read meanwhile must be judged after it. */
  #beat: Promise<unknown> = Promise.resolve();
  /** Moments that are judged never go back, although beats have nominal times and what comes between has true ones. */
  #judgedMs = Number.NEGATIVE_INFINITY;
  #isEnding = false;
  #lastEnd: LoadedState['lastEnd'] = 'unknown';
  #intervals = INTERVALS;
  readonly #budget = new Budget();
  #batcher: Batcher;
  #ruleSet: RuleSet = { version: '', rules: [], leftOut: [] };

  constructor(parts: PipelineParts) {
    const { collectors, host, clock, self, sets, fs, files } = parts;
    this.#parts = parts;
    this.#records = new Records(parts);
    this.#place = { fs, path: files.state, bootId: self.bootId };
    this.#runner = new Runner({ collectors: collectors(), host, clock });
    this.#changes = new Changes({ clock, read: (id) => this.#readNow(id) });
    this.#evaluator = new Evaluator(self.device);
    this.#snapshots = new Snapshots(host);
    this.#batcher = new Batcher(sets, this.#intervals);
  }

  /** Rules in force that this version cannot judge: the server is newer. */
  get leftOut(): readonly LeftOut[] {
    return [...this.#ruleSet.leftOut, ...this.#evaluator.leftOut];
  }

  /** Of the agent before this one. */
  get lastEnd(): LoadedState['lastEnd'] {
    return this.#lastEnd;
  }

  get ruleSet(): string {
    return this.#ruleSet.version;
  }

  /** The newest of everything. */
  get readings(): readonly Measured[] {
    return this.#latest.readings();
  }

  /** What each collector can read here, and what it has cost. */
  get collectors(): CapabilityReport['collectors'] {
    return this.#runner.report();
  }

  /** How much less than usual should be read at the moment. */
  get stretch(): Stretch {
    return stretchOf(this.#latest.readings(), this.#budget.factor);
  }

  /** CPU time ÷ time, of the agent and its children. */
  get cpuShare(): number | undefined {
    return this.#budget.share;
  }

  get dropped() {
    return { instances: this.#evaluator.dropped, readings: this.#batcher.dropped };
  }

  /** Rules and alerts as they were at the last end, before anything is judged or told. */
  async start(): Promise<void> {
    const { fs, files, self, host, clock, onFailure } = this.#parts;
    this.#ruleSet = await loadRules(fs, files.rules);
    const now = { ...this.#now(), uptimeMs: host.uptimeMs() };
    const loaded = await loadState(this.#place, { rules: this.#ruleSet.rules, device: self.device }, now);
    if (loaded.problem !== undefined) onFailure(loaded.problem);
    this.#lastEnd = loaded.lastEnd;
    this.#evaluator.adopt(loaded);
    const transitions = this.#evaluator.setRules(this.#ruleSet.rules, this.#now());
    await this.#saveState(); // in any case: from here on an end that is not told of is a kill
    await this.#records.tellTransitions(transitions);
    const at = clock.wallMs();
    const { bootId, agentVersion } = self;
    const uptimeMs = Math.round(host.uptimeMs());
    const targets = [...new Set(host.declared.check.map(({ name }) => name))];
    await this.#records.tell({
      kind: 'start',
      at,
      bootId,
      uptimeMs,
      agentVersion,
      lastEnd: loaded.lastEnd,
      ...(targets.length > 0 && { targets }),
    });
    await this.#runner.probeAll();
    this.#runner.watch((id) => this.#changes.note(id));
    await this.#records.tellCapabilities(this.#runner.report(), at);
  }

  async onBeat(beat: Beat): Promise<void> {
    const { clock } = this.#parts;
    if (beat.sleptMs > 0) {
      this.#evaluator.interrupt(beat);
      await this.#records.tell({ kind: 'suspended', at: beat.wallMs, forMs: beat.sleptMs });
    }
    const reading = this.#readAndJudge(beat);
    this.#beat = reading.catch(() => undefined);
    const outcomes = await reading;
    if (this.#schedule.isDue(this.#evaluator, clock.monoMs())) await this.#saveState();
    const measured = outcomes.flatMap((outcome) => outcome.measured);
    await this.#keep(this.#batcher.add(beat.wallMs, measured));
    await this.#records.tellSections(
      outcomes.flatMap(({ sections = [] }) => sections),
      beat.wallMs,
    );
    if (!beat.tiers.has('minute')) return;
    this.#budget.note(beat.monoMs, this.#runner.cpuMs);
    await this.#records.tellCapabilities(this.#runner.report(), beat.wallMs);
  }

  /** What stands at the moment: it mends what the server may have missed. */
  digest() {
    return this.#evaluator.digest(this.#parts.clock.wallMs());
  }

  async keepDigest(): Promise<void> {
    // begun in one turn, so that they take their places in a row: each is true as of the same moment
    await Promise.all(digestParts(this.digest()).map((part) => this.#records.tell(part)));
  }

  async setIntervals(intervals: Intervals): Promise<void> {
    this.#intervals = intervals;
    await this.flush();
    this.#batcher = new Batcher(this.#parts.sets, intervals);
  }

  async setRules(sent: SentRules): Promise<void> {
    const { fs, files, onFailure } = this.#parts;
    this.#ruleSet = adopted(sent);
    await saveRules(fs, files.rules, sent).catch(onFailure);
    await this.#keepAlerts(this.#evaluator.setRules(this.#ruleSet.rules, this.#now()));
  }

  /** Readings that wait for a full batch, as a batch now. */
  async flush(): Promise<void> {
    await this.#keep(this.#batcher.flush());
  }

  stopCollecting(): void {
    this.#changes.stop();
    this.#runner.stop();
  }

  /** The end was meant: the next start will say so. A full disk must not keep the rest from being ended. */
  saveEnd(): Promise<void> {
    this.#isEnding = true;
    return this.#save();
  }

  async #readAndJudge(beat: Beat): Promise<readonly Outcome[]> {
    const outcomes = await this.#runner.run(beat.tiers);
    this.#latest.note(outcomes);
    await this.#judge(
      outcomes.map((outcome) => observationOf(outcome, this.#intervals)),
      beat,
    );
    return outcomes;
  }

  /** Between two beats, because a collector said that something changed. Judged and shown, not kept: what is stored keeps its step. */
  async #readNow(id: string): Promise<boolean> {
    const outcome = await this.#runner.runNow(id);
    if (!outcome) return false;
    await this.#beat;
    const measured = this.#latest.newsIn(outcome);
    if (outcome.failed || measured.length === 0) return true;
    this.#latest.note([outcome]);
    const now = this.#now();
    // only what is other than before, so that windows keep their length; what is not among it is not gone
    const news = { ...observationOf(outcome, this.#intervals), measured, isPartial: true };
    await this.#judge([news], now).catch(this.#parts.onFailure);
    this.#parts.onNews(now.wallMs, measured);
    return true;
  }

  #judge(seen: readonly Observation[], { monoMs, wallMs }: Moment): Promise<void> {
    const { host, clock } = this.#parts;
    this.#judgedMs = Math.max(monoMs, this.#judgedMs + 1);
    const transitions = this.#evaluator.judge(seen, { monoMs: this.#judgedMs, wallMs }, host.uptimeMs());
    const explained = this.#snapshots.explain(transitions, clock.monoMs());
    this.#snapshots.prepare(this.#evaluator.isNear(EXPLAINED), clock.monoMs(), this.#intervals.minute);
    return this.#keepAlerts(explained);
  }

  /** On the disk before in the lane: what a kill takes from the lane, the digest brings back. */
  async #keepAlerts(transitions: readonly Transition[]): Promise<void> {
    if (transitions.length === 0) return;
    await this.#saveState();
    await this.#records.tellTransitions(transitions);
  }

  async #saveState(): Promise<void> {
    this.#schedule.noteSaved(this.#evaluator, this.#parts.clock.monoMs());
    await this.#save();
  }

  /** A beat that is still under way at the end cannot take back that it was meant. */
  #save(): Promise<void> {
    return saveState(this.#place, this.#evaluator.memory, this.#isEnding).catch(this.#parts.onFailure);
  }

  async #keep(batches: readonly Uint8Array[]): Promise<void> {
    for (const batch of batches) await this.#parts.spool.append('metrics', batch, this.#parts.clock.wallMs());
  }

  #now() {
    const { clock } = this.#parts;
    return { monoMs: clock.monoMs(), wallMs: clock.wallMs() };
  }
}

const observationOf = ({ collector, provides, measured, failed, partial, tier }: Outcome, intervals: Intervals) => ({
  source: collector,
  provides,
  measured,
  everyMs: intervals[tier],
  isPartial: partial.length > 0,
  ...(failed === undefined ? {} : { failed }),
});
