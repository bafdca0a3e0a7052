// Why an alert stands, in a few words: the value that counts, its limit, and what was looked at beside it.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import { metricLabel } from '@fettle/shared/words/metric-labels';
import { formatReading } from '@fettle/shared/words/reading';

type Evidence = AlertView['evidence'][number];

export type EvidenceText = {
  readonly value: string;
  readonly limit: string | null;
  readonly beside: readonly string[];
};

const besideText = ({ metric, value, unit }: Evidence): string =>
  `${formatReading(metric, value, unit)} ${metricLabel(metric).toLowerCase()}`;

/** Null where there was nothing to measure, as when a device is silent. */
export const evidenceText = (evidence: readonly Evidence[]): EvidenceText | null => {
  const main = evidence.find(({ threshold }) => threshold !== null) ?? evidence[0];
  if (main === undefined) return null;
  return {
    value: formatReading(main.metric, main.value, main.unit),
    limit: main.threshold === null ? null : formatReading(main.metric, main.threshold, main.unit),
    beside: evidence.filter((entry) => entry !== main).map(besideText),
  };
};
