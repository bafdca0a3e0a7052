// The agent's main job, top to bottom: at each beat collect, judge, keep, and wake the link.
import type { Transition } from '@fettle/shared/alert/alert';
import { contentHash } from '@fettle/shared/rule/hash';
import { type Clock, DAY_MS, MINUTE_MS, type Rng, SECOND_MS } from '@fettle/shared/time';
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import type { Intervals, ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';

import { type Beat, Metronome } from './collect/beat.ts';
import type { Collector } from './collect/collector.ts';
import { Latest } from './collect/latest.ts';
import { Live } from './collect/live.ts';
import { type Measured, type Outcome, Runner } from './collect/runner.ts';
import type { Fs } from './host/fs.ts';
import type { Host } from './host/host.ts';
import { type Self, helloOf } from './link/hello.ts';
import { Link, type LinkLog } from './link/link.ts';
import type { Outbox } from './link/outbox.ts';
import type { Dial } from './link/socket.ts';
import { Evaluator } from './rules/evaluator.ts';
import { type RuleSet, loadRules, saveRules } from './rules/saved-rules.ts';
import { type StatePlace, loadState, saveState } from './rules/saved-state.ts';
import { Batcher, looseOf } from './spool/batcher.ts';
import { readOutgoing } from './spool/outgoing.ts';
import { SeriesSets } from './spool/series-sets.ts';
import type { LaneCounts, Spool } from './spool/spool.ts';

export type AgentParts = {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly fs: Fs;
  readonly host: Host;
  /** The way to the server, and the clock that its silence is measured with. */
  readonly net: { readonly dial: Dial; readonly clock: Clock };
  readonly spool: Spool;
  readonly collectors: () => readonly Collector[];
  readonly self: Self;
  readonly files: { readonly state: string; readonly rules: string };
  readonly onStatus: (status: AgentStatus) => void;
  readonly log: (entry: AgentLog) => void;
};

export type AgentLog =
  | LinkLog
  | { readonly event: 'failed' | 'poison'; readonly detail: string }
  | { readonly event: 'alert'; readonly transition: Transition };

export type AgentStatus = {
  readonly atMs: number;
  readonly link: Link['status'];
  readonly ruleSet: string;
  readonly lanes: { readonly alerts: LaneCounts; readonly metrics: LaneCounts };
  readonly openAlerts: readonly { readonly rule: string; readonly instance: string; readonly severity: string }[];
  readonly dropped: { readonly instances: number; readonly readings: number };
  readonly failures: number;
};

const DEFAULT_INTERVALS: Intervals = {
  fast: 10 * SECOND_MS,
  minute: MINUTE_MS,
  slow: 15 * MINUTE_MS,
  daily: DAY_MS,
  batch: MINUTE_MS,
  digest: 10 * MINUTE_MS,
  reconnectSpread: 30 * SECOND_MS,
};

export class Agent {
  readonly #parts: AgentParts;
  readonly #runner: Runner;
  readonly #latest = new Latest();
  readonly #evaluator: Evaluator;
  readonly #sets = new SeriesSets();
  readonly #outbox: Outbox;
  readonly #link: Link;
  readonly #live: Live;
  readonly #metronome: Metronome;
  readonly #place: StatePlace;
  #intervals = DEFAULT_INTERVALS;
  #batcher: Batcher;
  #ruleSet: RuleSet = { version: '', rules: [] };
  #digestDueMs = 0;
  /** Rates need two readings: what is shown at a connect is shown once more, complete, at the next beat. */
  #owesNow = false;
  #failures = 0;

  constructor(parts: AgentParts) {
    const { clock, host, collectors, self, spool, files, fs } = parts;
    this.#parts = parts;
    this.#place = { fs, path: files.state, bootId: self.bootId };
    this.#runner = new Runner({ collectors: collectors(), host, clock });
    this.#evaluator = new Evaluator(self.device);
    this.#batcher = new Batcher(this.#sets, rhythmOf(this.#intervals));
    this.#outbox = {
      lane: (lane) => spool.counts(lane),
      read: (lane, afterSeq, max) => readOutgoing(spool, this.#sets.seriesOf, lane, { afterSeq, max }),
      ack: (lane, epoch, seq) => spool.ack(lane, epoch, seq),
    };
    this.#link = new Link({
      ...parts.net,
      rng: parts.rng,
      log: (entry) => {
        parts.log(entry);
        parts.onStatus(this.status);
      },
      outbox: this.#outbox,
      hello: (challenge) =>
        helloOf(self, challenge, {
          outbox: this.#outbox,
          ruleSet: this.#ruleSet.version,
          wallMs: parts.net.clock.wallMs(),
        }),
      onWelcome: (welcome) => this.#guard(this.#onWelcome(welcome)),
      onMessage: (message) => this.#guard(this.#onMessage(message)),
    });
    this.#live = new Live({ clock, host, collectors, onReadings: (atMs, seen) => this.#sendLoose('live', atMs, seen) });
    this.#metronome = new Metronome(this.#intervals, {
      clock,
      phase: phaseOf(self.deviceId),
      uptimeMs: host.uptimeMs,
      onBeat: (beat) => this.#onBeat(beat).catch((error: unknown) => this.#fail(error)),
    });
  }

  async start(): Promise<void> {
    const { fs, files, self, host } = this.#parts;
    this.#ruleSet = await loadRules(fs, files.rules);
    const loaded = await loadState(this.#place, { rules: this.#ruleSet.rules, device: self.device }, this.#now());
    if (loaded.problem !== undefined) this.#fail(loaded.problem);
    this.#evaluator.adopt(loaded.entries);
    await this.#keepAlerts(this.#evaluator.setRules(this.#ruleSet.rules, this.#now()), true);
    const at = this.#parts.clock.wallMs();
    const { bootId, agentVersion } = self;
    const uptimeMs = Math.round(host.uptimeMs());
    await this.#record({ kind: 'start', at, bootId, uptimeMs, agentVersion, lastEnd: loaded.lastEnd });
    await this.#record({ kind: 'capabilities', at, collectors: await this.#runner.probeAll() });
    this.#link.start();
    await this.#metronome.start();
  }

  /** Safe also when `start` never ran or has not ended. */
  async stop(reason: Parameters<Link['stop']>[0]): Promise<void> {
    this.#metronome.stop();
    this.#live.stop();
    this.#runner.stop();
    await this.#keepBatches(this.#batcher.flush());
    await this.#link.flush();
    this.#link.stop(reason);
    await saveState(this.#place, this.#evaluator.entries, true);
  }

  get status(): AgentStatus {
    const { spool, clock } = this.#parts;
    const { open } = this.#evaluator.digest(clock.wallMs());
    return {
      atMs: clock.wallMs(),
      link: this.#link.status,
      ruleSet: this.#ruleSet.version,
      lanes: { alerts: spool.counts('alerts'), metrics: spool.counts('metrics') },
      openAlerts: open.map(({ rule, instance, severity }) => ({ rule, instance, severity })),
      dropped: { instances: this.#evaluator.dropped, readings: this.#batcher.dropped },
      failures: this.#failures,
    };
  }

  async #onBeat(beat: Beat): Promise<void> {
    if (beat.sleptMs > 0) {
      this.#evaluator.interrupt(beat);
      await this.#record({ kind: 'suspended', at: beat.wallMs, forMs: beat.sleptMs });
    }
    const outcomes = await this.#runner.run(beat.tiers);
    this.#latest.note(outcomes);
    const seen = outcomes.map((outcome) => observationOf(outcome, this.#intervals));
    await this.#keepAlerts(this.#evaluator.judge(seen, beat, this.#parts.host.uptimeMs()), false);
    await this.#keepBatches(
      this.#batcher.add(
        beat.wallMs,
        outcomes.flatMap(({ measured }) => measured),
      ),
    );
    for (const { sections } of outcomes) {
      if (sections) await this.#record({ kind: 'inventory', at: beat.wallMs, sections: [...sections] });
    }
    if (this.#link.status.state === 'open' && beat.monoMs >= this.#digestDueMs) await this.#digest(beat.monoMs);
    if (this.#owesNow) this.#sendNow();
    this.#owesNow = false;
    this.#link.wake();
    if (beat.tiers.has('minute')) this.#parts.onStatus(this.status);
  }

  /** On the disk before in the lane: what a kill takes from the lane, the digest brings back. */
  async #keepAlerts(transitions: readonly Transition[], isStart: boolean): Promise<void> {
    if (transitions.length === 0 && !isStart) return;
    await saveState(this.#place, this.#evaluator.entries, false).catch((error: unknown) => this.#fail(error));
    for (const transition of transitions) {
      this.#parts.log({ event: 'alert', transition });
      await this.#record({ kind: 'transition', transition: { ...transition, evidence: [...transition.evidence] } });
    }
  }

  async #keepBatches(batches: readonly Uint8Array[]): Promise<void> {
    for (const batch of batches) await this.#parts.spool.append('metrics', batch, this.#parts.clock.wallMs());
  }

  async #record(body: RecordBody): Promise<void> {
    const { spool, clock } = this.#parts;
    await spool.append('alerts', Buffer.from(JSON.stringify(body)), clock.wallMs());
  }

  async #digest(monoMs: number): Promise<void> {
    this.#digestDueMs = monoMs + this.#intervals.digest;
    await this.#record(this.#evaluator.digest(this.#parts.clock.wallMs()));
  }

  async #onWelcome({ intervals, ruleSet }: Welcome): Promise<void> {
    if (JSON.stringify(intervals) !== JSON.stringify(this.#intervals)) await this.#setIntervals(intervals);
    if (ruleSet) await this.#setRules(ruleSet);
    this.#sendNow();
    this.#owesNow = true;
    await this.#digest(this.#parts.clock.monoMs());
    this.#link.wake();
  }

  async #onMessage(message: ServerMessage & { type: 'rules' | 'live' | 'poison' }): Promise<void> {
    switch (message.type) {
      case 'rules':
        await this.#setRules(message.ruleSet);
        return this.#link.wake();
      case 'live':
        return this.#live.watch(message.everyMs, message.forMs);
      case 'poison':
        return this.#parts.log({ event: 'poison', detail: `${message.lane} ${message.seq}: ${message.message}` });
    }
  }

  async #setIntervals(intervals: Intervals): Promise<void> {
    this.#intervals = intervals;
    await this.#keepBatches(this.#batcher.flush());
    this.#batcher = new Batcher(this.#sets, rhythmOf(intervals));
    this.#metronome.setIntervals(intervals);
  }

  async #setRules(ruleSet: RuleSet): Promise<void> {
    this.#ruleSet = ruleSet;
    await saveRules(this.#parts.fs, this.#parts.files.rules, ruleSet).catch((error: unknown) => this.#fail(error));
    await this.#keepAlerts(this.#evaluator.setRules(ruleSet.rules, this.#now()), false);
  }

  #sendNow(): void {
    this.#sendLoose('now', this.#parts.clock.wallMs(), this.#latest.readings());
  }

  #sendLoose(type: 'now' | 'live', atMs: number, readings: readonly Measured[]): void {
    if (readings.length === 0) return;
    this.#link.sendLoose(type, looseOf(this.#sets, { atMs, stepMs: this.#intervals.fast }, readings));
  }

  #now() {
    const { clock } = this.#parts;
    return { monoMs: clock.monoMs(), wallMs: clock.wallMs() };
  }

  #guard(work: Promise<void>): void {
    void work.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    this.#parts.log({
      event: 'failed',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}

const rhythmOf = ({ fast, batch }: Intervals) => ({
  stepMs: fast,
  stepsPerBatch: Math.max(1, Math.round(batch / fast)),
});

const observationOf = ({ provides, measured, failed, partial, tier }: Outcome, intervals: Intervals) => ({
  provides,
  measured,
  everyMs: intervals[tier],
  isPartial: partial.length > 0,
  ...(failed === undefined ? {} : { failed }),
});

/** 0..1, from the id: the same after each start. */
const phaseOf = (deviceId: string): number => Number.parseInt(contentHash(deviceId).slice(0, 8), 16) / 2 ** 32;
