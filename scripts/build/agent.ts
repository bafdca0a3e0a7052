// Bundles the agent into agent/dist: one entry, the resident verb in few files, and the other verbs, loaded when asked for.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { type BuildOptions, type Plugin, build } from 'esbuild';

import { isFresh, markFresh } from './freshness.ts';
import { leanWs, requiredBuiltins } from './lean-modules.ts';
import { saysVersion } from './says-version.ts';
import { schemaPlugin } from './schema-modules.ts';

const root = dirname(dirname(import.meta.dirname));
const main = join(root, 'agent', 'src', 'main.ts');
const outdir = join(root, 'agent', 'dist');
/** Below it. */
const VERBS = 'verbs';
const record = join(outdir, 'sources.json');

/** The program to run: `node FILE VERB`. */
export const agentFile = join(outdir, 'agent.js');

/** What keeps Node small: measured for the agent, where it is resident on every machine. */
export const agentFlagsOn = (platform: NodeJS.Platform): readonly string[] => [
  '--max-semi-space-size=1',
  '--max-old-space-size=48',
  '--v8-pool-size=0',
  // whom administrators trust: on Linux alone (host/trust-store.ts), elsewhere, from the system's stores, beside Node's own list
  platform === 'linux' ? '--use-openssl-ca' : '--use-system-ca',
];
export const agentFlags = agentFlagsOn(process.platform);
/** Of glibc's malloc: one arena, and large blocks given back; left alone, it keeps what is as large as the largest freed so far. */
export const agentEnvironment = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' };

const shape = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node26',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
  absWorkingDir: root,
  // optional parts of ws that are not installed
  external: ['bufferutil', 'utf-8-validate'],
} as const satisfies BuildOptions;

/** @returns true when it was built anew, false when it was fresh */
export const buildAgent = async (): Promise<boolean> => {
  if (isFresh(record)) return false;
  const sources = await bundleAgent(outdir);
  const own = readdirSync(import.meta.dirname).map((name) => join(import.meta.dirname, name));
  markFresh(record, [...new Set([...sources, ...own, join(root, 'pnpm-lock.yaml')])]);
  return true;
};

/** Replaces the folder. @param version that it says it has. @returns absolute paths of all files that went into it */
export const bundleAgent = async (folder: string, version?: string): Promise<readonly string[]> => {
  rmSync(folder, { recursive: true, force: true });
  const schemaFiles: string[] = [];
  const verbs = new Set<string>();
  const plugins = [schemaPlugin(schemaFiles), ...(version === undefined ? [] : [saysVersion('agent', version)])];
  const resident = await bundle({ agent: main }, folder, [otherVerbs(verbs), ...plugins]);
  const others = await bundle([...verbs], join(folder, VERBS), plugins);
  const sources = [...resident, ...others].filter((path) => !path.startsWith('<') && !path.includes(':'));
  return [...sources.map((path) => resolve(root, path)), ...schemaFiles];
};

/** All of it as one CommonJS file, for a program of one file. */
export const bundleSingleFile = async (file: string): Promise<void> => {
  const { outputFiles } = await build({
    ...shape,
    entryPoints: [main],
    splitting: false,
    write: false,
    plugins: [schemaPlugin([]), requiredBuiltins, leanWs],
  });
  // nothing is imported or exported any more, but it waits at its top level
  writeFileSync(file, `(async()=>{${outputFiles[0]?.text ?? ''}})();`);
};

/** @returns what went into it */
const bundle = async (
  entryPoints: NonNullable<BuildOptions['entryPoints']>,
  folder: string,
  plugins: Plugin[],
): Promise<readonly string[]> => {
  const { metafile } = await build({
    ...shape,
    entryPoints,
    outdir: folder,
    entryNames: '[name]',
    splitting: true,
    legalComments: 'linked',
    metafile: true,
    // packages in the older module format ask for Node's modules by require
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins: [...plugins, requiredBuiltins, leanWs],
  });
  return Object.keys(metafile.inputs);
};

/**
 * A bundle of their own: what verbs share would be cut into fifty files, of which the resident one needs forty, and each file
 * costs its start a third of a millisecond.
 */
const otherVerbs = (found: Set<string>): Plugin => ({
  name: 'verbs',
  setup: (bundler) => {
    bundler.onResolve({ filter: /\/cli\// }, ({ path, importer, kind }) => {
      if (importer !== main || kind !== 'dynamic-import' || basename(path) === 'run.ts') return undefined;
      found.add(join(dirname(main), path));
      return { path: `./${VERBS}/${basename(path, '.ts')}.js`, external: true };
    });
  },
});
