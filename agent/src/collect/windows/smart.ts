// The health of disks: from smartctl where it is installed, which says most; else what the Storage API of Windows says.
import type { ChildHost } from '../../host/host.ts';
import { type Capability, type Collector, type Reading, UnavailableError, available } from '../collector.ts';
import { readingOf } from '../smart/reading.ts';
import { callRoll } from '../smart/roll.ts';
import { recall, remember } from '../smart/scan.ts';
import { smart } from '../smart/smart.ts';
import { isSkipped } from '../smart/targets.ts';
import { askIfAny, askWindows } from './batch.ts';
import { parseDisks } from './disks.parse.ts';
import { windowsSlow } from './slow.ts';

export const windowsSmart = (): Collector<ChildHost> => {
  const byTool = smart();
  return {
    ...windowsSlow.smart,
    probe: (host) => (hasTool(host) ? byTool.probe(host) : Promise.resolve(STORAGE_API)),
    collect: (host, moment) => (hasTool(host) ? byTool.collect(host, moment) : byStorageApi(host)),
  };
};

const STORAGE_API: Capability = available('the Storage API, every half hour; smartmontools would say more');

const hasTool = (host: ChildHost): boolean => host.find('smartctl') !== undefined;

const byStorageApi = async (host: ChildHost): Promise<Reading> => {
  const seen = parseDisks(await askWindows(host, 'disks'), await askIfAny(host, 'diskCounters'));
  if (seen.length === 0) throw new UnavailableError(NO_DISKS);
  const before = recall(host);
  const context = {
    nowMs: host.wallMs(),
    isScanned: true,
    isSkipped: (key: string) => isSkipped(key, host.declared.disk),
  };
  const roll = callRoll(
    before,
    seen.filter(({ key }) => !context.isSkipped(key)),
    context,
  );
  const disks = Object.fromEntries(roll.entries.map(({ id, known }) => [id, known]));
  remember(host, { ...before, places: roll.places, disks });
  return readingOf(roll);
};

const NO_DISKS = { code: 'no_hardware', detail: 'the Storage API names no disk' } as const;
