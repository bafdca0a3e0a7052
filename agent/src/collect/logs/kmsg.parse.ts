// One record of /dev/kmsg: "prio,seq,usec,flags…;text", then lines of " KEY=value" (Documentation/ABI/testing/dev-kmsg of the kernel).

export type KernelRecord = {
  /** 0 is the kernel's own; what programs write there has another, whatever they ask for. */
  readonly facility: number;
  /** Grows by one with each record since boot. */
  readonly seq: number;
  /** By a clock that stands while the machine sleeps. */
  readonly sinceBootMs: number;
  /** ASCII, with \xNN for each byte beyond. */
  readonly text: string;
};

const HEAD = /^(\d{1,5}),(\d{1,15}),(\d{1,15}),[^;\n]{0,200};/;
/** The kernel cuts at 2 KiB. */
const TEXT_MAX = 8_192;

/** @returns undefined for what is no record */
export const parseRecord = (record: string): KernelRecord | undefined => {
  const [head, prio, seq, us] = HEAD.exec(record) ?? [];
  if (head === undefined) return undefined;
  const [text = ''] = record.slice(head.length, head.length + TEXT_MAX).split('\n', 1);
  return { facility: Number(prio) >> 3, seq: Number(seq), sinceBootMs: Number(us) / 1000, text };
};

const ESCAPED = /(?:\\x[0-9a-f]{2})+/g;
const decoder = new TextDecoder();

/** The text as it was before the kernel wrote bytes as \xNN; what is no UTF-8 becomes U+FFFD. */
export const unescaped = (text: string): string =>
  text.replaceAll(ESCAPED, (bytes) =>
    decoder.decode(Uint8Array.from(bytes.slice(2).split('\\x'), (hex) => Number.parseInt(hex, 16))),
  );
