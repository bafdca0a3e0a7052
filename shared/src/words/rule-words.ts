// When a level of a rule is reached, in a few words.
import type { ChangeLevel, EventLevel, ForecastLevel, Rule } from '../rule/rule.ts';
import { formatDuration, formatNumber } from './format.ts';

/** "at once", "after 10 min", "2 times within 7 d", "risen by 1 within 30 d, or 10 and more" */
export const levelText = (rule: Rule, index: number): string => {
  switch (rule.kind) {
    case 'event':
      return eventText(rule.levels[index]);
    case 'change':
      return changeText(rule.levels[index]);
    case 'state': {
      const { forMs = 0, readings = 1 } = rule.levels[index] ?? {};
      return forMs === 0 && readings > 1 ? `after ${readings} readings` : afterText(forMs);
    }
    case 'forecast':
      return forecastText(rule.levels[index]);
    default:
      return afterText(rule.levels[index]?.forMs ?? 0);
  }
};

const afterText = (forMs: number): string => (forMs === 0 ? 'at once' : `after ${formatDuration(forMs)}`);

const forecastText = (level: ForecastLevel | undefined): string =>
  level ? `used up within ${formatDuration(level.withinMs)}, ${afterText(level.forMs)}` : '';

const eventText = (level: EventLevel | undefined): string =>
  level === undefined || level.count === 1
    ? 'at once'
    : `${level.count} times within ${formatDuration(level.withinMs)}`;

/** Clauses on several metrics that say the same are said once. */
const changeText = (level: ChangeLevel | undefined): string => {
  const words = (level?.any ?? []).map((clause) =>
    'rise' in clause
      ? `risen by ${formatNumber(clause.rise)} within ${formatDuration(clause.withinMs)}`
      : `${formatNumber(clause.atLeast)} and more`,
  );
  return [...new Set(words)].join(', or ');
};
