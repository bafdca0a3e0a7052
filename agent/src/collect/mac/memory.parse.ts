// What vm_stat and sysctl say of memory. Their manuals: vm_stat(1), sysctl(8); what is counted as in use is what Activity Monitor
// counts: what programs made, what is wired down, and what compressing it took.

export type MacMemory = {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** In swap files, which macOS makes as it needs them: there is no limit to compare with. */
  readonly swapUsedBytes: number | undefined;
  /** 0 normal, 1 warning, 2 critical. */
  readonly pressure: number | undefined;
};

/** What is asked of sysctl. */
export const SYSCTLS = ['hw.memsize', 'vm.swapusage', 'kern.memorystatus_vm_pressure_level'] as const;

const TEXT_MAX = 64 * 1024;
const PAGE_SIZE = /page size of (\d{1,7}) bytes/;
const PAGES = /^"?([A-Z][A-Za-z -]+)"?: +(\d{1,15})\.?\s*$/gm;
/** Bytes 1, 2 and 4 of the kernel's own scale (kern_memorystatus.h). */
const PRESSURES: Readonly<Record<string, number>> = { '1': 0, '2': 1, '4': 2 };
const UNITS: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** @param vmStat as vm_stat writes it; @param sysctl lines of NAME: VALUE. @returns undefined when what must be there is not */
export const parseMacMemory = (vmStat: string, sysctl: string): MacMemory | undefined => {
  const pageBytes = Number(PAGE_SIZE.exec(vmStat.slice(0, TEXT_MAX))?.[1]);
  const pages = new Map(
    [...vmStat.slice(0, TEXT_MAX).matchAll(PAGES)].map(([, name = '', count]) => [name, Number(count)]),
  );
  const values = valuesOf(sysctl);
  const limitBytes = wholeOf(values.get('hw.memsize'));
  const [anonymous, wired] = [pages.get('Anonymous pages'), pages.get('Pages wired down')];
  if (!(pageBytes > 0) || !limitBytes || anonymous === undefined || wired === undefined) return undefined;
  const [purgeable = 0, compressed = 0] = [pages.get('Pages purgeable'), pages.get('Pages occupied by compressor')];
  const used = (Math.max(0, anonymous - purgeable) + wired + compressed) * pageBytes;
  return {
    limitBytes,
    usedBytes: Math.min(limitBytes, used),
    swapUsedBytes: swapUsed(values.get('vm.swapusage')),
    pressure: PRESSURES[values.get('kern.memorystatus_vm_pressure_level') ?? ''],
  };
};

const valuesOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .slice(0, TEXT_MAX)
      .split('\n')
      .map((line) => /^([\w.]+): (.*)$/.exec(line.trim()))
      .flatMap((found) => (found ? [[found[1] ?? '', found[2] ?? ''] as const] : [])),
  );

const wholeOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** "total = 2048.00M  used = 1024.50M  free = 1023.50M  (encrypted)"; a comma where a locale has one. */
const swapUsed = (text: string | undefined): number | undefined => {
  const [, number = '', unit = ''] = /\bused = (\d{1,9}(?:[.,]\d{1,4})?)([KMGT])/.exec(text ?? '') ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Math.round(Number(number.replace(',', '.')) * factor);
};
