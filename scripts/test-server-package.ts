// `npm run test:server-package`: the server's .deb in a Debian of its own: installed, set up, run, backed up, upgraded, removed, purged; and what
// lintian says of it. The transcript lies in dist/. Ends with 0 when all was as it should be, with 1 when not, with 2 when this machine
// cannot try it.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';

import { MissingError } from './debian/missing-error.ts';
import { DebianRoot, bringArchive } from './package-test/debian-root.ts';
import { serverStory } from './package-test/server-story.ts';
import { Transcript } from './package-test/transcript.ts';
import { epochOf } from './package/epoch.ts';
import { make } from './package/make.ts';
import { bringNodes } from './package/node-binaries.ts';
import { serverDeb } from './package/server-linux.ts';
import { linuxTargets } from './package/targets.ts';
import { requireTools, runTool } from './package/tools.ts';
import { choosePort } from './start/port.ts';

const root = dirname(import.meta.dirname);
const CACHE = join(root, '.toolchain-debian');
const [WRONG, MISSING] = [1, 2] as const;
const VERSIONS = ['0.1.0', '0.1.1'] as const;
/** Packed in seconds: what is inside is the same. */
const LEVEL = 0;
const LINTIAN = { program: 'lintian', debian: 'lintian' };

const main = async (): Promise<void> => {
  const [target] = linuxTargets;
  if (process.getuid?.() !== 0) throw new MissingError('Only root can install packages, in a folder of its own too.');
  if (!target || process.arch !== 'x64') throw new MissingError('The packages that are tried are for x64.');
  const job = serverDeb(target, LEVEL);
  const bootstrap = { program: 'debootstrap', debian: 'debootstrap' };
  requireTools([...job.needs, bootstrap, LINTIAN, { program: 'unshare', debian: 'util-linux' }]);
  await bringNodes([target]);
  const archive = bringArchive(CACHE);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-server-package-'));
  const told = new Transcript();
  try {
    const epochS = await epochOf(root, process.env);
    const names: string[] = [];
    for (const version of VERSIONS)
      names.push((await make({ jobs: [job], out: folder, version, epochS }))[0]?.name ?? '');
    const [older = '', newer = ''] = names;
    await inspectPackage(join(folder, older), told);
    const place = new DebianRoot(archive);
    try {
      for (const name of names) copyFileSync(join(folder, name), join(place.folder, 'tmp', name));
      await serverStory({ root: place, told, port: await choosePort(undefined) }, { old: older, new: newer });
    } finally {
      place.remove();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  told.save(join(root, 'dist', 'test-server-package.txt'));
  const { checks, failed } = told.figures;
  process.stdout.write(`${JSON.stringify({ checks, failed, s: Math.round(performance.now() / 1000) })}\n`);
  if (failed > 0) process.exitCode = WRONG;
};

const inspectPackage = async (file: string, told: Transcript): Promise<void> => {
  told.title('lintian');
  const said = await runTool(LINTIAN, ['--allow-root', '--fail-on', 'none', '--display-level', '>=warning', file]);
  told.check('it finds nothing that is not explained', said.trim() === '', `\n${said}`);
};

try {
  await main();
} catch (error) {
  const isMissing = error instanceof MissingError;
  process.stderr.write(`${isMissing ? error.message : inspect(error)}\n`);
  process.exitCode = isMissing ? MISSING : WRONG;
}
