// Until when the makers of systems give security updates to everybody: data, from the lifecycle pages that they publish.
// What has to be paid for (Ubuntu Pro, RHEL ELS, SUSE LTSS) does not count; dates that are not published to the day are left out.
import type { OsRelease } from './os-release.parse.ts';

export type Support = {
  /** The last day with security updates, YYYY-MM-DD. */
  readonly until: string;
  /** The last day of full support, where another team goes on with less. */
  readonly fullUntil?: string;
};

type System = {
  readonly name: string;
  /** How much of VERSION_ID names a release: 1 for 9 of "9.4", 2 for 3.22 of "3.22.1". */
  readonly parts: 1 | 2;
  readonly releases: Readonly<Record<string, Support>>;
};

/** Debian wiki, "DebianReleases" and "LTS": the LTS team goes on in the same archive, for the main architectures. */
const debian: System = {
  name: 'Debian',
  parts: 1,
  releases: {
    '10': { until: '2024-06-30', fullUntil: '2022-09-10' },
    '11': { until: '2026-08-31', fullUntil: '2024-08-14' },
    '12': { until: '2028-06-30', fullUntil: '2026-07-11' },
    '13': { until: '2030-06-30', fullUntil: '2028-08-09' },
  },
};

/** Ubuntu, "Ubuntu release cycle": standard security maintenance, without Ubuntu Pro. */
const ubuntu: System = {
  name: 'Ubuntu',
  parts: 2,
  releases: {
    '14.04': { until: '2019-04-25' },
    '16.04': { until: '2021-04-30' },
    '18.04': { until: '2023-05-31' },
    '20.04': { until: '2025-05-29' },
    '22.04': { until: '2027-06-01' },
    '22.10': { until: '2023-07-20' },
    '23.04': { until: '2024-01-25' },
    '23.10': { until: '2024-07-11' },
    '24.04': { until: '2029-05-31' },
    '24.10': { until: '2025-07-10' },
    '25.04': { until: '2026-01-15' },
    '25.10': { until: '2026-07-09' },
    '26.04': { until: '2031-05-29' },
  },
};

/** Red Hat, "Red Hat Enterprise Linux Life Cycle": end of maintenance support. */
const rhel: System = {
  name: 'Red Hat Enterprise Linux',
  parts: 1,
  releases: {
    '7': { until: '2024-06-30', fullUntil: '2019-08-06' },
    '8': { until: '2029-05-31', fullUntil: '2024-05-31' },
    '9': { until: '2032-05-31', fullUntil: '2027-05-31' },
    '10': { until: '2035-05-31', fullUntil: '2030-05-31' },
  },
};

/** CentOS, "CentOS Linux EOL" and "CentOS Stream": 8 with both names ended before its time. */
const centos: System = {
  name: 'CentOS',
  parts: 1,
  releases: { '7': { until: '2024-06-30' }, '8': { until: '2024-05-31' }, '9': { until: '2027-05-31' } },
};

/** Rocky Linux wiki, "Rocky Linux Release and Version Guide". */
const rocky: System = {
  name: 'Rocky Linux',
  parts: 1,
  releases: {
    '8': { until: '2029-05-31', fullUntil: '2024-05-31' },
    '9': { until: '2032-05-31', fullUntil: '2027-05-31' },
    '10': { until: '2035-05-31', fullUntil: '2030-05-31' },
  },
};

/** AlmaLinux wiki, "Release Notes"; of 8 the announcement of its first release. */
const almalinux: System = {
  name: 'AlmaLinux',
  parts: 1,
  releases: {
    '8': { until: '2029-03-01' },
    '9': { until: '2032-05-31', fullUntil: '2027-05-31' },
    '10': { until: '2035-05-31', fullUntil: '2030-05-31' },
  },
};

/** Fedora docs, "Unsupported Fedora Linux releases". What is supported says its own end in os-release (SUPPORT_END). */
const fedora: System = {
  name: 'Fedora Linux',
  parts: 1,
  releases: {
    '37': { until: '2023-12-05' },
    '38': { until: '2024-05-21' },
    '39': { until: '2024-11-26' },
    '40': { until: '2025-05-13' },
    '41': { until: '2025-12-15' },
  },
};

/** openSUSE wiki, "Lifetime". */
const leap: System = {
  name: 'openSUSE Leap',
  parts: 2,
  releases: {
    '15.2': { until: '2022-01-04' },
    '15.3': { until: '2022-12-31' },
    '15.4': { until: '2023-12-07' },
    '15.5': { until: '2024-12-31' },
    '15.6': { until: '2026-04-30' },
    '16.0': { until: '2027-10-31' },
  },
};

/** SUSE, "Product Support Lifecycle": end of general support of the service pack. */
const sles: System = {
  name: 'SUSE Linux Enterprise Server',
  parts: 2,
  releases: {
    '12.4': { until: '2020-06-30' },
    '12.5': { until: '2024-10-31' },
    '15': { until: '2019-12-31' },
    '15.1': { until: '2021-01-31' },
    '15.2': { until: '2021-12-31' },
    '15.3': { until: '2022-12-31' },
    '15.4': { until: '2023-12-31' },
    '15.5': { until: '2024-12-31' },
    '15.6': { until: '2025-12-31' },
    '15.7': { until: '2031-07-31' },
  },
};

/** Amazon, "Amazon Linux 2 FAQs". 2023 says its own end in os-release. */
const amazon: System = { name: 'Amazon Linux', parts: 1, releases: { '2': { until: '2026-06-30' } } };

/** Alpine Linux, "Releases". */
const alpine: System = {
  name: 'Alpine Linux',
  parts: 2,
  releases: {
    '3.17': { until: '2024-11-22' },
    '3.18': { until: '2025-05-09' },
    '3.19': { until: '2025-11-01' },
    '3.20': { until: '2026-04-01' },
    '3.21': { until: '2026-11-01' },
    '3.22': { until: '2027-05-01' },
  },
};

/** By ID of os-release. Systems that are only like one of these have their own ends. */
const systems: ReadonlyMap<string, System> = new Map([
  ['debian', debian],
  ['ubuntu', ubuntu],
  ['rhel', rhel],
  ['centos', centos],
  ['rocky', rocky],
  ['almalinux', almalinux],
  ['fedora', fedora],
  ['opensuse-leap', leap],
  ['sles', sles],
  ['amzn', amazon],
  ['alpine', alpine],
]);

/** Of the system that says so of itself; undefined for one that is not known. */
export const supportOf = (release: OsRelease): Support | undefined => {
  const system = systems.get(release.get('ID') ?? '');
  const version = (release.get('VERSION_ID') ?? '').split('.');
  const key = version.slice(0, system?.parts).join('.');
  const known = system && Object.hasOwn(system.releases, key) ? system.releases[key] : undefined;
  // os-release(5): what the installed system itself says of its end is newer than any table
  const own = release.get('SUPPORT_END') ?? '';
  return /^\d{4}-\d{2}-\d{2}$/.test(own) ? { ...known, until: own } : known;
};
