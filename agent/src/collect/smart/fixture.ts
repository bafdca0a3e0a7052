// A machine with disks for the tests of this folder: a real program in place of smartctl, which says of each device what it is
// told to, and a clock that is turned by hand.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { HOUR_MS } from '@fettle/shared/time';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { NOTHING_DECLARED } from '../../config/config.ts';
import type { ChildHost, Host, RunOptions } from '../../host/host.ts';
import { readOnly } from '../../host/memory.ts';
import { type Reading, UnavailableError, reasonOf } from '../collector.ts';
import { childHostAt, installProgram, memoryOf, writeTree } from '../fixture.ts';
import { smart } from './smart.ts';

export type Document = Readonly<Record<string, unknown>>;
/** `unavailable`: there is nothing to be had here, which is no failure. */
export type Poll = Reading & { readonly unavailable?: Reason };
type Declared = Host['declared']['disk'];

const PATIENCE_MS = 500;
const PROGRAM = 'usr/sbin/smartctl';
const START_MS = 1_800_000_000_000;

/** What smartctl is asked for, before the options of one device. */
export const SCAN = '--scan-open --json=c';
export const READ = '-x --json=c';
export const scansIn = (calls: readonly string[]): number => calls.filter((call) => call === SCAN).length;

/** Says what lies in `answers` under the device's name, and keeps what it was asked. */
const script = (root: string) => `
echo "$*" >> ${root}/calls
case "$*" in
  *--scan*) name=scan ;;
  *) for device; do :; done; name=$(echo "$device" | tr / .) ;;
esac
[ ! -e ${root}/answers/$name.hangs ] || exec sleep 60
cat ${root}/answers/$name
exit $(cat ${root}/answers/$name.code)`;

export class PlayedMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'fettle-smart-'));
  readonly kept: Record<string, unknown> = {};
  /** False: it is read by hand, and nothing is remembered. */
  keeps = true;
  declared: Declared = [];
  readonly #hanging = new Set<string>();
  /** How much time goes by between two looks at the clock. */
  slownessMs = 0;
  #uptimeMs = 0;
  #wallMs = START_MS;
  #boots = 1;

  constructor() {
    mkdirSync(join(this.root, 'answers'));
    installProgram(this.root, PROGRAM, script(this.root));
    writeTree(this.root, { 'proc/sys/kernel/random/boot_id': 'boot-1\n', calls: '' });
    this.finds();
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  /** What a scan finds from now on. */
  finds(...devices: readonly Document[]): void {
    this.saysText('scan', JSON.stringify({ smartctl: { exit_status: 0 }, devices }), 0);
  }

  /** What it says of a device from now on. */
  says(device: string, document: Document, code = 0): void {
    const text = JSON.stringify({ smartctl: { exit_status: code }, ...document });
    this.saysText(device.replaceAll('/', '.'), text, code);
  }

  saysText(name: string, text: string, code: number): void {
    writeTree(this.root, { [`answers/${name}`]: text, [`answers/${name}.code`]: String(code) });
  }

  sleeps(device: string): void {
    const messages = [{ string: 'Device is in STANDBY mode, exit(3)', severity: 'information' }];
    this.says(device, { smartctl: { messages, exit_status: 3 } }, 3);
  }

  /** Never answers; it is waited for less long than in life. */
  hangs(device: string): void {
    this.#hanging.add(device);
    writeTree(this.root, { [`answers/${device.replaceAll('/', '.')}.hangs`]: '' });
  }

  uninstalls(): void {
    rmSync(join(this.root, PROGRAM));
  }

  isGone(device: string): void {
    const messages = [{ string: `Smartctl open device: ${device} failed: No such device`, severity: 'error' }];
    this.says(device, { smartctl: { messages, exit_status: 2 } }, 2);
  }

  /** What the kernel knows of a block device; `place` is where its folder really is. */
  kernelHas(name: string, files: Readonly<Record<string, string>>, place = `devices/pci/${name}`): void {
    const real = join('sys', place);
    writeTree(this.root, Object.fromEntries(Object.entries(files).map(([path, text]) => [join(real, path), text])));
    mkdirSync(join(this.root, 'sys/block'), { recursive: true });
    rmSync(join(this.root, 'sys/block', name), { force: true });
    symlinkSync(join('..', place), join(this.root, 'sys/block', name));
  }

  reboots(): void {
    this.#boots += 1;
    writeTree(this.root, { 'proc/sys/kernel/random/boot_id': `boot-${this.#boots}\n` });
  }

  passes(ms: number): void {
    this.#wallMs += ms;
  }

  /** What smartctl was asked since the last call of this. */
  calls(): readonly string[] {
    const calls = readFileSync(join(this.root, 'calls'), 'utf8').trim().split('\n').filter(Boolean);
    writeFileSync(join(this.root, 'calls'), '');
    return calls;
  }

  /** One poll, and the hour until the next. */
  async poll(): Promise<Poll> {
    const collector = smart();
    const host = this.#host();
    try {
      const capability = await collector.probe(host);
      if (!capability.ok) return { samples: [], unavailable: capability.reason };
      return await collector.collect(host, { monoMs: 0, signal: new AbortController().signal });
    } catch (error) {
      const reason = reasonOf(error);
      return { samples: [], ...(error instanceof UnavailableError ? { unavailable: reason } : { failed: reason }) };
    } finally {
      this.passes(HOUR_MS);
    }
  }

  #host(): ChildHost {
    const host = childHostAt(this.root, {
      wallMs: () => this.#wallMs,
      uptimeMs: () => (this.#uptimeMs += this.slownessMs),
      memory: this.keeps ? memoryOf(this.kept) : readOnly(memoryOf(this.kept)),
      declared: { ...NOTHING_DECLARED, disk: this.declared },
    });
    const isLate = (args: readonly string[]): boolean => args.some((arg) => this.#hanging.has(arg));
    return {
      ...host,
      run: (program, args, options?: RunOptions) =>
        host.run(program, args, isLate(args) ? { ...options, timeoutMs: PATIENCE_MS } : options),
    };
  }
}

/** A disk that turns and is well. */
export const hdd = (serial: string, more: Document = {}): Document => ({
  device: { protocol: 'ATA' },
  model_name: 'ST4000',
  serial_number: serial,
  rotation_rate: 7200,
  smart_status: { passed: true },
  temperature: { current: 35 },
  ...more,
});

export const ssd = (serial: string, more: Document = {}): Document => hdd(serial, { rotation_rate: 0, ...more });

/** A device as a scan finds it. */
export const at = (name: string, type = 'sat'): Document => ({ name, info_name: name, type, protocol: 'ATA' });

/** What was said of a disk: its values by metric, without the common beginning of their names. */
export const valuesOf = ({ samples }: Reading, id: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    samples
      .filter(({ attributes }) => attributes['hw.id'] === id)
      .map(({ metric, value }) => [metric.replace(/^fettle\.(?:disk\.)?/, ''), value]),
  );

export const idsOf = ({ samples }: Reading): readonly string[] => [
  ...new Set(samples.map(({ attributes }) => attributes['hw.id'] ?? '')),
];
