import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { startPeer } from './running-peer.ts';

it('a peer that died by a signal has a problem, and is not waited for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-peer-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = process.execPath;
  const configure = () => ['-e', 'process.kill(process.pid, "SIGKILL")'];
  const peer = await startPeer({ name: 'dying', package: 'none', program, configure }, folder);
  await expect.poll(() => peer?.problem).toBe('it ended with SIGKILL');
  await peer?.stop();
});
