// Does this machine wait for a reboot, why, and since when?
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { fileStat, fileText, folderNames } from '../child-files.ts';
import { type Collector, type Reading, available, reasonOf } from '../collector.ts';
import { fact } from '../facts.ts';
import { firstLine } from '../output.ts';
import { slowOnes } from '../slow.ts';
import { awaitedKernel } from './kernels.parse.ts';
import { ownTool } from './os-release.ts';
import { ZYPP_ENVIRONMENT } from './package-tools.ts';
import { parseNeedsRestarting, parseRebootPackages } from './reboot.parse.ts';
import { rebootSchema } from './reboot.schema.ts';

export const reboot = (): Collector<ChildHost> => ({
  ...slowOnes.reboot,
  probe: () => Promise.resolve(available(`${FLAGS.join(', ')}, the kernels installed, the package tool`)),
  collect,
});

/** Written by packages of Debian and Ubuntu, and by libzypp. /run is empty after a boot. */
const FLAGS = ['/run/reboot-required', '/run/reboot-needed'] as const;
/** zypper(8), exit codes: a reboot is needed. */
const ZYPPER_REBOOT = 102;
const ASK_MS = 20_000;

type Why = { readonly why: string; readonly sinceMs?: number };

const collect = async (host: ChildHost): Promise<Reading> => {
  const partial: Reason[] = [];
  const found: Why[] = [];
  for (const ask of [askFlags, askKernels, askTool]) {
    found.push(...(await ask(host).catch((error: unknown) => note(partial, error))));
  }
  const [failed] = partial;
  if (found.length === 0 && failed) return { samples: [], failed };
  const ageS = found.length === 0 ? notDue(host) : dueForS(host, found);
  return {
    samples: [{ metric: 'fettle.reboot.pending.age', attributes: {}, value: ageS }],
    sections: [{ id: 'reboot', title: 'Pending reboot', facts: found.flatMap(({ why }) => fact('Because', why)) }],
    partial,
  };
};

const note = (partial: Reason[], error: unknown): readonly Why[] => {
  partial.push(reasonOf(error));
  return [];
};

const ID = 'reboot';

const notDue = (host: ChildHost): number => {
  host.memory.write(ID, null);
  return 0;
};

/** In seconds. What was found in another boot is over. */
const dueForS = (host: ChildHost, found: readonly Why[]): number => {
  const known = rebootSchema.safeParse(host.memory.read(ID)).data;
  const [nowMs, bootId] = [host.wallMs(), host.bootId()];
  const remembered = known?.bootId === bootId ? [known.sinceMs] : [];
  const sinceMs = Math.min(nowMs, ...remembered, ...found.flatMap(({ sinceMs: ms }) => ms ?? []));
  host.memory.write(ID, { bootId, sinceMs });
  return (nowMs - sinceMs) / 1000;
};

const askFlags = async (host: ChildHost): Promise<readonly Why[]> => {
  for (const path of FLAGS) {
    const flag = await fileStat(host, path);
    if (!flag) continue;
    const packages = parseRebootPackages((await fileText(host, `${path}.pkgs`)) ?? '').slice(0, 20);
    const why = packages.length > 0 ? `updated packages ask for it: ${packages.join(', ')}` : `${path} is there`;
    return [{ why, sinceMs: flag.modifiedMs }];
  }
  return [];
};

const askKernels = async (host: ChildHost): Promise<readonly Why[]> => {
  const running = host.readKernel('/proc/sys/kernel/osrelease').trim();
  const folders = await folderNames(host, '/lib/modules'); // a container has none
  const installed = await Promise.all(folders.slice(0, 100).map((release) => hasImage(host, release)));
  const awaited = awaitedKernel(running, installed.flat());
  return awaited === undefined ? [] : [{ why: `kernel ${awaited} is installed, ${running} runs` }];
};

/** A folder of modules can outlive its kernel. */
const hasImage = async (host: ChildHost, release: string): Promise<readonly string[]> => {
  const images = [`/boot/vmlinuz-${release}`, `/lib/modules/${release}/vmlinuz`, `/boot/vmlinux-${release}`];
  const found = await Promise.all(images.map((path) => fileStat(host, path)));
  return found.some((image) => image?.kind === 'file') ? [release] : [];
};

const TOOLS = { redhat: 'needs-restarting', suse: 'zypper', debian: undefined } as const;

const askTool = async (host: ChildHost): Promise<readonly Why[]> => {
  const tool = await ownTool(host, TOOLS);
  if (tool === 'zypper') {
    const { code } = await host.run('zypper', ['needs-rebooting'], {
      timeoutMs: ASK_MS,
      codes: [0, ZYPPER_REBOOT],
      env: ZYPP_ENVIRONMENT,
    });
    return code === ZYPPER_REBOOT ? [{ why: 'zypper: core libraries or services have been updated' }] : [];
  }
  if (tool !== 'needs-restarting') return [];
  // with dnf it is one of dnf's commands, which could refresh; the older one of yum knows no such option
  const args = host.find('dnf') === undefined ? ['-r'] : ['--cacheonly', '-r'];
  const { code, stdout, stderr } = await host.run(tool, args, { timeoutMs: ASK_MS });
  const isDue = parseNeedsRestarting(code, stdout);
  if (isDue === undefined) throw new Error(`needs-restarting ended with ${code}: ${firstLine(stderr)}`);
  return isDue ? [{ why: 'needs-restarting: core libraries or services have been updated' }] : [];
};
