import type { Plugin } from 'esbuild';

/** In place of the one in the package.json of this part of the project, which a program says of itself. */
export const saysVersion = (part: 'agent' | 'server', version: string): Plugin => ({
  name: 'version',
  setup: (bundler) => {
    bundler.onLoad({ filter: new RegExp(`[\\\\/]${part}[\\\\/]package\\.json$`) }, () => ({
      contents: JSON.stringify({ version }),
      loader: 'json',
    }));
  },
});
