// A machine whose programs and block devices are made up, and what came of asking what protects it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ChildHost } from '../../host/host.ts';
import type { Reading } from '../collector.ts';
import { childHostAt, installProgram, writeTree } from '../fixture.ts';
import { protection } from './protection.ts';

export const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/${path}`, import.meta.url), 'utf8');

export const mounted = (type: string, source: string, dev: string): string =>
  `22 1 ${dev} / / rw,relatime - ${type} ${source} rw\n40 22 0:30 / /run rw - tmpfs tmpfs rw\n`;

/** Its system lies on a partition that is not encrypted, and nothing is installed on it. */
export class PlainMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'fettle-protection-'));

  constructor() {
    writeTree(this.root, { 'proc/1/stat': '', 'proc/self/mountinfo': mounted('ext4', '/dev/sda2', '8:2') });
    this.block('sda2', { dev: '8:2' });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** A block device: its files, and what it lies on. */
  block(name: string, files: Readonly<Record<string, string>>, slaves: readonly string[] = []): void {
    const folder = `sys/class/block/${name}`;
    for (const [file, text] of Object.entries(files)) writeTree(this.root, { [`${folder}/${file}`]: `${text}\n` });
    for (const slave of slaves) mkdirSync(join(this.root, folder, 'slaves', slave), { recursive: true });
  }

  /** A program that says this, whatever it is asked. */
  prints(path: string, text: string): void {
    writeTree(this.root, { [`said/${path}`]: text });
    installProgram(this.root, path, `cat "${this.root}/said/${path}"`);
  }

  read(change: Partial<ChildHost> = {}): Promise<Reading> {
    const host = { ...childHostAt(this.root), ...change };
    return protection().collect(host, { monoMs: 0, signal: new AbortController().signal });
  }
}

/** By the end of the metric's name and the attributes. */
export const values = ({ samples }: Reading) =>
  Object.fromEntries(
    samples.map(({ metric, attributes, value }) => [
      [metric.replace('fettle.protection.', ''), ...Object.values(attributes)].join(' '),
      value,
    ]),
  );

export const facts = ({ sections = [] }: Reading) =>
  Object.fromEntries(sections.flatMap((section) => section.facts.map(({ label, value }) => [label, value])));

export const codes = ({ partial = [] }: Reading) => partial.map(({ code }) => code);
