// Other names for what must not leave the machine: the same for the same, and of the same form, so that parsers take them.

export type Kind = 'host' | 'user' | 'person' | 'serial' | 'mac' | 'ipv4' | 'ipv6' | 'hex' | 'email';

export class Pseudonyms {
  readonly #byOriginal = new Map<string, string>();
  readonly #issued = new Set<string>();
  readonly #counts = new Map<Kind, number>();

  /** How many things have another name. */
  get size(): number {
    return this.#byOriginal.size;
  }

  /** What is another name already stays. */
  of(kind: Kind, original: string): string {
    if (this.#issued.has(original)) return original;
    const key = kind === 'serial' || kind === 'user' ? original : original.toLowerCase();
    const known = this.#byOriginal.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = make[kind](count, original);
    this.#byOriginal.set(key, name);
    this.#issued.add(name);
    return name;
  }
}

/** RFC 5737: three networks that are nobody's. */
const NETWORKS = ['192.0.2', '198.51.100', '203.0.113'] as const;
const HOSTS_EACH = 254;

const make: Readonly<Record<Kind, (count: number, original: string) => string>> = {
  host: (count) => `host${count}`,
  user: (count) => `user${count}`,
  person: (count) => `Person ${count}`,
  email: (count) => `someone${count}@example.com`,
  serial: (count, { length }) => `S${String(count).padStart(Math.max(3, length - 1), '0')}`,
  // locally administered, so nobody's
  mac: (count, original) => hexDigits(original, `02${count.toString(16).padStart(10, '0')}`),
  ipv4: (count) =>
    `${NETWORKS[Math.floor((count - 1) / HOSTS_EACH) % NETWORKS.length]}.${((count - 1) % HOSTS_EACH) + 1}`,
  ipv6: (count) => `2001:db8::${count.toString(16)}`,
  hex: (count, original) => {
    const { length } = original.replaceAll(/[^\da-f]/gi, '');
    return hexDigits(original, count.toString(16).padStart(length, '0').slice(-length));
  },
};

/** The digits of the original, one by one, become others; what stands between them stays. */
const hexDigits = (original: string, digits: string): string => {
  let at = 0;
  return original.replaceAll(/[\da-f]/gi, () => digits[at++] ?? '0');
};
