// Readings that start programs or can hang are gathered by a child of this same program, which is gone when it is done.
import { type ChildProcess, spawn } from 'node:child_process';

import { HostError, type ProbeSection } from './host.ts';

const OUTPUT_MAX_BYTES = 1024 * 1024;

/** How to start this program again: the executable and what comes before the verb. */
export type Self = { readonly executable: string; readonly leading: readonly string[] };

/** @returns what the section's line says. @throws HostError */
export const runProbe = async (
  self: Self,
  section: ProbeSection,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<unknown> => {
  if (signal.aborted) throw new HostError('timeout', NOBODY_WAITS);
  const child = start(self, section);
  const { promise: ended, reject: end } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => end(new HostError('timeout', `the child gave no answer within ${deadlineMs / 1000} s`)),
    deadlineMs,
  );
  const onAbort = () => end(new HostError('timeout', NOBODY_WAITS));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return sectionOf(section, await Promise.race([output(child), ended]));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    if (child.exitCode === null && child.signalCode === null) killGroup(child);
    child.stdout?.destroy(); // a program that left the group may hold its other end for ever
  }
};

const NOBODY_WAITS = 'nobody waits for the child any more';

const start = (self: Self, section: ProbeSection): ChildProcess => {
  // a group of its own on POSIX, so that what it started ends with it
  const child = spawn(self.executable, [...self.leading, 'probe', section], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: process.platform !== 'win32',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', SystemRoot: process.env['SystemRoot'], LC_ALL: 'C', LANG: 'C' },
    windowsHide: true,
  });
  return child.once('exit', () => killGroup(child));
};

const output = (child: ChildProcess): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > OUTPUT_MAX_BYTES)
      reject(new HostError('parse_error', `the child wrote more than ${OUTPUT_MAX_BYTES} bytes`));
  });
  child.on('error', (error) => reject(new HostError('tool_missing', `the child did not start: ${error.message}`)));
  child.on('close', (code, signal) => {
    if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
    else reject(new HostError('service_broken', `the child ended with ${signal ?? code}`));
  });
  return promise;
};

/** One framed line a section; whatever else a tool wrote in between is passed over. */
const sectionOf = (section: ProbeSection, text: string): unknown => {
  const prefix = frameOf(section);
  const line = text.split('\n').find((candidate) => candidate.startsWith(prefix));
  if (line === undefined) throw new HostError('parse_error', `the child gave no section ${section}`);
  try {
    return JSON.parse(line.slice(prefix.length));
  } catch (error) {
    throw new HostError('parse_error', `section ${section}: ${String(error)}`);
  }
};

export const frameOf = (section: ProbeSection): string => `@fettle:${section} `;

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nothing is left of it
  }
};
