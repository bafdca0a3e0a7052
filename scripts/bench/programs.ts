// How many programs does a process start? By strace, in a time of its own, since tracing costs the traced.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** @returns null where strace is missing */
export const countPrograms = async (pid: number, forMs: number): Promise<number | null> => {
  const tracer = spawn('strace', ['-f', '-q', '-e', 'trace=execve', '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let count = 0;
  createInterface({ input: tracer.stderr }).on('line', (line) => {
    if (line.includes('execve(')) count += 1;
  });
  const failed = once(tracer, 'error').then(() => true);
  const isMissing = await Promise.race([failed, sleep(forMs).then(() => false)]);
  if (isMissing) return null;
  const ended = once(tracer, 'exit');
  tracer.kill('SIGINT');
  await ended;
  return count;
};
