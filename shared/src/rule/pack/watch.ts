// Whether we see anything at all: silent devices, collectors that read nothing any more.
import { MINUTE_MS } from '../../time.ts';
import type { AbsenceRule, Rule, StateRule, ThresholdRule } from '../rule.ts';
import { byNewest } from './levels.ts';
import { ALWAYS_ON, DAY_S, EVERY_CLASS } from './terms.ts';

const deviceOffline: AbsenceRule = {
  id: 'device.offline',
  family: 'device.offline',
  title: 'A device is offline',
  kind: 'absence',
  scope: { classes: ALWAYS_ON },
  levels: [{ severity: 'critical', forMs: 5 * MINUTE_MS }],
  keepMs: 2 * MINUTE_MS,
  graceMs: 0,
  urgency: ['high'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'No sign of life from a device that should always be on, and it did not say goodbye.',
  steps: [
    'Does it answer (ping, console)? Then look at the agent: `fettle-agent status`.',
    'Is the whole site gone? Then look at the line and the power first.',
  ],
};

/** Judged by the server when devices of a site go silent together: instead of an alert for each. */
const siteOutage: AbsenceRule = {
  id: 'site.outage',
  family: 'site.outage',
  title: 'A site is offline',
  kind: 'absence',
  scope: { classes: ALWAYS_ON },
  levels: [{ severity: 'critical', forMs: 5 * MINUTE_MS }],
  keepMs: 2 * MINUTE_MS,
  graceMs: 0,
  urgency: ['high'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'At least three devices of the site that should always be on, and more than half of all, went silent within a minute.',
  steps: [
    'Call somebody there: is there power?',
    'Look at the line and the router before any device: the provider’s status page, then the router from outside.',
    'When most of the devices are back the alert ends by itself, and those that are not speak for themselves.',
  ],
};

/** Judged by the server of itself: nobody else could tell. */
const serverSelfCheck: AbsenceRule = {
  id: 'server.selfcheck',
  family: 'server.selfcheck',
  title: 'Half of all devices are out of reach',
  kind: 'absence',
  scope: { classes: ALWAYS_ON },
  levels: [{ severity: 'critical', forMs: 5 * MINUTE_MS }],
  keepMs: 0,
  graceMs: 0,
  urgency: ['high'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'At least half of the devices went silent at once, at several sites. It is more likely the line of this server than all of them; no device is called offline while it lasts.',
  steps: [
    'Can this server be reached from outside? Open its page over another line.',
    'Look at the firewall, the name and the certificate that agents use: `fettle-agent check` on one of the devices says which of them fails.',
    'If the server is well, it is the provider or the power of everybody: call two of the sites.',
  ],
};

/** One that is read once a day is a day old just before: only one whose last reading failed is blind. */
const AGE = 'fettle.collector.age';
const collectorBlind: ThresholdRule = {
  id: 'collector.blind',
  family: 'collector.blind',
  title: 'The agent cannot read something any more',
  kind: 'threshold',
  scope: {},
  signal: { metric: AGE, by: 'fettle.collector' },
  levels: [
    byNewest('warning', {
      metric: AGE,
      beyond: 'above',
      fireAt: DAY_S,
      clearAt: DAY_S / 2,
      guards: [{ metric: 'fettle.collector.success', below: 1 }],
    }),
  ],
  keepMs: 0,
  graceMs: 0,
  urgency: ['low'],
  ticket: { atOnce: [] },
  text: 'What could be read before has failed for a day: its rules judge nothing until it works again.',
  steps: [
    'See why: `fettle-agent collect --once NAME`, and the list of readings on the device page.',
    'Mend what it names: a tool that was removed or updated, rights, a service that does not answer.',
  ],
};

const IN_MEMORY = 1;
const spoolUnsafe: StateRule = {
  id: 'spool.unsafe',
  family: 'spool.unsafe',
  title: 'The agent cannot keep its records on the disk',
  kind: 'state',
  scope: {},
  signal: { metric: 'fettle.spool.state', by: 'fettle.lane' },
  levels: [{ severity: 'warning', forMs: 5 * MINUTE_MS, bad: [IN_MEMORY], readings: 2 }],
  keepMs: 5 * MINUTE_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'What the server has not taken yet waits in memory alone: a restart of the agent or of the machine would lose it.',
  steps: [
    'See why: `fettle-agent status`. It tries again by itself.',
    'Is the disk full, or its file system read-only? `df -h`, `mount`, `dmesg`. Mend that first.',
    'May the agent write into its data folder? `fettle-agent doctor` names the folder and its rights.',
  ],
};

export const watchRules: readonly Rule[] = [deviceOffline, siteOutage, serverSelfCheck, collectorBlind, spoolUnsafe];
