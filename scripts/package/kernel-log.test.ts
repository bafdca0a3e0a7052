// The drop-in that the packages' scripts write: the one of `service install`, and only where the log can be opened.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { kernelLogUnit } from '@fettle/agent/cli/service/units';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../test/support/needs.ts';

const root = dirname(dirname(import.meta.dirname));
const COMMON = join(root, 'agent/packaging/linux/maintainer/common.sh');
const { skip, why } = missing(needs.linux);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-drop-in-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const dropIns = () => join(folder, 'fettle-agent.service.d');

/** Without a terminal, so that /dev/tty is a device that cannot be opened. */
const play = (log: string, words: string): void => {
  const script = `set -e; . "$1"; KERNEL_LOG=$2; DROP_INS=$3; ${words}`;
  const { status, stderr } = spawnSync('setsid', ['--wait', 'sh', '-c', script, 'sh', COMMON, log, dropIns()], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
};

describe.skipIf(skip)(`the kernel's log${why}`, () => {
  it('is opened for the agent, as by `service install`', () => {
    play('/dev/null', 'pass_kernel_log; pass_kernel_log');
    expect(readFileSync(join(dropIns(), 'kernel-log.conf'), 'utf8')).toBe(kernelLogUnit('/dev/null'));
  });

  it.each(['/dev/none', '/dev/tty', COMMON])('is not asked for where it is %s, and no longer', (log) => {
    play('/dev/null', 'pass_kernel_log');
    play(log, 'pass_kernel_log');
    expect(existsSync(dropIns())).toBe(false);
  });

  it('is forgotten with the package, and what else an administrator has put there stays', () => {
    mkdirSync(dropIns());
    writeFileSync(join(dropIns(), 'own.conf'), '');
    play('/dev/null', 'forget_kernel_log; pass_kernel_log; forget_kernel_log');
    expect(readdirSync(dropIns())).toEqual(['own.conf']);
  });
});
