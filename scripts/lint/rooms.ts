// The import law of the design's table of rooms, as data, and the one question asked of it. Paths start at the repository's root.
// A file of a room imports its own room, what the room `may` have, and nothing else; rooms.test.ts breaks each law once.
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

export type Room = {
  /** a glob; the first room of the table that matches a file is the file's room */
  readonly files: string;
  /** globs of files, packages and `node:` modules */
  readonly may: readonly string[];
  /** refused although `may` would match it */
  readonly never: readonly string[];
  /** no clock, timer, randomness or process from the surroundings */
  readonly pure: boolean;
};

const SHARED = 'shared/src/**';
const FS = 'agent/src/host/fs.ts';
const SPOOL_DISK = 'agent/src/host/spool-disk.ts';
const HOST = 'agent/src/host/host.ts';
const PROGRAM_NAMES = 'agent/src/host/program-names.ts';
const DECLARED = 'agent/src/config/declared.schema.ts';
const DOMAIN = 'server/src/domain/**';
const STORE = 'server/src/store/**';

const SPAWN = 'node:child_process';
const SQL = ['better-sqlite3', 'kysely'];

const room = (files: string, may: readonly string[]): Room => ({ files, may, never: [SPAWN], pure: false });
const pure = (files: string, may: readonly string[]): Room => ({ ...room(files, may), pure: true });
/** Where the parts are joined: everything but what is named. */
const open = (files: string, never: readonly string[]): Room => ({ files, may: ['**'], never, pure: false });

const agentNever = ['server/**', SPAWN, 'net-snmp', 'systeminformation', 'zod', ...SQL];
const serverNever = ['agent/**', 'server/console/**', SPAWN, 'systeminformation', ...SQL];

export const rooms: readonly Room[] = [
  pure('shared/src/rule/hash.ts', ['node:crypto']),
  pure('shared/src/wire/record-hash.ts', ['node:crypto']),
  pure('shared/src/**', []),

  pure('agent/src/collect/**', [SHARED, HOST, PROGRAM_NAMES]),
  { ...room('agent/src/host/**', [SHARED, DECLARED, 'node:*', 'net-snmp', 'systeminformation']), never: [] },
  pure('agent/src/rules/**', [SHARED, FS]),
  pure('agent/src/spool/**', [SHARED, SPOOL_DISK]),
  pure('agent/src/link/**', [SHARED, 'ws']),
  room('agent/src/service/**', [SHARED, HOST, FS]),
  room('agent/src/identity/**', [SHARED, FS, 'node:crypto']),
  room('agent/src/config/**', [SHARED, 'smol-toml', 'node:fs', 'node:os', 'node:path']),
  open('agent/src/cli/**', agentNever),
  open('agent/src/*', agentNever),

  pure('server/src/domain/**', [SHARED]),
  pure('server/src/rule-text/**', [SHARED, DOMAIN, 'yaml']),
  room('server/src/write/**', [SHARED, DOMAIN, STORE]),
  room('server/src/thread/**', [
    SHARED,
    DOMAIN,
    STORE,
    'server/src/writer.ts',
    'node:worker_threads',
    'node:events',
    'node:path',
    'node:timers',
  ]),
  room('server/src/store/**', [SHARED, DOMAIN, ...SQL, 'node:*']),
  room('server/src/ingest/**', [SHARED, DOMAIN, STORE, 'fastify', 'fastify-type-provider-zod', 'zod', 'ws', 'node:*']),
  room('server/src/http/**', [
    SHARED,
    DOMAIN,
    STORE,
    'server/src/feed/**',
    'server/src/people/**',
    'server/src/rule-text/**',
    'fastify',
    'fastify-*',
    '@fastify/*',
    'zod',
    'prom-client',
    'pino',
    'ical.js',
    'node:*',
  ]),
  room('server/src/feed/**', [SHARED, DOMAIN, 'ws', 'node:*']),
  room('server/src/people/**', [SHARED, DOMAIN, STORE, 'node:crypto']),
  room('server/src/jobs/**', [SHARED, DOMAIN, STORE, 'node-cron']),
  room('server/src/external/**', [SHARED, DOMAIN, STORE, 'server/src/notice/**', 'node:*']),
  room('server/src/notice/**', [SHARED, DOMAIN, 'nodemailer', 'node:*']),
  room('server/src/config/**', [SHARED, 'smol-toml', 'zod', 'node:*']),
  open('server/src/cli/**', serverNever),
  open('server/src/*', serverNever),

  open('server/console/src/**', ['server/src/**', 'agent/**', 'node:*', ...SQL]),
];

/** Globals that a pure room gets as arguments instead (`Clock`, `Rng`, `Fs`, `Net`, `Host`). */
export const impureGlobals = [
  'Date',
  'process',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'crypto',
  'WebSocket',
  'EventSource',
  'MessageChannel',
  'console',
  'globalThis',
  'global',
] as const;

/** The same for single properties of otherwise pure globals. */
export const impureProperties = [
  ['Math', 'random'],
  ['Temporal', 'Now'],
  ['AbortSignal', 'timeout'],
] as const;

const PACKAGES_SOURCE = /^(agent|server|shared)\/src\//;

/** @returns why `file` may not import `specifier`, or undefined when it may; a computed specifier is undefined */
export const refusal = (file: string, specifier: string | undefined): string | undefined => {
  const home = rooms.find(({ files }) => posix.matchesGlob(file, files));
  if (!home) return PACKAGES_SOURCE.test(file) ? 'This folder is not in the table of rooms (rooms.ts).' : undefined;
  if (specifier === undefined) return 'A room names what it imports: no computed specifier.';
  const wanted = target(file, specifier);
  const is = (glob: string): boolean => posix.matchesGlob(wanted, glob);
  if (wanted === 'zod' && file.endsWith('.schema.ts')) return undefined;
  if (is(home.files) || (home.may.some(is) && !home.never.some(is))) return undefined;
  return `${home.files} may not import ${wanted}: see rooms.ts.`;
};

/** What a specifier stands for: a path from the root, a package's name, or a built-in module without its subpath. */
const target = (file: string, specifier: string): string => {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  if (isBuiltin(specifier)) return `node:${specifier.replace(/^node:/, '').split('/')[0]}`;
  const [scopeOrName = '', name = '', ...rest] = specifier.split('/');
  if (scopeOrName === '@fettle') return `${name}/src/${rest.join('/')}.ts`;
  return scopeOrName.startsWith('@') ? `${scopeOrName}/${name}` : scopeOrName;
};
