// Each law is broken once in a throw-away tree with the same relative paths, and the real configuration must see it.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { impureGlobals, impureProperties, refusal, rooms } from './rooms.ts';

const root = dirname(dirname(import.meta.dirname));
const SPAWN = 'node:child_process';

/** A file that is planted, and the module it names. */
type Import = readonly [file: string, specifier: string];

/** Of each room one violation that needs no thought, so that a new room is never untested. */
const everyRoom = rooms.map(({ files, may }): Import => {
  const folder = dirname(files);
  return may.includes('**') ? [`${folder}/program.ts`, SPAWN] : [`${folder}/stranger.ts`, 'no-such-package'];
});
const ownRoom = rooms.map(({ files }): Import => [`${dirname(files)}/own.ts`, './stranger.ts']);

const refused: readonly Import[] = [
  ...everyRoom,
  ['shared/src/metric/a.ts', 'node:fs'],
  ['shared/src/metric/b.ts', 'zod'],
  ['shared/src/wire/a.schema.ts', 'ajv'],
  ['shared/src/time-of.ts', '@fettle/agent/agent'],
  ['agent/src/collect/a.ts', 'node:child_process'],
  ['agent/src/collect/b.ts', 'node:fs'],
  ['agent/src/collect/c.ts', 'ws'],
  ['agent/src/collect/d.ts', '../link/link.ts'],
  ['agent/src/collect/e.ts', '../host/node.ts'],
  ['agent/src/collect/f.ts', 'systeminformation'],
  ['agent/src/host/a.ts', '../collect/runner.ts'],
  ['agent/src/host/b.ts', 'ws'],
  ['agent/src/rules/a.ts', '../spool/spool.ts'],
  ['agent/src/rules/b.ts', 'node:crypto'],
  ['agent/src/spool/a.ts', '../link/link.ts'],
  ['agent/src/spool/b.ts', 'node:fs/promises'],
  ['agent/src/link/a.ts', '../spool/spool.ts'],
  ['agent/src/link/b.ts', 'node:net'],
  ['agent/src/link/c.ts', '@fettle/agent/spool/spool'],
  ['agent/src/link/deep/d.ts', '../../spool/spool.ts'],
  ['agent/src/link/e.ts', './../spool/spool.ts'],
  ['agent/src/service/a.ts', 'node:child_process'],
  ['agent/src/identity/a.ts', 'node:fs'],
  ['agent/src/identity/b.ts', '../link/link.ts'],
  ['agent/src/config/a.ts', 'zod'],
  ['agent/src/config/b.ts', 'node:child_process'],
  ['agent/src/cli/a.ts', '@fettle/server/app'],
  ['agent/src/cli/b.ts', '../../../server/src/app.ts'],
  ['agent/src/cli/c.ts', 'node:child_process'],
  ['agent/src/cli/d.ts', 'systeminformation'],
  ['agent/src/agent.ts', '@fettle/server/app'],
  ['agent/src/main.ts', 'child_process'],
  ['agent/src/unknown/a.ts', '../link/link.ts'],
  ['server/src/domain/a.ts', '../store/store.ts'],
  ['server/src/domain/b.ts', 'better-sqlite3'],
  ['server/src/domain/c.ts', 'fastify'],
  ['server/src/domain/d.ts', 'node:crypto'],
  ['server/src/write/a.ts', 'better-sqlite3'],
  ['server/src/write/b.ts', '../ingest/session.ts'],
  ['server/src/store/a.ts', 'fastify'],
  ['server/src/store/b.ts', 'ws'],
  ['server/src/store/c.ts', '../ingest/session.ts'],
  ['server/src/store/d.ts', 'node:child_process'],
  ['server/src/ingest/a.ts', 'better-sqlite3'],
  ['server/src/ingest/b.ts', '../http/devices.ts'],
  ['server/src/http/a.ts', 'better-sqlite3'],
  ['server/src/http/b.ts', 'kysely'],
  ['server/src/http/c.ts', '../ingest/session.ts'],
  ['server/src/http/d.ts', 'better-sqlite3/lib/database.js'],
  ['server/src/feed/a.ts', 'better-sqlite3'],
  ['server/src/people/a.ts', 'fastify'],
  ['server/src/jobs/a.ts', '../notice/mail.ts'],
  ['server/src/notice/a.ts', '../feed/feed.ts'],
  ['server/src/config/a.ts', '../store/store.ts'],
  ['server/src/cli/a.ts', 'better-sqlite3'],
  ['server/src/cli/b.ts', '@fettle/agent/agent'],
  ['server/src/writer.ts', 'better-sqlite3'],
  ['server/src/app.ts', '@fettle/agent/agent'],
  ['server/console/src/a.ts', '@fettle/server/app'],
  ['server/console/src/b.ts', '../../src/app.ts'],
  ['server/console/src/pages/c.tsx', '../../../src/domain/alert.ts'],
  ['server/console/src/d.ts', 'node:fs'],
  ['server/console/src/e.ts', '../../../agent/src/agent.ts'],
];

