// Readings as a machine gives them: 24 series, some that never change, some that wander, some that jump.
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

export type Trace = {
  readonly series: readonly SeriesDefinition[];
  /** The next readings of every series, as the catalogue's integers. */
  readonly next: (steps: number) => readonly (readonly number[])[];
};

type Kind = {
  readonly metric: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly start: number;
  readonly wander: number;
  readonly every: number;
};

const volume = (mountpoint: string) => ({
  'system.device': '/dev/nvme0n1',
  'system.filesystem.mountpoint': mountpoint,
  'system.filesystem.type': 'ext4',
});

/** `wander`: how far a reading is from the one before; `every`: only each so many readings change. */
const KINDS: readonly Kind[] = [
  { metric: 'system.cpu.utilization', start: 120, wander: 40, every: 1 },
  ...['user', 'system', 'iowait', 'steal'].map((mode) => ({
    metric: 'system.cpu.utilization',
    attributes: { 'cpu.mode': mode },
    start: 50,
    wander: mode === 'steal' ? 0 : 25,
    every: 1,
  })),
  ...['0', '1'].map((cpu) => ({
    metric: 'system.cpu.utilization',
    attributes: { 'cpu.logical_number': cpu },
    start: 120,
    wander: 50,
    every: 1,
  })),
  { metric: 'system.memory.usage', start: 1_500_000, wander: 600, every: 1 },
  { metric: 'system.linux.memory.available', start: 2_500_000, wander: 600, every: 1 },
  { metric: 'system.memory.utilization', start: 380, wander: 1, every: 4 },
  { metric: 'fettle.system.load.1m', start: 80, wander: 12, every: 1 },
  { metric: 'fettle.system.load.5m', start: 80, wander: 3, every: 1 },
  { metric: 'fettle.system.load.15m', start: 80, wander: 1, every: 2 },
  ...['cpu.some', 'memory.some', 'memory.full', 'io.some'].map((kind) => ({
    metric: `fettle.pressure.${kind}`,
    start: 2,
    wander: 2,
    every: kind.startsWith('memory') ? 1_000 : 3,
  })),
  ...['read', 'write'].map((direction) => ({
    metric: 'fettle.disk.io.rate',
    attributes: { 'system.device': 'nvme0n1', 'disk.io.direction': direction },
    start: 400,
    wander: 300,
    every: 1,
  })),
  ...['receive', 'transmit'].map((direction) => ({
    metric: 'fettle.network.io.rate',
    attributes: { 'network.interface.name': 'eth0', 'network.io.direction': direction },
    start: 900,
    wander: 250,
    every: 1,
  })),
  { metric: 'system.filesystem.utilization', attributes: volume('/'), start: 610, wander: 1, every: 60 },
  { metric: 'system.filesystem.usage', attributes: volume('/'), start: 12_000_000, wander: 40, every: 6 },
  { metric: 'fettle.filesystem.inodes.utilization', attributes: volume('/'), start: 40, wander: 0, every: 1 },
];

export const createTrace = (seed: number): Trace => {
  const random = generator(seed + 1);
  const values = KINDS.map(({ start }) => start);
  let step = 0;
  const advance = (index: number, { wander, every }: Kind): number => {
    if (step % every === 0)
      values[index] = Math.max(0, (values[index] ?? 0) + Math.round((random() - 0.5) * 2 * wander));
    return values[index] ?? 0;
  };
  return {
    series: KINDS.map(({ metric, attributes = {} }) => ({ metric, attributes })),
    next: (steps) => {
      const columns: number[][] = KINDS.map(() => []);
      for (let row = 0; row < steps; row += 1) {
        step += 1;
        for (const [index, kind] of KINDS.entries()) columns[index]?.push(advance(index, kind));
      }
      return columns;
    },
  };
};

/** A small generator with a seed (xorshift32). */
const generator = (seed: number) => () => {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) / 2 ** 32;
};
