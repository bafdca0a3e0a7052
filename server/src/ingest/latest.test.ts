// The newest reading of every series, whatever order blocks come in, and only of what is still there.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { setHashOf } from './device-key.ts';
import { Latest } from './latest.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const disk = (mountpoint: string) => ({
  metric: 'system.filesystem.utilization',
  attributes: { 'system.filesystem.mountpoint': mountpoint },
});
const cpu = { metric: 'system.cpu.utilization', attributes: {} };

const setOf = (
  ...series: readonly { readonly metric: string; readonly attributes: Readonly<Record<string, string>> }[]
) => ({
  hash: setHashOf(series),
  series,
});
const block = (t0: number, ...columns: readonly (readonly number[])[]) => ({
  t0,
  stepMs: 10_000,
  values: columns.map((column) => Float64Array.from(column)),
});
const shown = (latest: Latest) =>
  Object.values(latest.view())
    .flat()
    .map(({ attributes, value }) => `${attributes['system.filesystem.mountpoint'] ?? 'cpu'} ${value}`)
    .toSorted((a, b) => a.localeCompare(b));

it('is the newest by the clock of the device, in whatever order blocks come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 }), (minutes) => {
      const latest = new Latest();
      for (const minute of minutes) latest.note(setOf(cpu), block(NOW - 86_400_000 + minute * 60_000, [minute]), NOW);
      expect(shown(latest)).toEqual([`cpu ${Math.max(...minutes) / 1_000}`]);
    }),
  );
});

it('is the last reading of a block that is none missing', () => {
  const latest = new Latest();
  latest.note(
    setOf(cpu, disk('/')),
    block(NOW - 60_000, [100, 200, Number.NaN], [Number.NaN, Number.NaN, Number.NaN]),
    NOW,
  );
  expect(shown(latest)).toEqual(['cpu 0.2']);
  expect(latest.view()['system.cpu.utilization']?.[0]?.at).toBe(new Date(NOW - 50_000).toISOString());
});

it('of a volume that is gone is not shown, once the others are well past it', () => {
  const latest = new Latest();
  latest.note(setOf(disk('/'), disk('/usb')), block(NOW - 600_000, [100], [900]), NOW);
  latest.note(setOf(disk('/')), block(NOW - 500_000, [110]), NOW);
  expect(shown(latest)).toEqual(['/ 0.11', '/usb 0.9']);
  latest.note(setOf(disk('/')), block(NOW - 440_000, [120]), NOW);
  expect(shown(latest)).toEqual(['/ 0.12']);
});

it('keeps no more than eight lists of series, the longest unused goes', () => {
  const latest = new Latest();
  for (let count = 0; count < 9; count += 1) {
    latest.note(setOf(cpu), block(NOW - 60_000 + count, [500]), NOW);
    latest.note(setOf(disk(`/d${count}`)), block(NOW - 60_000 + count, [count]), NOW);
  }
  expect(shown(latest)).toHaveLength(8);
  expect(shown(latest)).toContain('cpu 0.5');
});

it('from before a start of the server gives way to what comes, and is never in the future', () => {
  const latest = new Latest();
  latest.restore(
    [
      { definition: cpu, integer: 100, atMs: NOW + 60_000 },
      { definition: disk('/'), integer: 200, atMs: NOW - 1_000 },
    ],
    NOW,
  );
  expect(
    Object.values(latest.view())
      .flat()
      .map(({ at }) => Date.parse(at)),
  ).toEqual([NOW, NOW - 1_000]);
  latest.note(setOf(cpu), block(NOW + 1_000, [300]), NOW + 1_000);
  expect(shown(latest)).toEqual(['/ 0.2', 'cpu 0.3']);
});

it('in short is CPU, memory and the fullest volume; nothing where there is none', () => {
  const latest = new Latest();
  expect(latest.summary()).toEqual({ at: null, cpu: null, memory: null, fullestVolume: null });
  const perCpu = { metric: 'system.cpu.utilization', attributes: { 'cpu.logical_number': '0' } };
  latest.note(setOf(perCpu, cpu, disk('/'), disk('/home')), block(NOW, [990], [250], [400], [700]), NOW);
  expect(latest.summary()).toEqual({
    at: new Date(NOW).toISOString(),
    cpu: 0.25,
    memory: null,
    fullestVolume: { mountpoint: '/home', utilization: 0.7 },
  });
});