const legal: readonly Import[] = [
  ...ownRoom,
  ['shared/src/rule/legal.ts', '../metric/catalog.ts'],
  ['shared/src/wire/legal.schema.ts', 'zod'],
  ['agent/src/collect/legal.ts', '../host/host.ts'],
  ['agent/src/collect/deep/legal.ts', '../collector.ts'],
  ['agent/src/host/legal.ts', 'node:child_process'],
  ['agent/src/host/legal-inventory.ts', 'systeminformation'],
  ['agent/src/rules/legal.ts', '@fettle/shared/rule/step'],
  ['agent/src/rules/legal.schema.ts', 'zod'],
  ['agent/src/spool/legal.ts', '../host/spool-disk.ts'],
  ['agent/src/link/legal.ts', 'ws'],
  ['agent/src/service/legal.ts', '../host/host.ts'],
  ['agent/src/identity/legal.ts', 'node:crypto'],
  ['agent/src/config/legal.ts', 'smol-toml'],
  ['agent/src/cli/legal.ts', '../config/config.ts'],
  ['agent/src/legal.ts', './link/link.ts'],
  ['server/src/domain/legal.ts', '@fettle/shared/alert/alert'],
  ['server/src/write/legal.ts', '../store/store.ts'],
  ['server/src/store/legal.ts', 'better-sqlite3'],
  ['server/src/ingest/legal.ts', '../store/store.ts'],
  ['server/src/http/legal.ts', '@fastify/cookie'],
  ['server/src/feed/legal.ts', '../domain/alert.ts'],
  ['server/src/people/legal.ts', 'node:crypto'],
  ['server/src/jobs/legal.ts', 'node-cron'],
  ['server/src/notice/legal.ts', 'node:net'],
  ['server/src/config/legal.ts', 'smol-toml'],
  ['server/src/cli/legal.ts', '../store/store.ts'],
  ['server/src/legal.ts', './http/devices.ts'],
  ['server/console/src/legal.ts', '@fettle/shared/api/device.schema'],
  ['server/src/domain/forbidden.test.ts', '../store/store.ts'],
];

/** Every way to name a module, each in a room that may not have it. */
const forms: Readonly<Record<string, string>> = {
  'agent/src/link/form-import.ts': "import { spool } from '../spool/spool.ts';\nexport const a: unknown = spool;",
  'agent/src/link/form-type.ts': "import type { Spool } from '../spool/spool.ts';\nexport type A = Spool;",
  'agent/src/link/form-side.ts': "import '../spool/spool.ts';",
  'agent/src/link/form-all.ts': "export * from '../spool/spool.ts';",
  'agent/src/link/form-dynamic.ts': "export const a = (): unknown => import('../spool/spool.ts');",
  'agent/src/link/form-computed.ts': 'export const a = (name: string): unknown => import(name);',
  'agent/src/link/form-import-type.ts': "export type A = import('../spool/spool.ts').Spool;",
};

