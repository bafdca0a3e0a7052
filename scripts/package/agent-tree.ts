// The files of an agent's installation, the same on every system but for Node itself; where they go and what starts them is the packager's.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import { bundleAgent } from '../build/agent.ts';
import { type Part, noticesOf, partsOf } from './licences.ts';
import { nodeLicence, nodeProgram } from './node-binaries.ts';
import type { Target } from './targets.ts';
import { type Entry, fileEntry, textEntry } from './tree.ts';

const root = dirname(dirname(import.meta.dirname));

/** The agent's JavaScript, made once for all targets. */
export type Bundle = { readonly folder: string; readonly version: string; readonly parts: readonly Part[] };

export const makeBundle = async (folder: string, version: string): Promise<Bundle> => ({
  folder,
  version,
  parts: partsOf(await bundleAgent(folder, version)),
});

/**
 * Relative to the folder of the installation: `node` (`node.exe` on Windows), `agent.js` and what it loads, and the licences.
 * To be started as `node FLAGS agent.js VERB`, with `agentFlagsOn` and `agentEnvironment` of build/agent.ts.
 */
export const agentTree = async (target: Target, bundle: Bundle, scratch: string): Promise<readonly Entry[]> => [
  fileEntry(target.platform === 'win32' ? 'node.exe' : 'node', await nodeProgram(target, scratch), 0o755),
  ...bundleEntries(bundle),
  // else Node reads each file twice to find out its module format
  textEntry('package.json', `${JSON.stringify({ name: 'fettle-agent', version: bundle.version, type: 'module' })}\n`),
  fileEntry('LICENSE', join(root, 'LICENSE')),
  textEntry('LICENSE.node', nodeLicence(target)),
  textEntry('NOTICES', noticesOf(bundle.parts)),
];

const bundleEntries = ({ folder }: Bundle): readonly Entry[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => fileEntry(relative(folder, file).replaceAll(sep, '/'), file))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));

export const agentVersion = (): string => versionIn(join(root, 'agent', 'package.json'));

const versionIn = (manifest: string): string => {
  const [, version] = /"version": "(\d+\.\d+\.\d+)"/.exec(readFileSync(manifest, 'utf8')) ?? [];
  if (version === undefined) throw new Error(`${manifest} has no version of the form 1.2.3.`);
  return version;
};
