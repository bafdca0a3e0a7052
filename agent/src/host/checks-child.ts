// The one child of this program that lives as long as the agent, where targets are declared: it looks at them on its own rhythm
// and writes a line for each look. It ends when its standard input does, also when this process is killed. When it dies by
// itself it is started again, later each time.
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

import type { Declared } from '../config/declared.schema.ts';
import { type CheckNews, HostError, type Spent } from './host.ts';
import { type Self, killGroup } from './probe-child.ts';
import { CHILD_ENVIRONMENT } from './run-program.ts';

const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 5 * 60_000;
/** Who lived this long has earned a quick start. */
const HEALTHY_MS = 10 * 60_000;
/** Of one line: a switch with 500 interfaces writes about 150 KiB. */
const LINE_MAX_BYTES = 1024 * 1024;

type Parts = { readonly self: Self; readonly checks: Declared['check']; readonly pauseMs?: number };

const FREE: Spent = { cpuMs: 0, children: 0, bytes: 0 };

export class ChecksChild {
  readonly #parts: Parts;
  readonly #lines = new Map<number, { readonly heardMs: number; readonly value: unknown }>();
  #cost = FREE;
  #child: ChildProcess | undefined;
  #problem: HostError | undefined;
  #failures = 0;
  #notBeforeMs = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Of the child that runs, if one does. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  news(): CheckNews {
    if (!this.#child && performance.now() >= this.#notBeforeMs) this.#start();
    const cost = this.#cost;
    this.#cost = FREE;
    const nowMs = performance.now();
    const lines = new Map(
      [...this.#lines].map(([index, { heardMs, value }]) => [index, { ageMs: nowMs - heardMs, value }]),
    );
    return { lines, cost, ...(this.#problem && { problem: this.#problem }) };
  }

  /** With all that it started. */
  stop(): void {
    this.#notBeforeMs = Number.POSITIVE_INFINITY;
    if (this.#child) killGroup(this.#child);
  }

  readonly #onExit = (): void => this.stop();

  #start(): void {
    const { self, checks } = this.#parts;
    const child = spawn(self.executable, [...self.leading, 'checks'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: process.platform !== 'win32',
      env: { ...CHILD_ENVIRONMENT, SystemRoot: process.env['SystemRoot'] },
      windowsHide: true,
    });
    this.#child = child;
    this.#cost = { ...this.#cost, children: this.#cost.children + 1 };
    const startedMs = performance.now();
    const onEnd = (why: string): void => this.#ended(child, why, performance.now() - startedMs);
    child.once('error', (error) => onEnd(`did not start: ${error.message}`));
    child.once('exit', (code, signal) => onEnd(`ended with ${signal ?? code}`));
    child.stdin?.on('error', () => undefined); // told by `exit`
    child.stdin?.write(`${JSON.stringify(checks)}\n`);
    this.#read(child);
    process.once('exit', this.#onExit);
    // this process ends when it has nothing else to do, and then so does the child
    child.unref();
    for (const stream of [child.stdin, child.stdout]) if (stream instanceof Socket) stream.unref();
  }

  #ended(child: ChildProcess, why: string, livedMs: number): void {
    killGroup(child); // what it started
    if (this.#child !== child) return;
    process.off('exit', this.#onExit);
    this.#child = undefined;
    this.#problem = new HostError('service_broken', `the child that looks at targets ${why}`);
    this.#failures = livedMs >= HEALTHY_MS ? 0 : this.#failures;
    const { pauseMs = PAUSE_MS } = this.#parts;
    this.#notBeforeMs = Math.max(
      this.#notBeforeMs,
      performance.now() + Math.min(PAUSE_MAX_MS, pauseMs * 2 ** this.#failures),
    );
    this.#failures += 1;
  }

  #read(child: ChildProcess): void {
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
      if (rest.length > LINE_MAX_BYTES) killGroup(child);
    });
  }

  #take(line: string): void {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null || !('check' in value) || typeof value.check !== 'number') return;
      if (!(value.check in this.#parts.checks)) return;
      this.#lines.set(value.check, { heardMs: performance.now(), value });
      this.#cost = add(this.#cost, value);
      this.#problem = undefined;
    } catch {
      // not ours: a warning of the runtime, half a line of one that died
    }
  }
}

const add = (known: Spent, line: object): Spent => {
  const told: object = 'cost' in line && typeof line.cost === 'object' && line.cost !== null ? line.cost : {};
  const of = (key: keyof Spent): number => {
    const value: unknown = Reflect.get(told, key);
    return known[key] + (typeof value === 'number' && value > 0 ? value : 0);
  };
  return { cpuMs: of('cpuMs'), children: of('children'), bytes: of('bytes') };
};
