import { preact } from '@preact/preset-vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

import { precompress } from './precompress.ts';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact(), tailwindcss(), precompress()],
  build: {
    // The first browsers that know light-dark(), which the colours are written in.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What the entry needs is one file: fewer requests, and it compresses better.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'entry', tags: ['$initial'] }] } } },
  },
});
