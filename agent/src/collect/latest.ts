// The newest of every series: what the server is shown at once after a connect.
import { seriesKey } from '@fettle/shared/metric/sample';

import type { Measured, Outcome } from './runner.ts';

export class Latest {
  readonly #byCollector = new Map<string, readonly Measured[]>();

  /** What a collector gave stands until it gives again; what it gives no more is gone. */
  note(outcomes: readonly Outcome[]): void {
    for (const { collector, failed, measured } of outcomes) if (!failed) this.#byCollector.set(collector, measured);
  }

  /** The readings of this outcome whose instance is other than it was: all of the instance, so that they stay together. */
  newsIn({ collector, measured }: Outcome): readonly Measured[] {
    const known = new Map(this.#byCollector.get(collector)?.map(({ key, integer }) => [key, integer]));
    const changed = measured.filter(({ key, integer }) => known.get(key) !== integer);
    const instances = new Set(changed.map(instanceOf));
    return measured.filter((one) => instances.has(instanceOf(one)));
  }

  readings(): readonly Measured[] {
    return [...this.#byCollector.values()].flat();
  }
}

const instanceOf = ({ attributes }: Measured): string => seriesKey('', attributes);
