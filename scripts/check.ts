// `npm test`: the one check. Each suite prints its seconds; the first that fails ends it.
// `npm test -- FILTER …` runs only the tests whose path contains a filter.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

type Suite = { readonly name: string; readonly tool: string; readonly args: readonly string[] };

const root = dirname(import.meta.dirname);
const packages = ['shared', 'agent', 'server', 'server/console', 'scripts', 'test'];
const testArgs = ['run', '--root', root, '--config', 'test/vitest.config.ts'];
const projects = ['shared', 'agent', 'server', 'console', 'scripts', 'flow', 'alone'];

const statics: readonly Suite[] = [
  { name: 'format', tool: 'oxfmt/bin/oxfmt', args: ['--check', '.'] },
  { name: 'lint', tool: 'oxlint/bin/oxlint', args: ['-c', 'scripts/lint/oxlint.config.ts', '--type-aware', '.'] },
  ...packages.map((name) => ({ name: `types of ${name}`, tool: 'typescript/bin/tsc', args: ['-p', name] })),
  { name: 'unused', tool: 'knip/bin/knip.js', args: ['-c', 'scripts/lint/knip.jsonc', '--no-progress'] },
];

const tests = (filters: readonly string[]): readonly Suite[] =>
  filters.length > 0
    ? [{ name: 'tests', tool: 'vitest/vitest.mjs', args: [...testArgs, ...filters] }]
    : projects.map((name) => ({
        name: `tests of ${name}`,
        tool: 'vitest/vitest.mjs',
        args: [...testArgs, '--project', name],
      }));

/** Runs a tool's own script by this Node, without a shell: the same on every system. */
const passes = ({ name, tool, args }: Suite): boolean => {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${status === 0 ? 'passed' : 'FAILED'}: ${name}, ${seconds} s\n`);
  return status === 0;
};

const filters = process.argv.slice(2);
process.exitCode = [...(filters.length > 0 ? [] : statics), ...tests(filters)].every(passes) ? 0 : 1;
