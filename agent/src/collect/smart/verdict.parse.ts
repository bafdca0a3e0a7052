// A disk's verdict on itself. Heat alone is no verdict: it has a rule of its own, and it passes.
import { listOf, pick, whole } from './fields.parse.ts';

/** Critical warning of the SMART / Health Information log, bit 1 (NVM Express Base Specification). */
const NVME_HEAT = 0x02;
const NVME_REST = 0xfd;
/** smartctl(8), EXIT STATUS, bit 3: "disk failing". */
const EXIT_FAILING = 0x08;
/** Additional sense code 0Bh "warning", and those of its qualifiers that are about temperature (T10, SPC-5, ASC and ASCQ assignments). */
const SCSI_WARNING = 0x0b;
const SCSI_HEAT: ReadonlySet<unknown> = new Set([0x01, 0x0a, 0x0b, 0x0c, 0x0d]);
/** ATA attributes that hold a temperature. */
const ATA_HEAT: ReadonlySet<unknown> = new Set([190, 194]);

export type Verdict = 'passed' | 'failed';

/** @returns undefined when the disk does not judge itself */
export const parseVerdict = (document: unknown): Verdict | undefined => {
  const critical = criticalWarning(document);
  if (critical !== undefined && (critical & NVME_REST) !== 0) return 'failed';
  const passed = claim(document);
  if (passed === undefined) return critical === undefined ? undefined : 'passed';
  return passed || isHeatAlone(document, critical) ? 'passed' : 'failed';
};

const criticalWarning = (document: unknown): number | undefined =>
  whole(pick(document, 'nvme_smart_health_information_log', 'critical_warning')) ??
  whole(pick(document, 'smart_status', 'nvme', 'value'));

const claim = (document: unknown): boolean | undefined => {
  const passed = pick(document, 'smart_status', 'passed');
  if (typeof passed === 'boolean') return passed;
  const exit = whole(pick(document, 'smartctl', 'exit_status')) ?? 0;
  return (exit & EXIT_FAILING) === 0 ? undefined : false;
};

/** The disk says that it fails: is it only too hot? */
const isHeatAlone = (document: unknown, critical: number | undefined): boolean => {
  if (critical !== undefined) return (critical & NVME_HEAT) !== 0;
  const sense = pick(document, 'smart_status', 'scsi');
  if (sense !== undefined) return pick(sense, 'asc') === SCSI_WARNING && SCSI_HEAT.has(pick(sense, 'ascq'));
  const failing = listOf(pick(document, 'ata_smart_attributes', 'table')).filter(isFailing);
  return failing.length > 0 && failing.every((attribute) => ATA_HEAT.has(pick(attribute, 'id')));
};

const isFailing = (attribute: unknown): boolean =>
  pick(attribute, 'when_failed') === 'now' && pick(attribute, 'flags', 'prefailure') === true;
