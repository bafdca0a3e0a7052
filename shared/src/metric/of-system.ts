// What the operating system says of itself: CPU, memory, volumes, disks at work, network.
import { bytes, load, rate, ratio, seconds, state } from './spec.ts';

const VOLUME = ['system.device', 'system.filesystem.mountpoint', 'system.filesystem.type'] as const;
const DISK = ['system.device', 'disk.io.direction'] as const;
const NETWORK = ['network.interface.name', 'network.io.direction'] as const;

export const ofSystem = [
  ratio(
    'system.cpu.utilization',
    ['cpu.mode', 'cpu.logical_number'],
    'Share of the time that was not idle: of the machine, of one mode of all its CPUs, or of one CPU.',
  ),
  load('fettle.system.load.1m', 'Tasks running or waiting for CPU or disk, mean of 1 minute.'),
  load('fettle.system.load.5m', 'The same, mean of 5 minutes.'),
  load('fettle.system.load.15m', 'The same, mean of 15 minutes.'),
  bytes('system.memory.limit', [], 'Memory fitted.'),
  bytes('system.memory.usage', [], 'Memory that could not be had without swapping: limit less available.'),
  bytes('system.linux.memory.available', [], 'Memory that could be had without swapping (MemAvailable).'),
  ratio('system.memory.utilization', [], 'Usage ÷ limit.'),
  bytes('system.paging.usage', [], 'Swap or page file in use.'),
  ratio('system.paging.utilization', [], 'Swap or page file in use ÷ its size.'),
  ratio(
    'fettle.memory.commit.utilization',
    [],
    'Memory promised ÷ what may be promised, where the system enforces it.',
  ),
  state(
    'fettle.memory.pressure',
    { normal: 0, warning: 1, critical: 2 },
    [],
    'How short memory is, in the own judgement of macOS.',
  ),
  ratio('fettle.pressure.cpu.some', [], 'Share of the time in which some task waited for CPU (PSI).'),
  ratio('fettle.pressure.memory.some', [], 'Share of the time in which some task waited for memory (PSI).'),
  ratio('fettle.pressure.memory.full', [], 'Share of the time in which all tasks waited for memory (PSI).'),
  ratio('fettle.pressure.io.some', [], 'Share of the time in which some task waited for disks (PSI).'),
  ratio('fettle.pressure.io.full', [], 'Share of the time in which all tasks waited for disks (PSI).'),
  bytes('system.filesystem.limit', VOLUME, 'Size of the volume.'),
  bytes('system.filesystem.usage', VOLUME, 'Bytes in use.'),
  bytes('fettle.filesystem.available', VOLUME, 'Bytes that an ordinary user may still write.'),
  ratio(
    'system.filesystem.utilization',
    VOLUME,
    'Used ÷ (used + available to ordinary users), as df has it, not rounded.',
  ),
  ratio(
    'fettle.filesystem.inodes.utilization',
    VOLUME,
    'Inodes in use ÷ inodes, where the file system has a fixed number.',
  ),
  rate('fettle.disk.io.rate', 'By/s', DISK, 'Bytes read or written per second.'),
  rate('fettle.disk.operations.rate', '{operation}/s', DISK, 'Reads or writes per second.'),
  ratio('fettle.disk.busy', ['system.device'], 'Share of the time in which the disk had work.'),
  rate('fettle.network.io.rate', 'By/s', NETWORK, 'Bytes received or sent per second.'),
  rate('fettle.network.errors.rate', '{packet}/s', NETWORK, 'Packets per second that failed.'),
  rate('fettle.network.dropped.rate', '{packet}/s', NETWORK, 'Packets per second that were dropped.'),
  state(
    'fettle.filesystem.readonly',
    { writable: 0, 'read-only': 1 },
    VOLUME,
    'Whether the kernel has turned the volume read-only, as it does after errors.',
  ),
  seconds('system.uptime', [], 'Time since boot.'),
] as const;
