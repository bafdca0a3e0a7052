// Alerts of another system, in the form that Alertmanager tells them, as ours.
import type { Severity, Transition } from '@fettle/shared/alert/alert';
import type { AlertmanagerMessage } from '@fettle/shared/api/notice.schema';
import type { AbsenceRule } from '@fettle/shared/rule/rule';

import type { Labels } from './subject.ts';

export type ExternalAlert = {
  readonly isFiring: boolean;
  /** "external.NAME" */
  readonly rule: string;
  /** The fingerprint. */
  readonly instance: string;
  readonly severity: Severity;
  readonly atMs: number;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Where that system shows it, by its own word; null: it does not say. */
  readonly link: string | null;
};

const NAME_MAX = 150;
const CRITICAL: ReadonlySet<string> = new Set(['critical', 'page', 'emergency', 'fatal', 'error']);

/** In the order in which they were told. */
export const externalAlerts = ({ alerts }: Pick<AlertmanagerMessage, 'alerts'>): readonly ExternalAlert[] =>
  alerts.map(({ status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint }) => {
    const isFiring = status === 'firing';
    return {
      isFiring,
      rule: `external.${(labels['alertname'] ?? 'unnamed').slice(0, NAME_MAX)}`,
      instance: fingerprint,
      severity: CRITICAL.has((labels['severity'] ?? '').toLowerCase()) ? 'critical' : 'warning',
      atMs: Temporal.Instant.from(isFiring ? startsAt : (endsAt ?? startsAt)).epochMilliseconds,
      labels,
      annotations,
      link: generatorURL ?? null,
    };
  });

/** No rule of ours judged it. */
const NO_HASH = '';

/** @param isOpen whether the alert is open here: a severity that changed is a raise or a lower then */
export const externalTransition = (told: ExternalAlert, isOpen: boolean): Transition => ({
  change: changeOf(told, isOpen),
  rule: told.rule,
  ruleHash: NO_HASH,
  instance: told.instance,
  severity: told.severity,
  at: told.atMs,
  since: told.atMs,
  reason: told.isFiring ? 'threshold' : 'recovered',
  evidence: [],
});

const changeOf = ({ isFiring, severity }: ExternalAlert, isOpen: boolean): Transition['change'] => {
  if (!isFiring) return 'resolve';
  if (!isOpen) return 'fire';
  return severity === 'critical' ? 'raise' : 'lower';
};

/** "The summary that came with it", or its name. */
export const externalTitle = (
  rule: string,
  { labels, annotations }: Pick<ExternalAlert, 'labels' | 'annotations'>,
): string => annotations['summary'] ?? labels['alertname'] ?? rule;

/** What another system wrote is a link only where following it does nothing but open a page. @returns it as it is to be followed; null: it is none */
export const safeLink = (text: string | null | undefined): string | null => {
  const url = URL.parse(text ?? '');
  const isSafe = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isSafe ? url.href : null;
};

/** What stands for the rule that we do not have: words for the ticket, and a ticket at once for what is critical. */
export const externalRule = (rule: string, words: Pick<ExternalAlert, 'labels' | 'annotations'>): AbsenceRule => ({
  kind: 'absence',
  id: rule,
  family: rule,
  title: externalTitle(rule, words),
  scope: {},
  keepMs: null,
  graceMs: 0,
  levels: [
    { severity: 'warning', forMs: 0 },
    { severity: 'critical', forMs: 0 },
  ],
  urgency: ['medium', 'high'],
  ticket: { atOnce: [], when: [{ severity: 'critical' }] },
  text: textOf(words),
  steps: [],
});

/** The description, then a line for each label. */
const textOf = ({ labels, annotations }: Pick<ExternalAlert, 'labels' | 'annotations'>): string =>
  [
    annotations['description'] ?? '',
    ...Object.entries(labels).map(([name, value]) => `${name}: ${value}`),
    annotations['runbook_url'] ?? '',
  ]
    .filter((line) => line !== '')
    .join('\n');
