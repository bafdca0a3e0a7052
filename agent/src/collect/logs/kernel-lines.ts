// What the kernel says when hardware fails or something crashes, as one table: a class, what such a line looks like, and one of them.
// Each pattern stands at the start of the line and asks for words that a program cannot bring there by its name (15 bytes).
// A problem that gives several lines is counted by one of them where that is possible: an oops by its "[#1]" alone.

export const hardwareClasses = ['disk', 'filesystem', 'memory', 'cpu', 'raid', 'thermal', 'corrected'] as const;
export const crashClasses = ['oom', 'oops', 'panic', 'hung'] as const;
export type LineClass = (typeof hardwareClasses)[number] | (typeof crashClasses)[number];

type KernelLine = {
  /** null: like one of the others, and of no concern. The first that fits decides. */
  readonly class: LineClass | null;
  readonly pattern: RegExp;
  readonly example: string;
};

export const kernelLines: readonly KernelLine[] = [
  {
    class: null, // a program that crashed: its name stands first and can be anything
    pattern: /^(?:traps: )?.{1,60}\[\d{1,10}\](?:: segfault at |: unhandled |:? general protection |:? trap )/,
    example: 'traps: firefox[4711] general protection fault ip:7f1f8a1b2c3d sp:7ffd1a2b3c40 error:0 in libxul.so',
  },
  {
    class: null, // empty floppy drives and scratched discs; a loop device only repeats what its file met
    pattern:
      /^(?:blk_update_request: |print_req_error: |Buffer )?(?:critical medium|I\/O) error(?:,| on) dev (?:fd|sr|loop)\d/,
    example: 'I/O error, dev fd0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2',
  },
  {
    class: 'disk',
    pattern: /^(?:blk_update_request: |print_req_error: )?(?:critical medium|I\/O) error, dev [^ ,]{1,40}, sector \d/,
    example: 'critical medium error, dev sdb, sector 4660 op 0x0:(READ) flags 0x800 phys_seg 1 prio class 2',
  },
  {
    class: 'disk',
    pattern: /^Buffer I\/O error on dev /,
    example: 'Buffer I/O error on dev sdb1, logical block 0, async page read',
  },
  {
    class: 'disk', // of a device; "ata3: exception" of a port is what plugging in and out gives
    pattern: /^ata\d{1,3}\.\d\d: (?:exception Emask |failed command: )/,
    example: 'ata1.00: failed command: READ FPDMA QUEUED',
  },
  {
    class: null, // an interrupt was missed, the command was done
    pattern: /^nvme nvme\d{1,3}: I\/O .{1,120} timeout, completion polled/,
    example: 'nvme nvme0: I/O 12 QID 3 timeout, completion polled',
  },
  {
    class: 'disk',
    pattern: /^nvme nvme\d{1,3}: (?:I\/O .{1,120} timeout, |controller is down; |Device not ready; )/,
    example: 'nvme nvme0: I/O tag 5 (1005) opcode 0x2 (I/O Cmd) QID 1 timeout, aborting req_op:READ(0) size(4096)',
  },
  {
    class: 'disk',
    pattern: /^sd \d{1,4}:\d{1,4}:\d{1,4}:\d{1,10}: Device offlined - not ready after error recovery/,
    example: 'sd 2:0:0:0: Device offlined - not ready after error recovery',
  },
  {
    class: 'filesystem',
    pattern: /^EXT[234]-fs error \(device /,
    example: 'EXT4-fs error (device sda1): ext4_find_entry:1463: inode #2: comm ls: reading directory lblock 0',
  },
  {
    class: 'filesystem',
    pattern: /^EXT[234]-fs \(.{1,40}\): Remounting filesystem read-only/,
    example: 'EXT4-fs (sda1): Remounting filesystem read-only',
  },
  {
    class: 'filesystem',
    pattern: /^Aborting journal on device /,
    example: 'Aborting journal on device sda1-8.',
  },
  {
    class: 'filesystem',
    pattern:
      /^XFS \(.{1,40}\): (?:Metadata (?:corruption|CRC error) detected|Internal error |Corruption of in-memory data|(?:log|metadata) I\/O error)/,
    example: 'XFS (dm-0): Metadata corruption detected at xfs_agf_read_verify+0x70/0x120 [xfs], xfs_agf block 0x1',
  },
  {
    class: 'filesystem', // at "error" its counters have grown; when mounting it repeats them at "info"
    pattern: /^BTRFS error \(device .{1,60}\): bdev .{1,200} errs: wr \d/,
    example: 'BTRFS error (device loop1): bdev /dev/loop1 errs: wr 0, rd 0, flush 0, corrupt 5120, gen 0',
  },
  {
    class: 'filesystem',
    pattern:
      /^BTRFS (?:warning|error|critical)?:? ?\(device .{1,60}\):? (?:csum failed |checksum error at |corrupt (?:leaf|node): )/,
    example:
      'BTRFS warning (device sdb): csum failed root 5 ino 257 off 0 csum 0x98f94189 expected csum 0x2c8f2a1b mirror 1',
  },
  {
    class: 'filesystem',
    pattern: /^BTRFS:? info \(device .{1,60}\): forced readonly/,
    example: 'BTRFS info (device sda: state E): forced readonly',
  },
  {
    class: 'filesystem',
    pattern: /^FAT-fs \(.{1,40}\): error, /,
    example: 'FAT-fs (sda1): error, fat_get_cluster: invalid cluster chain (i_pos 0)',
  },
  {
    class: 'memory',
    pattern: /^EDAC MC\d{1,3}: \d{1,10} UE .{0,300} page:0x/,
    example:
      'EDAC MC0: 1 UE memory read error on CPU_SrcID#0_MC#0_Chan#1_DIMM#0 (channel:1 slot:0 page:0x3f8c2 offset:0x0 grain:32)',
  },
  {
    class: 'corrected',
    pattern: /^EDAC MC\d{1,3}: \d{1,10} CE .{0,300} page:0x/,
    example:
      'EDAC MC0: 1 CE memory read error on CPU_SrcID#0_MC#0_Chan#1_DIMM#0 (channel:1 slot:0 page:0x3f8c2 offset:0x0 grain:32)',
  },
  {
    class: 'memory',
    pattern: /^(?:mce: Uncorrected hardware memory error |Memory failure: 0x[0-9a-f]{1,16}: recovery action for )/,
    example: 'mce: Uncorrected hardware memory error in user-access at 3f8c2000',
  },
  {
    class: 'cpu', // bit 61 of the bank's status: it could not be corrected
    pattern:
      /^(?:mce: )?\[Hardware Error\]: CPU \d{1,5}: Machine Check(?: Exception)?: [0-9a-f]{1,16} Bank \d{1,3}: [abef][0-9a-f]{15}$/,
    example: 'mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 5: bea0000000000108',
  },
  {
    class: 'corrected',
    pattern:
      /^(?:mce: )?\[Hardware Error\]: CPU \d{1,5}: Machine Check(?: Exception)?: [0-9a-f]{1,16} Bank \d{1,3}: [89cd][0-9a-f]{15}$/,
    example: 'mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 9: 8c00004000010090',
  },
  {
    class: 'corrected', // those that were not are told apart, above
    pattern: /^mce: \[Hardware Error\]: Machine check events logged/,
    example: 'mce: [Hardware Error]: Machine check events logged',
  },
  {
    class: 'cpu', // told by the firmware
    pattern: /^(?:\{\d{1,10}\})?\[Hardware Error\]: event severity: (?:fatal|recoverable)/,
    example: '{1}[Hardware Error]: event severity: fatal',
  },
  {
    class: 'corrected',
    pattern: /^(?:\{\d{1,10}\})?\[Hardware Error\]: event severity: corrected/,
    example: '{3}[Hardware Error]: event severity: corrected',
  },
  {
    class: 'thermal',
    pattern: /^(?:mce: )?CPU\d{1,5}: (?:Core|Package) temperature (?:is )?above threshold, cpu clock/,
    example: 'mce: CPU3: Core temperature above threshold, cpu clock throttled (total events = 1)',
  },
  {
    class: 'raid',
    pattern: /^md\/raid\d{0,2}:md\d{1,4}: (?:Disk failure on |read error not correctable|unrecoverable I\/O )/,
    example: 'md/raid1:md0: Disk failure on nvme1n1, disabling device.',
  },
  {
    class: 'raid',
    pattern: /^md: kicking non-fresh /,
    example: 'md: kicking non-fresh sdb1 from array!',
  },
  {
    class: 'oom',
    pattern: /^(?:Out of memory|Memory cgroup out of memory): Kill(?:ed)? process \d/,
    example:
      'Out of memory: Killed process 4711 (java) total-vm:8123456kB, anon-rss:6012345kB, file-rss:0kB, shmem-rss:0kB',
  },
  {
    class: 'oops',
    pattern:
      /^(?:Oops|general protection fault|Internal error|invalid opcode|divide error|stack segment|double fault|kernel BUG)[^[\]]{0,160}: [0-9a-f]{4,16} \[#\d{1,5}\](?: [A-Z_=]{2,20}){1,8}$/,
    example:
      'general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1] PREEMPT SMP PTI',
  },
  {
    class: 'oops',
    pattern: /^BUG: (?:Bad page (?:state|map) in process |Bad rss-counter state |scheduling while atomic: )/,
    example: 'BUG: Bad page state in process kswapd0  pfn:3f8c2',
  },
  {
    class: 'panic',
    pattern: /^Kernel panic - not syncing: /,
    example: 'Kernel panic - not syncing: Fatal exception in interrupt',
  },
  {
    class: 'hung',
    pattern: /^INFO: task .{1,80}:\d{1,10} blocked for more than \d{1,6} seconds/,
    example: 'INFO: task kworker/u16:3:2211 blocked for more than 120 seconds.',
  },
  {
    class: 'hung',
    pattern: /^(?:watchdog: |NMI watchdog: )?BUG: (?:soft lockup|workqueue lockup) - /,
    example: 'watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [qemu:2211]',
  },
  {
    class: 'hung',
    pattern: /^(?:NMI )?watchdog: Watchdog detected hard LOCKUP on cpu /,
    example: 'NMI watchdog: Watchdog detected hard LOCKUP on cpu 2',
  },
];

/** @param text of a record of the kernel's own. @returns undefined for what is no sign of trouble */
export const classOf = (text: string): LineClass | undefined =>
  kernelLines.find(({ pattern }) => pattern.test(text))?.class ?? undefined;
