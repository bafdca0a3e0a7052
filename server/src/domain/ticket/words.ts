// What a new ticket says: of what it is, and what its alert was judged on.
import type { Evidence, ProcessUse } from '@fettle/shared/alert/alert';
import type { AlertChange } from '@fettle/shared/api/alert.schema';
import { findMetric } from '@fettle/shared/metric/catalog';
import type { Rule } from '@fettle/shared/rule/rule';
import { judgedText, limitText } from '@fettle/shared/words/evidence';
import { metricLabel } from '@fettle/shared/words/metric-labels';
import { processText } from '@fettle/shared/words/process';

import type { Alert } from '../alert/alert.ts';
import type { Device } from '../device.ts';

/** "Disk space is running out / on srv-01" */
export const subjectOf = (alert: Alert, rule: Rule | undefined, { hostname }: Device): string =>
  [rule?.title ?? alert.rule, alert.instance, `on ${hostname}`].filter((part) => part !== '').join(' ');

/** A line for each reading and each process. */
export const bodyOf = ({ evidence, processes }: Alert, rule: Rule | undefined): string =>
  [rule?.text ?? '', ...evidence.map(factOf), ...usedBy(processes)].filter((line) => line !== '').join('\n');

/** "The alert fired again, 3 times by now. Used: 91 % (limit 85 %)." */
export const againText = ({ evidence, severity }: Alert, change: AlertChange, fires: number): string => {
  const isFire = change === 'fired' || change === 'reopened';
  const what = isFire ? `fired again, ${fires} times by now` : `was ${change} to ${severity}`;
  const facts = evidence.map(factOf);
  return `The alert ${what}.${facts.length === 0 ? '' : ` ${facts.join('; ')}.`}`;
};

const usedBy = (processes: readonly ProcessUse[]): readonly string[] =>
  processes.length === 0 ? [] : ['What used most:', ...processes.map((use) => `- ${processText(use)}`)];

/** "Used: 91 % (limit 85 %)" */
const factOf = (evidence: Evidence): string => {
  const judged = { ...evidence, unit: findMetric(evidence.metric)?.unit ?? '' };
  const limit = limitText(judged);
  return `${metricLabel(judged.metric)}: ${judgedText(judged)}${limit === null ? '' : ` (limit ${limit})`}`;
};
