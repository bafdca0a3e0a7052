// Bundles the agent into agent/dist: one entry and the parts that are loaded only when asked for.
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Plugin, build, transform } from 'esbuild';
import { z } from 'zod';

import { isFresh, markFresh } from './freshness.ts';
import { generateValidator } from './validators.ts';

const root = dirname(dirname(import.meta.dirname));
const outdir = join(root, 'agent', 'dist');
const record = join(outdir, 'sources.json');

/** The program to run: `node FILE VERB`. */
export const agentFile = join(outdir, 'agent.js');

/** What keeps Node small: measured for the agent, where it is resident on every machine. */
export const agentFlags: readonly string[] = [
  '--lite-mode',
  '--max-semi-space-size=1',
  '--max-old-space-size=48',
  '--v8-pool-size=0',
  '--expose-gc', // the agent tidies up by itself: Host.tidy
  // Linux keeps the certificates that are trusted itself: host/trust-store.ts
  ...(process.platform === 'linux' ? ['--use-openssl-ca'] : []),
];
export const agentEnvironment = { MALLOC_ARENA_MAX: '1' };

/** @returns true when it was built anew, false when it was fresh */
export const buildAgent = async (): Promise<boolean> => {
  if (isFresh(record)) return false;
  rmSync(outdir, { recursive: true, force: true });
  const schemaFiles: string[] = [];
  const { metafile } = await build({
    entryPoints: { agent: join(root, 'agent', 'src', 'main.ts') },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'linked',
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: root,
    // optional parts of ws that are not installed
    external: ['bufferutil', 'utf-8-validate'],
    // packages in the older module format ask for Node's modules by require
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins: [schemaPlugin(schemaFiles), requiredBuiltins],
  });
  const sources = Object.keys(metafile.inputs).filter((path) => !path.startsWith('<') && !path.includes(':'));
  const own = [join(root, 'pnpm-lock.yaml'), import.meta.filename, join(import.meta.dirname, 'validators.ts')];
  markFresh(record, [...sources.map((path) => resolve(root, path)), ...schemaFiles, ...own]);
  return true;
};

/**
 * Node's own modules by require: an `import` of one reads every export once, and so wakes what only a getter would load
 * (undici and web streams behind node:http, web crypto behind node:crypto), megabytes of memory for nothing.
 */
const requiredBuiltins: Plugin = {
  name: 'builtins',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'builtin' },
    );
    bundler.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** What a schema file exports becomes modules of their own, so that the bundle takes only what is used. */
const schemaPlugin = (seen: string[]): Plugin => ({
  name: 'schemas',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.schema\.ts$/ }, async ({ path }) => {
      seen.push(path);
      const { schemas, constants } = await exportsOf(path);
      const reexports = Object.keys(schemas).map(
        (name) => `export { ${name} } from ${JSON.stringify(`${path}#${name}`)};`,
      );
      const values = Object.entries(constants).map(
        ([name, value]) => `export const ${name} = ${JSON.stringify(value)};`,
      );
      return { contents: [...reexports, ...values].join('\n'), loader: 'js' };
    });
    bundler.onResolve({ filter: /\.schema\.ts#/ }, ({ path }) => ({
      path,
      namespace: 'validator',
      sideEffects: false,
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'validator' }, async ({ path }) => {
      const [file = '', name = ''] = path.split('#');
      const schema = (await exportsOf(file)).schemas[name];
      if (!schema) throw new Error(`${file} exports no schema ${name}`);
      // nobody steps through generated code: short names halve what the resident agent holds of it
      const { code } = await transform(generateValidator(name, schema), { minify: true, format: 'esm' });
      return { contents: code, loader: 'js', resolveDir: import.meta.dirname };
    });
  },
});

const exportsOf = async (file: string) => {
  const exports: unknown = await import(pathToFileURL(file).href);
  const entries = Object.entries(exports ?? {}).map(([name, value]: [string, unknown]) => [name, value] as const);
  return {
    schemas: Object.fromEntries(entries.filter(isSchema)),
    constants: Object.fromEntries(entries.filter((entry) => !isSchema(entry) && typeof entry[1] !== 'function')),
  };
};

const isSchema = (entry: readonly [string, unknown]): entry is readonly [string, z.ZodType] =>
  entry[1] instanceof z.ZodType;
