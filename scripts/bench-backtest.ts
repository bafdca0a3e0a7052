// `npm run bench:backtest -- [--devices N] [--days N]`: CPU time of a back-test over a real store: 14 days of 100 devices, a series each.
// Two rules: volumes, read each minute, and the CPU, read each ten seconds. Exits with 1 when one takes longer than it may.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { SYSTEM } from '@fettle/server/domain/actor';
import { ruleBookAt } from '@fettle/server/domain/rule-book';
import { timesAt } from '@fettle/server/domain/times';
import { answers } from '@fettle/server/store/answers';
import { openFettle } from '@fettle/server/store/fettle';
import { newId } from '@fettle/server/store/ids';
import { openMetrics } from '@fettle/server/store/metrics';
import { Writer } from '@fettle/server/writer';
import { pack } from '@fettle/shared/rule/pack';
import { isJudged } from '@fettle/shared/rule/rule';
import { DAY_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';

import { batchesOf, storedDevice } from './bench/stored-device.ts';
import { Random } from './sim/random.ts';

const MAY_TAKE_S = 5;
const T0 = Date.UTC(2026, 10, 1);
const PACE = { divisor: 1 };

const KINDS = [
  { rule: 'cpu.sustained', everySteps: 1, series: { metric: 'system.cpu.utilization', attributes: {} } },
  {
    rule: 'disk.space',
    everySteps: 6,
    series: { metric: 'system.filesystem.utilization', attributes: { 'system.filesystem.mountpoint': '/' } },
  },
] as const;

type Kind = (typeof KINDS)[number];

const measure = ({ rule: id, everySteps, series }: Kind, devices: number, days: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  const [fettle, metrics] = [openFettle(folder), openMetrics(folder)];
  try {
    for (const { db } of [fettle, metrics]) db.pragma('synchronous = OFF');
    const writer = new Writer({ fettle, metrics, times: timesAt(PACE), book: ruleBookAt(PACE), newId });
    fettle.tenants.put('acme', 'Acme', 'ACME');
    fettle.tenants.putSite('office', 'acme', 'Office');
    const steps = (days * DAY_MS) / INTERVALS.fast;
    for (let index = 0; index < devices; index += 1) {
      const device = `d_${index}`;
      fettle.devices.put(storedDevice(device));
      const random = new Random(index);
      const level = (step: number) => 780 + 120 * Math.sin(step / 1_500 + index) + 60 * (random.next() - 0.5);
      const rowAt = (step: number) => (step % everySteps === 0 ? [Math.round(level(step))] : [Number.NaN]);
      const recorded = { device, series: [series], t0Ms: T0, stepMs: INTERVALS.fast, steps, rowAt };
      writer.commit([...batchesOf(recorded)], T0);
    }
    const rule = pack.filter(isJudged).find((candidate) => candidate.id === id);
    if (!rule) throw new Error(`the pack has no rule ${id}`);
    const question = {
      a: rule,
      tenant: 'acme',
      fromMs: T0,
      toMs: T0 + days * DAY_MS,
      intervals: INTERVALS,
      withinMs: 0,
    };
    const before = process.cpuUsage();
    const { a, readings } = answers['back-test']({ fettle, metrics }, SYSTEM, question);
    const { user, system } = process.cpuUsage(before);
    return { cpuS: Number(((user + system) / 1e6).toFixed(2)), readings, fires: a.fires };
  } finally {
    fettle.db.close();
    metrics.db.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const { values } = parseArgs({
  options: { devices: { type: 'string', default: '100' }, days: { type: 'string', default: '14' } },
});
const figures = KINDS.map((kind) => ({
  rule: kind.rule,
  ...measure(kind, Number(values.devices), Number(values.days)),
}));
for (const { rule, cpuS, readings, fires } of figures)
  process.stdout.write(`${rule.padEnd(16)}${cpuS} s CPU, ${readings} readings, ${fires} fires\n`);
const isQuick = figures.every(({ cpuS }) => cpuS <= MAY_TAKE_S);
process.stdout.write(`${JSON.stringify({ mayTakeS: MAY_TAKE_S, isQuick, figures })}\n`);
process.exitCode = isQuick ? 0 : 1;
