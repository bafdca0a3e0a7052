// Every parser, on what it should get and on everything else: it gives clean numbers, or says that it cannot.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseCounters } from './counter.parse.ts';
import { parseCpuTicks } from './cpu.parse.ts';
import { parseDisks } from './disk-io.parse.ts';
import { faultyTexts } from './faulty-texts.ts';
import { parseMemory } from './memory.parse.ts';
import { localVolumes, parseMounts } from './mounts.parse.ts';
import { parseInterfaces } from './network.parse.ts';
import { parseStalledUs } from './pressure.parse.ts';

const recorded = (path: string): string =>
  readFileSync(new URL(`../../fixtures/linux/vm/${path}`, import.meta.url), 'utf8');
const DISKS = new Set([
  'vda',
  'sda',
  'sdb',
  'sdc',
  'nvme0n1',
  'mmcblk0',
  'md0',
  'dm-0',
  'loop0',
  'zram0',
  'sr0',
  'fd0',
]);

type Parser = { readonly name: string; readonly parse: (text: string) => unknown; readonly text: string };

const parsers: readonly Parser[] = [
  { name: 'cpu', parse: parseCpuTicks, text: recorded('0s/proc/stat') },
  { name: 'memory', parse: parseMemory, text: recorded('0s/proc/meminfo') },
  { name: 'pressure', parse: (text) => parseStalledUs(text, 'full'), text: recorded('0s/proc/pressure/io') },
  { name: 'mounts', parse: (text) => localVolumes(parseMounts(text)), text: recorded('0s/proc/self/mountinfo') },
  { name: 'disks', parse: (text) => parseDisks(text, DISKS), text: recorded('0s/proc/diskstats') },
  { name: 'network', parse: parseInterfaces, text: recorded('0s/proc/net/dev') },
];

