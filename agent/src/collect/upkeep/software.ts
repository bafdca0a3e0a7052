// Which packages are installed.
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError } from '../../host/host.ts';
import type { Collector, Reading } from '../collector.ts';
import { slowOnes } from '../slow.ts';
import { neededTool, probeTool } from './os-release.ts';
import { DPKG_FORMAT, type Package, RPM_FORMAT, parseDpkg, parseRpm } from './packages.parse.ts';
import { merged, softwarePages } from './software-pages.ts';
import { softwareSchema } from './software.schema.ts';

const TOOLS = { debian: 'dpkg-query', redhat: 'rpm', suse: 'rpm' } as const;
const PACKAGES_MAX = 5_000;
const ID = 'software';

export const software = (): Collector<ChildHost> => ({
  ...slowOnes.software,
  probe: (host) => probeTool(host, TOOLS, 'there is no dpkg or rpm that would know what is installed'),
  collect,
});

const collect = async (host: ChildHost): Promise<Reading> => {
  const all = merged(await installed(host));
  if (all.length === 0) throw new HostError('parse_error', 'the package tool knows of no package at all');
  const known = softwareSchema.safeParse(host.memory.read(ID)).data?.pages ?? 0;
  const sections = softwarePages(all.slice(0, PACKAGES_MAX), known);
  // not forgotten when they shrink: what is told of an empty page may be lost on its way
  host.memory.write(ID, { pages: sections.length });
  const listed = sections.reduce((sum, { facts }) => sum + facts.length, 0);
  return { samples: [], sections, partial: leftOut(all.length - listed, listed) };
};

const leftOut = (count: number, listed: number): readonly Reason[] =>
  count > 0 ? [{ code: 'parse_error', detail: `${count} packages are not listed: ${listed} are taken` }] : [];

const installed = async (host: ChildHost): Promise<readonly Package[]> => {
  const tool = await neededTool(host, TOOLS);
  const isDpkg = tool === 'dpkg-query';
  const args = isDpkg ? ['-W', '-f', DPKG_FORMAT] : ['-qa', '--qf', RPM_FORMAT];
  const { stdout } = await host.run(tool, args, { timeoutMs: 50_000, codes: [0] });
  return isDpkg ? parseDpkg(stdout) : parseRpm(stdout);
};
