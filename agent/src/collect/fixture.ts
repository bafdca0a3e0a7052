// The machines of this room's tests: a folder is the root, its files are real, and so are the programs that lie in it. And two
// collectors on one of them, of which one does what its test wants.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Sample } from '@fettle/shared/metric/sample';
import type { Clock } from '@fettle/shared/time';

import { NOTHING_DECLARED } from '../config/config.ts';
import { childHost } from '../host/child-host.ts';
import { systemClock } from '../host/clock.ts';
import type { ChildHost, Host, Memory } from '../host/host.ts';
import { nodeHost } from '../host/node.ts';
import { type Collector, available } from './collector.ts';
import { HandClock } from './hand-clock.ts';
import { type Outcome, Runner } from './runner.ts';

/** Kept as long as the test. */
export const memoryOf = (values: Record<string, unknown> = {}): Memory => ({
  read: (id) => structuredClone(values[id]),
  write: (id, value) => {
    values[id] = structuredClone(value);
  },
});

/** A machine whose files lie below `root`. */
export const hostAt = (root: string, clock: Clock = systemClock): Host =>
  nodeHost({
    clock,
    root,
    declared: NOTHING_DECLARED,
    memory: memoryOf(),
    probe: () => Promise.reject(new Error('this machine starts no child')),
  });

/** The same as a child sees it; the programs below `root` are run. */
export const childHostAt = (root: string, changes: Partial<Host> = {}): ChildHost =>
  childHost({ ...hostAt(root), ...changes }, root);

export const writeTree = (root: string, files: Readonly<Record<string, string | Uint8Array>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
};

/** A program that is a shell script: `installProgram(root, 'usr/sbin/smartctl', 'echo hello; exit 4')`. */
export const installProgram = (root: string, path: string, script: string): void => {
  writeTree(root, { [path]: `#!/bin/sh\n${script}\n` });
  chmodSync(join(root, path), 0o755);
};

export const good: Sample = { metric: 'fettle.system.load.1m', attributes: {}, value: 1.5 };

/** One that works, but for these changes. */
export const collectorOf = (change: Partial<Collector>): Collector => ({
  id: 'bad',
  tier: 'fast',
  timeoutMs: 3_000,
  provides: ['fettle.system.load.1m'],
  probe: () => Promise.resolve(available('a test')),
  collect: () => Promise.resolve({ samples: [good] }),
  ...change,
});
/** One that works. */
export const neighbour = collectorOf({ id: 'good' });

/** A runner of these and of `neighbour`, by a clock that is turned by hand. */
export const runnerOf = async (...changes: readonly Partial<Collector>[]) => {
  const clock = new HandClock();
  const host = hostAt('', clock);
  const runner = new Runner({ collectors: [...changes.map(collectorOf), neighbour], host, clock });
  await runner.probeAll();
  return { clock, runner };
};

export const FAST = new Set(['fast'] as const);
/** The values of a run as they go to the server. */
export const readings = ({ measured }: Outcome) => measured.map(({ integer }) => integer);
export const thrown = (message: string, code?: string) => Object.assign(new Error(message), code ? { code } : {});
