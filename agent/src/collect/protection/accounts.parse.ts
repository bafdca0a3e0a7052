// Who may do everything on this machine, and who may log in. Formats: passwd(5), group(5).
import { byName } from '../by-name.ts';

export type Account = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly shell: string;
};

export type Group = { readonly name: string; readonly gid: number; readonly members: readonly string[] };

const NAME = /^[^\s:,]{1,100}$/;
const ID = /^\d{1,10}$/;
const LINES_MAX = 20_000;

export const parsePasswd = (text: string): readonly Account[] =>
  rowsOf(text).flatMap(([name = '', , uid = '', gid = '', , , shell = '']) =>
    NAME.test(name) && ID.test(uid) && ID.test(gid) ? [{ name, uid: Number(uid), gid: Number(gid), shell }] : [],
  );

/** Of several lines for one group, as two sources give them, all members count. */
export const parseGroups = (text: string): readonly Group[] =>
  rowsOf(text).flatMap(([name = '', , gid = '', members]) =>
    NAME.test(name) && ID.test(gid) && members !== undefined
      ? [{ name, gid: Number(gid), members: members.split(',').filter((member) => NAME.test(member)) }]
      : [],
  );

const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n', LINES_MAX)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.replace(/\r$/, '').split(':'));

/** Groups whose members may become root: of Debian and its kin, of Red Hat's, and of older Ubuntus. */
const ROOT_GROUPS = ['sudo', 'wheel', 'admin'] as const;
/** Reads all logs. Services are members of it too, and are nobody who could be added. */
const LOG_GROUP = 'adm';
export const ADMIN_GROUPS = [...ROOT_GROUPS, LOG_GROUP] as const;

/** Accounts of people begin here: login.defs(5), UID_MIN. */
const UID_MIN = 1_000;

export type Admin = { readonly name: string; readonly because: readonly string[] };

/** With why: the groups that they are members of, first or not, and user id 0. In the order of names. */
export const adminsOf = (accounts: readonly Account[], groups: readonly Group[]): readonly Admin[] => {
  const byGid = Map.groupBy(accounts, ({ gid }) => gid);
  const uidOf = new Map(accounts.map(({ name, uid }) => [name, uid]));
  const isService = (name: string): boolean => (uidOf.get(name) ?? UID_MIN) < UID_MIN;
  const because = new Map<string, Set<string>>();
  const add = (name: string, why: string): void => {
    because.set(name, (because.get(name) ?? new Set()).add(why));
  };
  for (const { name, uid } of accounts) if (uid === 0) add(name, 'user id 0');
  for (const group of groups.filter(({ name }) => ADMIN_GROUPS.some((known) => known === name))) {
    const first = (byGid.get(group.gid) ?? []).map(({ name }) => name);
    const members = [...group.members, ...first].filter((name) => group.name !== LOG_GROUP || !isService(name));
    for (const name of members) add(name, group.name);
  }
  return [...because].map(([name, why]) => ({ name, because: [...why] })).toSorted(byName);
};

/** nologin(8) and its kin refuse everybody; without a shell it is /bin/sh (passwd(5)). */
const NO_SHELL = /\/(?:nologin|false|sync|shutdown|halt)$/;
export const canLogIn = ({ shell }: Account): boolean => !NO_SHELL.test(shell);
