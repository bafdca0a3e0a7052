// `npm run test:windows`: the installer's tables, and a life of the agent on a Windows that Wine plays, with a real server on the
// loopback. Ends with 0 when all was as it should be, with 1 when not, with 2 when this machine cannot run it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SECOND_MS } from '@fettle/shared/time';

import { MissingError } from './debian/missing-error.ts';
import { agentVersion } from './package/agent-tree.ts';
import { requireTools } from './package/tools.ts';
import { msiTools } from './package/windows/msi.ts';
import { startLoopback } from './windows/loopback.ts';
import { type Record, recordTo } from './windows/record.ts';
import { type Installer, bringStandIn, makeInstaller } from './windows/stand-in.ts';
import { playStory } from './windows/story.ts';
import { seeShipped, seeTables, tableTools } from './windows/tables.ts';
import { Wine } from './windows/wine.ts';

const [WRONG, MISSING] = [1, 2] as const;

const main = async (): Promise<void> => {
  requireTools([...msiTools, ...tableTools]);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-windows-'));
  const record = recordTo((line) => process.stdout.write(`${line}\n`));
  try {
    const wine = new Wine(folder);
    const installers = await makeInstallers(record, folder);
    await withWine(record, wine, installers, join(folder, 'server'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { checks, failed } = record.count();
  process.stdout.write(`${JSON.stringify({ checks, failed, s: Math.round(performance.now() / SECOND_MS) })}\n`);
  if (failed > 0) process.exitCode = WRONG;
};

type Installers = { readonly older: Installer; readonly newer: Installer };

const makeInstallers = async (record: Record, folder: string): Promise<Installers> => {
  const node = await bringStandIn();
  const older = await makeInstaller(join(folder, 'older'), '1.0.0', node);
  const newer = await makeInstaller(join(folder, 'newer'), '1.1.0', node);
  await seeTables(record, older, newer);
  const shipped = await makeInstaller(join(folder, 'shipped'), agentVersion());
  await seeShipped(record, shipped, join(folder, 'unpacked'));
  return { older, newer };
};

const withWine = async (record: Record, wine: Wine, installers: Installers, folder: string): Promise<void> => {
  const server = await startLoopback(folder);
  try {
    await wine.boot();
    await playStory({ wine, server, record, ...installers });
  } finally {
    await wine.end();
    await server.close();
  }
};

process.env['TZ'] = 'UTC';
try {
  await main();
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = MISSING;
}
