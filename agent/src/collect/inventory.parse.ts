// What systeminformation found, made into sections of labelled facts. Its "", "-" and makers' placeholders mean: not known.
import { cleanText } from '@fettle/shared/wire/bytes';
import type { Inventory } from '@fettle/shared/wire/record.schema';

type Section = Inventory['sections'][number];
type Fact = Section['facts'][number];
type Path = readonly [label: string, from: string, key: string];

const UNKNOWN =
  /^(?:|-|0|null|undefined|unknown|none|n\/a|not specified|default string|system (?:manufacturer|product name|serial number)|to be filled by o\.?e\.?m\.?)$/i;

/** What a fact may have at most where it is kept. */
const FACT_MAX_BYTES = 500;

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
      ['Maker', 'system', 'manufacturer'],
      ['Model', 'system', 'model'],
      ['Serial number', 'system', 'serial'],
      ['Chassis', 'chassis', 'type'],
      ['Virtual machine', 'system', 'virtualHost'],
      ['Board', 'baseboard', 'model'],
    ],
  },
  {
    id: 'firmware',
    title: 'Firmware',
    facts: [
      ['Maker', 'bios', 'vendor'],
      ['Version', 'bios', 'version'],
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

/** @param found an object by systeminformation's function names; anything else gives no sections */
export const parseInventory = (found: unknown): readonly Section[] => {
  // without a maker in the firmware, systeminformation takes a virtual machine for a container
  const isGuess = known(pick(found, 'system', 'manufacturer')) === undefined;
  const sections = SECTIONS.map(({ id, title, facts }) => ({
    id,
    title,
    facts: facts.flatMap(([label, from, key]) =>
      isGuess && from === 'system' && key === 'model' ? [] : fact(label, pick(found, from, key)),
    ),
  }));
  return [...sections, memorySection(found)].filter((section) => section.facts.length > 0);
};

const memorySection = (found: unknown): Section => {
  const modules = isRecord(found) && Array.isArray(found['memLayout']) ? found['memLayout'] : [];
  const facts = modules.filter(isRecord).flatMap((module, index) => {
    const bytes = Number(known(module['size']));
    const size = bytes > 0 && Number.isFinite(bytes) ? `${Math.round(bytes / 2 ** 20)} MiB` : undefined;
    const parts = [size, module['type'], module['partNum'], module['bank']]
      .map(known)
      .filter((part) => part !== undefined);
    return fact(`Module ${index + 1}`, parts.join(', '));
  });
  return { id: 'memory', title: 'Memory', facts: facts.slice(0, 64) };
};

const fact = (label: string, value: unknown): Fact[] => {
  const text = known(value);
  return text === undefined ? [] : [{ label, value: text }];
};

const known = (value: unknown): string | undefined => {
  const isCount = typeof value === 'number' && Number.isFinite(value) && value > 0;
  const text = typeof value === 'string' || isCount ? cleanText(String(value).trim(), FACT_MAX_BYTES) : '';
  return UNKNOWN.test(text) ? undefined : text;
};

const pick = (found: unknown, from: string, key: string): unknown => {
  const part = isRecord(found) ? found[from] : undefined;
  return isRecord(part) ? part[key] : undefined;
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
