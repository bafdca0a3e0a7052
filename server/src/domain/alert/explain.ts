// Why an alert is there, and why somebody was told of it or not, in sentences.
import type { HushReason } from '@fettle/shared/api/alert.schema';
import { findMetric } from '@fettle/shared/metric/catalog';
import { ruleHash } from '@fettle/shared/rule/hash';
import type { Rule } from '@fettle/shared/rule/rule';
import { judgedText, limitText } from '@fettle/shared/words/evidence';
import { metricLabel } from '@fettle/shared/words/metric-labels';
import { levelText } from '@fettle/shared/words/rule-words';

import { type Forecast, forecastText } from '../forecast/forecast.ts';
import { type Absence, absenceText } from '../presence/absence.ts';
import { instantOf } from '../view.ts';
import type { Alert } from './alert.ts';

export type AlertFacts = {
  readonly alert: Alert;
  readonly mute: { readonly untilMs: number } | undefined;
  /** What keeps it quiet, as people call it; absent where it is nobody and nothing. */
  readonly quietBy: string | undefined;
  /** Of its device, when it fired; known once the device is back. */
  readonly absence?: Absence | undefined;
  /** Of its instance, as of now. */
  readonly forecast?: Forecast | undefined;
};

/** @param rule as it is in force now, where there still is one */
export const explain = ({ alert, mute, quietBy, ...known }: AlertFacts, rule: Rule | undefined) => ({
  rule: {
    id: alert.rule,
    title: rule?.title ?? alert.rule,
    hash: alert.ruleHash,
    isInForce: rule !== undefined && ruleHash(rule) === alert.ruleHash,
    levels: rule?.levels.map(({ severity }, index) => `${severity} ${levelText(rule, index)}`) ?? [],
  },
  why: [
    ...alert.evidence.map((evidence) => {
      const judged = { ...evidence, unit: findMetric(evidence.metric)?.unit ?? '' };
      const limit = limitText(judged);
      return `${metricLabel(evidence.metric)}: ${judgedText(judged)}${limit === null ? '' : `, limit ${limit}`}.`;
    }),
    ...(rule ? besideText(rule, known) : []),
    ...(alert.reason === 'no data' ? [NO_DATA] : []),
    ...(alert.occurrences > 1 ? [`It fired ${alert.occurrences} times.`] : []),
    ...(alert.flapping ? [`It comes and goes since ${instantOf(alert.flapping.sinceMs)}, and is held open.`] : []),
  ],
  told: toldText(alert, quietBy),
  mutedUntil: mute ? instantOf(mute.untilMs) : null,
});

/** What became known of it beside what it was judged on. */
const besideText = (rule: Rule, { absence, forecast }: Pick<AlertFacts, 'absence' | 'forecast'>): readonly string[] => [
  ...(absence && rule.kind === 'absence' ? [absenceText(absence)] : []),
  ...(forecast && rule.family === 'disk-space' ? [forecastText(forecast)] : []),
];

const NO_DATA =
  'Nothing could be read for as long as the rule waits (its `missing`); the values are the last that came.';

const toldText = ({ state, heard, hush, ackedBy }: Alert, quietBy: string | undefined): string => {
  if (hush && state !== 'resolved') {
    const until = hush.untilMs === null ? 'until that is over' : `until ${instantOf(hush.untilMs)}`;
    return `Not told, ${until}: ${REASONS[hush.why]}${quietBy === undefined ? '' : ` (${quietBy})`}.`;
  }
  if (heard === 'nothing')
    return state === 'resolved' ? 'Not told: it was over before anybody had to know.' : 'Not told.';
  if (heard === 'resolved') return 'Told that it fired, and that it is over.';
  if (state === 'resolved') return 'Told that it fired. That it is over is told when it has stayed so.';
  return ackedBy === null
    ? 'Told that it fired, in the console and wherever a route fits.'
    : `Told that it fired. ${ackedBy} has seen it: it is not told again.`;
};

const REASONS: Readonly<Record<HushReason, string>> = {
  muted: 'its problem is muted',
  snoozed: 'it is snoozed',
  parent: 'another alert says more of the same',
  maintenance: 'a maintenance window covers its device',
  settling: 'more devices of the site may follow, and then it is told once for all',
  preexisting: 'it was so when the agent first looked, and the device is new here',
};
