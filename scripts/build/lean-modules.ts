// What the resident agent would load for nothing, and so hold for as long as it runs, is left out of its bundle.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { Plugin } from 'esbuild';

/**
 * Node's own modules by require: an `import` of one reads every export once, and so wakes what only a getter would load
 * (undici and web streams behind node:http, web crypto behind node:crypto), megabytes of memory for nothing.
 */
export const requiredBuiltins: Plugin = {
  name: 'builtins',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'builtin' },
    );
    bundler.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      // one by one, and those alone that are used: to look at one of them can load what is behind it
      const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => name !== 'default');
      const exports = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`);
      return {
        contents: [`const all = require(${JSON.stringify(path)});`, ...exports, 'export default all;'].join('\n'),
        loader: 'js',
      };
    });
  },
};

/** Of the package ws the client alone, as its own index would give it, and no zlib behind it before a message is compressed. */
export const leanWs: Plugin = {
  name: 'ws',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^ws$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'ws',
      pluginData: resolveDir,
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'ws' }, ({ pluginData }) => {
      const from = String(pluginData);
      const client = join(dirname(createRequire(join(from, 'package.json')).resolve('ws')), 'lib', 'websocket.js');
      return { contents: `export { default as WebSocket } from ${JSON.stringify(client)};`, resolveDir: from };
    });
    bundler.onResolve({ filter: /^zlib$/ }, ({ path }) => ({ path, namespace: 'late' }));
    bundler.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require('node:${path}')[name] });`,
      loader: 'js',
    }));
  },
};
