// What the short-lived child leaves behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { NOTHING_DECLARED } from '../config/config.ts';
import type { ProbeRequest } from '../host/probe-request.schema.ts';

const program = join(import.meta.dirname, '..', 'main.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-probe-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (request: ProbeRequest) => {
  const child = spawn(process.execPath, [program, 'probe'], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  child.stdin.write(`${JSON.stringify(request)}\n`);
  return child;
};
const probe = async (request: ProbeRequest): Promise<string> => text(start(request).stdout);

it.each([
  ['keeps what its collectors remember, for the resident agent', true],
  ['keeps nothing for whoever only looks: the agent would miss what was seen here', false],
])(
  'it %s',
  async (_what, keeps) => {
    const backup = [{ name: 'own', kind: 'files' as const, path: folder }];
    const memoryFolder = join(folder, 'memory');
    const answer = await probe({
      collectors: ['backups'],
      memoryFolder,
      keeps,
      declared: { ...NOTHING_DECLARED, backup },
    });
    expect(answer).toContain('fettle.backup.state');
    expect(existsSync(join(memoryFolder, 'backups.json'))).toBe(keeps);
  },
  30_000,
);

it('ends with whoever asked, however long its collectors would take', async () => {
  const declared = { ...NOTHING_DECLARED, backup: [{ name: 'own', kind: 'files' as const, path: folder }] };
  const child = start({
    collectors: ['patches', 'backups'],
    memoryFolder: join(folder, 'memory'),
    keeps: true,
    declared,
  });
  child.stdin.end();
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect([code, signal]).toEqual(process.platform === 'win32' ? [0, null] : [null, 'SIGKILL']);
  expect(existsSync(join(folder, 'memory', 'backups.json'))).toBe(false);
}, 30_000);
