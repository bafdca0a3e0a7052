// Makes what the jobs say into one folder: two at a time, each with a scratch folder of its own, which is gone at the end.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

import { agentTree, makeBundle } from './agent-tree.ts';
import { type Artefact, artefactOf } from './artefacts.ts';
import { type Context, type Job, nameOf } from './job.ts';
import type { Target } from './targets.ts';
import type { Entry } from './tree.ts';

/** Each holds a program and its packed form, not in memory. */
const AT_ONCE = Math.min(3, availableParallelism());

export type Order = {
  readonly jobs: readonly Job[];
  readonly out: string;
  readonly version: string;
  readonly epochS: number;
};
export type Made = Artefact & { readonly job: Job; readonly ms: number };

/** @returns in the order of the jobs */
export const make = async ({ jobs, out, version, epochS }: Order): Promise<readonly Made[]> => {
  mkdirSync(out, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), 'fettle-package-'));
  try {
    const bundle = await makeBundle(join(scratch, 'bundle'), version);
    const agent = once((target) => agentTree(target, bundle, scratch));
    return await inTurns(jobs, async (job, index) => {
      const work = join(scratch, `job-${index}`);
      mkdirSync(work);
      const started = performance.now();
      const file = await explained(job, { version, epochS, work, out, bundle, agent });
      rmSync(work, { recursive: true });
      return { job, ...(await artefactOf(file)), ms: performance.now() - started };
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const explained = async (job: Job, context: Context): Promise<string> => {
  try {
    return await job.make(context);
  } catch (error) {
    throw new Error(`${nameOf(job)} could not be made`, { cause: error });
  }
};

/** A target's files are the same for each of its packages. */
const once = (load: (target: Target) => Promise<readonly Entry[]>): Context['agent'] => {
  const loaded = new Map<Target, Promise<readonly Entry[]>>();
  return (target) => {
    const entries = loaded.get(target) ?? load(target);
    loaded.set(target, entries);
    return entries;
  };
};

const inTurns = async <In, Out>(
  items: readonly In[],
  work: (item: In, index: number) => Promise<Out>,
): Promise<readonly Out[]> => {
  const done: Out[] = [];
  const waiting = items.entries();
  const turn = async (): Promise<void> => {
    for (const [index, item] of waiting) done[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
  return done;
};
