// Services that should run. One family: a service that stops, fails and flaps is one problem.
import { HOUR_MS, MINUTE_MS } from '../../time.ts';
import type { ChangeRule, Rule, StateRule } from '../rule.ts';
import { EVERY_CLASS, SERVICE } from './terms.ts';

const STATE = 'fettle.service.state';
const RESTARTS = 'fettle.service.restarts';
const STOPPED = [0, 3];
const FAILED = [4];

/** Stopping counts: one that does not come to an end within two minutes hangs. What failed has a rule of its own. */
const serviceStopped: StateRule = {
  id: 'service.stopped',
  family: 'service',
  title: 'A service has stopped',
  kind: 'state',
  scope: {},
  signal: { metric: STATE, by: SERVICE },
  levels: [{ severity: 'critical', forMs: 2 * MINUTE_MS, bad: STOPPED, readings: 1 }],
  keepMs: 2 * MINUTE_MS,
  graceMs: 5 * MINUTE_MS,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'A service that starts by itself is not running.',
  steps: [
    'Was it stopped on purpose? Then disable it too: `systemctl disable SERVICE`, `Set-Service SERVICE -StartupType Manual`.',
    'Read why it ended: `journalctl -u SERVICE -n 50`, Event Viewer > System.',
    'Start it, and watch whether it stays: `systemctl start SERVICE`, `Start-Service SERVICE`, `sudo launchctl kickstart -k system/SERVICE`.',
  ],
};

const serviceFailed: StateRule = {
  id: 'service.failed',
  family: 'service',
  title: 'A service has failed',
  kind: 'state',
  scope: { os: ['linux'] },
  signal: { metric: STATE, by: SERVICE },
  levels: [{ severity: 'warning', forMs: 2 * MINUTE_MS, bad: FAILED, readings: 1 }],
  keepMs: 5 * MINUTE_MS,
  graceMs: 5 * MINUTE_MS,
  urgency: ['medium'],
  ticket: { atOnce: ['server'] },
  text: 'A service has ended with an error, or could not be started.',
  steps: [
    'Read why: `systemctl status SERVICE` and `journalctl -u SERVICE -n 50`.',
    'Mend what it says (configuration, a full disk, a port that is taken), then `systemctl restart SERVICE`.',
    'If it is not needed any more: `systemctl disable --now SERVICE` and `systemctl reset-failed SERVICE`.',
  ],
};

const serviceFlapping: ChangeRule = {
  id: 'service.flapping',
  family: 'service',
  title: 'A service crashes again and again',
  kind: 'change',
  scope: {},
  signal: { metric: RESTARTS, by: SERVICE },
  levels: [{ severity: 'warning', any: [{ metric: RESTARTS, rise: 3, withinMs: 15 * MINUTE_MS }] }],
  keepMs: HOUR_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: ['server'] },
  text: 'The service was restarted by the system at least three times within 15 minutes.',
  steps: [
    'Read its last words: `journalctl -u SERVICE --since -1h`, Event Viewer > Application.',
    'Did it start with an update or a changed setting? Take that back.',
    'Does the memory run out (`journalctl -k --grep "Out of memory"`)? Then limit or move it.',
  ],
};

export const serviceRules: readonly Rule[] = [serviceStopped, serviceFailed, serviceFlapping];
