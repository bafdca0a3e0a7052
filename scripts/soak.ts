// `npm run soak -- --hours N`: the agent for hours in real time, and where its memory, handles and CPU are going.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import { Pair } from './bench/pair.ts';
import { cpuSecondsOfTree, handlesOf, memoryOf } from './bench/process-cost.ts';

const EVERY_MS = MINUTE_MS;
/** What it takes to settle counts for nothing. */
const SETTLING_MS = 5 * MINUTE_MS;

type Look = { readonly atMs: number; readonly figures: Readonly<Record<string, number>> };

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { hours: { type: 'string', default: '8' } } });
  const hours = Number(values.hours);
  if (!(hours > 0)) throw new Error('--hours N: how long, such as 8 or 0.5');
  const pair = new Pair();
  try {
    await pair.start(0);
    const looks = await watch(pair, hours * HOUR_MS);
    for (const name of Object.keys(looks[0]?.figures ?? {})) process.stdout.write(`${lineOf(name, looks)}\n`);
    process.stdout.write(`${JSON.stringify({ hours, looks: looks.length, ...slopesOf(looks) })}\n`);
  } finally {
    await pair.stop();
  }
};

const watch = async (pair: Pair, forMs: number): Promise<readonly Look[]> => {
  const looks: Look[] = [];
  await sleep(Math.min(SETTLING_MS, forMs / 10));
  const until = performance.now() + forMs;
  for (let cpuS = cpuSecondsOfTree(pair.agent.pid); performance.now() < until;) {
    await sleep(EVERY_MS);
    const nowS = cpuSecondsOfTree(pair.agent.pid);
    const { pssAnonMib, pssMib } = memoryOf(pair.agent.pid);
    const figures = {
      pss_anon_mib: pssAnonMib,
      pss_mib: pssMib,
      handles: handlesOf(pair.agent.pid),
      cpu_s_per_hour: ((nowS - cpuS) * HOUR_MS) / EVERY_MS,
    };
    looks.push({ atMs: performance.now(), figures });
    process.stderr.write(`${JSON.stringify(figures)}\n`);
    cpuS = nowS;
  }
  return looks;
};

const lineOf = (name: string, looks: readonly Look[]): string => {
  const values = looks.map(({ figures }) => figures[name] ?? 0);
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const slope = slopePerHour(name, looks);
  return `${name.padEnd(16)}first ${first.toFixed(2)}, last ${last.toFixed(2)}, most ${Math.max(...values).toFixed(2)}, ${slope.toFixed(3)} more each hour`;
};

const slopesOf = (looks: readonly Look[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.keys(looks[0]?.figures ?? {}).map((name) => [
      `${name}_slope_per_hour`,
      Number(slopePerHour(name, looks).toFixed(3)),
    ]),
  );

/** Least squares. */
const slopePerHour = (name: string, looks: readonly Look[]): number => {
  const hours = looks.map(({ atMs }) => atMs / HOUR_MS);
  const values = looks.map(({ figures }) => figures[name] ?? 0);
  const [meanHour, meanValue] = [mean(hours), mean(values)];
  const spread = hours.reduce((sum, hour) => sum + (hour - meanHour) ** 2, 0);
  if (spread === 0) return 0;
  return hours.reduce((sum, hour, index) => sum + (hour - meanHour) * ((values[index] ?? 0) - meanValue), 0) / spread;
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

await main();
