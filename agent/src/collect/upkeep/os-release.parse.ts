// /etc/os-release: which system this is. Format: os-release(5), which is a small part of the shell's.

/** Values by key, e.g. ID "debian", VERSION_ID "12". Of a key given twice the last counts, as in a shell. */
export type OsRelease = ReadonlyMap<string, string>;

const LINE = /^\s*([A-Za-z_][A-Za-z0-9_]*)=([^\n]*)$/;
const LINES_MAX = 200;

export const parseOsRelease = (text: string): OsRelease => {
  const found = new Map<string, string>();
  for (const line of text
    .slice(0, 64 * 1024)
    .split(/\r?\n/)
    .slice(0, LINES_MAX)) {
    const [, key, raw = ''] = LINE.exec(line.replace(/^\uFEFF/, '')) ?? [];
    const value = key === undefined ? undefined : valueOf(raw.trim());
    if (key !== undefined && value !== undefined) found.set(key, value);
  }
  return found;
};

/** undefined where a quote is open, or something follows a closed one. */
const valueOf = (raw: string): string | undefined => {
  const quote = raw[0];
  if (quote !== '"' && quote !== "'") return /^\S*$/.test(raw) ? raw.replace(/\\(.)/g, '$1') : undefined;
  const pattern = quote === "'" ? /^'([^']*)'$/ : /^"((?:[^"\\]|\\.)*)"$/;
  const inner = pattern.exec(raw)?.[1];
  return quote === '"' ? inner?.replace(/\\(["$`\\])/g, '$1') : inner;
};

export type Family = 'debian' | 'redhat' | 'suse';

const FAMILIES: readonly (readonly [Family, ReadonlySet<string>])[] = [
  ['debian', new Set(['debian', 'ubuntu', 'raspbian'])],
  ['redhat', new Set(['fedora', 'rhel', 'centos', 'rocky', 'almalinux', 'ol', 'amzn'])],
  ['suse', new Set(['suse', 'opensuse', 'sles', 'sled', 'opensuse-leap', 'opensuse-tumbleweed'])],
];

/** Whose packages it is made of: by its own name first, then by those that it says it is like. */
export const familyOf = (release: OsRelease): Family | undefined => {
  const names = [release.get('ID') ?? '', ...(release.get('ID_LIKE') ?? '').split(/\s+/)];
  return names.flatMap((name) => FAMILIES.filter(([, ids]) => ids.has(name)).map(([family]) => family))[0];
};
