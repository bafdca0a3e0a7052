// Every metric once, as data: names and units follow OpenTelemetry's semantic conventions v1.44 (`system.*`, `hw.*`);
// what they lack is under `fettle.`. A value travels, is stored, judged and charted as one integer: value ÷ resolution.
import { ofAgent } from './of-agent.ts';
import { ofChecks } from './of-checks.ts';
import { ofHardware } from './of-hardware.ts';
import { ofSoftware } from './of-software.ts';
import { ofSystem } from './of-system.ts';
import type { MetricSpec } from './spec.ts';

export const catalog = [
  ...ofSystem,
  ...ofHardware,
  ...ofSoftware,
  ...ofChecks,
  ...ofAgent,
] as const satisfies readonly MetricSpec[];

export type MetricName = (typeof catalog)[number]['name'];

const byName: ReadonlyMap<string, MetricSpec> = new Map(catalog.map((spec) => [spec.name, spec]));

/** The spec of a metric, or undefined for a name that this version does not know. */
export const findMetric = (name: string): MetricSpec | undefined => byName.get(name);

export const isMetricName = (name: string): name is MetricName => byName.has(name);
