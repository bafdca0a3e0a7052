// A mounted btrfs, by /sys/fs/btrfs/UUID/devinfo/N. Its files: btrfs(5), section "SYSFS interface".

/** The kinds of errors that are counted per device, each a line "NAME COUNT". */
const KINDS = ['write_errs', 'read_errs', 'flush_errs', 'corruption_errs', 'generation_errs'] as const;
/** A file of sysfs is one page. */
const FILE_MAX = 4_096;
const LINE = /^(\w+) (\d{1,15})$/;

/** @returns all errors of a device together; undefined when one kind cannot be read: the sum would be another */
export const parseErrorStats = (text: string): number | undefined => {
  const counts = new Map(
    text
      .slice(0, FILE_MAX)
      .split(/\r?\n/)
      .flatMap((line) => pairOf(line.trim())),
  );
  let sum = 0;
  for (const kind of KINDS) {
    const count = counts.get(kind);
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
};

const pairOf = (line: string): readonly (readonly [string, number])[] => {
  const [, name, count] = LINE.exec(line) ?? [];
  return name === undefined ? [] : [[name, Number(count)]];
};
