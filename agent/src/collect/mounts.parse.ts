// /proc/self/mountinfo: which volumes are real, local, and each its own. Layout: proc_pid_mountinfo(5).

export type Mount = {
  /** major:minor, which names the file system whatever the path it is seen at */
  readonly dev: string;
  /** The folder of the file system that is mounted: "/" unless it is a bind mount or a subvolume. */
  readonly root: string;
  readonly mountpoint: string;
  readonly type: string;
  readonly source: string;
  /** It refuses to write although it was mounted to be written to; absent where it was not. */
  readonly isTurnedReadOnly?: boolean;
};

/** File systems that keep their data on a disk of this machine. Anything else (network, memory, images, FUSE) is left alone. */
const LOCAL = new Set(
  'ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs bcachefs ntfs ntfs3 fuseblk exfat vfat hfsplus'.split(' '),
);
/** Where firmware keeps its boot files: small, and full by design. */
const FIRMWARE = /^\/(?:boot|efi)(?:\/|$)/;

export const parseMounts = (text: string): readonly Mount[] =>
  text
    .split('\n')
    .map(parseLine)
    .filter((mount) => mount !== undefined);

const parseLine = (line: string): Mount | undefined => {
  const [before = '', after = ''] = line.split(' - ');
  const [, , dev, root, mountpoint, own] = before.split(' ');
  const [type, source, whole] = after.split(' ');
  if (!dev || !root || !mountpoint || !type || !source) return undefined;
  const mount = { dev, root: unescape(root), mountpoint: unescape(mountpoint), type, source: unescape(source) };
  // the options of the mount are as it was asked for; those of the file system change when the kernel finds errors
  return own && whole && WRITABLE.test(own) ? { ...mount, isTurnedReadOnly: REFUSING.test(whole) } : mount;
};

/** Options, divided by commas. */
const WRITABLE = /(?:^|,)rw(?:,|$)/;
/** ext4 says `emergency_ro` and `shutdown` since Linux 6.15 and stays `rw`; before, and on other file systems, it is `ro`. */
const REFUSING = /(?:^|,)(?:ro|emergency_ro|shutdown)(?:,|\s|$)/;

/** The kernel writes space, tab, newline and backslash as three octal digits. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** One mount per local file system: the whole of it rather than a bind mount of a part, the shortest path, and of mounts on one path the last. */
export const localVolumes = (mounts: readonly Mount[]): readonly Mount[] => {
  const visible = new Map(mounts.map((mount) => [mount.mountpoint, mount]));
  const chosen = new Map<string, Mount>();
  for (const mount of visible.values()) {
    if (!isLocal(mount)) continue;
    // each subvolume of a btrfs has a dev of its own; its source is what they share
    const volume = mount.type === 'btrfs' ? mount.source : mount.dev;
    const other = chosen.get(volume);
    if (!other || isBetter(mount, other)) chosen.set(volume, mount);
  }
  return [...chosen.values()];
};

const isLocal = ({ type, source, mountpoint }: Mount): boolean =>
  LOCAL.has(type) && (type === 'zfs' || source.startsWith('/dev/')) && !(type === 'vfat' && FIRMWARE.test(mountpoint));

const isBetter = (one: Mount, other: Mount): boolean => {
  // a subvolume is as good as the whole, which snapshot tools mount for minutes: the instance must not wander
  const isOfParts = one.type !== 'btrfs';
  if (isOfParts && (one.root === '/') !== (other.root === '/')) return one.root === '/';
  return one.mountpoint.length < other.mountpoint.length;
};
