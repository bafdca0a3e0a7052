// What happens to the guest, step by step, and what its agent should read each time. The battery's and the zone's figures are those of
// laptop.asl, the disks' those of QEMU and of the kernel's scsi_debug.
import type { Wanted } from './checks.ts';

export type Step = {
  readonly name: string;
  /** In the guest's shell; each must end with 0. */
  readonly commands: readonly string[];
  /** To the devices, behind the guest's back. */
  readonly devices?: readonly (readonly [device: string, property: string, value: number])[];
  /** Where one of them is slow all are read once, else twice; a kernel's line counts in the first reading that sees it. */
  readonly collectors: readonly string[];
  readonly wanted: Wanted;
};

const [ZONE, FIRST_CHIP, SECOND_CHIP] = [
  'acpitz temp1',
  'nvme Composite (0000:00:01.0)',
  'nvme Composite (0000:00:02.0)',
];
const [FIRST, SECOND, SATA] = ['QEMU NVMe Ctrl QN1', 'QEMU NVMe Ctrl QN2', 'QEMU HARDDISK QA1'];
/** Its serial number follows from its place among the adapters. */
const SCSI = 'Linux scsi_debug 2000';

/** The catalogue's numbers. */
const ARRAY = { healthy: 0, rebuilding: 1, degraded: 2 } as const;
const VERDICT = { passed: 0, failed: 1 } as const;
const BATTERY = { discharging: 0, charging: 1 } as const;
const SOURCE = { battery: 0, mains: 1 } as const;

/** Bits of a disk's critical warning: NVM Express Base Specification, SMART / Health Information log. */
const WARNING = { spare: 1, heat: 2, reliability: 4 } as const;
/** For what must be seen before it is over, in KiB/s. */
const [SLOW, QUICK] = [
  'echo 500 >/proc/sys/dev/raid/speed_limit_max',
  'echo 200000 >/proc/sys/dev/raid/speed_limit_max',
];
const PARTITION = String.raw`printf 'n\np\n1\n\n\nw\n' | fdisk`;
/** Where the firmware of laptop.asl looks. */
const PLUG_AND_WARM = String.raw`printf '\1\40' | dd of=/dev/port bs=1 seek=224`;
/** Where scsi_debug says that it cannot read, when asked to (its OPT_MEDIUM_ERR_ADDR). */
const READ_BAD_SECTOR =
  'echo 2 >/sys/bus/pseudo/drivers/scsi_debug/opts && ! dd if=/dev/sda of=/dev/null iflag=direct bs=512 skip=4660 count=1';

const assemble: Step = {
  name: 'a mirror is made',
  commands: [
    `${PARTITION} /dev/nvme0n1 && ${PARTITION} /dev/nvme1n1`,
    SLOW,
    'mdadm --create /dev/md0 --run --level=1 --raid-devices=2 /dev/nvme0n1p1 /dev/nvme1n1p1',
  ],
  collectors: ['arrays'],
  wanted: {
    values: [
      ['fettle.raid.state', 'md0', ARRAY.rebuilding],
      ['fettle.raid.missing', 'md0', 0],
    ],
    facts: [['Arrays', 'raid1, 2 disks, rebuilding']],
  },
};

const healthy: Step = {
  name: 'all is well',
  commands: [`${QUICK} && mdadm --wait /dev/md0`, 'mke2fs /dev/md0 && mount /dev/md0 /srv'],
  collectors: ['sensors', 'battery', 'arrays', 'volumes', 'smart', 'kernel-log', 'inventory'],
  wanted: {
    values: [
      ['hw.battery.charge', 'BAT0', 0.6],
      ['fettle.battery.health', 'BAT0', 0.7],
      ['fettle.battery.cycles', 'BAT0', 612],
      ['hw.battery.time_left', 'BAT0', 8400],
      ['fettle.battery.state', 'BAT0', BATTERY.discharging],
      ['fettle.power.source', '', SOURCE.battery],
      ['hw.temperature', ZONE, 93],
      ['fettle.temperature.headroom', ZONE, 7],
      ['hw.temperature', FIRST_CHIP, 49.9],
      ['hw.temperature', SECOND_CHIP, 49.9],
      ['fettle.raid.state', 'md0', ARRAY.healthy],
      ['fettle.raid.missing', 'md0', 0],
      ['fettle.filesystem.readonly', '/srv', 0],
      ...[FIRST, SECOND, SATA, SCSI].map((disk) => ['fettle.disk.presence', disk, 1] as const),
      ...[FIRST, SECOND, SATA, SCSI].map((disk) => ['fettle.smart.verdict', disk, VERDICT.passed] as const),
      ['fettle.disk.temperature', FIRST, 50],
      ['fettle.disk.errors.media', FIRST, 0],
      ['fettle.disk.wear', FIRST, 0],
      ['fettle.disk.temperature', SATA, 31],
      ['fettle.disk.sectors.reallocated', SATA, 0],
      ['fettle.disk.power_on', SATA, 3600],
      ['fettle.log.hardware', 'disk', 0],
      ['fettle.log.hardware', 'raid', 0],
      ['fettle.log.crash', 'oops', 0],
    ],
    facts: [
      ['Battery', 'Design capacity: 50.0 Wh'],
      ['Battery', 'Serial number: 0042'],
      ['Arrays', 'raid1, 2 disks, healthy'],
      ['Disks', 'QEMU HARDDISK, serial QA1'],
      ['Hardware', 'Maker: QEMU'],
      ['Firmware', 'Maker: SeaBIOS'],
    ],
  },
};

