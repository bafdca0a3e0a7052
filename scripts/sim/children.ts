// Seeds are played in processes of their own: on all cores, and each planted bug in a program that nothing else runs in.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

const batchSchema = z.strictObject({
  seeds: z.int(),
  failed: z.array(z.strictObject({ seed: z.int(), problem: z.string() })),
  cpuMs: z.number(),
  simulatedMs: z.number(),
  happened: z.number(),
});
export type Batch = z.infer<typeof batchSchema>;

/** `mutant` is the id of a bug to be planted. */
export const wanted = z.strictObject({ from: z.int(), seeds: z.int(), mutant: z.string().exactOptional() });
export type Wanted = z.infer<typeof wanted>;

/** Much garbage, little that lasts: a young generation of this size is collected a tenth as often. */
const FLAGS = ['--max-semi-space-size=64'];
const PLAYER = fileURLToPath(new URL('player.ts', import.meta.url));

/** @throws Error when a child cannot do its work: a bug that could not be planted, an error of the simulation itself */
export const playInChild = async (what: Wanted): Promise<Batch> => {
  const child = spawn(process.execPath, [...FLAGS, PLAYER, JSON.stringify(what)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const output = await text(child.stdout);
  await ended;
  if (child.exitCode !== 0) throw new Error(`the player of ${JSON.stringify(what)} ended with ${child.exitCode}`);
  return batchSchema.parse(JSON.parse(output));
};

/** Shares the seeds between so many children. */
export const playInChildren = async ({ from, seeds }: Wanted, children: number): Promise<Batch> => {
  const share = Math.ceil(seeds / children);
  const starts = Array.from({ length: children }, (_, index) => index * share).filter((start) => start < seeds);
  const batches = await Promise.all(
    starts.map((start) => playInChild({ from: from + start, seeds: Math.min(share, seeds - start) })),
  );
  return {
    seeds,
    failed: batches.flatMap(({ failed }) => failed),
    cpuMs: sumOf(batches, 'cpuMs'),
    simulatedMs: sumOf(batches, 'simulatedMs'),
    happened: sumOf(batches, 'happened'),
  };
};

const sumOf = (batches: readonly Batch[], what: 'cpuMs' | 'simulatedMs' | 'happened'): number =>
  batches.reduce((sum, batch) => sum + batch[what], 0);
