// /proc/diskstats: what each disk has done since boot. Layout: Documentation/admin-guide/iostats.rst of the kernel.
import { parseCounters } from './counter.parse.ts';

export type DiskCounters = {
  readonly name: string;
  readonly reads: number;
  readonly readBytes: number;
  readonly writes: number;
  readonly writtenBytes: number;
  /** Time with at least one request under way. */
  readonly busyMs: number;
};

/** Always 512 here, whatever the disk's own sectors are. */
const SECTOR_BYTES = 512;
/** What is made of other disks or of memory would count the same work twice, or no disk's work. */
const VIRTUAL = /^(?:loop|ram|zram|dm-|md|sr|fd|nbd)\d/;

/** @param disks names in /sys/block: partitions are not among them */
export const parseDisks = (text: string, disks: ReadonlySet<string>): readonly DiskCounters[] =>
  text
    .split('\n')
    .map((line) => parseLine(line, disks))
    .filter((disk) => disk !== undefined);

const parseLine = (line: string, disks: ReadonlySet<string>): DiskCounters | undefined => {
  const [, name, rest = ''] = /^ *\d+ +\d+ +(\S+) (.+)/.exec(line) ?? [];
  if (name === undefined || !disks.has(name) || VIRTUAL.test(name)) return undefined;
  const [reads, , sectorsRead, , writes, , sectorsWritten, , , busyMs] = parseCounters(rest) ?? [];
  if (reads === undefined || sectorsRead === undefined || writes === undefined) return undefined;
  if (sectorsWritten === undefined || busyMs === undefined) return undefined;
  return {
    name,
    reads,
    readBytes: sectorsRead * SECTOR_BYTES,
    writes,
    writtenBytes: sectorsWritten * SECTOR_BYTES,
    busyMs,
  };
};
