// The kernel's log read minute by minute: each line counts once, whatever is restarted, overwritten or too much.
import { describe, expect, it } from 'vitest';

import { systemClock } from '../../host/clock.ts';
import type { Reading } from '../collector.ts';
import { memoryOf } from '../fixture.ts';
import { Runner } from '../runner.ts';
import { playKernelLog, recordedLines, recordedRecords, recordsOf } from './fixture.ts';
import { kernelLog } from './kernel-log.ts';

const DISK = 'critical medium error, dev sdb, sector 4660 op 0x0:(READ) flags 0x800 phys_seg 1 prio class 2';
const OOM = 'Out of memory: Killed process 4711 (java) total-vm:8123456kB';
const CORRECTED = 'mce: [Hardware Error]: Machine check events logged';
const HOUR_RECORDS = 3_600; // the played log has a record each second

const moment = { monoMs: 0, signal: new AbortController().signal };

/** What is not 0, by class. */
const counted = ({ samples }: Reading) => {
  const counts: Record<string, number> = {};
  for (const { attributes, value } of samples) if (value !== 0) counts[attributes['fettle.log.class'] ?? ''] = value;
  return counts;
};

describe('a reading', () => {
  it('has every class, 0 where nothing was said', async () => {
    const { host } = playKernelLog();
    const { samples, partial, sections } = await kernelLog().collect(host, moment);
    const names = samples.map(
      ({ metric, attributes, value }) => `${metric} ${attributes['fettle.log.class']} ${value}`,
    );
    expect(names).toEqual([
      ...['disk', 'filesystem', 'memory', 'cpu', 'raid', 'thermal', 'corrected'].map(
        (name) => `fettle.log.hardware ${name} 0`,
      ),
      ...['oom', 'oops', 'panic', 'hung'].map((name) => `fettle.log.crash ${name} 0`),
    ]);
    expect([partial, sections]).toEqual([[], undefined]);
  });

  it('counts at first what the kernel still holds since boot, then what is new', async () => {
    const { host, write } = playKernelLog({}, [...recordsOf([DISK, 'random: crng init done', DISK, OOM], 900)]);
    const collector = kernelLog();
    expect(counted(await collector.collect(host, moment))).toEqual({ disk: 2, oom: 1 });
    expect(counted(await collector.collect(host, moment))).toEqual({});
    write(recordsOf([OOM], 904));
    const third = await collector.collect(host, moment);
    expect([counted(third), third.partial]).toEqual([{ oom: 1 }, []]);
  });

  it('of a whole recorded boot finds the disk that failed and the array that lost it', async () => {
    const { host } = playKernelLog({}, [...recordsOf(recordedLines('qemu/dmesg.txt'))]);
    expect(counted(await kernelLog().collect(host, moment))).toEqual({ disk: 1, raid: 1 });
  });

  it('of memory used up, of torn and of damaged file systems finds each, among a hundred lines about them', async () => {
    const { host } = playKernelLog({}, [...recordedRecords('vm/errors.kmsg')]);
    const reading = await kernelLog().collect(host, moment);
    // ext4: 7 errors, 3 journals given up, 3 turned read-only; btrfs: its counters grew 3 times
    expect(counted(reading)).toEqual({ oom: 1, filesystem: 16 });
  });

  it('leaves out what a program wrote there, whatever it says', async () => {
    const { host } = playKernelLog({}, [...recordsOf([DISK, OOM], 0, 1), ...recordsOf([OOM], 2)]);
    expect(counted(await kernelLog().collect(host, moment))).toEqual({ oom: 1 });
  });

  it('shows a record of several lines as one', async () => {
    const text =
      'md/raid1:md0: Disk failure on sdb1, disabling device.\\x0amd/raid1:md0: Operation continuing on 1 devices.';
    const { host } = playKernelLog({}, [...recordsOf([text])]);
    const { sections } = await kernelLog().collect(host, moment);
    expect(sections?.[0]?.facts.map(({ value }) => value)).toEqual([
      'raid: md/raid1:md0: Disk failure on sdb1, disabling device. md/raid1:md0: Operation continuing on 1 devices.',
    ]);
  });

  it('shows the last lines that counted, the newest first, by the clock on the wall', async () => {
    const wallMs = Date.UTC(2026, 10, 23, 12, 0, 0);
    const { host } = playKernelLog({ wallMs: () => wallMs }, [
      ...recordsOf([DISK, 'of no concern', 'Aborting journal on device caf\\xc3\\xa9.']),
    ]);
    const { sections } = await kernelLog().collect(host, { ...moment, monoMs: 10_000 });
    expect(sections).toEqual([
      {
        id: 'log',
        title: 'Recent log lines',
        facts: [
          { label: '2026-11-23 11:59:52 UTC', value: 'filesystem: Aborting journal on device café.' },
          { label: '2026-11-23 11:59:50 UTC', value: `disk: ${DISK}` },
        ],
      },
    ]);
  });

  it('keeps thirty of them', async () => {
    const { host } = playKernelLog({}, [...recordsOf(Array.from({ length: 40 }, () => DISK))]);
    expect((await kernelLog().collect(host, moment)).sections?.[0]?.facts).toHaveLength(30);
  });
});

