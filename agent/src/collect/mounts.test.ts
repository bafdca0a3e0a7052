// Which mounts are volumes: one for each local file system, and nothing else.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { localVolumes, parseMounts } from './mounts.parse.ts';

const recorded = (machine: string): string =>
  readFileSync(new URL(`../../fixtures/linux/${machine}/proc/self/mountinfo`, import.meta.url), 'utf8');

type Line = {
  readonly dev?: string;
  readonly root?: string;
  readonly at: string;
  readonly type?: string;
  readonly source?: string;
};

/** As the kernel writes it, with the optional fields that most mounts have. */
const lineOf = ({ dev = '8:1', root = '/', at, type = 'ext4', source = '/dev/sda1' }: Line): string =>
  `36 35 ${dev} ${root} ${at} rw,noatime shared:1 master:2 - ${type} ${source} rw,errors=continue`;
const chosen = (...lines: readonly Line[]): readonly string[] =>
  localVolumes(parseMounts(lines.map(lineOf).join('\n'))).map(({ mountpoint }) => mountpoint);

describe('the volumes of recorded machines', () => {
  it('a virtual machine has one', () => {
    expect(localVolumes(parseMounts(recorded('vm/0s')))).toEqual([
      { dev: '254:0', root: '/', mountpoint: '/', type: 'ext4', source: '/dev/vda', isTurnedReadOnly: false },
    ]);
  });

  it('a desktop with a bit of everything', () => {
    expect(localVolumes(parseMounts(recorded('desk'))).map(({ mountpoint, source }) => [mountpoint, source])).toEqual([
      ['/', '/dev/nvme0n1p3'],
      ['/boot', '/dev/nvme0n1p2'],
      ['/tank', 'tank'],
      ['/tank/photos', 'tank/photos'],
      ['/d', '/dev/mapper/vg-data'],
      ['/mnt/My Disk\ttab\\slash', '/dev/sdc1'],
      ['/media/stick', '/dev/sdb1'],
      ['/mnt/old', '/dev/sdd2'],
      ['/config/b', '/dev/mmcblk0p1'],
      ['/efilike', '/dev/nvme1n1p1'],
    ]);
  });
});

describe('what is a volume', () => {
  it.each([
    ['overlay', 'overlay'],
    ['squashfs', '/dev/loop3'],
    ['iso9660', '/dev/sr0'],
    ['tmpfs', 'tmpfs'],
    ['ramfs', '/dev/ram0'],
    ['nfs', 'nas:/export'],
    ['nfs4', 'nas:/export'],
    ['cifs', '//files/share'],
    ['9p', 'hostshare'],
    ['virtiofs', 'share'],
    ['fuse.sshfs', 'user@host:'],
    ['fuse', '/dev/fuse'],
    ['autofs', 'systemd-1'],
    ['ext4', 'none'],
    ['ext4', 'overlay'],
    ['btrfs', 'tmp'],
  ])('not %s from %s', (type, source) => {
    expect(chosen({ at: '/x', type, source })).toEqual([]);
  });

  it.each(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'ntfs3', 'fuseblk', 'exfat', 'vfat', 'bcachefs'])(
    '%s',
    (type) => {
      expect(chosen({ at: '/x', type })).toEqual(['/x']);
    },
  );

  it('a ZFS dataset, which no device stands for', () => {
    expect(chosen({ at: '/tank', type: 'zfs', source: 'tank' })).toEqual(['/tank']);
  });

  it.each<[at: string, type: string, isVolume: boolean]>([
    ['/boot', 'vfat', false],
    ['/boot/efi', 'vfat', false],
    ['/efi', 'vfat', false],
    ['/efi/EFI', 'vfat', false],
    ['/boot', 'ext4', true],
    ['/boots', 'vfat', true],
    ['/data', 'vfat', true],
  ])('%s as %s: %s', (at, type, isVolume) => {
    expect(chosen({ at, type })).toEqual(isVolume ? [at] : []);
  });
});

