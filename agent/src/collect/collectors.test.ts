// Every collector over what a real machine answered, ten seconds apart: each value is worked out by hand.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findMetric } from '@fettle/shared/metric/catalog';
import { natural, quantise } from '@fettle/shared/metric/sample';
import { afterAll, describe, expect, it } from 'vitest';

import type { Host } from '../host/host.ts';
import { ServerClock } from './clock/server-clock.ts';
import { type Collector, type Reading, reasonOf } from './collector.ts';
import { collectorsFor } from './collectors.ts';
import { hostAt } from './fixture.ts';
import { slowOnes } from './slow.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-collectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recorded = (path: string): Host =>
  hostAt(fileURLToPath(new URL(`../../fixtures/linux/${path}`, import.meta.url)));
const signal = new AbortController().signal;

const linux = (id: string): Collector => {
  const found = collectorsFor('linux').find((collector) => collector.id === id);
  if (!found) throw new Error(`no collector ${id}`);
  return found;
};

/** As it is stored: at the catalogue's resolution. */
const stored = ({ samples }: Reading) =>
  Object.fromEntries(
    samples.map(({ metric, attributes, value }) => {
      const spec = findMetric(metric);
      const integer = quantise(metric, value);
      const name = [metric.replace(/^(?:fettle|system)\./, ''), ...Object.values(attributes)].join(' ');
      return [name, spec && integer !== undefined ? natural(spec, integer) : undefined];
    }),
  );

const tenSecondsApart = async (id: string) => {
  const collector = linux(id);
  const first = await collector.collect(recorded('vm/0s'), { monoMs: 1_000_000, signal });
  const second = await collector.collect(recorded('vm/10s'), { monoMs: 1_010_000, signal });
  return { first: stored(first), second: stored(second) };
};

describe('a recorded machine', () => {
  it('one CPU of two was busy for nine of ten seconds', async () => {
    const { first, second } = await tenSecondsApart('cpu');
    expect(first).toEqual({});
    expect(second).toEqual({
      'cpu.utilization': 0.722, // 1305 user + 128 system of 1984 ticks
      'cpu.utilization user': 0.658,
      'cpu.utilization system': 0.065,
      'cpu.utilization iowait': 0.015,
      'cpu.utilization steal': 0,
      'cpu.utilization 0': 0.555, // 548 of 988
      'cpu.utilization 1': 0.889, // 884 of 994
    });
  });

  it('memory needs no second reading; there is no swap, and no limit of promises that is held', async () => {
    const { first, second } = await tenSecondsApart('memory');
    expect(first).toEqual({
      'memory.limit': 24_684_084 * 1024,
      'memory.usage': 816_968 * 1024,
      'memory.utilization': 0.033,
      'linux.memory.available': 23_867_116 * 1024,
    });
    expect(second).toMatchObject({ 'memory.utilization': 0.046 });
  });

  it('more than the 300 MiB were written, as the page cache went with it', async () => {
    const { first, second } = await tenSecondsApart('disk-io');
    expect(first).toEqual({});
    expect(second).toEqual({
      'disk.io.rate vda read': 206_800, // 4040 sectors in 10 s
      'disk.io.rate vda write': 58_273_000, // 1138144 sectors
      'disk.operations.rate vda read': 38.2,
      'disk.operations.rate vda write': 73.4,
      'disk.busy vda': 0.044,
    });
    expect(second['disk.io.rate vda write']).toBeGreaterThan((300 * 2 ** 20) / 10);
  });

  it('tasks waited for the CPU a quarter of the time, and hardly for the disk', async () => {
    expect((await tenSecondsApart('pressure')).second).toEqual({
      'pressure.cpu.some': 0.268,
      'pressure.memory.some': 0,
      'pressure.memory.full': 0,
      'pressure.io.some': 0.008,
      'pressure.io.full': 0.006,
    });
  });

  it('the network was quiet, which is a reading too', async () => {
    const both = ['receive', 'transmit'];
    const names = ['network.io.rate', 'network.errors.rate', 'network.dropped.rate'];
    expect((await tenSecondsApart('network')).second).toEqual(
      Object.fromEntries(both.flatMap((direction) => names.map((name) => [`${name} eth0 ${direction}`, 0]))),
    );
  });

  it('load and uptime are those of this machine', async () => {
    const found = { ...(await tenSecondsApart('load')).second, ...(await tenSecondsApart('uptime')).second };
    expect(Object.keys(found)).toEqual(['system.load.1m', 'system.load.5m', 'system.load.15m', 'uptime']);
    expect(found['uptime']).toBeGreaterThan(0);
  });
});

it.each(['linux', 'macos', 'windows'] as const)(
  '%s: no two collectors have one name, and each metric has one',
  (os) => {
    const collectors = collectorsFor(os, new ServerClock());
    const metrics = collectors.flatMap(({ provides }) => provides);
    expect(new Set(collectors.map(({ id }) => id)).size).toBe(collectors.length);
    expect(new Set(metrics).size).toBe(metrics.length);
    expect(metrics.filter((metric) => !findMetric(metric))).toEqual([]);
  },
);

