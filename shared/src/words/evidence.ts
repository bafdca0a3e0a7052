// What an alert was judged on, as people read it: a value, a sum of what was counted, or a value that rose.
import { formatDuration } from './format.ts';
import { formatReading } from './reading.ts';

/** As the API shows it; the wire leaves out what is null here. */
type Judged = {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly threshold?: number | null | undefined;
  readonly rise?: number | null | undefined;
  readonly withinMs?: number | null | undefined;
};

/** "91.2 %", "3 events within 7 d", "12 sectors, 4 more within 30 d" */
export const judgedText = ({ metric, unit, value, rise, withinMs }: Judged): string => {
  const text = formatReading(metric, value, unit);
  if (!isKnown(withinMs)) return text;
  const within = `within ${formatDuration(withinMs)}`;
  return isKnown(rise) ? `${text}, ${formatReading(metric, rise, '1')} more ${within}` : `${text} ${within}`;
};

/** "85 %", "2 events", "1 more"; null where there is no limit. */
export const limitText = ({ metric, unit, threshold, rise }: Judged): string | null => {
  if (!isKnown(threshold)) return null;
  return isKnown(rise) ? `${formatReading(metric, threshold, '1')} more` : formatReading(metric, threshold, unit);
};

const isKnown = (value: number | null | undefined): value is number => value !== null && value !== undefined;