const numbersIn = (value: unknown): readonly number[] => {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

/** Numbers that are none, or below zero; a SyntaxError is an answer, anything else thrown is not caught here. */
const badNumbers = (parse: Parser['parse'], text: string): readonly number[] => {
  try {
    return numbersIn(parse(text)).filter((number) => !(Number.isFinite(number) && number >= 0));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
};

describe.each(parsers)('the parser of $name', ({ parse, text }) => {
  it('reads what the machine gave', () => {
    expect(parse(text)).not.toEqual([]);
    expect(badNumbers(parse, text)).toEqual([]);
  });

  it.each(faultyTexts(text))('gives clean numbers or a SyntaxError: $name', ({ text: faulty }) => {
    expect(badNumbers(parse, faulty)).toEqual([]);
  });

  it('gives clean numbers or a SyntaxError, whatever is put in, left out or changed', () => {
    const edit = fc.record({
      at: fc.nat(text.length),
      remove: fc.nat(40),
      put: fc.string({
        unit: fc.constantFrom('-', '.', 'e', '9', ' ', '\n', '\t', ':', 'N', '\u0000', '€'),
        maxLength: 6,
      }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const edited = edits.reduce(
          (sofar, { at, remove, put }) => sofar.slice(0, at) + put + sofar.slice(at + remove),
          text,
        );
        expect(badNumbers(parse, edited)).toEqual([]);
      }),
    );
  });
});

describe('counters', () => {
  it.each<[text: string, expected: readonly number[] | undefined]>([
    ['1 2  3', [1, 2, 3]],
    [' 0\t7\r', [0, 7]],
    ['18446744073709551615', [2 ** 64]],
    ['', undefined],
    ['1 -2', undefined],
    ['1 2.5', undefined],
    ['0x10', undefined],
    ['1e3', undefined],
    ['Infinity', undefined],
    ['9'.repeat(21), undefined],
  ])('"%s"', (text, expected) => {
    expect(parseCounters(text)).toEqual(expected);
  });
});

describe('/proc/meminfo', () => {
  const text = 'MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 400 kB\n';

  it('is in kibibytes; swap and limits are there or not', () => {
    expect(parseMemory(text)).toEqual({
      limitBytes: 1_024_000,
      availableBytes: 409_600,
      swapBytes: 0,
      swapFreeBytes: 0,
    });
    expect(
      parseMemory(`${text}SwapTotal: 8 kB\nSwapFree: 2 kB\nCommitLimit: 9 kB\nCommitted_AS: 3 kB\n`),
    ).toMatchObject({
      swapBytes: 8192,
      swapFreeBytes: 2048,
      commitLimitBytes: 9216,
      committedBytes: 3072,
    });
    expect(parseMemory(`${text}CommitLimit: 9 kB\n`)).not.toHaveProperty('commitLimitBytes');
  });

  it('never has more available than there is', () => {
    expect(parseMemory('MemTotal: 10 kB\nMemAvailable: 11 kB\n').availableBytes).toBe(10_240);
  });

  it.each([
    ['MemTotal', text.replace('MemTotal', 'Total')],
    ['MemAvailable', text.replace('MemAvailable', 'Available')],
  ])('without %s is unreadable, by name', (name, without) => {
    expect(() => parseMemory(without)).toThrow(new SyntaxError(`/proc/meminfo has no ${name}`));
  });
});

describe('/proc/pressure', () => {
  const text = 'some avg10=0.00 avg60=0.00 avg300=0.00 total=14\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n';

  it('has a total for some and for all', () => {
    expect([parseStalledUs(text, 'some'), parseStalledUs(text, 'full')]).toEqual([14, 7]);
    expect(() => parseStalledUs('some avg10=0.00 total=1\n', 'full')).toThrow(/^no total of "full" in "some avg10/);
  });
});

describe('/proc/diskstats', () => {
  const line = '   8       0 sda 10 1 20 2 30 3 40 4 0 50 54 7 0 8 9';

  it('sectors are of 512 bytes, whatever the disk has', () => {
    expect(parseDisks(line, DISKS)).toEqual([
      { name: 'sda', reads: 10, readBytes: 10_240, writes: 30, writtenBytes: 20_480, busyMs: 50 },
    ]);
  });

  it('partitions, and what is made of disks or of memory, would count twice', () => {
    const text = ['sda', 'sda1', 'md0', 'dm-0', 'loop0', 'zram0', 'sr0', 'fd0', 'nvme0n1', 'mmcblk0', 'vdz']
      .map((name) => line.replace('sda', name))
      .join('\n');
    expect(parseDisks(text, DISKS).map(({ name }) => name)).toEqual(['sda', 'nvme0n1', 'mmcblk0']);
  });

  it.each(['   8 0 sda 1 2 3', '   8 1 sda1', 'sda 10 1 20 2 30 3 40 4 0 50', '8 0 sda 10 1 20 2 30 3 40 4 0 x'])(
    '"%s" is no disk',
    (text) => {
      expect(parseDisks(text, DISKS)).toEqual([]);
    },
  );
});

describe('/proc/net/dev', () => {
  const counters = '9 8 7 6 5 4 3 2 10 11 12 13 14 15 16 17';
  const interfaces = (...names: readonly string[]) =>
    parseInterfaces(names.map((name) => `  ${name}: ${counters}`).join('\n')).map(({ name }) => name);

  it('has bytes, errors and drops of each direction', () => {
    expect(parseInterfaces(`Inter-|   Receive\n face |bytes\n  eth0:${counters}\n`)).toEqual([
      {
        name: 'eth0',
        receive: { bytes: 9, errors: 7, dropped: 6 },
        transmit: { bytes: 10, errors: 12, dropped: 13 },
      },
    ]);
  });

  it('what does not leave the machine, or is counted again where it does, is left out', () => {
    const virtual = [
      'lo',
      'veth1a2b',
      'docker0',
      'br-0123',
      'cali7',
      'virbr0',
      'cni0',
      'flannel.1',
      'tap0',
      'vnet3',
      'ifb1',
    ];
    expect(interfaces(...virtual, 'dummy0')).toEqual([]);
    const real = ['eth0', 'enp3s0', 'wlp2s0', 'bond0', 'br0', 'wg0', 'tun0', 'ppp0', 'lom1'];
    expect(interfaces(...real)).toEqual(real);
  });

  it.each(['eth0', 'eth0:', 'eth0: 1 2 3', `eth0: ${counters.replace('9', 'x')}`])('"%s" is no interface', (text) => {
    expect(parseInterfaces(text)).toEqual([]);
  });
});

const others = fileURLToPath(new URL('../../../../shared/fixtures/node_exporter/proc', import.meta.url));
const areThere = existsSync(others);

describe.skipIf(!areThere)(
  `node_exporter's recordings${areThere ? '' : ' (skipped: the folder of fixtures is not there)'}`,
  () => {
    const other = (path: string): string => readFileSync(`${others}/${path}`, 'utf8');

    it('eight CPUs', () => {
      expect(parseCpuTicks(other('stat'))).toHaveLength(9);
      expect(parseCpuTicks(other('stat'))[1]).toEqual({
        cpu: '0',
        user: 44_509,
        system: 24_456,
        iowait: 220,
        steal: 0,
        idle: 1_087_069,
      });
    });

    it('memory with swap in use', () => {
      const memory = parseMemory(other('meminfo').replace(/^Buffers/m, 'MemAvailable:    100 kB\nBuffers'));
      expect(memory).toMatchObject({
        limitBytes: 3_742_148 * 1024,
        swapBytes: 4_194_300 * 1024,
        availableBytes: 102_400,
      });
      // recorded on a kernel before 3.14
      expect(() => parseMemory(other('meminfo'))).toThrow('/proc/meminfo has no MemAvailable');
    });

    it('pressure', () => {
      expect(parseStalledUs(other('pressure/io'), 'full')).toBe(159_229_614);
      expect(() => parseStalledUs(other('pressure/irq'), 'some')).toThrow(SyntaxError);
    });

    it('disks of every driver, without their partitions', () => {
      const disks = ['sda', 'sdb', 'sdc', 'vda', 'nvme0n1', 'mmcblk0', 'dm-0', 'ram0', 'loop0', 'sr0', 'fd0'];
      const found = parseDisks(other('diskstats'), new Set(disks));
      expect(found.map(({ name }) => name).toSorted()).toEqual(['mmcblk0', 'nvme0n1', 'sda', 'sdb', 'sdc', 'vda']);
      expect(found.find(({ name }) => name === 'sda')).toMatchObject({ reads: 25_354_637, busyMs: 9_653_880 });
    });

    it('volumes of a laptop with Kubernetes', () => {
      const found = localVolumes(parseMounts(other('1/mountinfo')));
      expect(found.map(({ mountpoint, source }) => [mountpoint.slice(0, 30), source])).toEqual([
        ['/', '/dev/dm-2'],
        ['/boot', '/dev/sda3'],
        ['/var/lib/kubelet/plugins/kuber', '/dev/sda'],
        ['/var/lib/containers/storage/ov', '/dev/mapper/rhel-root'],
      ]);
    });
  },
);
