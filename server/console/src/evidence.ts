// Why an alert stands, in a few words: the value that counts, its limit, and what was looked at beside it.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import { judgedText, limitText } from '@fettle/shared/words/evidence';
import { metricLabel } from '@fettle/shared/words/metric-labels';
import { processText } from '@fettle/shared/words/process';
import { formatReading } from '@fettle/shared/words/reading';

type Evidence = AlertView['evidence'][number];

export type EvidenceText = {
  readonly value: string;
  readonly limit: string | null;
  readonly beside: readonly string[];
};

/** Of things counted the label says what they are. */
const besideText = ({ metric, value, unit }: Evidence): string =>
  `${formatReading(metric, value, unit.startsWith('{') ? '1' : unit)} ${metricLabel(metric).toLowerCase()}`;

/** Null where there was nothing to measure, as when a device is silent. */
export const evidenceText = (evidence: readonly Evidence[]): EvidenceText | null => {
  const main = evidence.find(({ threshold }) => threshold !== null) ?? evidence[0];
  if (main === undefined) return null;
  return {
    value: judgedText(main),
    limit: limitText(main),
    beside: evidence.filter((entry) => entry !== main).map(besideText),
  };
};

type Explained = Pick<AlertView, 'evidence' | 'processes'>;

/** One line for each process: the greatest user of what the alert is about first. */
export const usedByTexts = ({ evidence, processes }: Explained): readonly string[] => {
  const isAboutMemory = evidence[0]?.metric.startsWith('system.memory.') ?? false;
  return processes
    .toSorted((one, other) => (isAboutMemory ? other.memoryBytes - one.memoryBytes : (other.cpu ?? 0) - (one.cpu ?? 0)))
    .map((use) => processText(use));
};
