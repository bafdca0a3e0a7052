// Readings that start programs or can hang are gathered by a child of this same program, which is gone when it is done.
// All that is due at one moment shares one child. It writes one framed line per collector as soon as that one is done, so
// that what hangs or dies loses nothing but itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { HostError } from './host.ts';
import type { ProbeRequest } from './probe-request.schema.ts';
import { CHILD_ENVIRONMENT } from './run-program.ts';

/** Of one child, however many collectors it runs. */
const DEADLINE_MS = 10 * 60_000;
/** For what is still in the pipe when the child has ended: a program that left its group may hold the other end for ever. */
const LAST_WORDS_MS = 500;
const OUTPUT_MAX_BYTES = 8 * 1024 * 1024;

/** How to start this program again: the executable and what comes before the verb. */
export type Self = { readonly executable: string; readonly leading: readonly string[] };

type Asked = {
  readonly collector: string;
  readonly answer: (value: unknown) => void;
  readonly fail: (error: HostError) => void;
};

export type ProbeParts = Omit<ProbeRequest, 'collectors'> & { readonly self: Self; readonly deadlineMs?: number };

export class ProbeChild {
  readonly #parts: ProbeParts;
  #waiting: Asked[] = [];
  #child: ChildProcess | undefined;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
  }

  /** What the line of a collector says. @throws HostError */
  async ask(collector: string, signal: AbortSignal): Promise<unknown> {
    if (signal.aborted) throw new HostError('timeout', NOBODY_WAITS);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ collector, answer: resolve, fail: reject });
    // what else is due at this moment is asked within this turn of the loop
    setImmediate(() => void this.#next());
    const onAbort = (): void => {
      reject(new HostError('timeout', NOBODY_WAITS));
      this.#giveUp();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  #giveUp(): void {
    if (this.#child) killGroup(this.#child);
  }

  async #next(): Promise<void> {
    if (this.#child || this.#waiting.length === 0) return;
    const asked = new Map(this.#waiting.map((one) => [one.collector, one]));
    this.#waiting = [];
    try {
      const why = await this.#runChild(asked);
      for (const { collector, fail } of asked.values()) fail(new HostError(why.code, `${collector}: ${why.message}`));
    } finally {
      this.#child = undefined;
      void this.#next();
    }
  }

  /** @returns why there is no more, for those that got no answer */
  async #runChild(asked: Map<string, Asked>): Promise<HostError> {
    const { self, deadlineMs = DEADLINE_MS, ...rest } = this.#parts;
    const child = start(self);
    this.#child = child;
    const { promise: ended, resolve: end } = Promise.withResolvers<HostError>();
    const timer = setTimeout(
      () => end(new HostError('timeout', `no answer within ${deadlineMs / 1000} s`)),
      deadlineMs,
    );
    child.on('error', (error) => end(new HostError('tool_missing', `the child did not start: ${error.message}`)));
    child.on('exit', (code, signal) => {
      const why = new HostError('service_broken', `the child ended with ${signal ?? code} and without an answer`);
      child.once('close', () => end(why));
      setTimeout(end, LAST_WORDS_MS, why).unref();
    });
    child.stdin?.on('error', () => undefined); // it ended before it read: told by `close`
    // its input stays open: with this process it ends, and then so does the child
    child.stdin?.write(`${JSON.stringify({ collectors: [...asked.keys()], ...rest } satisfies ProbeRequest)}\n`);
    readLines(child, asked, end);
    const why = await ended;
    clearTimeout(timer);
    if (child.exitCode === null && child.signalCode === null) killGroup(child);
    child.stdout?.destroy();
    return why;
  }
}

const NOBODY_WAITS = 'nobody waits for the child any more';

const start = (self: Self): ChildProcess => {
  // a group of its own on POSIX, so that what it started ends with it
  const child = spawn(self.executable, [...self.leading, 'probe'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: process.platform !== 'win32',
    env: { ...CHILD_ENVIRONMENT, SystemRoot: process.env['SystemRoot'] },
    windowsHide: true,
  });
  return child.once('exit', () => killGroup(child));
};

/** One framed line a collector; whatever else a tool wrote in between is passed over. */
const readLines = (child: ChildProcess, asked: Map<string, Asked>, end: (why: HostError) => void): void => {
  if (!child.stdout) return;
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > OUTPUT_MAX_BYTES)
      end(new HostError('parse_error', `the child wrote more than ${OUTPUT_MAX_BYTES} bytes`));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const found = [...asked.values()].find(({ collector }) => line.startsWith(frameOf(collector)));
    if (!found) return;
    asked.delete(found.collector);
    try {
      found.answer(JSON.parse(line.slice(frameOf(found.collector).length)));
    } catch (error) {
      found.fail(new HostError('parse_error', `${found.collector}: ${String(error)}`));
    }
  });
};

export const frameOf = (collector: string): string => `@fettle:${collector} `;

/** With all that it started. */
export const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nothing is left of it
  }
};
