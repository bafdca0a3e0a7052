// The verb for a person at the machine, as a program.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { missing, needs } from '../../../test/support/needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-processes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const here = missing(needs.linux);
const run = promisify(execFile);
const agent = async (...args: readonly string[]) => {
  const program = join(import.meta.dirname, '..', 'main.ts');
  return (await run(process.execPath, [program, 'processes', ...args, '--data-dir', folder])).stdout;
};

const answer = z.strictObject({
  processes: z.array(
    z.strictObject({ pid: z.int(), name: z.string(), cpu: z.number().min(0).optional(), memoryBytes: z.int().min(0) }),
  ),
});

describe.skipIf(here.skip)(`fettle-agent processes${here.why}`, () => {
  it('names what uses most, the greatest user of memory among them', { timeout: 20_000 }, async () => {
    const { processes } = answer.parse(JSON.parse(await agent('--json')));
    expect(processes.length).toBeGreaterThan(1);
    expect(processes.length).toBeLessThanOrEqual(20);
    expect(Math.max(...processes.map(({ memoryBytes }) => memoryBytes))).toBeGreaterThan(2 ** 20);
  });

  it('says so in a line each', { timeout: 20_000 }, async () => {
    expect(await agent()).toMatch(/^\d+ +\S.* [\d.]+\u00A0[KMGT]iB$/m);
  });
});
