import type { MetricName } from './catalog.ts';

/** How often: with every beat (10 s), each minute, each quarter of an hour, each day. */
export type Tier = 'fast' | 'minute' | 'slow' | 'daily';

/** When a collector is asked, and every metric that it may give. */
export type Source = { readonly tier: Tier; readonly provides: readonly MetricName[] };

/** By the id under which the agent reports what it can read. */
export type Sources = Readonly<Record<string, Source>>;
