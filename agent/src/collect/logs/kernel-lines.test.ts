// What counts of the kernel's lines: an example of each, whole recorded boots, and lines that a program can shape.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { recordedLines, recordsOf } from './fixture.ts';
import { classOf, kernelLines } from './kernel-lines.ts';
import { parseRecord, unescaped } from './kmsg.parse.ts';

const countOf = (lines: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const found of lines.map(classOf)) if (found !== undefined) counts[found] = (counts[found] ?? 0) + 1;
  return counts;
};

describe('a class', () => {
  it.each(kernelLines)('$class has: $example', ({ class: expected, pattern, example }) => {
    expect(example).toMatch(pattern);
    expect(classOf(example) ?? null).toBe(expected);
  });

  it.each([
    ['an older kernel', 'blk_update_request: I/O error, dev sda, sector 2048 op 0x0:(READ) flags 0x0', 'disk'],
    ['a still older one', 'print_req_error: I/O error, dev nvme0n1, sector 2048', 'disk'],
    ['a disk that is gone', 'nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0xffff', 'disk'],
    ['an oops of x86', 'Oops: 0002 [#1] PREEMPT SMP NOPTI', 'oops'],
    ['an oops since 6.9', 'Oops: Oops: 0000 [#2] PREEMPT SMP PTI', 'oops'],
    ['an oops of arm64', 'Internal error: Oops: 0000000096000004 [#1] SMP', 'oops'],
    ['a container out of memory', 'Memory cgroup out of memory: Killed process 77 (node) total-vm:1kB', 'oom'],
    ['an array of level 6', 'md/raid:md5: Disk failure on sdc1, disabling device.', 'raid'],
    ['a log of XFS', 'XFS (sdb1): log I/O error -5', 'filesystem'],
    ['ext3', 'EXT3-fs error (device hda1): ext3_get_inode_loc: unable to read inode block', 'filesystem'],
  ])('%s is known too', (_name, text, expected) => {
    expect(classOf(text)).toBe(expected);
  });

  it('an oops of six lines is one', () => {
    const oops = [
      'BUG: kernel NULL pointer dereference, address: 0000000000000000',
      '#PF: supervisor read access in kernel mode',
      '#PF: error_code(0x0000) - not-present page',
      'Oops: 0000 [#1] PREEMPT SMP PTI',
      'CPU: 1 PID: 4711 Comm: insmod Tainted: G           OE      6.1.0-13-amd64 #1  Debian 6.1.55-1',
      '---[ end trace 0000000000000000 ]---',
    ];
    expect(countOf(oops)).toEqual({ oops: 1 });
  });

  it.each([
    'ata3: exception Emask 0x10 SAct 0x0 SErr 0x4040000 action 0xe frozen',
    'BTRFS info (device sdb): bdev /dev/sdb errs: wr 0, rd 0, flush 0, corrupt 5120, gen 0',
    'EXT4-fs (sda1): mounted filesystem with ordered data mode. Quota mode: none.',
    'EXT4-fs warning (device loop0): ext4_dirblock_csum_verify:375: inode #12: comm ls: No space for checksum',
    'FAT-fs (sda1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.',
    'blk_update_request: critical target error, dev sda, sector 0 op 0x3:(DISCARD) flags 0x800',
    'blk_update_request: operation not supported error, dev loop0, sector 0 op 0x9:(WRITE_ZEROES)',
    'Buffer I/O error on dev sr0, logical block 0, async page read',
    'CPU3: Core temperature/speed normal',
    'EDAC MC: Ver: 3.0.0',
    'mce: CPU0: Thermal monitoring enabled (TM1)',
    'node[4711]: segfault at 0 ip 000055d0c0de sp 00007ffc0de error 4 in node[400000+1000]',
    'Warning! ehci_hcd should always be loaded before uhci_hcd and ohci_hcd, not after',
    'sd 8:0:0:0: [sdb] tag#160 Sense Key : Medium Error [current] ',
    '',
  ])('is not: %s', (text) => {
    expect(classOf(text)).toBeUndefined();
  });
});

