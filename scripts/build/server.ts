// Bundles the server into one flat folder: the command line, its threads, what they share, and the steps of the databases.
import { cpSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { build } from 'esbuild';

import { saysVersion } from './says-version.ts';

const root = dirname(dirname(import.meta.dirname));
const sources = join(root, 'server', 'src');

/** Flat, because each of these looks for its neighbours beside itself. */
const ENTRIES = ['main', ...['writer', 'reader', 'backup'].map((name) => join('thread', `${name}.worker`))];

/** An addon, and JavaScript that looks for it beside itself: it is shipped as it is. */
export const ADDON = 'better-sqlite3';

/** CommonJS within a module: what it takes for granted is made, once per file. */
const COMMON_JS = [
  "import{createRequire as _create}from'node:module';",
  'const require=_create(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;',
].join('');

/** Replaces the folder. @param version that it says it has. @returns absolute paths of all files that went into it */
export const bundleServer = async (folder: string, version: string): Promise<readonly string[]> => {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: ENTRIES.map((name) => join(sources, `${name}.ts`)),
    outdir: folder,
    entryNames: '[name]',
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none', // they stand in NOTICES, with all the others
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: root,
    external: [ADDON, 'bufferutil', 'utf-8-validate'], // the last two: optional parts of ws that are not installed
    banner: { js: COMMON_JS },
    plugins: [saysVersion('server', version)],
  });
  cpSync(join(sources, 'store', 'migrations'), join(folder, 'migrations'), { recursive: true });
  return Object.keys(metafile.inputs)
    .filter((path) => !path.startsWith('<') && !path.includes(':'))
    .map((path) => resolve(root, path));
};
