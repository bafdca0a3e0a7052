// A program that belongs to this one: started again when it dies, and gone when this one is.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { MINUTE_MS } from '@fettle/shared/time';

import { endByStdin } from '../end-child.ts';

export type ChildProgram = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly onExit: (code: number | null) => void;
};

const RESTART_MS = 1_000;
const RESTART_MAX_MS = 30_000;
/** Running this long, it counts as healthy again. */
const HEALTHY_MS = MINUTE_MS;
const STOP_MS = 4_000;

/** Its stdin stays open as long as this process lives: the end of it tells the child to stop, even when this process is killed. */
export const keepRunning = (program: ChildProgram): { readonly stop: () => Promise<void> } => {
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  const start = (waitMs: number): void => {
    const startedMs = performance.now();
    child = spawn(process.execPath, program.args, { stdio: ['pipe', 2, 2], env: { ...process.env, ...program.env } });
    child.once('exit', (code) => {
      if (stopping.signal.aborted) return;
      program.onExit(code);
      const isHealthy = performance.now() - startedMs > HEALTHY_MS;
      const nextMs = isHealthy ? RESTART_MS : Math.min(RESTART_MAX_MS, waitMs * 2);
      // the wait ends early, and quietly, when all is to stop
      sleep(waitMs, undefined, stopping).then(
        () => start(nextMs),
        () => undefined,
      );
    });
  };
  start(RESTART_MS);
  return {
    stop: () => {
      stopping.abort();
      return endByStdin(child, STOP_MS);
    },
  };
};
