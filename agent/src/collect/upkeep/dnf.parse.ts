// What dnf 4 and dnf 5 say of updates. `check-update`: "NAME.ARCH  VERSION  REPOSITORY" (dnf(8)). `updateinfo list`:
// "ADVISORY  SEVERITY/Sec.  NAME-VERSION-RELEASE.ARCH", with dnf 5 "ADVISORY  security  SEVERITY  NAME-….ARCH  ISSUED".
import { PENDING_MAX, type Pending } from './pending.ts';

const UPDATE = /^(\S+\.(?:noarch|x86_64|i[3-6]86|aarch64|armv7hl|ppc64le|s390x|riscv64))\s+(\S*\d\S*)\s+(\S+)\s*$/;
const PACKAGE = /^(.+)-([^-]+-[^-]+)\.([^.-]+)$/;

/** By "name.arch". A long name puts the rest on the next lines, which are joined; what replaces packages comes last and is no update. */
export const parseUpdates = (text: string): ReadonlyMap<string, string> => {
  const [updates = ''] = text.split(/^Obsoleting [Pp]ackages/m);
  const found = new Map<string, string>();
  for (const line of joined(updates)) {
    const [, name, version] = UPDATE.exec(line) ?? [];
    if (name !== undefined && version !== undefined && found.size < PENDING_MAX) found.set(name, version);
  }
  return found;
};

/** Lines that begin with a space go on with the one before. */
const joined = (text: string): readonly string[] => text.replaceAll(/\r?\n[ \t]+(?=\S)/g, ' ').split(/\r?\n/);

/** "name.arch" of each package that a security advisory is about. */
export const parseAdvisories = (text: string): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const words = line.split(/\s+/);
    const isSecurity = words[1] === 'security' || /(?:^|\/)Sec\.$/.test(words[1] ?? '');
    const [, name, , arch] = PACKAGE.exec(words[words[1] === 'security' ? 3 : 2] ?? '') ?? [];
    if (isSecurity && name !== undefined && found.size < PENDING_MAX) found.add(`${name}.${arch}`);
  }
  return found;
};

/** @param advisories undefined where the repositories do not tell what is about security */
export const pendingOf = (
  updates: ReadonlyMap<string, string>,
  advisories: ReadonlySet<string> = new Set(),
): readonly Pending[] => [...updates].map(([name, to]) => ({ name, to, isSecurity: advisories.has(name) }));