describe('one volume for one file system', () => {
  it('a bind mount is the whole of it rather than a part, wherever it stands', () => {
    expect(chosen({ at: '/a', root: '/part' }, { at: '/data/whole' })).toEqual(['/data/whole']);
    expect(chosen({ at: '/data/whole' }, { at: '/a', root: '/part' })).toEqual(['/data/whole']);
    expect(chosen({ at: '/a', root: '/part' })).toEqual(['/a']);
  });

  it('of several wholes the shortest path, and the first of those', () => {
    expect(chosen({ at: '/long' }, { at: '/s' }, { at: '/longer' }, { at: '/t' })).toEqual(['/s']);
  });

  it('subvolumes of a btrfs share a source and not a number, and the instance does not wander', () => {
    const root: Line = { dev: '0:28', root: '/@', at: '/', type: 'btrfs', source: '/dev/sda2' };
    const home: Line = { dev: '0:29', root: '/@home', at: '/home', type: 'btrfs', source: '/dev/sda2' };
    const top: Line = { dev: '0:30', root: '/', at: '/run/snapshots', type: 'btrfs', source: '/dev/sda2' };
    expect(chosen(root, home)).toEqual(['/']);
    expect(chosen(root, home, top)).toEqual(['/']);
    expect(chosen(home, { ...home, at: '/x', source: '/dev/sdb' })).toEqual(['/home', '/x']);
  });

  it('of two on one path the one on top, and none of what that hides', () => {
    expect(chosen({ dev: '8:1', at: '/mnt' }, { dev: '8:2', at: '/mnt', source: '/dev/sda2' })).toHaveLength(1);
    expect(chosen({ dev: '8:1', at: '/mnt' }, { dev: '0:9', at: '/mnt', type: 'tmpfs', source: 'tmpfs' })).toEqual([]);
    expect(
      chosen({ at: '/mnt' }, { at: '/other' }, { dev: '0:9', at: '/mnt', type: 'tmpfs', source: 'tmpfs' }),
    ).toEqual(['/other']);
  });

  it('500 of them are 500', () => {
    const lines = Array.from({ length: 500 }, (_, index) => ({ dev: `8:${index}`, at: `/v/${index}` }));
    expect(chosen(...lines)).toHaveLength(500);
  });
});

describe('a volume that refuses to write', () => {
  const turned = (own: string, whole: string) =>
    parseMounts(`1 2 8:1 / /a ${own} shared:1 - ext4 /dev/a ${whole}`)[0]?.isTurnedReadOnly;

  it.each<[own: string, whole: string, expected: boolean | undefined]>([
    ['rw,relatime', 'rw,errors=remount-ro', false],
    ['rw,relatime', 'ro,errors=remount-ro', true],
    ['rw,relatime', 'rw,errors=remount-ro,emergency_ro', true], // ext4 since Linux 6.15, recorded on 6.18
    ['rw', 'rw,shutdown', true],
    ['rw', 'rw,root=/dev', false],
    ['ro,relatime', 'ro', undefined],
    ['ro,relatime', 'rw', undefined],
    ['relatime', 'rw', undefined],
    ['rw', '', undefined],
  ])('mounted %s, is %s: %s', (own, whole, expected) => {
    expect(turned(own, whole)).toBe(expected);
  });

  it('is a volume like any other', () => {
    expect(localVolumes(parseMounts('1 2 8:1 / /a rw - ext4 /dev/a ro'))).toHaveLength(1);
  });
});

describe('the text', () => {
  it('has space, tab, line break and backslash as octal digits', () => {
    expect(
      parseMounts(lineOf({ at: '/a\\040b\\011c\\012d\\134e', source: '/dev/\\040', root: '/\\134' }))[0],
    ).toMatchObject({
      mountpoint: '/a b\tc\nd\\e',
      source: '/dev/ ',
      root: '/\\',
    });
  });

  it('keeps digits that are none of the kernel’s, and names beyond ASCII', () => {
    expect(parseMounts(lineOf({ at: '/a\\04\\089ü€' }))[0]?.mountpoint).toBe('/a\\04\\089ü€');
  });

  it('has a mount with no optional fields, and one with many', () => {
    expect(parseMounts('1 2 8:1 / /a rw - ext4 /dev/a rw')).toHaveLength(1);
    expect(parseMounts('1 2 8:1 / /a rw shared:1 master:2 propagate_from:3 unbindable - ext4 /dev/a rw')).toHaveLength(
      1,
    );
  });

  it.each(['', ' ', '1 2 8:1 / /a rw', '1 2 8:1 / - ext4 /dev/a rw', '1 2 8:1 / /a rw - ext4', ' - - - '])(
    '"%s" is no mount',
    (text) => {
      expect(parseMounts(text)).toEqual([]);
    },
  );
});
