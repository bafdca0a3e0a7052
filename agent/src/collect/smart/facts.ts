// A disk in one line for people.
import type { Disk } from './disk.parse.ts';
import { sizeInWords } from './identity.parse.ts';

const HOUR_S = 3_600;
/** Hours are told in steps, so that the section does not change with each reading. */
const HOURS_STEP = 100;

export const factOf = ({ id, model, serial, firmware, bytes, link, rpm, values, temperature }: Disk): string => {
  const verdict = values['fettle.smart.verdict'];
  const seconds = values['fettle.disk.power_on'];
  const parts = [
    model,
    serial === undefined ? `WWN ${id}` : `serial ${serial}`,
    firmware && `firmware ${firmware}`,
    bytes && sizeInWords(bytes),
    link,
    rpm === undefined ? undefined : rpm === 0 ? 'solid state' : `${rpm} rpm`,
    seconds === undefined ? undefined : hoursInWords(seconds),
    temperature &&
      `limit ${temperature.limit} °C (${temperature.limitOf === 'disk' ? 'its own' : 'usual for its class'})`,
    verdict === undefined ? 'no verdict' : verdict === 1 ? 'SMART: failed' : 'SMART: passed',
  ];
  return parts.filter(Boolean).join(', ');
};

const hoursInWords = (seconds: number): string => {
  const hours = Math.floor(seconds / HOUR_S / HOURS_STEP) * HOURS_STEP;
  return hours === 0 ? `under ${HOURS_STEP} h on` : `over ${hours} h on`;
};
