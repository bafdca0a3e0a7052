// Runs a program to its end. A signal sent to us is passed on and waited out, so nothing is left running behind our back.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isatty } from 'node:tty';

import { BootstrapError } from './choose.mjs';

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null, sent: NodeJS.Signals | null }} End `signal` ended the program, `sent` was sent to us meanwhile */

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param {string} command @param {readonly string[]} args @param {import('node:child_process').SpawnOptions} options
 * @param {(pid: number) => void} [onStart]
 * @returns {Promise<End>}
 */
export const run = async (command, args, options, onStart) => {
  /** @type {NodeJS.Signals | null} */
  let sent = null;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    sent = signal;
    if (!reachesGroup(signal)) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  const watch = whenOrphaned(() => sent ?? pass('SIGTERM'));
  const child = spawn(command, args, options);
  try {
    if (child.pid !== undefined) onStart?.(child.pid);
    await once(child, 'exit');
    return { code: child.exitCode, signal: child.signalCode, sent };
  } catch (error) {
    child.kill();
    throw new BootstrapError(
      `${command} could not be started: ${error instanceof Error ? error.message : 'unknown reason'}`,
    );
  } finally {
    clearInterval(watch);
    for (const signal of SIGNALS) process.off(signal, pass);
  }
};

/** A terminal sends Ctrl-C to the program too, and a Windows console every signal: a second one would cut its clean stop short. @param {NodeJS.Signals} signal */
const reachesGroup = (signal) => process.platform === 'win32' || (signal === 'SIGINT' && [0, 1, 2].some(isatty));

/** A signal to npm ends the shell between npm and us, which does not pass it on: its end is then the signal. @param {() => void} act */
const whenOrphaned = (act) => {
  if (process.env['npm_lifecycle_event'] === undefined || process.platform === 'win32') return undefined;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    act();
  }, 500);
  return watch;
};

/** A step ended because we were asked to stop. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

/**
 * Runs a step of an install; its output goes to our stderr.
 * @param {string} command @param {string[]} args @param {{ cwd: string, env: Record<string, string | undefined> }} options @param {(pid: number) => void} onStart
 */
export const passes = async (command, args, options, onStart) => {
  const { code, sent } = await run(command, args, { ...options, stdio: ['ignore', 2, 2] }, onStart);
  if (sent) throw new Interrupted(sent);
  return code === 0;
};
