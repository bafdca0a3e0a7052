// What runs on the machine and how well it is kept: services, logs, patches, protection, backups, certificates.
import { bytes, counted, metric, remaining, seconds, state } from './spec.ts';

const SERVICE = ['fettle.service.name'] as const;
const LOG = ['fettle.log.class'] as const;
const BACKUP = ['fettle.backup.name'] as const;
const PROTECTION = { off: 0, on: 1 } as const;

export const ofSoftware = [
  state(
    'fettle.service.state',
    { stopped: 0, running: 1, starting: 2, stopping: 3, failed: 4 },
    SERVICE,
    'State of a service that should run.',
  ),
  counted(
    'fettle.service.restarts',
    'restart',
    SERVICE,
    'Restarts by the service manager since the service was started.',
  ),

  counted('fettle.log.hardware', 'event', LOG, 'Log lines of failing hardware since the last reading, by class.'),
  counted(
    'fettle.log.crash',
    'event',
    LOG,
    'Crashes and programs killed for want of memory since the last reading, by class.',
  ),
  counted(
    'fettle.log.errors',
    'event',
    [],
    'Log lines of programs, of priority error or worse, since the last reading.',
  ),
  counted('fettle.log.coredumps', 'event', [], 'Programs that crashed and left a core dump since the last reading.'),

  counted('fettle.patches.pending', 'package', [], 'Updates that could be installed.'),
  counted('fettle.patches.security', 'package', [], 'Of these, the ones that mend security holes.'),
  seconds(
    'fettle.patches.security.age',
    [],
    'Since the oldest of the pending security updates was first seen; 0 without any.',
  ),
  seconds('fettle.patches.scan.age', [], 'Since the system last looked for updates.'),
  seconds('fettle.reboot.pending.age', [], 'Since a reboot was first found to be due; 0 when none is.'),
  remaining('fettle.os.support.remaining', [], 'Until the maker ends security updates; below 0 since then.'),

  state(
    'fettle.protection.antivirus',
    PROTECTION,
    ['fettle.protection.name'],
    'A known antivirus program that is installed.',
  ),
  state('fettle.protection.firewall', PROTECTION, [], 'Whether any packet filter refuses what nobody asked for.'),
  state('fettle.protection.encryption', PROTECTION, [], 'Whether the disk of the system is encrypted.'),
  counted(
    'fettle.admin.added',
    'account',
    ['fettle.account.name'],
    'New members of the administrators since the last reading.',
  ),

  state('fettle.backup.state', { ok: 0, failed: 1, never: 2, 'too small': 3 }, BACKUP, 'What came of the last backup.'),
  seconds('fettle.backup.age', BACKUP, 'Since the last good backup.'),
  bytes('fettle.backup.size', BACKUP, 'Size of the last good backup.'),
  seconds('fettle.backup.restore_test.age', BACKUP, 'Since a restore was last tested and worked.'),

  metric('fettle.time.offset', {
    unit: 's',
    resolution: 0.001,
    min: 0,
    max: 2 ** 36,
    attributes: [],
    about: "How far the clock is off, either way: by the time service's own measure, else by the server's clock.",
  }),
  state('fettle.time.synchronized', { no: 0, yes: 1 }, [], 'Whether a time service keeps the clock.'),
  remaining(
    'fettle.certificate.remaining',
    ['fettle.certificate.name'],
    'Until a certificate expires; below 0 since then.',
  ),
] as const;
