// What the short-lived child leaves behind.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { NOTHING_DECLARED } from '../config/config.ts';
import type { ProbeRequest } from '../host/probe-request.schema.ts';

const program = join(import.meta.dirname, '..', 'main.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-probe-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const probe = (request: ProbeRequest): Promise<string> => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const child = execFile(process.execPath, [program, 'probe'], (_error, stdout) => resolve(stdout));
  child.stdin?.end(JSON.stringify(request));
  return promise;
};

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