const lines = (count: number, line: string): string => Array.from({ length: count }, () => line).join('\n');

/** Limits that hold everywhere: what is planted, and the rule that must answer. */
const limits: Readonly<Record<string, readonly [code: string, text: string]>> = {
  'require.ts': ['typescript(no-require-imports)', "export const a: unknown = require('node:fs');"],
  'side-effect.ts': [
    'typescript(no-import-type-side-effects)',
    "import { type A } from './any.ts';\nexport type B = A;",
  ],
  'floating.ts': ['typescript(no-floating-promises)', 'export const a = (b: () => Promise<void>) => {\n  b();\n};'],
  'long.ts': ['eslint(max-lines-per-function)', `export const a = (b: unknown[]) => {\n${lines(61, '  b.pop();')}\n};`],
  'many-lines.ts': ['eslint(max-lines)', `export const b: unknown[] = [];\n${lines(300, 'b.pop();')}`],
  'complex.ts': [
    'eslint(complexity)',
    `export const a = (b: number) => {\n${lines(13, '  if (b > 1) b -= 1;')}\n  return b;\n};`,
  ],
  'params.ts': ['eslint(max-params)', 'export const a = (b: 1, c: 1, d: 1, e: 1, f: 1) => [b, c, d, e, f];'],
  'depth.ts': [
    'eslint(max-depth)',
    `export const a = (b: number) => {\n${lines(4, '  if (b > 1) {')} b += 1; ${'}'.repeat(4)}\n  return b;\n};`,
  ],
  'default.ts': ['import(no-default-export)', 'const a = 1;\nexport default a;'],
  'non-null.ts': ['typescript(no-non-null-assertion)', 'export const a = (b: number | null): number => b!;'],
  'any.ts': ['typescript(no-explicit-any)', 'export type A = any;'],
  'unsafe.ts': ['typescript(no-unsafe-assignment)', 'export const a: string = JSON.parse("1");'],
  'console.ts': ['eslint(no-console)', "console.log('a');"],
  'switch.ts': [
    'typescript(switch-exhaustiveness-check)',
    "export const a = (b: 'c' | 'd') => {\n  switch (b) {\n    case 'c':\n      return 1;\n  }\n  return 2;\n};",
  ],
  'cycle-a.ts': ['import(no-cycle)', "import { b } from './cycle-b.ts';\nexport const a = (): number => b();"],
  'cycle-b.ts': ['import(no-cycle)', "import { a } from './cycle-a.ts';\nexport const b = (): number => a();"],
};
const inScripts = (name: string): string => `scripts/planted/${name}`;

const impurities = [
  ...impureGlobals.map((name) => `export const uses${name}: unknown = ${name};`),
  ...impureProperties.map(([object, name]) => `export const uses${object}${name}: unknown = ${object}.${name};`),
];
const pureFolders = rooms.filter(({ pure }) => pure).map(({ files }) => files.replace('/**', ''));
const mayBeImpure = ['server/src/store/impure.ts', 'server/src/domain/impure.test.ts'];
const impureFile = (folder: string): string => `${folder}/impure.ts`;

let tree: string;
let found: ReadonlyMap<string, readonly Problem[]>;

type Problem = { readonly code: string; readonly message: string; readonly filename: string };

const plant = (file: string, text: string): void => {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), `${text}\n`);
};

const lint = (): readonly Problem[] => {
  const linter = join(root, 'node_modules/oxlint/bin/oxlint');
  const args = '-c scripts/lint/oxlint.config.ts --type-aware -f json agent server shared scripts'.split(' ');
  const { stdout, stderr } = spawnSync(process.execPath, [linter, ...args], { cwd: tree, encoding: 'utf8' });
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { diagnostics: readonly Problem[] }).diagnostics;
};

const codesIn = (file: string): readonly string[] => (found.get(file) ?? []).map(({ code }) => code);

