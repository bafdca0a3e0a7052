// Which series the columns of a batch are: a list gets a number, which the batch carries instead of the names.
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

/** Lists remembered, those last used; a batch whose list is forgotten cannot be sent any more. Lists change when a volume or an interface comes or goes. */
const SETS_KEPT = 256;

export type SeriesOf = (setKey: number) => readonly SeriesDefinition[] | undefined;

export class SeriesSets {
  readonly #keys = new Map<string, number>();
  readonly #sets = new Map<number, { readonly name: string; readonly series: readonly SeriesDefinition[] }>();
  #next = 0;

  /** @param keys one text per series, in the order of `series`; @returns the number of the list, the same for the same list */
  keyOf(keys: readonly string[], series: () => readonly SeriesDefinition[]): number {
    const name = keys.join('\n');
    const known = this.#keys.get(name);
    if (known !== undefined) return this.#use(known);
    const key = this.#next;
    this.#next += 1;
    this.#keys.set(name, key);
    this.#sets.set(key, { name, series: series() });
    this.#forgetOldest();
    return key;
  }

  readonly seriesOf: SeriesOf = (setKey) => this.#sets.get(setKey)?.series;

  #use(key: number): number {
    const set = this.#sets.get(key);
    if (!set) return key;
    this.#sets.delete(key);
    this.#sets.set(key, set); // the youngest again
    return key;
  }

  #forgetOldest(): void {
    if (this.#sets.size <= SETS_KEPT) return;
    const [oldest] = this.#sets;
    if (!oldest) return;
    this.#sets.delete(oldest[0]);
    this.#keys.delete(oldest[1].name);
  }
}
