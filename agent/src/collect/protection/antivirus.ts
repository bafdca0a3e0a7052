// Which of the known antivirus programs are installed, and do they run?
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { fileStat } from '../child-files.ts';
import { reasonOf } from '../collector.ts';
import { parseDefender } from './defender.parse.ts';

/** `at`: what is there when it is installed, by its makers' installation guides; its processes run from there. */
const PRODUCTS = [
  { name: 'ClamAV', at: '/usr/sbin/clamd' },
  { name: 'Bitdefender', at: '/opt/bitdefender-security-tools' },
  { name: 'Cortex XDR', at: '/opt/traps' },
  { name: 'CrowdStrike Falcon', at: '/opt/CrowdStrike' },
  { name: 'Elastic Defend', at: '/opt/Elastic/Endpoint' },
  { name: 'ESET', at: '/opt/eset' },
  { name: 'Kaspersky', at: '/opt/kaspersky' },
  { name: 'SentinelOne', at: '/opt/sentinelone' },
  { name: 'Sophos', at: '/opt/sophos-spl' },
  { name: 'Trellix', at: '/opt/McAfee/ens' },
  { name: 'Trend Micro', at: '/opt/ds_agent' },
] as const;

const DEFENDER = 'Microsoft Defender';

export type Antivirus = {
  readonly found: readonly { readonly name: string; readonly isOn: boolean }[];
  readonly missing: readonly Reason[];
};

export const readAntivirus = async (host: ChildHost): Promise<Antivirus> => {
  const there = await Promise.all(
    PRODUCTS.map(async (product) => ((await fileStat(host, product.at)) ? [product] : [])),
  );
  const installed = there.flat();
  const defender = await askDefender(host);
  if (installed.length === 0) return defender;
  const running = runningPrograms(host);
  if ('missing' in running) return { ...defender, missing: [...defender.missing, running.missing] };
  const found = installed.map(({ name, at }) => ({
    name,
    isOn: running.paths.some((path) => path === at || path.startsWith(`${at}/`) || path === `${at} (deleted)`),
  }));
  return { ...defender, found: [...defender.found, ...found] };
};

const askDefender = async (host: ChildHost): Promise<Antivirus> => {
  if (host.find('mdatp') === undefined) return { found: [], missing: [] };
  try {
    const { stdout } = await host.run('mdatp', ['health', '--output', 'json'], { timeoutMs: 20_000 });
    const isOn = parseDefender(stdout);
    if (isOn !== undefined) return { found: [{ name: DEFENDER, isOn }], missing: [] };
    return { found: [], missing: [{ code: 'parse_error', detail: 'mdatp does not say whether it protects' }] };
  } catch (error) {
    return { found: [], missing: [reasonOf(error)] };
  }
};

/** What each process runs, by /proc/PID/exe; threads of the kernel run nothing. */
const runningPrograms = (host: ChildHost): { readonly paths: readonly string[] } | { readonly missing: Reason } => {
  const pids = host.listKernel('/proc').filter((name) => /^\d+$/.test(name));
  const paths = pids.flatMap((pid) => {
    try {
      return [host.readLink(`/proc/${pid}/exe`)];
    } catch (error) {
      const { code } = reasonOf(error);
      return code === 'permission' ? [undefined] : [];
    }
  });
  const readable = paths.filter((path) => path !== undefined);
  if (readable.length === paths.length) return { paths: readable };
  const detail = 'an antivirus program is installed, but which programs run may not be read';
  return { missing: { code: 'permission', detail, fix: 'the agent needs CAP_SYS_PTRACE or root for that' } };
};
