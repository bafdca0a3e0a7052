import { type OxlintOverride, defineConfig } from 'oxlint';

import { impureGlobals, impureProperties, rooms } from './rooms.ts';

// Globs and ignore patterns count from this folder, so each opens with **/ to reach the rest of the repository.
const purity = {
  files: rooms.filter(({ pure }) => pure).map(({ files }) => `**/${files}`),
  excludeFiles: ['**/*.test.ts', '**/{,*-}fixture.ts'],
  rules: {
    'no-restricted-globals': [
      'error',
      ...impureGlobals.map((name) => ({ name, message: 'A pure room gets this as an argument.' })),
    ],
    'no-restricted-properties': [
      'error',
      ...impureProperties.map(([object, property]) => ({
        object,
        property,
        message: 'A pure room gets this as an argument.',
      })),
    ],
  },
} satisfies OxlintOverride;

export default defineConfig({
  jsPlugins: ['./plugin.ts'],
  plugins: ['typescript', 'import', 'unicorn', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['**/node_modules/**', '**/dist/**', '.toolchain/**'],
  rules: {
    'fettle/rooms': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-explicit-any': 'error',
    // vitest wants `({}, …)` of a fixture that needs no other
    'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
    // a style sheet has nothing to assign
    'import/no-unassigned-import': ['error', { allow: ['**/*.css'] }],
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    'typescript/no-import-type-side-effects': 'error',
    'typescript/no-require-imports': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'no-await-in-loop': 'off',
    'oxc/no-async-endpoint-handlers': 'off', // Fastify waits for them
    'unicorn/require-post-message-target-origin': 'off', // for windows, not for threads
    'oxc/no-map-spread': 'off', // copies are the point of pure decisions
    'typescript/no-unnecessary-type-parameters': 'off',
    'consistent-return': 'off', // noImplicitReturns knows exhaustive switches
    'no-console': 'error',
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', { max: 4 }],
    'max-depth': ['error', { max: 3 }],
    complexity: ['error', { max: 12 }],
  },
  overrides: [
    purity,
    {
      files: ['**/*.test.ts', '**/*.test.tsx'],
      rules: {
        'max-lines-per-function': 'off',
        'max-lines': 'off',
        'unicorn/consistent-function-scoping': 'off',
        'typescript/no-unsafe-type-assertion': 'off',
        'no-shadow': 'off',
      },
    },
    // the server's word, in the one file that takes it
    { files: ['**/server/console/src/trusted.ts'], rules: { 'typescript/no-unsafe-type-assertion': 'off' } },
    // what crosses between our own threads has the types of both ends, which no compiler can join
    { files: ['**/server/src/thread/**'], rules: { 'typescript/no-unsafe-type-assertion': 'off' } },
    { files: ['**/*.config.ts', '**/plugin.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
});
