// Samples of what may not be known.
import { type MetricName, isMetricName } from '@fettle/shared/metric/catalog';
import type { Attributes, Sample } from '@fettle/shared/metric/sample';

/** Nothing for a value that is not known. */
export const sample = (metric: MetricName, attributes: Attributes, value: number | undefined): Sample[] =>
  value === undefined ? [] : [{ metric, attributes, value }];

/** Those whose metric is one of the catalogue. */
export const inCatalogue = (
  samples: readonly (Omit<Sample, 'metric'> & { readonly metric: string })[],
): readonly Sample[] =>
  samples.flatMap(({ metric, attributes, value }) => (isMetricName(metric) ? sample(metric, attributes, value) : []));
