// A value of a rule and where it comes from, as people say it.
import { findMetric } from '@fettle/shared/metric/catalog';
import type { Rule } from '@fettle/shared/rule/rule';
import { formatBytes, formatDuration, formatPercent } from '@fettle/shared/words/format';

import type { Origin, Value } from './effective.ts';
import type { Path } from './merge.ts';

/** "85 % from the pack, 90 % by site office": the last one is in force. */
export const valueText = ({ path, said }: Value, rule: Rule | undefined): string =>
  said.map(({ value, by }) => `${wordOf(path, value, rule)} ${originText(by)}`).join(', ');

const originText = (by: Origin): string => {
  if (!by) return 'from the pack';
  return by.level === 'device' ? 'by this device' : `by ${by.level} ${by.place}`;
};

const THRESHOLD = /^levels\[(\d+)\]\.any\[(\d+)\]\.(fireAt|clearAt)$/;

const wordOf = (path: string, value: unknown, rule: Rule | undefined): string => {
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  if (/Ms(?:\.|On|$)/.test(path) || path.includes('forMsOn')) return formatDuration(value);
  const [, level, clause, end = ''] = THRESHOLD.exec(path) ?? [];
  const spec = findMetric(metricAt(['levels', Number(level), 'any', Number(clause), end], rule));
  if (spec?.isShare) return formatPercent(value, 1);
  return spec?.unit === 'By' ? formatBytes(value) : String(value);
};

/** What the metric beside a value is: of a threshold, what it is a threshold of. "" where there is none. */
export const metricAt = (path: Path, rule: Rule | undefined): string => {
  const metric = [...path.slice(0, -1), 'metric'].reduce<unknown>(inside, rule);
  return typeof metric === 'string' ? metric : '';
};

const inside = (value: unknown, step: string | number): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
