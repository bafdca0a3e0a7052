import { listOf, pick } from './fields.parse.ts';

/** A valid value of the ATA device statistics (ACS-4, 9.5) by the name that smartctl gives it. */
export const statistic = (document: unknown, name: string): unknown => {
  const tables = listOf(pick(document, 'ata_device_statistics', 'pages')).flatMap((page) =>
    listOf(pick(page, 'table')),
  );
  const entry = tables.find((one) => pick(one, 'name') === name && pick(one, 'flags', 'valid') === true);
  return pick(entry, 'value');
};
