// What a test needs of the machine. Where it is missing the test is skipped with the reason in its name; in CI nothing is skipped.
import { existsSync } from 'node:fs';

export type Need = { readonly isMet: boolean; readonly reason: string };

export const needs = {
  root: { isMet: process.getuid?.() === 0, reason: 'needs root' },
  linux: { isMet: process.platform === 'linux', reason: 'needs Linux' },
  loopMount: {
    isMet: existsSync('/dev/loop-control') && existsSync('/usr/sbin/mkfs.ext4'),
    reason: 'needs loop devices and mkfs.ext4',
  },
  dbusDaemon: { isMet: existsSync('/usr/bin/dbus-daemon'), reason: 'needs dbus-daemon' },
  btrfs: {
    isMet: existsSync('/usr/sbin/mkfs.btrfs') && existsSync('/sys/fs/btrfs'),
    reason: 'needs btrfs and its tools',
  },
  squashfs: { isMet: existsSync('/usr/bin/mksquashfs'), reason: 'needs mksquashfs' },
  ntfs3g: { isMet: existsSync('/usr/bin/ntfs-3g') && existsSync('/dev/fuse'), reason: 'needs FUSE and ntfs-3g' },
  chromium: { isMet: existsSync('/usr/bin/chromium'), reason: 'needs Chromium' },
  openssl: { isMet: existsSync('/usr/bin/openssl'), reason: 'needs openssl' },
  nft: { isMet: existsSync('/usr/sbin/nft'), reason: 'needs nft' },
  dpkg: { isMet: existsSync('/usr/bin/dpkg-query'), reason: 'needs dpkg' },
  restic: { isMet: existsSync('/usr/bin/restic'), reason: 'needs restic' },
  borg: { isMet: existsSync('/usr/bin/borg'), reason: 'needs borg' },
  ping: { isMet: existsSync('/usr/bin/ping'), reason: 'needs ping' },
  snmpd: { isMet: existsSync('/usr/sbin/snmpd'), reason: 'needs snmpd' },
  msitools: {
    isMet: existsSync('/usr/bin/wixl') && existsSync('/usr/bin/msibuild'),
    reason: 'needs wixl and msitools',
  },
  cc: { isMet: existsSync('/usr/bin/cc') && existsSync('/usr/include/stdio.h'), reason: 'needs a C compiler' },
  smartctl: { isMet: existsSync('/usr/sbin/smartctl'), reason: 'needs smartmontools' },
} satisfies Record<string, Need>;

const isCi = process.env['FETTLE_CI'] === '1';

/** For describe.skipIf: [skip?, what to add to the name]. */
export const missing = (...wanted: readonly Need[]): { readonly skip: boolean; readonly why: string } => {
  const unmet = wanted.filter(({ isMet }) => !isMet);
  return { skip: unmet.length > 0 && !isCi, why: unmet.map(({ reason }) => ` [skipped: ${reason}]`).join('') };
};
