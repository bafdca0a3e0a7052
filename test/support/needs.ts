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
  chromium: { isMet: existsSync('/usr/bin/chromium'), reason: 'needs Chromium' },
} satisfies Record<string, Need>;

const isCi = process.env['FETTLE_CI'] === '1';

/** For describe.skipIf: [skip?, what to add to the name]. */
export const missing = (...wanted: readonly Need[]): { readonly skip: boolean; readonly why: string } => {
  const unmet = wanted.filter(({ isMet }) => !isMet);
  return { skip: unmet.length > 0 && !isCi, why: unmet.map(({ reason }) => ` [skipped: ${reason}]`).join('') };
};
