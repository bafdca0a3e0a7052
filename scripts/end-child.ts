// How a child is ended: asked first, and waited for. One that is gone already is left in peace.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export const isGone = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

export const endChild = async (child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> => {
  if (!child || isGone(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
};

/** For one that stops when its stdin ends; it is killed when it takes longer than `withinMs`. */
export const endByStdin = async (child: ChildProcess | undefined, withinMs: number): Promise<void> => {
  if (!child || isGone(child)) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  child.stdin?.end();
  await ended;
  clearTimeout(timer);
};
