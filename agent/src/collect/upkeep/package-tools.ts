// The tools that know of updates, asked so that they change nothing, refresh nothing and wait for nobody: what they answer
// is as fresh as the last look that the system itself took, and its age is told beside.
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { understood } from '../output.ts';
import { parseApt } from './apt.parse.ts';
import { parseAdvisories, parseUpdates, pendingOf } from './dnf.parse.ts';
import { newestMs, pathsIn } from './newest-file.ts';
import type { Pending } from './pending.ts';
import { parseZypperPatches, parseZypperUpdates } from './zypper.parse.ts';

export type Updates = {
  readonly pending: readonly Pending[];
  /** Not known: why. */
  readonly securityMissing?: Reason;
};

export type PackageTool = {
  readonly scannedMs: (host: ChildHost) => Promise<number | undefined>;
  /** How the system looks for updates. */
  readonly refresh: string;
  /** @throws HostError */
  readonly updates: (host: ChildHost) => Promise<Updates>;
};

const TIMEOUT_MS = 50_000;

/** The caches are not written, and neither is the log of the planner (apt.conf(5)): root's simulation would write both. */
const APT = [
  ['Debug::NoLocking', '1'],
  ['Dir::Cache::pkgcache', ''],
  ['Dir::Cache::srcpkgcache', ''],
  ['Dir::Log::Planner', ''],
].flatMap(([key, value]) => ['-o', `${key}=${value}`]);

const apt: PackageTool = {
  refresh: 'apt-get update',
  // what tells of success alone: the stamp of update-notifier, lists that came, and the mirror's own date of what they hold;
  // the folder "partial", the lock and apt's other stamps change with every try, also without a network
  scannedMs: async (host) => {
    const releases = (await pathsIn(host, LISTS)).filter((path) => path.endsWith('Release'));
    return releases.length === 0 ? undefined : newestMs(host, [SUCCESS, LISTS, ...releases]);
  },
  updates: async (host) => {
    const { stdout } = await host.run('apt-get', ['-q', '-s', ...APT, 'dist-upgrade'], {
      timeoutMs: TIMEOUT_MS,
      codes: [0],
    });
    return { pending: understood('apt-get', parseApt(stdout)) };
  },
};
const LISTS = '/var/lib/apt/lists';
const SUCCESS = '/var/lib/apt/periodic/update-success-stamp';

/** dnf reads its cache only under the cache's own lock, for a moment: not under that of changes, and it waits for nobody. */
const DNF = ['-q', '--cacheonly', '--setopt=exit_on_lock=True'] as const;

/** Of dnf 4 and of dnf 5. */
const DNF_CACHES = ['/var/cache/dnf', '/var/cache/libdnf5'];

const dnf: PackageTool = {
  refresh: 'dnf makecache',
  // where nothing is new libdnf touches the list of packages
  scannedMs: async (host) => newestMs(host, await repodata(host, DNF_CACHES)),
  updates: async (host) => {
    const ask = (args: readonly string[]) =>
      host.run('dnf', [...DNF, ...args], { timeoutMs: TIMEOUT_MS, codes: [0, 100] });
    const updates = parseUpdates((await ask(['check-update'])).stdout);
    if (!(await tellsOfSecurity(host))) return { pending: pendingOf(updates), securityMissing: NO_ADVISORIES };
    const { stdout } = await ask(['updateinfo', 'list', '--security']);
    return { pending: pendingOf(updates, parseAdvisories(stdout)) };
  },
};

const NO_ADVISORIES: Reason = {
  code: 'tool_missing',
  detail: 'none of the repositories tells which updates are about security',
};

/** The folder repodata of each repository, and the files in it. */
const repodata = async (host: ChildHost, caches: readonly string[]): Promise<readonly string[]> => {
  const repositories = (await Promise.all(caches.map((cache) => pathsIn(host, cache)))).flat();
  const folders = repositories.map((path) => `${path}/repodata`);
  return [...folders, ...(await Promise.all(folders.map((path) => pathsIn(host, path)))).flat()];
};

const tellsOfSecurity = async (host: ChildHost): Promise<boolean> =>
  (await repodata(host, DNF_CACHES)).some((path) => path.includes('updateinfo'));

/** libzypp takes no lock with the first, and writes no log with the second. */
export const ZYPP_ENVIRONMENT = { ZYPP_READONLY_HACK: '1', ZYPP_LOGFILE: '/dev/null' } as const;

const zypper: PackageTool = {
  refresh: 'zypper refresh',
  // what is new comes in a new folder; where nothing is new libzypp touches repomd.xml
  scannedMs: async (host) => newestMs(host, await repodata(host, ['/var/cache/zypp/raw'])),
  updates: async (host) => {
    const ask = async (what: string) => {
      const args = ['--xmlout', '--non-interactive', '--no-refresh', what];
      return (await host.run('zypper', args, { timeoutMs: TIMEOUT_MS, codes: [0], env: ZYPP_ENVIRONMENT })).stdout;
    };
    const packages = understood('zypper', parseZypperUpdates(await ask('list-updates')));
    return { pending: [...understood('zypper', parseZypperPatches(await ask('list-patches'))), ...packages] };
  },
};

export const packageTools = { 'apt-get': apt, dnf, zypper } as const;
