import type { Host } from '../../host/host.ts';
import { readOrNone } from './files.ts';

/** A partition has its disk one folder up. */
const FOLDERS = ['device', '../device'] as const;
/** Page 80h of a SCSI or SATA disk, "unit serial number" (SPC-4, 7.8.14): four bytes, then the text. */
const PAGE = 'vpd_pg80';
const HEADER = 4;

/** "sdp (serial 123)": what someone looks for on the disks' labels. */
export const nameWithSerial = (host: Host, block: string): string => {
  const serial = serialOf(host, block);
  return serial === '' ? block : `${block} (serial ${serial})`;
};

const serialOf = (host: Host, block: string): string => {
  for (const folder of FOLDERS) {
    const path = `/sys/class/block/${block}/${folder}`;
    const found = readOrNone(host, `${path}/serial`) ?? readOrNone(host, `${path}/${PAGE}`)?.slice(HEADER) ?? '';
    const serial = found.replaceAll(/[^\x20-\x7E]/g, '').trim();
    if (serial !== '') return serial;
  }
  return '';
};
