// What a look at a target found, before it has a name.
import type { MetricName } from '@fettle/shared/metric/catalog';

import type { Fact } from '../facts.ts';

export type Value = {
  readonly metric: MetricName;
  readonly value: number;
  /** Of the target, where it has several: an interface, a supply. */
  readonly part?: string;
  readonly direction?: 'receive' | 'transmit';
};

export type Finding = {
  readonly passed: boolean;
  /** Why it did not pass. */
  readonly why?: string;
  readonly values: readonly Value[];
  readonly facts: readonly Fact[];
};
