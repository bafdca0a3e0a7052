// A real Request Tracker 5 on loopback: Debian's packages, unpacked and not installed, with a database and two accounts of their own.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { portOf } from '@fettle/server/http/port';

import { bringPackages } from '../debian/packages.ts';
import { endChild } from '../end-child.ts';
import { until } from '../until.ts';

const PACKAGES = ['request-tracker5', 'rt5-db-sqlite', 'rt5-standalone'] as const;
const USR = '/usr/share/request-tracker5';

/** What the account of a monitoring system needs, and no more. */
const RIGHTS = [
  'SeeQueue',
  'ShowTicket',
  'ShowTicketComments',
  'CreateTicket',
  'CommentOnTicket',
  'ModifyTicket',
  'ReplyToTicket',
];

export type Account = { readonly name: string; readonly password: string };
export type Tracker = {
  readonly url: string;
  /** The account of the monitoring system, and that of somebody who works there. */
  readonly service: Account;
  readonly person: Account;
  readonly close: () => Promise<void>;
};

const run = promisify(execFile);

/** @param cache where the packages are, or come; @param folder empty: all that it writes. @throws MissingError */
export const startTracker = async (cache: string, folder: string): Promise<Tracker> => {
  const root = bringPackages(cache, { packages: PACKAGES, what: 'Request Tracker', megabytes: 56, again: false });
  const [service, person] = [
    { name: 'fettle', password: 'fettle at work' },
    { name: 'eva', password: 'eva at work' },
  ];
  const port = await freePort();
  const place = await lay(root, folder, port);
  writeFileSync(join(folder, 'accounts'), accountsOf([service, person]));
  await place.perl('rt-setup-database-5', ['--action', 'init', '--skip-create', '--dba', '']);
  await place.perl('rt-setup-database-5', [
    '--action',
    'insert',
    '--skip-create',
    '--dba',
    '',
    '--datafile',
    join(folder, 'accounts'),
  ]);
  const child = place.start('rt-server', [
    '--server',
    'HTTP::Server::PSGI',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
  ]);
  const url = `http://127.0.0.1:${port}`;
  await until('Request Tracker listens', async () => (await fetch(`${url}/REST/2.0/rt`)).status === 401);
  return { url, service, person, close: () => endChild(child, 'SIGKILL') };
};

type Place = {
  readonly perl: (program: string, args: readonly string[]) => Promise<void>;
  readonly start: (program: string, args: readonly string[]) => ChildProcess;
};

/** Its programs have their paths written in: copies of them get ours. */
const lay = async (root: string, folder: string, port: number): Promise<Place> => {
  const lib = join(folder, 'lib');
  for (const name of ['etc', 'var', 'mason', 'session', 'lib/RT']) mkdirSync(join(folder, name), { recursive: true });
  const ours = (text: string): string =>
    text
      .replaceAll(`"${USR}/lib", "/usr/local/share/request-tracker5/lib"`, `"${root}${USR}/lib", "${lib}"`)
      .replaceAll(`'${USR}`, `'${root}${USR}`)
      .replaceAll("'/usr/local/share/request-tracker5", `'${folder}/local`)
      .replaceAll("'/etc/request-tracker5'", `'${folder}/etc'`)
      .replaceAll('/var/lib/request-tracker5', `${folder}/var`)
      .replaceAll('/var/cache/request-tracker5/mason_data', `${folder}/mason`)
      .replaceAll('/var/cache/request-tracker5/session_data', `${folder}/session`);
  const copy = (from: string, to: string): void => writeFileSync(to, ours(readFileSync(join(root, from), 'utf8')));
  copy(`${USR}/lib/RT/Generated.pm`, join(lib, 'RT', 'Generated.pm'));
  copy('usr/sbin/rt-setup-database-5', join(folder, 'rt-setup-database-5'));
  copy(`${USR}/libexec/rt-server`, join(folder, 'rt-server'));
  writeFileSync(join(folder, 'etc', 'RT_SiteConfig.pm'), settingsOf(folder, port));
  chmodSync(join(folder, 'etc', 'RT_SiteConfig.pm'), 0o600);
  const { stdout } = await run('perl', ['-e', 'print join ":", map { "$ARGV[0]$_" } grep { m{^/usr} } @INC', root]);
  const { stdout: architecture } = await run('perl', ['-MConfig', '-e', 'print $Config{archname}']);
  const libraries = join(root, 'usr', 'lib', architecture.replace(/-thread.*$/, ''));
  const env = { PATH: process.env['PATH'], PERL5LIB: `${lib}:${stdout}`, LD_LIBRARY_PATH: libraries };
  return {
    perl: async (program, args) => void (await run('perl', [join(folder, program), ...args], { env, cwd: folder })),
    start: (program, args) =>
      spawn('perl', [join(folder, program), ...args], { env, cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] }),
  };
};

/** No mail goes out, and nothing is signed. */
const settingsOf = (folder: string, port: number): string =>
  Object.entries({
    rtname: 'tried',
    Organization: 'tried',
    WebDomain: '127.0.0.1',
    WebPort: port,
    DatabaseType: 'SQLite',
    DatabaseName: join(folder, 'var', 'rt.db'),
    MailCommand: 'testfile',
    LogToSTDERR: 'error',
  })
    .map(([name, value]) => `Set($${name}, '${value}');\n`)
    .concat('Set(%GnuPG, Enable => 0);\n', 'Set(%SMIME, Enable => 0);\n', 'Set($LogToSyslog, undef);\n', '1;\n')
    .join('');

const accountsOf = (accounts: readonly Account[]): string => {
  const users = accounts.map(
    ({ name, password }) => `{ Name => '${name}', Password => '${password}', Privileged => 1 }`,
  );
  const rights = accounts.flatMap(({ name }) =>
    RIGHTS.map((right) => `{ UserId => '${name}', Queue => 'General', Right => '${right}' }`),
  );
  return `our @Users = (${users.join(', ')});\nour @ACL = (${rights.join(', ')});\n1;\n`;
};

const freePort = async (): Promise<number> => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.listen({ port: 0, host: '127.0.0.1' }, () => {
    const port = portOf(probe);
    probe.close(() => resolve(port));
  });
  return promise;
};
