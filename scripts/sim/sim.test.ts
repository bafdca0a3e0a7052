// The cores of agent and server under one seed: those that once failed, and 500 more.
import { availableParallelism } from 'node:os';

import { describe, expect, it } from 'vitest';

import { playInChild, playInChildren } from './children.ts';
import { keptSeeds } from './kept-seeds.ts';
import { runSeed } from './run-seed.ts';

const FIRST = 1;
const SEEDS = 500;
const LONG_MS = 900_000; // of a machine that has much else to do; half a minute on two idle cores

describe('whatever goes wrong', () => {
  it(
    'every law holds for the seeds that once failed',
    async () => {
      const problems: unknown[] = [];
      for (const seed of keptSeeds()) {
        const { problem } = await runSeed(seed);
        if (problem !== undefined) problems.push({ seed, problem });
      }
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );

  it(
    `every law holds for ${SEEDS} seeds`,
    async () => {
      const { failed } = await playInChildren({ from: FIRST, seeds: SEEDS }, availableParallelism());
      expect(failed).toEqual([]);
    },
    LONG_MS,
  );
});

describe('a seed', () => {
  it('gives the same run each time', async () => {
    const told = async () => {
      const lines: string[] = [];
      await runSeed(7, { isWireTold: true, onLine: (line) => lines.push(line) });
      return lines;
    };
    const lines = await told();
    expect(lines.length).toBeGreaterThan(100);
    expect(await told()).toEqual(lines);
  });

  it('gives another run than its neighbour', async () => {
    const [one, other] = [await runSeed(7), await runSeed(8)];
    expect(one.happened).not.toBe(other.happened);
  });
});

describe('a planted bug', () => {
  it('is found', async () => {
    const { failed } = await playInChild({ from: 1, seeds: 20, mutant: 'ack-before-commit' });
    expect(failed[0]?.problem).toMatch(/acknowledged up to \d+, durable up to/);
  });

  it('that nobody knows ends the child', async () => {
    await expect(playInChild({ from: 1, seeds: 1, mutant: 'unheard of' })).rejects.toThrow('ended with 1');
  });
});