const broken: Step = {
  name: 'disks fail',
  commands: ['mdadm --fail /dev/md0 /dev/nvme1n1p1', READ_BAD_SECTOR],
  devices: [
    ['first', 'smart_critical_warning', WARNING.heat],
    ['second', 'smart_critical_warning', WARNING.spare + WARNING.reliability],
  ],
  collectors: ['arrays', 'smart', 'kernel-log', 'volumes'],
  wanted: {
    values: [
      ['fettle.raid.state', 'md0', ARRAY.degraded],
      ['fettle.raid.missing', 'md0', 1],
      ['fettle.smart.verdict', FIRST, VERDICT.passed], // heat is no verdict
      ['fettle.smart.verdict', SECOND, VERDICT.failed],
      ['fettle.smart.verdict', SATA, VERDICT.passed],
      ['fettle.log.hardware', 'raid', 1],
      ['fettle.log.hardware', 'disk', 1],
      ['fettle.filesystem.readonly', '/srv', 0],
    ],
    facts: [
      ['Arrays', 'degraded, failed: nvme1n1p1 (serial QN2)'],
      ['Recent log lines', 'raid: md/raid1:md0: Disk failure on nvme1n1p1, disabling device. md/raid1:md0: Operation'],
      ['Recent log lines', 'disk: critical medium error, dev sda, sector 4660'],
    ],
  },
};

const mending: Step = {
  name: 'the disk is replaced, the laptop plugged in and warmer',
  commands: [
    SLOW,
    'mdadm --remove /dev/md0 /dev/nvme1n1p1 && mdadm --zero-superblock /dev/nvme1n1p1',
    'mdadm --add /dev/md0 /dev/nvme1n1p1',
    PLUG_AND_WARM,
  ],
  collectors: ['sensors', 'battery', 'arrays'],
  wanted: {
    values: [
      ['fettle.raid.state', 'md0', ARRAY.rebuilding],
      ['fettle.raid.missing', 'md0', 1],
      ['fettle.battery.state', 'BAT0', BATTERY.charging],
      ['fettle.power.source', '', SOURCE.mains],
      ['hw.temperature', ZONE, 96.2],
      ['fettle.temperature.headroom', ZONE, 3.8],
    ],
  },
};

const mended: Step = {
  name: 'the mirror is whole again',
  commands: [`${QUICK} && mdadm --wait /dev/md0`],
  collectors: ['arrays'],
  wanted: {
    values: [
      ['fettle.raid.state', 'md0', ARRAY.healthy],
      ['fettle.raid.missing', 'md0', 0],
    ],
  },
};

const bare: Step = {
  name: 'without array, battery and smartctl',
  commands: ['umount /srv && mdadm --stop /dev/md0', 'rmmod battery', 'rm /usr/sbin/smartctl'],
  collectors: ['arrays', 'battery', 'smart', 'services', 'journal', 'clock'],
  wanted: {
    missing: [
      ['arrays', 'no_hardware'],
      ['battery', 'no_hardware'],
      ['smart', 'tool_missing'],
      ['services', 'not_on_this_os'],
      ['journal', 'tool_missing'],
      ['clock', 'tool_missing'],
    ],
  },
};

export const story: readonly Step[] = [assemble, healthy, broken, mending, mended, bare];
