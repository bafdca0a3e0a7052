// What the privileged reader asks, and that the agent without privileges reads the same of it as it would itself.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { childHost } from '../../host/child-host.ts';
import { STORE } from '../../host/stored-smartctl.ts';
import { childHostAt, hostAt } from '../fixture.ts';
import { PlayedMachine, READ, SCAN, at, hdd, ssd } from './fixture.ts';
import { runAll } from './run-all.ts';
import { smart } from './smart.ts';

let machine: PlayedMachine;
beforeEach(() => {
  machine = new PlayedMachine();
});
afterEach(() => machine.remove());

const read = () => runAll(childHostAt(machine.root));

describe('the reader of disks', () => {
  it('scans, and asks each disk once without waking it', async () => {
    machine.finds(at('/dev/sda'), at('/dev/sdb'));
    machine.says('/dev/sda', hdd('A'));
    machine.sleeps('/dev/sdb');
    const runs = await read();
    expect(machine.calls()).toEqual([
      SCAN,
      `${READ} -d sat -n standby,3 /dev/sda`,
      `${READ} -d sat -n standby,3 /dev/sdb`,
    ]);
    expect(runs.map(({ answer }) => ('code' in answer ? answer.code : answer.failed))).toEqual([0, 0, 3]);
  });

  it('asks one in which nothing turns once more, although it says that it sleeps', async () => {
    machine.finds(at('/dev/sda'));
    machine.kernelHas('sda', { 'queue/rotational': '0' });
    machine.sleeps('/dev/sda');
    await read();
    expect(machine.calls()).toEqual([SCAN, `${READ} -d sat -n standby,3 /dev/sda`, `${READ} -d sat /dev/sda`]);
  });

  it('keeps why there is no answer', async () => {
    machine.uninstalls();
    expect(await read()).toMatchObject([{ answer: { failed: 'tool_missing' } }]);
  });
});

const { skip, why } = missing(needs.linux, needs.root);

describe.skipIf(skip)(`the agent beside it${why}`, () => {
  it('reads the same as it would itself, and asks no disk', async () => {
    machine.finds(at('/dev/sda'), at('/dev/nvme0', 'nvme'));
    machine.says('/dev/sda', hdd('A'));
    machine.says('/dev/nvme0', ssd('N'));
    const itself = await machine.poll();
    const file = join(machine.root, STORE);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ version: 1, uptimeMs: 0, runs: await read() }), { mode: 0o640 });
    machine.calls();
    const unprivileged = childHost({ ...hostAt(machine.root), uptimeMs: () => 1_000 }, machine.root, 1_000);
    const moment = { monoMs: 0, signal: new AbortController().signal };
    const { samples } = await smart().collect(unprivileged, moment);
    expect(samples).toEqual(itself.samples);
    expect(samples.length).toBeGreaterThan(4);
    expect(machine.calls()).toEqual([]);
  });
});
