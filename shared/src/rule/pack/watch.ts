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

export const watchRules: readonly Rule[] = [deviceOffline, collectorBlind, spoolUnsafe];
