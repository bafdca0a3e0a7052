// Both back ends, for the system that the tests run on.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bundleSingleFile } from '../build/agent.ts';
import { agentVersion } from './agent-tree.ts';
import { packExecutable } from './executable.ts';
import { targets } from './targets.ts';

const target = targets.find(({ name }) => name === `${process.platform}-${process.arch}`);
const isPinned = target?.node.version === process.versions.node;
const skip = !isPinned && process.env['FETTLE_CI'] !== '1';

describe.skipIf(skip)(`the agent as one file${isPinned ? '' : ' [skipped: needs the pinned Node]'}`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fettle-executable-'));
    await bundleSingleFile(join(folder, 'agent.cjs'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['build-sea', 'pkg'] as const)(
    'by %s answers as the agent does',
    async (back) => {
      if (!target) throw new Error('there is no such target');
      const [output, work] = [join(folder, `agent-${back}`), join(folder, back)];
      mkdirSync(work);
      await packExecutable[back]({ main: join(folder, 'agent.cjs'), target, node: process.execPath, output, work });
      const { stdout } = spawnSync(output, ['version', '--json'], { encoding: 'utf8' });
      expect(JSON.parse(stdout)).toMatchObject({ version: agentVersion(), node: process.versions.node });
      expect(spawnSync(output, ['nonsense']).status).toBe(2);
    },
    120_000,
  );
});
