import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Transition } from '@fettle/shared/alert/alert';
import { MINUTE_MS } from '@fettle/shared/time';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { hostAt, writeTree } from '../fixture.ts';
import { Snapshots } from './snapshots.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-snapshots-'));
afterAll(() => rmSync(root, { recursive: true }));

const put = (pid: number, ticks: number, pages = 0): void =>
  writeTree(root, {
    [`proc/${pid}/stat`]: `${pid} (p${pid}) S ${'1 '.repeat(10)}${ticks} 0 0 0 0 0 0 0 5 4096 ${pages} 0\n`,
    [`proc/${pid}/status`]: `VmRSS:\t${pages * 4} kB\n`,
  });

const told = (change: Transition['change'], metric: string): Transition => ({
  change,
  rule: 'cpu.sustained',
  ruleHash: 'h',
  instance: '',
  severity: 'warning',
  at: 1,
  since: 1,
  reason: 'threshold',
  evidence: [{ metric, value: 0.95 }],
});
const CPU = 'system.cpu.utilization';

/** A machine, and how often all its processes were read. */
const watched = () => {
  const host = hostAt(root);
  let reads = 0;
  const listKernel = (path: string) => {
    reads += 1;
    return host.listKernel(path);
  };
  return { snapshots: new Snapshots({ ...host, listKernel }), reads: () => reads };
};

beforeEach(() => put(7, 100, 10));

describe('a transition', () => {
  it.each<[Transition['change'], string, boolean]>([
    ['fire', CPU, true],
    ['raise', CPU, true],
    ['fire', 'system.memory.utilization', true],
    ['lower', CPU, false],
    ['resolve', CPU, false],
    ['fire', 'system.filesystem.utilization', false],
  ])('%s of %s is told with what used most: %s', (change, metric, expected) => {
    const { snapshots, reads } = watched();
    const transition = told(change, metric);
    const [explained] = snapshots.explain([transition], 10_000);
    expect(explained?.processes).toEqual(expected ? [{ pid: 7, name: 'p7', memoryBytes: 40_960 }] : undefined);
    expect(reads()).toBe(expected ? 1 : 0);
  });

  it('has the shares since the rule was near', () => {
    const { snapshots } = watched();
    snapshots.prepare(true, 0, MINUTE_MS);
    put(7, 600, 10);
    const [first, second] = snapshots.explain([told('fire', 'other'), told('fire', CPU)], 10_000);
    expect(first).not.toHaveProperty('processes');
    expect(second?.processes).toEqual([{ pid: 7, name: 'p7', cpu: 0.5, memoryBytes: 40_960 }]);
  });

  it('is told as it is where there are no processes to be seen', () => {
    const transitions = [told('fire', CPU)];
    const snapshots = new Snapshots(hostAt('/nowhere'));
    snapshots.prepare(true, 0, MINUTE_MS);
    expect(snapshots.explain(transitions, 10_000)).toEqual(transitions);
  });
});

describe('the reading before', () => {
  it('is taken once a minute while a rule is near, and not while none is', () => {
    const { snapshots, reads } = watched();
    const readsAfter = [false, true, true, true, false, true].map((isNear, index) => {
      snapshots.prepare(isNear, index * 30_000, MINUTE_MS);
      return reads();
    });
    expect(readsAfter).toEqual([0, 1, 1, 2, 2, 3]);
  });

  it('is forgotten when the rule is near no more', () => {
    const { snapshots } = watched();
    snapshots.prepare(true, 0, MINUTE_MS);
    snapshots.prepare(false, 10_000, MINUTE_MS);
    put(7, 600, 10);
    expect(snapshots.explain([told('fire', CPU)], 20_000)[0]?.processes?.[0]).not.toHaveProperty('cpu');
  });
});
