// `npm run test:packages`: the packages in a Debian of their own: installed, enrolled at a real server, run, upgraded, removed, purged, and
// what may go wrong meanwhile. The transcript lies in dist/. Ends with 0 when all was as it should be, with 1 when not, with 2 when
// this machine cannot try it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { inspect } from 'node:util';

import { MissingError } from './debian/missing-error.ts';
import { debBadInputs } from './package-test/deb-bad-inputs.ts';
import { type Versions, debStory } from './package-test/deb-story.ts';
import { DebianRoot, bringArchive } from './package-test/debian-root.ts';
import { Office } from './package-test/office.ts';
import { rpmStory } from './package-test/rpm-story.ts';
import { Transcript } from './package-test/transcript.ts';
import { agentDeb, agentRpm } from './package/agent-linux.ts';
import { epochOf } from './package/epoch.ts';
import type { Job } from './package/job.ts';
import { make } from './package/make.ts';
import { bringNodes } from './package/node-binaries.ts';
import { linuxTargets } from './package/targets.ts';
import { requireTools } from './package/tools.ts';

const root = dirname(import.meta.dirname);
const CACHE = join(root, '.toolchain-debian');
const [WRONG, MISSING] = [1, 2] as const;
/** Packed in seconds: what is inside is the same. */
const LEVEL = 0;

const [target] = linuxTargets;

type Files = {
  readonly archive: string;
  readonly folder: string;
  readonly debs: Versions;
  readonly rpms: Versions;
};

const TOOLS = ['debootstrap', 'lintian', 'rpm'].map((name) => ({ program: name, debian: name }));

const main = async (): Promise<void> => {
  if (process.getuid?.() !== 0) throw new MissingError('Only root can install packages, in a folder of its own too.');
  if (!target || process.arch !== 'x64') throw new MissingError('The packages that are tried are for x64.');
  const [deb, rpm] = [agentDeb(target, LEVEL), agentRpm(target, LEVEL)];
  requireTools([...deb.needs, ...rpm.needs, ...TOOLS]);
  await bringNodes([target]);
  const archive = bringArchive(CACHE);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-packages-'));
  const told = new Transcript();
  try {
    const files = { archive, folder, ...(await makeVersions(folder, [deb, rpm])) };
    lint(told, join(folder, files.debs.old));
    await inRoot(files, (at) => debBadInputs({ root: at, told }, files.debs));
    await inRoot(files, (at) => rpmStory({ root: at, told }, files.rpms));
    const withServer = (at: DebianRoot) => (office: Office) => debStory({ root: at, office, told }, files.debs);
    await inRoot(files, (at) => withOffice(join(folder, 'server'), withServer(at)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  told.save(join(root, 'dist', 'test-packages.txt'));
  const { checks, failed } = told.figures;
  process.stdout.write(`${JSON.stringify({ checks, failed, s: Math.round(performance.now() / 1000) })}\n`);
  if (failed > 0) process.exitCode = WRONG;
};

const makeVersions = async (folder: string, jobs: readonly Job[]) => {
  const epochS = await epochOf(root, process.env);
  const namesOf = async (version: string): Promise<readonly string[]> =>
    (await make({ jobs, out: folder, version, epochS })).map(({ name }) => name);
  const [[oldDeb = '', oldRpm = ''], [newDeb = '', newRpm = '']] = [await namesOf('0.1.0'), await namesOf('0.1.1')];
  return { debs: { old: oldDeb, new: newDeb }, rpms: { old: oldRpm, new: newRpm } };
};

/** Debian's own judge; what it may not like is in agent/packaging/linux/lintian-overrides, with the reasons. */
const lint = (told: Transcript, file: string): void => {
  told.title('lintian');
  const args = ['--allow-root', '--fail-on', 'error,warning', '--no-tag-display-limit', file];
  const { status, stdout, stderr } = spawnSync('lintian', args, { encoding: 'utf8' });
  told.ended(`lintian ${basename(file)}`, { code: status, output: `${stdout}${stderr}`.trimEnd() }, { code: 0 });
};

const withOffice = async (folder: string, story: (office: Office) => Promise<void>): Promise<void> => {
  const office = new Office(folder);
  await office.open();
  try {
    await story(office);
  } finally {
    await office.close();
  }
};

const inRoot = async (files: Files, story: (root: DebianRoot) => Promise<void>): Promise<void> => {
  const { archive, folder, debs, rpms } = files;
  const at = new DebianRoot(archive);
  try {
    for (const name of [...Object.values(debs), ...Object.values(rpms)])
      copyFileSync(join(folder, name), join(at.folder, 'tmp', name));
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
