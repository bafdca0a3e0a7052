// The newest of every series: what the server is shown at once after a connect.
import type { Measured, Outcome } from './runner.ts';

export class Latest {
  readonly #byCollector = new Map<string, readonly Measured[]>();

  /** What a collector gave stands until it gives again; what it gives no more is gone. */
  note(outcomes: readonly Outcome[]): void {
    for (const { collector, failed, measured } of outcomes) if (!failed) this.#byCollector.set(collector, measured);
  }

  readings(): readonly Measured[] {
    return [...this.#byCollector.values()].flat();
  }
}
