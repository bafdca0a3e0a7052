// What systeminformation found, made into sections of labelled facts. Its "", "-" and makers' placeholders mean: not known.
import type { DeviceClass } from '@fettle/shared/rule/scope';

import type { Section } from './collector.ts';
import { chassisWord } from './device-class.ts';
import { type Fact, fact as factOf } from './facts.ts';
import { isRecord } from './json.parse.ts';

/** Where a fact stands: what the firmware's tables call it goes first, by its file in /sys/class/dmi/id. */
type Path = readonly [label: string, from: string, key: string, table?: string];

/** What the kernel and the agent know besides. */
export type Beside = {
  /** Texts of /sys/class/dmi/id by file name. */
  readonly tables: Readonly<Record<string, string>>;
  readonly deviceClass: DeviceClass;
  readonly memoryBytes: number;
};

const UNKNOWN =
  /^(?:|-|0|null|undefined|unknown|none|n\/a|not specified|default string|system (?:manufacturer|product name|serial number)|to be filled by o\.?e\.?m\.?)$/i;

const SECTIONS: readonly { readonly id: string; readonly title: string; readonly facts: readonly Path[] }[] = [
  {
    id: 'os',
    title: 'Operating system',
    facts: [
      ['Name', 'osInfo', 'distro'],
      ['Release', 'osInfo', 'release'],
      ['Build', 'osInfo', 'build'],
      ['Kernel', 'osInfo', 'kernel'],
      ['Architecture', 'osInfo', 'arch'],
    ],
  },
  {
    id: 'hardware',
    title: 'Hardware',
    facts: [
      ['Maker', 'system', 'manufacturer', 'sys_vendor'],
      ['Model', 'system', 'model', 'product_name'],
      ['Model version', 'system', 'version', 'product_version'],
      ['Serial number', 'system', 'serial', 'product_serial'],
      ['UUID', 'system', 'uuid', 'product_uuid'],
      ['Asset tag', 'chassis', 'assetTag', 'chassis_asset_tag'],
      ['Virtual machine', 'system', 'virtualHost'],
      ['Board', 'baseboard', 'model', 'board_name'],
      ['Board serial number', 'baseboard', 'serial', 'board_serial'],
    ],
  },
  {
    id: 'firmware',
    title: 'Firmware',
    facts: [
      ['Maker', 'bios', 'vendor', 'bios_vendor'],
      ['Version', 'bios', 'version', 'bios_version'],
      ['Date', 'bios', 'releaseDate'],
    ],
  },
  {
    id: 'cpu',
    title: 'CPU',
    facts: [
      ['Maker', 'cpu', 'manufacturer'],
      ['Model', 'cpu', 'brand'],
      ['Cores', 'cpu', 'physicalCores'],
      ['Threads', 'cpu', 'cores'],
    ],
  },
];

const NOTHING_BESIDE = { tables: {}, deviceClass: undefined, memoryBytes: 0 } as const;

/** @param found an object by systeminformation's function names; anything else gives what is known besides alone */
export const parseInventory = (
  found: unknown,
  beside: Beside | typeof NOTHING_BESIDE = NOTHING_BESIDE,
): readonly Section[] => {
  const { tables, deviceClass, memoryBytes } = beside;
  const sections = SECTIONS.map(({ id, title, facts }) => ({
    id,
    title,
    facts: [
      ...facts.flatMap((path) => factOf(path[0], valueAt(path, found, tables))),
      ...(id === 'hardware' ? chassisFacts(found, tables, deviceClass) : []),
    ],
  }));
  return [...sections, memorySection(found, memoryBytes)].filter((section) => section.facts.length > 0);
};

type Tables = Beside['tables'];

const valueAt = ([label, from, key, file = '']: Path, found: unknown, tables: Tables): string | undefined => {
  const isOnlyOne = ONLY_ONE.has(label);
  const inTables = Object.hasOwn(tables, file) ? known(tables[file]) : undefined;
  if (inTables !== undefined && !(isOnlyOne && PLACEHOLDER.test(inTables))) return inTables;
  // without a maker in the firmware, systeminformation takes a virtual machine for a container
  if (label === 'Model' && from === 'system' && known(pick(found, 'system', 'manufacturer')) === undefined)
    return undefined;
  const value = known(pick(found, from, key));
  return isOnlyOne && value !== undefined && PLACEHOLDER.test(value) ? undefined : value;
};

/** What no two machines share, unless nobody has filled it in: one character over and over, digits in a row, a sample UUID. */
const ONLY_ONE = new Set(['Serial number', 'Board serial number', 'UUID', 'Asset tag']);
const PLACEHOLDER =
  /^(?:(.)\1+|[0-]+|[fF-]+|0?123456789[0a-f]*|.*serial number|.*asset ?tag|chassis.*|03000200-0400-0500-0006-000700080009|oem|invalid|empty|not applicable)$/i;

const chassisFacts = (found: unknown, tables: Tables, deviceClass: DeviceClass | undefined): Fact[] => [
  ...fact('Chassis', chassisWord(Number(tables['chassis_type'])) ?? pick(found, 'chassis', 'type')),
  ...fact('Class', deviceClass),
];

const memorySection = (found: unknown, memoryBytes: number): Section => {
  const facts = modulesIn(found).flatMap((module, index) => {
    const bytes = Number(known(module['size']));
    const size = bytes > 0 && Number.isFinite(bytes) ? mebibytes(bytes) : undefined;
    const parts = [size, module['type'], module['partNum'], module['bank']]
      .map(known)
      .filter((part) => part !== undefined);
    return fact(`Module ${index + 1}`, parts.join(', '));
  });
  const usable = memoryBytes > 0 ? fact('Usable', mebibytes(memoryBytes)) : [];
  return { id: 'memory', title: 'Memory', facts: [...usable, ...facts.slice(0, 64)] };
};

/** One module of which nothing but a size is known is no module: where there are no tables, systeminformation gives the whole memory as one. */
const modulesIn = (found: unknown) => {
  const modules = isRecord(found) && Array.isArray(found['memLayout']) ? found['memLayout'].filter(isRecord) : [];
  const [only, ...others] = modules;
  const isGuess = others.length === 0 && ['type', 'partNum', 'bank'].every((key) => known(only?.[key]) === undefined);
  return isGuess ? [] : modules;
};

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

const fact = (label: string, value: unknown): Fact[] => factOf(label, known(value));

const known = (value: unknown): string | undefined => {
  const isCount = typeof value === 'number' && Number.isFinite(value) && value > 0;
  const text = typeof value === 'string' || isCount ? String(value).trim() : '';
  return UNKNOWN.test(text) ? undefined : text;
};

const pick = (found: unknown, from: string, key: string): unknown => {
  const part = isRecord(found) ? found[from] : undefined;
  return isRecord(part) ? part[key] : undefined;
};
