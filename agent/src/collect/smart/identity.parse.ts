// Who a disk is, from the information section of smartctl(8) with --json.
import { withoutGaps } from '../without-gaps.ts';
import { pick, whole, words } from './fields.parse.ts';

export type Identity = {
  /** The serial number; without one, the world wide name. */
  readonly id: string;
  readonly model: string;
  readonly serial?: string;
  readonly firmware?: string;
  readonly bytes?: number;
  /** "SATA 6.0 Gb/s", "NVMe", "SAS". */
  readonly link?: string;
  /** 0: nothing turns. */
  readonly rpm?: number;
};

/** What makers and USB bridges write where a serial number should be. */
const PLACEHOLDER = /^(?:0+|f+|-+|x+|none|n\/?a|unknown|not (?:available|specified)|\[no information found\])$/i;
const DECIMAL_GB = 1e9;

/** @returns undefined for a disk that cannot be told from others */
export const parseIdentity = (document: unknown): Identity | undefined => {
  const serial = known(words(pick(document, 'serial_number')));
  const id = serial ?? worldWideName(document);
  if (id === undefined) return undefined;
  const given = { serial, firmware: firmwareOf(document), bytes: sizeOf(document), link: linkOf(document) };
  return { id, model: modelOf(document), ...withoutGaps({ ...given, rpm: rpmOf(document) }) };
};

/** "4.0 TB", as it is printed on disks: thousands, not 1024s. */
export const sizeInWords = (bytes: number): string =>
  bytes >= 1_000 * DECIMAL_GB
    ? `${(bytes / DECIMAL_GB / 1_000).toFixed(1)} TB`
    : `${Math.round(bytes / DECIMAL_GB)} GB`;

const known = (text: string | undefined): string | undefined =>
  text === undefined || PLACEHOLDER.test(text) ? undefined : text;

/** ATA: network address authority, its organisation, and the number that this gave, in 1, 6 and 9 hex digits. SCSI: as text. */
const worldWideName = (document: unknown): string | undefined => {
  const unit = known(words(pick(document, 'logical_unit_id'))?.replace(/^0x/i, ''));
  const [naa, oui, id] = ['naa', 'oui', 'id'].map((part) => whole(pick(document, 'wwn', part)));
  if (naa === undefined || !oui || id === undefined) return unit;
  return `${naa.toString(16)}${oui.toString(16).padStart(6, '0')}${id.toString(16).padStart(9, '0')}`;
};

const modelOf = (document: unknown): string => {
  const scsi = [pick(document, 'scsi_vendor'), pick(document, 'scsi_product')]
    .map((text) => words(text))
    .filter((text) => text !== undefined);
  const said = [
    pick(document, 'model_name'),
    pick(document, 'scsi_model_name'),
    scsi.join(' '),
    pick(document, 'product'),
  ];
  return said.map((text) => words(text)).find((text) => text !== undefined) ?? 'disk';
};

const firmwareOf = (document: unknown): string | undefined =>
  words(pick(document, 'firmware_version')) ??
  words(pick(document, 'scsi_revision')) ??
  words(pick(document, 'revision'));

const sizeOf = (document: unknown): number | undefined =>
  whole(pick(document, 'user_capacity', 'bytes')) ?? whole(pick(document, 'nvme_total_capacity'));

const linkOf = (document: unknown): string | undefined => {
  const protocol = words(pick(document, 'device', 'protocol'));
  if (protocol === 'ATA')
    return ['SATA', words(pick(document, 'interface_speed', 'current', 'string'))].filter(Boolean).join(' ');
  return words(pick(document, 'scsi_transport_protocol', 'name'))?.replace(/ \(.*$/, '') ?? protocol;
};

const rpmOf = (document: unknown): number | undefined => {
  const isNvme = pick(document, 'nvme_smart_health_information_log') !== undefined;
  return whole(pick(document, 'rotation_rate')) ?? (isNvme ? 0 : undefined);
};