it('what another system reads and this one cannot is told, not left out', () => {
  for (const os of ['macos', 'windows'] as const) {
    const here = collectorsFor(os);
    const read = new Set(here.flatMap(({ provides }) => provides));
    const untold = collectorsFor('linux').filter(({ id }) => !here.some((one) => one.id === id));
    expect(untold.flatMap(({ provides }) => provides).filter((metric) => !read.has(metric))).toEqual([]);
  }
});

it.each(['linux', 'macos', 'windows'] as const)(
  '%s: how far the clock is off is read, where the server is heard',
  async (os) => {
    const clock = collectorsFor(os, new ServerClock()).find(({ provides }) => provides.includes('fettle.time.offset'));
    expect(clock).toMatchObject({ id: 'clock', tier: 'slow' });
    expect(await clock?.probe(hostAt(folder))).toMatchObject({ ok: true });
  },
);

describe('a system of which nothing is known but what Node knows', () => {
  const host = (user: number): Host => ({
    ...hostAt(folder),
    os: 'windows',
    builtin: {
      cpus: () => [user, 0].map((ms) => ({ user: ms, nice: ms / 4, sys: ms / 8, irq: ms / 8, idle: 1_000 + user })),
      memory: () => ({ totalBytes: 2 ** 33, freeBytes: 2 ** 31 }),
      load: () => [0, 0, 0],
      systemVolume: folder,
    },
  });
  const read = async (id: string) => {
    const collector = collectorsFor('windows').find((one) => one.id === id);
    await collector?.collect(host(0), { monoMs: 0, signal });
    const second = await collector?.collect(host(800), { monoMs: 10_000, signal });
    return second && stored(second);
  };

  it('has the shares of its CPUs, without times that are not told there', async () => {
    expect(await read('cpu')).toEqual({
      'cpu.utilization': 0.429, // 1200 of 2800 ms
      'cpu.utilization user': 0.357,
      'cpu.utilization system': 0.071,
      'cpu.utilization 0': 0.6,
      'cpu.utilization 1': 0,
    });
  });

  it('has its memory', async () => {
    expect(await read('memory')).toEqual({
      'memory.limit': 2 ** 33,
      'memory.usage': 2 ** 33 - 2 ** 31,
      'memory.utilization': 0.75,
    });
  });

  it('has the volume that it runs from', async () => {
    const found = (await read('volumes')) ?? {};
    expect(Object.keys(found)).toContain(`filesystem.utilization ${folder} ${folder} unknown`);
  });
});

describe('a machine that lacks the files', () => {
  const codes = async (host: Host) => {
    const found: Record<string, string> = {};
    for (const { id, probe } of collectorsFor('linux')) {
      const capability = await probe(host);
      found[id] = capability.ok ? 'ok' : capability.reason.code;
    }
    return found;
  };

  it('says of each collector why it reads nothing', async () => {
    expect(await codes(hostAt(folder))).toEqual({
      cpu: 'not_on_this_os',
      memory: 'not_on_this_os',
      load: 'ok',
      pressure: 'tool_too_old',
      volumes: 'not_on_this_os',
      'disk-io': 'not_on_this_os',
      network: 'not_on_this_os',
      uptime: 'ok',
      sensors: 'no_hardware',
      battery: 'no_hardware',
      arrays: 'no_hardware',
      'kernel-log': 'no_hardware',
      checks: 'no_hardware',
      ...Object.fromEntries(Object.keys(slowOnes).map((id) => [id, 'ok'])), // the child asks
      services: 'not_on_this_os',
    });
  });

  it('has what a virtual machine has where it is complete', async () => {
    const found = await codes(recorded('vm/0s'));
    expect(Object.keys(found).filter((id) => found[id] !== 'ok')).toEqual([
      'sensors',
      'battery',
      'arrays',
      'kernel-log',
      'checks',
      'services',
    ]);
  });

  it.each([
    ['cpu', 'stat', 'parse_error'],
    ['memory', 'meminfo', 'parse_error'],
  ])('%s from an empty file is no reading', async (id, file, code) => {
    mkdirSync(join(folder, 'empty/proc'), { recursive: true });
    writeFileSync(join(folder, 'empty/proc', file), '');
    const reading = async () => linux(id).collect(hostAt(join(folder, 'empty')), { monoMs: 0, signal });
    expect(await reading().catch(reasonOf)).toMatchObject({ code });
  });
});

const other = fileURLToPath(new URL('../../../../shared/fixtures/node_exporter', import.meta.url));
const why = existsSync(other) ? '' : ' [skipped: the folder of fixtures is not there]';

describe.skipIf(why !== '')(`the machine that node_exporter recorded${why}`, () => {
  const read = async (id: string) => linux(id).collect(hostAt(other), { monoMs: 0, signal });

  it.each([
    ['memory', 'parse_error', '/proc/meminfo has no MemAvailable'],
    ['disk-io', 'no_hardware', '/sys/block'],
  ])('%s says what it misses', async (id, code, detail) => {
    const reason = await read(id).catch(reasonOf);
    expect(reason).toMatchObject({ code });
    expect('detail' in reason && reason.detail).toContain(detail);
  });

  it('eight CPUs that have done nothing since', async () => {
    const collector = linux('cpu');
    await collector.collect(hostAt(other), { monoMs: 0, signal });
    expect(await collector.collect(hostAt(other), { monoMs: 10_000, signal })).toEqual({ samples: [] });
  });
});
