// What `smartctl -x --json` says of one disk, made plain: ATA, NVMe and SAS, behind USB bridges and RAID controllers too.
import type { MetricName } from '@fettle/shared/metric/catalog';

import { COUNT_MAX, type Counters, countersOf, parseAttributes } from './attributes.parse.ts';
import { pick, whole } from './fields.parse.ts';
import { type Identity, parseIdentity } from './identity.parse.ts';
import { type Temperature, parseTemperature } from './temperature.parse.ts';
import { parseVerdict } from './verdict.parse.ts';
import { parseWear } from './wear.parse.ts';

/** Values by metric, in the catalogue's units: those that stay true while the disk sleeps. */
export type Lasting = { readonly [M in MetricName]?: number };

export type Disk = Identity & {
  readonly isSolid: boolean;
  readonly values: Lasting;
  readonly temperature?: Temperature;
  /** What was left out, in words. */
  readonly doubts: readonly string[];
};

/** Why there is nothing to say of a disk. */
export type Unread = 'no identity' | 'no SMART' | 'SMART is off';

const HOUR_S = 3_600;
/** A hundred years: more is a mistake. */
const HOURS_MAX = 876_600;
const PERCENT = 100;

export const parseDisk = (document: unknown): Disk | Unread => {
  const identity = parseIdentity(document);
  if (!identity) return 'no identity';
  const isSolid = identity.rpm === 0;
  const { counters, doubts } = countersOfAny(document);
  const temperature = parseTemperature(document, isSolid);
  const values: Lasting = {
    ...only('fettle.smart.verdict', verdictValue(document)),
    ...Object.fromEntries(counters.map(({ metric, count }) => [metric, count])),
    ...only('fettle.disk.wear', parseWear(document, parseAttributes(document), isSolid)),
    ...only('fettle.disk.spare.headroom', spareHeadroom(document)),
  };
  if (Object.keys(values).length === 0 && temperature === undefined) return silence(document);
  const lasting = { ...values, ...only('fettle.disk.power_on', powerOnSeconds(document)) };
  return { ...identity, isSolid, values: lasting, doubts, ...(temperature && { temperature }) };
};

const only = (metric: MetricName, value: number | undefined): Lasting =>
  value === undefined ? {} : { [metric]: value };

const verdictValue = (document: unknown): number | undefined => {
  const verdict = parseVerdict(document);
  return verdict && (verdict === 'failed' ? 1 : 0);
};

const silence = (document: unknown): Unread =>
  pick(document, 'smart_support', 'available') === true && pick(document, 'smart_support', 'enabled') === false
    ? 'SMART is off'
    : 'no SMART';

const countersOfAny = (document: unknown): Counters => {
  const { counters, doubts } = countersOf(parseAttributes(document));
  const others: readonly (readonly [MetricName, unknown])[] = [
    ['fettle.disk.errors.media', pick(document, 'nvme_smart_health_information_log', 'media_errors')],
    ['fettle.disk.sectors.reallocated', pick(document, 'scsi_grown_defect_list')],
    ['fettle.disk.sectors.pending', pick(document, 'scsi_pending_defects', 'count')],
    ['fettle.disk.errors.reported', uncorrectedBySas(document)],
  ];
  const counted = others.flatMap(([metric, value]) => {
    const count = whole(value);
    return count === undefined ? [] : [{ metric, count }];
  });
  const wrong = counted.filter(({ count }) => count > COUNT_MAX);
  return {
    counters: [...counters, ...counted.filter(({ count }) => count <= COUNT_MAX)],
    doubts: [...doubts, ...wrong.map(({ metric, count }) => `${metric} cannot be as many as ${count}`)],
  };
};

/** Error counter log pages (SPC-5, write 02h, read 03h, verify 05h): what the disk could not correct. */
const uncorrectedBySas = (document: unknown): number | undefined => {
  const counts = ['read', 'write', 'verify']
    .map((page) => whole(pick(document, 'scsi_error_counter_log', page, 'total_uncorrected_errors')))
    .filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
};

/** Only NVMe says it for certain; a threshold of 0 means that the disk has none. */
const spareHeadroom = (document: unknown): number | undefined => {
  const log = pick(document, 'nvme_smart_health_information_log');
  const [spare, threshold] = [whole(pick(log, 'available_spare')), whole(pick(log, 'available_spare_threshold'))];
  if (spare === undefined || !threshold || spare > PERCENT || threshold > PERCENT) return undefined;
  return (spare - threshold) / PERCENT;
};

const powerOnSeconds = (document: unknown): number | undefined => {
  const hours = whole(pick(document, 'power_on_time', 'hours'));
  if (hours === undefined || hours > HOURS_MAX) return undefined;
  const minutes = whole(pick(document, 'power_on_time', 'minutes')) ?? 0;
  return hours * HOUR_S + (minutes < 60 ? minutes * 60 : 0);
};
