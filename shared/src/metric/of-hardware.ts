// What the parts of the machine say: sensors, fans, batteries, disks, arrays. `hw.id` is the part's own and lasting name
// (a disk's serial number), `hw.name` what people call it.
import { celsius, counted, metric, ratio, seconds, state } from './spec.ts';

const PART = ['hw.id', 'hw.name'] as const;
const SENSOR = [...PART, 'hw.sensor_location'] as const;

export const ofHardware = [
  celsius('hw.temperature', -60, SENSOR, 'Temperature of a sensor; its location is cpu, gpu, disk, board or other.'),
  celsius(
    'fettle.temperature.headroom',
    -200,
    SENSOR,
    "From the reading up to the critical limit: the chip's own where it has one, else that of its class. Below 0: beyond it.",
  ),
  celsius('fettle.disk.temperature', -60, PART, 'Temperature of a disk, as it says itself by SMART.'),
  celsius('fettle.disk.temperature.headroom', -200, PART, 'The same for a disk, which is slower to heat and to cool.'),
  state(
    'fettle.thermal.pressure',
    { nominal: 0, moderate: 1, heavy: 2, trapping: 3, sleeping: 4 },
    [],
    'How far macOS slows the machine so that it cools.',
  ),
  metric('hw.fan.speed', {
    unit: 'rpm',
    resolution: 1,
    min: 0,
    max: 100_000,
    attributes: PART,
    about: 'Speed of a fan.',
  }),
  state(
    'fettle.fan.state',
    { still: 0, turning: 1, stalled: 2 },
    PART,
    'Stalled: it was turning before, is not now, and the CPU is hot.',
  ),
  ratio('hw.battery.charge', PART, 'Charge ÷ what the battery can still hold.'),
  ratio('fettle.battery.health', PART, 'What the battery can still hold ÷ what it was designed for; 1 at most.'),
  counted('fettle.battery.cycles', 'cycle', PART, 'Full charges and discharges so far.'),
  seconds('hw.battery.time_left', PART, 'Until empty, by the present drain.'),
  state(
    'fettle.battery.state',
    { discharging: 0, charging: 1, full: 2, 'not charging': 3 },
    PART,
    'What the battery does.',
  ),
  state('fettle.power.source', { battery: 0, mains: 1 }, [], 'What the machine runs on, where it has a battery.'),

  state(
    'fettle.disk.presence',
    { missing: 0, present: 1 },
    PART,
    'Whether a disk that was seen before is still there.',
  ),
  state(
    'fettle.disk.activity',
    { awake: 0, asleep: 1 },
    PART,
    'A disk asleep is not woken: its other readings are the last.',
  ),
  state(
    'fettle.smart.verdict',
    { passed: 0, failed: 1 },
    PART,
    "A disk's own verdict on itself (SMART overall health); failed too on an NVMe's critical warnings but for temperature.",
  ),
  counted(
    'fettle.disk.sectors.reallocated',
    'sector',
    PART,
    'Replaced by spare ones: ATA attribute 5, SAS grown defects.',
  ),
  counted('fettle.disk.sectors.pending', 'sector', PART, 'Waiting for a decision: ATA attribute 197.'),
  counted(
    'fettle.disk.sectors.uncorrectable',
    'sector',
    PART,
    'Not to be read in the offline scan: ATA attribute 198.',
  ),
  counted(
    'fettle.disk.errors.reported',
    'error',
    PART,
    'Uncorrectable, told to the host: ATA attribute 187, SAS uncorrected.',
  ),
  counted('fettle.disk.errors.media', 'error', PART, 'Media and data integrity errors of an NVMe.'),
  counted('fettle.disk.errors.link', 'error', PART, 'Checksum errors on the cable: ATA attribute 199.'),
  counted('fettle.disk.timeouts', 'timeout', PART, 'Commands that timed out: ATA attribute 188, its words unpacked.'),
  metric('fettle.disk.wear', {
    unit: '1',
    resolution: 0.01,
    min: 0,
    max: 2.55,
    attributes: PART,
    isShare: true,
    about: 'Share of the rated writes that is used up; an NVMe counts on to 255 %.',
  }),
  metric('fettle.disk.spare.headroom', {
    unit: '1',
    resolution: 0.01,
    min: -1,
    max: 1,
    attributes: PART,
    isShare: true,
    about: "Spare blocks left, less the disk's own threshold. Below 0: the disk says that it is worn out.",
  }),
  seconds('fettle.disk.power_on', PART, 'Time powered on, in its life.'),

  state(
    'fettle.raid.state',
    { healthy: 0, rebuilding: 1, degraded: 2, failed: 3 },
    PART,
    'State of an array or pool: md, btrfs, zfs.',
  ),
  counted('fettle.raid.missing', 'disk', PART, 'Members that the array should have and does not.'),
  counted(
    'fettle.filesystem.errors',
    'error',
    PART,
    'Errors that a file system with checksums (btrfs, zfs) has counted.',
  ),
] as const;
