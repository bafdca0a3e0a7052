// The rhythm: beats at multiples of the fast interval, by the wall clock's label and the monotonic clock's count.
import type { Tier } from '@fettle/shared/metric/source';
import { contentHash } from '@fettle/shared/rule/hash';
import type { Cancel, Clock } from '@fettle/shared/time';

export type BeatIntervals = Readonly<Record<Tier, number>>;

export type Beat = {
  /** Nominal times: the wall clock's a multiple of the fast interval, the monotonic one never the same twice. */
  readonly wallMs: number;
  readonly monoMs: number;
  readonly tiers: ReadonlySet<Tier>;
  /** The machine was asleep this long since the last beat; 0 when it was not. */
  readonly sleptMs: number;
};

export type BeatParts = {
  readonly clock: Clock;
  /** Since boot, sleep included. */
  readonly uptimeMs: () => number;
  /** 0..1, different per device: spreads the minute's and the slow readings of a fleet. */
  readonly phase: number;
  readonly onBeat: (beat: Beat) => Promise<void>;
};

/** Of a device's own, 0..1: the same after each start. */
export const phaseOf = (deviceId: string): number => Number.parseInt(contentHash(deviceId).slice(0, 8), 16) / 2 ** 32;

/** Someone set the clock, or it drifted so far that labels would be off. */
const CLOCK_STEP_MS = 2_000;
const SLEEP_MS = 2_000;
const OTHER_TIERS: readonly Tier[] = ['minute', 'slow', 'daily'];

export class Metronome {
  readonly #parts: BeatParts;
  #intervals: BeatIntervals;
  #state: 'new' | 'at work' | 'waiting' | 'stopped' = 'new';
  #cancel: Cancel = () => undefined;
  #offsetMs = 0;
  #lastMono = Number.NEGATIVE_INFINITY;
  #aheadMs = 0;
  readonly #due = new Map<Tier, number>();

  constructor(intervals: BeatIntervals, parts: BeatParts) {
    this.#parts = parts;
    this.#intervals = intervals;
  }

  /** The first beat comes at once and has every tier. */
  async start(): Promise<void> {
    if (this.#state !== 'new') return;
    const { clock, uptimeMs } = this.#parts;
    this.#offsetMs = clock.wallMs() - clock.monoMs();
    this.#aheadMs = uptimeMs() - clock.monoMs();
    await this.#beat();
  }

  setIntervals(intervals: BeatIntervals): void {
    const nowMs = this.#parts.clock.monoMs();
    for (const tier of OTHER_TIERS) {
      const due = this.#due.get(tier);
      // what is to be read more often is read at once; what is to be read less often is left where it was
      if (due !== undefined && intervals[tier] < this.#intervals[tier]) this.#due.set(tier, Math.min(due, nowMs));
    }
    this.#intervals = intervals;
    if (this.#state === 'waiting') this.#schedule();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#cancel();
  }

  async #beat(): Promise<void> {
    this.#state = 'at work';
    const { clock, onBeat } = this.#parts;
    const step = this.#intervals.fast;
    const wall = clock.wallMs();
    if (Math.abs(wall - clock.monoMs() - this.#offsetMs) > CLOCK_STEP_MS) this.#offsetMs = wall - clock.monoMs();
    const wallMs = Math.round(wall / step) * step;
    const monoMs = Math.max(wallMs - this.#offsetMs, this.#lastMono + 1);
    this.#lastMono = monoMs;
    await onBeat({ wallMs, monoMs, tiers: this.#tiersDue(wallMs, monoMs), sleptMs: this.#sleptMs() });
    this.#rest();
  }

  #rest(): void {
    if (this.#state !== 'at work') return;
    this.#state = 'waiting';
    this.#schedule();
  }

  /** At the next multiple; one that has passed while the last beat was at work is left out. */
  #schedule(): void {
    const step = this.#intervals.fast;
    const wall = this.#parts.clock.wallMs();
    const next = (Math.round(wall / step) + 1) * step;
    this.#cancel();
    this.#cancel = this.#parts.clock.after(next - wall, () => void this.#beat());
  }

  #tiersDue(wallMs: number, monoMs: number): ReadonlySet<Tier> {
    const due = new Set<Tier>(['fast']);
    for (const tier of OTHER_TIERS) {
      const everyMs = this.#intervals[tier];
      const next = this.#due.get(tier);
      if (next !== undefined && monoMs < next) continue;
      due.add(tier);
      this.#due.set(tier, monoMs + this.#untilPhase(wallMs, everyMs));
    }
    return due;
  }

  /** To this device's own moment within the next interval, half a beat early so that the beat at that moment counts. */
  #untilPhase(wallMs: number, everyMs: number): number {
    const { phase } = this.#parts;
    const step = this.#intervals.fast;
    const own = Math.floor((phase * everyMs) / step) * step;
    const past = (((wallMs - own) % everyMs) + everyMs) % everyMs;
    return everyMs - past - step / 2;
  }

  #sleptMs(): number {
    const { clock, uptimeMs } = this.#parts;
    const ahead = uptimeMs() - clock.monoMs();
    const slept = ahead - this.#aheadMs;
    this.#aheadMs = ahead;
    return slept > SLEEP_MS ? Math.round(slept) : 0;
  }
}