describe('recorded boots of a machine', () => {
  it.each([
    ['qemu/dmesg.txt', 474, { raid: 1, disk: 1 }],
    ['qemu/second-boot.txt', 12, {}],
  ])('%s: of %i lines these count: %o', (name, length, expected) => {
    const lines = recordedLines(name);
    expect(lines).toHaveLength(length);
    expect(countOf(lines)).toEqual(expected);
  });
});

describe('a program that calls itself what it likes', () => {
  const examples = fc.constantFrom(...kernelLines.map(({ example }) => example));
  const cut = fc.tuple(examples, fc.nat(40), fc.integer({ min: 1, max: 15 }));
  const named = fc.oneof(
    cut.map(([text, from, length]) => text.slice(from, from + length)),
    fc.string({ maxLength: 15 }),
    fc.constantFrom('Oops: 0000 [#1]', 'a: 0000 [#1]', 'FAT-fs (a): err', 'traps: a', 'ata1.00: failed'),
  );
  it('is never counted, where its name stands first', () => {
    fc.assert(
      fc.property(named, (name) => {
        const lines = [
          `${name}[4711]: segfault at 0 ip 000055d0c0de sp 00007ffc0de error 4`,
          `traps: ${name}[4711] general protection fault ip:7f1f8a1b2c3d sp:7ffd1a2b3c40 error:0 in libxul.so`,
          `traps: ${name}[4711] trap divide error ip:7f1f8a1b2c3d sp:7ffd1a2b3c40 error:0`,
          `${name} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0`,
          `${name}: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL)`,
          `${name} (4711): drop_caches: 3`,
        ];
        expect(countOf(lines)).toEqual({});
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a record', () => {
  it('has a facility, a number, a time and a text', () => {
    expect(parseRecord('6,339,5140900,-;NET: Registered protocol family 10\n')).toEqual({
      facility: 0,
      seq: 339,
      sinceBootMs: 5_140.9,
      text: 'NET: Registered protocol family 10',
    });
  });

  it('of a later kernel has more fields, and lines about the device that are not its text', () => {
    const text = '3,7,1,-,caller=T1,more;text; with, all\n SUBSYSTEM=scsi\n DEVICE=+scsi:8:0:0:0\n';
    expect(parseRecord(text)).toMatchObject({ seq: 7, text: 'text; with, all' });
  });

  it('that a program wrote has another facility than the kernel', () => {
    expect(parseRecord('12,8,1,-;Kernel panic - not syncing: not at all\n')?.facility).toBe(1);
  });

  it.each(['', '\n', ';', 'text', '6,339;text', '-6,1,1,-;a', '6,x,1,-;a', `6,${'9'.repeat(30)},1,-;a`, '6,1,1,-\n;a'])(
    '%j is none',
    (text) => {
      expect(parseRecord(text)).toBeUndefined();
    },
  );

  it.each([
    ['a\\x0ab', 'a\nb'],
    ['caf\\xc3\\xa9', 'café'],
    ['\\xff\\xfe', '\u{FFFD}\u{FFFD}'],
    ['\\xzz \\x4', '\\xzz \\x4'],
    ['\\x5cx41', '\\x41'],
  ])('%s reads %j', (text, expected) => {
    expect(unescaped(text)).toBe(expected);
  });

  const isSound = (text: string): boolean => {
    const record = parseRecord(text);
    if (!record) return true;
    unescaped(record.text);
    classOf(record.text);
    return [record.facility, record.seq, record.sinceBootMs].every((value) => Number.isFinite(value) && value >= 0);
  };
  const whole = recordsOf(kernelLines.map(({ example }) => example)).join('');

  it.each(faultyTexts(whole))('is sound or none: $name', ({ text }) => {
    expect(isSound(text)).toBe(true);
  });

  it('is sound or none, whatever bytes stand there', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((all) => String.fromCharCode(...all));
    fc.assert(
      fc.property(
        bytes,
        fc.nat(whole.length),
        (junk, at) => isSound(`6,1,2,-;${junk}`) && isSound(junk) && isSound(whole.slice(at) + junk),
      ),
    );
  });
});
