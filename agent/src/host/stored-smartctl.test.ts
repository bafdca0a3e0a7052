// What the reader of disks left, read as the agent does, and as somebody else could have left it.
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MINUTE_MS } from '@fettle/shared/time';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { HostError } from './host.ts';
import { storedSmartctl } from './stored-smartctl.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-stored-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'readings.json');
const SDA = ['-x', '--json=c', '-d', 'sat', '-n', 'standby,3', '/dev/sda'];
const runs = [
  { args: ['--scan-open', '--json=c'], answer: { code: 0, stdout: '{}' } },
  { args: SDA, answer: { code: 4, stdout: '{"model_name":"A"}' } },
  { args: ['-x', '--json=c', '/dev/sdb'], answer: { failed: 'timeout', detail: 'smartctl did not end within 30 s' } },
];
const store = (change: object = {}) => JSON.stringify({ version: 1, uptimeMs: 1_000, runs, ...change });

const ask = (args: readonly string[], { upMs = 2_000, owner = process.getuid?.() ?? 0 } = {}) =>
  storedSmartctl({ path, owner, uptimeMs: () => upMs, patienceMs: 0 }, args);
const problemOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HostError)) throw new Error(`no problem but ${String(error)}`);
  return `${error.code}: ${error.message}`;
};

const { skip, why } = missing(needs.linux);

describe.skipIf(skip)(`smartctl by its reader${why}`, () => {
  beforeEach(() => {
    rmSync(path, { force: true });
    writeFileSync(path, store(), { mode: 0o640 });
  });

  it('says what smartctl said to the same question, whether or not a disk could be woken for it', async () => {
    expect(await ask(SDA)).toEqual({ code: 4, stdout: '{"model_name":"A"}', stderr: '' });
    expect(await ask(SDA.filter((arg) => !/^-n$|^standby/.test(arg)))).toMatchObject({ code: 4 });
    expect(await problemOf(ask(['-x', '--json=c', '/dev/sdb']))).toBe('timeout: smartctl did not end within 30 s');
    expect(await problemOf(ask(['-x', '--json=c', '/dev/sdc']))).toMatch(/^service_broken: .*nothing of \/dev\/sdc/);
  });

  it('believes nothing that is old', async () => {
    expect(await ask(SDA, { upMs: 45 * MINUTE_MS })).toMatchObject({ code: 4 });
    expect(await problemOf(ask(SDA, { upMs: 47 * MINUTE_MS }))).toBe(
      'service_broken: the disks were last read 47 minutes ago',
    );
  });

  it.each([
    ['another user', () => undefined, 12_345],
    ['who else may write', () => chmodSync(path, 0o660), undefined],
  ])('believes nothing by %s', async (_who, change, owner) => {
    change();
    expect(await problemOf(ask(SDA, { owner }))).toMatch(/^policy_blocked: .*others than root/);
  });

  it('follows no link, and reads no pipe', async () => {
    const real = join(folder, 'real.json');
    writeFileSync(real, readFileSync(path));
    rmSync(path);
    symlinkSync(real, path);
    expect(await problemOf(ask(SDA))).toMatch(/^service_broken: .*ELOOP/);
  });

  it.each([
    ['half of it', store().slice(0, 50)],
    ['another version', store({ version: 2 })],
    ['more runs than machines have disks', store({ runs: Array.from({ length: 201 }, () => runs[0]) })],
  ])('%s is an error of its own', async (_what, text) => {
    writeFileSync(path, text);
    expect(await problemOf(ask(SDA))).toMatch(/^parse_error/);
  });

  it('is waited for where the reader has just begun', async () => {
    rmSync(path);
    let looks = 0;
    const parts = {
      get path() {
        looks += 1;
        if (looks === 3) writeFileSync(path, store(), { mode: 0o640 });
        return path;
      },
      owner: process.getuid?.() ?? 0,
      uptimeMs: () => 2_000,
      patienceMs: 5_000,
    };
    expect(await storedSmartctl(parts, SDA)).toMatchObject({ code: 4 });
    expect(looks).toBeGreaterThan(2);
    rmSync(path);
    expect(await problemOf(ask(SDA))).toMatch(/^service_broken: .*ENOENT/);
  });
});

const asRoot = missing(needs.linux, needs.root);
describe.skipIf(asRoot.skip)(`a reading that belongs to another${asRoot.why}`, () => {
  it('is not believed', async () => {
    writeFileSync(path, store(), { mode: 0o640 });
    chownSync(path, 65_534, 65_534);
    expect(await problemOf(ask(SDA, { owner: 0 }))).toMatch(/^policy_blocked/);
    rmSync(path);
  });
});
