// What the work has cost the process beside its time: how long its loop stood still, and what memory stayed.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { z } from 'zod';

const MIB = 2 ** 20;

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  z.custom<() => void>().parse(runInNewContext('gc'))();
};

const residentMib = (): number => {
  collectGarbage();
  return process.memoryUsage.rss() / MIB;
};

const ms = (ns: number): number => Math.round(ns / 1e4) / 100;

/** From here on. What is loaded and compiled by the first runs should be by then. */
export const watchStrain = () => {
  const before = residentMib();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  return (): { readonly loopP99Ms: number; readonly loopMaxMs: number; readonly rssGrowthMib: number } => {
    delay.disable();
    const rssGrowthMib = Math.round((residentMib() - before) * 10) / 10;
    return { loopP99Ms: ms(delay.percentile(99)), loopMaxMs: ms(delay.max), rssGrowthMib };
  };
};
