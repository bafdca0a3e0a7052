// The guest: one emulated processor, so that it runs wherever this does, with the disks and the firmware of a laptop. It does
// what is written to its second serial line.
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { setProperty } from './monitor.ts';
import { type Parts, environmentOf, programOf } from './parts.ts';

const DISK_BYTES = 64 * 1024 * 1024;
const MEMORY_MIB = 1536;
/** Lines of the kernel to be shown when something goes wrong. */
const LAST_LINES = 30;

type Ended = { readonly code: number; readonly text: string };

/** The guest did not do what it was told, or is gone. */
export class GuestError extends Error {}

export class Guest {
  readonly #folder: string;
  readonly #qemu: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: Ended[] = [];
  #lines: string[] = [];
  #wake: () => void = () => undefined;
  #hasEnded = false;
  #why = 'QEMU ended by itself';

  /** @param folder for its disks and sockets, with the initramfs in it */
  constructor(folder: string, parts: Parts) {
    this.#folder = folder;
    const acpi = compileFirmware(folder, parts);
    for (const name of DISKS) makeDisk(join(folder, `${name}.img`));
    this.#qemu = spawn(programOf(parts, 'qemu-system-x86_64'), argumentsFor(folder, parts, acpi), {
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
    return setProperty(join(this.#folder, MONITOR), `/machine/peripheral/${device}`, property, value);
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
    const path = join(this.#folder, CONSOLE);
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

const DISKS = ['first', 'second', 'sata'] as const;
/** Of QEMU's own: what the first processor runs at power on. */
const DATA_FOLDERS = ['usr/share/seabios', 'usr/share/qemu', 'usr/lib/ipxe/qemu'] as const;
const [CONSOLE, MONITOR] = ['console.log', 'monitor'] as const;

export const INITRAMFS = 'initramfs';

const makeDisk = (path: string): void => {
  writeFileSync(path, '');
  truncateSync(path, DISK_BYTES);
};

/** @returns the compiled table */
const compileFirmware = (folder: string, parts: Parts): string => {
  const name = join(folder, 'laptop');
  execFileSync(programOf(parts, 'iasl'), ['-p', name, join(import.meta.dirname, 'laptop.asl')], {
    env: { ...process.env, ...environmentOf(parts) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return `${name}.aml`;
};

const argumentsFor = (folder: string, { root, release }: Parts, acpi: string): readonly string[] => {
  const image = (name: string): string => `if=none,id=${name}-image,format=raw,file=${join(folder, `${name}.img`)}`;
  return [
    ['-machine', 'q35', '-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '1', '-m', `${MEMORY_MIB}`],
    ['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    DATA_FOLDERS.flatMap((data) => ['-L', join(root, data)]),
    ['-kernel', join(root, 'boot', `vmlinuz-${release}`), '-initrd', join(folder, INITRAMFS)],
    ['-append', 'console=ttyS0 rdinit=/init panic=-1', '-acpitable', `file=${acpi}`],
    ['-serial', `file:${join(folder, CONSOLE)}`, '-serial', 'stdio'],
    ['-qmp', `unix:${join(folder, MONITOR)},server=on,wait=off`],
    DISKS.flatMap((name) => ['-drive', image(name)]),
    ['-device', 'nvme,id=first,addr=1,drive=first-image,serial=QN1'],
    ['-device', 'nvme,id=second,addr=2,drive=second-image,serial=QN2'],
    ['-device', 'ide-hd,id=sata,bus=ide.0,drive=sata-image,serial=QA1'],
    // keeps what laptop.asl reads
    ['-device', 'pc-testdev'],
  ].flat();
};
