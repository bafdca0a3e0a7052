// Antivirus, firewall, encryption, administrators.
import { DAY_MS, MINUTE_MS } from '../../time.ts';
import type { EventRule, Rule, StateRule } from '../rule.ts';
import { EVERY_CLASS, NOT_SERVERS } from './terms.ts';

const OFF = [0];
/** Read each quarter of an hour, give or take the time that it takes: two readings, whose time is a little less. */
const OFF_MS = 14 * MINUTE_MS;
const offFor = (severity: 'warning' | 'critical'): StateRule['levels'] => [
  { severity, forMs: OFF_MS, bad: OFF, readings: 2 },
];

const common = {
  kind: 'state',
  keepMs: OFF_MS,
  graceMs: 15 * MINUTE_MS,
  ticket: { atOnce: EVERY_CLASS },
} as const;

const antivirus: StateRule = {
  ...common,
  id: 'protection.antivirus',
  family: 'protection.antivirus',
  title: 'An antivirus program is off',
  scope: { classes: NOT_SERVERS },
  signal: { metric: 'fettle.protection.antivirus', by: 'fettle.protection.name' },
  levels: offFor('warning'),
  urgency: ['medium'],
  text: 'An antivirus program is installed and has not been at work for a quarter of an hour.',
  steps: [
    'Was it turned off by a person, or by something else? Ask, and look for other signs of an attack first.',
    'Turn it on: `sudo systemctl start clamav-daemon`, `mdatp health`, `Get-MpComputerStatus` and Windows Security.',
    'If it stays off, install it anew, and scan the machine.',
  ],
};

const antivirusServer: StateRule = {
  ...antivirus,
  id: 'protection.antivirus.server',
  scope: { classes: ['server'] },
  levels: offFor('critical'),
  urgency: ['high'],
};

const firewall: StateRule = {
  ...common,
  id: 'protection.firewall',
  family: 'protection.firewall',
  title: 'The firewall is off',
  scope: {},
  signal: { metric: 'fettle.protection.firewall' },
  levels: offFor('warning'),
  urgency: ['medium'],
  text: 'Nothing on this machine refuses connections that nobody asked for.',
  steps: [
    'See what listens to the network: `ss -tlnp`, `netstat -ab`, `sudo lsof -iTCP -sTCP:LISTEN`.',
    'Turn the firewall on, your own way in allowed first: `sudo ufw allow OpenSSH && sudo ufw enable`, `sudo systemctl enable --now firewalld`, `Set-NetFirewallProfile -All -Enabled True`, System Settings > Network > Firewall.',
    'Is it protected by another device on purpose? Write that down.',
  ],
};

const encryption: StateRule = {
  ...common,
  id: 'protection.encryption',
  family: 'protection.encryption',
  title: 'The disk is not encrypted',
  scope: { classes: ['laptop'] },
  signal: { metric: 'fettle.protection.encryption' },
  levels: offFor('warning'),
  urgency: ['medium'],
  text: 'Whoever finds or steals this laptop can read everything on it.',
  steps: [
    'See how it stands: `lsblk -o NAME,TYPE,MOUNTPOINT`, `manage-bde -status`, `fdesetup status`.',
    'Turn it on, and keep the recovery key elsewhere: `manage-bde -on C: -RecoveryPassword`, `sudo fdesetup enable`. Linux has to be installed anew with LUKS, or use `cryptsetup reencrypt` after a backup.',
  ],
};

/** The agent does not hear of an acknowledgement: it is told once, and over a week after the last one. */
const adminAdded: EventRule = {
  id: 'admin.added',
  family: 'admin.added',
  title: 'Someone has become an administrator',
  kind: 'event',
  scope: {},
  signal: { metric: 'fettle.admin.added', by: 'fettle.account.name' },
  levels: [{ severity: 'warning', count: 1, withinMs: 7 * DAY_MS }],
  keepMs: 7 * DAY_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'An account has been given the rights of an administrator of this machine.',
  steps: [
    'Does someone know of it? Then write that down and resolve the ticket.',
    'If not, take the rights away: `sudo gpasswd -d NAME sudo` (or wheel), `Remove-LocalGroupMember Administrators NAME`, `sudo dseditgroup -o edit -d NAME admin`.',
    'See what it did: `last NAME`, `journalctl _COMM=sudo`, Event Viewer > Security (4728, 4732).',
  ],
};

export const protectionRules: readonly Rule[] = [antivirus, antivirusServer, firewall, encryption, adminAdded];
