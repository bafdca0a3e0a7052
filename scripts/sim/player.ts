// A child of children.ts: plays seeds, with a bug planted where that is asked for, and writes what came of it as JSON.
import { type Batch, type Wanted, wanted } from './children.ts';
import { plant } from './planting.ts';

/** A run of thousands is told of on the way. */
const TOLD_EACH = 1_000;

const play = async ({ from, seeds, mutant }: Wanted): Promise<Batch> => {
  const planted = mutant === undefined ? undefined : plant(mutant);
  const { runSeed } = await import('./run-seed.ts'); // not before the bug is planted
  if (planted && !planted.isDone()) throw new Error(`${mutant} was not planted: its file is never loaded`);
  const failed: Batch['failed'] = [];
  let [simulatedMs, happened] = [0, 0];
  const before = process.cpuUsage();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = await runSeed(seed);
    const played = seed - from + 1;
    if (played % TOLD_EACH === 0) process.stderr.write(`${played} seeds from ${from}\n`);
    simulatedMs += result.simulatedMs;
    happened += result.happened;
    if (result.problem === undefined) continue;
    failed.push({ seed, problem: result.problem.slice(0, 500) });
    if (mutant !== undefined) break; // found
  }
  const { user, system } = process.cpuUsage(before);
  return { seeds, failed, cpuMs: (user + system) / 1000, simulatedMs, happened };
};

process.stdout.write(JSON.stringify(await play(wanted.parse(JSON.parse(process.argv[2] ?? '{}')))));