beforeAll(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'fettle-rooms-')));
  for (const name of ['oxlint.config.ts', 'plugin.ts', 'rooms.ts']) {
    plant(`scripts/lint/${name}`, readFileSync(join(import.meta.dirname, name), 'utf8'));
  }
  for (const name of ['.', 'agent', 'server', 'shared', 'scripts']) {
    const file = name === '.' ? 'tsconfig.base.json' : `${name}/tsconfig.json`;
    mkdirSync(join(tree, name), { recursive: true });
    cpSync(join(root, file), join(tree, file));
  }
  mkdirSync(join(tree, 'node_modules'));
  for (const name of ['oxlint', '@types']) {
    symlinkSync(realpathSync(join(root, 'node_modules', name)), join(tree, 'node_modules', name), 'junction');
  }
  for (const [file, specifier] of [...refused, ...legal]) plant(file, `export { planted } from '${specifier}';`);
  for (const [file, text] of Object.entries(forms)) plant(file, text);
  for (const [name, [, text]] of Object.entries(limits)) plant(inScripts(name), text);
  for (const folder of pureFolders) plant(impureFile(folder), impurities.join('\n'));
  for (const file of mayBeImpure) plant(file, impurities.join('\n'));
  found = Map.groupBy(lint(), ({ filename }) => filename.replaceAll('\\', '/'));
}, 30_000);

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('what a room may import', () => {
  test.each(refused)('%s may not import %s', (file) => expect(codesIn(file)).toContain('fettle(rooms)'));

  test.each(legal)('%s may import %s', (file) => expect(codesIn(file)).toEqual([]));

  test.each(Object.keys(forms))('%s is refused', (file) => expect(codesIn(file)).toContain('fettle(rooms)'));
});

describe('a pure room', () => {
  test.each(pureFolders)('%s gets no clock, timer, randomness or process from the surroundings', (folder) => {
    const messages = (found.get(impureFile(folder)) ?? []).map(({ message }) => message);
    for (const name of impureGlobals) expect(messages.filter((text) => text.includes(`'${name}'`))).not.toEqual([]);
    for (const [object, name] of impureProperties) {
      expect(messages.filter((text) => text.includes(`'${object}.${name}'`))).not.toEqual([]);
    }
  });

  test.each(mayBeImpure)('%s may use them', (file) => {
    expect(codesIn(file).filter((code) => code.startsWith('eslint(no-restricted'))).toEqual([]);
  });
});

describe('limits', () => {
  test.each(Object.entries(limits).map(([name, [code]]) => [name, code] as const))('%s breaks %s', (name, code) =>
    expect(codesIn(inScripts(name))).toContain(code),
  );
});

describe('how a module is named does not matter', () => {
  test.each([
    ['agent/src/link/a.ts', './../spool/spool.ts'],
    ['agent/src/link/a.ts', '../link/../spool/spool.ts'],
    ['agent/src/link/deep/a.ts', '../../spool/spool.ts'],
    ['agent/src/link/a.ts', '@fettle/agent/spool/spool'],
    ['agent/src/link/a.ts', 'fs'],
    ['agent/src/link/a.ts', '#spool'],
    ['agent/src/link/a.ts', '/spool.ts'],
    ['agent/src/link/a.ts', undefined],
    ['server/src/http/a.ts', 'kysely/helpers/sqlite'],
    ['server/src/http/a.ts', 'node:child_process'],
    ['server/src/http/a.ts', 'child_process'],
  ])('%s does not get %s', (file, specifier) => expect(refusal(file, specifier)).toBeTypeOf('string'));

  test.each([
    ['agent/src/link/deep/a.ts', '../machine.ts'],
    ['agent/src/link/a.ts', '../link/machine.ts'],
    ['agent/src/link/a.ts', '@fettle/agent/link/machine'],
    ['agent/src/host/a.ts', 'fs/promises'],
    ['server/src/ingest/a.ts', 'zod/v4'],
    ['scripts/check.ts', 'node:child_process'],
    ['test/flow/a.test.ts', '@fettle/server/app'],
  ])('%s gets %s', (file, specifier) => expect(refusal(file, specifier)).toBeUndefined());
});
