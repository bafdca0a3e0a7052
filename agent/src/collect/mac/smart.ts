// The health of disks: from smartctl where an administrator installed it, else each disk's own verdict by diskutil.
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError } from '../../host/host.ts';
import { type Collector, type Reading, UnavailableError, available, reasonOf } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import { sample } from '../samples.ts';
import { sizeInWords } from '../smart/identity.parse.ts';
import { smart } from '../smart/smart.ts';
import type { DiskInfo } from './disks.parse.ts';
import { diskInfo, listDisks } from './disks.ts';
import { macSlow } from './slow.ts';

const NO_VERDICT: Reason = {
  code: 'no_hardware',
  detail: 'no disk of this Mac that is built in gives a verdict on itself',
};

export const macSmart = (): Collector<ChildHost> => {
  const bySmartctl = smart();
  return {
    ...macSlow.smart,
    probe: () => Promise.resolve(available('smartctl, else diskutil')),
    collect: async (host, moment) => {
      if (host.find('smartctl') === undefined) return byDiskutil(host);
      try {
        const capability = await bySmartctl.probe(host);
        if (!capability.ok) return await byDiskutil(host, capability.reason);
        return await bySmartctl.collect(host, moment);
      } catch (error) {
        if (!(error instanceof HostError || error instanceof UnavailableError)) throw error;
        return byDiskutil(host, reasonOf(error));
      }
    },
  };
};

type Known = DiskInfo & { readonly disk: string };

/** @param why smartctl was of no use. @throws UnavailableError, HostError */
const byDiskutil = async (host: ChildHost, why?: Reason): Promise<Reading> => {
  const [known, partial]: [Known[], Reason[]] = [[], why ? [why] : []];
  for (const { disk } of (await listDisks(host)).filter(({ stores }) => stores.length === 0)) {
    try {
      known.push({ disk, ...(await diskInfo(host, disk)) });
    } catch (error) {
      partial.push(reasonOf(error));
    }
  }
  const disks = known.filter(({ isFixed, isPhysical }) => isFixed && isPhysical);
  const samples = disks.flatMap(samplesOf);
  if (samples.length === 0 && partial.length === 0) throw new UnavailableError(NO_VERDICT);
  return { samples, partial, sections: [{ id: 'disks', title: 'Disks', facts: onePage(disks.flatMap(factOf)) }] };
};

const nameOf = ({ model, disk }: Known): string => model ?? disk;

const samplesOf = (one: Known): readonly Sample[] => {
  const attributes = { 'hw.id': one.place ?? one.disk, 'hw.name': nameOf(one) };
  return sample('fettle.smart.verdict', attributes, verdictOf(one.smart));
};

/** "Verified", "Failing", "Not Supported": what is in a property list is not translated. */
const verdictOf = (said: string | undefined): number | undefined => {
  if (said === 'Verified') return 0;
  return said === 'Failing' || said === 'About to Fail' ? 1 : undefined;
};

const factOf = (one: Known) =>
  fact(
    nameOf(one),
    [one.bytes && sizeInWords(one.bytes), one.isSolid && 'solid state', `SMART: ${one.smart ?? 'not told'}`]
      .filter(Boolean)
      .join(', '),
  );
