// `npm run month -- --devices 6000 [--days 30] [--seed S]`: a made-up month of a fleet, its incidents labelled, through the real rules and
// the real writer. How many troubles got their ticket, how many tickets nobody needed. `--fresh`: the first week of a fleet that is new
// here and has much wrong with it already. The last line is the figures as JSON; 1 when one falls short.
import { parseArgs } from 'node:util';

import { BESIDE_MOST, freshPlan, freshScore } from './month/fresh.ts';
import { DAYS_LEAST, planOf } from './month/plan.ts';
import { reportOf } from './month/report.ts';
import { playMonth } from './month/run.ts';
import { type Score, verdictOn } from './month/score.ts';

const LEAST = { recall: 1, precision: 0.9 } as const;
const MOST = { tickets_per_1000_device_weeks: 25, false_offline_per_1000_device_weeks: 0 } as const;

const shortOf = (score: Score): readonly string[] => [
  ...(['recall', 'precision'] as const)
    .filter((name) => !(score[name] >= LEAST[name]))
    .map((name) => `${name} is ${score[name]}, not ${LEAST[name]}`),
  ...(['tickets_per_1000_device_weeks', 'false_offline_per_1000_device_weeks'] as const)
    .filter((name) => !(score[name] <= MOST[name]))
    .map((name) => `${name} is ${score[name]}, more than ${MOST[name]}`),
];

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '6000' },
      days: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      fresh: { type: 'boolean', default: false },
    },
  });
  const [devices, days, seed] = [Number(values.devices), Number(values.days), Number(values.seed)];
  if (!(devices >= 1)) throw new Error('--devices N: at least one');
  if (values.fresh) return await playFresh({ devices, seed });
  if (!(days >= DAYS_LEAST)) throw new Error(`--days N: at least ${DAYS_LEAST}`);
  const startedMs = performance.now();
  const plan = planOf({ devices, days, seed });
  process.stderr.write(`${plan.sites.length} sites, ${plan.labels.length} labels, ${plan.windows.length} windows\n`);
  const history = await playMonth(plan, (day) => process.stderr.write(`day ${day + 1}\n`));
  const verdict = verdictOn(plan, history);
  process.stdout.write(reportOf(verdict));
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  const short = shortOf(verdict.score);
  for (const why of short) process.stderr.write(`falls short: ${why}\n`);
  process.stdout.write(`${JSON.stringify({ ...verdict.score, devices, seconds })}\n`);
  process.exitCode = short.length > 0 ? 1 : 0;
};

/** Beside what may not wait, each site may have one ticket; and what may not wait has its own. */
const playFresh = async (size: { readonly devices: number; readonly seed: number }): Promise<void> => {
  const startedMs = performance.now();
  const plan = freshPlan(size);
  const history = await playMonth(plan, (day) => process.stderr.write(`day ${day + 1}\n`));
  const score = freshScore(plan, history);
  const { wanted, missed } = verdictOn(plan, history);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  for (const { kind } of missed) process.stderr.write(`falls short: ${kind} has no ticket\n`);
  process.stdout.write(`${JSON.stringify({ ...score, urgent: wanted, missed: missed.length, ...size, seconds })}\n`);
  process.exitCode = missed.length > 0 || score.beside_most_of_a_site > BESIDE_MOST ? 1 : 0;
};

await main();
