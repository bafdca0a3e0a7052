// `npm run test:packages`: the packages in a Debian of their own: installed, enrolled at a real server, run, upgraded, removed, purged, and
// what may go wrong meanwhile. The transcript lies in dist/. Ends with 0 when all was as it should be, with 1 when not, with 2 when
// this machine cannot try it.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';

import { MissingError } from './debian/missing-error.ts';
import { debBadInputs } from './package-test/deb-bad-inputs.ts';
import { type Versions, debStory } from './package-test/deb-story.ts';
import { DebianRoot, bringArchive } from './package-test/debian-root.ts';
import { Office } from './package-test/office.ts';
import { Transcript } from './package-test/transcript.ts';
import { agentDeb } from './package/agent-linux.ts';
import { epochOf } from './package/epoch.ts';
import type { Job } from './package/job.ts';
import { make } from './package/make.ts';
import { bringNodes } from './package/node-binaries.ts';
import { linuxTargets } from './package/targets.ts';
import { requireTools } from './package/tools.ts';

const root = dirname(import.meta.dirname);
const CACHE = join(root, '.toolchain-debian');
const [WRONG, MISSING] = [1, 2] as const;
const VERSIONS = ['0.1.0', '0.1.1'] as const;
/** Packed in seconds: what is inside is the same. */
const LEVEL = 0;

const [target] = linuxTargets;

type Files = { readonly archive: string; readonly folder: string; readonly versions: Versions };

const main = async (): Promise<void> => {
  if (process.getuid?.() !== 0) throw new MissingError('Only root can install packages, in a folder of its own too.');
  if (!target || process.arch !== 'x64') throw new MissingError('The packages that are tried are for x64.');
  const job = agentDeb(target, LEVEL);
  requireTools([
    ...job.needs,
    { program: 'debootstrap', debian: 'debootstrap' },
    { program: 'unshare', debian: 'util-linux' },
  ]);
  await bringNodes([target]);
  const archive = bringArchive(CACHE);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-packages-'));
  const told = new Transcript();
  try {
    const versions = await makeVersions(folder, job);
    const files = { archive, folder, versions };
    await inRoot(files, (at) => debBadInputs({ root: at, told }, versions));
    const office = new Office(join(folder, 'server'));
    await office.open();
    await inRoot(files, (at) => debStory({ root: at, office, told }, versions));
    await office.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  told.save(join(root, 'dist', 'test-packages.txt'));
  const { checks, failed } = told.figures;
  process.stdout.write(`${JSON.stringify({ checks, failed, s: Math.round(performance.now() / 1000) })}\n`);
  if (failed > 0) process.exitCode = WRONG;
};

const makeVersions = async (folder: string, job: Job): Promise<Versions> => {
  const epochS = await epochOf(root, process.env);
  const [older, newer] = await Promise.all(
    VERSIONS.map(async (version) => (await make({ jobs: [job], out: folder, version, epochS }))[0]?.name ?? ''),
  );
  return { old: older ?? '', new: newer ?? '' };
};

const inRoot = async (files: Files, story: (root: DebianRoot) => Promise<void>): Promise<void> => {
  const { archive, folder, versions } = files;
  const at = new DebianRoot(archive);
  try {
    for (const name of Object.values(versions)) copyFileSync(join(folder, name), join(at.folder, 'tmp', name));
    await story(at);
  } finally {
    at.remove();
  }
};

try {
  await main();
} catch (error) {
  const isMissing = error instanceof MissingError;
  process.stderr.write(`${isMissing ? error.message : inspect(error)}\n`);
  process.exitCode = isMissing ? MISSING : WRONG;
}
