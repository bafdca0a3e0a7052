// Schemas as code: the bundle carries generated validators, not the library that the schemas are written with.
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Plugin, transform } from 'esbuild';
import { z } from 'zod';

import { generateValidator } from './validators.ts';

const root = dirname(dirname(import.meta.dirname));

/** What a schema file exports becomes modules of their own, so that the bundle takes only what is used. */
export const schemaPlugin = (seen: string[]): Plugin => ({
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
      // it goes into the names of files: the same in every checkout
      path: relative(root, path).replaceAll(sep, '/'),
      namespace: 'validator',
      sideEffects: false,
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'validator' }, async ({ path }) => {
      const [file = '', name = ''] = join(root, path).split('#');
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
