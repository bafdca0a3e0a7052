// Who may do everything on this machine, and has anybody become one of them?
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { fileStat, folderNames } from '../child-files.ts';
import { type Collector, type Reading, type Section, available, reasonOf } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import { slowOnes } from '../slow.ts';
import {
  ADMIN_GROUPS,
  type Account,
  type Admin,
  adminsOf,
  canLogIn,
  parseGroups,
  parsePasswd,
} from './accounts.parse.ts';
import { baselineSchema } from './baseline.schema.ts';
import { compareAdmins } from './baseline.ts';
import { parseSessions } from './sessions.parse.ts';

export const accounts = (): Collector<ChildHost> => ({
  ...slowOnes.accounts,
  probe: async (host) => {
    await host.statFile('/etc/passwd');
    return available('/etc/passwd, /etc/group, getent');
  },
  collect,
});

const ID = 'accounts';
/** More than anybody oversees. */
const ADMINS_MAX = 200;

const collect = async (host: ChildHost): Promise<Reading> => {
  const partial: Reason[] = [];
  const people = parsePasswd(await textOf(host, '/etc/passwd'));
  const groups = `${await textOf(host, '/etc/group')}\n${await directoryGroups(host, partial)}`;
  const admins = adminsOf(people, parseGroups(groups));
  if (admins.length > ADMINS_MAX)
    partial.push({ code: 'parse_error', detail: `${admins.length} administrators: ${ADMINS_MAX} are watched` });
  const watched = admins.slice(0, ADMINS_MAX);
  return {
    samples: samplesOf(watched, host),
    sections: [
      sectionOf(watched, people),
      await sudoersSection(host),
      { id: 'sessions', title: 'Logged in', facts: (await sessionsOf(host)).flatMap((name) => fact('User', name)) },
    ],
    partial,
  };
};

const textOf = async (host: ChildHost, path: string): Promise<string> => (await host.readFile(path)).toString('utf8');

/** Members who stand in a directory: getent(1) asks what nsswitch.conf names. 2: not all of these groups are there. */
const directoryGroups = async (host: ChildHost, partial: Reason[]): Promise<string> => {
  if (host.find('getent') === undefined) return '';
  try {
    const args = ['group', ...ADMIN_GROUPS];
    return (await host.run('getent', args, { timeoutMs: 10_000, codes: [0, 2] })).stdout;
  } catch (error) {
    partial.push(reasonOf(error));
    return '';
  }
};

/** One for each, 1 for those who are new, so that whoever is no more goes away. */
const samplesOf = (admins: readonly Admin[], host: ChildHost): readonly Sample[] => {
  const names = admins.map(({ name }) => name);
  const known = baselineSchema.safeParse(host.memory.read(ID)).data?.seen;
  const { added, baseline } = compareAdmins(names, known, host.wallMs());
  host.memory.write(ID, { seen: baseline });
  return names.map((name) => ({
    metric: 'fettle.admin.added',
    attributes: { 'fettle.account.name': name },
    value: Number(added.has(name)),
  }));
};

const sectionOf = (admins: readonly Admin[], people: readonly Account[]): Section => ({
  id: 'accounts',
  title: 'Accounts',
  facts: onePage([
    ...admins.flatMap(({ name, because }) => fact(`Administrator ${name}`, because.join(', '))),
    ...people.filter(canLogIn).flatMap(({ name, uid, shell }) => fact(`Login ${name}`, `user id ${uid}, ${shell}`)),
  ]),
});

const SUDOERS_FOLDER = '/etc/sudoers.d';

/** Not what the rules say, which may be nobody's business, but which files there are and when they changed. */
const sudoersSection = async (host: ChildHost): Promise<Section> => {
  const names = await folderNames(host, SUDOERS_FOLDER);
  const paths = ['/etc/sudoers', ...names.toSorted().map((name) => `${SUDOERS_FOLDER}/${name}`)].slice(0, FILES_MAX);
  const facts = await Promise.all(
    paths.map(async (path) => {
      const file = await fileStat(host, path);
      return file ? fact(path, `${file.bytes} bytes, changed ${dayAndTime(file.modifiedMs)}`) : [];
    }),
  );
  return { id: 'sudoers', title: 'Rules of sudo', facts: facts.flat() };
};

const FILES_MAX = 100;

const dayAndTime = (wallMs: number): string =>
  Temporal.Instant.fromEpochMilliseconds(Math.round(wallMs)).toString({ smallestUnit: 'second' });

const sessionsOf = async (host: ChildHost): Promise<readonly string[]> => {
  if (host.find('loginctl') === undefined) return [];
  const args = ['list-sessions', '--no-legend', '--output=json'];
  const answer = await host.run('loginctl', args, { timeoutMs: 5_000, codes: [0] }).catch(() => undefined);
  return parseSessions(answer?.stdout ?? '') ?? [];
};
