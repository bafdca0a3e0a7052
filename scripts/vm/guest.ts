// A guest of QEMU. It does what is written to its second serial line.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { setProperty } from './monitor.ts';
import { type Parts, environmentOf, programOf } from './parts.ts';

/** Lines of the kernel to be shown when something goes wrong. */
const LAST_LINES = 30;

type Ended = { readonly code: number; readonly text: string };

export type Machine = {
  /** Of QEMU; its second serial line is its standard input and output. */
  readonly args: readonly string[];
  /** Where its first serial line goes to: a file; and the socket of its monitor. */
  readonly console: string;
  readonly monitor: string;
};

/** The guest did not do what it was told, or is gone. */
export class GuestError extends Error {}

export class Guest {
  readonly #machine: Machine;
  readonly #qemu: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: Ended[] = [];
  #lines: string[] = [];
  #wake: () => void = () => undefined;
  #hasEnded = false;
  #why = 'QEMU ended by itself';

  constructor(machine: Machine, parts: Parts) {
    this.#machine = machine;
    this.#qemu = spawn(programOf(parts, 'qemu-system-x86_64'), machine.args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environmentOf(parts) },
    });
    createInterface({ input: this.#qemu.stdout }).on('line', (line) => this.#onLine(line));
    this.#qemu.stdin.on('error', () => undefined); // it ended: told by `exit`
    const end = (): void => {
      this.#hasEnded = true;
      this.#wake();
    };
    this.#qemu.once('exit', end).once('error', end); // an error: it did not start
  }

  /** When its drivers are loaded. @throws GuestError when it ends before */
  async ready(): Promise<void> {
    await this.#next();
  }

  /** What a command of its shell wrote. @throws GuestError when it ends with another code than 0, or the guest does meanwhile */
  async run(command: string): Promise<string> {
    this.#qemu.stdin.write(`${command}\n`);
    const { code, text } = await this.#next();
    if (code !== 0) throw new GuestError(`In the guest, "${command}" ended with ${code}. ${this.#lastWords()}`);
    return text;
  }

  /** Changes a device of the guest while it runs. */
  set(device: string, property: string, value: number): Promise<void> {
    return setProperty(this.#machine.monitor, `/machine/peripheral/${device}`, property, value);
  }

  stop(why: string): void {
    this.#why = why;
    this.#qemu.kill('SIGKILL');
  }

  /** Stops it, and waits until it is gone. */
  async stopped(): Promise<void> {
    this.stop('its work is done');
    if (!this.#hasEnded) await once(this.#qemu, 'exit');
  }

  /** Of the kernel and the programs. */
  #lastWords(): string {
    const path = this.#machine.console;
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LAST_LINES) : [];
    return `Its last words:\n${lines.join('\n')}`;
  }

  #onLine(line: string): void {
    const code = /^@(?:ready|end (\d{1,3}))$/.exec(line);
    if (!code) {
      this.#lines.push(line);
      return;
    }
    this.#answers.push({ code: Number(code[1] ?? 0), text: this.#lines.join('\n').trim() });
    this.#lines = [];
    this.#wake();
  }

  async #next(): Promise<Ended> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer) return answer;
      if (this.#hasEnded) throw new GuestError(`The guest ended: ${this.#why}. ${this.#lastWords()}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
