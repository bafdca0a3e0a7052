// The names of series, made fit for the wire once: the same few come with every beat.
import type { MetricName } from '@fettle/shared/metric/catalog';
import { type Attributes, seriesKey } from '@fettle/shared/metric/sample';
import { cleanText } from '@fettle/shared/wire/bytes';

export type Series = { readonly key: string; readonly metric: MetricName; readonly attributes: Attributes };

/** Names that come and go (a process id, a volume's snapshot) must not pile up. */
const KEPT_MAX = 4_096;

export class SeriesNames {
  readonly #known = new Map<string, Series>();

  of(metric: MetricName, attributes: Attributes): Series {
    let raw: string = metric;
    for (const key of Object.keys(attributes)) raw += `\0${key}\0${attributes[key]}`;
    const known = this.#known.get(raw);
    if (known) return known;
    const clean = cleanAttributes(attributes);
    const series = { key: seriesKey(metric, clean), metric, attributes: clean };
    if (this.#known.size >= KEPT_MAX) this.#known.clear();
    this.#known.set(raw, series);
    return series;
  }
}

/** Names come from the machine (a mount point may hold a line break); from here on they are as the wire takes them. */
const cleanAttributes = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([key, text]) => [key, cleanText(text)]));
