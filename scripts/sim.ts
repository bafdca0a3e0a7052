// `npm run sim -- [--seeds N] [--from S]`: the real cores of agent and server in simulated time, while everything goes wrong that can.
// `--seed S` plays one run and tells what happens in it, with `--wire` every message too. `--mutants` plants known bugs, one at a time: each must be found.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import { type Batch, playInChildren } from './sim/children.ts';
import { keep } from './sim/kept-seeds.ts';
import { huntMutants } from './sim/mutants.ts';

/** Seeds per second of CPU, below which a run is too slow to be worth its name. */
const LEAST_PER_CPU_S = 10;

const main = async (): Promise<boolean> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      wire: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
    },
  });
  if (values.mutants) return hunt();
  if (values.seed !== undefined) return playOne(Number(values.seed), values.wire);
  return playMany(Number(values.from), Number(values.seeds));
};

const playOne = async (seed: number, isWireTold: boolean): Promise<boolean> => {
  const { runSeed } = await import('./sim/run-seed.ts'); // slow to load, and the other ways load it in their children
  const result = await runSeed(seed, { isWireTold, onLine: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.problem === undefined;
};

const playMany = async (from: number, seeds: number): Promise<boolean> => {
  const batch = await playInChildren({ from, seeds }, availableParallelism());
  for (const { seed, problem } of batch.failed) {
    process.stderr.write(`npm run sim -- --seed ${seed}  # ${problem}\n`);
    keep(seed, problem);
  }
  const figures = figuresOf(batch);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return batch.failed.length === 0 && figures.seeds_per_cpu_second >= LEAST_PER_CPU_S;
};

const figuresOf = ({ seeds, failed, cpuMs, simulatedMs, happened }: Batch) => ({
  seeds,
  failed: failed.length,
  simulated_hours: Math.round(simulatedMs / 3_600_000),
  happenings: happened,
  cpu_seconds: Math.round(cpuMs / 1000),
  seeds_per_cpu_second: Number((seeds / (cpuMs / 1000)).toFixed(1)),
});

const hunt = async (): Promise<boolean> => {
  const found = await huntMutants((line) => process.stderr.write(`${line}\n`));
  const missed = found.filter(({ seed }) => seed === undefined).map(({ mutant }) => mutant);
  process.stdout.write(`${JSON.stringify({ mutants: found.length, found: found.length - missed.length, missed })}\n`);
  return missed.length === 0;
};

process.exitCode = (await main()) ? 0 : 1;
