// The program that runs the bundle: Node's own, from npm by its hash. On Linux its symbols are left out, 33 MB that nobody runs;
// on Windows and macOS not a byte changes, so that the signature of its makers holds.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { folderOf, programPath } from '../bootstrap/choose.mjs';
import { underLock } from '../bootstrap/lock.mjs';
import { bringToolchain, isWhole } from '../bootstrap/toolchain.mjs';
import { sha256Of } from './sha256.ts';
import type { Target } from './targets.ts';
import { runTool } from './tools.ts';

const root = dirname(dirname(import.meta.dirname));
const toolchain = join(root, '.toolchain');

/** Fetches what is missing, of these targets alone, by npm. */
export const bringNodes = async (wanted: readonly Target[]): Promise<void> => {
  if (!wanted.some(isMissing)) return;
  await underLock(join(toolchain, 'lock'), async (holdFor) => {
    const missing = wanted.filter(isMissing).map(({ node }) => node);
    if (missing.length > 0) await bringToolchain({ root, toolchain, machine: thisMachine() }, missing, holdFor);
  });
};

const isMissing = ({ node }: Target): boolean => !isWhole(node, pristineNode(node));

const thisMachine = () => ({
  platform: process.platform,
  arch: process.arch,
  musl: false, // of no matter here: nothing is chosen
  nodeVersion: process.versions.node,
  execPath: process.execPath,
});

/** As it came. */
const pristineNode = (node: Target['node']): string => programPath(toolchain, node, process.platform);

/** @param folder where a changed copy may be put. @returns the program to ship. @throws Error when it is not the one that was pinned */
export const nodeProgram = async (target: Target, folder: string): Promise<string> => {
  const program = pristineNode(target.node);
  const found = await sha256Of(program);
  if (found !== target.nodeSha256) {
    throw new Error(
      `${program} is not what was pinned (SHA-256 ${found}). Remove its folder, and it is fetched again.`,
    );
  }
  if (target.platform !== 'linux') return program;
  const stripped = join(folder, `node-${target.name}`);
  await runTool(target.strip, ['-o', stripped, program]);
  return stripped;
};

export const nodeLicence = (target: Target): string =>
  readFileSync(join(toolchain, folderOf(target.node), 'LICENSE'), 'utf8');
