// `npm run test:mac`: the packages for macOS, made and taken apart by the programs of others; their scripts on disks of their own. What
// only a Mac can show is in agent/packaging/macos/README.md. Ends with 0, with 1 when something is wrong, with 2 when this machine
// cannot try it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { MissingError } from './debian/missing-error.ts';
import { checksOfPackage } from './mac/package-checks.ts';
import { checksOfProfile } from './mac/profile-checks.ts';
import { checksOfScripts } from './mac/script-checks.ts';
import { bringTools } from './mac/tools.ts';
import { agentVersion } from './package/agent-tree.ts';
import { agentPkgs } from './package/mac/job.ts';
import { make } from './package/make.ts';
import { bringNodes } from './package/node-binaries.ts';
import { macTargets } from './package/targets.ts';
import { type Check, isRight } from './vm/checks.ts';

const CACHE = join(dirname(import.meta.dirname), '.toolchain-mac');
const [WRONG, MISSING] = [1, 2] as const;
const EPOCH_S = 1_700_000_000;

const main = async (): Promise<void> => {
  const tools = bringTools(CACHE);
  await bringNodes(macTargets);
  const work = mkdtempSync(join(tmpdir(), 'fettle-mac-'));
  const within = (...names: readonly string[]): string => {
    mkdirSync(join(work, ...names), { recursive: true });
    return join(work, ...names);
  };
  try {
    const version = agentVersion();
    const made = await make({ jobs: agentPkgs, out: within('out'), version, epochS: EPOCH_S });
    const checks: Check[] = [];
    for (const [index, target] of macTargets.entries()) {
      const pkg = join(work, 'out', made[index]?.name ?? '');
      const found = checksOfPackage({ pkg, target, version, work: within(target.name), run: tools.run });
      tell(`${target.name}, ${((made[index]?.sizeBytes ?? 0) / 1e6).toFixed(1)} MB`, found);
      checks.push(...found);
    }
    const parts = join(work, 'darwin-arm64');
    const [scripts, tree] = [join(parts, 'scripts'), join(parts, 'payload/opt/fettle')];
    tools.run('shellcheck', ['preinstall', 'postinstall', join(tree, 'uninstall.sh'), join(tree, 'bin/fettle-agent')], {
      cwd: scripts,
    });
    const played = checksOfScripts({ busybox: tools.path('busybox'), scripts, tree, work: within('disks') });
    tell('scripts', played);
    const profile = checksOfProfile(work, tools.run);
    tell('profile', profile);
    report([...checks, ...played, ...profile]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

const tell = (title: string, checks: readonly Check[]): void => {
  const lines = checks.map((check) => {
    const { what, wanted, found } = check;
    return isRight(check) ? `  ok      ${what}` : `  FAILED  ${what}: ${found}, not ${wanted}`;
  });
  process.stdout.write(`${[title, ...lines].join('\n')}\n`);
};

const report = (checks: readonly Check[]): void => {
  const failed = checks.filter((check) => !isRight(check)).length;
  process.stdout.write(
    `${JSON.stringify({ checks: checks.length, failed, s: Math.round(performance.now() / 1000) })}\n`,
  );
  if (failed > 0) process.exitCode = WRONG;
};

try {
  await main();
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = MISSING;
}
