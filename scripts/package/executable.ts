// The agent as one file: its bundle inside of Node's program. Not what is shipped (README, decisions), but what that was tried against
// (trial.ts); both back ends, as one of them may become the better form.
import { chmodSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { agentFlagsOn } from '../build/agent.ts';
import type { Target } from './targets.ts';
import { runTool } from './tools.ts';

type Packing = {
  /** One file in the CommonJS format, which is what `pkg` puts in (bundleSingleFile). */
  readonly main: string;
  readonly target: Target;
  /** The program of Node that it is put into, of the same version as the one that runs here: else the outcome is silent. */
  readonly node: string;
  readonly output: string;
  /** Empty; for what is needed on the way. */
  readonly work: string;
};

/** Writes `output`. */
export const packExecutable = { 'build-sea': byNode, pkg: byPkg } as const satisfies Record<
  string,
  (packing: Packing) => Promise<void>
>;

/** nodejs.org/api/single-executable-applications.html; without a code cache, which is of this machine alone and never the same bytes. */
async function byNode({ main, target, node, output, work }: Packing): Promise<void> {
  const config = join(work, 'sea.json');
  const settings = {
    main,
    mainFormat: 'commonjs',
    executable: node,
    output,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    execArgv: agentFlagsOn(target.platform),
    execArgvExtension: 'none',
  };
  writeFileSync(config, JSON.stringify(settings));
  await runTool(thisNode, ['--build-sea', config]);
  chmodSync(output, 0o755);
}

const thisNode = { program: process.execPath, debian: 'nodejs' };

/** It cannot be told flags. It takes Node from its cache, which is filled here, so that it fetches nothing. */
async function byPkg({ main, target, node, output, work }: Packing): Promise<void> {
  const name = `node-v${target.node.version}-${PKG_NAMES[target.name]}`;
  const cache = join(work, '.pkg-cache', 'sea');
  const folder = join(cache, name, 'bin');
  mkdirSync(folder, { recursive: true });
  linkSync(node, join(folder, 'node'));
  for (const done of [join(cache, `${name}.tar.gz`), join(cache, `${name}.tar.gz.ok`), join(folder, 'node.ok')]) {
    writeFileSync(done, '');
  }
  const pkg = join(dirname(createRequire(import.meta.url).resolve('@yao-pkg/pkg')), 'bin.js');
  const what = `node${target.node.version}-${PKG_NAMES[target.name]}`;
  await runTool(thisNode, [pkg, '--sea', '--targets', what, '--output', output, main], { env: { HOME: work } });
}

const PKG_NAMES: Readonly<Record<Target['name'], string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'win32-x64': 'win-x64',
  'darwin-x64': 'macos-x64',
  'darwin-arm64': 'macos-arm64',
};
