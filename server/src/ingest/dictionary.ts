// What a session's numbers stand for: series and sets as the agent announced them.
import { WireError } from '@fettle/shared/wire/bytes';
import type { SeriesDefinition, SeriesFrame, SetFrame } from '@fettle/shared/wire/frame';
import { SERIES_MAX } from '@fettle/shared/wire/limits';

import { setHashOf } from './device-key.ts';

export type KnownSet = { readonly hash: string; readonly series: readonly SeriesDefinition[] };

export class Dictionary {
  readonly #series: SeriesDefinition[] = [];
  readonly #sets = new Map<number, KnownSet>();

  readonly sizeOf = (setId: number): number | undefined => this.#sets.get(setId)?.series.length;

  /** @throws WireError for one that was not announced */
  set(setId: number): KnownSet {
    const set = this.#sets.get(setId);
    if (!set) throw new WireError(`set ${setId} was not announced`, 1);
    return set;
  }

  /** @throws WireError when numbers are left out or given twice */
  addSeries({ firstId, series }: SeriesFrame): void {
    if (firstId !== this.#series.length)
      throw new WireError(`series ${this.#series.length} is next, not ${firstId}`, 1);
    if (firstId + series.length > SERIES_MAX) throw new WireError('too many series', 1);
    this.#series.push(...series);
  }

  /** @throws WireError when it names a series that was not announced */
  addSet({ setId, seriesIds }: SetFrame): KnownSet {
    const series = seriesIds.map((id) => {
      const known = this.#series[id];
      if (!known) throw new WireError(`series ${id} was not announced`, 1);
      return known;
    });
    const set = { hash: setHashOf(series), series };
    this.#sets.set(setId, set);
    return set;
  }
}
