// The machines of this room's tests: a folder is the root, its files are real, and so are the programs that lie in it.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Clock } from '@fettle/shared/time';

import { NOTHING_DECLARED } from '../config/config.ts';
import { childHost } from '../host/child-host.ts';
import { systemClock } from '../host/clock.ts';
import type { ChildHost, Host, Memory } from '../host/host.ts';
import { nodeHost } from '../host/node.ts';

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

export const writeTree = (root: string, files: Readonly<Record<string, string>>): void => {
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
