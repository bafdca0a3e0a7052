// An .rpm, by rpmbuild: nothing of the machine that builds shows in it.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

import { GLIBC, type LinuxPackage, VENDOR } from './linux-package.ts';
import { maintainerScripts } from './maintainer-scripts.ts';
import { type Tool, runTool } from './tools.ts';
import { type Entry, writeTree } from './tree.ts';

export const RPMBUILD: Tool = { program: 'rpmbuild', debian: 'rpm' };

/** As the file in which `find-requires` would find them says it; the same name on Red Hat's, SUSE's and their kin. */
const NODE_NEEDS = [`libc.so.6(GLIBC_${GLIBC})(64bit)`, 'libstdc++.so.6()(64bit)', 'libatomic.so.1()(64bit)'];

const MACROS: readonly (readonly [name: string, value: string])[] = [
  ['_buildhost', 'fettle'],
  ['use_source_date_epoch_as_buildtime', '1'],
  ['clamp_mtime_to_source_date_epoch', '1'],
  // two packages with the same Node would both own these links
  ['_build_id_links', 'none'],
  // nothing is stripped, compressed or searched once more
  ['__os_install_post', '%{nil}'],
  ['debug_package', '%{nil}'],
  ['_build_name_fmt', '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm'],
];

type Place = {
  readonly work: string;
  readonly out: string;
  readonly epochS: number;
  /** Of xz, as in deb.ts; rpm of RHEL 8 reads it. */
  readonly level: number;
};

/** @returns the file */
export const makeRpm = async (pkg: LinuxPackage, { work, out, epochS, level }: Place): Promise<string> => {
  const tree = join(work, 'tree');
  writeTree(tree, pkg.entries, epochS);
  const spec = join(work, `${pkg.name}.spec`);
  writeFileSync(spec, specOf(pkg, tree));
  const made = join(work, 'made');
  mkdirSync(made);
  const own = [
    ['_topdir', join(work, 'top')],
    ['_rpmdir', made],
    ['_binary_payload', `w${level}.xzdio`],
  ] as const;
  const defines = [...MACROS, ...own].flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  await runTool(RPMBUILD, ['-bb', '--target', `${pkg.target.rpm}-linux`, ...defines, spec], {
    env: { SOURCE_DATE_EPOCH: String(epochS) },
  });
  const name = `${pkg.name}-${pkg.version}-1.${pkg.target.rpm}.rpm`;
  renameSync(join(made, name), join(out, name));
  return join(out, name);
};

const specOf = (pkg: LinuxPackage, tree: string): string =>
  [
    `Name: ${pkg.name}`,
    `Version: ${pkg.version}`,
    'Release: 1',
    `Summary: ${pkg.summary}`,
    'License: Apache-2.0 AND MIT',
    `Vendor: ${VENDOR}`,
    'AutoReqProv: no',
    ...NODE_NEEDS.map((need) => `Requires: ${need}`),
    'Requires(pre): /usr/sbin/useradd',
    '',
    '%description',
    ...pkg.description,
    '',
    '%install',
    `cp --archive '${tree}/.' %{buildroot}`,
    `mkdir --parents '%{buildroot}${pkg.data.path}'`,
    '',
    ...[...maintainerScripts(pkg, 'rpm')].flatMap(([name, text]) => [`%${name}`, text.replaceAll('%', '%%')]),
    '%files',
    ...filesOf(pkg),
    '',
  ].join('\n');

const filesOf = ({ entries, settings, data, name }: LinuxPackage): readonly string[] => [
  `%dir %attr(0750,${data.user},${data.user}) ${data.path}`,
  ...ownFolders(entries, name).map((folder) => `%dir %attr(0755,root,root) /${folder}`),
  ...entries.map(({ path, mode }) =>
    `/${path}` === settings.path
      ? `%config(noreplace) %attr(0640,root,${settings.group}) /${path}`
      : `%attr(0${mode.toString(8)},root,root) /${path}`,
  ),
];

/** Those that are the package's alone; and /etc/fettle, which two packages of ours may both have. */
const ownFolders = (entries: readonly Entry[], name: string): readonly string[] => {
  const folders = new Set(entries.map(({ path }) => dirname(path)));
  return [...folders].filter((folder) => folder === 'etc/fettle' || folder.includes(`/${name}`)).toSorted();
};
