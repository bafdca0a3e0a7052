// A real process: its output, its end, and what stops it.
import { spawn } from 'node:child_process';

import { endChild } from '../../scripts/end-child.ts';
import { Hopeless, until } from '../../scripts/until.ts';
import { root } from './place.ts';

export type Program = {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exitCode: () => number | null;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
};

export const run = (script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Program => {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return {
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    exitCode: () => child.exitCode,
    kill: (signal) => endChild(child, signal),
  };
};

/** To be waited for no longer than the program lives. @returns undefined; @throws Hopeless with what it said, when it has ended */
export const stillRuns = (program: Program): undefined => {
  if (program.exitCode() !== null) throw new Hopeless(`it ended with ${program.exitCode()}: ${program.stderr()}`);
};

/** The first line of its output, as JSON. */
export const firstJson = async (program: Program): Promise<unknown> => {
  const line = await until('a line of output', () => {
    const length = program.stdout().indexOf('\n');
    if (length >= 0) return program.stdout().slice(0, length);
    return stillRuns(program);
  });
  return JSON.parse(line);
};
