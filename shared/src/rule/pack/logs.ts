// What the system's log tells of hardware and crashes.
import { DAY_MS } from '../../time.ts';
import type { EventRule, Rule } from '../rule.ts';
import { EVERY_CLASS } from './terms.ts';

const CLASS = 'fettle.log.class';
const CRASH = 'fettle.log.crash';

const logHardware: EventRule = {
  id: 'log.hardware',
  family: 'log.hardware',
  title: 'The log tells of failing hardware',
  kind: 'event',
  scope: {},
  signal: { metric: 'fettle.log.hardware', by: CLASS },
  levels: [{ severity: 'warning', count: 1, withinMs: DAY_MS }],
  keepMs: DAY_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'The system has logged errors of a disk, memory, the processor or a file system.',
  steps: [
    'Read the lines (the device page shows the last ones): `journalctl -k -p err --since -1d`, Event Viewer > System (disk, Ntfs, WHEA-Logger).',
    'Disk: check the backup, then `smartctl -a /dev/DISK`, cables and power.',
    'Memory or processor: run the maker’s test or memtest86+ over night; replace the module that it names.',
    'File system: repair it unmounted: `fsck -f /dev/DEVICE`, `chkdsk C: /scan`.',
  ],
};

const logCrash: EventRule = {
  id: 'log.crash',
  family: 'log.crash',
  title: 'The system crashes or hangs',
  kind: 'event',
  scope: {},
  signal: { metric: CRASH, by: CLASS, only: ['oops', 'panic', 'hung'] },
  levels: [{ severity: 'warning', count: 2, withinMs: 7 * DAY_MS }],
  keepMs: 7 * DAY_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: ['server'] },
  text: 'The kernel has crashed or hung at least twice within a week.',
  steps: [
    'Read what it was doing: `journalctl -k --since -7d --grep "Oops|panic|blocked for more"`, Reliability Monitor (`perfmon /rel`), Console > Crash Reports.',
    'Update firmware, kernel and drivers; take back what was changed just before the first crash.',
    'If it goes on, test memory (memtest86+) and disks.',
  ],
};

const logOom: EventRule = {
  id: 'log.oom',
  family: 'log.crash',
  title: 'A program was killed for want of memory',
  kind: 'event',
  scope: {},
  signal: { metric: CRASH, by: CLASS, only: ['oom'] },
  levels: [{ severity: 'warning', count: 1, withinMs: DAY_MS }],
  keepMs: 7 * DAY_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: ['server'] },
  text: 'The memory was used up, and the kernel ended a program to go on.',
  steps: [
    'See which program, and how large it was: `journalctl -k --grep "Out of memory|oom-kill"`.',
    'Does it still run? `systemctl --failed`. Start it again where needed.',
    'Does it grow without end? Report the leak, and limit it: `systemctl edit SERVICE` with `MemoryMax=`.',
    'Else give the machine more memory, or less to do.',
  ],
};

export const logRules: readonly Rule[] = [logHardware, logCrash, logOom];