describe('what is ordinary now and then', () => {
  it.each([
    ['99 in a day are nothing', [[0, 99]], [0]],
    [
      '100 are all counted, at once',
      [
        [0, 60],
        [20 * HOUR_RECORDS, 40],
      ],
      [0, 100],
    ],
    [
      'more count when there are 100 more',
      [
        [0, 100],
        [200, 99],
        [400, 1],
      ],
      [100, 0, 100],
    ],
    [
      '100 over two days are nothing',
      [
        [0, 60],
        [25 * HOUR_RECORDS, 40],
      ],
      [0, 0],
    ],
  ] as const)('%s', async (_name, bursts, expected) => {
    const { host, write } = playKernelLog();
    const collector = kernelLog();
    const found: number[] = [];
    for (const [seq, count] of bursts) {
      write(
        recordsOf(
          Array.from({ length: count }, () => CORRECTED),
          seq,
        ),
      );
      found.push(counted(await collector.collect(host, moment))['corrected'] ?? 0);
    }
    expect(found).toEqual(expected);
  });
});

describe('another start of the agent', () => {
  it('goes on where it was, and misses nothing of what was said between', async () => {
    const { host, write, opened } = playKernelLog({}, [...recordsOf([DISK, OOM])]);
    const first = kernelLog();
    await first.collect(host, moment);
    first.close?.();
    write(recordsOf([OOM], 2));
    const second = await kernelLog().collect(host, moment);
    expect([counted(second), second.partial, opened()]).toEqual([{ oom: 1 }, [], 2]);
    expect(second.sections?.[0]?.facts).toHaveLength(3);
  });

  it('after a boot counts anew, and still shows what was before', async () => {
    const memory = memoryOf();
    await kernelLog().collect(playKernelLog({ memory }, [...recordsOf([DISK], 500)]).host, moment);
    const { host } = playKernelLog({ memory, bootId: () => 'two' }, [...recordsOf([OOM])]);
    const reading = await kernelLog().collect(host, moment);
    expect([counted(reading), reading.partial]).toEqual([{ oom: 1 }, []]);
    expect(reading.sections?.[0]?.facts).toHaveLength(2);
  });

  it.each([null, 'text', { bootId: 'one' }, { bootId: 'one', seq: 1e300, hours: [], lines: [{ wallMs: -1 }] }])(
    'with a memory that is none (%j) begins anew',
    async (kept) => {
      const { host } = playKernelLog({ memory: memoryOf({ 'kernel-log': kept }) }, [...recordsOf([DISK])]);
      expect(counted(await kernelLog().collect(host, moment))).toEqual({ disk: 1 });
    },
  );

  it('is not needed for the next reading, where the disk takes nothing', async () => {
    const memory = { read: () => undefined, write: () => undefined };
    const { host, write } = playKernelLog({ memory }, [...recordsOf([DISK])]);
    const collector = kernelLog();
    await collector.collect(host, moment);
    write(recordsOf([OOM], 1));
    const { partial, sections } = await collector.collect(host, moment);
    expect([partial, sections?.[0]?.facts.length]).toEqual([[], 2]);
  });

  it('writes nothing down while nothing is said', async () => {
    const written: unknown[] = [];
    const memory = { read: () => undefined, write: (_id: string, value: unknown) => void written.push(value) };
    const { host } = playKernelLog({ memory });
    await kernelLog().collect(host, moment);
    expect(written).toEqual([]);
  });
});

