// `npm run mutate -- [AREA …] [--only GLOB] [--workers N]`: thousands of small faults are put into the decisions, one at a time, and each
// should make a test fail. What share does is the score. A look takes an hour for all, so it is no part of `npm test`; `--only` looks
// at the files of one area that it names.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Stryker } from '@stryker-mutator/core';

/** Of each area, in per cent. */
const GATE = 85;
/** A run with a fault may take so much longer than one without, and half as long again: two cores have other work too. */
const SLOWER_BY_MS = 15_000;

type Area = { readonly sources: readonly string[]; readonly tests: readonly string[] };

const folder = (path: string, ...except: readonly string[]): Area => ({
  sources: [
    `${path}/**/*.ts`,
    ...['*.test.ts', '*.schema.ts', 'fixture.ts', ...except].map((name) => `!${path}/**/${name}`),
  ],
  tests: [`${path}/**/*.test.ts`],
});

/** The rules of the package are data, and a fault in a text is none. */
const areas: Readonly<Record<string, Area>> = {
  rule: folder('shared/src/rule', 'pack.ts', 'pack/*.ts'),
  // the disk that lies is a tool of the tests; what starts processes of its own would run without the fault, and what harms
  // each bit of a segment takes minutes where all that runs is counted
  spool: {
    sources: folder('agent/src/spool', 'sim-disk.ts', 'sim-file.ts').sources,
    tests: ['agent/src/spool/**/!(real|damage).test.ts'],
  },
  machine: { sources: ['agent/src/link/machine.ts'], tests: ['agent/src/link/machine.test.ts'] },
  domain: folder('server/src/domain'),
};

const KILLED: ReadonlySet<string> = new Set(['Killed', 'Timeout']);
const ALIVE: ReadonlySet<string> = new Set(['Survived', 'NoCoverage']);

const main = async (): Promise<void> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, workers: { type: 'string', default: '2' } },
  });
  const workers = Number(values.workers);
  if (!(workers >= 1)) throw new Error('--workers N: at least one');
  const names = positionals.length > 0 ? positionals : Object.keys(areas);
  const unknown = names.find((name) => !Object.hasOwn(areas, name));
  if (unknown !== undefined) throw new Error(`There is no area "${unknown}": ${Object.keys(areas).join(', ')}.`);
  const figures: Record<string, number> = {};
  for (const name of names) Object.assign(figures, await scoreOf(name, { only: values.only, workers }));
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (names.some((name) => (figures[`${name}_score`] ?? 0) < GATE)) process.exitCode = 1;
};

type How = { readonly only: string | undefined; readonly workers: number };

const scoreOf = async (name: string, { only, workers }: How): Promise<Record<string, number>> => {
  const { sources, tests } = areas[name] ?? { sources: [], tests: [] };
  const excepted = sources.filter((pattern) => pattern.startsWith('!'));
  process.env['FETTLE_MUTATE_TESTS'] = tests.join(',');
  const results = await new Stryker({
    mutate: only === undefined ? [...sources] : [only, ...excepted],
    testRunner: 'vitest',
    plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner'))],
    vitest: { configFile: join('scripts', 'mutate', 'vitest.config.ts') },
    coverageAnalysis: 'perTest',
    concurrency: workers,
    reporters: ['clear-text', 'progress-append-only'],
    // what only runs as a module is loaded would run all tests, for what the compiler and the linter see too
    ignoreStatic: true,
    timeoutMS: SLOWER_BY_MS,
    // a fault in a text for people is none, and one in the name of a kind does not compile
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: ['dist', '/.toolchain*', '/data*'],
  }).runMutationTest();
  const killed = results.filter(({ status }) => KILLED.has(status)).length;
  const alive = results.filter(({ status }) => ALIVE.has(status)).length;
  const score = Number(((100 * killed) / Math.max(1, killed + alive)).toFixed(1));
  return { [`${name}_mutants`]: killed + alive, [`${name}_score`]: score };
};

await main();
