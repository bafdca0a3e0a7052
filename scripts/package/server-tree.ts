// The files of a server's installation on Linux: Node, the bundle, the addon of the databases, the console, and the licences.
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path/posix';

import { buildConsole, consoleFolder } from '../build/console.ts';
import { ADDON, bundleServer } from '../build/server.ts';
import { noticesOf, partsOf } from './licences.ts';
import { nodeLicence, nodeProgram } from './node-binaries.ts';
import type { LinuxTarget } from './targets.ts';
import { runTool } from './tools.ts';
import { type Entry, below, fileEntry, textEntry } from './tree.ts';

const root = dirname(dirname(import.meta.dirname));
const addon = join(root, 'server', 'node_modules', ADDON);

type Place = { readonly work: string; readonly version: string };

/** Relative to the folder of the installation. To be started as `node lib/main.js VERB`. */
export const serverTree = async (target: LinuxTarget, { work, version }: Place): Promise<readonly Entry[]> => {
  const lib = join(work, 'lib');
  const sources = await bundleServer(lib, version);
  buildConsole();
  const prebuilt = `${target.name}.node`;
  await runTool(target.strip, ['--strip-unneeded', '-o', join(work, prebuilt), join(addon, 'prebuilds', prebuilt)]);
  return [
    fileEntry('node', await nodeProgram(target, work), 0o755),
    ...below('lib', filesIn(lib)),
    ...below('console/dist', filesIn(consoleFolder).filter(isServed)),
    ...below(`node_modules/${ADDON}`, [
      ...['package.json', 'LICENSE'].map((name) => fileEntry(name, join(addon, name))),
      fileEntry(`prebuilds/${prebuilt}`, join(work, prebuilt)),
      ...below('lib', filesIn(join(addon, 'lib'))),
    ]),
    // else Node reads each file twice to find out its module format
    textEntry('package.json', `${JSON.stringify({ name: 'fettle-server', version, type: 'module' })}\n`),
    fileEntry('LICENSE', join(root, 'LICENSE')),
    textEntry('LICENSE.node', nodeLicence(target)),
    textEntry('NOTICES', noticesOf(partsOf([...sources, join(addon, 'lib', 'index.js')]))),
  ];
};

/** What this build has left for the next one is nobody's else; where there is TLS, every browser takes the smaller of the packed forms. */
const isServed = ({ path }: Entry): boolean => !path.endsWith('.gz') && path !== 'sources.json';

const filesIn = (folder: string): readonly Entry[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => fileEntry(relative(folder, file), file))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
