// Which series and sets this session has been told of, and by which numbers.
import { seriesKey } from '@fettle/shared/metric/sample';
import { encodeSeries, encodeSet } from '@fettle/shared/wire/encode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { SERIES_MAX, SETS_MAX } from '@fettle/shared/wire/limits';

/** So many fit into a frame of 64 KiB even with the longest names: eight attributes, each text of 512 bytes. */
const SERIES_PER_FRAME = 7;

export type Announcement = {
  readonly setId: number;
  /** To be sent before the set is used. */
  readonly frames: readonly Uint8Array[];
};

export class Dictionary {
  readonly #series = new Map<string, number>();
  readonly #sets = new Map<number, number>();

  /** @param setKey the same for the same series; @returns undefined when a session can hold no more: begin a new one */
  announce(setKey: number, series: readonly SeriesDefinition[]): Announcement | undefined {
    const known = this.#sets.get(setKey);
    if (known !== undefined) return { setId: known, frames: [] };
    const names = series.map(({ metric, attributes }) => seriesKey(metric, attributes));
    const fresh = series.filter((_, index) => !this.#series.has(names[index] ?? ''));
    if (this.#sets.size >= SETS_MAX || this.#series.size + fresh.length > SERIES_MAX) return undefined;
    const frames = this.#number(fresh);
    const setId = this.#sets.size;
    this.#sets.set(setKey, setId);
    const seriesIds = names.map((name) => this.#series.get(name) ?? 0);
    return { setId, frames: [...frames, encodeSet({ setId, seriesIds })] };
  }

  #number(fresh: readonly SeriesDefinition[]): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (let from = 0; from < fresh.length; from += SERIES_PER_FRAME) {
      const part = fresh.slice(from, from + SERIES_PER_FRAME);
      frames.push(encodeSeries({ firstId: this.#series.size, series: part }));
      for (const { metric, attributes } of part) this.#series.set(seriesKey(metric, attributes), this.#series.size);
    }
    return frames;
  }
}
