// The agent: the rhythm drives the pipeline (collect, judge, keep), the link carries what it kept, the server's word changes both.
import { type Clock, MINUTE_MS, type Rng } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import type { Intervals, SentRules, ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';

import type { AgentLog, AgentStatus } from './agent-report.ts';
import { type Beat, Metronome, phaseOf } from './collect/beat.ts';
import { clockFault } from './collect/clock/clock-fault.ts';
import type { ServerClock } from './collect/clock/server-clock.ts';
import { Live } from './collect/live.ts';
import { NO_STRETCH, type Stretch, stretchText, stretched } from './collect/rhythm.ts';
import type { Measured } from './collect/runner.ts';
import type { LastCrash } from './host/last-crash.ts';
import { type OwnKey, helloOf, rekeyOf } from './link/hello.ts';
import { Link } from './link/link.ts';
import type { Dial } from './link/socket.ts';
import { outboxOf } from './outbox.ts';
import { Pipeline, type PipelineParts } from './pipeline.ts';
import { RunTimes } from './run-times.ts';
import { looseOf } from './spool/batcher.ts';
import { SeriesSets } from './spool/series-sets.ts';
import { lanes } from './spool/spool.ts';

export type AgentParts = Omit<PipelineParts, 'sets' | 'onTransition' | 'onNews' | 'onFailure'> & {
  readonly rng: Rng;
  /** Those that the spool names its batches by; absent: of its own. */
  readonly sets?: SeriesSets;
  /** The way to the server, and the clock that its silence is measured with. */
  readonly net: { readonly dial: Dial; readonly clock: Clock };
  /** Told what the link hears; the collector of the clock may know it too. */
  readonly serverClock: ServerClock;
  readonly ownKey: OwnKeyParts;
  /** How the agent before crashed, where a host has seen it. */
  readonly lastCrash?: LastCrash | undefined;
  readonly onStatus: (status: AgentStatus) => void;
  readonly log: (entry: AgentLog) => void;
};

/** What a machine needs that is a copy of another one. */
export type OwnKeyParts = {
  /** A key beside that of now, the same each time it is asked for until `become`. */
  readonly make: () => Promise<OwnKey>;
  /** It is that device now: the agent is to be stopped, and started as such. */
  readonly become: (device: { readonly deviceId: string; readonly site: string }) => Promise<void>;
};

/** When the start is over, a minute after it, and from then on each quarter of an hour: 25 ms of CPU each. */
const SETTLED_BEATS = 6;
const TIDY_BEATS = 90;

/** Beats that are late by as much are late for a reason: what is read within one has deadlines of its own. */
const STUCK_BEATS = 6;
const STUCK_LEAST_MS = 2 * MINUTE_MS;

export class Agent {
  readonly #parts: AgentParts;
  readonly #sets: SeriesSets;
  readonly #pipeline: Pipeline;
  readonly #link: Link;
  readonly #live: Live;
  readonly #metronome: Metronome;
  readonly #runTimes: RunTimes;
  /** As the server gave them. */
  #intervals = INTERVALS;
  #stretch: Stretch = NO_STRETCH;
  #digestDueMs = 0;
  /** Rates need two readings: what is shown at a connect is shown once more, complete, at the next beat. */
  #owesNow = false;
  #failures = 0;
  #beats = 0;
  #beatEndedMs: number;

  constructor(parts: AgentParts) {
    const { clock, host, collectors, self } = parts;
    this.#parts = parts;
    this.#beatEndedMs = clock.monoMs();
    this.#sets = parts.sets ?? new SeriesSets();
    this.#runTimes = new RunTimes(clock, host.uptimeMs);
    this.#pipeline = new Pipeline({
      ...parts,
      sets: this.#sets,
      onTransition: (transition) => parts.log({ event: 'alert', transition }),
      onNews: (atMs, readings) => this.#onNews(atMs, readings),
      onFailure: (error) => this.#fail(error),
    });
    this.#link = this.#createLink(parts);
    this.#live = new Live({ clock, host, collectors, onReadings: (atMs, seen) => this.#sendLoose('live', atMs, seen) });
    this.#metronome = new Metronome(this.#intervals, {
      clock,
      phase: phaseOf(self.deviceId),
      uptimeMs: host.uptimeMs,
      onBeat: (beat) =>
        this.#onBeat(beat)
          .catch((error: unknown) => this.#fail(error))
          .finally(() => {
            this.#beatEndedMs = clock.monoMs();
          }),
    });
  }

  async start(): Promise<void> {
    await this.#pipeline.start();
    this.#logLeftOut();
    this.#link.start();
    await this.#metronome.start();
  }

  /** Safe also when `start` never ran or has not ended. */
  async stop(reason: Parameters<Link['stop']>[0]): Promise<void> {
    this.#metronome.stop();
    this.#live.stop();
    this.#pipeline.stopCollecting();
    await this.#pipeline.flush();
    await this.#link.flush().catch((error: unknown) => this.#fail(error)); // what it did not take is kept
    this.#link.stop(reason);
    await this.#parts.spool.close();
    await this.#pipeline.saveEnd();
  }

  /** Whether machine and rules are still looked at. A beat that failed was one, too: another process would fare no better. */
  get isWatching(): boolean {
    const stuckMs = Math.max(STUCK_LEAST_MS, STUCK_BEATS * this.#intervals.fast * this.#stretch.all);
    return this.#parts.clock.monoMs() - this.#beatEndedMs < stuckMs;
  }

  get status(): AgentStatus {
    const { spool, clock } = this.#parts;
    const { open } = this.#pipeline.digest();
    return {
      atMs: clock.wallMs(),
      link: this.#link.status,
      ruleSet: this.#pipeline.ruleSet,
      leftOut: this.#pipeline.leftOut,
      lanes: { alerts: spool.counts('alerts'), metrics: spool.counts('metrics') },
      openAlerts: open.map(({ rule, instance, severity }) => ({ rule, instance, severity })),
      dropped: this.#pipeline.dropped,
      failures: this.#failures,
      collectors: this.#pipeline.collectors,
    };
  }

  #createLink({ spool, net, rng, log, onStatus, self, ownKey, serverClock, host, lastCrash }: AgentParts): Link {
    const outbox = outboxOf(spool, this.#sets.seriesOf);
    return new Link({
      ...net,
      rng,
      outbox,
      log: (entry) => {
        log(entry);
        onStatus(this.status);
      },
      hello: (challenge) => {
        serverClock.asked(host.uptimeMs());
        const { ruleSet, lastEnd } = this.#pipeline;
        const run = { ...this.#runTimes.now(), lastEnd, ...(lastCrash && { crash: lastCrash.crash }) };
        return helloOf(self, challenge, { outbox, ruleSet, wallMs: net.clock.wallMs(), run });
      },
      rekey: (challenge) => rekeyOf(self, challenge, ownKey.make),
      onRekeyed: (device) => this.#guard(this.#becomeAnother(device)),
      onWelcome: (welcome) => {
        this.#runTimes.welcomed();
        if (lastCrash) this.#guard(lastCrash.forget());
        serverClock.heard(welcome.clock, host.uptimeMs());
        this.#guard(this.#onWelcome(welcome));
      },
      onMessage: (message) => this.#guard(this.#onMessage(message)),
    });
  }

  async #onBeat(beat: Beat): Promise<void> {
    await this.#pipeline.onBeat(beat);
    if (this.#link.status.state === 'open' && beat.monoMs >= this.#digestDueMs) await this.#keepDigest(beat.monoMs);
    if (this.#owesNow) this.#sendNow();
    this.#owesNow = false;
    this.#link.wake();
    this.#tidy();
    if (!beat.tiers.has('minute')) return;
    await this.#keepRhythm();
    this.#parts.onStatus(this.status);
  }

  /** Left alone, the heap grows to twice of what is needed before the engine looks at it. */
  #tidy(): void {
    this.#beats += 1;
    if (this.#beats === SETTLED_BEATS || this.#beats % TIDY_BEATS === 0) this.#parts.host.tidy();
  }

  #onNews(atMs: number, readings: readonly Measured[]): void {
    if (this.#live.isWatched) this.#sendLoose('live', atMs, readings);
    this.#link.wake();
  }

  async #keepDigest(monoMs: number): Promise<void> {
    this.#digestDueMs = monoMs + this.#intervals.digest;
    await this.#pipeline.keepDigest();
  }

  async #onWelcome({ intervals, ruleSet, clock }: Welcome): Promise<void> {
    const fault = clockFault(this.#parts.net.clock.wallMs(), clock);
    if (fault !== undefined) this.#parts.log({ event: 'clock', detail: fault });
    if (JSON.stringify(intervals) !== JSON.stringify(this.#intervals)) await this.#setIntervals(intervals);
    if (ruleSet) await this.#setRules(ruleSet);
    this.#sendNow();
    this.#owesNow = true;
    await this.#keepDigest(this.#parts.clock.monoMs());
    this.#link.wake();
  }

  /** What it has not told yet, it tells as the other: nobody can say what of it is the original's too. */
  async #becomeAnother({ deviceId, site }: ServerMessage & { type: 'rekeyed' }): Promise<void> {
    const { spool, self, log, ownKey } = this.#parts;
    for (const lane of lanes) await spool.renew(lane, 'unacked');
    await ownKey.become({ deviceId, site });
    log({
      event: 'copy',
      detail: `a copy of device ${self.deviceId}, which is there too: device ${deviceId} from now on`,
    });
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

  async #setRules(ruleSet: SentRules): Promise<void> {
    await this.#pipeline.setRules(ruleSet);
    this.#logLeftOut();
  }

  /** A newer server asks for what this version does not know: the others are judged all the same. */
  #logLeftOut(): void {
    for (const { rule, why } of this.#pipeline.leftOut) {
      this.#parts.log({ event: 'rules', detail: `rule ${rule} is not judged, update the agent: ${why}` });
    }
  }

  async #setIntervals(intervals: Intervals): Promise<void> {
    this.#intervals = intervals;
    const inForce = stretched(intervals, this.#stretch);
    await this.#pipeline.setIntervals(inForce);
    this.#metronome.setIntervals(inForce);
  }

  /** Less is read on a low battery and when the agent costs too much. */
  async #keepRhythm(): Promise<void> {
    const { stretch, cpuShare } = this.#pipeline;
    if (stretch.all === this.#stretch.all && stretch.slow === this.#stretch.slow) return;
    this.#stretch = stretch;
    this.#parts.log({ event: 'rhythm', detail: stretchText(stretch, cpuShare) });
    await this.#setIntervals(this.#intervals);
  }

  #sendNow(): void {
    this.#sendLoose('now', this.#parts.clock.wallMs(), this.#pipeline.readings);
  }

  #sendLoose(type: 'now' | 'live', atMs: number, readings: readonly Measured[]): void {
    const stepMs = this.#intervals.fast * this.#stretch.all;
    for (const loose of looseOf(this.#sets, { atMs, stepMs }, readings)) this.#link.sendLoose(type, loose);
  }

  #guard(work: Promise<void>): void {
    void work.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.log({ event: 'failed', detail });
  }
}
