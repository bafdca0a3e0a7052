// Does the kernel refuse what nobody asked for? Asked of the filter itself, whoever has set it; only where that may not
// be read, of those that set it.
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError } from '../../host/host.ts';
import { reasonOf } from '../collector.ts';
import { kernelText } from '../kernel-files.ts';
import { firstLine, understood } from '../output.ts';
import { iptablesRefuses } from './iptables.parse.ts';
import { nftRefuses } from './nft.parse.ts';

export type Firewall = { readonly isOn: boolean; readonly source: string } | { readonly missing: Reason };

const ASK_MS = 10_000;

export const readFirewall = async (host: ChildHost): Promise<Firewall> => {
  const reasons: Reason[] = [];
  const answers: string[] = [];
  for (const tool of filtersOf(host)) {
    const isOn = await (tool === 'nft' ? askNft(host) : askIptables(host, tool)).catch(
      (error: unknown) => void reasons.push(reasonOf(error)),
    );
    if (isOn) return { isOn, source: tool };
    if (isOn === false) answers.push(tool);
  }
  if (answers.length > 0 && reasons.length === 0) return { isOn: false, source: answers.join(', ') };
  if (await isFirewalldRunning(host)) return { isOn: true, source: 'firewalld' };
  return { missing: reasons[0] ?? NO_TOOL };
};

/**
 * nft sees what iptables sets today. The tables of the older kind are apart from it, and to list them is to load them:
 * asked only where they are loaded.
 */
const filtersOf = (host: ChildHost): readonly Filter[] => {
  const firstOf = (tools: readonly Filter[]) => tools.find((tool) => host.find(tool) !== undefined);
  const legacy = isLegacyLoaded(host) ? firstOf(['iptables-legacy', 'iptables']) : undefined;
  return [...new Set([firstOf(['nft', 'iptables']), legacy])].filter((tool) => tool !== undefined);
};

type Filter = 'nft' | 'iptables' | 'iptables-legacy';

/** The file is not there when none was loaded since boot, and not to be read where nft is not either. */
const isLegacyLoaded = (host: ChildHost): boolean =>
  kernelText(host, '/proc/net/ip_tables_names')?.split('\n').includes('filter') === true;

const NO_TOOL: Reason = {
  code: 'tool_missing',
  detail: 'neither nft nor iptables is installed',
  fix: 'install nftables, or any firewall that brings it',
};

const askNft = async (host: ChildHost): Promise<boolean> => {
  // terse: what sets hold does not matter here, and can be long
  const { code, stdout, stderr } = await host.run('nft', ['-j', '-t', 'list', 'ruleset'], { timeoutMs: ASK_MS });
  if (code !== 0) throw refusal('nft', stderr);
  return understood('nft', nftRefuses(stdout));
};

const askIptables = async (host: ChildHost, tool: Exclude<Filter, 'nft'>): Promise<boolean> => {
  const { code, stdout, stderr } = await host.run(tool, ['-S'], { timeoutMs: ASK_MS });
  if (code !== 0) throw refusal(tool, stderr);
  return understood(tool, iptablesRefuses(stdout));
};

const refusal = (tool: string, said: string): HostError => {
  const isForbidden = /permission denied|not permitted|must be root/i.test(said);
  const detail = `${tool}: ${firstLine(said)}`;
  return isForbidden
    ? new HostError('permission', detail, 'the agent needs CAP_NET_ADMIN to read the packet filter')
    : new HostError('service_broken', detail);
};

/** firewall-cmd(1): exit code 0 when the daemon is running. It refuses by default in every zone but trusted. */
const isFirewalldRunning = async (host: ChildHost): Promise<boolean> => {
  if (host.find('firewall-cmd') === undefined) return false;
  const answer = await host.run('firewall-cmd', ['--state'], { timeoutMs: ASK_MS }).catch(() => undefined);
  return answer?.code === 0;
};
