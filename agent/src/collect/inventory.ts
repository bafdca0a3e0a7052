// What the machine is made of. The only collector that asks systeminformation, and only in a child.
import type { ChildHost } from '../host/host.ts';
import { type Collector, available } from './collector.ts';
import { deviceClassOf } from './device-class.ts';
import { parseInventory } from './inventory.parse.ts';
import { kernelText } from './kernel-files.ts';
import { slowOnes } from './slow.ts';

const TABLES = '/sys/class/dmi/id';
/** Serial numbers and the UUID are for root alone. */
const FILES = [
  'sys_vendor',
  'product_name',
  'product_version',
  'product_serial',
  'product_uuid',
  'board_name',
  'board_serial',
  'bios_vendor',
  'bios_version',
  'chassis_asset_tag',
  'chassis_type',
] as const;

export const inventory = (): Collector<ChildHost> => ({
  ...slowOnes.inventory,
  probe: () => Promise.resolve(available('systeminformation, the tables of the firmware')),
  collect: async (host) => {
    const beside = {
      tables: readTables(host),
      deviceClass: deviceClassOf(host),
      memoryBytes: host.builtin.memory().totalBytes,
    };
    return { samples: [], sections: parseInventory(await host.inventory(), beside) };
  },
});

const readTables = (host: ChildHost): Readonly<Record<string, string>> =>
  Object.fromEntries(FILES.map((file) => [file, kernelText(host, `${TABLES}/${file}`) ?? '']));