describe('a log that is too much', () => {
  it('is read in parts, and the rest a minute later', async () => {
    const { host } = playKernelLog({}, [...recordsOf(Array.from({ length: 5_000 }, () => DISK))]);
    const collector = kernelLog();
    const found: number[] = [];
    for (let minute = 0; minute < 4; minute += 1) {
      const reading = await collector.collect(host, moment);
      found.push(counted(reading)['disk'] ?? 0);
      if (minute === 0) expect(reading.partial?.[0]?.detail).toMatch(/^there are more lines/);
    }
    expect(found).toEqual([2_000, 2_000, 1_000, 0]);
  });

  it('says how many lines were overwritten before they were read', async () => {
    const { host, write } = playKernelLog({}, [...recordsOf([DISK])]);
    const collector = kernelLog();
    await collector.collect(host, moment);
    write(recordsOf([DISK], 41));
    const { partial, ...rest } = await collector.collect(host, moment);
    expect([counted(rest), partial?.[0]?.detail]).toEqual([
      { disk: 1 },
      '40 lines were overwritten before they were read',
    ]);
  });

  it('100 MB of noise are over within seconds and leave no trace', async () => {
    const junk = 'x'.repeat(5_000);
    const { host } = playKernelLog(
      {},
      Array.from({ length: 20_000 }, () => junk),
    );
    const { partial, ...rest } = await kernelLog().collect(host, moment);
    expect([counted(rest), partial?.at(-1)?.detail]).toEqual([{}, '20000 lines are not as expected']);
  });
});

it('is let go of when the agent stops', async () => {
  let open = 0;
  const openKernelLog = () => {
    open += 1;
    return { read: () => [], close: () => void (open -= 1) };
  };
  const { host } = playKernelLog({ openKernelLog });
  const runner = new Runner({ collectors: [kernelLog()], host, clock: systemClock });
  await runner.probeAll();
  await runner.run(new Set(['minute']));
  expect(open).toBe(1);
  runner.stop();
  expect(open).toBe(0);
});

describe('a log that cannot be read', () => {
  const failing = (code: string) => () => {
    throw Object.assign(new Error(`${code}: open '/dev/kmsg'`), { code });
  };

  it.each([
    ['EPERM', 'permission', /CAP_SYSLOG/],
    ['EACCES', 'permission', /as root/],
    ['ENOENT', 'no_hardware', /^undefined$/],
    ['EIO', 'service_broken', /^undefined$/],
  ])('%s is %s', async (code, reason, fix) => {
    const { host } = playKernelLog({ openKernelLog: failing(code) });
    const capability = await kernelLog().probe(host);
    if (capability.ok) throw new Error('it can be read');
    expect(capability.reason.code).toBe(reason);
    expect(String(capability.reason.fix)).toMatch(fix);
  });

  it('while reading is opened anew, and counts on', async () => {
    const { host, write, opened } = playKernelLog({}, [...recordsOf([DISK])]);
    let isBroken = false;
    const collector = kernelLog();
    const openKernelLog = () => {
      const log = host.openKernelLog();
      const read = (most: number) => (isBroken ? failing('EIO')() : log.read(most));
      return { ...log, read };
    };
    const broken = { ...host, openKernelLog };
    await collector.collect(broken, moment);
    isBroken = true;
    expect(() => collector.collect(broken, moment)).toThrow('EIO');
    isBroken = false;
    write(recordsOf([OOM], 1));
    expect(counted(await collector.collect(broken, moment))).toEqual({ oom: 1 });
    expect(opened()).toBe(2);
  });
});
