// Faster readings for as long as someone watches this device. Beside the beat: its own collectors, nothing judged, nothing kept.
import type { Cancel, Clock } from '@fettle/shared/time';

import type { Host } from '../host/host.ts';
import type { Collector } from './collector.ts';
import { type Measured, Runner } from './runner.ts';

export type LiveParts = {
  readonly clock: Clock;
  readonly host: Host;
  /** New ones at each call. */
  readonly collectors: () => readonly Collector[];
  readonly onReadings: (atMs: number, readings: readonly Measured[]) => void;
};

const FAST = new Set(['fast'] as const);

export class Live {
  readonly #parts: LiveParts;
  #runner: Runner | undefined;
  #everyMs = 0;
  #untilMs = 0;
  #cancel: Cancel = () => undefined;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  get isWatched(): boolean {
    return this.#runner !== undefined;
  }

  /** Starts, or goes on until `forMs` from now. */
  async watch(everyMs: number, forMs: number): Promise<void> {
    this.#everyMs = everyMs;
    this.#untilMs = this.#parts.clock.monoMs() + forMs;
    if (this.#runner) return;
    const { collectors, host, clock } = this.#parts;
    const runner = new Runner({ collectors: collectors().filter(({ tier }) => tier === 'fast'), host, clock });
    this.#runner = runner;
    await runner.probeAll();
    await this.#read(runner);
  }

  stop(): void {
    this.#cancel();
    this.#runner?.stop();
    this.#runner = undefined;
  }

  async #read(runner: Runner): Promise<void> {
    const { clock, onReadings } = this.#parts;
    const outcomes = await runner.run(FAST);
    if (runner !== this.#runner) return; // stopped meanwhile, and perhaps watched again
    onReadings(
      clock.wallMs(),
      outcomes.flatMap(({ measured }) => measured),
    );
    if (clock.monoMs() >= this.#untilMs) return this.stop();
    this.#cancel = clock.after(this.#everyMs, () => void this.#read(runner));
  }
}
