// A program that belongs to this one: started again when it dies, and gone when this one is.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export type ChildProgram = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly onExit: (code: number | null) => void;
};

const RESTART_MS = 1_000;
const RESTART_MAX_MS = 30_000;
/** Running this long, it counts as healthy again. */
const HEALTHY_MS = 60_000;
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
    stop: async () => {
      stopping.abort();
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_MS);
      child.stdin?.end();
      await ended;
      clearTimeout(timer);
    },
  };
};
