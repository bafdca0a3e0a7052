// How well the machine is kept: restarts, patches, support, clock, certificates. Postures wait for the monthly list.
import { MINUTE_MS } from '../../time.ts';
import type { Rule, ThresholdRule } from '../rule.ts';
import { above, byNewest, below } from './levels.ts';
import { DAY_S, NOT_SERVERS } from './terms.ts';

const REBOOT = 'fettle.reboot.pending.age';
const WHO_ASKS =
  'See what asks for it: `cat /run/reboot-required.pkgs` (Debian, Ubuntu), `needs-restarting -r` (Fedora, RHEL), `zypper needs-rebooting` (SUSE), Windows Update.';

const rebootPending: ThresholdRule = {
  id: 'reboot.pending',
  family: 'reboot.pending',
  title: 'A restart is overdue',
  kind: 'threshold',
  scope: { classes: NOT_SERVERS },
  signal: { metric: REBOOT },
  levels: [byNewest('warning', above(REBOOT, 7 * DAY_S))],
  keepMs: 0,
  graceMs: 0,
  urgency: ['low'],
  ticket: { atOnce: [] },
  text: 'Updates have waited for a restart for more than a week: until then they protect nothing.',
  steps: ['Ask the user for a time, or restart at night: `sudo shutdown -r +10`, `shutdown /r /t 600`.', WHO_ASKS],
};

const rebootPendingServer: ThresholdRule = {
  ...rebootPending,
  id: 'reboot.pending.server',
  scope: { classes: ['server'] },
  levels: [byNewest('warning', above(REBOOT, 14 * DAY_S))],
  text: 'Updates have waited for a restart for more than two weeks: until then they protect nothing.',
  steps: [
    'Plan a maintenance window, and say so to those who use the server.',
    WHO_ASKS,
    'Check the backup, restart, and check that every service came back: `systemctl --failed`, `Get-Service | Where-Object Status -ne Running`.',
  ],
};

const UPDATES = 'fettle.patches.security.age';
const patchesSecurity: ThresholdRule = {
  id: 'patches.security',
  family: 'patches.security',
  title: 'Security updates are missing',
  kind: 'threshold',
  scope: {},
  signal: { metric: UPDATES },
  levels: [
    byNewest('warning', above(UPDATES, 14 * DAY_S), above('fettle.patches.scan.age', 7 * DAY_S)),
    byNewest('critical', above(UPDATES, 30 * DAY_S)),
  ],
  keepMs: 0,
  graceMs: 0,
  urgency: ['low', 'medium'],
  ticket: { atOnce: [] },
  text: 'A security update has waited for more than two weeks (critical: a month), or the machine has not looked for updates for a week.',
  steps: [
    'Install them: `sudo apt update && sudo apt upgrade`, `sudo dnf upgrade --security`, `sudo zypper patch --category security`, Windows Update, `softwareupdate -i -r`.',
    'Does the machine look for updates by itself? Turn that on: `sudo dpkg-reconfigure unattended-upgrades`, `sudo systemctl enable --now dnf-automatic.timer`.',
    'If an update is held back on purpose, write down why and until when.',
  ],
};

const SUPPORT = 'fettle.os.support.remaining';
const osEol: ThresholdRule = {
  id: 'os.eol',
  family: 'os.eol',
  title: 'The operating system is at the end of its support',
  kind: 'threshold',
  scope: {},
  signal: { metric: SUPPORT },
  levels: [byNewest('warning', below(SUPPORT, 90 * DAY_S))],
  keepMs: 0,
  graceMs: 0,
  urgency: ['low'],
  ticket: { atOnce: [] },
  text: 'In less than 90 days its maker ends security updates for this version, or has done so already.',
  steps: [
    'See which version it is: `cat /etc/os-release`, `winver`, `sw_vers`.',
    'Plan the upgrade, or a new machine where the hardware is too old for it. Check that the programs in use run there.',
    'Until then keep it away from the internet, or buy longer support (ESM, ESU, ELS).',
  ],
};

/** A ticket (Kerberos) is refused beyond five minutes. */
const OFFSET = 'fettle.time.offset';
const timeSkew: ThresholdRule = {
  id: 'time.skew',
  family: 'time.skew',
  title: 'The clock is wrong',
  kind: 'threshold',
  scope: {},
  signal: { metric: OFFSET },
  levels: [
    { severity: 'warning', forMs: 30 * MINUTE_MS, any: [{ metric: OFFSET, beyond: 'above', fireAt: 60, clearAt: 2 }] },
    {
      severity: 'critical',
      forMs: 30 * MINUTE_MS,
      any: [{ metric: OFFSET, beyond: 'above', fireAt: 300, clearAt: 60 }],
    },
  ],
  keepMs: 0,
  graceMs: 0,
  urgency: ['low', 'medium'],
  ticket: { atOnce: [], when: [{ severity: 'critical' }] },
  text: 'The clock is off by more than a minute (critical: five, beyond which sign-ins and certificates fail).',
  steps: [
    'See who keeps it: `timedatectl`, `chronyc tracking`, `w32tm /query /status`, `sntp time.apple.com`.',
    'Let it be set: `sudo systemctl enable --now chrony`, `sudo chronyc makestep`, `w32tm /resync`, `sudo sntp -sS time.apple.com`.',
    'Wrong again after each start? Then the battery on the main board is empty.',
  ],
};

const CERTIFICATE = 'fettle.certificate.remaining';
const certExpiry: ThresholdRule = {
  id: 'cert.expiry',
  family: 'cert.expiry',
  title: 'A certificate expires soon',
  kind: 'threshold',
  scope: { classes: ['server'] },
  signal: { metric: CERTIFICATE, by: 'fettle.certificate.name' },
  levels: [byNewest('warning', below(CERTIFICATE, 30 * DAY_S)), byNewest('critical', below(CERTIFICATE, 7 * DAY_S))],
  keepMs: 0,
  graceMs: 0,
  urgency: ['medium', 'medium'],
  ticket: { atOnce: ['server'] },
  text: 'The certificate expires in less than 30 days (critical: a week), or has expired. Then programs refuse to connect.',
  steps: [
    'See what it is for: `openssl x509 -in FILE -noout -subject -enddate`, `certlm.msc` on Windows.',
    'Does something renew it? Ask it why it did not: `sudo certbot renew --dry-run`, `systemctl list-timers`.',
    'Renew it, reload the service that uses it, and look at what is served: `openssl s_client -connect HOST:443 -servername HOST`.',
  ],
};

export const upkeepRules: readonly Rule[] = [
  rebootPending,
  rebootPendingServer,
  patchesSecurity,
  osEol,
  timeSkew,
  certExpiry,
];
